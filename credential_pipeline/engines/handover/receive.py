"""Load the tables of a sealed package, after its kind, industry and columns were checked against the contract.

Used by whoever receives: the extract in the enclave, the release on the public side. Not here: what becomes of the tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from credential_pipeline.engines.handover.agreement import refuse_other_key, refuse_withheld, terms_for
from credential_pipeline.engines.handover.keys import Identity, VerifyKey
from credential_pipeline.engines.handover.manifest import Content, PackageManifest
from credential_pipeline.engines.handover.opening import open_package
from credential_pipeline.engines.handover.package import label
from credential_pipeline.foundation.contracts.table import Snapshot, Table
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.agreements import Terms
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.storage.engine import Connection


@dataclass(frozen=True)
class ReceivingKeys:
    """What the receiving end of a link holds."""

    sender: VerifyKey
    identity: Identity


def receive(
    con: Connection,
    package_dir: Path,
    keys: ReceivingKeys,
    industry: Industry,
    *,
    kind: str,
    snapshot: Snapshot,
    recipient: str,
    today: date,
    work: Path,
) -> PackageManifest:
    """Verify, open and load a package as ``<snapshot>.<table>``, all tables or none.

    Args:
        con: Connection that gets the tables; the schema ``<snapshot>`` exists.
        package_dir: The package.
        keys: The sender's public and our private key.
        industry: Industry that we expect, with the agreement that we know of.
        kind: Snapshot that the sender must have packed.
        snapshot: Contract of the tables here.
        recipient: Who we are, as the package must name us.
        today: The day, to compare with the agreement's last one.
        work: Private folder on our own disk for the plaintext.

    Raises:
        SafeError: As :func:`~credential_pipeline.engines.handover.opening.open_package`; ``E_WRONG_PACKAGE`` for another kind,
            industry or agreement, ``E_NOT_AGREED``, ``E_CONTRACT_COLUMNS``, ``E_NO_AGREEMENT``.
    """
    terms = terms_for(industry, recipient, today)
    refuse_other_key(terms, keys.identity.recipient.fingerprint, label(package_dir))
    with open_package(package_dir, keys.sender, keys.identity, recipient, today, work=work) as opened:
        content = opened.manifest.content
        if (content.kind, content.industry, content.agreement_id) != (kind, industry.industry, terms.id):
            message = (
                f"{label(package_dir)} is not a {kind} of {industry.industry} under agreement {terms.id}: "
                f"give the right package, or enter the agreement in the registry."
            )
            raise SafeError("E_WRONG_PACKAGE", message)
        _check_terms(content, terms, opened.files, label(package_dir))
        check_columns({name: facts.columns for name, facts in content.files.items()}, snapshot, label(package_dir))
        _load(con, opened.files, snapshot, label(package_dir))
    return opened.manifest


def _check_terms(content: Content, terms: Terms, files: Mapping[str, Path], where: str) -> None:
    """Refuse columns that cross on another basis than this side's copy of the agreement says, or that it withholds.

    Raises:
        SafeError: ``E_NOT_AGREED``.
    """
    if content.legal_basis != terms.basis:
        message = (
            f"{where}: the sender's copy of agreement {terms.id} gives another legal basis or other columns than ours: "
            f"compare both files of agreements/, correct one, and have it sealed again."
        )
        raise SafeError("E_NOT_AGREED", message)
    refuse_withheld(terms, files, where)


def check_columns(found: Mapping[str, Mapping[str, str]], snapshot: Snapshot, where: str) -> None:
    """Refuse tables or columns that are missing, too many, in another order or of another type than the contract's.

    Raises:
        SafeError: ``E_CONTRACT_COLUMNS``; the message names tables and columns of the contract only.
    """
    expected = {table.name: table.schema for table in snapshot}
    if found.keys() != expected.keys():
        message = (
            f"{where} must hold exactly the tables {', '.join(sorted(expected))} of {snapshot.name}: "
            f"ask the sender for a package of this version."
        )
        raise SafeError("E_CONTRACT_COLUMNS", message)
    for name, schema in expected.items():
        if list(found[name].items()) != list(schema.items()):
            message = (
                f"{where}: table {name} has other columns than the contract of {snapshot.name} allows: "
                f"correct the sender's build, or agree on a new contract first."
            )
            raise SafeError("E_CONTRACT_COLUMNS", message)


def _load(con: Connection, files: Mapping[str, Path], snapshot: Snapshot, where: str) -> None:
    loaded: list[Table] = []
    try:
        for table in snapshot:
            columns = ", ".join(f'"{name}"' for name in table.column_names)
            con.execute(
                f'CREATE TABLE {snapshot.name}."{table.name}" AS SELECT {columns} FROM read_parquet(?)',
                [str(files[table.name])],
            )
            loaded.append(table)
    except duckdb.Error:
        for table in loaded:
            con.execute(f'DROP TABLE IF EXISTS {snapshot.name}."{table.name}"')
        message = (
            f"{where}: table {snapshot.tables[len(loaded)].name} can't be loaded: free memory or disk and run again."
        )
        raise SafeError("E_LOAD", message) from None
