"""Whether a reviewer has read what was decided: times that a person can have needed, and planted pairs that were seen through.

The floor for the time of a pair is what it takes to read its words at 400 a minute, faster than adults read (175 to 300 a
minute, Brysbaert 2019, doi:10.1016/j.jml.2019.104047), and a second to decide. Of planted pairs a careful reviewer is taken to miss
one in twenty; as many are allowed as such a reviewer exceeds in at most one of a hundred batches (binomial). Somebody who
guesses then passes :data:`~.planting.PLANTED` pairs in about one of a hundred batches, somebody with one answer for everything
never. A file can still be forged by whoever writes likely times into it and knows the right answers. Not here: how planted
pairs are made (planting.py).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from credential_pipeline.clearinghouse.clerical_review import steward
from credential_pipeline.clearinghouse.clerical_review.batches import Batch
from credential_pipeline.clearinghouse.clerical_review.judgements import Given, Judgement
from credential_pipeline.clearinghouse.clerical_review.sides import Sides
from credential_pipeline.foundation.errors import SafeError

MISSED = 0.05
"""Share of planted pairs that a careful reviewer is taken to miss."""
WRONGLY_REFUSED = 0.01
"""Share of careful reviewers' batches that may be refused."""
WORDS_A_SECOND = 400 / 60
DECIDE = 1.0
"""Seconds to decide and press a key."""
RUN = 10
"""Decisions in a row that may not all be alike in time."""
TINY_SPREAD = 0.5
"""Seconds by which a run of decisions below reading time differs where nobody reads."""
NO_SPREAD = 0.05
"""Seconds by which ten decisions of a person always differ."""
SLACK = 2.0
"""Seconds that a computer's clock may be set while a batch is reviewed."""

Answers = Mapping[str, Mapping[str, Judgement]]
"""Reviewer -> pair -> judgement, of one batch."""


@dataclass(frozen=True)
class Attention:
    """How a reviewer did on a batch.

    Attributes:
        batch: Its name.
        reviewer: The reviewer's code.
        undecided: Pairs of the batch that the reviewer has not decided yet; while any of them is planted, nothing counts.
        counts: Whether what the reviewer says counts.
        planted: Planted pairs decided.
        right: Of these, how many rightly.
        seconds: Median time of a pair.
    """

    batch: str
    reviewer: str
    undecided: int
    counts: bool
    planted: int
    right: int
    seconds: float

    @property
    def sentence(self) -> str:
        """One line for people."""
        if not self.counts:
            return f"{self.reviewer} has {self.undecided} pairs left: nothing counts until all are decided"
        known = f"{self.right} of {self.planted} planted pairs right" if self.planted else "no planted pairs"
        return f"{self.reviewer}: {known}, median {self.seconds:.1f} s a pair"


def reading_seconds(shown: Sequence[Sides]) -> float:
    """The time that the median pair of a page takes to read and decide, in seconds, a tenth being the smallest part."""
    return round(median(_words(sides) / WORDS_A_SECOND + DECIDE for sides in shown), 1) if shown else 0.0


def _words(sides: Sides) -> int:
    """Words of both records, counting once what both have; context is for whoever wants it and does not count."""
    total = 0
    for line in sides.lines:
        left, right = ("".join(text for text, _ in pieces).split() for pieces in (line.left, line.right))
        total += len(left) + len(right) if line.state == "differ" else max(len(left), len(right))
    return total


def chance(wrong: int, pairs: int, rate: float) -> float:
    """The probability of at most ``wrong`` errors in so many pairs, each an error at this rate (binomial)."""
    return math.fsum(math.comb(pairs, k) * rate**k * (1 - rate) ** (pairs - k) for k in range(min(wrong, pairs) + 1))


def allowed(planted: int) -> int:
    """How many of so many planted pairs may be decided wrongly, see above."""
    return next(n for n in range(planted + 1) if 1 - chance(n, planted, MISSED) <= WRONGLY_REFUSED)


def look(batch: Batch, reviewer: str, said: Mapping[str, Judgement]) -> Attention:
    """How a reviewer did on a batch."""
    truth = batch.truth
    done = [pair for pair in truth if pair in said]
    return Attention(
        batch=batch.name,
        reviewer=reviewer,
        undecided=len(batch.ids) - len(said),
        counts=len(done) == len(truth),
        planted=len(done),
        right=sum(said[pair].decision == truth[pair] for pair in done),
        seconds=median(judgement.seconds for judgement in said.values()) if said else 0.0,
    )


