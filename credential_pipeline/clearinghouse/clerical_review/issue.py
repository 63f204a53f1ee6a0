"""Batches for reviewers: a sample for two of them, or an adjudication of what they could not settle.

A sample holds planted pairs among the others; an adjudication, of few pairs and by somebody who is trusted with the last word, does
not. Not here: which pairs are drawn (sampling.py) and planted (planting.py), and what their answers come to (settle.py).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from credential_pipeline.clearinghouse.clerical_review import batches as files
from credential_pipeline.clearinghouse.clerical_review.anchors import resolve
from credential_pipeline.clearinghouse.clerical_review.attention import reading_seconds
from credential_pipeline.clearinghouse.clerical_review.batches import ADJUDICATION, SAMPLE, Batch, Known, Pair
from credential_pipeline.clearinghouse.clerical_review.decisions import MATCH
from credential_pipeline.clearinghouse.clerical_review.page import render
from credential_pipeline.clearinghouse.clerical_review.planting import Planted, plant
from credential_pipeline.clearinghouse.clerical_review.sampling import Sample, draw
from credential_pipeline.clearinghouse.clerical_review.settle import open_pairs
from credential_pipeline.clearinghouse.clerical_review.sides import Ends, anchors_of, read_sides
from credential_pipeline.clearinghouse.clerical_review.steward import Keyed, steward_key
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.durable import exclusive
from credential_pipeline.foundation.storage.engine import Connection


@dataclass(frozen=True)
class Source:
    """Where a batch comes from.

    Attributes:
        industry: Name of the industry.
        version: Version of linked_records.
        certifiers: Certifier -> its full name.
    """

    industry: str
    version: str
    certifiers: Mapping[str, str]


def frame_of(con: Connection) -> str:
    """Hash of the models and thresholds behind the current links: samples of one frame can be pooled."""
    rows = con.execute(
        "SELECT metric, dimension, level, value FROM linked_records.diagnostics "
        "WHERE metric IN ('level_weight', 'threshold') ORDER BY ALL"
    ).fetchall()
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


def issue_sample(
    con: Connection, folder: Path, source: Source, size: int, seed: int, name: str | None
) -> tuple[Batch, Path]:
    """Draw a sample and write its page.

    Args:
        con: Connection with the current tables of cleaned_learners, education_registry and linked_records.
        folder: Folder of the industry's reviews.
        source: Where the batch comes from.
        size: Pairs of the batch.
        seed: Seed of the draw.
        name: Name of the batch; the next number if None.

    Raises:
        SafeError: ``E_NAME``, ``E_BATCH_EXISTS``, ``E_BATCH_SIZE``, ``E_NO_PAIRS``.
    """
    with exclusive(folder):
        before = files.load_batches(folder)
        batch_name, number = files.new_name(before, folder, name)
        taken = {pair.pair_id for batch in before for pair in batch.pairs}
        keyed = steward_key(folder)
        # By the key: from the seed alone, the ids that were drawn could be told from those that are planted.
        sample = draw(con, size, keyed.word("draw", seed), taken)
        planted = plant(con, sample.pairs, keyed, batch_name)
        pairs, known, ends = _mixed(con, sample, planted, keyed, batch_name)
        changes = {one.ends.pair_id: (one.altered_side, one.changes) for one in planted}
        shown = read_sides(con, ends, source.certifiers, changes)
        population, settled = files.of_sample(sample)
        batch = Batch(
            name=batch_name,
            number=number,
            kind=SAMPLE,
            industry=source.industry,
            version=source.version,
            frame=frame_of(con),
            seed=seed,
            pairs=pairs,
            population=population,
            settled=settled,
            planted=known,
            reading_seconds=reading_seconds(shown),
        )
        return batch, files.write(folder, batch, render(source.industry, batch_name, shown))


def _mixed(
    con: Connection, sample: Sample, planted: Sequence[Planted], keyed: Keyed, batch: str
) -> tuple[tuple[Pair, ...], tuple[Known, ...], list[Ends]]:
    """The drawn pairs and the planted ones, tied to rows, and all of them in the order of the page, which the key gives."""
    ends = [Ends(pair.pair_id, pair.hop, pair.left_id, pair.right_id) for pair in sample.pairs]
    ends += [one.ends for one in planted]
    strata = {pair.pair_id: pair.stratum.name for pair in sample.pairs} | {
        one.ends.pair_id: _likely_stratum(sample, one, keyed) for one in planted
    }
    answers = {one.ends.pair_id: one.answer for one in planted}
    ends.sort(key=lambda end: keyed.word("order", batch, end.pair_id))
    made = [
        Pair(end.pair_id, anchor, strata[end.pair_id], batch)
        for end, anchor in zip(ends, anchors_of(con, ends), strict=True)
    ]
    known = [Known(pair, answers[pair.pair_id], at) for at, pair in enumerate(made) if pair.pair_id in answers]
    return tuple(pair for pair in made if pair.pair_id not in answers), tuple(known), ends


def _likely_stratum(sample: Sample, planted: Planted, keyed: Keyed) -> str:
    """The stratum that stands beside a planted pair in the batch's file, so that nothing there tells it from the others."""
    near = [
        pair.stratum.name
        for pair in sample.pairs
        if (pair.hop, pair.stratum.linked) == (planted.ends.hop, planted.answer == MATCH)
    ]
    names = near or [pair.stratum.name for pair in sample.pairs]
    return min(names, key=lambda name: keyed.word("stratum", planted.ends.pair_id, name))


def issue_adjudication(con: Connection, folder: Path, source: Source, name: str | None) -> tuple[Batch, Path, int]:
    """Write a page of the pairs that reviewers could not settle, as their rows are today.

    Args:
        con: Connection with the current tables of cleaned_learners, education_registry and linked_records.
        folder: Folder of the industry's reviews.
        source: Where the batch comes from.
        name: Name of the batch; the next number if None.

    Returns:
        The batch, its page, and how many open conflicts are left out since a row of theirs, or the student, is gone.

    Raises:
        SafeError: ``E_NAME``, ``E_BATCH_EXISTS``; ``E_NO_PAIRS``: nothing waits for an adjudicator that can be shown.
    """
    with exclusive(folder):
        before = files.load_batches(folder)
        batch_name, number = files.new_name(before, folder, name)
        waiting = open_pairs(folder)
        found = resolve(con, [pair.anchor for pair in waiting])
        there = [
            (pair, Ends(pair.pair_id, pair.anchor.hop, ends.left.id, ends.right.id))
            for pair, ends in zip(waiting, found, strict=True)
            if ends.left is not None and ends.right is not None
        ]
        gone = len(waiting) - len(there)
        if not there:
            left_out = f"{gone} {'conflict is' if gone == 1 else 'conflicts are'} open, and a row or the student of each is gone"
            raise SafeError(
                "E_NO_PAIRS", f"Nothing waits for an adjudicator: {left_out if gone else 'no conflict is open'}."
            )
        shown = read_sides(con, [ends for _, ends in there], source.certifiers)
        batch = Batch(
            name=batch_name,
            number=number,
            kind=ADJUDICATION,
            industry=source.industry,
            version=source.version,
            frame=frame_of(con),
            seed=0,
            pairs=tuple(Pair(pair.pair_id, pair.anchor, "", pair.origin) for pair, _ in there),
            reading_seconds=reading_seconds(shown),
        )
        return batch, files.write(folder, batch, render(source.industry, batch_name, shown)), gone
