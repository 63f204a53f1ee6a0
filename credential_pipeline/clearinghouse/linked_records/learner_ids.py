"""Which id a learner gets: the one under which its rows were known before, or a new one that was never used.

The unit of memory is the sender's row (certifier, record_id), since profiles and clusters change with every new recipe,
model or feed. Not here: what is written down about a change (learner_ledger.py), and who is one learner at all.
"""

from dataclasses import dataclass

from credential_pipeline.foundation.contracts.linked_records import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.progress import PROGRESS
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.snapshots import Store, Version

PREVIOUS = "previous_linked_records"
"""Schema with the memory that is inherited, empty in a first run; the gate compares the new version with it."""
REMEMBERED = ("learner_events", "record_ids")
"""Tables of a version from which ids are inherited; everything else of it may be lost or of another form."""

_ROW = "certifier || '|' || record_id"


def attach_last(con: Connection, store: Store, industry: str, *, new_ids: bool = False) -> str:
    """Make the memory of learner ids visible: that of the newest version on disk of which it is whole.

    Nobody's id may change because a disk failed. So only an industry that never published a version starts without a
    memory; one whose memory is lost is refused until a person says that ids may start anew.

    Args:
        con: Connection in which the next version is built.
        store: Store of the hop's side.
        industry: Partition.
        new_ids: Start anew where the memory is lost; without effect where it is not.

    Returns:
        What was inherited, for people: the version's name, ``nothing: first version`` or ``nothing: started anew``.

    Raises:
        SafeError: ``E_IDS_LOST``: there were versions, and of none is the memory whole; ``E_SCHEMA_NEWER``: the
            current one was written by a later program.
    """
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {PREVIOUS}")
    versions = store.versions(SNAPSHOT, industry)
    version = next((one for one in versions if one.is_whole(REMEMBERED) and _inherits_from(con, one)), None)
    if version is not None:
        if not store.is_current(version):
            PROGRESS.info(
                "%s linked_records: the current version is damaged or missing; learner ids are inherited from %s of %s",
                industry,
                version.name,
                version.manifest.published_at,
            )
        return version.name
    lost = store.was_published(SNAPSHOT, industry)
    if lost and not new_ids:
        message = (
            "The learner ids given out before are lost: linked_records was published, and the memory of ids is whole in"
            f" none of its versions on disk. Restore the folder {SNAPSHOT.name}/{industry} of the store from a backup (or, where"
            " `status` calls them those of an older program, run one first that reads both), or run with --new-ids to give every"
            " learner a new id; what was handed over under the old ids then no longer joins."
        )
        raise SafeError("E_IDS_LOST", message)
    for name in REMEMBERED:
        columns = ", ".join(f"CAST(NULL AS {kind}) AS {column}" for column, kind in SNAPSHOT.table(name).schema.items())
        con.execute(f"CREATE OR REPLACE VIEW {PREVIOUS}.{name} AS SELECT {columns} LIMIT 0")
    if lost:
        PROGRESS.info("%s linked_records: learner ids start anew, as --new-ids says", industry)
    return "nothing: started anew" if lost else "nothing: first version"


def _inherits_from(con: Connection, version: Version) -> bool:
    """Attach a version's memory; False where it is of a form that this program cannot read."""
    version.attach(con, PREVIOUS, REMEMBERED)
    return all(
        SNAPSHOT.table(name).schema.items() <= _schema_of(con, f"{PREVIOUS}.{name}").items() for name in REMEMBERED
    )


def _schema_of(con: Connection, name: str) -> dict[str, str]:
    return dict(con.execute(f"SELECT column_name, column_type FROM (DESCRIBE {name})").fetchall())


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
        work: Makes the relations, in a connection with the schema :data:`PREVIOUS` as :func:`attach_last` leaves it; without
            it nothing is known.
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
    query = "SELECT DISTINCT table_name FROM duckdb_columns() WHERE schema_name = ?"
    there = {name for (name,) in work.con.execute(query, [PREVIOUS]).fetchall()}.issuperset(REMEMBERED)

    def recalled(name: str) -> Relation:
        schema = SNAPSHOT.table(name).schema
        empty = ", ".join(f"CAST(NULL AS {kind}) AS {column}" for column, kind in schema.items())
        source = f"SELECT {', '.join(schema)} FROM {PREVIOUS}.{name}" if there else f"SELECT {empty} LIMIT 0"
        return work.table(f"{name}_before", source)

    return recalled("record_ids"), recalled("learner_events")


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
