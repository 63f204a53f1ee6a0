"""What certifiers said of this industry's people in other industries: who asked to be left out there is left out here.

The memory of each industry keeps what was said in its own deliveries alone. Not here: the schools' and the steward's words, which
every industry hears itself (statements.py).
"""

from collections.abc import Sequence

from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.contracts.linked_records import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import NAME
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation
from credential_pipeline.foundation.storage.snapshots import Store

ELSEWHERE = "other_opt_outs"
"""Schema with the statements of other industries that may be about people of this one."""
TABLE = "block_statements"


def attach_elsewhere(con: Connection, store: Store, industry: str) -> list[str]:
    """Make the statements of other industries visible that may be about people of this one; return their ids, sorted.

    Args:
        con: Connection with ``cleaned_learners.profiles``.
        store: Store of the hop's side.
        industry: The industry that is linked.

    Raises:
        SafeError: ``E_OPT_OUTS_LOST``: the memory of another industry is damaged in all versions.
    """
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {ELSEWHERE}")
    schemas = [_attach(con, store, name, place) for place, name in enumerate(_others(store, industry))]
    parts = " UNION ALL ".join(f"FROM {schema}.{TABLE}" for schema in schemas if schema)
    if not parts:
        columns = ", ".join(f"{name} {kind}" for name, kind in SNAPSHOT.table(TABLE).schema.items())
        con.execute(f"CREATE OR REPLACE TABLE {ELSEWHERE}.{TABLE} ({columns})")
        return []
    names = {name: form.letters_of_name(f"p.{name}") for name in ("last_name", "previous_last_name")}
    con.execute(
        f"""
        CREATE OR REPLACE TABLE {ELSEWHERE}.{TABLE} AS
        WITH said AS (SELECT * FROM ({parts}) WHERE source = 'certifier' AND reason <> 'CUT_ROW')
        SELECT DISTINCT s.* FROM said s JOIN cleaned_learners.profiles p USING (birth_date)
        WHERE s.last_name IN ({names["last_name"]}, {names["previous_last_name"]})
        UNION
        SELECT DISTINCT s.* FROM said s JOIN cleaned_learners.profiles p USING (certifier, person_ref)
        """
    )
    rows = con.execute(f"SELECT DISTINCT statement_id, last_said FROM {ELSEWHERE}.{TABLE} ORDER BY ALL").fetchall()
    return [f"{statement} {said}" for statement, said in rows]


def recall_elsewhere(work: Scratch) -> Relation:
    """The statements of other industries; none in a connection without the schema :data:`ELSEWHERE`."""
    query = "SELECT count(*) FROM duckdb_columns() WHERE schema_name = ? AND table_name = ?"
    if work.con.execute(query, [ELSEWHERE, TABLE]).fetchall()[0][0]:
        return relation(work.con, f"{ELSEWHERE}.{TABLE}")
    return work.rows("nothing_elsewhere", SNAPSHOT.table(TABLE).schema, ())


def _others(store: Store, industry: str) -> Sequence[str]:
    """Industries that were ever linked, in the registry or not."""
    folder = store.root / SNAPSHOT.name
    found = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    return [name for name in found if NAME.match(name) and name != industry]


def _attach(con: Connection, store: Store, industry: str, place: int) -> str:
    """Attach the newest whole memory of another industry; return its schema, empty if there never was a memory."""
    versions = [one for one in store.versions(SNAPSHOT, industry) if TABLE in one.manifest.tables]
    version = next((one for one in versions if one.is_whole((TABLE,))), None)
    if version is not None:
        version.attach(con, f"{ELSEWHERE}_{place}", (TABLE,))
        return f"{ELSEWHERE}_{place}"
    if versions:
        message = (
            f"The memory of opt-outs of {industry} is damaged in all versions; run {industry} first, which says more."
        )
        raise SafeError("E_OPT_OUTS_LOST", message)
    return ""
