"""Which cells to hide (or round up) so that a finding ends: as few as are found by looking at what causes it.

What is local is tried locally: the shares that pin a total, the members of an equation that bounds a hidden count. Whoever
hides them attacks again.
"""

from dataclasses import dataclass

import numpy as np

from credential_pipeline.enclave.outcome_release.attack.book import Book
from credential_pipeline.enclave.outcome_release.attack.changes import pinned
from credential_pipeline.enclave.outcome_release.attack.judge import Finding, Solved, floors
from credential_pipeline.enclave.outcome_release.attack.rules import Reals, Rules
from credential_pipeline.enclave.outcome_release.attack.solve import bind
from credential_pipeline.enclave.outcome_release.attack.study import Studied
from credential_pipeline.engines.disclosure.attack_bounds import ContradictionError
from credential_pipeline.engines.disclosure.attack_whole import Shares, enumerate_totals

_STEPS = 6
"""How many cells are taken out for one end of one interval before it is attacked again."""


@dataclass(frozen=True, eq=False)
class Cells:
    """The shown cells of the attacked file, by the number that they tell of.

    Attributes:
        shows: Number to the cells that tell of it, in the role n, part or rest.
        totals: Number to the shares of which it is the total.
        cells: The cell of each shown share, empty for those of another file.
        low: What the column n and values that are counts tell of each number.
        high: The same.
    """

    shows: dict[int, tuple[str, ...]]
    totals: dict[int, tuple[str, ...]]
    cells: tuple[str, ...]
    low: Reals
    high: Reals


def shown_cells(book: Book, studied: Studied) -> Cells:
    """Sort the shown cells of the attacked file by the numbers that they tell of."""
    system = studied.system
    seen = book.sightings[(book.sightings["file"] == 0) & book.sightings["seen"].astype(bool)]
    place = system.place[seen["count"].to_numpy(int)]
    low, high = np.zeros(len(system.low)), np.full(len(system.low), np.inf)
    all_seen = book.sightings[book.sightings["seen"].astype(bool) & book.sightings["printed"].notna()]
    spots = system.place[all_seen["count"].to_numpy(int)]
    np.maximum.at(low, spots, all_seen["low"].to_numpy(float))
    np.minimum.at(high, spots, all_seen["high"].to_numpy(float))
    shares = book.shares[book.shares["share"].notna()]
    names = tuple(str(cell) if file == 0 else "" for cell, file in zip(shares["cell_id"], shares["file"], strict=True))
    return Cells(
        _grouped(place, seen["cell_id"].tolist()),
        _grouped(system.shares.total, list(names)),
        names,
        low,
        high,
    )


def _grouped(places: np.ndarray, cells: list[str]) -> dict[int, tuple[str, ...]]:
    out: dict[int, set[str]] = {}
    for place, cell in zip(places.tolist(), cells, strict=True):
        if cell:
            out.setdefault(place, set()).add(cell)
    return {place: tuple(sorted(names)) for place, names in out.items()}


def mend_difference(
    studied: Studied, cells: Cells, place: int, then: tuple[float, float], true: float, rules: Rules
) -> tuple[str, ...]:
    """Cells without which a number no longer differs by a few from what it was.

    Args:
        studied: The attacked file.
        cells: Its shown cells.
        place: The number.
        then: Its interval in the other file.
        true: The true difference, not a number where it is not known.
        rules: What must hold.
    """
    mine = np.flatnonzero((studied.system.shares.total == place) & (np.array(cells.cells) != ""))
    group = np.array([True])

    def fine(kept: list[int]) -> bool:
        low, high = _interval(studied.system.shares, kept, cells, place)
        return not pinned(np.array([low - then[1]]), np.array([high - then[0]]), np.array([true]), rules, groups=group)[
            0
        ]

    if place not in cells.shows:
        return _hidden_difference(studied, cells, place, then)
    if not fine([]):
        return cells.shows[place]
    kept: list[int] = []
    hidden: list[int] = []
    for row in mine.tolist():
        (kept if fine([*kept, row]) else hidden).append(row)
    found = {cells.cells[row] for row in hidden}
    # It was no share of its own that told: then it is one of which it is the part.
    others = set(cells.shows[place]) - set(cells.totals.get(place, ()))
    return tuple(sorted(found or others or cells.shows[place]))


def _hidden_difference(studied: Studied, cells: Cells, place: int, then: tuple[float, float]) -> tuple[str, ...]:
    """The same of a number that no shown cell tells of: what bounds it from the side on which it has changed."""
    low, _ = _of_numbers(studied)
    wanted = (then[1], -np.inf) if low[place] > then[1] else (np.inf, then[0])
    found = _equations(studied, cells, place, wanted) or _programs(studied, cells, place, wanted)
    return tuple(sorted(found or nearest(studied, cells, place)))


def _interval(shares: Shares, kept: list[int], cells: Cells, place: int) -> tuple[float, float]:
    """What the printed n and some of its shares leave of a total."""
    low, high = float(cells.low[place]), float(cells.high[place])
    if not kept or not np.isfinite(high):
        return low, high
    chosen = shares.only(np.isin(np.arange(len(shares.total)), kept))
    try:
        least, most = enumerate_totals(chosen, cells.low, cells.high)
    except ContradictionError:
        return low, high
    return float(least[place]), float(most[place])


