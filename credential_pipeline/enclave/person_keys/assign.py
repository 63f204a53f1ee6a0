"""The hop: runs the cascade and creates the tables of person_keys.

A row that a pass links leaves the pool. Where two persons are about as likely, none is linked and the row goes on.
Nobody who died before the year of the row's last award is a candidate. Two rows may get one key only if they do not
contradict one another: then they are one person; otherwise the weaker of the two loses the key. Not here: what the
passes are (cascade.py) and what is published (outputs.py).
"""

from dataclasses import dataclass
from itertools import groupby

from credential_pipeline.enclave.person_keys.cascade import PASSES, Pass, add_keys
from credential_pipeline.enclave.person_keys.outputs import write_outputs
from credential_pipeline.engines.linkage.blocking import Candidates, make_pairs
from credential_pipeline.engines.linkage.engine import DUCKDB, Engine
from credential_pipeline.engines.linkage.evidence import weigh_across, weigh_within
from credential_pipeline.engines.linkage.family import Families, count_families
from credential_pipeline.engines.linkage.fields import make_records, record_sql, shared_fields
from credential_pipeline.engines.linkage.frequencies import make_frequencies
from credential_pipeline.engines.linkage.model import Model, shipped
from credential_pipeline.engines.linkage.predict import MIN_WEIGHT
from credential_pipeline.engines.linkage.resolve import NOT_ONE, best_right
from credential_pipeline.engines.linkage.sql import Here, count
from credential_pipeline.foundation.registry.model import Industry, Linkage
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation, scratch

LINKS = dict.fromkeys(("row_id", "person_key"), "VARCHAR") | dict.fromkeys(
    ("match_weight", "match_probability"), "DOUBLE"
)
LINKS |= dict.fromkeys(("status", "module", "pass"), "VARCHAR")
"""Columns of the decided links, one row a row that a pass decided on."""


def assign(con: Connection, industry: Industry, *, model: Model | None = None, engine: Engine = DUCKDB) -> None:
    """Create person_keys.{person_links, learners, credentials, enrollments, degrees, unkeyed_credentials, coverage}.

    Args:
        con: Connection with the views accepted_extract.* and reference_population.persons.
        industry: The industry, for its thresholds.
        model: Model of extract rows to reference rows; the shipped one if None.
        engine: What finds and scores the candidates; who gets which key is decided here.
    """
    with scratch(con) as work:
        chosen = model or shipped("reference")
        extract = relation(con, "accepted_extract.learners")
        people = relation(con, "reference_population.persons")
        sides = _prepare(work, extract, people)
        lives = find_lives(work, relation(con, "accepted_extract.credentials"), people)
        with engine.reach(work) as sql:
            families = count_families(sql, chosen, sides.people, sides.fields)
        found = _run(work, chosen, families, sides, lives, industry.linkage, engine)
        links = drop_unlike(work, chosen, families, sides, found)
        write_outputs(con, links)


@dataclass(frozen=True)
class Sides:
    """What is compared: record tables with the keys of the passes, and the fields that both hold."""

    rows: Relation
    people: Relation
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Lives:
    """Since when a person cannot be a row's: (row_id, award_year) and (person_key, death_year)."""

    awards: Relation
    deaths: Relation


def _prepare(work: Scratch, extract: Relation, persons: Relation) -> Sides:
    rows = make_records(work, extract, id_column="row_id")
    renamed = {"previous_last_name": "alternate_last_name"}
    people = work.view("people", record_sql(persons, "person_key", renamed))
    keyed_rows, keyed_people = add_keys(work, rows), add_keys(work, people)
    work.drop(rows, people)
    return Sides(keyed_rows, keyed_people, shared_fields(work.con, keyed_rows, keyed_people))


def find_lives(work: Scratch, credentials: Relation, persons: Relation) -> Lives:
    """The last award of each row and the death of each person, by year."""
    awards = work.table(
        "awards",
        f"""
        SELECT row_id, coalesce(max(year(event_date)) FILTER (event = 'award'), max(year(event_date))) AS award_year
        FROM {credentials} GROUP BY row_id
        """,
    )
    deaths = work.table(
        "deaths",
        f"SELECT person_key, min(year(death_date)) AS death_year FROM {persons} "
        "WHERE death_date IS NOT NULL GROUP BY person_key",
    )
    return Lives(awards, deaths)


