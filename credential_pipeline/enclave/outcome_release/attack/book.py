"""The counts behind one or more public files, and what adds up to what: everything that a reader can write down.

Not here: what a single cell tells (cells.py) and solving it (solve.py).
"""

import math
import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from credential_pipeline.enclave.outcome_release.attack.cells import DIMENSIONS, KEY, Ints
from credential_pipeline.enclave.outcome_release.attack.leftover import Sum, with_leftovers
from credential_pipeline.enclave.outcome_release.attack.rules import Reals

_BAND = re.compile(r"\A(\d+)-(\d+)\Z")
_WHAT = ("quantity", "sector", "setting", "definition")
_FEW_PAIRS = {True: 2, False: 6}
"""How many equal pairs make two slots look alike, where numbers are exact and where they are rounded."""
_LARGEST = 1 << 62
"""What a number of 64 bits holds; greater keys are Python's own."""


@dataclass(frozen=True, eq=False)
class Book:
    """Files as counts and equations.

    Attributes:
        counts: One row per count: KEY, low, high, seen, printed, truth (for the judge; not a number where unknown).
        sightings: One row per cell and role: cell_id, file, role, count (row of ``counts``), key, share, half, split.
        shares: One row per share: n, part, rest (rows of ``counts``), share, half, split, cell_id, file.
        sums: (total, parts) as rows of ``counts``.
        ties: Pairs of counts that look alike wherever both are shown.
        wholes: (total, part) where part = 0 tells about everyone of the total.
        strips: Rows of ``counts`` that are people between the ends of bands of two files.
        leftover: Rows of ``counts`` that are people of a total in none of its categories with cells.
    """

    counts: pd.DataFrame
    sightings: pd.DataFrame
    shares: pd.DataFrame
    sums: list[Sum]
    ties: list[tuple[int, int]]
    wholes: list[tuple[int, int]]
    strips: list[int]
    leftover: frozenset[int] = frozenset()

    @property
    def classes(self) -> np.ndarray:
        """The number of each count's class: tied counts are one number."""
        size = len(self.counts)
        if not self.ties:
            return np.arange(size)
        left, right = np.array(self.ties).T
        graph = coo_matrix((np.ones(len(left)), (left, right)), shape=(size, size))
        return np.asarray(connected_components(graph, directed=False)[1])

    @cached_property
    def first_names(self) -> dict[int, tuple[str, str]]:
        """One (cell_id, role) of the attacked file for each count that stands in it."""
        mine = self.sightings[self.sightings["file"] == 0]
        first = mine.sort_values(["count", "cell_id", "role"]).drop_duplicates("count")
        return {
            int(c): (str(i), str(r)) for c, i, r in zip(first["count"], first["cell_id"], first["role"], strict=True)
        }


def write_down(seen: pd.DataFrame, truth: pd.DataFrame | None = None) -> Book:
    """Turn sightings into counts and equations.

    Args:
        seen: Of :func:`~.cells.sightings`, of files that tell of the same people.
        truth: cell_id, file, role, value: what only the judge knows. With it every guess that is wrong is left out, so that
            the attack is the strongest that is true.
    """
    seen = seen.assign(count=_numbered(seen, KEY))
    seen["truth"] = np.nan if truth is None else _truth_of(seen, truth)
    folded = seen.groupby("count").agg(
        low=("low", "max"),
        high=("high", "min"),
        seen=("seen", "max"),
        printed=("printed", "min"),
        truth=("truth", "first"),
    )
    counts = seen.drop_duplicates("count").set_index("count")[KEY].sort_index().join(folded)
    shares = _shares(seen)
    counts, sums, strips = _sums(counts, seen)
    ties, wholes, cells = _ties(counts), _wholes(counts, shares), len(counts)
    counts, sums, seen = with_leftovers(counts, sums, seen)
    leftover = frozenset(range(cells, len(counts)))
    return _only_true(Book(counts, seen, shares, sums, ties, wholes, strips, leftover))


def _truth_of(seen: pd.DataFrame, truth: pd.DataFrame) -> np.ndarray:
    names = ["cell_id", "file", "role"]
    known = truth.set_index(names)["value"]
    return known.reindex(pd.MultiIndex.from_frame(seen[names].astype(object))).to_numpy(float)


def _shares(seen: pd.DataFrame) -> pd.DataFrame:
    """Put the three counts of every share side by side."""
    named = ["n", "part", "rest", "share", "half", "split", "cell_id", "file", "measure", "definition"]
    empty = pd.DataFrame(columns=named)
    if "share" not in seen:
        return empty
    roles = seen[seen["role"].isin(["n", "part", "rest"])].pivot_table(
        index="key", columns="role", values="count", aggfunc="first"
    )
    parts = seen[(seen["role"] == "part") & seen["half"].notna()].set_index("key")
    shares = parts[["share", "half", "split", "cell_id", "file", "measure", "definition"]].join(roles, how="inner")
    for role in ("n", "part", "rest"):
        shares[role] = shares[role].astype(int)
    return shares.sort_values(["file", "cell_id"]).reset_index(drop=True)


