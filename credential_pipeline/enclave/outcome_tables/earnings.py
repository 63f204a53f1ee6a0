"""What a person earned in a year, in dollars of the base year, and the percentiles of it.

Creates ``tmp_person_years`` (one row per person and year with wages) and ``tmp_distributions`` (sorted earnings of every
group and horizon, from which percentiles and their bands are read). Not here: where they worked (employment.py).
"""

from credential_pipeline.enclave.outcome_tables.cells import GROUP, GROUPING_SETS, add_cells, group_equal
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection

#: Outcome table of the percentiles of each kind of group.
TABLES = {
    "all": "earnings_overall",
    "age_band": "earnings_by_age",
    "sex": "earnings_by_sex",
    "race": "earnings_by_race",
    "certifier": "earnings_by_certifier",
    "credential": "earnings_by_credential",
}
PERCENTILES = (25, 50, 75)


def create_person_years(con: Connection, plan: Plan) -> None:
    """Sum the wages of everybody in the cohort over all employers, in whole cents so that no order of rows matters.

    The main employer is the one that paid most in the year; of equal ones the smallest id. A year with wages of zero or
    less in sum is a year without wages. ``tmp_wage_years`` holds the years that the wage files cover.
    """
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE tmp_wage_years AS
        SELECT DISTINCT year FROM reference_population.wages WHERE year IS NOT NULL
        """
    )
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE tmp_person_years AS
        WITH cohort AS (
            SELECT p.pid, p.person_key, min(u.award_year) + ? AS first_year, max(u.award_year) + ? AS last_year
            FROM tmp_units AS u JOIN tmp_people AS p USING (pid)
            GROUP BY ALL
        ), jobs AS (
            SELECT c.pid, w.year, coalesce(w.employer_id, '') AS employer_id,
                   CAST(sum(CAST(round(w.wages * 100) AS BIGINT)) AS BIGINT) AS cents
            FROM reference_population.wages AS w JOIN cohort AS c USING (person_key)
            WHERE w.year BETWEEN c.first_year AND c.last_year AND w.wages IS NOT NULL
            GROUP BY ALL
        )
        SELECT pid, year, CAST(sum(cents) AS BIGINT) AS cents, arg_min(employer_id, (-cents, employer_id)) AS employer_id
        FROM jobs
        GROUP BY pid, year
        HAVING sum(cents) > 0
        """,
        [plan.first_horizon, plan.last_horizon],
    )


def create_deflator(con: Connection, plan: Plan) -> None:
    """Create ``tmp_deflator`` (year, factor): real = nominal x CPI-U of the base year / CPI-U of the year.

    Raises:
        SafeError: E_CPI if the base year or a year with wages has no price index.
    """
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE tmp_deflator AS
        SELECT c.year, b.index / c.index AS factor
        FROM reference.cpi_u AS c CROSS JOIN (SELECT index FROM reference.cpi_u WHERE year = ?) AS b
        """,
        [plan.base_year],
    )
    gap = con.execute(
        "SELECT min(year) FROM tmp_person_years WHERE year NOT IN (SELECT year FROM tmp_deflator)"
    ).fetchall()[0][0]
    if gap is not None:
        message = (
            f"The consumer price index of {gap} or of the base year {plan.base_year} is missing; add the year to "
            "credential_pipeline/foundation/reference/cpi_u.csv or change base_year or the cohort of the industry."
        )
        raise SafeError("E_CPI", message)


def create_distributions(con: Connection) -> None:
    """Create ``tmp_distributions``: group, horizon, workplace (all, in, out) and the sorted real earnings."""
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE tmp_distributions AS
        WITH gathered AS (
            SELECT {GROUP}, horizon, in_industry, list_sort(list(real)) AS earnings
            FROM tmp_frame
            WHERE seen
            GROUP BY horizon, GROUPING SETS ({GROUPING_SETS}, (in_industry), (in_industry, race))
        )
        SELECT {", ".join(f"coalesce({c}, 'all') AS {c}" for c in GROUP.split(", "))}, horizon,
               CASE WHEN in_industry IS NULL THEN 'all' WHEN in_industry THEN 'in' ELSE 'out' END AS workplace,
               earnings
        FROM gathered
        """
    )


def add_percentiles(con: Connection) -> None:
    """Add p25, p50 and p75 of real annual earnings of every group at every horizon.

    Interpolated between the two neighbours, as ``quantile_cont``. The band is that of order statistics: the percentiles
    at p -+ 1.96 sqrt(p (1 - p) / n).
    """
    cases = " ".join(f"WHEN '{dimension}' THEN '{table}'" for dimension, table in TABLES.items())
    add_cells(
        con,
        f"""
        SELECT
            CASE g.dimension {cases} END AS "table",
            g.certifier, g.credential, g.age_band, g.sex, g.race, g.horizon,
            'earnings_p' || q.percent AS measure, 'usd' AS unit, g.value AS n, g.count_id AS n_count_id,
            tmp_percentile(d.earnings, q.percent / 100) AS value,
            tmp_percentile_low(d.earnings, q.percent / 100) AS low,
            tmp_percentile_high(d.earnings, q.percent / 100) AS high
        FROM tmp_counts AS g
        LEFT JOIN tmp_distributions AS d ON d.workplace = 'all' AND d.horizon = g.horizon AND {group_equal("d", "g")}
        CROSS JOIN (SELECT unnest(CAST(? AS INTEGER[])) AS percent) AS q
        WHERE g.quantity = 'wage_matched'
        """,
        [list(PERCENTILES)],
    )
