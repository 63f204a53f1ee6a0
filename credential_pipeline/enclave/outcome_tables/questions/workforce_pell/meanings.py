"""What the figures on Workforce Pell mean, in plain words. Not here: how they come about."""

from typing import Final

from credential_pipeline.enclave.outcome_tables.meaning import Definition
from credential_pipeline.enclave.outcome_tables.questions.workforce_pell.law import Law

_NUMBERS = Law.read()
#: A completer is followed for so long, and a programme may take so much of its normal time.
_DAYS, _TIME = f"{_NUMBERS.placement_days:.0f}", f"{_NUMBERS.completion_time * 100:.0f} %"


def _award_year(number: float) -> str:
    """An award year by the number of the year in which it begins, such as 2026-27."""
    return f"{number:.0f}-{(number + 1) % 100:02.0f}"


_OF = (
    "The award years of the column cohort begin in July: 2015-2017 is July 2015 to June 2018. They are the last ones that the data "
    "can judge, of those that lie in the calendar years whose awards are reported, and reach back, for "
    f"{_NUMBERS.award_years_most:.0f} years at most, until {_NUMBERS.completers_enough:.0f} learners completed. Whoever completed and has a protected key is in the award year of the first completion at the provider, "
    "whatever was completed there later."
)
_LAW = "P.L. 119-21, section 83002; 34 CFR 690.90 to 690.97"
_VERDICTS: Final = (
    ("passes", "Workforce Pell would pay", "meets every test"),
    ("fails", "Workforce Pell would not pay", "fails at least one test"),
    (
        "cannot_be_evaluated",
        "Cannot be evaluated",
        "fails no test that could be made, and at least one could not be made",
    ),
)
_REASONS: Final = (
    (
        "hours_out_of_range",
        "Clock hours out of range",
        f"it has fewer than {_NUMBERS.clock_hours_from:.0f} clock hours, or {_NUMBERS.clock_hours_below:.0f} or more",
    ),
    (
        "weeks_out_of_range",
        "Weeks out of range",
        f"it has fewer than {_NUMBERS.weeks_from:.0f} weeks, or {_NUMBERS.weeks_below:.0f} or more",
    ),
    (
        "completion_too_low",
        "Completion too low",
        f"fewer than {_NUMBERS.completion_rate_from * 100:.0f} % complete within {_TIME} of normal time",
    ),
    (
        "placement_too_low",
        "Placement too low",
        f"fewer than {_NUMBERS.placement_rate_from * 100:.0f} % are employed {_DAYS} days after completion",
    ),
    ("tuition_too_high", "Tuition above value-added earnings", "tuition and fees are above value-added earnings"),
    ("no_hours", "Clock hours not known", "the registry does not say how many clock hours it has"),
    ("no_weeks", "Weeks not known", "the registry does not say how many weeks it takes"),
    ("no_tuition", "Tuition not known", "the registry does not say what it costs"),
    ("no_provider", "Provider not reported", "the certifier does not report at which provider its learners trained"),
    (
        "too_few",
        "Too few",
        f"too few learners completed (fewer than {_NUMBERS.completers_least:.0f} in {_NUMBERS.award_years_most:.0f} award years), began, or have earnings, to judge it or to publish it",
    ),
    (
        "too_young",
        "Too young",
        "most of its learners completed too lately for their earnings to be known, or after the years whose awards are reported",
    ),
    (
        "wages_not_covered",
        "Wages not covered",
        "the wage files do not cover the years of its completers, or not the wages of its state",
    ),
    (
        "prices_not_covered",
        "Prices not covered",
        "the poverty guidelines, the price levels or the price index do not cover its state, the base year or the year of its tuition",
    ),
    (
        "completion_not_known",
        "Completion not known",
        "the certifier does not report who sat and failed, so that nobody can say how many began and did not complete",
    ),
    ("not_published", "Not published", "the release profile publishes no amounts, and nothing that rests on them"),
)

DEFINITIONS: Final = (
    Definition(
        "completion_rate",
        "completion_rate",
        f"Completed within {_TIME} of normal time",
        "Share of the learners who began the programme and were awarded one of its credentials at its provider, from the first day of "
        f"their enrollment there to its last day or the award in no more than {_TIME} of the programme's weeks. Who began is known only "
        "of those who sat at least once: learners who left before they sat are not reported by any certifier, so that the share is at "
        f"most this high. Where no enrollment is known, normal time is taken to end with the first sitting. {_OF}",
    ),
    Definition(
        "placement_rate",
        "placement_rate",
        f"Employed {_DAYS} days after completion",
        "Share of the learners who completed the programme, less those who died or whose state's wages are missing, with wages in the calendar year that holds the "
        f"{_DAYS}th day after the award: annual wages cannot tell the day. Any employment counts; wage records know no occupation. {_OF}",
    ),
    Definition(
        "value_added_earnings",
        "value_added_earnings",
        "Value-added earnings",
        "Median annual wages of the learners who completed the programme, in the calendar year after completion and in dollars of the "
        "base year, divided by the price level of the programme's state (regional price parities of the Bureau of Economic Analysis, "
        f"2023), less {_NUMBERS.poverty_share * 100:.0f} % of the poverty guideline of the base year for one person. Of those with wages in that year and without "
        "an enrollment anywhere in it; the law looks at those with federal aid only, who are not told apart here. The law takes the "
        f"completers of {_NUMBERS.years_before_award_year:.0f} award years before the one that is decided; in which year it measures their earnings could not be read "
        f"and is an assumption. {_OF}",
    ),
    Definition(
        "tuition_and_fees",
        "tuition_and_fees",
        "Tuition and fees",
        "Published tuition and fees of the whole programme, in dollars of the base year. From the registry, not from records of learners.",
    ),
    *(
        Definition(
            key,
            "pell_verdict",
            title,
            f"The programme {words}, had the full test ({_LAW}; from award year {_award_year(_NUMBERS.value_added_from)}) been applied to this record: clock hours, weeks, "
            "completion, placement, and tuition against value-added earnings, each as it is published. What governors decide, and that "
            f"a programme has been offered for a year, is not judged. The value is the number of learners who completed. {_OF}",
        )
        for key, title, words in _VERDICTS
    ),
    *(
        Definition(
            f"transition_{key}",
            "pell_verdict_transition",
            f"{title}, first years",
            f"The programme {words}, had the test of the first award years ({_award_year(_NUMBERS.first_award_year)} to "
            f"{_award_year(_NUMBERS.value_added_from - 1)}) been applied to this record: as the full "
            f"test, without tuition and earnings, any employment counting as placement; from {_award_year(_NUMBERS.any_employment_until + 1)} the law asks for a match of "
            f"occupation, which wage records cannot tell. The value is the number of learners who completed. {_OF}",
        )
        for key, title, words in _VERDICTS
    ),
    *(
        Definition(
            f"pell_{key}",
            "pell_reason",
            title,
            f"Why a programme fails the full test of Workforce Pell ({_LAW}), or cannot be evaluated: {words}. The value is the number of "
            "learners who completed.",
        )
        for key, title, words in _REASONS
    ),
)
