"""Array types, named random streams and vectorised draws. Not here: anything that knows about people or credentials."""

import zlib
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]
Dates = npt.NDArray[np.datetime64]

NEVER = np.datetime64("NaT", "D")


class Streams:
    """One seed, many independent generators: a stream is known by its name, so that adding one moves no other."""

    def __init__(self, seed: int) -> None:
        """Keep the seed of the world."""
        self.seed = seed

    def __call__(self, *names: str) -> np.random.Generator:
        """A fresh generator for the named stream; the same name gives the same draws."""
        key = tuple(zlib.crc32(name.encode()) for name in names)
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))


def pick(rng: np.random.Generator, weights: Sequence[float] | Floats, size: int) -> Ints:
    """Draw ``size`` indexes with probability proportional to ``weights``."""
    cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn = np.searchsorted(cumulative, rng.random(size) * cumulative[-1], side="right")
    return np.asarray(np.minimum(drawn, len(cumulative) - 1), dtype=np.int64)


def texts(values: Iterable[str]) -> Texts:
    """An object array of strings."""
    return np.fromiter(values, dtype=object)


def decimals(values: Ints, width: int = 0) -> Texts:
    """Whole numbers below a few million as text, with leading zeros up to ``width``; each number is written once."""
    top = int(values.max(initial=0)) + 1
    if top > 4 * len(values) + 20_000:
        return texts(f"{value:0{width}d}" for value in values.tolist())
    return texts(f"{value:0{width}d}" for value in range(top))[values]


def blank(size: int) -> Texts:
    """An object array of empty strings."""
    return np.full(size, "", dtype=object)


def join(*parts: Texts | str) -> Texts:
    """Concatenate strings element by element."""
    total: Texts | str = ""
    for part in parts:
        total = total + part
    return np.asarray(total, dtype=object)


def years(dates: Dates) -> Ints:
    """Calendar year of each date; NaT gives 0."""
    known = ~np.isnat(dates)
    found = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    return np.asarray(np.where(known, found, 0), dtype=np.int64)


def month_day(dates: Dates) -> Ints:
    """Month and day of each date as one number, 1231 for 31 December, which orders days within a year."""
    month = dates.astype("datetime64[M]")
    day = (dates - month.astype("datetime64[D]")).astype(np.int64) + 1
    return np.asarray((month.astype(np.int64) % 12 + 1) * 100 + day)


def first_of_year(year: Ints) -> Dates:
    """1 January of each year."""
    return np.asarray((year - 1970).astype("datetime64[Y]").astype("datetime64[D]"))


def random_day(rng: np.random.Generator, year: Ints) -> Dates:
    """A day of each year, every one equally likely (no 366th day)."""
    return np.asarray(first_of_year(year) + rng.integers(0, 365, len(year)).astype("timedelta64[D]"))


def curve(points: dict[int, float], at: Ints | Floats) -> Floats:
    """Piecewise linear interpolation through ``points``, flat outside."""
    x = sorted(points)
    return np.interp(at, x, [points[key] for key in x])


def grouped_pick(chance: Floats, cumulative: Floats, start: Ints, stop: Ints) -> Ints:
    """Draw one index from each half-open range of a table that is sorted by group.

    Args:
        chance: A number in 0..1 for each draw.
        cumulative: Running sum of weights over the whole table, length n.
        start: First index of the range of each draw.
        stop: Index after the last of the range of each draw; must be above ``start``.
    """
    padded = np.concatenate(([0.0], cumulative))
    low, high = padded[start], padded[stop]
    drawn = np.searchsorted(cumulative, low + chance * (high - low), side="right")
    return np.asarray(np.clip(drawn, start, stop - 1), dtype=np.int64)
