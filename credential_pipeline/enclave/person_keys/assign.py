"""The hop: runs the cascade and creates the tables of person_keys.

A row that a pass links leaves the pool. Where two persons are about as likely, none is linked and the row goes on.
Nobody who died before the year of the row's last award is a candidate. Two rows may get one key only if they do not
contradict one another: then they are one person; otherwise the weaker of the two loses the key. Not here: what the
passes are (cascade.py) and what is published (outputs.py).
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Protocol

from credential_pipeline.enclave.person_keys.cascade import PASSES, Pass, add_keys
from credential_pipeline.enclave.person_keys.outputs import write_outputs
from credential_pipeline.engines.linkage.blocking import make_pairs
from credential_pipeline.engines.linkage.engine import DUCKDB, Engine
from credential_pipeline.engines.linkage.fields import make_frequencies, make_records, shared_fields
from credential_pipeline.engines.linkage.model import Model, shipped
from credential_pipeline.engines.linkage.predict import score
from credential_pipeline.engines.linkage.resolve import best_right, contradiction
from credential_pipeline.engines.linkage.scratch import scratch
from credential_pipeline.foundation.storage.engine import Connection

ROWS = "tmp_key_rows"
PEOPLE = "tmp_key_people"
LINKS = "tmp_key_links"
"""row_id, person_key, match_weight, match_probability, status, module, pass."""
_LINKED = f"(SELECT row_id FROM {LINKS} WHERE status = 'linked')"


class Thresholds(Protocol):
    """The thresholds of an industry."""

    @property
    def link_threshold(self) -> float:
        """Probability from which a row gets the key."""

    @property
    def review_threshold(self) -> float:
        """Probability of any candidate from which a row without key is ambiguous."""

    @property
    def max_candidate_pairs(self) -> int:
        """Candidate pairs of a module above which it refuses to begin."""


class Industry(Protocol):
    """What the hop needs to know of an industry."""

    @property
    def linkage(self) -> Thresholds:
        """Its thresholds."""


def assign(con: Connection, industry_config: Industry, *, model: Model | None = None, engine: Engine = DUCKDB) -> None:
    """Create person_keys.{person_links, learners, credentials, enrollments, unkeyed_credentials, coverage}.

    Args:
        con: Connection with the views accepted_extract.* and reference_population.persons.
        industry_config: The industry's configuration, for its thresholds.
        model: Model of extract rows to reference rows; the shipped one if None.
        engine: What finds and scores the candidates; who gets which key is decided here.
    """
    with scratch(con):
        _assign(con, model or shipped("reference"), industry_config.linkage, engine)


def _assign(con: Connection, model: Model, limits: Thresholds, engine: Engine) -> None:
    make_records(con, "accepted_extract.learners", "tmp_key_left", id_column="row_id")
    people = make_records(
        con,
        "reference_population.persons",
        "tmp_key_right",
        id_column="person_key",
        renamed={"previous_last_name": "alternate_last_name"},
        ordered=False,
    )
    fields = shared_fields(con, "tmp_key_left", "tmp_key_right")
    add_keys(con, "tmp_key_left", ROWS)
    add_keys(con, "tmp_key_right", PEOPLE)
    con.execute("DROP TABLE tmp_key_right")
    _find_lives(con)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {LINKS} (row_id VARCHAR, person_key VARCHAR, match_weight DOUBLE, "
        "match_probability DOUBLE, status VARCHAR, module VARCHAR, pass VARCHAR)"
    )
    _run(con, model, fields, people, limits, engine)
    _drop_contradicting(con, model, fields)
    write_outputs(con, LINKS)


def _find_lives(con: Connection) -> None:
    """The last award of each row and the death of each person, by year."""
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE tmp_key_award AS
        SELECT row_id, coalesce(max(year(event_date)) FILTER (event = 'award'), max(year(event_date))) AS award_year
        FROM accepted_extract.credentials GROUP BY row_id
        """
    )
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE tmp_key_death AS
        SELECT person_key, min(year(death_date)) AS death_year
        FROM reference_population.persons WHERE death_date IS NOT NULL GROUP BY person_key
        """
    )


def _run(con: Connection, model: Model, fields: Sequence[str], people: int, limits: Thresholds, engine: Engine) -> None:
    """Run the modules over the rows that are still without a key, and within each its passes in order.

    The pairs of all passes of a module are scored together; a pass decides on what it and the passes before it found.
    """
    frequencies = make_frequencies(con, "tmp_key_frequency", ROWS, PEOPLE)
    for module, steps in groupby(PASSES, key=lambda step: step.module):
        passes = list(steps)
        if module == "HHCompSearch":
            _find_households(con)
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE tmp_key_pool AS SELECT * FROM {ROWS} r ANTI JOIN {_LINKED} k ON k.row_id = r.id"
        )
        with engine.reach(con, gives=("tmp_key_pairs", "tmp_key_scored")) as sql:
            rules = [step.rule for step in passes]
            if not make_pairs(sql, "tmp_key_pairs", "tmp_key_pool", PEOPLE, rules, limits.max_candidate_pairs):
                continue
            score(
                sql,
                model,
                "tmp_key_scored",
                left="tmp_key_pool",
                right=PEOPLE,
                pairs="tmp_key_pairs",
                fields=fields,
                right_rows=people,
                frequencies=frequencies,
            )
        con.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE tmp_key_candidates AS
            SELECT l.id AS row_id, r.id AS person_key, p.rule, max(s.match_weight) AS match_weight
            FROM tmp_key_scored s JOIN tmp_key_pairs p USING (left_record, right_record)
            JOIN tmp_key_pool l ON l.record = s.left_record JOIN {PEOPLE} r ON r.record = s.right_record
            LEFT JOIN tmp_key_award a ON a.row_id = l.id LEFT JOIN tmp_key_death d ON d.person_key = r.id
            WHERE NOT coalesce(d.death_year < a.award_year, false) AND NOT {contradiction(fields)}
            GROUP BY ALL
            """
        )
        for number, step in enumerate(passes):
            _decide(con, step, number, limits)


