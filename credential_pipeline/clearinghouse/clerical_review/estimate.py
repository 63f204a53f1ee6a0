"""Precision and recall among the pairs that were compared, from reviewed samples, with 95 % intervals.

Each stratum's share of matches is estimated by its sample and weighted by its size. Intervals combine the strata's exact
intervals by the method of variance estimates recovery (Zou and Donner 2008, doi:10.1002/sim.3095), for recall as a ratio of two
sums (Donner and Zou 2012, doi:10.1177/0962280210383082): deterministic, and honest where a stratum shows no error at all.
Pairs that stayed unsure or are not settled yet are left out of the point and counted against it at the low end, in its
favour at the high end. The figures hold for the linkage from which the newest sample was drawn, before the decisions
of that sample took effect; pairs that no blocking rule found are beyond any of this. Not here: the draw (sampling.py).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from credential_pipeline.clearinghouse.clerical_review.batches import SAMPLE, Batch
from credential_pipeline.clearinghouse.clerical_review.decisions import HOPS, MATCH, NO_MATCH, Decision
from credential_pipeline.clearinghouse.clerical_review.sampling import Stratum

TAIL = 0.025
"""What an interval of 95 % leaves out at either end."""
MIN_SETTLED = 0.8
"""Share of a batch that must be settled before it is used, an answer of unsure included."""


@dataclass(frozen=True)
class Estimated:
    """One row of the diagnostics."""

    metric: str
    dimension: str
    level: str
    value: float
    n: int


@dataclass(frozen=True)
class Reviewed:
    """What is known of a stratum.

    Attributes:
        pairs: Its undecided pairs when the newest sample was drawn.
        drawn: Of these, how many the newest sample holds.
        matches: Pairs found to match, in all samples that are pooled.
        others: Pairs found not to match.
        open: Pairs that stayed unsure or are not settled.
    """

    pairs: int
    drawn: int = 0
    matches: int = 0
    others: int = 0
    open: int = 0


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def exact_interval(matches: float, n: float) -> tuple[float, float]:
    """The exact 95 % interval of a share (Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404); the whole range if n is 0.

    Wilson's, which is narrower, misses a rare error too often: where one in a hundred links is wrong, a sample of
    twenty-five that happens to hold one would rule the truth out.
    """
    # Loaded here, because whoever reads decisions need not estimate anything.
    from scipy.special import betaincinv

    low = float(betaincinv(matches, n - matches + 1, TAIL)) if matches > 0 else 0.0
    high = float(betaincinv(matches + 1, n - matches, 1 - TAIL)) if matches < n else 1.0
    return low, high


def share(known: Reviewed, fallback: float) -> Interval:
    """The share of matches in a stratum.

    Args:
        known: The stratum.
        fallback: Share to assume where nothing of it was settled.
    """
    n = known.matches + known.others
    point = known.matches / n if n else fallback
    every = n + known.open
    low_share, high_share = (known.matches / every, (known.matches + known.open) / every) if every else (0.0, 1.0)
    rest = known.pairs - known.drawn
    if rest <= 0:
        return Interval(point, low_share, high_share)
    # The finite population: what was drawn is known and need not be guessed.
    effective = every * max(known.pairs - 1, 1) / rest
    low = exact_interval(low_share * effective, effective)[0]
    high = exact_interval(high_share * effective, effective)[1]
    return Interval(point, min(low, point), max(high, point))


def _sum(parts: Sequence[tuple[int, Interval]], known: int) -> Interval:
    value = known + math.fsum(n * part.value for n, part in parts)
    low = math.sqrt(math.fsum((n * (part.value - part.low)) ** 2 for n, part in parts))
    high = math.sqrt(math.fsum((n * (part.high - part.value)) ** 2 for n, part in parts))
    top = float(known + sum(n for n, _ in parts))
    return Interval(value, max(value - low, float(known)), min(value + high, top))


def _ratio(above: Interval, below: Interval) -> Interval:
    """``above / below`` of two independent sums."""
    point = above.value / below.value
    product = above.value * below.value

    def bound(top: float, bottom: float, sign: int) -> float:
        t, b = top * (2 * above.value - top), bottom * (2 * below.value - bottom)
        inner = product * product - t * b
        if b <= 0 or inner < 0:
            return top / bottom if bottom > 0 else math.inf
        return (product + sign * math.sqrt(inner)) / b

    low, high = bound(above.low, below.high, -1), bound(above.high, below.low, 1)
    return Interval(point, min(max(low, 0.0), point), max(high, point))


def precision_and_recall(
    strata: dict[Stratum, Reviewed], settled: Iterable[tuple[bool, str, int]]
) -> tuple[Interval | None, Interval | None]:
    """The two figures over some strata; None where there is nothing to divide by.

    Args:
        strata: What is known of each stratum.
        settled: Pairs that people had decided before: (linked, decision, number).
    """
    fallback = {flag: _pooled([r for s, r in strata.items() if s.linked is flag]) for flag in (True, False)}
    parts: dict[bool, list[tuple[int, Interval]]] = {True: [], False: []}
    for stratum, known in sorted(strata.items()):
        parts[stratum.linked].append((known.pairs, share(known, fallback[stratum.linked])))
    counted = {(linked, decision): 0 for linked in (True, False) for decision in (MATCH, NO_MATCH)}
    for linked, decision, n in settled:
        counted[linked, decision] += n
    links = sum(n for n, _ in parts[True]) + counted[True, MATCH] + counted[True, NO_MATCH]
    found, missed = _sum(parts[True], counted[True, MATCH]), _sum(parts[False], counted[False, MATCH])
    precision = Interval(found.value / links, found.low / links, found.high / links) if links else None
    if found.value <= 0:
        return precision, None
    ratio = _ratio(missed, found)
    return precision, Interval(1 / (1 + ratio.value), 1 / (1 + ratio.high), 1 / (1 + ratio.low))


def _pooled(known: Sequence[Reviewed]) -> float:
    n = sum(entry.matches + entry.others for entry in known)
    return sum(entry.matches for entry in known) / n if n else 0.5


def figures(batches: Sequence[Batch], decisions: Sequence[Decision]) -> list[Estimated]:
    """The rows of the diagnostics that reviewed samples give; none until a sample is settled far enough.

    The newest sample that is settled far enough says how large strata are; earlier ones that were drawn under the same model
    and thresholds add their pairs to it.

    Args:
        batches: All batches of the industry.
        decisions: All settled decisions.
    """
    answers = {(decision.batch, decision.pair_id): decision.decision for decision in decisions}
    usable = [batch for batch in batches if batch.kind == SAMPLE and _settled(batch, answers)]
    if not usable:
        return []
    newest = max(usable, key=lambda batch: batch.number)
    pooled = [batch for batch in usable if batch.frame == newest.frame]
    strata = {size.stratum: _known(size.stratum, size.pairs, newest, pooled, answers) for size in newest.population}
    made = []
    for dimension, level, hops in (("all", "all", HOPS), *(("hop", hop, (hop,)) for hop in HOPS)):
        chosen = {stratum: known for stratum, known in strata.items() if stratum.hop in hops}
        settled = [(s.linked, s.decision, s.pairs) for s in newest.settled if s.hop in hops]
        n = sum(known.matches + known.others for known in chosen.values())
        if not n:
            continue
        precision, recall = precision_and_recall(chosen, settled)
        for name, found in (("est_precision", precision), ("est_recall", recall)):
            if found is not None:
                for suffix, value in (("", found.value), ("_low", found.low), ("_high", found.high)):
                    made.append(Estimated(f"{name}{suffix}", dimension, level, round(value, 6), n))
        unsure = sum(known.open for known in chosen.values())
        made.append(Estimated("est_open_pairs", dimension, level, float(unsure), unsure))
    return made


def _settled(batch: Batch, answers: dict[tuple[str, str], str]) -> bool:
    there = sum((batch.name, pair.pair_id) in answers for pair in batch.pairs)
    return bool(batch.pairs) and there >= MIN_SETTLED * len(batch.pairs)


def _known(
    stratum: Stratum, pairs: int, newest: Batch, pooled: Sequence[Batch], answers: dict[tuple[str, str], str]
) -> Reviewed:
    drawn = sum(pair.stratum == stratum.name for pair in newest.pairs)
    # A stratum that was drawn whole is known; earlier samples say nothing more about it.
    used = [newest] if drawn >= pairs else pooled
    given = [answers.get((b.name, pair.pair_id)) for b in used for pair in b.pairs if pair.stratum == stratum.name]
    matches, others = given.count(MATCH), given.count(NO_MATCH)
    return Reviewed(pairs, drawn, matches, others, len(given) - matches - others)
