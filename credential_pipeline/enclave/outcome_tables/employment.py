"""Where people work: who is seen in wages at a horizon, in the industry or not, in which sector.

Not here: how much they earn.
"""

from credential_pipeline.enclave.outcome_tables.cells import Share, share_cells
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement


def sector_digits(work: Scratch, sectors: Relation) -> Relation:
    """Sector and digits: the two digits with which the NAICS codes of a sector begin, three rows for '31-33'.

    Args:
        work: Where the rows live.
        sectors: The NAICS sectors: code.
    """
    return work.table(
        "sector_digits",
        f"""
        SELECT code AS sector, lpad(CAST(unnest(range(
            CAST(split_part(code, '-', 1) AS INTEGER), CAST(split_part(code, '-', -1) AS INTEGER) + 1
        )) AS VARCHAR), 2, '0') AS digits
        FROM {sectors}
        """,
    )


def classify_employers(
    work: Scratch, employers: Relation, person_years: Relation, digits: Relation, plan: Plan
) -> Relation:
    """Every main employer with a code: employer_id, naics, sector, in_industry; of several codes the smallest counts.

    Args:
        work: Where the rows live.
        employers: ``reference_population.employers``.
        person_years: Who is somebody's main employer.
        digits: Of :func:`sector_digits`.
        plan: The settings, for the industry's prefixes.
    """
    return work.table(
        "main_employers",
        f"""
        WITH main AS (SELECT DISTINCT employer_id FROM {person_years}),
        codes AS (
            SELECT employer_id, min(trim(naics)) AS naics
            FROM {employers} SEMI JOIN main USING (employer_id)
            GROUP BY employer_id
        )
        SELECT c.employer_id, c.naics, coalesce(s.sector, 'unknown') AS sector,
               belongs_to(c.naics, ?) AS in_industry
        FROM codes AS c LEFT JOIN {digits} AS s ON s.digits = left(c.naics, 2)
        """,
        [list(plan.naics)],
    )


def whole_sectors(work: Scratch, digits: Relation, plan: Plan) -> Relation:
    """The sectors (sector) that lie in the industry as a whole."""
    return work.table(
        "whole_sectors",
        f"SELECT sector FROM {digits} GROUP BY sector HAVING bool_and(list_contains(CAST(? AS VARCHAR[]), digits))",
        [list(plan.naics)],
    )


def follow_up(
    work: Scratch,
    units: Relation,
    years: Relation,
    shut_years: Relation,
    person_years: Relation,
    price_factors: Relation,
    main_employers: Relation,
    plan: Plan,
) -> Relation:
    """One row per unit and horizon: uid, pid, lead, the group's columns, horizon, year, presence, seen, in_industry, sector, employer_id, real.

    ``presence`` is one of year_not_covered (the wage files lack that calendar year, or have a gap in it
    where the person lives), died_before (dead before that year), revoked (the award was revoked in that year or earlier),
    not_matched and wage_matched. The sector of an employer without a known code is 'unknown'. ``real`` is in dollars of the
    base year.
    """
    return work.table(
        "follow_ups",
        statement(
            __package__,
            "follow_ups.sql",
            units=units,
            covered_years=years,
            shut_years=shut_years,
            person_years=person_years,
            price_factors=price_factors,
            main_employers=main_employers,
        ),
        {"first_horizon": plan.first_horizon, "last_horizon": plan.last_horizon},
    )


def employment_cells(work: Scratch, counts: Relation) -> Relation:
    """The shares that are seen in wages, that work in the industry, and that work in each sector."""
    return share_cells(
        work,
        counts,
        Share("wage_matched", "wage_matched_share", "wage_matched_share", part="wage_matched", total="cohort"),
        Share("industry_share", "in_industry_share", "in_industry_share", part="in_industry", total="wage_matched"),
        Share("sectors", "sector_share", "sector_share", part="sector", total="wage_matched"),
    )
