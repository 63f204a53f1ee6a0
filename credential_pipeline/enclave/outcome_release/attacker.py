"""An attacker on releases of exact numbers: rebuilds the counts, bounds what is hidden, reports what is not hidden well.

Independent on purpose: it knows the public columns, the methods and the threshold, and nothing of the protector. A
finding is a count that a reader can show to be below the threshold without being nobody, or narrow down too far.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from credential_pipeline.enclave.outcome_release.attack.cells import KEY, read_cells
from credential_pipeline.enclave.outcome_release.attack_cells import Puzzlebook, write_down
from credential_pipeline.engines.disclosure.attack_bounds import ContradictionError, Puzzle, bound


@dataclass(frozen=True, order=True)
class Finding:
    """Something that the files tell and should not; names a cell, no person.

    Attributes:
        kind: ``shown`` (a number below the threshold is printed), ``exact``, ``below`` (provably under the threshold),
            ``narrow`` (interval too short), ``group`` (all of a group share the outcome), ``difference`` (between two
            releases), ``contradiction`` (the files do not add up, so nothing can be proved).
        cell_id: A cell in which the count stands.
        role: n, part (the numerator) or rest (n less the numerator).
        low: Least possible count.
        high: Largest possible count, as far as it was followed.
    """

    kind: str
    cell_id: str
    role: str
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Attack:
    """All that the attacker found.

    Attributes:
        counts: One row per count behind the cells: its key, low, high, seen.
        sightings: cell_id, role, count (row of ``counts``).
        findings: In the order of kind and cell.
    """

    counts: pd.DataFrame
    sightings: pd.DataFrame
    findings: tuple[Finding, ...]


def attack(
    current: Path,
    earlier: list[Path] | None = None,
    *,
    min_learners: int = 10,
    asked: pd.DataFrame | None = None,
) -> Attack:
    """Attack a public ``outcomes.csv``.

    Args:
        current: The file to attack.
        earlier: Public files of earlier releases. Those that tell of the same data join the equations; from others the
            open differences are taken.
        min_learners: The published threshold.
        asked: cell_id, role, floor: counts for which it is asked whether they could be as low as ``floor``.
    """
    cells = read_cells(current)
    older = [read_cells(path) for path in earlier or []]
    same = [frame for frame in older if _same_content(cells, frame)]
    book = write_down(pd.concat([cells, *same], ignore_index=True), min_learners)
    findings: list[Finding] = []
    for frame in older:
        if not any(frame is one for one in same):
            findings += _differences(cells, frame, min_learners)
    floor = _floors(book, asked)
    contradiction = [Finding("contradiction", "", "", 0.0, 0.0)]
    try:
        low, high = _solve(book, book.guesses, min_learners, floor)
    except ContradictionError:
        try:
            low, high = _solve(book, [], min_learners, floor)
        except ContradictionError:
            printed = [f for f in _judge(book.counts, book, min_learners) if f.kind == "shown"]
            return Attack(book.counts, book.sightings, tuple(sorted([*findings, *printed, *contradiction])))
    counts = book.counts.assign(low=np.ceil(low - 1e-4), high=np.floor(high + 1e-4))
    findings += _judge(counts, book, min_learners)
    return Attack(counts, book.sightings, tuple(sorted(findings)))


def _solve(
    book: Puzzlebook, guesses: list[tuple[int, int]], min_learners: int, floor: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Bound all counts that are not shown."""
    lines = [*book.equations, *((a, [b]) for a, b in guesses)]
    row = [number for number, (_, parts) in enumerate(lines) for _ in range(1 + len(parts))]
    column = [place for total, parts in lines for place in (total, *parts)]
    entry = [sign for _, parts in lines for sign in (1.0, *[-1.0] * len(parts))]
    rows = csr_matrix((entry, (row, column)), shape=(len(lines), len(book.counts)))
    low, high = book.counts["low"].to_numpy(float), book.counts["high"].to_numpy(float)
    if (low > high).any():
        raise ContradictionError
    puzzle = Puzzle(rows, np.zeros(len(lines)), low, high)
    return bound(puzzle, ~book.counts["seen"].to_numpy(bool), min_learners, floor)


def _floors(book: Puzzlebook, asked: pd.DataFrame | None) -> np.ndarray:
    """Return the floor that is asked for each count, not a number where none is."""
    floor = np.full(len(book.counts), np.nan)
    if asked is not None:
        least = book.sightings.merge(asked, on=["cell_id", "role"]).groupby("count")["floor"].min()
        floor[least.index.to_numpy()] = least.to_numpy(float)
    return floor


def _judge(counts: pd.DataFrame, book: Puzzlebook, min_learners: int) -> list[Finding]:
    """Name the counts that are shown or can be shown to be small."""
    low, high, seen = (counts[name].to_numpy() for name in ("low", "high", "seen"))
    seen = seen.astype(bool)
    whole = np.zeros(len(counts), bool)
    for total, part in book.wholes:
        whole[part] |= bool(low[total] >= min_learners)
    kinds = [
        ("shown", seen & (high < min_learners)),
        ("group", ~seen & (high == 0) & whole),
        ("exact", ~seen & (high == low) & (high > 0) & (high < min_learners)),
        ("below", ~seen & (high > low) & (high < min_learners)),
        ("narrow", ~seen & (low < min_learners) & (high >= min_learners) & (high - low < min_learners // 2 + 1)),
    ]
    names = _first_names(book)
    return [
        Finding(kind, *names[int(place)], float(low[place]), float(high[place]))
        for kind, flags in kinds
        for place in np.flatnonzero(flags)
    ]


def _common(cells: pd.DataFrame, older: pd.DataFrame) -> pd.DataFrame:
    """Join the cells that both files show."""
    shown = [frame.loc[frame["status"] == 1, ["cell_id", "n", "value"]] for frame in (cells, older)]
    return shown[0].merge(shown[1], on="cell_id", suffixes=("", "_older"))


def _same_content(cells: pd.DataFrame, older: pd.DataFrame) -> bool:
    """Tell whether two files are about the same data: whatever both show is equal."""
    both = _common(cells, older)
    equal = (both["n"] == both["n_older"]) & np.isclose(both["value"], both["value_older"])
    return bool(len(both) and equal.all())


def _differences(cells: pd.DataFrame, older: pd.DataFrame, min_learners: int) -> list[Finding]:
    """Subtract what both files show: a few learners more or less are a small group of their own."""
    books = [write_down(frame, min_learners) for frame in (cells, older)]
    known = [book.counts[book.counts["low"] == book.counts["high"]] for book in books]
    both = known[0].reset_index().merge(known[1][[*KEY, "low"]], on=KEY, suffixes=("", "_older"))
    change = (both["low"] - both["low_older"]).abs()
    small = both.assign(change=change)[(change > 0) & (change < min_learners)]
    names = _first_names(books[0])
    return [
        Finding("difference", *names[int(place)], float(much), float(much))
        for place, much in zip(small["count"], small["change"], strict=True)
    ]


def _first_names(book: Puzzlebook) -> dict[int, tuple[str, str]]:
    """Return one (cell_id, role) for each count."""
    first = book.sightings.sort_values(["count", "cell_id", "role"]).drop_duplicates("count")
    return {int(c): (str(i), str(r)) for c, i, r in zip(first["count"], first["cell_id"], first["role"], strict=True)}
