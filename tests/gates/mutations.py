"""For every rule, what breaks it: one SQL statement on the good world. A rule without one fails test_every_rule.py."""

from collections.abc import Iterator

from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.contracts.table import Snapshot
from tests.gates import mutations_clearinghouse, mutations_enclave, mutations_public, mutations_return_files

#: The rules that a suite adds to its contract's, and what breaks them. Several statements where a rule has several edges.
OWN: dict[str, dict[str, str | tuple[str, ...]]] = {
    **mutations_clearinghouse.RULES,
    **mutations_enclave.RULES,
    **mutations_public.RULES,
    **mutations_return_files.RULES,
}


def of_contract(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """What breaks the rules that every table owes to its contract: no rows, a missing key, a key twice."""
    for table in snapshot:
        name = f'{snapshot.name}."{table.name}"'
        if not table.may_be_empty:
            yield f"{table.name}_has_rows", f"DELETE FROM {name}"
        for key in table.key if table.unique else table.key[:1]:
            yield (
                f"{table.name}_key_present",
                f'UPDATE {name} SET "{key}" = NULL WHERE rowid = (SELECT min(rowid) FROM {name})',
            )
        yield (
            f"{table.name}_key_present",
            f"UPDATE {name} SET {', '.join(f'{c} = NULL' for c in _quoted(table.column_names))}",
        )
        if table.unique:
            yield f"{table.name}_key_unique", f"INSERT INTO {name} SELECT * FROM {name} LIMIT 1"


def _quoted(names: list[str]) -> list[str]:
    return [f'"{name}"' for name in names]


def all_mutations() -> Iterator[tuple[str, str, str]]:
    """Suite, rule and statement of everything that is tried."""
    for suite, rules in OWN.items():
        for rule, sql in (*of_contract(SNAPSHOTS[suite]), *rules.items()):
            for statement in (sql,) if isinstance(sql, str) else sql:
                yield suite, rule, statement
