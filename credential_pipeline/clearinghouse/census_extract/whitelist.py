"""What may leave: exactly the contract's columns, and never one that is forbidden by name.

Sources: 34 CFR 99.3 (an SSN or a student id is never directory information), 99.37 (what a school may designate).
The contract denies by default; the second list keeps the contract itself from growing a forbidden column.
"""

from collections.abc import Mapping

from credential_pipeline.foundation.contracts.census_extract import SNAPSHOT
from credential_pipeline.foundation.contracts.table import Snapshot
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection

FORBIDDEN = frozenset(
    {
        "ssn",
        "ssn_last4",
        "student_id",
        "email",
        "phone",
        "learner_id",
        "profile_id",
        "record_id",
        "person_ref",
        "person_key",
    }
)


def assert_contract(snapshot: Snapshot = SNAPSHOT) -> None:
    """Refuse a contract that would let a forbidden column out.

    Raises:
        SafeError: ``E_FORBIDDEN_COLUMN``.
    """
    for table in snapshot:
        if found := sorted(FORBIDDEN & {name.lower() for name in table.column_names}):
            message = (
                f"The contract of {snapshot.name}.{table.name} names {', '.join(found)}, which may never leave: "
                f"take it out of the contract."
            )
            raise SafeError("E_FORBIDDEN_COLUMN", message)


def assert_columns(found: Mapping[str, Mapping[str, str]], snapshot: Snapshot = SNAPSHOT) -> None:
    """Refuse tables whose columns (name to DuckDB type, in order) are not exactly the contract's.

    Raises:
        SafeError: ``E_FORBIDDEN_COLUMN`` or ``E_CONTRACT_COLUMNS``.
    """
    assert_contract(snapshot)
    expected = {table.name: list(table.schema.items()) for table in snapshot}
    different = sorted(name for name in expected if name not in found or list(found[name].items()) != expected[name])
    if different or found.keys() - expected.keys():
        message = (
            f"{snapshot.name} does not have exactly the tables and columns of its contract "
            f"({', '.join(different) or 'a table too many'}): correct the build; nothing was sent."
        )
        raise SafeError("E_CONTRACT_COLUMNS", message)


def columns_in(con: Connection, schema: str) -> dict[str, dict[str, str]]:
    """Columns (name to DuckDB type) of every table and view of a schema, less scratch tables."""
    rows = con.execute(
        """
        SELECT table_name, column_name, data_type
        FROM information_schema.columns
        WHERE table_schema = ? AND NOT starts_with(table_name, 'tmp_')
        ORDER BY table_name, ordinal_position
        """,
        [schema],
    ).fetchall()
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        tables.setdefault(table, {})[column] = kind
    return tables
