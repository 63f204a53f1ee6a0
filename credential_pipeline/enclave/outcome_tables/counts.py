"""The counts behind every figure, with ids. Which of them add up to which is in equations.py.

Measures add rows to ``tmp_tally`` and name only the columns that differ from the default; ``tmp_counts``, made at
the end, adds the id and the dimension. A count of units is of learners, or under attribution ``each`` of pairs (learner, credential); the
column ``learners`` always holds distinct people. Counts with the prefix ``lead_`` exist under ``each`` only and are of
learners at their first award.
"""

from credential_pipeline.enclave.outcome_tables.cells import DIMENSION, ID_TAIL
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection

#: Quantity to the SQL condition on a row of ``tmp_frame`` under which it is counted, at every horizon.
FLOWS = {
    "cohort": "state IN ('wage_matched', 'not_matched')",
    "wage_matched": "seen",
    "not_matched": "state = 'not_matched'",
    "in_industry": "in_industry",
    "out_of_industry": "seen AND NOT in_industry",
    "died_before": "state = 'died_before'",
    "year_not_covered": "state = 'year_not_covered'",
}
#: Quantities that no figure is made of below the level of everybody: a 0 of theirs is left out.
_ONLY_IF_ANY = "('died_before', 'year_not_covered')"
#: Everybody and every one-way breakdown; a credential is nested in its certifier.
_BREAKDOWNS = ((), ("certifier",), ("certifier", "credential"), ("age_band",), ("sex",), ("race",))
_LEAD_BREAKDOWNS = ((), ("certifier",))


def create_tally(con: Connection) -> None:
    """Create the empty ``tmp_tally``."""
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE tmp_tally (
            quantity VARCHAR,
            certifier VARCHAR DEFAULT 'all', credential VARCHAR DEFAULT 'all', cohort VARCHAR DEFAULT 'all',
            age_band VARCHAR DEFAULT 'all', sex VARCHAR DEFAULT 'all', race VARCHAR DEFAULT 'all',
            sector VARCHAR DEFAULT 'all', setting VARCHAR DEFAULT 'all', horizon INTEGER, value BIGINT, learners BIGINT
        )
        """
    )


def close_tally(con: Connection) -> None:
    """Create ``tmp_counts``, the tally with the id and the dimension of every count; nothing is counted after it."""
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE tmp_counts AS
        SELECT quantity || {ID_TAIL} AS count_id, *, {DIMENSION} AS dimension FROM tmp_tally
        """
    )


def add_counts(con: Connection, select: str, parameters: list[object] | None = None) -> None:
    """Add the rows of a SELECT with at least quantity, value and learners; other columns keep their default."""
    con.execute(f"INSERT INTO tmp_tally BY NAME {select}", parameters or [])


def add_cohort_counts(con: Connection, plan: Plan) -> None:
    """Count the cohort of every group, and at every horizon where its members are.

    Raises:
        SafeError: E_NO_COHORT if nobody with a key has an award in the cohort's years.
    """
    if not con.execute("SELECT count(*) FROM tmp_units").fetchall()[0][0]:
        message = (
            f"No learner of {plan.industry} with a person key has an award from {plan.first_year} to {plan.last_year}; "
            "check cohorts of the industry and the person keys of this extract."
        )
        raise SafeError("E_NO_COHORT", message)
    for breakdown in _BREAKDOWNS:
        _add_group_counts(con, "", "true", breakdown)
    for breakdown in _LEAD_BREAKDOWNS if plan.lead else ():
        _add_group_counts(con, plan.lead, "lead", breakdown)
    con.execute(f"DELETE FROM tmp_tally WHERE quantity IN {_ONLY_IF_ANY} AND value = 0 AND {DIMENSION} <> 'all'")


