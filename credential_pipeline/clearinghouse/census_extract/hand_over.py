"""Seal the extract, record its disclosure and send it: in the one order that never leaves a disclosure unrecorded."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

import duckdb

from credential_pipeline.clearinghouse.census_extract.agreed import agreement_of
from credential_pipeline.clearinghouse.census_extract.blocks import refuse_blocked
from credential_pipeline.clearinghouse.census_extract.tokens import TokenKey, row_ids
from credential_pipeline.clearinghouse.census_extract.whitelist import assert_columns
from credential_pipeline.clearinghouse.disclosure_record import EXTRACT, DisclosureRecord, Sending
from credential_pipeline.engines.handover.arrivals import witnesses
from credential_pipeline.engines.handover.delivery import deliver
from credential_pipeline.engines.handover.keys import Recipient, SigningKey
from credential_pipeline.engines.handover.manifest import ManifestFacts, PackageManifest
from credential_pipeline.engines.handover.package import SealedPackage, describe_files, seal
from credential_pipeline.foundation.contracts.census_extract import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.agreements import Agreement
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation, scratch

OUTBOX: Final = "outbox"
"""Folder of the side with the packages that were sealed."""


@dataclass(frozen=True)
class SendingKeys:
    """What the clearinghouse holds for one recipient."""

    signing: SigningKey
    recipient: Recipient
    tokens: TokenKey


def hand_over(
    con: Connection,
    files: dict[str, Path],
    home: Path,
    industry: Industry,
    keys: SendingKeys,
    *,
    today: date,
    when: datetime,
    inbox: Path | None = None,
) -> SealedPackage:
    """Seal the published extract into ``<home>/outbox/<industry>`` and, if there is an inbox, deliver it.

    The order: agreement and blocks of today are checked, the package is sealed under a temporary name, the record says
    ``prepared``, the package appears and is delivered, the record says ``done``. A run that was cut off is finished by
    running again; the same content gives the same package and no further rows in the record.

    Args:
        con: Connection with the views of ``census_extract``, ``linked_records``, ``cleaned_learners`` and
            ``education_registry``, all current.
        files: Table of the contract to its published Parquet file.
        home: The clearinghouse's folder.
        industry: The industry with its agreement.
        keys: Signing key, the recipient's public key and the token key of the extract.
        today: The day, to compare with the agreement's dates.
        when: Time for the record, with its zone.
        inbox: The recipient's folder on the same machine, or None if somebody else carries the package.

    Raises:
        SafeError: ``E_NO_AGREEMENT``, ``E_AGREEMENT_EXPIRED``, ``E_BLOCKED_LEARNER``, ``E_CONTRACT_COLUMNS``,
            ``E_FORBIDDEN_COLUMN``, ``E_LEDGER_BROKEN``, ``E_EXTRACT``, ``E_WRONG_KEY``, or what sealing and delivery refuse.
    """
    agreement = agreement_of(industry, keys.tokens, today)
    record = DisclosureRecord(home)
    record.entries(witnesses(home / OUTBOX, keys.signing.public))
    with scratch(con) as work:
        members = _checked_members(work, files, industry.industry, keys.tokens)

        def prepared(manifest: PackageManifest) -> None:
            record.prepare(con, _sending(manifest, agreement), str(members), when)

        sent, head = record.sent(industry.industry), record.chain.head()
        facts = ManifestFacts(SNAPSHOT.name, industry.industry, agreement, when, sent=sent, ledger=head)
        outbox = home / OUTBOX / industry.industry
        sealed = seal(files, outbox, facts, keys.signing, keys.recipient, before_publish=prepared)
        if inbox is not None:
            deliver(sealed, inbox, keys.signing.public)
    record.complete(sealed.package_id, when)
    return sealed


def _sending(manifest: PackageManifest, agreement: Agreement) -> Sending:
    """What the record of disclosures says of a package."""
    content = manifest.content
    return Sending(
        kind=EXTRACT,
        package_id=manifest.package_id,
        number=manifest.number,
        industry=content.industry,
        terms=agreement,
        recipient_key=content.recipient_key,
        legal_basis=content.legal_basis,
        tables={name: (file.rows, tuple(file.columns)) for name, file in content.files.items()},
    )


def _checked_members(work: Scratch, files: dict[str, Path], industry: str, key: TokenKey) -> Relation:
    """Who is in the extract, after a last look at its columns and at the blocks of today: learner_id, row_id.

    Raises:
        SafeError: ``E_CONTRACT_COLUMNS``, ``E_FORBIDDEN_COLUMN``, ``E_BLOCKED_LEARNER``, ``E_EXTRACT``.
    """
    try:
        assert_columns({name: columns for name, (_rows, columns) in describe_files(files).items()})
        refuse_blocked(work.con, industry, key)
        return _members(work, files["learners"], industry, key)
    except duckdb.Error:
        message = f"The extract of {industry} can't be read: run the hop census_extract again."
        raise SafeError("E_EXTRACT", message) from None


def _members(work: Scratch, learners: Path, industry: str, key: TokenKey) -> Relation:
    """Who is in the extract: learner_id, row_id.

    Raises:
        SafeError: ``E_BLOCKED_LEARNER``: a row of the extract is no learner's.
    """
    known = row_ids(work, relation(work.con, "linked_records.learners"), industry, key)
    members = work.table(
        "members",
        f"SELECT DISTINCT learner_id, row_id FROM read_parquet(?) JOIN {known} USING (row_id)",
        [str(learners)],
    )
    rows, found = work.con.execute(
        f"SELECT (SELECT count(*) FROM read_parquet(?)), (SELECT count(*) FROM {members})", [str(learners)]
    ).fetchall()[0]
    if rows != found:
        message = f"The extract of {industry} holds {rows} learners, {found} of them known: run census_extract again."
        raise SafeError("E_BLOCKED_LEARNER", message)
    return members