def _decide(con: Connection, step: Pass, number: int, limits: Thresholds) -> None:
    """Link the rows of the pool whose best candidate so far stands alone."""
    open_rows = f"(SELECT * FROM tmp_key_candidates c ANTI JOIN {_LINKED} k USING (row_id) WHERE rule <= {number})"
    best_right(
        con,
        open_rows,
        "tmp_key_best",
        left="row_id",
        right="person_key",
        link_threshold=limits.link_threshold,
        review_threshold=limits.review_threshold,
    )
    con.execute(f"DELETE FROM {LINKS} WHERE row_id IN (SELECT row_id FROM tmp_key_best WHERE status <> 'unlinked')")
    con.execute(
        f"INSERT INTO {LINKS} SELECT row_id, person_key, match_weight, match_probability, status, ?, ? "
        "FROM tmp_key_best WHERE status <> 'unlinked'",
        [step.module, step.name],
    )


def _find_households(con: Connection) -> None:
    """Households of people who already got a key: the address of the person, given to its reference rows."""
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE tmp_key_homes AS
        SELECT DISTINCT p.zip || ' ' || p.street AS household
        FROM {PEOPLE} p SEMI JOIN {LINKS} k ON k.person_key = p.id AND k.status = 'linked'
        WHERE p.street IS NOT NULL AND p.zip IS NOT NULL
        """
    )
    for table in (ROWS, PEOPLE):
        con.execute(
            f"UPDATE {table} SET household = zip || ' ' || street "
            f"WHERE zip || ' ' || street IN (SELECT household FROM tmp_key_homes)"
        )


def _drop_contradicting(con: Connection, model: Model, fields: Sequence[str]) -> None:
    """Of rows that got one key and contradict one another, only the strongest keeps it."""
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE tmp_key_shared AS
        WITH linked AS (
            SELECT k.row_id, k.person_key, r.record,
                   row_number() OVER (PARTITION BY k.person_key ORDER BY k.match_weight DESC, k.row_id) AS place
            FROM {LINKS} k JOIN {ROWS} r ON r.id = k.row_id WHERE k.status = 'linked')
        SELECT b.row_id, least(a.record, b.record) AS left_record, greatest(a.record, b.record) AS right_record
        FROM linked a JOIN linked b USING (person_key) WHERE a.place = 1 AND b.place > 1
        """
    )
    if not con.execute("SELECT count(*) FROM tmp_key_shared").fetchall()[0][0]:
        return
    rows = con.execute(f"SELECT count(*) FROM {ROWS}").fetchall()[0][0]
    score(
        con,
        model,
        "tmp_key_scored",
        left=ROWS,
        right=None,
        pairs="tmp_key_shared",
        fields=fields,
        right_rows=rows,
        min_weight=-1e6,
    )
    con.execute(
        f"""
        UPDATE {LINKS} SET status = 'ambiguous' WHERE row_id IN (
            SELECT row_id FROM tmp_key_shared JOIN tmp_key_scored USING (left_record, right_record)
            WHERE {contradiction(fields)})
        """
    )
