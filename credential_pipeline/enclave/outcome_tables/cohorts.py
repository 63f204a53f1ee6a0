"""Who is counted, and at which award: attribution, award year, age at the award.

Creates ``tmp_people`` (one row per key), ``tmp_awards`` (first award of each credential of a person) and ``tmp_units``
(what is counted: a learner at the attributed award, or under ``each`` a pair of learner and credential).
"""

from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.engine import Connection

#: Which of a person's awards come first under a rule; codes break ties so that the choice never depends on row order.
_ORDER = {
    "first": "award_date, certifier, credential",
    "highest": "level DESC, award_date, certifier, credential",
    "each": "award_date, certifier, credential",
}


def create_cohort(con: Connection, plan: Plan) -> None:
    """Create the three tables from ``person_keys.learners`` and ``person_keys.credentials``.

    The attributed award is chosen among all awards of a person, and then has to fall into the cohort's years: a learner
    whose first award is older than the cohort does not enter it with a later one. An award that was revoked later was
    an award all the same.
    """
    _create_people(con)
    _create_awards(con, plan)
    _create_units(con, plan)


def _create_people(con: Connection) -> None:
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE tmp_people AS
        SELECT
            CAST(row_number() OVER (ORDER BY person_key) AS INTEGER) AS pid,
            person_key,
            birth_year,
            death_year,
            coalesce(nullif(trim(sex), ''), 'unknown') AS sex,
            coalesce(nullif(trim(race), ''), 'unknown') AS race
        FROM person_keys.learners
        """
    )


def _create_awards(con: Connection, plan: Plan) -> None:
    con.execute("CREATE OR REPLACE TEMP TABLE tmp_levels (certifier VARCHAR, credential VARCHAR, level INTEGER)")
    if plan.levels:
        con.executemany("INSERT INTO tmp_levels VALUES (?, ?, ?)", [list(row) for row in plan.levels])
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE tmp_awards AS
        WITH numbered AS (
            SELECT
                person_key, certifier, credential_code AS credential, event_date AS award_date, training_setting,
                row_number() OVER (
                    PARTITION BY person_key, certifier, credential_code
                    ORDER BY event_date, training_setting NULLS LAST
                ) AS nth
            FROM person_keys.credentials
            WHERE event = 'award' AND result IS DISTINCT FROM 'fail' AND event_date IS NOT NULL
        )
        SELECT p.pid, n.certifier, n.credential, n.award_date, coalesce(l.level, 0) AS level,
               coalesce(nullif(trim(n.training_setting), ''), 'unknown') AS training_setting
        FROM numbered AS n
        JOIN tmp_people AS p USING (person_key)
        LEFT JOIN tmp_levels AS l USING (certifier, credential)
        WHERE n.nth = 1
        """
    )


def _create_units(con: Connection, plan: Plan) -> None:
    order = _ORDER[plan.attribution]
    chosen = "true" if plan.attribution == "each" else "nth = 1"
    bands = " ".join(f"WHEN age BETWEEN {low} AND {high} THEN '{label}'" for label, low, high in plan.age_bands)
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE tmp_units AS
        WITH ranked AS (
            SELECT *, row_number() OVER (PARTITION BY pid ORDER BY {order}) AS nth FROM tmp_awards
        ), chosen AS (
            SELECT *, year(award_date) - birth_year AS age, CAST(year(award_date) AS INTEGER) AS award_year
            FROM ranked JOIN tmp_people USING (pid)
            WHERE {chosen} AND year(award_date) BETWEEN ? AND ?
        )
        SELECT
            CAST(row_number() OVER (ORDER BY pid, certifier, credential) AS INTEGER) AS uid,
            pid,
            row_number() OVER (PARTITION BY pid ORDER BY award_date, certifier, credential) = 1 AS lead,
            certifier, credential, award_date, award_year, training_setting,
            CASE {bands} ELSE 'unknown' END AS age_band,
            sex, race, death_year
        FROM chosen
        """,
        [plan.first_year, plan.last_year],
    )
