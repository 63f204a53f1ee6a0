"""What must hold of the enclave's own files before keys are assigned and wages attached."""

from checks.drop_rules import dates_rules, share_rule, words_rule
from checks.rule import contract_rules, none_where, number, share_where
from credential_pipeline.foundation.contracts.reference_population import SNAPSHOT

REPEATED = 0.01
"""Share of wage rows that stand there twice above which a file was delivered twice."""
STRANGERS = 0.05
"""Share of jobs of nobody among the reference persons above which keys were written differently."""
UNKNOWN_EMPLOYERS = 0.2
"""Share of jobs at employers who are not in their file above which that file is not the one that belongs to the wages."""
NO_SECTOR = 0.5
"""Share of jobs at employers of no known sector above which figures on the industry tell of the file and not of people."""
SOME_SECTOR = 0.05
"""The same share above which a person is told."""
_TWICE = (
    "The same person, employer, time and amount twice is one payment that was delivered twice; it was counted once."
)
_NOTICED: tuple[tuple[str, str, str, dict[str, float], str], ...] = (
    ("repeated", "wages_annual", "wages", {"wages_not_delivered_twice": REPEATED, "wages_told_once": 0.0}, _TWICE),
    (
        "repeated",
        "wages_quarterly",
        "wages",
        {"quarterly_wages_not_delivered_twice": REPEATED, "quarterly_wages_told_once": 0.0},
        _TWICE,
    ),
    (
        "unknown",
        "wages",
        "person_key",
        {"wages_mostly_of_known_persons": STRANGERS, "wages_of_known_persons": 0.0},
        "Wages of nobody among the reference persons reach no learner: keys are written differently, or persons are missing.",
    ),
    (
        "unknown",
        "wages",
        "employer_id",
        {"employers_mostly_known": UNKNOWN_EMPLOYERS, "employers_known": 0.0},
        "Wages of an unknown employer have no industry.",
    ),
    (
        "no sector",
        "employers",
        "naics",
        {"most_jobs_in_a_sector": NO_SECTOR},
        "Who works for an employer without a NAICS code, or with 99, counts as outside every industry: deliver employers with it.",
    ),
)
_YEARS = "SELECT count(*) FROM reference_population.wage_file_years WHERE {}"
_BLAMED = "SELECT year || ' ' || fault, greatest(jobs, 1) FROM reference_population.wage_file_years WHERE {}"

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
    *dates_rules(SNAPSHOT),
    words_rule(SNAPSHOT),
    *(
        share_rule(
            SNAPSHOT, name, why, finding, table, measure, at_most=at_most, severity="block" if at_most else "warn"
        )
        for finding, table, measure, names, why in _NOTICED
        for name, at_most in names.items()
    ),
    share_rule(
        SNAPSHOT,
        "jobs_in_a_sector",
        "Who works for an employer whose naics is blank or unclassified (99) counts as working outside the industry.",
        "no sector",
        "employers",
        "naics",
        at_most=SOME_SECTOR,
        severity="warn",
    ),
    number(
        "years_not_copied",
        "A year with the wages of another one is a file that was copied, and every figure of that year is wrong.",
        _YEARS.format("fault = 'copied'"),
        at_most=0,
        blame=_BLAMED.format("fault = 'copied'"),
    ),
    number(
        "wages_in_dollars",
        "A year whose jobs pay ten times as much as those of the years around it, or a tenth, is in cents, in thousands or of a month.",
        _YEARS.format("fault = 'other_unit'"),
        at_most=0,
        blame=_BLAMED.format("fault = 'other_unit'"),
    ),
    number(
        "years_complete",
        "A year that is missing, lacks a quarter or many jobs or wages, is told twice, or is of people whom nobody knows is not used; the release says so.",
        _YEARS.format("fault IS NOT NULL"),
        at_most=0,
        severity="warn",
        blame=_BLAMED.format("fault IS NOT NULL"),
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
