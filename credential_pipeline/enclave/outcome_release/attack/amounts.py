"""Attack what is printed in dollars: who tries to read one earner's wages, or an amount that was hidden, out of amounts and bands.

Reads printed numbers and the published rules only. Not here: counts of people (judge.py, changes.py).
"""

import re
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from credential_pipeline.enclave.outcome_release.attack.cells import DIMENSIONS, SHOWN, Ints
from credential_pipeline.enclave.outcome_release.attack.judge import Finding
from credential_pipeline.enclave.outcome_release.attack.rules import Reals, Rules, ends, unrounded

CLOSE = 0.1
"""An amount is told if the interval that is left of it is shorter than this part of it."""
_PERCENTILE = re.compile(r"\A(?P<family>.+)_p(?P<percent>\d\d)\Z")
_MEANS = re.compile(r"(?:_effect(?:_\w+)?|premium_matched)\Z")
_STEPS = (1_000.0, 500.0, 100.0, 10.0, 1.0)
_FEW = 300
"""Learners up to whom one more or less is looked for in print; in larger groups a percentile stands still."""
_REACH = 1.96
_NEAR = 0.05
NUMBERS = ("value", "low", "high")
#: Dollars to which ends of bands are rounded outwards, by the published rule: below, and from ten thousand on.
_BAND_UNITS, _LARGE = (500.0, 1_000.0), 10_000
_MEDIAN = 0.5
_OF_SEEN = ("in_industry_share", "sector_share")
"""Shares of those with wages, whose number is thereby known of groups whose amounts are hidden, too."""


@dataclass(frozen=True, eq=False)
class Amounts:
    """The amounts of a file.

    Attributes:
        cells: The amounts, with family, percent (not a number for what is no percentile), group, tail (the id without its
            industry), and the least and the most people that the printed n can stand for.
        step: Dollars by which values are rounded at least, as the file plainly does it.
        three_digits: Whether no value has more than three digits that count, as the rules say.
        band_step: The same of the ends of bands of small groups.
        seen: Group to the printed number of its people with wages.
    """

    cells: pd.DataFrame
    step: float
    three_digits: bool
    band_step: float
    seen: dict[str, float]

    def steps(self, numbers: Reals) -> Reals:
        """Dollars by which each of these values is rounded: large ones to three digits."""
        if not self.three_digits:
            return np.full(numbers.shape, self.step)
        return np.maximum(self.step, _three_digits(numbers))

    @cached_property
    def ranked(self) -> pd.DataFrame:
        """The percentiles of small groups that are shown, with the number of the group and of its kind of amount (pack)."""
        small = self.cells[self.cells["percent"].notna() & self.cells["value"].notna() & (self.cells["most"] <= _FEW)]
        return small.assign(pack=small.groupby(["family", "definition", "group"], sort=True).ngroup())

    @cached_property
    def numbers(self) -> pd.DataFrame:
        """The shown amounts by the tails of their ids: value, low, high, and between which numbers n lies."""
        shown = self.cells[self.cells["value"].notna()].drop_duplicates("tail")
        return shown.set_index("tail")[[*NUMBERS, "least", "most"]]


def amounts(cells: pd.DataFrame, rules: Rules) -> Amounts:
    """Read the amounts of a file.

    Args:
        cells: Of :func:`~.cells.read_cells`.
        rules: The rules that the file was made by.
    """
    usd = cells[(cells["unit"] == "usd").to_numpy(bool)].reset_index(drop=True)
    named = usd["measure"].astype(str).str.extract(_PERCENTILE)
    usd = usd.assign(
        family=named["family"].fillna(usd["measure"]),
        percent=pd.to_numeric(named["percent"]) / 100,
        group=_group(usd),
        tail=usd["cell_id"].astype(str).str.split("/", n=1).str[-1],
    )
    n, shown = usd["n"].to_numpy(float), (usd["status"] == SHOWN).to_numpy() & usd["n"].notna().to_numpy()
    as_printed = unrounded(rules, n[shown])
    low, high = ends(as_printed, np.where(shown, n, 0.0))
    low, high = np.where(shown, np.maximum(low, rules.money_from), 0.0), np.where(shown, high, np.inf)
    bands = usd.loc[usd["percent"].notna() & (high <= _FEW), ["low", "high"]].to_numpy(float)
    usd = usd.assign(least=low, most=high)
    values = usd["value"].dropna().to_numpy(float)
    in_digits = bool(np.allclose(values / _three_digits(values), np.rint(values / _three_digits(values)), atol=1e-6))
    return Amounts(usd, _plain_step(values), in_digits, _plain_step(bands.ravel()), _seen(cells))


