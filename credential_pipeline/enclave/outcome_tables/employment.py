"""Where people work: who is seen in wages at a horizon, in the industry or not, in which sector.

Creates ``tmp_frame``: one row per unit and horizon. Not here: how much they earn.
"""

from credential_pipeline.enclave.outcome_tables.cells import Share, add_share_cells
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.engine import Connection


def create_frame(con: Connection, plan: Plan) -> None:
    """Create ``tmp_frame``: unit, group columns, horizon, state, seen, in_industry, sector, real.

    ``state`` is one of year_not_covered (the wage files lack that calendar year), died_before (dead before that year),
    not_matched and wage_matched. A main employer without a known NAICS code counts as outside the industry, sector
    'unknown'. ``real`` is in dollars of the base year.
    """
    _create_employers(con, plan)
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE tmp_frame AS
        WITH years AS (
            SELECT u.*, CAST(h.horizon AS INTEGER) AS horizon, u.award_year + h.horizon AS year
            FROM tmp_units AS u CROSS JOIN (SELECT unnest(range(?, ?)) AS horizon) AS h
        )
        SELECT
            y.uid, y.pid, y.lead, y.certifier, y.credential, y.age_band, y.sex, y.race, y.horizon,
            CASE
                WHEN covered.year IS NULL THEN 'year_not_covered'
                WHEN y.death_year < y.year THEN 'died_before'
                WHEN w.pid IS NULL THEN 'not_matched'
                ELSE 'wage_matched'
            END AS state,
            state = 'wage_matched' AS seen,
            seen AND coalesce(e.in_industry, false) AS in_industry,
            CASE WHEN seen THEN coalesce(e.sector, 'unknown') END AS sector,
            CASE WHEN seen THEN w.cents / 100 * d.factor END AS real
        FROM years AS y
        LEFT JOIN tmp_wage_years AS covered ON covered.year = y.year
        LEFT JOIN tmp_person_years AS w ON w.pid = y.pid AND w.year = y.year
        LEFT JOIN tmp_deflator AS d ON d.year = y.year
        LEFT JOIN tmp_employers AS e ON e.employer_id = w.employer_id
        """,
        [plan.first_horizon, plan.last_horizon + 1],
    )


def _create_employers(con: Connection, plan: Plan) -> None:
    """Create ``tmp_sectors`` (two digits to sector) and ``tmp_employers`` (sector and industry of main employers)."""
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE tmp_sectors AS
        SELECT code AS sector, lpad(CAST(unnest(range(
            CAST(split_part(code, '-', 1) AS INTEGER), CAST(split_part(code, '-', -1) AS INTEGER) + 1
        )) AS VARCHAR), 2, '0') AS digits
        FROM reference.naics_sectors
        """
    )
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE tmp_employers AS
        WITH main AS (SELECT DISTINCT employer_id FROM tmp_person_years),
        codes AS (
            SELECT employer_id, min(trim(naics)) AS naics
            FROM reference_population.employers SEMI JOIN main USING (employer_id)
            GROUP BY employer_id
        )
        SELECT c.employer_id, coalesce(s.sector, 'unknown') AS sector,
               len(list_filter(CAST(? AS VARCHAR[]), lambda prefix: starts_with(c.naics, prefix))) > 0 AS in_industry
        FROM codes AS c LEFT JOIN tmp_sectors AS s ON s.digits = left(c.naics, 2)
        """,
        [list(plan.naics)],
    )


def add_employment(con: Connection) -> None:
    """Add the shares that are seen in wages, that work in the industry, and that work in each sector."""
    add_share_cells(
        con,
        Share("wage_matched", "wage_matched_share", "wage_matched_share", part="wage_matched", total="cohort"),
        Share("industry_share", "in_industry_share", "in_industry_share", part="in_industry", total="wage_matched"),
        Share("sectors", "sector_share", "sector_share", part="sector", total="wage_matched"),
    )
