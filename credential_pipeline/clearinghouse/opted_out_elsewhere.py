"""Who said "do not share" in another industry, for whatever names people to others: a wish has no borders.

What each industry published of its wishes is read as it stands now, and what its deliveries say even before it is linked; taken back
is what all of it says is taken back. Not here: what linkage makes of wishes of other industries that are about its own learners
(linked_records).
"""

from typing import Final

from credential_pipeline.clearinghouse.opt_outs.delivered import attach_delivered
from credential_pipeline.foundation.contracts import cleaned_learners
from credential_pipeline.foundation.contracts.linked_records import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation
from credential_pipeline.foundation.storage.snapshots import Store

SCHEMA: Final = "opted_out_elsewhere"
"""Schema with ``statements``, as ``block_statements`` has them, and ``students`` (student_id): those whom linkage blocked there."""
_READ: Final = ("block_statements", "blocks", "learners")
_SHAPES: Final = {"statements": SNAPSHOT.table("block_statements").schema, "students": {"student_id": "VARCHAR"}}


def attach_opted_out(con: Connection, store: Store, industry: str) -> None:
    """Create the tables of :data:`SCHEMA`: wishes in force in other industries that are not about their industry alone.

    Args:
        con: The connection.
        store: Store of the clearinghouse.
        industry: Whose people may be named.

    Raises:
        SafeError: What another industry published is damaged, of another program's form, or knows of no wishes
            (``E_STALE_BLOCKS``).
    """
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    for name, shape in _SHAPES.items():
        columns = ", ".join(f"{column} {kind}" for column, kind in shape.items())
        con.execute(f"CREATE OR REPLACE TABLE {SCHEMA}.{name} ({columns})")
    others = sorted({*store.partitions(SNAPSHOT), *store.partitions(cleaned_learners.SNAPSHOT)} - {industry})
    for place, other in enumerate(others):
        there = f"{SCHEMA}_{place}"
        linked = _attach_linked(con, store, other, there)
        if linked:
            _hear_linked(con, there, industry)
        if delivered := attach_delivered(con, store, other, f"{there}_delivered"):
            # What its linkage has heard, and may know to be taken back, it has told above.
            heard = f"{there}.block_statements" if linked else f"{SCHEMA}.statements"
            con.execute(
                f"INSERT INTO {SCHEMA}.statements FROM ({delivered}) d WHERE NOT EXISTS (FROM {heard} h"
                " WHERE h.statement_id = d.statement_id AND coalesce(h.last_said >= d.last_said, true))"
            )


def _attach_linked(con: Connection, store: Store, industry: str, schema: str) -> bool:
    """Make what the linkage of another industry heard visible; False if there is none."""
    version = store.find(SNAPSHOT, industry)
    if version is None:
        return False
    if not {*_READ} <= {*version.manifest.tables}:
        message = f"The linked records of {industry} tell of no opt-outs: run linked_records of {industry} again; nothing was sent."
        raise SafeError("E_STALE_BLOCKS", message)
    version.attach(con, schema, _READ)
    return True


def _hear_linked(con: Connection, there: str, industry: str) -> None:
    meant = "(s.scope <> 'industry' OR s.industry IS NULL OR s.industry = $industry)"
    con.execute(
        f"INSERT INTO {SCHEMA}.statements FROM {there}.block_statements s ANTI JOIN (SELECT statement_id FROM {there}.blocks"
        f" GROUP BY ALL HAVING bool_and(rescinded IS NOT NULL)) r USING (statement_id) WHERE s.source <> 'school' AND {meant}",
        {"industry": industry},
    )
    con.execute(
        f"INSERT INTO {SCHEMA}.students SELECT DISTINCT l.student_id FROM {there}.blocks b"
        f" JOIN {there}.block_statements s USING (statement_id) JOIN {there}.learners l USING (learner_id)"
        f" WHERE b.rescinded IS NULL AND (b.in_force OR s.scope = 'industry') AND l.student_id IS NOT NULL AND {meant}",
        {"industry": industry},
    )


def heard_elsewhere(con: Connection) -> list[str]:
    """What the tables tell, for a digest: ids, sorted."""
    found = con.execute(
        f"SELECT statement_id FROM {SCHEMA}.statements UNION SELECT student_id FROM {SCHEMA}.students ORDER BY ALL"
    ).fetchall()
    return [one for (one,) in found]


def statements_elsewhere(work: Scratch) -> Relation:
    """The wishes of other industries; none in a connection without :data:`SCHEMA`."""
    return _recall(work, "statements")


def students_elsewhere(work: Scratch) -> Relation:
    """Students who were blocked in another industry, student_id; none in a connection without :data:`SCHEMA`."""
    return _recall(work, "students")


def _recall(work: Scratch, table: str) -> Relation:
    query = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?"
    if work.con.execute(query, [SCHEMA, table]).fetchall()[0][0]:
        return relation(work.con, f"{SCHEMA}.{table}")
    return work.rows(f"no_{table}", _SHAPES[table], ())