def counted(batch: Batch, answers: Answers) -> dict[str, dict[str, Judgement]]:
    """What counts: the answers of reviewers who decided every planted pair, less those to planted pairs."""
    own = {pair.pair_id for pair in batch.pairs}
    return {
        reviewer: {pair: judgement for pair, judgement in said.items() if pair in own}
        for reviewer, said in answers.items()
        if look(batch, reviewer, said).counts
    }


def refuse_inattentive(folder: Path, given: Given, said: Mapping[str, Judgement]) -> None:
    """Refuse the file of a reviewer who cannot have read the pairs, or whom the planted pairs fooled.

    Args:
        folder: Folder of the industry's reviews; that planted pairs were failed is remembered there.
        given: The file.
        said: All that the reviewer has said on the batch, the file included.

    Raises:
        SafeError: ``E_REVIEW_TIMES``, ``E_REVIEW_FAST`` or ``E_REVIEW_PLANTED``.
    """
    if steward.was_refused(folder, given.batch.name, given.reviewer):
        raise _refusal("E_REVIEW_PLANTED", given, "failed the planted pairs of this batch before", _OTHER)
    if given.batch.reading_seconds:
        _refuse_times(given)
        _refuse_speed(given, list(said.values()))
    found = look(given.batch, given.reviewer, said)
    wrong, limit = found.planted - found.right, allowed(len(given.batch.truth))
    if wrong > limit:
        steward.remember_refusal(folder, given.batch.name, given.reviewer)
        what = f"decided {wrong} of {len(given.batch.truth)} planted pairs wrongly, {limit} are allowed"
        raise _refusal("E_REVIEW_PLANTED", given, what, _OTHER)


def _refuse_times(given: Given) -> None:
    """Refuse times that the page cannot have measured: it looks at one pair at a time."""
    for pair, judgement in given.judgements.items():
        if judgement.shown_at is None or judgement.decided_at is None:
            raise _line(given, pair, "has no time of showing and deciding")
        if judgement.seconds > (judgement.decided_at - judgement.shown_at).total_seconds() + SLACK:
            raise _line(given, pair, "took longer than from its showing to its decision")
    times = list(given.judgements.values())
    first = min(one.shown_at for one in times if one.shown_at is not None)
    last = max(one.decided_at for one in times if one.decided_at is not None)
    span = (last - first).total_seconds()
    total = math.fsum(one.seconds for one in times)
    if total > span + SLACK:
        what = f"gives {total:.0f} seconds to pairs, but the batch was open for {span:.0f}"
        raise _refusal("E_REVIEW_TIMES", given, what, "give the file as the page made it")


def _refuse_speed(given: Given, said: Sequence[Judgement]) -> None:
    floor = given.batch.reading_seconds
    middle = median(judgement.seconds for judgement in said)
    if middle < floor:
        what = f"took {middle:.1f} s for the median pair, and reading one takes {floor:.1f} s"
        raise _refusal("E_REVIEW_FAST", given, what, "have the batch read")
    # Every file of a timed batch has these times.
    ordered = sorted(said, key=lambda one: (str(one.decided_at), one.pair_id))
    for start in range(len(ordered) - RUN + 1):
        times = [judgement.seconds for judgement in ordered[start : start + RUN]]
        spread = max(times) - min(times)
        if spread <= NO_SPREAD or (max(times) < floor and spread <= TINY_SPREAD):
            what = f"took {min(times):.2f} to {max(times):.2f} s for each of {RUN} pairs in a row, as no reader does"
            raise _refusal("E_REVIEW_FAST", given, what, "have the batch read")


_OTHER = "give the batch to somebody else"


def _refusal(code: str, given: Given, what: str, remedy: str) -> SafeError:
    return SafeError(
        code,
        f"{given.file}: the reviewer of batch {given.batch.name} {what}: {remedy}. Nothing was imported.",
    )


def _line(given: Given, pair: str, what: str) -> SafeError:
    message = f"{given.file} line {given.lines[pair]} {what}: give the file as the page made it. Nothing was imported."
    return SafeError("E_REVIEW_TIMES", message)
