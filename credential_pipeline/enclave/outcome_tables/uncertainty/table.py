"""From rows of a relation to numbers in memory, and from bands back to a relation that cells are joined to.

Not here: arithmetic.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from credential_pipeline.enclave.outcome_tables.cells import CELLS
from credential_pipeline.enclave.outcome_tables.uncertainty.intervals import Bands
from credential_pipeline.enclave.outcome_tables.uncertainty.replicates import Ints, Reals
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
        horizon: Place of the horizon in ``horizons``.
        horizons: The horizons; a large negative number where time plays no part.
        codes: Column to the place of each row's label in ``labels``; below 0 where the row has none or it was given up.
        labels: Column to its labels, sorted.
        numbers: Further columns: conditions as 0 and 1, amounts.
    """

    person: Ints
    horizon: Ints
    horizons: Ints
    codes: dict[str, Ints]
    labels: dict[str, list[str]]
    numbers: dict[str, Reals]


@dataclass(frozen=True)
class Groups:
    """Groups of rows, and what each is.

    Attributes:
        rows: The rows with their groups.
        keys: Column (and ``horizon``) to the code of every group.
    """

    rows: Rows
    keys: dict[str, Ints]

    def within(self, chosen: np.ndarray) -> Rows:
        """The rows with those that are not chosen in no group."""
        return Rows(self.rows.person, np.where(chosen, self.rows.group, -1), self.rows.groups)


def read_table(work: Scratch, source: Relation, numbers: Mapping[str, str]) -> Table:
    """Read rows into memory.

    Args:
        work: Where the rows live.
        source: pid, if time plays a part horizon, and some of the columns of a cell that tell groups apart.
        numbers: Name to SQL expression: a condition, or an amount; missing counts as false or is NaN.
    """
    columns = [name for name in CATEGORIES if name in source.needs("pid").columns]
    labels = {name: _labels(work, source, name) for name in columns}
    codes = ", ".join(f"{_code(work, name, labels[name])} AS code_{name}" for name in columns)
    when = f"coalesce(horizon, {_NOWHEN})" if "horizon" in source.columns else str(_NOWHEN)
    asked = "".join(f', CAST({what} AS DOUBLE) AS "number {name}"' for name, what in numbers.items())
    found = work.con.execute(
        f"SELECT pid, CAST({when} AS INTEGER) AS horizon{', ' if codes else ''}{codes}{asked} FROM {source}"
    ).fetchnumpy()
    horizons, horizon = _places(_whole(found["horizon"]))
    return Table(
        person=_whole(found["pid"]),
        horizon=horizon,
        horizons=horizons,
        codes={name: _whole(found[f"code_{name}"]) for name in columns},
        labels=labels,
        numbers={name: np.ma.filled(found[f"number {name}"], np.nan).astype(np.float64) for name in numbers},
    )


def _places(values: Ints) -> tuple[Ints, Ints]:
    """The distinct ones of a narrow range of numbers, and the place of each among them."""
    if not len(values):
        return values, values
    least = values.min()
    there = np.bincount(values - least) > 0
    return np.flatnonzero(there) + least, (np.cumsum(there) - 1)[values - least]


def _labels(work: Scratch, source: Relation, column: str) -> list[str]:
    found = work.con.execute(f'SELECT DISTINCT "{column}" FROM {source} WHERE "{column}" <> \'all\' ORDER BY ALL')
    return [str(label) for (label,) in found.fetchall()]


def _code(work: Scratch, column: str, labels: Sequence[str]) -> str:
    """SQL of the place of a label, -1 if it has none."""
    if not labels:
        return "-1"
    scale = work.scale(column, f"SELECT unnest([{', '.join(map(_text, labels))}])")
    return f'coalesce(CAST(enum_code(TRY_CAST("{column}" AS {scale})) AS INTEGER), -1)'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _whole(values: Any) -> Ints:
    return np.asarray(values, np.int64)


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
    number = np.full(max(size, 1), -1, np.int64)
    number[there] = np.arange(len(there))
    keys: dict[str, Ints] = {}
    rest = there
    for name in reversed(columns):
        rest, keys[name] = np.divmod(rest, len(table.labels[name]))
    keys["horizon"] = table.horizons[rest]
    return Groups(Rows(table.person, np.where(kept, number[place], -1), len(there)), keys)


def band_frame(table: Table, measure: str, definition: str, keys: Mapping[str, Ints], bands: Bands) -> pd.DataFrame:
    """Bands with the keys of their cells.

    Args:
        table: Where the labels are.
        measure: The measure.
        definition: Its definition.
        keys: Of :class:`Groups`, one code a band.
        bands: The bands.
    """
    texts = {name: np.array(table.labels[name], object)[keys[name]] if name in keys else "all" for name in CATEGORIES}
    when = pd.Series(keys["horizon"]).mask(keys["horizon"] == _NOWHEN).astype("Int64")
    frame = pd.DataFrame({"low": bands.low, "high": bands.high, "fragile": bands.fragile, "horizon": when})
    return frame.assign(measure=measure, definition=definition, **texts)


def band_relation(work: Scratch, frames: Sequence[pd.DataFrame]) -> Relation:
    """All bands: measure, definition, the categories, horizon, low, high, fragile."""
    columns = ["measure", "definition", *CATEGORIES, "horizon", "low", "high", "fragile"]
    return work.frame("bands", pd.concat(frames, ignore_index=True)[columns])
