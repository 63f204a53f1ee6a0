"""Where people are in the years around a day that is not the award at which they are counted.

The same step as for the cohort, for other units. Not here: what is asked of them.
"""

from credential_pipeline.enclave.outcome_tables.employment import follow_up
from credential_pipeline.enclave.outcome_tables.given import Given
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.relation import Relation, Scratch


def follow(work: Scratch, given: Given, units: Relation, plan: Plan) -> Relation:
    """Where everybody is in the years around ``award_year``, with the columns of follow-ups.

    Years beyond those of the cohort are not covered, also where the wage files have them.

    Args:
        work: Where the rows live.
        given: Who is known.
        units: uid, pid, lead, the group's columns, award_year, death_year and revoked_year.
        plan: The settings.
    """
    return follow_up(
        work,
        units,
        given.asked_years,
        given.shut_years,
        given.person_years,
        given.price_factors,
        given.main_employers,
        plan,
    )
