"""What the truth says of groups of people: every share and amount with its population, in SQL conditions.

A row of ``frame`` is a unit (a person at the attributed award, or a person and credential) in one covered year; of
``lives`` a unit; of ``first_sittings`` a person who sat, and of ``after_sitting`` that person in one covered year. Earnings
are of all employers, in dollars of the base year; ``inside`` means that the main employer belongs to the industry; who is
dead has no wages. Not here: how they are counted (figures.py).
"""

from dataclasses import dataclass
from typing import Final

POVERTY_PERCENTS: Final = (100, 150, 200)
HOUSEHOLDS: Final = (1, 2, 3, 4)
_WITHIN: Final = ((1, 1), (2, 2), (3, 5))
"""Place in the lists of ``lives``, and years."""


@dataclass(frozen=True)
class Share:
    """``of`` divided by ``where``: two conditions on a row, of which the second holds for those counted in ``n``."""

    table: str
    measure: str
    where: str
    of: str
    definition: str | None = None


@dataclass(frozen=True)
class Amount:
    """Percentiles of a column over the rows for which ``where`` holds; the measure gets the tail ``_p50``."""

    table: str
    stem: str
    column: str
    where: str
    percents: tuple[int, ...] = (25, 50, 75)
    definition: str | None = None


Ask = Share | Amount

_POVERTY = tuple(
    Share(
        "living",
        "above_poverty_share",
        "lead AND buys IS NOT NULL",
        f"buys > getvariable('poverty')[{size}] * {percent} / 100",
        f"above_{percent}_h{size}",
    )
    for percent in POVERTY_PERCENTS
    for size in HOUSEHOLDS
)
_ONE_LINE = "above_150_h1"
_PATHS = {"in_in": "started AND inside", "in_out": "started AND NOT inside", "out_in": "NOT started AND inside",
          "out_out": "NOT started AND NOT inside"}  # fmt: skip
_CHANGED = "lead AND horizon >= 1 AND change IS NOT NULL"

UNITS: Final[tuple[Ask, ...]] = (
    # Those with wages in the year.
    Amount("earnings", "earnings", "real", "matched"),
    Share("wage_matched", "wage_matched_share", "true", "matched"),
    Share("industry_share", "in_industry_share", "matched", "inside"),
)

PEOPLE: Final[tuple[Ask, ...]] = (
    # Everybody covered; those without wages, and the dead, count with zero.
    Amount("earnings_all", "earnings_all", "coalesce(real, 0)", "lead"),
    # Those whose wages of the year reach a full-time year at the federal minimum wage, in dollars of the year.
    Amount("earnings_attached", "earnings_attached", "real", "lead AND attached"),
    # Earnings less the mean of one's own in those of the years -3 and -2 that have any.
    Amount("change", "own_change", "change", _CHANGED),
    Share("change", "earns_less_share", _CHANGED, "change < 0"),
    *(ask for ask in _POVERTY if ask.definition == _ONE_LINE),
)

WORK: Final[tuple[Ask, ...]] = (
    Share("leaving", "left_industry_share", "lead AND (stayer OR leaver)", "leaver"),
    Share("leaving", "retention_share", "lead AND horizon >= 2 AND entered", "inside"),
    Share("leaving", "started_in_industry_share", "lead AND stayer", "started", "started_stayers"),
    Share("leaving", "started_in_industry_share", "lead AND leaver", "started", "started_leavers"),
    Amount("leaving", "stayer_earnings", "real", "lead AND stayer", (50,)),
    Amount("leaving", "leaver_earnings", "real", "lead AND leaver", (50,)),
    Share("leaving", "temporary_agency_share", "lead AND matched", "starts_with(naics, '5613')"),
)

OVERALL: Final[tuple[Ask, ...]] = (
    *(ask for ask in _POVERTY if ask.definition != _ONE_LINE),
    # Main employer inside or outside the industry in the year before the award, and in that year.
    *(
        Amount(
            "leaving", "earnings_by_path", "real", f"lead AND horizon >= 1 AND matched AND seen_before AND {path}", (50,),
            f"path_{name}",
        )
        for name, path in _PATHS.items()
    ),
)  # fmt: skip

REACHED: Final[tuple[Ask, ...]] = (Share("living", "living_wage_reached_share", "followed", "reached"),)

QUARTERLY: Final[tuple[Ask, ...]] = (
    # As attached, and with wages in three quarters of the year or more.
    Amount("quarterly", "earnings_attached", "real", "lead AND attached AND quarters >= 3", definition="quarterly"),
)

LIVES: Final[tuple[Ask, ...]] = (
    Share("education", "prior_degree_share", "true", "prior_level IS NOT NULL"),
    Share("education", "enrolled_at_award_share", "true", "enrolled"),
    *(Share("education", "enrolled_share", f"observed[{at}]", f"again[{at}]", f"enrolled_within_{n}") for at, n in _WITHIN),
    *(Share("education", "finished_share", f"observed[{at}]", f"finished[{at}]", f"finished_within_{n}") for at, n in _WITHIN),
    *(
        Share(
            "education", "left_share", f"observed[{at}] AND enrolled", f"NOT still[{at}] AND NOT finished[{at}]",
            f"left_within_{n}",
        )
        for at, n in _WITHIN
    ),
    Share("first_job", "new_job_share", "true", "found_job"),
    Share("first_job", "first_job_in_industry_share", "found_job", "inside", "first_job_any"),
    Share("first_job", "first_job_in_industry_share", "found_job AND NOT inside_before", "inside", "first_job_newcomers"),
)  # fmt: skip

FIRST_SITTINGS: Final[tuple[Ask, ...]] = (Share("never_passed", "never_passed_share", "true", "never"),)

AFTER_SITTING: Final[tuple[Ask, ...]] = tuple(
    ask
    for who, condition in (("never_passed", "never"), ("passer", "NOT never"))
    for ask in (
        Amount("never_passed", f"{who}_earnings", "real", f"{condition} AND matched", (50,)),
        Amount("never_passed", f"{who}_earnings_all", "coalesce(real, 0)", condition, (50,)),
        Share("never_passed", f"{who}_wage_matched_share", condition, "matched"),
        Share("never_passed", f"{who}_in_industry_share", f"{condition} AND matched", "inside"),
    )
)
