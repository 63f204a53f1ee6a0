"""Where people are in the years around a day that is not the award at which they are counted.

The same steps as for the cohort, for other units. Not here: what is asked of them.
"""

from credential_pipeline.enclave.outcome_tables.earnings import price_factors, sum_wages
from credential_pipeline.enclave.outcome_tables.employment import classify_employers, follow_up, sector_digits
from credential_pipeline.enclave.outcome_tables.given import Given, source
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.reference.load import reference_series
from credential_pipeline.foundation.storage.relation import Relation, Scratch


def follow(work: Scratch, given: Given, units: Relation, plan: Plan) -> Relation:
    """Where everybody is in the years around ``award_year``, with the columns of follow-ups.

    Args:
        work: Where the rows live.
        given: Who is known.
        units: uid, pid, lead, the group's columns, award_year and death_year.
        plan: The settings.
    """
    wages, employers = (source(work.con, f"reference_population.{name}") for name in ("wages", "employers"))
    person_years = sum_wages(work, wages, units, given.people, plan)
    factors = price_factors(work, reference_series(work, "cpi_u"), person_years, plan)
    digits = sector_digits(work, reference_series(work, "naics_sectors"))
    main_employers = classify_employers(work, employers, person_years, digits, plan)
    return follow_up(work, units, given.covered_years, given.shut_years, person_years, factors, main_employers, plan)
