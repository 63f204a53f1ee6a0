"""Accept a sealed extract into ``accepted_extract.*``."""

from datetime import date
from pathlib import Path

from credential_pipeline.engines.handover.agreement import require_agreement
from credential_pipeline.engines.handover.manifest import PackageManifest
from credential_pipeline.engines.handover.receive import ReceivingKeys, receive
from credential_pipeline.foundation.contracts import census_extract
from credential_pipeline.foundation.contracts.accepted_extract import SNAPSHOT
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.storage.engine import Connection


def accept(
    con: Connection, package_dir: Path, keys: ReceivingKeys, industry: Industry, today: date, *, work: Path
) -> PackageManifest:
    """Verify and open a package, and load its tables as ``accepted_extract.<table>``.

    Args:
        con: Connection with an empty schema ``accepted_extract``.
        package_dir: The package in the enclave's inbox.
        keys: The clearinghouse's public and the enclave's private key.
        industry: Industry that is expected, with the agreement that the enclave knows of.
        today: The day, to compare with the agreement's last one.
        work: Private folder of the enclave; holds plaintext while this runs and none afterwards.

    Returns:
        What the package says of itself, for lineage.

    Raises:
        SafeError: The package, the key, the agreement or the columns are not as they must be; nothing was loaded.
    """
    agreement = require_agreement(industry, today)
    return receive(
        con=con,
        package_dir=package_dir,
        keys=keys,
        industry=industry,
        kind=census_extract.SNAPSHOT.name,
        snapshot=SNAPSHOT,
        recipient=agreement.recipient,
        today=today,
        work=work,
    )
