"""Seals a release for the public side, and writes it into the ledger before anybody can see it."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from credential_pipeline.enclave.outcome_release.propose import staged_csv
from credential_pipeline.enclave.outcome_release.releases import record_release
from credential_pipeline.engines.handover.agreement import release_terms, require_agreement
from credential_pipeline.engines.handover.keys import ENCLAVE_TO_PUBLICATION, load_recipient, load_signing_key
from credential_pipeline.engines.handover.manifest import ManifestFacts
from credential_pipeline.engines.handover.package import SealedPackage, seal
from credential_pipeline.foundation.contracts.outcome_release import SNAPSHOT
from credential_pipeline.foundation.registry.model import Industry


def hand_over(
    files: Mapping[str, Path],
    home: Path,
    industry: Industry,
    release: str,
    *,
    today: date,
    when: datetime,
    outbox: Path,
) -> SealedPackage:
    """Seal the tables of a release that passed its gate.

    Args:
        files: Parquet file of every table of the contract.
        home: Folder of the enclave, with its keys and its ledger.
        industry: The industry with its agreement.
        release: Id of the release.
        today: Day on which the agreement must be in force.
        when: Time of sealing, with its zone.
        outbox: Where the package is put.

    Raises:
        SafeError: The agreement, a key or the ledger is not as it must be; nothing was sealed.
    """
    facts = ManifestFacts(
        kind=SNAPSHOT.name,
        industry=industry.industry,
        agreement=release_terms(require_agreement(industry, today), today),
        sealed_at=when,
    )
    return seal(
        dict(files),
        outbox,
        facts,
        load_signing_key(home, ENCLAVE_TO_PUBLICATION),
        load_recipient(home, ENCLAVE_TO_PUBLICATION),
        before_publish=lambda manifest: record_release(
            home, industry.industry, release, staged_csv(home, industry.industry)
        ),
    )
