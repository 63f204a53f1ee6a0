"""Say which counts are told too precisely: by the promise where the true count is known, else by what the interval says.

The promise for a count v of people, 0 < v < small: whoever holds everything public can neither show that it is small (the
interval reaches ``reach``) nor come near from below (it goes down to v less half of v, rounded up).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from credential_pipeline.enclave.outcome_release.attack.book import Book
from credential_pipeline.enclave.outcome_release.attack.rules import Reals, Rules

Flags = NDArray[np.bool_]


@dataclass(frozen=True, order=True)
class Finding:
    """Something that the files tell and should not; names a cell, no person.

    Attributes:
        kind: ``shown`` (a small number is printed), ``exact``, ``below`` (provably small), ``narrow`` (interval too
            short), ``group`` (all of a group share the outcome), ``difference`` (a change by a few, between releases,
            industries or years), ``amount`` (wages of one learner, or hidden ones, within a few percent), ``contradiction`` (the files do not add up, so nothing can be proved).
        cell_id: A cell in which the count stands.
        role: n, part (the numerator) or rest (n less the numerator).
        low: Least possible count.
        high: Largest possible count, as far as it was followed.
        against: Who can tell, and with what.
    """

    kind: str
    cell_id: str
    role: str
    low: float
    high: float
    against: str = "a reader"


@dataclass(frozen=True, eq=False)
class Solved:
    """A book with what can be worked out from it.

    Attributes:
        book: The counts.
        low: Bounds, one entry a count.
        high: Bounds, one entry a count.
    """

    book: Book
    low: Reals
    high: Reals

    @property
    def truth(self) -> Reals:
        """The true counts, not a number where the judge does not know them."""
        return self.book.counts["truth"].to_numpy(float)

    @property
    def seen(self) -> Flags:
        """Of which counts a number is printed."""
        return self.book.counts["seen"].to_numpy(bool)


def sensitive(solved: Solved, rules: Rules) -> Flags:
    """Which counts must not be told: the small ones, or all that could be small where the truth is not known."""
    truth = solved.truth
    small = (truth > 0) & (truth < rules.small)
    return np.where(np.isnan(truth), (solved.low < rules.small) & ~solved.seen, small).astype(bool)


def floors(truth: Reals) -> Reals:
    """How low the interval of each count must go; not a number where the truth is not known."""
    return np.floor(truth / 2)


def judge(solved: Solved, rules: Rules, against: str = "a reader", *, only: Flags | None = None) -> list[Finding]:
    """Return what is told too precisely.

    Args:
        solved: The counts and their intervals.
        rules: What must hold.
        against: Who attacked.
        only: Counts to look at, all if None.
    """
    chosen = np.ones(len(solved.low), bool) if only is None else only
    kinds = _kinds(solved, rules)
    names = solved.book.first_names
    return [
        Finding(kind, *names[place], float(solved.low[place]), float(solved.high[place]), against)
        for kind, flags in kinds
        for place in np.flatnonzero(flags & chosen).tolist()
        if place in names
    ]


def _kinds(solved: Solved, rules: Rules) -> list[tuple[str, Flags]]:
    low, high, truth, seen = solved.low, solved.high, solved.truth, solved.seen
    unknown, small = np.isnan(truth), sensitive(solved, rules)
    # What is left over may be told to be nobody or a few, where nobody is possible.
    proved = (high < rules.reach) & ~(_leftover(solved.book) & (low <= 0))
    deep = low <= np.where(unknown, np.inf, floors(truth))
    kept = ~proved & deep
    short = np.where(unknown, (low > 0) & (high - low < rules.spread) & ~proved, ~kept & ~proved)
    alone = solved.book.counts.index.isin([part for _, part in solved.book.wholes])
    lone_zero = _groups(solved, rules) & (unknown | (truth == 0))
    printed = seen & proved & np.where(unknown, (high > 0) | alone, small)
    return [
        ("shown", printed | (seen & small & ~unknown & ~kept)),
        ("group", lone_zero & ~(unknown & seen)),
        ("exact", ~seen & small & (low == high) & (high > 0)),
        ("below", ~seen & small & proved & (low < high)),
        ("narrow", ~seen & small & short & (low < high)),
    ]


def _leftover(book: Book) -> Flags:
    """Which counts are of people in none of the categories with cells."""
    flags = np.zeros(len(book.counts), bool)
    flags[sorted(book.leftover)] = True
    return flags


def _groups(solved: Solved, rules: Rules) -> Flags:
    """Counts of nobody that tell about everyone of a group: hidden ones worked out, printed ones that are surely few."""
    zero = np.where(solved.seen, solved.high < rules.reach, solved.high == 0)
    out = np.zeros(len(zero), bool)
    for total, part in solved.book.wholes:
        out[part] |= bool(zero[part] and solved.low[total] > 0)
    return out


def employers(solved: Solved, rules: Rules) -> list[Finding]:
    """What an employer can tell who takes those out of a hidden count whom it knows, and knows how many are left at most."""
    truth = np.nan_to_num(solved.truth)
    known = np.minimum(rules.employer, np.maximum(truth - 1, 0))
    narrowed = sensitive(solved, rules) & ~solved.seen & (truth > 0) & ~_leftover(solved.book)
    flags = narrowed & (solved.high - known < rules.reach) & (solved.high >= rules.reach)
    names = solved.book.first_names
    return [
        Finding("narrow", *names[place], 0.0, float(solved.high[place] - known[place]), "an employer")
        for place in np.flatnonzero(flags).tolist()
        if place in names
    ]


def strip_names(book: Book) -> dict[int, tuple[str, str]]:
    """Return a band of the attacked file for each strip between the ends of bands."""
    names = book.first_names
    owners: dict[int, tuple[str, str]] = {}
    for total, parts in book.sums:
        for part in parts:
            if part in book.strips and total in names:
                owners.setdefault(part, names[total])
    return owners