def _wholes(counts: pd.DataFrame, shares: pd.DataFrame) -> list[tuple[int, int]]:
    whole = (counts[["sector", "setting", "definition"]] == "all").all(axis=1).to_numpy()
    pairs = [(int(n), int(p)) for n, p in zip(shares["n"], shares["part"], strict=True) if whole[p]]
    pairs += [(int(n), int(r)) for n, r in zip(shares["n"], shares["rest"], strict=True)]
    return sorted(set(pairs))


def _sums(counts: pd.DataFrame, seen: pd.DataFrame) -> tuple[pd.DataFrame, list[Sum], list[int]]:
    """What adds up along each dimension: all categories make 'all', everything else being equal.

    Settings are told apart in several ways, by definition; each way adds up to the same total, which has none.
    """
    sums: list[Sum] = []
    bands = counts.loc[counts["age_band"].str.match(_BAND), "age_band"].unique()
    cut = [frozenset(mine["age_band"]) for _, mine in seen[seen["age_band"].isin(bands)].groupby("file")]
    recut = len(set(cut)) > 1
    digits = _digits(counts)
    key, place = sum(digits.values()), counts.index.to_numpy(np.int64)
    told, split = (counts["definition"] != "all").to_numpy(), (counts["setting"] != "all").to_numpy()
    for dimension in DIMENSIONS:
        total = (counts[dimension] == "all").to_numpy()
        if total.all() or (dimension == "age_band" and recut):
            continue
        family = key - digits[dimension]
        sums += _owned(place, family, total, ~total)
        if dimension == "setting":
            # A total that is told of has no definition, so that its family is that of a part without its definition.
            named = family - digits["definition"]
            for way in np.unique(digits["definition"][split & told]):
                sums += _owned(place, named, ~split & ~told, split & (digits["definition"] == way))
    if not recut:
        return counts, sums, []
    return _recut_sums(counts, seen, sums)


def _recut_sums(counts: pd.DataFrame, seen: pd.DataFrame, sums: list[Sum]) -> tuple[pd.DataFrame, list[Sum], list[int]]:
    """Cut the bands of several files at all their ends: every band is a sum of strips, every file's bands are the total."""
    rest = [column for column in KEY if column != "age_band"]
    family = counts.groupby(rest, dropna=False, sort=True).ngroup()
    strips: list[dict[Hashable, object]] = []
    banded = family[counts["age_band"] != "all"]
    files = seen[["count", "file"]].drop_duplicates().groupby("count")["file"].agg(list).to_dict()
    for _, members in counts[family.isin(banded)].groupby(family, sort=True):
        total = [int(place) for place in members.index[members["age_band"] == "all"]]
        named = members[members["age_band"] != "all"]
        by_file: dict[int, list[int]] = {}
        for place in named.index.tolist():
            for file in files[place]:
                by_file.setdefault(file, []).append(int(place))
        sums += [(place, sorted(mine)) for _, mine in sorted(by_file.items()) for place in total]
        spans = {
            int(place): (int(found[1]), int(found[2]))
            for place, band in zip(named.index.tolist(), named["age_band"], strict=True)
            if (found := _BAND.match(band))
        }
        edges = sorted({low for low, _ in spans.values()} | {high + 1 for _, high in spans.values()})
        for bottom, top in pairwise(edges):
            over = [place for place, (low, high) in spans.items() if low <= bottom and top <= high + 1]
            if over and all(spans[place] != (bottom, top - 1) for place in over):
                label = f"{bottom}-{top - 1}"
                strips.append(members.loc[over[0]].to_dict() | {"age_band": label})
                spans[len(counts) + len(strips) - 1] = (bottom, top - 1)
        for place, (low, high) in sorted(spans.items()):
            pieces = [p for p, (a, b) in spans.items() if low <= a and b <= high and (a, b) in _strips(edges)]
            if pieces and pieces != [place]:
                sums.append((place, sorted(pieces)))
    extra = pd.DataFrame(strips).assign(low=0.0, high=np.inf, seen=False, printed=np.nan, truth=np.nan)
    places = list(range(len(counts), len(counts) + len(strips)))
    extra.index = pd.Index(places, name="count")
    if not strips:
        return counts, sums, []
    return pd.concat([counts, extra.astype(counts.dtypes.to_dict())]), sums, places


def _strips(edges: list[int]) -> set[tuple[int, int]]:
    return {(low, high - 1) for low, high in pairwise(edges)}


