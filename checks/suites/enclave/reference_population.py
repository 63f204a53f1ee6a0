"""What must hold of the enclave's own files before keys are assigned and wages attached."""

from checks.rule import contract_rules, none_where, number, share_where
from credential_pipeline.foundation.contracts.reference_population import SNAPSHOT

RULES = (
    *contract_rules(SNAPSHOT),
    none_where(
        "wages_not_negative",
        "A wage below zero is a booking, not earnings.",
        "reference_population.wages",
        "wages < 0",
    ),
    none_where(
        "wages_present",
        "A wage record without an amount would count as no earnings.",
        "reference_population.wages",
        "wages IS NULL",
    ),
    none_where(
        "employers_known",
        "Wages of an unknown employer have no industry.",
        "reference_population.wages w ANTI JOIN reference_population.employers e USING (employer_id)",
        "true",
        severity="warn",
    ),
    number(
        "wage_states_agreed",
        "Wages of a state whose agreement is missing or has expired are left out, and its workers look unemployed.",
        "SELECT count(*) FROM reference_population.wage_states WHERE agreement IS NULL AND employers > 0",
        at_most=0,
        severity="warn",
        blame="SELECT state, employers FROM reference_population.wage_states WHERE agreement IS NULL",
    ),
    share_where(
        "birth_dates_present",
        "Reference persons without a birth date cannot be told from others of their name.",
        "reference_population.persons",
        "birth_date IS NULL",
        at_most=0.2,
        severity="block",
    ),
    number(
        "one_birth_date_a_person",
        "A person with two birth dates is two persons under one key.",
        "SELECT coalesce(max(dates), 0) FROM"
        " (SELECT count(DISTINCT birth_date) AS dates FROM reference_population.persons GROUP BY person_key)",
        at_most=1,
        severity="warn",
    ),
)
