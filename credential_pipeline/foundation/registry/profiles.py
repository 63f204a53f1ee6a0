"""Release profiles: by which numbers figures are made safe. One frozen record each; every threshold has its place here.

Both sides of a release read them: the enclave to mark and to round, the public side to say so. Not here: the arithmetic
(``engines/disclosure``) and the marking of figures (``enclave/outcome_release``).
"""

from dataclasses import dataclass, replace
from typing import Final, Self


@dataclass(frozen=True)
class Profile:
    """One way to make figures safe.

    Attributes:
        name: As the registry names it.
        min_learners: Fewest learners (or sittings) that are ever told; an n below is hidden.
        min_money: Fewest learners behind an amount or a mean, on both sides where two groups are compared.
        min_employers: Fewest main employers that paid the wages behind an amount, on both sides where two groups are compared.
        largest_employer: Largest share that one of them may have, of the people or of their wages.
        small: A count of someone that is below this must not be told to be below this, nor pinned.
        counts: How counts are rounded: ``exact``, ``drb`` or ``nearest_5``.
        decimals: Of shares: 2 for whole percents.
        round_earnings_to: Dollars to which amounts are rounded at least; no more than three digits count.
        spread: How wide the interval must stay that rounding and shares leave of an n.
        complementary: True if figures are hidden until no hidden count can be worked out from exact ones.
        epsilon: Budget of differential privacy that a release spends; 0 if no noise is added.
        budget: What all releases of all industries together may spend of it.
        told: The rule in the words of a methods page.
    """

    name: str
    min_learners: int
    min_money: int
    small: int
    counts: str
    decimals: int = 2
    round_earnings_to: int = 100
    spread: int = 0
    complementary: bool = False
    epsilon: float = 0.0
    budget: float = 0.0
    told: str = ""
    min_employers: int = 3
    largest_employer: float = 0.8

    def stricter(self, min_learners: int | None, min_money: int | None, round_earnings_to: int | None) -> Self:
        """This profile with an industry's own thresholds, where those are stricter."""
        fewest = max(self.min_learners, min_learners or 0)
        return replace(
            self,
            min_learners=fewest,
            min_money=max(self.min_money, fewest, min_money or 0),
            small=fewest if self.complementary else self.small,
            round_earnings_to=max(self.round_earnings_to, round_earnings_to or 0),
        )

    def sentences(self) -> dict[str, str]:
        """Unit of a figure to a sentence on how figures of it are printed."""
        dollars = f"Rounded to ${self.round_earnings_to:,} and to three digits; from {self.min_money} learners on."
        shares = "In whole percent." if self.decimals == 2 else ""  # noqa: PLR2004  more decimals need no word
        counts = "" if self.counts == "exact" else "Rounded like numbers of learners."
        return {"usd": dollars, "share": shares, "count": counts, "mean": f"From {self.min_money} learners on."}


_DRB = (
    "Numbers of learners are rounded: up to 99 to the nearest 10, up to 999 to 50, up to 9,999 to 100, up to 99,999 to 500,"
    " above to 1,000."
)
_PERCENT = (
    "Shares are whole percents of the exact numbers; 0 stands for under 1% and 1 for over 99%. The share of a few, of nearly"
    " all, of nobody or of everyone is not shown where it would tell how few they are. Bands are rounded like their figures."
)

PROFILES: Final[dict[str, Profile]] = {
    profile.name: profile
    for profile in (
        Profile("standard", min_learners=15, min_money=30, small=10, counts="drb", spread=5, told=f"{_DRB} {_PERCENT}"),
        Profile(
            "one-off",
            min_learners=10,
            min_money=10,
            small=10,
            counts="exact",
            decimals=3,
            complementary=True,
            told=(
                "Numbers of learners are exact, and more figures are hidden so that those of a few cannot be worked out."
            ),
        ),
        Profile("strict", min_learners=30, min_money=50, small=10, counts="drb", spread=5, told=f"{_DRB} {_PERCENT}"),
        Profile(
            "opensafely",
            min_learners=8,
            min_money=30,
            small=8,
            counts="nearest_5",
            spread=2,
            told=f"Numbers of learners are rounded to the nearest 5. {_PERCENT}",
        ),
        Profile(
            "dp",
            min_learners=30,
            min_money=30,
            small=10,
            counts="exact",
            epsilon=1.5,
            budget=6.0,
            told=(
                "Random noise was added to every count before anything was made of it, so that no figure depends much on one"
                " person (differential privacy). Figures of few learners would be mostly noise and are not shown; amounts are"
                " not shown at all."
            ),
        ),
    )
}
