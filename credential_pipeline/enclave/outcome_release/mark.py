"""Marks and rounds the figures of a rounding profile, so that nothing in the file is exact.

Status 1 is shown, 5 hidden, -1 not available. Hidden has one mark, whatever the reason, and comes before not available.
Not here: the profile with exact numbers (release.py).
"""

import numpy as np
import pandas as pd

from credential_pipeline.enclave.outcome_release.small_parts import Totals, giveaways
from credential_pipeline.engines.disclosure.rounding import (
    ROUNDINGS,
    Ints,
    Reals,
    Rounding,
    money_unit,
    percents,
    to_unit,
)
from credential_pipeline.engines.disclosure.shares import Flags, Shares
from credential_pipeline.engines.sampling import wilson
from credential_pipeline.foundation.registry.profiles import Profile
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

SHOWN, HIDDEN, NOT_AVAILABLE = 1, 5, -1
#: Amounts that no employer paid.
NO_WAGES = ("tuition_and_fees",)
#: Numbers that are no amounts and are made of what employers paid all the same.
OF_WAGES = ("comparison_breakdown",)
_HALF_PERCENT = 0.005
#: Of fewer people, numbers that are no amounts are printed to a tenth.
FEW = 100
#: Percentiles, by their measure.
RANKED = r"_p\d\d$"
#: Dollars to which ends of their bands are rounded outwards: below, and from ten thousand on.
_BAND_UNITS, _LARGE = (500.0, 1_000.0), 10_000
#: Learners from whom one more moves no end of a band by what rounding leaves.
_MANY = 1_000
#: Figures are kept with six digits, so that the last of these is sure.
_TOLD = 4
_NOTHING = (np.zeros(1), np.zeros(1))
_NO_LIMIT = 10**12


def mark_figures(work: Scratch, outcomes: Relation, counts: Relation, profile: Profile) -> Relation:
    """The cells as they may be seen.

    Args:
        work: Where the rows live.
        outcomes: ``outcome_tables.outcomes``.
        counts: ``outcome_tables.counts``.
        profile: The thresholds and the rounding.
    """
    rows = statement(__package__, "figures.sql", outcomes=outcomes, counts=counts)
    decided = work.frame("decided", decide(work.con.execute(rows).df(), profile))
    return work.table("published", statement(__package__, "marked.sql", outcomes=outcomes, decided=decided))


