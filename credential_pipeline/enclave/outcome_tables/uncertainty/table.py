"""From rows of a relation to numbers in memory, and from bands back to a relation that cells are joined to.

Not here: arithmetic.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from credential_pipeline.enclave.outcome_tables.cells import CELLS
from credential_pipeline.enclave.outcome_tables.uncertainty.employers import Payers
from credential_pipeline.enclave.outcome_tables.uncertainty.intervals import Bands
from credential_pipeline.enclave.outcome_tables.uncertainty.replicates import Ints, Packs, Reals, Replicates
from credential_pipeline.enclave.outcome_tables.uncertainty.sums import Rows
from credential_pipeline.foundation.storage.relation import Relation, Scratch

#: The columns by which rows can be grouped, beside the horizon.
CATEGORIES = tuple(name for name, (_, default) in CELLS.columns.items() if default == "'all'")
_NOWHEN = -1000


@dataclass(frozen=True)
class Table:
    """Rows of a relation as arrays.

    Attributes:
        person: Number of the person.
        pack: Pack of the person.
        horizon: Place of the horizon in ``horizons``.
        horizons: The horizons; a large negative number where time plays no part.
        codes: Column to the place of each row's label in ``labels``; below 0 where the row has none or it was given up.
        labels: Column to its labels, sorted.
        numbers: Further columns: conditions as 0 and 1, amounts.
    """

    person: Packs
    pack: Packs
    horizon: Packs
    horizons: Ints
    codes: dict[str, Packs]
    labels: dict[str, list[str]]
    numbers: dict[str, Reals]


@dataclass(frozen=True)
class Groups:
    """Groups of rows, and what each is.

    Attributes:
        rows: The rows that belong to a group.
        places: Where they stand in the table.
        keys: Column (and ``horizon``) to the code of every group.
    """

    rows: Rows
    places: Ints
    keys: dict[str, Ints]

    def among(self, chosen: NDArray[np.bool_]) -> Rows:
        """Of the rows those that are chosen, by a flag for every row of the table."""
        return self.rows.only(chosen[self.places])

    def sorted_by(self, table: Table, order: Ints) -> tuple[Rows, Ints]:
        """The rows in an order of the table's rows, and where they stand in the table."""
        group = np.full(len(table.pack), -1, np.int32)
        group[self.places] = self.rows.group
        places = order[group[order] >= 0]
        return Rows(table.pack[places], group[places], self.rows.groups), places


def read_table(
    work: Scratch, replicates: Replicates, source: Relation, columns: Iterable[str], numbers: Mapping[str, str]
) -> Table:
    """Read rows into memory.

    Args:
        work: Where the rows live.
        replicates: Who is in which pack.
        source: pid, if time plays a part horizon, and the columns.
        columns: Which columns tell groups apart.
        numbers: Name to SQL expression: a condition, or an amount; missing counts as false or is NaN.
    """
    labels = _labels(work, source, [name for name in CATEGORIES if name in columns])
    codes = [f"{_code(work, name, found)} AS code_{name}" for name, found in labels.items()]
    when = f"coalesce(horizon, {_NOWHEN})" if "horizon" in source.columns else str(_NOWHEN)
    asked = [f'CAST({what} AS DOUBLE) AS "number {name}"' for name, what in numbers.items()]
    chosen = ", ".join(["pid", f"CAST({when} AS INTEGER) AS horizon", *codes, *asked])
    found = work.con.execute(f"SELECT {chosen} FROM {source.needs('pid')}").fetchnumpy()
    horizons, horizon = _places(_whole(found["horizon"]))
    return Table(
        person=_whole(found["pid"]),
        pack=replicates.pack[_whole(found["pid"])],
        horizon=horizon,
        horizons=horizons,
        codes={name: _whole(found[f"code_{name}"]) for name in labels},
        labels=labels,
        numbers={name: np.ma.filled(found[f"number {name}"], np.nan).astype(np.float64) for name in numbers},
    )


def _places(values: Packs) -> tuple[Ints, Packs]:
    """The distinct ones of a narrow range of numbers, and the place of each among them."""
    if not len(values):
        return values.astype(np.int64), values
    least = values.min()
    there = np.bincount(values - least) > 0
    return np.flatnonzero(there) + least, (np.cumsum(there) - 1).astype(np.int32)[values - least]


