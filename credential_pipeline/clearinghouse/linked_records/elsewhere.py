"""What certifiers said of this industry's people in other industries: who asked to be left out there is left out here.

The memory of each industry keeps what was said in its own deliveries alone; what they say now is heard as soon as they are cleaned,
whether they are linked or not. Not here: the schools' and the steward's words, which every industry hears itself (statements.py).
"""

from credential_pipeline.clearinghouse.linked_records.block_memory import TABLE, newest_memory, recall
from credential_pipeline.clearinghouse.opt_outs.delivered import attach_delivered
from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.contracts import cleaned_learners
from credential_pipeline.foundation.contracts.linked_records import SNAPSHOT
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.snapshots import Store

ELSEWHERE = "other_opt_outs"
"""Schema with the statements of other industries that may be about people of this one."""


def attach_elsewhere(con: Connection, store: Store, industry: str, *, anew: bool = False) -> list[str]:
    """Make the statements of other industries visible that may be about people of this one; return their ids, sorted.

    Args:
        con: Connection with ``cleaned_learners.profiles``.
        store: Store of the hop's side.
        industry: The industry that is linked.
        anew: Go on where the memory of another industry is lost, or two that are lost would wait for each other. The extract
            waits until every other industry has its memory again.

    Raises:
        SafeError: ``E_OPT_OUTS_LOST``: the memory of another industry is damaged in all versions; ``E_STALE_BLOCKS``: what its
            deliveries say can't be read.
    """
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {ELSEWHERE}")
    others = sorted({*store.partitions(SNAPSHOT), *store.partitions(cleaned_learners.SNAPSHOT)} - {industry})
    sources = [
        part
        for place, name in enumerate(others)
        for part in (
            _attach(con, store, name, place, anew=anew),
            attach_delivered(con, store, name, f"{ELSEWHERE}_delivered_{place}"),
        )
    ]
    parts = " UNION ALL ".join(part for part in sources if part)
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
    # What a delivery says is no other word once the linkage over there has heard it.
    rows = con.execute(
        f"SELECT statement_id, max(last_said) FROM {ELSEWHERE}.{TABLE} GROUP BY statement_id ORDER BY ALL"
    ).fetchall()
    return [f"{statement} {said}" for statement, said in rows]


def recall_elsewhere(work: Scratch) -> Relation:
    """The statements of other industries; none in a connection without the schema :data:`ELSEWHERE`."""
    return recall(work, ELSEWHERE)


def _attach(con: Connection, store: Store, industry: str, place: int, *, anew: bool) -> str:
    """Attach the newest whole memory of another industry; return it as a query, empty if there is none."""
    version = newest_memory(store, industry, anew=anew)
    if version is None:
        return ""
    version.attach(con, f"{ELSEWHERE}_{place}", (TABLE,))
    return f"FROM {ELSEWHERE}_{place}.{TABLE}"