def _add_group_counts(con: Connection, prefix: str, rows: str, breakdown: tuple[str, ...]) -> None:
    """Add the counts of one breakdown; units are folded by person first, which is cheaper than counting distinct ones."""
    group = "".join(f"{column}, " for column in breakdown)
    folded = ", ".join(f"count(*) FILTER ({condition}) AS {quantity}" for quantity, condition in FLOWS.items())
    flows = ", ".join(
        f"{{'quantity': '{prefix}{quantity}', 'value': CAST(sum({quantity}) AS BIGINT), "
        f"'learners': count(*) FILTER ({quantity} > 0)}}"
        for quantity in FLOWS
    )
    add_counts(
        con,
        f"""SELECT '{prefix}cohort' AS quantity, {group} count(*) AS value, count(DISTINCT pid) AS learners
            FROM tmp_units WHERE {rows} GROUP BY {group} ()""",
    )
    add_counts(
        con,
        f"""
        WITH folded AS (
            SELECT {group} pid, horizon, {folded} FROM tmp_frame WHERE {rows} GROUP BY {group} pid, horizon
        ), wide AS (
            SELECT {group} horizon, [{flows}] AS flows FROM folded GROUP BY {group} horizon
        )
        SELECT * EXCLUDE (flows, flow), flow.quantity, flow.value, flow.learners
        FROM (SELECT *, unnest(flows) AS flow FROM wide)
        """,
    )


def add_category_counts(con: Connection, plan: Plan, source: str, category: str, quantity: str, column: str) -> None:
    """Count units by a category, for everybody and by certifier, with a row for every category that occurs at all.

    Args:
        con: The connection.
        plan: The settings; under ``each`` the distinct learners are counted beside the pairs.
        source: Temporary table with certifier, pid and, if time plays a part, horizon (else NULL).
        category: Column of the source; a row without a category is not counted.
        quantity: Name of the counts.
        column: Column of the counts that takes the category: ``sector`` or ``setting``.
    """
    people = "count(DISTINCT pid)" if plan.attribution == "each" else "count(*)"
    add_counts(
        con,
        f"""
        WITH found AS (
            SELECT coalesce(certifier, 'all') AS certifier, {category} AS category, horizon, count(*) AS value,
                   {people} AS learners
            FROM {source} WHERE {category} IS NOT NULL
            GROUP BY {category}, horizon, GROUPING SETS ((), (certifier))
        ), shell AS (
            SELECT * FROM (SELECT DISTINCT certifier FROM {source} UNION ALL SELECT 'all')
            CROSS JOIN (SELECT DISTINCT category FROM found) CROSS JOIN (SELECT DISTINCT horizon FROM {source})
        )
        SELECT '{quantity}' AS quantity, s.certifier, s.category AS {column}, s.horizon,
               coalesce(f.value, 0) AS value, coalesce(f.learners, 0) AS learners
        FROM shell AS s LEFT JOIN found AS f
            ON f.certifier = s.certifier AND f.category = s.category AND f.horizon IS NOT DISTINCT FROM s.horizon
        """,
    )


def add_sector_counts(con: Connection, plan: Plan) -> tuple[str, ...]:
    """Count the seen by sector; return the sectors that lie in the industry as a whole.

    Where the industry is only part of a sector, those of the sector who work in it are counted as
    ``sector_in_industry``, so that the industry still adds up from sectors.
    """
    add_category_counts(con, plan, "tmp_frame", "sector", "sector", "sector")
    rows = con.execute(
        "SELECT sector, list(digits ORDER BY digits) FROM tmp_sectors GROUP BY sector ORDER BY sector"
    ).fetchall()
    whole = tuple(sector for sector, digits in rows if set(digits) <= set(plan.naics))
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE tmp_partial AS
        SELECT certifier, pid, horizon, CASE WHEN in_industry AND NOT list_contains(?, sector) THEN sector END AS sector
        FROM tmp_frame
        """,
        [list(whole)],
    )
    add_category_counts(con, plan, "tmp_partial", "sector", "sector_in_industry", "sector")
    return whole


def create_counts(con: Connection) -> None:
    """Create ``outcome_tables.counts`` from the tally."""
    con.execute(
        """
        CREATE OR REPLACE TABLE outcome_tables.counts AS
        SELECT count_id, quantity, certifier, credential, cohort, age_band, sex, race, sector, setting, horizon, value,
               learners
        FROM tmp_counts ORDER BY count_id
        """
    )
