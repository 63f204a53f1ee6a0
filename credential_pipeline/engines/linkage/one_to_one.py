"""Two tables without duplicates: each left record gets at most one right record and the other way round.

Links that are beyond doubt come first; their records leave, and in the smaller tables that remain the same evidence
says more, because fewer others could have shown it by chance. How many of the remaining records have a partner is
estimated by maximum likelihood from the scores, together with the number that the model's prior expects. No hop links so,
since registries hold people twice; it serves to measure the models. Not here: tables in which a person may have several
rows, for which :mod:`credential_pipeline.engines.linkage.resolve` decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from credential_pipeline.engines.linkage.blocking import RULES, make_pairs, usable
from credential_pipeline.engines.linkage.model import Model
from credential_pipeline.engines.linkage.predict import ALL, score
from credential_pipeline.engines.linkage.sql import Here, count
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ALL_PAIRS = 2_000_000
"""Remaining records are compared each with each if that makes no more pairs than this; else by the blocking rules."""
MAX_ODDS_WEIGHT = 100.0
USUAL_SHARE = 0.3
"""Weight of the model's prior when the share of records with a partner is estimated."""
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Links:
    """Records that belong together, ordered by the left one.

    Attributes:
        left: Left records.
        right: Their right records.
        probability: How probable each link was when it was made.
    """

    left: Ints
    right: Ints
    probability: Floats


def link_one_to_one(
    con: Connection, model: Model, *, left: Relation, right: Relation, fields: Sequence[str], threshold: float = 0.5
) -> Links:
    """Link two record tables that hold each person once.

    Args:
        con: The connection.
        model: The model.
        left: Record table.
        right: Record table.
        fields: Fields that both hold.
        threshold: Probability from which a pair is linked.
    """
    with scratch(con) as work:
        sql = Here(work)
        rows = count(sql, left), count(sql, right)
        pairs = make_pairs(sql, left, right, usable(RULES, fields)).pairs
        expected = model.prior_for(rows[1]) * rows[0] * rows[1]
        scored = _scored(work, model, left, right, pairs, fields, rows[1])
        first = _link(scored, *rows, expected, threshold)
        open_left, open_right = _remaining(work, left, first.left), _remaining(work, right, first.right)
        rest = count(sql, open_left), count(sql, open_right)
        if rest[0] * rest[1] <= ALL_PAIRS:
            pairs = work.table(
                "pairs",
                f"SELECT l.record AS left_record, r.record AS right_record FROM {open_left} l CROSS JOIN {open_right} r",
            )
        else:
            pairs = make_pairs(sql, open_left, open_right, usable(RULES, fields)).pairs
        # Frequencies and prior stay those of the whole right table; the fewer rows come in when links are made.
        scored = _scored(work, model, left, right, pairs, fields, rows[1])
    second = _link(scored, *rest, expected - len(first.left), threshold)
    merged = [np.concatenate(parts) for parts in zip(_parts(first), _parts(second), strict=True)]
    order = np.argsort(merged[0], kind="stable")
    return Links(*(part[order] for part in merged))


def _parts(links: Links) -> tuple[Ints, Ints, Floats]:
    return links.left, links.right, links.probability


def _remaining(work: Scratch, records: Relation, taken: Ints) -> Relation:
    return work.table(
        "remaining", f"SELECT * FROM {records} WHERE record NOT IN (SELECT unnest(?::BIGINT[]))", [taken.tolist()]
    )


@dataclass(frozen=True)
class _Scored:
    left: Ints
    right: Ints
    ratio: Floats
    """log2 of how much likelier the pair's levels are for one person than for two."""


def _scored(
    work: Scratch,
    model: Model,
    left: Relation,
    right: Relation,
    pairs: Relation,
    fields: Sequence[str],
    right_rows: int,
) -> _Scored:
    scored = score(
        Here(work),
        model,
        left=left,
        right=right,
        pairs=pairs,
        fields=fields,
        right_rows=right_rows,
        min_weight=ALL,
    )
    rows = work.con.execute(
        f"SELECT left_record, right_record, match_weight FROM {scored} ORDER BY match_weight DESC, left_record, right_record"
    ).fetchnumpy()
    prior = model.prior_for(right_rows)
    ratio = np.asarray(rows["match_weight"], dtype=np.float64) - np.log2(prior / (1 - prior))
    return _Scored(np.asarray(rows["left_record"]), np.asarray(rows["right_record"]), ratio)


def _link(scored: _Scored, left_rows: int, right_rows: int, expected: float, threshold: float) -> Links:
    """Take links in rounds, each in what the round before left over; pairs come strongest first."""
    made: list[tuple[Ints, Ints, Floats]] = []
    left, right, ratio = scored.left, scored.right, scored.ratio
    while len(left) and left_rows and right_rows:
        likelihood = np.exp2(np.minimum(ratio, MAX_ODDS_WEIGHT))
        usual = min(max(expected / left_rows, 0.0), 1.0)
        share = _partnered(left, likelihood / right_rows, left_rows, min(1.0, right_rows / left_rows), usual)
        odds = likelihood / right_rows * share / (1 - share)
        sums = [np.bincount(side, weights=odds)[side] for side in (left, right)]
        probability = odds / (1 + np.maximum(*sums))
        taken = (probability >= threshold) & _first(left) & _first(right)
        if not taken.any():
            break
        made.append((left[taken], right[taken], probability[taken]))
        keep = ~(np.isin(left, left[taken]) | np.isin(right, right[taken]))
        number = int(taken.sum())
        left_rows, right_rows, expected = left_rows - number, right_rows - number, expected - number
        left, right, ratio = left[keep], right[keep], ratio[keep]
    if not made:
        return Links(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    return Links(*(np.concatenate(part) for part in zip(*made, strict=True)))


def _first(side: Ints) -> NDArray[np.bool_]:
    """True where a record appears for the first time, which is in its strongest pair."""
    first = np.zeros(len(side), dtype=np.bool_)
    first[np.unique(side, return_index=True)[1]] = True
    return first


def _partnered(left: Ints, ratio: Floats, left_rows: int, most: float, usual: float) -> float:
    """The share of left records that have a partner: as likely as the scores make it and the model's prior lets expect.

    Args:
        left: Left record of each pair.
        ratio: How much likelier each pair is if it is the one, over the number of right records.
        left_rows: Left records, with those that have no pair at all.
        most: Largest possible share.
        usual: The share that the model's prior leaves, which weighs :data:`USUAL_SHARE`.
    """
    evidence = np.bincount(np.unique(left, return_inverse=True)[1], weights=ratio)
    ceiling = min(most, (left_rows + 0.5) / (left_rows + 1.0))
    share = ceiling / 2
    for _ in range(500):
        new = float((share * evidence / (1 - share + share * evidence)).sum()) / left_rows
        new = (1 - USUAL_SHARE) * new + USUAL_SHARE * usual
        new = min(max(new, 0.5 / (left_rows + 1.0)), ceiling)
        if abs(new - share) < TOLERANCE:
            break
        share = new
    return share
