"""Columns to files: Parquet for drops, CSV for the truth; the same columns always give the same bytes."""

from collections.abc import Container, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

Columns = Mapping[str, npt.NDArray[np.generic]]


def arrow(columns: Columns, upper: Container[str] = ()) -> pa.Table:
    """An Arrow table; the empty string becomes null in text columns, and those of ``upper`` are put in capitals."""
    arrays = {}
    for name, values in columns.items():
        if values.dtype == object:
            encoded = pa.array(values, type=pa.string(), from_pandas=True)
            shown = pa.compute.utf8_upper(encoded) if name in upper else encoded
            arrays[name] = pa.compute.if_else(pa.compute.equal(shown, ""), None, shown)
        else:
            arrays[name] = pa.array(values)
    return pa.table(arrays)


def write_table(folder: Path, columns: Columns, upper: Container[str] = ()) -> None:
    """Write ``folder/part-0.parquet``; see :func:`arrow`."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(arrow(columns, upper), folder / "part-0.parquet", compression="zstd", row_group_size=250_000)


def write_csv(path: Path, columns: Mapping[str, object]) -> None:
    """Write a CSV file with a header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(columns).to_csv(path, index=False, lineterminator="\n")
