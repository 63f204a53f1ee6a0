"""What scores decide: the best right record of each left one, and clusters that hold nobody twice.

Not here: how likely a pair is one person (predict, family, calibration), and what a link means to a hop.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from credential_pipeline.engines.linkage.sql import Sql
from credential_pipeline.foundation.storage.relation import Relation

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NOT_ONE = -6.0
"""Match weight below which two records are not one person, whatever third record links them."""
MAX_ODDS_WEIGHT = 50.0
"""Match weights above say nothing more; it keeps sums of odds within double precision."""


class Thresholds(Protocol):
    """Which probabilities are enough; an industry's ``linkage`` is one."""

    @property
    def link_threshold(self) -> float:
        """Least probability of a link."""

    @property
    def review_threshold(self) -> float:
        """Probability of any candidate from which an undecided left record is ambiguous."""

    @property
    def max_wrong_share(self) -> float:
        """Largest share of links that may be expected to be wrong."""


def best_right(sql: Sql, scored: Relation, *, left: str, right: str, limits: Thresholds) -> Relation:
    """The best right record of each left one.

    Of several candidates at most one can be the person: the probability of each is its odds over one plus the odds of
    all (one for nobody). So two close candidates are both improbable, which is what ``ambiguous`` says. Links are made from the
    most probable down, as long as no more of them are expected to be wrong than is allowed (and one more).

    Args:
        sql: What executes it.
        scored: The left and right id and match_weight, one row per pair, without contradictions.
        left: Column of the left id.
        right: Column of the right id.
        limits: Which probabilities are enough.

    Returns:
        left id, right id, match_weight, match_probability, share (probability that any candidate is the person),
        candidates, status (linked, ambiguous, unlinked).
    """
    return sql.table(
        "best",
        f"""
        WITH pairs AS (
            SELECT {left}, {right}, max(match_weight) AS match_weight FROM {scored} GROUP BY ALL),
        odds AS (
            SELECT *, power(2.0, least(match_weight, {MAX_ODDS_WEIGHT})) AS odds,
                   row_number() OVER (PARTITION BY {left} ORDER BY match_weight DESC, {right}) AS place
            FROM pairs),
        every AS (
            -- Odds are rounded before they are summed, so that the order of the sum cannot show.
            SELECT {left}, sum(round(odds, 3)::DECIMAL(38, 3)) AS total, count(*) AS candidates FROM odds GROUP BY ALL),
        best AS (
            SELECT o.{left}, o.{right}, o.match_weight,
                   round(o.odds / (1 + greatest(e.total::DOUBLE, o.odds)), 6) AS match_probability,
                   round(e.total::DOUBLE / (1 + e.total::DOUBLE), 6) AS share,
                   e.candidates
            FROM odds o JOIN every e USING ({left})
            WHERE o.place = 1),
        ranked AS (
            SELECT *, row_number() OVER likely AS rank, sum((1 - match_probability)::DECIMAL(18, 6)) OVER likely AS wrong
            FROM best
            WINDOW likely AS (ORDER BY match_probability DESC, {left} ROWS UNBOUNDED PRECEDING))
        SELECT {left}, {right}, match_weight, match_probability, share, candidates,
               CASE WHEN match_probability >= {limits.link_threshold} AND wrong <= {limits.max_wrong_share} * rank + 1
                    THEN 'linked'
                    WHEN share >= {limits.review_threshold} THEN 'ambiguous'
                    ELSE 'unlinked' END AS status
        FROM ranked
        """,
    )


@dataclass(frozen=True)
class Edge:
    """Two records that belong together, and how strongly."""

    left: int
    right: int
    weight: float


def components(nodes: int, left: Ints, right: Ints) -> Ints:
    """Connected components: the smallest node of each node's component.

    Args:
        nodes: Number of nodes, numbered from 0.
        left: First node of each edge.
        right: Second node of each edge.
    """
    ones = np.ones(len(left), dtype=np.int8)
    _, labels = connected_components(coo_matrix((ones, (left, right)), shape=(nodes, nodes)), directed=False)
    smallest = np.full(labels.max(initial=-1) + 1, nodes, dtype=np.int64)
    np.minimum.at(smallest, labels, np.arange(nodes))
    return np.asarray(smallest[labels])


def split(members: Sequence[int], edges: Sequence[Edge], forbidden: set[tuple[int, int]]) -> dict[int, int]:
    """Cluster a few records by their strongest edges first, never joining two that contradict one another.

    Args:
        members: The records, in an order that does not depend on chance.
        edges: Edges among them.
        forbidden: Contradicting pairs, the smaller record first.

    Returns:
        Record -> smallest record of its cluster.
    """
    cluster = {member: {member} for member in members}
    for edge in sorted(edges, key=lambda e: (-e.weight, e.left, e.right)):
        one, two = cluster[edge.left], cluster[edge.right]
        if one is two or any((min(a, b), max(a, b)) in forbidden for a in one for b in two):
            continue
        one |= two
        for member in two:
            cluster[member] = one
    return {member: min(group) for member, group in cluster.items()}


def cluster(nodes: int, left: Ints, right: Ints, weight: Floats, forbidden: Sequence[tuple[int, int]]) -> Ints:
    """The smallest node of each node's cluster: components, with those that hold a contradiction split.

    Args:
        nodes: Number of nodes, numbered from 0.
        left: First node of each edge.
        right: Second node of each edge.
        weight: Weight of each edge.
        forbidden: Pairs that may not end up together.
    """
    labels = components(nodes, left, right)
    against = {(min(a, b), max(a, b)) for a, b in forbidden if labels[a] == labels[b]}
    torn = sorted({int(labels[a]) for a, _ in against})
    if not torn:
        return labels
    inside: dict[int, list[Edge]] = {label: [] for label in torn}
    for i in np.flatnonzero(np.isin(labels[left], torn)).tolist():
        one, two = int(left[i]), int(right[i])
        inside[int(labels[one])].append(Edge(min(one, two), max(one, two), float(weight[i])))
    whole = labels.copy()
    for label in torn:
        members = np.flatnonzero(whole == label).tolist()
        for member, smallest in split(members, inside[label], against).items():
            labels[member] = smallest
    return labels
