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
        "alive AND horizon IN (-1, 1, 3, 5)",
        f"buys > getvariable('poverty')[{size}] * {percent} / 100",
        f"above_{percent}_h{size}",
    )
    for percent in POVERTY_PERCENTS
    for size in HOUSEHOLDS
)

EARNINGS: Final[tuple[Ask, ...]] = (
    # Those with wages in the year.
    Amount("earnings", "earnings", "real", "matched"),
    # Everybody alive, without wages counted as zero.
    Amount("earnings", "earnings_all", "coalesce(real, 0)", "alive"),
    # Those whose wages of the year reach a full-time year at the federal minimum wage, in dollars of the year.
    Amount("earnings", "earnings_attached", "real", "attached"),
    Share("wage_matched", "wage_matched_share", "true", "matched"),
    Share("industry_share", "in_industry_share", "matched", "inside"),
    # Earnings less the mean of one's own in the years -3 and -2, of those with wages in all three years.
    Amount("change", "own_change", "change", "horizon >= -1 AND change IS NOT NULL"),
    Share("change", "earns_less_share", "horizon >= -1 AND change IS NOT NULL", "change < 0"),
    *_POVERTY,
)

WORK: Final[tuple[Ask, ...]] = (
    Share("leaving", "left_industry_share", "stayer OR leaver", "leaver"),
    Share("leaving", "started_in_industry_share", "stayer AND started IS NOT NULL", "started", "stayers"),
    Share("leaving", "started_in_industry_share", "leaver AND started IS NOT NULL", "started", "leavers"),
    Amount("leaving", "stayer_earnings", "real", "stayer", (50,)),
    Amount("leaving", "leaver_earnings", "real", "leaver", (50,)),
    Share("leaving", "temporary_agency_share", "leaver", "starts_with(naics, '5613')", "leavers"),
    Share("leaving", "temporary_agency_share", "matched", "starts_with(naics, '5613')", "seen"),
    Share("first_job", "retention_share", "alive AND (horizon = 1 OR horizon > 1 AND entered)", "inside"),
)

QUARTERLY: Final[tuple[Ask, ...]] = (
    # As attached, and with wages in three quarters of the year or more.
    Amount("quarterly", "earnings_attached", "real", "attached AND quarters >= 3", definition="quarterly"),
)

LIVES: Final[tuple[Ask, ...]] = (
    Share("education", "prior_degree_share", "true", "has_degree"),
    Share("education", "enrolled_at_award_share", "true", "enrolled"),
    *(Share("education", "enrolled_share", f"observed[{at}]", f"again[{at}]", f"within_{n}") for at, n in _WITHIN),
    *(Share("education", "finished_share", f"observed[{at}]", f"finished[{at}]", f"within_{n}") for at, n in _WITHIN),
    *(
        Share(
            "education", "left_share", f"observed[{at}] AND enrolled", f"NOT again[{at}] AND NOT finished[{at}]",
            f"within_{n}",
        )
        for at, n in _WITHIN
    ),
    Share("first_job", "first_job_in_industry_share", "found_job", "inside"),
    Share("first_job", "first_job_in_industry_share", "found_job AND NOT inside_before", "inside", "newcomers"),
)  # fmt: skip

FIRST_SITTINGS: Final[tuple[Ask, ...]] = (Share("never_passed", "never_passed_share", "true", "never"),)

AFTER_SITTING: Final[tuple[Ask, ...]] = tuple(
    ask
    for who, condition in (("never_passed", "never"), ("passer", "NOT never"))
    for ask in (
        Amount("never_passed", f"{who}_earnings", "real", f"{condition} AND matched", (50,)),
        Amount("never_passed", f"{who}_earnings_all", "coalesce(real, 0)", f"{condition} AND alive", (50,)),
        Share("never_passed", f"{who}_wage_matched_share", f"{condition} AND alive", "matched"),
        Share("never_passed", f"{who}_in_industry_share", f"{condition} AND matched", "inside"),
    )
)
