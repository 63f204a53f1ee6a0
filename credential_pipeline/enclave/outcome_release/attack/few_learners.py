"""What two files tell of a few learners, to somebody who knows that just they came or left: the answers behind shares and counts.

Of one: a share that goes up when the one leaves tells that it was not in the part, one that goes down that it was, and a printed
number that changes tells the exact number behind it. Of several: two printed shares can leave a single number of them who were
in the part. Where that is nobody or everybody, it is the answer of each; the others are found as well, so that a missing figure
does not tell that the answers are the same. Not here: their wages (amounts.py).
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from credential_pipeline.enclave.outcome_release.attack.cells import SHOWN, Ints
from credential_pipeline.enclave.outcome_release.attack.judge import Finding, Solved
from credential_pipeline.enclave.outcome_release.attack.rules import Reals

Bounds = tuple[Reals, Reals]


class Apart(NamedTuple):
    """How far two files are apart behind a figure.

    Attributes:
        learners: How many learners more or less stand behind it; 0 if others moved in or out of its part.
        counted: By how much its n has grown; more than the learners where one can count several times.
    """

    learners: int
    counted: int


class _Tried(NamedTuple):
    """Possible numbers of people of a share, one entry each: its row, then how many of the few were in its part.

    Attributes:
        row: Place of the share.
        total: The number of people, in the earlier file.
        least: Fewest of the few in the part.
        most: Most of them; less than ``least`` if the printed shares do not allow the number of people.
    """

    row: Ints
    total: Ints
    least: Ints
    most: Ints


def of_one(
    now: pd.DataFrame, then: pd.DataFrame, against: str, apart: Mapping[str, Apart]
) -> tuple[list[Finding], int]:
    """Figures that are printed otherwise in two files between which one learner came or left.

    Args:
        now: Cells of the attacked file.
        then: Cells of the other one.
        against: How the other file is called.
        apart: Cells of the attacked file behind which few learners more or less stand.

    Returns:
        Findings, and how many figures both files show; of how many few learners are apart would tell of them.
    """
    mine, theirs = (_shown(cells) for cells in (now, then))
    both = mine.merge(theirs, on="tail", suffixes=("", "_then"))
    one = both["cell_id"].isin([cell for cell, few in apart.items() if few.learners <= 1])
    # Amounts move by rank and have an attack of their own; how many stand behind them is a number like any other.
    other = (both["value"] != both["value_then"]) & (both["unit"] != "usd")
    # A band hangs on the exact number, too.
    other |= _band_moved(both) & (both["unit"] != "usd")
    changed = both[(other | (both["n"] != both["n_then"])) & one]
    found = [Finding("difference", str(cell), "value", -1.0, 1.0, against) for cell in changed["cell_id"]]
    return sorted(found), len(both)


def of_few(now: Solved, then: Solved, against: str, apart: Mapping[str, Apart]) -> list[Finding]:
    """Shares that tell how many of the few who came or left were in the part.

    Every number of people is tried that both printed numbers allow, less or more those who came or left; each share by itself
    and all shares of one number together; with what is printed, and with what was worked out of it.

    Args:
        now: The attacked file.
        then: The other one.
        against: How the other file is called.
        apart: Cells of the attacked file behind which few learners more or less stand.
    """
    both = _shares(now).merge(_shares(then), on="tail", suffixes=("", "_then"))
    counted = both["cell_id"].map({cell: few.counted for cell, few in apart.items()}).fillna(0).astype(np.int64)
    both = both.assign(counted=counted)[counted != 0].reset_index(drop=True)
    told: dict[str, Finding] = {}
    for mine, theirs in zip(_bounds(now), _bounds(then), strict=True):
        tried = _numbers(both, mine, theirs)
        for possible in (tried.least <= tried.most, _together(both, tried)):
            for place, number in _single(both, tried, possible):
                cell = str(both["cell_id"].iloc[place])
                told.setdefault(cell, Finding("difference", cell, "part", number, number, against))
    return sorted(told.values())


def _shown(cells: pd.DataFrame) -> pd.DataFrame:
    shown = cells[(cells["status"] == SHOWN) & cells["value"].notna()]
    names = ["tail", "cell_id", "unit", "value", "n", "low", "high"]
    return shown.assign(tail=_tail(shown), n=shown["n"].fillna(0.0))[names]


def _band_moved(both: pd.DataFrame) -> pd.Series:
    """Whether an end of the band is printed otherwise; a band that is missing in either file tells nothing."""
    return (both["low"] - both["low_then"]).abs().gt(0) | (both["high"] - both["high_then"]).abs().gt(0)


def _shares(solved: Solved) -> pd.DataFrame:
    """The printed shares of a file, in units of their last decimal."""
    shares = solved.book.shares
    shares = shares[shares["share"].notna() & (shares["file"] == 0)]
    scale = np.rint(0.5 / shares["half"].to_numpy(float)).astype(np.int64)
    printed = np.rint(shares["share"].to_numpy(float) * scale).astype(np.int64)
    return shares.assign(tail=_tail(shares), scale=scale, printed=printed)[
        ["tail", "cell_id", "n", "part", "scale", "printed"]
    ]


def _tail(cells: pd.DataFrame) -> pd.Series:
    return cells["cell_id"].astype(str).str.split("/", n=1).str[-1]


def _bounds(solved: Solved) -> tuple[Bounds, Bounds]:
    """Of each count: what its cells tell, and what was worked out; the latter rests on guesses about what adds up."""
    counts = solved.book.counts
    return (counts["low"].to_numpy(float), counts["high"].to_numpy(float)), (solved.low, solved.high)


def _numbers(both: pd.DataFrame, mine: Bounds, theirs: Bounds) -> _Tried:
    """Try every number of people behind every share."""
    by = both["counted"].to_numpy(np.int64)
    (least, most), (least_now, most_now) = (
        tuple(bound[both[name].to_numpy(int)].astype(np.int64) for bound in bounds)
        for bounds, name in ((theirs, "n_then"), (mine, "n"))
    )
    low, high = np.maximum(least, least_now - by), np.minimum(most, most_now - by)
    width = np.maximum(high - low + 1, 0)
    row = np.repeat(np.arange(len(both)), width)
    total = low[row] + np.arange(len(row)) - (np.cumsum(width) - width)[row]
    bottom, top = _parts(both, row, total, theirs, "_then")
    bottom_now, top_now = _parts(both, row, total + by[row], mine, "")
    came = by[row] > 0
    fewest = np.maximum(np.where(came, bottom_now - top, bottom - top_now), 0)
    most_in = np.minimum(np.where(came, top_now - bottom, top - bottom_now), np.abs(by[row]))
    void = (bottom > top) | (bottom_now > top_now)
    return _Tried(row, total, fewest, np.where(void, -1, most_in))


def _parts(both: pd.DataFrame, row: Ints, total: Ints, bounds: Bounds, which: str) -> tuple[Ints, Ints]:
    """The least and the largest part of each number of people that is printed as the share; half goes to the even neighbor."""
    printed, scale = (both[f"{name}{which}"].to_numpy(np.int64)[row] for name in ("printed", "scale"))
    even = printed % 2 == 0
    below, above = (2 * printed - 1) * total, (2 * printed + 1) * total
    low = np.where(even, -(-below // (2 * scale)), below // (2 * scale) + 1)
    high = np.where(even, above // (2 * scale), -(-above // (2 * scale)) - 1)
    known = both[f"part{which}"].to_numpy(int)[row]
    known_low, known_high = bounds[0][known], np.minimum(bounds[1][known], total)
    return np.maximum(low, known_low.astype(np.int64)), np.minimum(high, known_high.astype(np.int64))


def _together(both: pd.DataFrame, tried: _Tried) -> NDArray[np.bool_]:
    """Which numbers of people all shares of the same people allow."""
    same = both.groupby(["n", "n_then", "counted"], sort=True).ngroup().to_numpy(np.int64)[tried.row]
    bottom, top = np.full(len(both), np.iinfo(np.int64).max), np.full(len(both), -1, np.int64)
    np.minimum.at(bottom, same, tried.total)
    np.maximum.at(top, same, tried.total)
    room = np.where(top < 0, 0, top - bottom + 1)
    spot = (np.cumsum(room) - room - bottom)[same] + tried.total
    return np.asarray(np.bincount(spot, tried.least > tried.most)[spot] == 0, np.bool_)


def _single(both: pd.DataFrame, tried: _Tried, possible: NDArray[np.bool_]) -> Iterator[tuple[int, float]]:
    """The shares that leave one number of the few, and that number; where no number of people is possible, nothing is told."""
    least, most = np.full(len(both), np.inf), np.full(len(both), -np.inf)
    np.minimum.at(least, tried.row[possible], tried.least[possible])
    np.maximum.at(most, tried.row[possible], tried.most[possible])
    for place in np.flatnonzero(least == most).tolist():
        yield place, float(least[place])