def _three_digits(numbers: Reals) -> Reals:
    """The third digit's worth of each number."""
    size = np.maximum(np.abs(np.nan_to_num(numbers)), 1.0)
    return np.asarray(10.0 ** (np.floor(np.log10(size)) - 2))


def _group(cells: pd.DataFrame) -> pd.Series:
    named = cells["horizon"].astype(str)
    for name in ("industry", *reversed(DIMENSIONS)):
        named = cells[name].astype(str) + "|" + named
    return named


def _seen(cells: pd.DataFrame) -> dict[str, float]:
    """Group to its printed number of people with wages, from shares of them."""
    told = cells[cells["measure"].isin(_OF_SEEN) & (cells["status"] == SHOWN) & cells["n"].notna()].assign(sector="all")
    return {str(name): float(n) for name, n in told.groupby(_group(told))["n"].max().items()}


def _plain_step(numbers: Reals) -> float:
    """The largest usual step that divides all numbers."""
    known = numbers[~np.isnan(numbers)]
    fits = (step for step in _STEPS if np.allclose(known / step, np.rint(known / step), atol=1e-6))
    return next(fits, 0.01)


def one_earner(now: Amounts, rules: Rules) -> list[Finding]:
    """Percentiles that are one person's amount: of a known number of people, with a whole rank, and not averaged."""
    if rules.averaged:
        return []
    cells = now.cells[
        (now.cells["least"] == now.cells["most"]) & now.cells["percent"].notna() & now.cells["value"].notna()
    ]
    place = cells["percent"].to_numpy(float) * (cells["least"].to_numpy(float) - 1)
    alone = np.abs(place - np.rint(place)) < _NEAR
    values = cells["value"].to_numpy(float)[alone]
    return [
        Finding("amount", str(cell), "value", float(value - step / 2), float(value + step / 2))
        for cell, value, step in zip(cells["cell_id"][alone], values, now.steps(values), strict=True)
    ]


def one_more(now: Amounts, then: Amounts, against: str) -> tuple[list[Finding], int]:
    """What two files tell of the wages of one learner, to somebody who knows that just one came (or left).

    All percentiles below the newcomer go up, and all above go down: the newcomer stands between the last that went up and the
    first that went down, if these are near one another.

    Returns:
        Findings, one for each cell of the group, and how many groups were tried.
    """
    mine, then_there = now.ranked, then.numbers
    place = then_there.index.get_indexer(pd.Index(mine["tail"]))
    mine, earlier = mine[place >= 0], then_there.iloc[place[place >= 0]]
    least, most = (mine[name].to_numpy(float) for name in ("least", "most"))
    possible = (least - earlier["most"].to_numpy(float) <= 1) & (most - earlier["least"].to_numpy(float) >= -1)
    mine, earlier = mine[possible], earlier[possible]
    group = np.unique(mine["pack"].to_numpy(np.int64), return_inverse=True)[1].astype(np.int64)
    many = int(group.max(initial=-1)) + 1
    numbers = mine[list(NUMBERS)].to_numpy(float)
    moved = numbers - as_now(earlier[list(NUMBERS)].to_numpy(float), numbers, now, then)
    least, most = within(numbers, now)
    found: list[Finding] = []
    for sign in (1.0, -1.0):
        low, high = _between(sign * moved, least, most, group, many)
        told = (low < high) & (high < low + CLOSE * np.abs(low + high) / 2)
        found += [
            Finding("amount", str(cell), "value", float(low[own]), float(high[own]), against)
            for cell, own in zip(mine["cell_id"], group.tolist(), strict=True)
            if told[own]
        ]
    return sorted(found), many


def _band_units(numbers: Reals, now: Amounts) -> Reals:
    """By how much ends of bands are rounded: by the published rule, or as the file plainly does it."""
    if now.band_step < _BAND_UNITS[0]:
        return np.full(numbers.shape, now.band_step)
    return np.where(np.abs(numbers) < _LARGE, *_BAND_UNITS)


def within(numbers: Reals, now: Amounts) -> tuple[Reals, Reals]:
    """Between what each number lay before it was rounded; ends of bands are rounded outwards."""
    half, unit = now.steps(numbers[:, 0]) / 2, _band_units(numbers, now)
    below = np.stack([half, np.zeros(len(numbers)), unit[:, 2]], axis=1)
    above = np.stack([half, unit[:, 1], np.zeros(len(numbers))], axis=1)
    return numbers - below, numbers + above