def mend_narrow(studied: Studied, cells: Cells, place: int, rules: Rules) -> tuple[str, ...]:
    """Cells without which a hidden number is no longer bounded too well.

    First one member of every equation that alone bounds it; if none does, what binds the program over all equations; and if
    that is wide enough, it was whole numbers that told, and the shares of its total go.
    """
    truth = np.full(len(studied.system.low), np.nan)
    truth[studied.system.place] = studied.solved.truth
    floor = float(np.nan_to_num(floors(truth[[place]])[0]))
    wanted = floor, float(rules.reach + rules.employer)
    if place in set(studied.system.place[sorted(studied.solved.book.leftover)].tolist()):
        wanted = 0.0, -np.inf
    found = _equations(studied, cells, place, wanted) or _programs(studied, cells, place, wanted)
    if not found:
        threes = studied.system.threes[(studied.system.threes[:, 1:] == place).any(axis=1)]
        found = {cell for total in threes[:, 0].tolist() for cell in cells.totals.get(total, ())}
    return tuple(sorted(found or nearest(studied, cells, place)))


def nearest(studied: Studied, cells: Cells, place: int) -> set[str]:
    """The cheapest of what is still shown nearest to a number: in one equation with it, or with its neighbors."""
    near = np.zeros(len(studied.system.low), bool)
    near[place] = True
    touched = abs(studied.system.rows)
    while True:
        rivals = sorted(
            (len(cells.shows[m]), cells.shows[m]) for m in np.flatnonzero(near).tolist() if m in cells.shows
        )
        wider = np.asarray(touched.T @ (touched @ near)) > 0
        if rivals or (wider == near).all():
            return set(rivals[0][1]) if rivals else set()
        near = wider


def _equations(studied: Studied, cells: Cells, place: int, wanted: tuple[float, float]) -> set[str]:
    """The cells of one member of every equation that alone bounds a number too well."""
    system = studied.system
    low, high = _of_numbers(studied)
    columns = system.rows.tocsc()
    found: set[str] = set()
    for line in columns.indices[columns.indptr[place] : columns.indptr[place + 1]].tolist():
        span = slice(system.rows.indptr[line], system.rows.indptr[line + 1])
        members, factors = system.rows.indices[span], system.rows.data[span]
        if (members >= system.size).any():
            continue
        mine = members == place
        least, most = _implied(low, high, members, factors, mine)
        if least <= wanted[0] and most >= wanted[1]:
            continue
        rivals = [(len(cells.shows[m]), high[m], m) for m in members[~mine].tolist() if m in cells.shows]
        if rivals:
            found |= set(cells.shows[min(rivals)[2]])
    return found


def _programs(studied: Studied, cells: Cells, place: int, wanted: tuple[float, float]) -> set[str]:
    """The cells that bind a program over all equations, the cheapest first, until the number is free."""
    system = studied.system
    low, high = studied.start[0].copy(), studied.start[1].copy()
    found: set[str] = set()
    shares = len(cells.cells)
    for upward in (True, False):
        for _ in range(_STEPS):
            reached, binding = bind(system, low, high, place, upward=upward)
            if (reached >= wanted[1]) if upward else (reached <= wanted[0]):
                break
            rivals = [
                (cells.cells[(spot - system.size) % shares],) if spot >= system.size else cells.shows.get(spot, ())
                for spot in binding
            ]
            options = sorted(
                (len(option), option) for option in rivals if option and option != ("",) and not found >= set(option)
            )
            if not options:
                break
            found |= set(options[0][1])
            freed = np.array([cell in found for cell in cells.cells])
            low[system.size :][np.tile(freed, 2)] = -np.inf
            for spot, names in cells.shows.items():
                if found >= set(names):
                    low[spot], high[spot] = 0.0, np.inf
    return found


def _of_numbers(studied: Studied) -> tuple[Reals, Reals]:
    low, high = np.zeros(len(studied.system.low)), np.full(len(studied.system.low), np.inf)
    low[studied.system.place], high[studied.system.place] = studied.solved.low, studied.solved.high
    return low, high


def _implied(low: Reals, high: Reals, members: np.ndarray, factors: Reals, mine: np.ndarray) -> tuple[float, float]:
    """What one equation says of one of its members."""
    others, sign = members[~mine], -factors[~mine] / factors[mine][0]
    least = np.where(sign > 0, sign * low[others], sign * high[others]).sum()
    most = np.where(sign > 0, sign * high[others], sign * low[others]).sum()
    return float(least), float(most)


def solved_place(solved: Solved, studied: Studied, finding: Finding) -> int:
    """The number that a finding is about."""
    sights = solved.book.sightings
    line = sights[(sights["file"] == 0) & (sights["cell_id"] == finding.cell_id) & (sights["role"] == finding.role)]
    return int(studied.system.place[int(line["count"].iloc[0])])