def _run(
    work: Scratch, model: Model, families: Families, sides: Sides, lives: Lives, limits: Linkage, engine: Engine
) -> Relation:
    """Run the modules over the rows that are still without a key, and within each its passes in order.

    The pairs of all passes of a module are scored together; a pass decides on what it and the passes before it found.
    """
    links = work.rows("links", LINKS, ())
    frequencies = make_frequencies(Here(work), sides.rows, sides.people, model.chance(sides.fields))
    size = count(work.con, sides.people)
    for module, steps in groupby(PASSES, key=lambda step: step.module):
        passes = list(steps)
        rows, people = sides.rows, sides.people
        if module == "HHCompSearch":
            homes = find_homes(work, people, links)
            rows, people = at_home(work, rows, homes), at_home(work, people, homes)
        pool = work.table(
            "pool",
            f"SELECT * FROM {rows} r ANTI JOIN (SELECT row_id FROM {links} WHERE status = 'linked') k ON k.row_id = r.id",
        )
        with engine.reach(work) as sql:
            found = make_pairs(sql, pool, people, [step.rule for step in passes], limits.max_candidate_pairs)
            if not count(sql, found.pairs):
                continue
            scored = weigh_across(
                sql,
                model,
                families,
                left=pool,
                right=people,
                pairs=found.pairs,
                fields=sides.fields,
                right_rows=size,
                frequencies=frequencies,
            )
            found, scored = Candidates(sql.keep(found.pairs), found.forecast), sql.keep(scored)
        candidates = _name(work, scored, found.pairs, Sides(pool, people, sides.fields), lives)
        for number, step in enumerate(passes):
            links = decide(work, step, number, candidates, links, limits)
        work.drop(candidates, scored, found.pairs, pool)
    return links


def _name(work: Scratch, scored: Relation, pairs: Relation, sides: Sides, lives: Lives) -> Relation:
    """The persons whom each row may be: row_id, person_key, rule, match_weight."""
    return work.table(
        "key_candidates",
        f"""
        SELECT l.id AS row_id, r.id AS person_key, p.rule, max(s.match_weight) AS match_weight
        FROM {scored} s JOIN {pairs} p USING (left_record, right_record)
        JOIN {sides.rows} l ON l.record = s.left_record JOIN {sides.people} r ON r.record = s.right_record
        LEFT JOIN {lives.awards} a ON a.row_id = l.id LEFT JOIN {lives.deaths} d ON d.person_key = r.id
        WHERE NOT coalesce(d.death_year < a.award_year, false) AND s.match_weight >= {MIN_WEIGHT}
        GROUP BY ALL
        """,
    )


def decide(work: Scratch, step: Pass, number: int, candidates: Relation, links: Relation, limits: Linkage) -> Relation:
    """Link the rows of the pool whose best candidate so far stands alone: the links with those of this pass."""
    undecided = work.view(
        "undecided",
        f"SELECT * FROM {candidates} c ANTI JOIN (SELECT row_id FROM {links} WHERE status = 'linked') k USING (row_id) "
        f"WHERE rule <= {number}",
    )
    best = best_right(
        Here(work),
        undecided,
        left="row_id",
        right="person_key",
        limits=limits,
    )
    made = work.table(
        "links",
        f"""
        WITH decided AS (SELECT * FROM {best} WHERE status <> 'unlinked')
        SELECT * FROM {links} ANTI JOIN decided USING (row_id)
        UNION ALL
        SELECT row_id, person_key, match_weight, match_probability, status, ?, ? FROM decided
        """,
        [step.module, step.name],
    )
    work.drop(undecided, best, links)
    return made


def find_homes(work: Scratch, people: Relation, links: Relation) -> Relation:
    """The households of people who already got a key."""
    return work.table(
        "homes",
        f"""
        SELECT DISTINCT p.zip || ' ' || p.street AS household
        FROM {people} p SEMI JOIN {links} k ON k.person_key = p.id AND k.status = 'linked'
        WHERE p.street IS NOT NULL AND p.zip IS NOT NULL
        """,
    )


def at_home(work: Scratch, records: Relation, homes: Relation) -> Relation:
    """The records of those who live in one of the homes, with their household; no pass looks at others."""
    # Spark does not know REPLACE in a list of columns.
    others = ", ".join(f"r.{column}" for column in records.columns if column != "household")
    return work.table(
        "at_home",
        f"SELECT {others}, h.household FROM {records} r JOIN {homes} h ON h.household = r.zip || ' ' || r.street",
    )


def drop_unlike(work: Scratch, model: Model, families: Families, sides: Sides, links: Relation) -> Relation:
    """Of rows that got one key and are hardly one person, only the strongest keeps it; the others become ambiguous."""
    shared = work.table(
        "shared_keys",
        f"""
        WITH linked AS (
            SELECT k.row_id, k.person_key, r.record,
                   row_number() OVER (PARTITION BY k.person_key ORDER BY k.match_weight DESC, k.row_id) AS place
            FROM {links} k JOIN {sides.rows} r ON r.id = k.row_id WHERE k.status = 'linked')
        SELECT b.row_id, least(a.record, b.record) AS left_record, greatest(a.record, b.record) AS right_record
        FROM linked a JOIN linked b USING (person_key) WHERE a.place = 1 AND b.place > 1
        """,
    )
    if not count(work.con, shared):
        return links
    weighed = weigh_within(Here(work), model, families, sides.rows, shared, sides.fields)
    return work.table(
        "links",
        f"""
        WITH against AS (
            SELECT row_id FROM {shared} JOIN {weighed} w USING (left_record, right_record)
            WHERE w.match_weight < {NOT_ONE})
        SELECT * REPLACE (CASE WHEN row_id IN (FROM against) THEN 'ambiguous' ELSE status END AS status) FROM {links}
        """,
    )
