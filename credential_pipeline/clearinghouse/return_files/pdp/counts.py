"""Which counts of an institution's students are made, and which figures are made of them. Not here: what may be shown (figures.py)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from credential_pipeline.foundation.storage.relation import Relation, Scratch

YEARS: Final = 6
"""Years from entry that momentum is followed."""
NOT_RECORDED: Final = "not recorded"
BREAKDOWNS: Final = ("race", "ethnicity", "gender", "age", "first_generation", "credential_sought")
"""Dimensions of the dashboards."""
EVERYBODY: Final = "all"
COHORTS: Final = "cohort"
_BAND: Final = 5
"""Years of entry that make one line: those of a single year are mostly too few to be told of."""

_CONDITIONS: Final = {
    "students": "true",
    "observed_retention": "retained IS NOT NULL",
    "retained": "retained",
    "holders": "holder",
    "before_entry": "before_entry",
    "two_or_more": "two_or_more",
    "stacked": "stacked",
    "followed": "followed",
    "enrolled_after": "enrolled_after",
    **{f"observed_{year}": f"years_over >= {year}" for year in range(1, YEARS + 1)},
    **{f"earned_{year}": f"years_over >= {year} AND list_contains(years, {year})" for year in range(1, YEARS + 1)},
}
"""Quantity to the condition on a student."""


@dataclass(frozen=True)
class Measure:
    """A figure that is made for every level of some dimensions.

    Attributes:
        view: momentum or dashboard.
        subject: Part of the view.
        name: Name of the measure; a share ends in ``_share``.
        of: Quantity of its denominator, or the one that is told.
        part: Quantity of its numerator; empty for a number of people.
        dimensions: Dimensions for whose levels it is made.
    """

    view: str
    subject: str
    name: str
    of: str
    part: str
    dimensions: tuple[str, ...]


_OVER_TIME: Final = (EVERYBODY, COHORTS)
_DASHBOARD: Final = (EVERYBODY, *BREAKDOWNS)
MEASURES: Final = (
    Measure("momentum", "cohorts", "students", "students", "", _OVER_TIME),
    Measure("momentum", "cohorts", "credential_share", "students", "holders", _OVER_TIME),
    Measure("momentum", "cohorts", "credential_before_entry_share", "students", "before_entry", _OVER_TIME),
    *(
        Measure("momentum", "years", f"credential_year_{year}_share", f"observed_{year}", f"earned_{year}", _OVER_TIME)
        for year in range(1, YEARS + 1)
    ),
    Measure("momentum", "stacking", "two_or_more_credentials_share", "holders", "two_or_more", _OVER_TIME),
    Measure("momentum", "stacking", "stacked_share", "holders", "stacked", _OVER_TIME),
    Measure("momentum", "afterwards", "enrolled_within_year_share", "followed", "enrolled_after", _OVER_TIME),
    Measure("dashboard", "students", "students", "students", "", _DASHBOARD),
    Measure("dashboard", "students", "credential_share", "students", "holders", _DASHBOARD),
    Measure("dashboard", "students", "credential_year_1_share", "observed_1", "earned_1", _DASHBOARD),
    Measure("dashboard", "students", "retention_share", "observed_retention", "retained", _DASHBOARD),
)


def count_people(work: Scratch, people: Relation) -> Relation:
    """Count the students in every respect that a figure needs.

    Args:
        work: Makes the relation.
        people: One row per student: the breakdowns and the facts of ``people.sql``.

    Returns:
        dimension, level, quantity, value (BIGINT); zeros included. Cohorts are told by years of entry, such as 2010-2014.
    """
    return work.table("counts", " UNION ALL ".join(_counts(people, *pair) for pair in _pairs()))


def _pairs() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Dimension to the quantities that are counted for its levels; everybody is counted in every respect."""
    for dimension in (EVERYBODY, COHORTS, *BREAKDOWNS):
        used = [one for one in MEASURES if dimension in one.dimensions]
        yield dimension, tuple(dict.fromkeys(name for one in used for name in (one.of, one.part) if name))


def _counts(people: Relation, dimension: str, quantities: tuple[str, ...]) -> str:
    level = f"coalesce({dimension}, '{NOT_RECORDED}')"
    if dimension == EVERYBODY:
        level = f"'{EVERYBODY}'"
    if dimension == COHORTS:
        level = f"(entry_year - entry_year % {_BAND}) || '-' || (entry_year - entry_year % {_BAND} + {_BAND - 1})"
    made = ", ".join(f"count(*) FILTER (WHERE {_CONDITIONS[name]}) AS {name}" for name in quantities)
    listed = ", ".join(quantities)
    return (
        f"SELECT '{dimension}' AS dimension, level, quantity, value FROM (UNPIVOT (SELECT {level} AS level, {made}"
        f" FROM {people} GROUP BY ALL) ON {listed} INTO NAME quantity VALUE value)"
    )