def _digits(counts: pd.DataFrame) -> dict[str, np.ndarray]:
    """Each column of KEY as digits of one number, which sorts as the keys do; what is missing comes last."""
    codes = {name: pd.factorize(counts[name], sort=True, use_na_sentinel=False) for name in KEY}
    size = math.prod(max(len(values), 1) for _, values in codes.values())
    digits, stride = dict[str, np.ndarray](), 1
    for name, (code, values) in reversed(codes.items()):
        digits[name] = code.astype(np.int64 if size <= _LARGEST else object) * stride
        stride *= max(len(values), 1)
    return digits


def _owned(place: Ints, family: np.ndarray, totals: np.ndarray, parts: np.ndarray) -> list[Sum]:
    """Pair every total with the parts of its family.

    Args:
        place: The number of each count.
        family: What each count shares with those that it may add up with.
        totals: Which counts are totals.
        parts: Which are parts.
    """
    names, at_name = np.unique(family[parts], return_inverse=True)
    order = np.argsort(at_name, kind="stable")
    members = np.split(place[parts][order], np.flatnonzero(np.diff(at_name[order])) + 1)
    spot = np.searchsorted(names, family[totals])
    return [
        (total, members[at].tolist())
        for total, name, at in zip(place[totals].tolist(), family[totals].tolist(), spot.tolist(), strict=True)
        if at < len(names) and names[at] == name
    ]


def _ties(counts: pd.DataFrame) -> list[tuple[int, int]]:
    """Return pairs of counts that are printed as the same wherever both are: over horizons, and between quantities."""
    exact = (counts["low"] == counts["high"]).to_numpy()
    printed = counts["printed"].to_numpy(float)
    number = np.where(np.isnan(printed) & exact, counts["low"].to_numpy(float), printed)
    few = _FEW_PAIRS[bool(exact[~np.isnan(printed)].all())]
    what, when = _numbered(counts, _WHAT), _numbered(counts, ["horizon"])
    who = _numbered(counts, [name for name in KEY if name not in (*_WHAT, "horizon")])
    place = counts.index.to_numpy(np.int64)
    pairs = _alike(what, who * (when.max(initial=0) + 1) + when, place, number, few)
    order = np.argsort(what, kind="stable")
    for slot in np.split(order, np.flatnonzero(np.diff(what[order])) + 1):
        if len(np.unique(when[slot])) > 1:
            pairs += _alike(when[slot], who[slot], place[slot], number[slot], few)
    return sorted(set(pairs))


def _alike(slot: Ints, key: Ints, place: Ints, number: Reals, few: int) -> list[tuple[int, int]]:
    """Compare the slots two by two over the keys that both have; the first count of a slot and key stands for it."""
    slots, at_slot = np.unique(slot, return_inverse=True)
    keys, at_key = np.unique(key, return_inverse=True)
    spot, first = np.unique(at_key * len(slots) + at_slot, return_index=True)
    values, rows = np.full((len(keys), len(slots)), np.nan), np.full((len(keys), len(slots)), -1, np.int64)
    values.flat[spot], rows.flat[spot] = number[first], place[first]
    known, pairs = ~np.isnan(values), list[tuple[int, int]]()
    common = known.astype(np.float32).T @ known.astype(np.float32)
    for left, right in np.argwhere(np.triu(common >= few, 1)).tolist():
        both = known[:, left] & known[:, right]
        if (values[both, left] != values[both, right]).any():
            continue
        there = (rows[:, left] >= 0) & (rows[:, right] >= 0)
        pairs += zip(rows[there, left].tolist(), rows[there, right].tolist(), strict=True)
    return pairs


def _numbered(frame: pd.DataFrame, columns: Sequence[str]) -> Ints:
    """Number the rows by some columns in their order; equal rows have one number, and what is missing comes last."""
    number = np.zeros(len(frame), np.int64)
    for name in columns:
        code, values = pd.factorize(frame[name], sort=True, use_na_sentinel=False)
        number = np.unique(number * max(len(values), 1) + code, return_inverse=True)[1]
    return number


def _only_true(book: Book) -> Book:
    """Leave out what the judge knows to be untrue, or what the printed numbers themselves refute."""
    truth = book.counts["truth"].to_numpy(float)
    low, high = book.counts["low"].to_numpy(float), book.counts["high"].to_numpy(float)
    sums = [
        (total, parts)
        for total, parts in book.sums
        if not abs(truth[total] - truth[parts].sum()) > 0
        and low[parts].sum() <= high[total]
        and high[parts].sum() >= low[total]
    ]
    ties = [(a, b) for a, b in book.ties if not abs(truth[a] - truth[b]) > 0]
    return replace(book, sums=sums, ties=ties)