def as_now(earlier: Reals, numbers: Reals, now: Amounts, then: Amounts) -> Reals:
    """Numbers of a file with finer bands, as they would be printed now: another rule is no newcomer."""
    if then.band_step >= now.band_step:
        return earlier
    unit, out = _band_units(earlier, now), earlier.copy()
    for column, outward in ((1, np.floor), (2, np.ceil)):
        ends = (earlier[:, [column]] + np.array([-0.5, 0.0, 0.5]) * then.band_step) / unit[:, [column]]
        could = outward(ends) * unit[:, [column]]
        same = (could == numbers[:, [column]]).any(axis=1)
        out[:, column] = np.where(same, numbers[:, column], could[:, 1])
    return out


def _between(moved: Reals, least: Reals, most: Reals, group: Ints, many: int) -> tuple[Reals, Reals]:
    """Of every group the largest number that went up and the least that went down; the newcomer stands between them."""
    low, high = np.full(many, -np.inf), np.full(many, np.inf)
    np.maximum.at(low, group, np.where(moved > 0, least, -np.inf).max(axis=1, initial=-np.inf))
    np.minimum.at(high, group, np.where(moved < 0, most, np.inf).min(axis=1, initial=np.inf))
    none = ~np.isfinite(low) | ~np.isfinite(high)
    return np.where(none, np.nan, low), np.where(none, np.nan, high)


def one_more_in_a_mean(now: Amounts, then: Amounts, against: str) -> tuple[list[Finding], int]:
    """The same of means: what one learner adds to a mean of n people is n times its change, and so is what rounding leaves open.

    Returns:
        Findings, and how many means were tried.
    """
    level = now.cells.loc[now.cells["percent"] == _MEDIAN, "value"].median()
    named = now.cells[now.cells["measure"].astype(str).str.contains(_MEANS) & now.cells["value"].notna()]
    both = named.join(then.numbers[["value"]], on="tail", how="inner", rsuffix="_then")
    steps = (one.steps(both[name].to_numpy(float)) for one, name in ((now, "value"), (then, "value_then")))
    width = (2 * both["least"].to_numpy(float) - 1) * np.minimum(*steps)
    told = (both["value"] != both["value_then"]).to_numpy() & (width < CLOSE * float(level))
    found = [
        Finding("amount", str(cell), "value", float(value - span / 2), float(value + span / 2), against)
        for cell, value, span in zip(both["cell_id"][told], both["value"][told], width[told], strict=True)
    ]
    return found, len(both)


def hidden_by_total(now: Amounts) -> tuple[list[tuple[Finding, str]], int]:
    """Hidden percentiles of a group that is nearly all of a larger one, whose own is shown.

    The percentile p of a group that is the part r of a total lies between the percentiles p r and p r + 1 - r of the total, and
    the band of the total's percentile is known to reach 1.96 standard errors of a rank or farther. Printed numbers of people are taken
    for the true ones.

    Returns:
        Findings, each with the cell of the total; and how many hidden amounts were tried.
    """
    earned = now.cells[now.cells["family"] == "earnings"]
    shown = earned[(earned["status"] == SHOWN) & earned["low"].notna() & earned["high"].notna()]
    hidden = earned[(earned["status"] != SHOWN) & earned["group"].isin(list(now.seen))]
    if hidden.empty:
        return [], 0
    named = shown[["measure", "group", "cell_id", "n", "value", "low", "high"]].to_dict("records")
    totals = {(str(row["measure"]), str(row["group"])): row for row in named}
    found: list[tuple[Finding, str]] = []
    for row in hidden.to_dict("records"):
        for total in (totals[key] for key in _larger(row) if key in totals):
            percent, (size, low, high) = float(row["percent"]), (float(total[name]) for name in ("n", "low", "high"))
            rest = max(1 - now.seen[str(row["group"])] / size, 0.0)
            reach = _REACH * np.sqrt(percent * (1 - percent) / size)
            if max(percent, 1 - percent) * rest <= reach and high - low < CLOSE * float(total["value"]):
                found.append((Finding("amount", str(row["cell_id"]), "value", low, high), str(total["cell_id"])))
    return found, len(hidden)


def _larger(row: dict[Hashable, object]) -> list[tuple[str, str]]:
    """Measure and group of everything that a group is a part of: the same with all of one dimension."""
    values = {name: str(row[name]) for name in DIMENSIONS}
    outer = [
        values | {name: "all"}
        for name in DIMENSIONS
        if values[name] != "all" and not (name == "certifier" and values["credential"] != "all")
    ]
    return [
        (str(row["measure"]), "|".join([*above.values(), str(row["industry"]), str(row["horizon"])])) for above in outer
    ]