def decide(figures: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """cell_id, status, value, n, low, high of every figure.

    Args:
        figures: The columns of ``figures.sql``, ordered by cell_id.
        profile: The thresholds and the rounding.
    """
    rule = ROUNDINGS[profile.counts]
    n, part = (np.nan_to_num(figures[name].to_numpy(float)).astype(np.int64) for name in ("n", "part"))
    hidden = too_few(figures, profile) | few_employers(figures, profile)
    share = (figures["unit"] == "share").to_numpy() & figures["part_id"].notna().to_numpy() & (n > 0)
    candidates = share & ~hidden
    percent = np.zeros(len(figures), np.int64)
    percent[share] = percents(part[share], n[share])
    hidden[candidates] = _giveaways(figures, candidates, n, percent, profile)
    known = figures["value"].notna().to_numpy() & (figures["status"] == SHOWN).to_numpy()
    shown = ~hidden & known & figures["n_id"].notna().to_numpy()
    numbers = _rounded(figures, np.where(share, percent, -1), rule.apply(n), rule, profile.round_earnings_to)
    out = pd.DataFrame({name: np.where(shown, column, np.nan) for name, column in numbers.items()})
    out["cell_id"] = figures["cell_id"]
    out["status"] = np.where(hidden, HIDDEN, np.where(shown, SHOWN, NOT_AVAILABLE))
    return out


def withheld_amounts(work: Scratch, outcomes: Relation, counts: Relation, profile: Profile) -> Relation:
    """The amounts and means that no release shows: cell_id, few_people and few_employers, of which one or both hold.

    Args:
        work: Where the rows live.
        outcomes: ``outcome_tables.outcomes``.
        counts: ``outcome_tables.counts``.
        profile: The thresholds.
    """
    figures = work.con.execute(statement(__package__, "figures.sql", outcomes=outcomes, counts=counts)).df()
    why = {"few_people": few_behind_amounts(figures, profile), "few_employers": few_employers(figures, profile)}
    withheld = figures[["cell_id"]].assign(**why)
    return work.frame("withheld", withheld[withheld["few_people"] | withheld["few_employers"]])


def few_behind_amounts(figures: pd.DataFrame, profile: Profile) -> Flags:
    """Amounts and means with too few people behind them, on either side where two groups are compared."""
    n, part = (np.nan_to_num(figures[name].to_numpy(float)) for name in ("n", "part"))
    unit = figures["unit"]
    few = unit.isin(["usd", "mean"]).to_numpy() & (n < profile.min_money)
    compared = (unit == "usd").to_numpy() & figures["part_id"].notna().to_numpy()
    few |= compared & (np.minimum(part, n - part) < profile.min_money)
    return np.asarray(figures["n_id"].notna().to_numpy() & few)


def too_few(figures: pd.DataFrame, profile: Profile) -> Flags:
    """Figures with too few people (or sittings) behind them."""
    n, value = (np.nan_to_num(figures[name].to_numpy(float)) for name in ("n", "value"))
    unit = figures["unit"].to_numpy()
    few = (n < profile.min_learners) | ((unit == "count") & (value < profile.min_learners))
    # A share whose part is not known cannot be judged.
    few |= (unit == "share") & figures["part_id"].isna().to_numpy()
    return np.asarray(figures["n_id"].notna().to_numpy() & few) | few_behind_amounts(figures, profile)


def few_employers(figures: pd.DataFrame, profile: Profile) -> Flags:
    """Amounts that are what one or two employers pay: of too few main employers, or one of them has nearly all.

    Where it is not known who paid, the amount is such a one.
    """
    employers, largest = (figures[name].to_numpy(float, na_value=np.nan) for name in ("employers", "largest_employer"))
    paid = (figures["unit"] == "usd").to_numpy() & ~figures["measure"].isin(NO_WAGES).to_numpy()
    paid |= figures["measure"].isin(OF_WAGES).to_numpy()
    safe = (employers >= profile.min_employers) & (largest <= profile.largest_employer)
    return np.asarray(figures["n_id"].notna().to_numpy() & paid & ~safe)


def _giveaways(figures: pd.DataFrame, chosen: Flags, n: Ints, percent: Ints, profile: Profile) -> Flags:
    """Which of the chosen shares tell too much."""
    rule = ROUNDINGS[profile.counts]
    names, group = np.unique(figures.loc[chosen, "total"].to_numpy(str), return_inverse=True)
    size = np.zeros(len(names), np.int64)
    size[group] = n[chosen]
    low, high = rule.allowed(rule.apply(size))
    least, most = _printed_parts(figures, chosen, n, rule, profile.min_learners)
    totals = Totals(np.maximum(low, profile.min_learners), high)
    return giveaways(Shares(group, percent[chosen], least, most), totals, profile.small, profile.spread)


def _printed_parts(figures: pd.DataFrame, chosen: Flags, n: Ints, rule: Rounding, fewest: int) -> tuple[Ints, Ints]:
    """What is known of the parts of the chosen shares because they are printed as the n of other figures."""
    printed = pd.Series(n, figures["n_id"]).groupby(level=0).first()
    printed = printed[printed >= fewest]
    low, high = rule.allowed(rule.apply(printed.to_numpy(np.int64)))
    parts = figures.loc[chosen, "part_id"]
    least = parts.map(pd.Series(np.maximum(low, fewest), printed.index)).fillna(0)
    most = parts.map(pd.Series(high, printed.index)).fillna(_NO_LIMIT)
    return np.asarray(least, np.int64), np.asarray(most, np.int64)


def _rounded(figures: pd.DataFrame, percent: Ints, n: Ints, rule: Rounding, least: int) -> dict[str, Reals]:
    """The numbers as printed: value, n and the band, which is never told more finely than the value."""
    value, low, high = (figures[name].to_numpy(float) for name in ("publishable", "low", "high"))
    unit, share = figures["unit"].to_numpy(), percent >= 0
    coarse = (n < FEW) | figures["measure"].isin(OF_WAGES).to_numpy()
    grain = np.where(unit == "usd", money_unit(value, least), np.where(coarse, 0.1, 0.01))
    printed = np.where(share, percent / 100, to_unit(value, grain))
    counted = (unit == "count") & ~np.isnan(value)
    printed[counted] = rule.apply(np.rint(value[counted]).astype(np.int64))
    bounds = share_band(percent / 100, n, beyond_chance(figures))
    ranked = (unit == "usd") & figures["measure"].str.contains(RANKED).to_numpy(bool) & (n < _MANY)
    ends = []
    for end, bound, outward in zip((low, high), bounds, (np.floor, np.ceil), strict=True):
        rounded = to_unit(end, np.where(unit == "usd", np.maximum(grain, money_unit(end, least)), grain))
        unit_of_band = band_unit(end, grain)
        rounded = np.where(ranked, outward(np.round(end / unit_of_band, 6)) * unit_of_band, rounded)
        ends.append(np.where(np.isnan(end) | counted, np.nan, np.where(share, bound, rounded)))
    return {
        "value": np.round(printed, 2),
        "n": n.astype(float),
        "low": np.round(ends[0], 2),
        "high": np.round(ends[1], 2),
    }


def band_unit(ends: Reals, grain: Reals) -> Reals:
    """The dollars to which ends of bands of percentiles of few are rounded, never finer than the figure.

    Each is where a few people stand, so that one more learner moves it one way or the other: of three figures with their bands
    who counts on one newcomer would read that one's wages to a few percent.
    """
    return np.maximum(grain, np.where(np.abs(np.nan_to_num(ends)) < _LARGE, *_BAND_UNITS))


def share_band(value: Reals, n: Ints, beyond: tuple[Reals, Reals] = _NOTHING) -> tuple[Reals, Reals]:
    """The band of a printed share, in whole percent outwards: Wilson's, made of the printed share and the printed n alone.

    Half a percent is added on both sides for the rounding of the share.

    Args:
        value: The printed share.
        n: The printed n.
        beyond: How far the figure's own band lies below and above that of chance alone.
    """
    low = wilson(np.clip(value - _HALF_PERCENT, 0, 1), n.astype(float))[0] - beyond[0]
    high = wilson(np.clip(value + _HALF_PERCENT, 0, 1), n.astype(float))[1] + beyond[1]
    low, high = np.floor(np.round(low * 100, 6)), np.ceil(np.round(high * 100, 6))
    return np.clip(np.nan_to_num(low), 0, 100) / 100, np.clip(np.nan_to_num(high, nan=100.0), 0, 100) / 100


def beyond_chance(figures: pd.DataFrame) -> tuple[Reals, Reals]:
    """How far the band of a share lies below and above that of chance alone: doubtful links, people counted several times.

    The band of chance is a known function of the exact n and stays in the enclave; what goes beyond it is not, and is added
    to the band that is made of printed numbers.
    """
    value, n, low, high = (figures[name].to_numpy(float) for name in ("value", "n", "low", "high"))
    bottom, top = wilson(np.clip(np.nan_to_num(value), 0, 1), np.nan_to_num(n))
    beyond = (np.round(np.nan_to_num(apart), _TOLD) for apart in (bottom - low, high - top))
    below, above = (np.maximum(apart, 0.0) for apart in beyond)
    return below, above
