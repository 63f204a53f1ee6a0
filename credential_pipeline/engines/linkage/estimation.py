"""Unsupervised estimates: m by expectation maximisation over agreement patterns, u by counting, matches by both.

A pattern is the combination of levels that a pair shows; pairs are counted by pattern in the database, so that an
iteration costs the same for a thousand pairs and for millions. u is held while m is estimated (Winkler 1988), and u is
cleared of the matches that random pairs contain, which matters where a registry is small. Not here: which pairs are
looked at, and what is done where data are too few (train).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from credential_pipeline.engines.linkage.comparisons import TYPICAL, Comparison
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation

ITERATIONS = 300
TOLERANCE = 1e-7
TYPICAL_SHARE = 0.02
"""Weight of the typical m in each estimate; where data cannot tell, it decides."""
TYPICAL_COUNTS = 2.0
"""So many pairs of each level are added to the random pairs, at the typical rate."""
SMALLEST = 1e-12

Levels = dict[str, NDArray[np.float64]]
"""Comparison -> one number per level, from the strongest to ``other``."""


@dataclass(frozen=True)
class Patterns:
    """How many pairs show which levels.

    Attributes:
        levels: Comparison -> position of the level of each pattern (0 is the strongest), -1 if unknown.
        pairs: Number of pairs of each pattern.
    """

    levels: Mapping[str, NDArray[np.int64]]
    pairs: NDArray[np.float64]

    def counts(self, name: str, size: int, weight: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """Pairs of each level of a comparison, weighted; pairs where it is unknown do not count."""
        level = self.levels[name]
        known = level >= 0
        values = self.pairs if weight is None else weight
        return np.asarray(np.bincount(level[known], weights=values[known], minlength=size), dtype=np.float64)


def typical(chosen: Sequence[Comparison], side: int) -> Levels:
    """The typical m (side 0) or u (side 1) of every level."""
    return {item.name: np.array([TYPICAL[item.name][name][side] for name in item.level_names]) for item in chosen}


def find_patterns(
    con: Connection, left: Relation, right: Relation, pairs: str, chosen: Sequence[Comparison]
) -> Patterns:
    """Count the pairs by pattern.

    Args:
        con: The connection.
        left: Feature table, see :func:`credential_pipeline.engines.linkage.fields.make_features`.
        right: Feature table of the other side.
        pairs: Query of (l, r): ids in the two feature tables.
        chosen: The comparisons.
    """
    sides = [
        f"(SELECT {', '.join(f'{column} AS {column}_{side}' for column in left.columns)} FROM {table})"
        for table, side in ((left, "l"), (right, "r"))
    ]
    rows = con.execute(
        f"""
        SELECT {", ".join(f"{item.place_sql} AS {item.name}" for item in chosen)}, count(*)::DOUBLE AS pairs
        FROM ({pairs}) p JOIN {sides[0]} a ON a.unique_id_l = p.l JOIN {sides[1]} b ON b.unique_id_r = p.r
        GROUP BY ALL ORDER BY ALL
        """
    ).fetchnumpy()
    levels = {item.name: np.asarray(rows[item.name], dtype=np.int64) for item in chosen}
    return Patterns(levels, np.asarray(rows["pairs"], dtype=np.float64))


@dataclass(frozen=True)
class Estimate:
    """What one pass found.

    Attributes:
        matches: Expected number of matches among its pairs.
        counts: Comparison -> expected matches at each level.
    """

    matches: float
    counts: Levels


def maximise(found: Patterns, u: Levels, start: Levels) -> Estimate:
    """Expectation maximisation of m and of the share of matches, with u held.

    Args:
        found: Patterns of the pass, without the comparisons that it is blocked on.
        u: u of every level.
        start: m to start from: the typical ones, which also weigh a little in every step.
    """
    names = list(found.levels)
    m = {name: start[name] / start[name].sum() for name in names}
    random = _likelihood(found, {name: u[name] for name in names})
    total = found.pairs.sum()
    share = 0.5
    counts: Levels = {}
    for _ in range(ITERATIONS):
        odds = share * _likelihood(found, m)
        expected = found.pairs * odds / (odds + (1 - share) * random)
        moved = abs(expected.sum() / total - share)
        share = float(np.clip(expected.sum() / total, 1e-9, 1 - 1e-9))
        for name in names:
            counts[name] = found.counts(name, len(m[name]), expected)
            new = blend(counts[name], start[name])
            moved = max(moved, float(np.abs(new - m[name]).max()))
            m[name] = new
        if moved < TOLERANCE:
            break
    return Estimate(float(expected.sum()), counts)


def blend(counts: NDArray[np.float64], usual: NDArray[np.float64], share: float = TYPICAL_SHARE) -> NDArray[np.float64]:
    """M out of expected matches by level, drawn a little towards what is typical; the typical one if there are none."""
    usual = usual / usual.sum()
    if counts.sum() <= 0:
        return usual
    return np.asarray((1 - share) * counts / counts.sum() + share * usual)


def _likelihood(found: Patterns, parameters: Levels) -> NDArray[np.float64]:
    product = np.ones(len(found.pairs))
    for name, values in parameters.items():
        level = found.levels[name]
        product = product * np.where(level < 0, 1.0, np.append(values, 1.0)[level])
    return np.maximum(product, 1e-300)


def without_matches(
    random: Patterns,
    exact: Mapping[str, float],
    m: Levels,
    match_rate: float,
    usual: Levels,
) -> Levels:
    """Estimate u from random pairs, less the matches among them.

    Args:
        random: Patterns of random pairs.
        exact: Comparison -> share of all pairs that agree exactly, counted; replaces the sampled share of its first level.
        m: m of every level.
        match_rate: Share of matches among all pairs.
        usual: Typical u of every level.
    """
    made: Levels = {}
    for name in random.levels:
        size = len(m[name])
        counts = random.counts(name, size)
        known = counts.sum()
        if name in exact:
            counts[0] = exact[name] * known
        rest = np.maximum(counts - known * match_rate * m[name], 0.0)
        made[name] = (rest + TYPICAL_COUNTS) / (known * (1 - match_rate) + TYPICAL_COUNTS / usual[name])
        made[name] = np.maximum(made[name] / made[name].sum(), SMALLEST)
    return made
