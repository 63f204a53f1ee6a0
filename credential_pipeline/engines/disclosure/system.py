"""The one linear system of a release: every count is a variable, everything that adds up is a row.

All tables of a release share this system, so a count that stands in several cells is one variable and no table is
protected without the others. Changes of counts live in the null space of ``rows``: ``rows @ change == 0``.

Not here: which counts are sensitive (primary.py) and what is hidden for their sake (protect.py).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from credential_pipeline.engines.disclosure.axes import Axes
from credential_pipeline.engines.disclosure.ties import tied_pairs
from credential_pipeline.foundation.errors import SafeError

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class System:
    """Counts and the rows that bind them; all arrays have one entry per variable, in the order of ``ids``.

    Attributes:
        ids: Name of each variable: a ``count_id``, or ``<n>|less|<numerator>`` for a complement that is no count itself.
        value: The count.
        learners: Distinct persons behind the count.
        structural: True where the whole group is empty at that time: nobody is there whatever the outcome.
        whole: True for a part whose being 0 speaks about a whole group (all of them are the other part).
        total: Position of the total that such a part belongs to, else -1.
        weight: Number of outcome cells that are lost when the count is hidden.
        family: Equal for the same quantity of the same group at several times.
        rows: Sparse matrix (equations, variables): +1 the total, -1 each part.
        complement: (numerator's total, numerator) -> position of the rest.
    """

    ids: tuple[str, ...]
    value: Ints
    learners: Ints
    structural: Flags
    whole: Flags
    total: Ints
    weight: Ints
    family: Ints
    rows: csr_matrix
    complement: dict[tuple[int, int], int]

    @property
    def position(self) -> dict[str, int]:
        """Position of each variable by its name."""
        return {name: place for place, name in enumerate(self.ids)}


def build_system(
    counts: pd.DataFrame, equations: pd.DataFrame, cells: pd.DataFrame, min_learners: int, axes: Axes
) -> System:
    """Build the system from frames.

    Args:
        counts: count_id, value, learners and the columns of the axes.
        equations: equation_id, total_count_id, part_count_id.
        cells: n_count_id, numerator_count_id (may be NULL), measure, cells (how many outcome cells use the two).
        min_learners: Smallest number of learners that may be shown; ties are looked for among larger counts.
        axes: Which columns of the counts say whom, what and when.

    Raises:
        SafeError: ``E_COUNTS`` for a missing, negative or repeated count, ``E_EQUATIONS`` for an unknown count or a
            total that is not the sum of its parts.
    """
    counts = counts.sort_values("count_id", ignore_index=True)
    _check_counts(counts)
    place = pd.Series(np.arange(len(counts)), index=counts["count_id"])
    value = counts["value"].to_numpy(np.int64)
    learners = counts["learners"].to_numpy(np.int64)
    lines = _lines(equations, place)
    _check_sums(lines, value)

    total_of_part = {(total, part): parts for total, parts in lines for part in parts}
    shares = _share_pairs(cells, place, set(total_of_part))
    two_way = _two_way(total_of_part)
    names, lines, complement = _with_rests(list(counts["count_id"]), lines, shares, two_way)
    rests = [pair for pair, rest in complement.items() if rest >= len(value)]
    value = np.concatenate([value, [value[n] - value[part] for n, part in rests]]).astype(np.int64)
    learners = np.concatenate([learners, value[len(learners) :]])
    if (value < 0).any():
        raise SafeError("E_EQUATIONS", "the numerator of a share is larger than its n; correct the counts")

    whole, total = _whole_groups(len(names), complement, two_way)
    ties = tied_pairs(counts, axes, min_learners)
    return System(
        ids=tuple(names),
        value=value,
        learners=learners,
        structural=np.concatenate([_structural(counts, axes), np.zeros(len(rests), bool)]),
        whole=whole,
        total=total,
        weight=_weights(len(names), cells, place, complement),
        family=_families(counts, rests, axes),
        rows=_matrix(lines, ties, len(names)),
        complement=complement,
    )


def _two_way(total_of_part: dict[tuple[int, int], list[int]]) -> dict[tuple[int, int], int]:
    """The other part, where a total has two."""
    return {
        (total, part): parts[1 - parts.index(part)]
        for (total, part), parts in total_of_part.items()
        if len(parts) == 2  # noqa: PLR2004
    }


def _with_rests(
    names: list[str],
    lines: list[tuple[int, list[int]]],
    shares: list[tuple[int, int]],
    two_way: dict[tuple[int, int], int],
) -> tuple[list[str], list[tuple[int, list[int]]], dict[tuple[int, int], int]]:
    """Add a variable and a row for the rest of every share whose rest is no count itself; tell where each rest is."""
    named, rows, complement = list(names), list(lines), {}
    for n, numerator in shares:
        rest = two_way.get((n, numerator))
        if rest is None:
            rest = len(named)
            named.append(f"{names[n]}|less|{names[numerator]}")
            rows.append((n, [numerator, rest]))
        complement[n, numerator] = rest
    return named, rows, complement


def _check_counts(counts: pd.DataFrame) -> None:
    """Refuse what cannot be a count of people."""
    numbers = counts[["value", "learners"]]
    if counts["count_id"].isna().any() or counts["count_id"].duplicated().any():
        raise SafeError("E_COUNTS", "counts: count_id is missing or repeated; make it a key")
    if numbers.isna().any(axis=None) or (numbers < 0).any(axis=None):
        raise SafeError("E_COUNTS", "counts: value and learners must be whole numbers from 0; correct them")


def _lines(equations: pd.DataFrame, place: "pd.Series[int]") -> list[tuple[int, list[int]]]:
    """Return (total, parts) per equation, each part once, in the order of the names."""
    used = equations.drop_duplicates().sort_values(["equation_id", "total_count_id", "part_count_id"])
    known = used["total_count_id"].isin(place.index) & used["part_count_id"].isin(place.index)
    if not known.all():
        raise SafeError("E_EQUATIONS", "an equation names a count that does not exist; add it")
    totals, parts = place[used["total_count_id"]].tolist(), place[used["part_count_id"]].tolist()
    lines: dict[tuple[str, int], list[int]] = {}
    for name, total, part in zip(used["equation_id"], totals, parts, strict=True):
        lines.setdefault((str(name), int(total)), []).append(int(part))
    return [(total, members) for (_, total), members in lines.items()]


def _check_sums(lines: list[tuple[int, list[int]]], value: Ints) -> None:
    """Refuse a total that is not the sum of its parts: the attacker could not be bounded."""
    wrong = sum(int(value[total]) != int(value[parts].sum()) for total, parts in lines)
    if wrong:
        raise SafeError("E_EQUATIONS", f"{wrong} totals are not the sum of their parts; correct the equations")


def _share_pairs(cells: pd.DataFrame, place: "pd.Series[int]", bound: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return (n, numerator) of the cells whose numerator is a part of n, so that n - numerator is known as well."""
    pairs = cells.dropna(subset=["n_count_id", "numerator_count_id"])
    used = pd.concat([cells["n_count_id"].dropna(), pairs["numerator_count_id"]])
    if not used.isin(place.index).all():
        raise SafeError("E_EQUATIONS", "a cell names a count that does not exist; add it")
    named = pairs["measure"].str.endswith(("_share", "_rate")).tolist()
    ends = zip(place[pairs["n_count_id"]].tolist(), place[pairs["numerator_count_id"]].tolist(), named, strict=True)
    return sorted({(int(n), int(part)) for n, part, share in ends if n != part and (share or (n, part) in bound)})


def _whole_groups(
    size: int, complement: dict[tuple[int, int], int], two_way: dict[tuple[int, int], int]
) -> tuple[Flags, Ints]:
    """Mark the parts whose 0 speaks about everyone of the total: both of a two-way split, the rest of any other."""
    whole, total = np.zeros(size, bool), np.full(size, -1, np.int64)
    for (n, numerator), rest in sorted(complement.items()):
        marked = (numerator, rest) if (n, numerator) in two_way else (rest,)
        for part in marked:
            whole[part], total[part] = True, n
    return whole, total


def _structural(counts: pd.DataFrame, axes: Axes) -> Flags:
    """Return where a group is empty at a horizon in every respect: a change there would need people of a new kind."""
    largest = counts.groupby([*axes.who, axes.when], dropna=False, sort=False)["value"].transform("max")
    return (largest == 0).to_numpy(bool)


def _families(counts: pd.DataFrame, rests: list[tuple[int, int]], axes: Axes) -> Ints:
    """Number the groups of counts that differ in the time only."""
    family = counts.groupby([*axes.what, *axes.who], dropna=False, sort=True).ngroup().to_numpy(np.int64)
    pairs = pd.DataFrame([(family[n], family[part]) for n, part in rests], columns=["n", "part"])
    more = pairs.groupby(["n", "part"], sort=True).ngroup().to_numpy(np.int64)
    return np.concatenate([family, more + len(counts)])


def _weights(size: int, cells: pd.DataFrame, place: "pd.Series[int]", complement: dict[tuple[int, int], int]) -> Ints:
    """Count the outcome cells that each variable carries as n, numerator or rest."""
    weight = np.zeros(size, np.int64)
    kept = cells.dropna(subset=["n_count_id"])
    for n_id, part_id, number in zip(kept["n_count_id"], kept["numerator_count_id"], kept["cells"], strict=True):
        n = int(place[n_id])
        weight[n] += int(number)
        if not pd.isna(part_id):
            part = int(place[part_id])
            weight[part] += int(number)
            if (n, part) in complement:
                weight[complement[n, part]] += int(number)
    return weight


def _matrix(lines: list[tuple[int, list[int]]], ties: list[tuple[int, int]], size: int) -> csr_matrix:
    """Return the rows, one per distinct line; a tie is a line with one part."""
    distinct = sorted({(total, tuple(sorted(parts))) for total, parts in [*lines, *((a, [b]) for a, b in ties)]})
    row = [number for number, (_, parts) in enumerate(distinct) for _ in range(1 + len(parts))]
    column = [place for total, parts in distinct for place in (total, *parts)]
    entry = [sign for _, parts in distinct for sign in (1.0, *[-1.0] * len(parts))]
    return csr_matrix((entry, (row, column)), shape=(len(distinct), size))
