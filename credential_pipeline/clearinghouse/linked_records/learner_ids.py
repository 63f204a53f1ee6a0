"""Which id a learner gets: the one under which its rows were known before, or a new one that was never used.

The unit of memory is the sender's row (certifier, record_id), since profiles and clusters change with every new recipe,
model or feed. Not here: what is written down about a change (learner_ledger.py), and who is one learner at all.
"""

import logging
from dataclasses import dataclass

from credential_pipeline.foundation.contracts.linked_records import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.snapshots import Store

PREVIOUS = "previous_linked_records"
"""Schema with the last published version of the same hop and industry; its absence means that there is none."""
REMEMBERED = ("learner_events", "record_ids")
"""Tables of the last version from which ids are inherited; everything else of it may be lost or of another form."""

_ROW = "certifier || '|' || record_id"
_PROGRESS = logging.getLogger("credential_pipeline.progress")


def attach_last(con: Connection, store: Store, industry: str) -> None:
    """Make the last version's memory visible, or say why it can't be: missing for good, damaged, of an older form.

    Args:
        con: Connection in which the next version is built.
        store: Store of the hop's side.
        industry: Partition.
    """
    try:
        version = store.find(SNAPSHOT, industry)
        if version is not None:
            version.attach(con, PREVIOUS, REMEMBERED)
    except SafeError as error:
        _PROGRESS.info(
            "%s linked_records: the last version can't hand on its learner ids (%s); they start anew",
            industry,
            error.code,
        )


@dataclass(frozen=True)
class Ids:
    """Who gets which id, and what that rests on.

    Attributes:
        given: person, learner_id, inherited.
        trace: One row per sender's row ever seen: certifier, record_id, person (NULL: not there now), old (NULL: new), was.
        events_before: The ledger as it was.
    """

    given: Relation
    trace: Relation
    events_before: Relation


def assign_ids(work: Scratch, rows: Relation) -> Ids:
    """Give every person an id.

    An old id goes to the person who holds most of the rows that bore it last time, rows that came back counting after
    those. Of equal ones it goes to the row that it was made of, else by id and by row. Each id goes to one person and each person gets one, so a person whose rows are the
    same as before keeps its id. Who inherits none gets a hash of its smallest row.

    Args:
        work: Makes the relations, in a connection with the schema :data:`PREVIOUS` if there is a last version.
        rows: certifier, record_id, person, one row per sender's row.
    """
    memory, events_before = _recall(work)
    trace = work.table(
        "id_trace",
        f"""
        SELECT coalesce(n.certifier, m.certifier) AS certifier, coalesce(n.record_id, m.record_id) AS record_id,
               n.person, m.learner_id AS old, coalesce(m.present, false) AS was
        FROM {rows} n FULL JOIN {memory} m ON n.certifier = m.certifier AND n.record_id = m.record_id
        """,
    )
    inherited = _inherit(work, trace)
    fresh = _name_the_rest(work, rows, inherited, events_before)
    given = work.table(
        "learner_ids",
        f"SELECT *, true AS inherited FROM {inherited} UNION ALL SELECT person, learner_id, false FROM {fresh}",
    )
    return Ids(given, trace, events_before)


def _recall(work: Scratch) -> tuple[Relation, Relation]:
    """Take memory and ledger over from the last version, or start with empty ones."""
    there = _has_memory(work.con)

    def recalled(name: str) -> Relation:
        schema = SNAPSHOT.table(name).schema
        empty = ", ".join(f"CAST(NULL AS {kind}) AS {column}" for column, kind in schema.items())
        source = f"SELECT {', '.join(schema)} FROM {PREVIOUS}.{name}" if there else f"SELECT {empty} LIMIT 0"
        return work.table(f"{name}_before", source)

    return recalled("record_ids"), recalled("learner_events")


def _has_memory(con: Connection) -> bool:
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in con.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE schema_name = ?", [PREVIOUS]
    ).fetchall():
        if table in REMEMBERED:
            found.setdefault(table, {})[column] = kind
    if not found:
        return False
    fits = all(SNAPSHOT.table(name).schema.items() <= found.get(name, {}).items() for name in REMEMBERED)
    if not fits:
        _PROGRESS.info("the last version of linked_records keeps learner ids in another form: ids start anew")
    return fits


def _inherit(work: Scratch, trace: Relation) -> Relation:
    """Match old ids with persons by the rows that they share, the largest overlap first: person, learner_id."""
    overlap = work.table(
        "id_overlap",
        f"""
        WITH shared AS (
            SELECT person, old, count(*) FILTER (was) AS stayed, count(*) AS known
            FROM {trace} WHERE person IS NOT NULL AND old IS NOT NULL GROUP BY person, old)
        SELECT *, count(*) OVER (PARTITION BY person) = 1 AND count(*) OVER (PARTITION BY old) = 1 AS alone FROM shared
        """,
    )
    contested = work.con.execute(
        f"""
        SELECT person, old
        FROM {trace} JOIN {overlap} USING (person, old) WHERE NOT alone
        GROUP BY person, old, stayed, known
        ORDER BY stayed DESC, known DESC, old <> {_hash(f"min({_ROW})")}, old, min({_ROW})
        """
    ).fetchall()
    of_person: dict[str, str] = {}
    taken: set[str] = set()
    for person, old in contested:
        if person not in of_person and old not in taken:
            of_person[person] = old
            taken.add(old)
    return work.table(
        "inherited_ids",
        f"SELECT person, old AS learner_id FROM {overlap} WHERE alone "
        "UNION ALL SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
        [list(of_person), list(of_person.values())],
    )


def _name_the_rest(work: Scratch, rows: Relation, inherited: Relation, events_before: Relation) -> Relation:
    """Hash the smallest row of whoever inherited no id; with a salt where that id was ever somebody's."""
    fresh = work.table(
        "fresh_ids",
        f"SELECT person, min({_ROW}) AS smallest, {_hash('smallest')} AS learner_id "
        f"FROM {rows} ANTI JOIN {inherited} USING (person) GROUP BY person",
    )
    used = f"learner_id IN (SELECT learner_id FROM {events_before})"
    salt = 0
    while work.con.execute(f"SELECT count(*) FROM {fresh} WHERE {used}").fetchall()[0][0]:
        salt += 1
        salted = _hash(f"smallest || '#{salt}'")
        work.con.execute(f"UPDATE {fresh} SET learner_id = {salted} WHERE {used}")
    return fresh


def _hash(text: str) -> str:
    return f"'L' || substr(md5({text}), 1, 16)"
