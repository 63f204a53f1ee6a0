"""What two files tell of the wages of the one learner who came or left, to somebody who reads all of that learner's groups together.

In each group the percentiles below a newcomer go up and those above go down; they do so in every group that the one is in, and of
one year it is the same wage. So the last that went up and the first that went down of all groups stand close around it, where those
of each group alone stand far apart (amounts.py).
"""

import re
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from credential_pipeline.enclave.outcome_release.attack.amounts import CLOSE, NUMBERS, Amounts, as_now, within
from credential_pipeline.enclave.outcome_release.attack.few_learners import Apart
from credential_pipeline.enclave.outcome_release.attack.judge import Finding
from credential_pipeline.enclave.outcome_release.attack.rules import Reals

_OF_THE_YEAR = re.compile(r"\Aearnings(?:_all|_attached|_by_path)?\Z")
"""Kinds of percentiles that are all of what a learner earned in one year."""


def one_in_all_groups(
    now: Amounts, then: Amounts, against: str, apart: Mapping[str, Apart]
) -> tuple[list[Finding], int]:
    """Percentiles that together tell what the one learner earned who stands behind them in one file and not in the other.

    Args:
        now: The attacked file.
        then: The other one.
        against: How the other file is called.
        apart: Cells of the attacked file behind which few learners more or less stand.

    Returns:
        Findings, one for each percentile without which the wages are not told, and how many years the percentiles of both are
        of; of how many the one learner has wages would tell.
    """
    both, earlier = _both(now, then)
    years = _year(both)
    sides = _sides(both, _moved(both, earlier, now, then), now, apart).assign(year=years)
    sides = sides.loc[np.isfinite(sides[["above", "below"]].to_numpy(float)).any(axis=1)]
    found: list[Finding] = []
    for _, year in sides.groupby("year", sort=True):
        cells, ends = year["cell_id"].astype(str).tolist(), year[["above", "below"]].to_numpy(float)
        found += [Finding("amount", cells[row], "value", low, high, against) for row, low, high in _told_by(ends)]
    return sorted(found), int(years.nunique())


def _both(now: Amounts, then: Amounts) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The percentiles that both files show, as each shows them."""
    cells = now.cells[now.cells["percent"].notna() & now.cells["value"].notna()]
    place = then.numbers.index.get_indexer(pd.Index(cells["tail"]))
    return cells[place >= 0], then.numbers.iloc[place[place >= 0]]


def _moved(both: pd.DataFrame, earlier: pd.DataFrame, now: Amounts, then: Amounts) -> Reals:
    """By how much the value and the ends of the band of each percentile have moved."""
    numbers = both[list(NUMBERS)].to_numpy(float)
    return np.asarray(numbers - as_now(earlier[list(NUMBERS)].to_numpy(float), numbers, now, then), np.float64)


def _sides(both: pd.DataFrame, moved: Reals, now: Amounts, apart: Mapping[str, Apart]) -> pd.DataFrame:
    """Of each percentile: its cell, and above and below what its move puts the one learner, if that one is behind it."""
    by = {cell: few.counted for cell, few in apart.items() if few.learners == abs(few.counted) == 1}
    toward = moved * both["cell_id"].map(by).to_numpy(float)[:, np.newaxis]
    least, most = within(both[list(NUMBERS)].to_numpy(float), now)
    above = np.where(toward > 0, least, -np.inf).max(axis=1, initial=-np.inf)
    below = np.where(toward < 0, most, np.inf).min(axis=1, initial=np.inf)
    return pd.DataFrame({"cell_id": both["cell_id"], "above": above, "below": below})


def _year(cells: pd.DataFrame) -> pd.Series:
    """Whose wages a percentile is of: those of a year after the award, or another amount of its own definition."""
    own = cells["family"].astype(str) + "|" + cells["definition"].astype(str)
    wages = cells["family"].astype(str).str.match(_OF_THE_YEAR)
    return own.mask(wages, "earnings") + "|" + cells["attribution"].astype(str) + "|" + cells["horizon"].astype(str)


def _told_by(ends: Reals) -> Iterator[tuple[int, float, float]]:
    """The percentiles to be left out until the wages are not told, each with what all told before it; few of them, one by one."""
    ends = ends.copy()
    low, high = _around(ends)
    while _told(low, high):
        first, last = int(np.argmax(ends[:, 0])), int(np.argmin(ends[:, 1]))
        left = {row: _around(np.delete(ends, row, axis=0)) for row in (first, last)}
        row = max(left, key=lambda one: (left[one][1] - left[one][0], -one))
        yield row, min(low, high), max(low, high)
        ends[row] = -np.inf, np.inf
        low, high = _around(ends)


def _around(ends: Reals) -> tuple[float, float]:
    """Between what the learner stands."""
    return float(ends[:, 0].max(initial=-np.inf)), float(ends[:, 1].min(initial=np.inf))


def _told(low: float, high: float) -> bool:
    """Whether both ends are close; ends that cross a little, since a percentile is an average, tell as much."""
    return bool(np.isfinite(low) and np.isfinite(high) and abs(high - low) < CLOSE * abs(low + high) / 2)
