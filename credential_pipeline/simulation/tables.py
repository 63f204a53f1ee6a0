"""Columns to files: Parquet for drops, CSV for the truth; the same columns always give the same bytes."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

from credential_pipeline.simulation.arrays import Ints, Texts

_ROW_GROUP = 250_000


@dataclass(frozen=True)
class Coded:
    """A text column with few different values: the values, and the place of each row's among them."""

    values: Texts
    codes: Ints


Columns = Mapping[str, npt.NDArray[np.generic] | Coded]


def _array(values: npt.NDArray[np.generic] | Coded, *, upper: bool) -> pa.Array:
    if isinstance(values, Coded):
        return _array(values.values, upper=upper).take(pa.array(values.codes))
    if values.dtype != object:
        return pa.array(values)
    encoded = pa.array(values, type=pa.string())
    shown = pa.compute.utf8_upper(encoded) if upper else encoded
    return pa.compute.if_else(pa.compute.equal(shown, ""), None, shown)


def arrow(columns: Columns, upper: Container[str] = ()) -> pa.Table:
    """An Arrow table; the empty string becomes null in text columns, and those of ``upper`` are put in capitals."""
    return pa.table({name: _array(values, upper=name in upper) for name, values in columns.items()})


def write_table(folder: Path, columns: Columns, upper: Container[str] = ()) -> None:
    """Write ``folder/part-0.parquet``; see :func:`arrow`."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(arrow(columns, upper), folder / "part-0.parquet", compression="zstd", row_group_size=_ROW_GROUP)


def write_csv(path: Path, columns: Mapping[str, object]) -> None:
    """Write a CSV file with a header; None is empty, whole numbers stay whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(columns, dtype=object).to_csv(path, index=False, lineterminator="\n")


def write_ids(path: Path, columns: Mapping[str, Texts]) -> None:
    """Write a CSV file of many rows whose values need no quotes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = map(",".join, zip(*(values.tolist() for values in columns.values()), strict=True))
    path.write_text("\n".join([",".join(columns), *lines]) + "\n", encoding="utf-8", newline="\n")
