"""Who is counted, and at which award: attribution, award year, age at the award."""

from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement


def number_people(work: Scratch, learners: Relation) -> Relation:
    """One row per key: pid, person_key, birth_year, death_year, sex, race, ethnicity, state; a missing category is 'unknown'.

    Args:
        work: Where the rows live.
        learners: ``person_keys.learners``.
    """
    return work.table(
        "people",
        f"""
        SELECT
            CAST(row_number() OVER (ORDER BY person_key) AS INTEGER) AS pid,
            person_key,
            birth_year,
            death_year,
            coalesce(nullif(trim(sex), ''), 'unknown') AS sex,
            coalesce(nullif(trim(race), ''), 'unknown') AS race,
            coalesce(nullif(trim(ethnicity), ''), 'unknown') AS ethnicity,
            coalesce(nullif(trim(state), ''), 'unknown') AS state
        FROM {learners}
        """,
    )


def first_awards(work: Scratch, credentials: Relation, people: Relation, plan: Plan) -> Relation:
    """The first award of each credential of a person.

    Args:
        work: Where the rows live.
        credentials: ``person_keys.credentials``.
        people: Of :func:`number_people`.
        plan: The settings, for the levels of credentials; a credential without one has level 0.

    Returns:
        pid, certifier, credential, award_date, age, level, training_setting and revoked_year (missing if it was not revoked).
    """
    levels = work.rows(
        "levels",
        {"certifier": "VARCHAR", "credential": "VARCHAR", "level": "INTEGER"},
        [list(row) for row in plan.levels],
    )
    return work.table(
        "awards", statement(__package__, "awards.sql", credentials=credentials, people=people, levels=levels)
    )


def choose_units(work: Scratch, awards: Relation, people: Relation, plan: Plan) -> Relation:
    """What is counted: a learner at the attributed award, or under ``each`` a pair of learner and credential.

    The attributed award is chosen among all awards of a person, and then has to fall into the cohort's years: a learner
    whose first award is older than the cohort does not enter it with a later one. An award that was revoked in its own year is
    attributed to nobody who has another.

    Args:
        work: Where the rows live.
        awards: Of :func:`first_awards`.
        people: Of :func:`number_people`.
        plan: The settings.

    Returns:
        uid, pid, lead (the first unit of a person), certifier, credential, own_certifier and own_credential (never coarsened), award_date, award_year, training_setting,
        cohort, age_band, sex, race, ethnicity, state, death_year, revoked_year.

    Raises:
        SafeError: E_NO_COHORT if nobody with a key has an award in the cohort's years.
    """
    units = work.table(
        "units",
        statement(__package__, "units.sql", awards=awards, people=people),
        {
            "attribution": plan.attribution,
            "first_year": plan.first_year,
            "last_year": plan.last_year,
            "age_bands": plan.age_ranges,
            "cohort_bands": plan.cohort_ranges,
        },
    )
    if not work.con.execute(f"SELECT count(*) FROM {units}").fetchall()[0][0]:
        message = (
            f"No learner of {plan.industry} with a person key has an award from {plan.first_year} to {plan.last_year}; "
            "check cohorts of the industry and the person keys of this extract."
        )
        raise SafeError("E_NO_COHORT", message)
    return units