def _labels(work: Scratch, source: Relation, columns: Sequence[str]) -> dict[str, list[str]]:
    if not columns:
        return {}
    lists = ", ".join(f"list_sort(list(DISTINCT {name}) FILTER ({name} <> 'all'))" for name in columns)
    found = work.con.execute(f"SELECT {lists} FROM {source.needs(*columns)}").fetchall()[0]
    return {name: [str(label) for label in labels or []] for name, labels in zip(columns, found, strict=True)}


def _code(work: Scratch, column: str, labels: Sequence[str]) -> str:
    """SQL of the place of a label, -1 if it has none."""
    if not labels:
        return "-1"
    scale = work.scale(column, f"SELECT unnest([{', '.join(map(_text, labels))}])")
    return f'coalesce(CAST(enum_code(TRY_CAST("{column}" AS {scale})) AS INTEGER), -1)'


def _text(value: str) -> str:
    """A value of the data as a literal; it may hold any sign."""
    return "'" + value.replace("'", "''") + "'"


def _whole(values: Any) -> Packs:
    return np.asarray(values, np.int32)


def group_by(table: Table, columns: Sequence[str], chosen: np.ndarray) -> Groups:
    """Put the chosen rows that have a label in all of the columns into groups, horizon by horizon.

    Args:
        table: The rows.
        columns: What tells the groups apart, beside the horizon.
        chosen: Which rows count.
    """
    kept = chosen.copy()
    place, size = table.horizon, len(table.horizons)
    for name in columns:
        kept &= table.codes[name] >= 0
        place = place * len(table.labels[name]) + np.maximum(table.codes[name], 0)
        size *= len(table.labels[name])
    there = np.flatnonzero(np.bincount(place[kept], minlength=size))
    number = np.full(max(size, 1), -1, np.int32)
    number[there] = np.arange(len(there))
    keys: dict[str, Ints] = {}
    rest = there
    for name in reversed(columns):
        rest, keys[name] = np.divmod(rest, len(table.labels[name]))
    keys["horizon"] = table.horizons[rest]
    places = np.flatnonzero(kept)
    return Groups(Rows(table.pack[places], number[place[places]], len(there)), places, keys)


@dataclass(frozen=True)
class Banded:
    """The bands of one figure in one breakdown.

    Attributes:
        measure: The measure.
        definition: Its definition.
        keys: Column to the label of every band.
        horizon: The horizon of every band.
        bands: The bands.
        paid: Who pays the people behind it, if that is known.
    """

    measure: str
    definition: str
    keys: dict[str, NDArray[np.object_]]
    horizon: Ints
    bands: Bands
    paid: Payers | None = None


def label(
    table: Table, measure: str, definition: str, keys: Mapping[str, Ints], bands: Bands, paid: Payers | None = None
) -> Banded:
    """Bands with the labels of their cells.

    Args:
        table: Where the labels are.
        measure: The measure.
        definition: Its definition.
        keys: Of :class:`Groups`, one code a band.
        bands: The bands.
        paid: Who pays the people behind them.
    """
    texts = {name: np.array(table.labels[name], object)[keys[name]] for name in keys if name != "horizon"}
    return Banded(measure, definition, texts, keys["horizon"], bands, paid)


def _employers(one: Banded) -> Reals:
    return _unknown(one) if one.paid is None else one.paid.employers.astype(np.float64)


def _unknown(one: Banded) -> Reals:
    return np.full(len(one.horizon), np.nan)


def band_relation(work: Scratch, found: Sequence[Banded]) -> Relation:
    """All bands: measure, definition, the categories, horizon, low, high, fragile, employers, largest_employer."""
    sizes = [len(one.horizon) for one in found]
    horizon = pd.Series(np.concatenate([one.horizon for one in found]))
    columns: dict[str, Any] = {
        "measure": np.repeat(np.array([one.measure for one in found], object), sizes),
        "definition": np.repeat(np.array([one.definition for one in found], object), sizes),
    }
    for name in CATEGORIES:
        columns[name] = np.concatenate([one.keys.get(name, np.full(len(one.horizon), "all", object)) for one in found])
    columns |= {
        "horizon": horizon.mask(horizon == _NOWHEN).astype("Int64"),
        "low": np.concatenate([one.bands.low for one in found]),
        "high": np.concatenate([one.bands.high for one in found]),
        "fragile": np.concatenate([one.bands.fragile for one in found]),
        "employers": pd.array(np.concatenate([_employers(one) for one in found]), "Float64").astype("Int64"),
        "largest_employer": np.concatenate([_unknown(one) if one.paid is None else one.paid.largest for one in found]),
    }
    return work.frame("bands", pd.DataFrame(columns))
