"""Study a book: bounds of all its counts, and programs over everything for those that must not be narrowed."""

from dataclasses import dataclass

import numpy as np

from credential_pipeline.enclave.outcome_release.attack.book import Book
from credential_pipeline.enclave.outcome_release.attack.judge import Solved, floors, judge, sensitive
from credential_pipeline.enclave.outcome_release.attack.rules import Reals, Rules
from credential_pipeline.enclave.outcome_release.attack.solve import System, narrow, system_of, widen
from credential_pipeline.engines.disclosure.attack_bounds import ContradictionError, Flags


@dataclass(frozen=True, eq=False)
class Studied:
    """What an attack on a book left.

    Attributes:
        solved: The intervals of its counts.
        system: The numbers behind them.
        start: What was known of each number before anything was worked out.
        tried: How many counts that must not be told were attacked.
        sound: False if the files contradict themselves, so that nothing can be proved.
    """

    solved: Solved
    system: System
    start: tuple[Reals, Reals]
    tried: int
    sound: bool


def study(
    book: Book,
    rules: Rules,
    *,
    programs: bool = True,
    known: dict[int, tuple[float, float]] | None = None,
    only: Flags | None = None,
) -> Studied:
    """Work out what a book tells.

    Args:
        book: The counts and equations.
        rules: What must hold.
        programs: Attack what must not be told by all equations together, too.
        known: Bounds of counts that this attacker holds besides the files.
        only: Counts to attack by programs, all that must not be told if None.
    """
    for ties in (True, False):
        system = system_of(book, ties=ties)
        start = _start(book, system, rules, known or {})
        try:
            low, high = narrow(system, *start)
            solved = Solved(book, low[system.place], high[system.place])
            target = sensitive(solved, rules) if only is None else sensitive(solved, rules) & only
            tried = len(np.unique(system.place[target]))
            if programs and not judge(solved, rules):
                # What is told by bounds alone is mended first: programs are for what remains.
                low, high = _pursue(solved, system, (low, high), rules, target)
                solved = Solved(book, low[system.place], high[system.place])
            return Studied(solved, system, start, tried, sound=True)
        except ContradictionError:
            continue
    low, high = system.low[system.place], system.high[system.place]
    return Studied(Solved(book, low, high), system, (system.low, system.high), 0, sound=False)


def _start(book: Book, system: System, rules: Rules, known: dict[int, tuple[float, float]]) -> tuple[Reals, Reals]:
    """What cells tell, what being hidden tells where it is true, and what this attacker knows besides."""
    low, high = system.low.copy(), system.high.copy()
    if rules.hidden_below:
        counts = book.counts
        hidden = ~counts["seen"].to_numpy(bool) & (counts["truth"] < rules.hidden_below).to_numpy(bool)
        as_n = np.zeros(len(counts), bool)
        as_n[book.sightings.loc[book.sightings["role"] == "n", "count"].to_numpy(int)] = True
        places = system.place[hidden & as_n]
        np.minimum.at(high, places, rules.hidden_below - 1)
    for count, (least, most) in known.items():
        spot = system.place[count]
        low[spot], high[spot] = max(low[spot], least), min(high[spot], most)
    return low, high


def _pursue(
    solved: Solved, system: System, bounds: tuple[Reals, Reals], rules: Rules, target: Flags
) -> tuple[Reals, Reals]:
    """Attack by programs what passing bounds has not yet told too precisely."""
    low, high = bounds
    floor = floors(solved.truth)
    open_still = target & (solved.high >= rules.reach) & ~(solved.low > floor)
    if not open_still.any():
        return low, high
    places = system.place[open_still]
    asked = np.full(len(low), np.inf)
    np.fmin.at(asked, places, floor[open_still])
    targets = np.unique(places)
    wanted = np.where(np.isinf(asked), np.nan, asked)[targets]
    return widen(system, (low, high), targets, rules.reach + rules.employer, wanted)
