"""Writes the rows that go on as they came: one file of raw_feeds.records, in the order of the contract, portion by portion.

The names of columns repeat in every row; written here, they are numbers from the start, and no row is kept in memory. Not here: which
rows go on (judge.py).
"""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from credential_pipeline.clearinghouse.raw_feeds.stage import all_columns
from credential_pipeline.foundation.recipes.sql import identifier
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.order import ROW_GROUP
from credential_pipeline.foundation.storage.relation import Relation

_SCHEMA: Final = pa.schema(
    [
        ("certifier", pa.string()),
        ("delivery", pa.string()),
        ("line", pa.int32()),
        ("record_id", pa.string()),
        ("source", pa.map_(pa.dictionary(pa.int16(), pa.string()), pa.string())),
    ]
)


class Records:
    """The file of raw_feeds.records while it is written, certifier by certifier in the order of their names."""

    def __init__(self, path: Path) -> None:
        """Begin the file.

        Args:
            path: Where it is written.
        """
        self._writer = pq.ParquetWriter(
            path,
            _SCHEMA,
            compression="zstd",
            compression_level=1,
            use_dictionary=["certifier", "delivery", "source.key_value.key"],
            write_statistics=["certifier", "delivery", "line", "record_id"],
            store_schema=False,
        )

    def __enter__(self) -> Self:
        """Nothing to do: the file is open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the file."""
        self._writer.close()

    def add(self, con: Connection, stage: Relation, settled: Relation, certifier: Certifier) -> None:
        """Write the rows of a certifier that go on.

        Args:
            con: Connection of the relations.
            stage: Its staged rows.
            settled: The rows that do not simply go on.
            certifier: Whose rows they are.
        """
        columns = all_columns(certifier)
        cells = ", ".join(f"source.{identifier(name)}" for name in columns)
        written = f"SELECT {certifier.sql('record_id')} AS record_id, [{cells}] AS cells, * FROM {stage}"
        kept_back = f"SELECT place FROM {settled} WHERE reason_code IS NOT NULL OR is_duplicate"
        places = con.sql(kept_back).to_arrow_table().column("place").combine_chunks()
        # Most senders number their rows in the order in which they write them; sorting costs more than a look. A join would not
        # keep the order, so what is kept back is looked up row by row.
        if _ascending(_without(_batches(con, f"SELECT place, record_id FROM ({written})"), places)):
            query = f"SELECT place, delivery, line, record_id, cells FROM ({written})"
            batches = _still_ascending(_without(_batches(con, query), places))
        else:
            query = f"SELECT delivery, line, record_id, cells FROM ({written}) ANTI JOIN ({kept_back}) USING (place)"
            batches = _batches(con, f"{query} ORDER BY record_id")
        for portion in _portions(batches):
            self._writer.write_table(_table(portion, certifier.certifier, columns), row_group_size=ROW_GROUP)


def _batches(con: Connection, query: str) -> Iterator[pa.RecordBatch]:
    yield from con.sql(query).to_arrow_reader(ROW_GROUP)


def _without(batches: Iterator[pa.RecordBatch], places: pa.Array) -> Iterator[pa.RecordBatch]:
    """The rows of batches but for those at some places."""
    for batch in batches:
        yield batch.filter(pc.invert(pc.is_in(batch.column("place"), places))) if len(places) else batch


def _ascending(batches: Iterator[pa.RecordBatch]) -> bool:
    """Whether record ids stand in their order, byte by byte."""
    try:
        return all(batch.num_rows >= 0 for batch in _still_ascending(batches))
    except _OutOfOrderError:
        return False


class _OutOfOrderError(Exception):
    """Record ids do not stand in their order."""


def _still_ascending(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same batches, as long as record ids stand in their order."""
    last = b""
    for batch in batches:
        ids = batch.column("record_id")
        if len(ids):
            if last > ids[0].as_py().encode() or pc.any(pc.greater(ids[:-1], ids[1:])).as_py():
                raise _OutOfOrderError
            last = ids[-1].as_py().encode()
        yield batch


def _portions(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The same rows in portions of one size, so that the file is the same however the engine cuts them."""
    kept: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        kept.append(batch)
        size += batch.num_rows
        while size >= ROW_GROUP:
            whole = pa.Table.from_batches(kept)
            yield whole.slice(0, ROW_GROUP)
            kept, size = whole.slice(ROW_GROUP).to_batches(), size - ROW_GROUP
    if size:
        yield pa.Table.from_batches(kept)


def _table(portion: pa.Table, certifier: str, columns: tuple[str, ...]) -> pa.Table:
    rows, width = portion.num_rows, len(columns)
    names = pa.DictionaryArray.from_arrays(
        pa.array(np.tile(np.arange(width, dtype=np.int16), rows)), pa.array(columns, pa.string())
    )
    values = portion.column("cells").combine_chunks().flatten()
    ends = pa.array(np.arange(0, (rows + 1) * width, width, dtype=np.int32))
    source = pa.MapArray.from_arrays(ends, names, values)
    name = pa.repeat(pa.scalar(certifier), rows)
    parts = [name, *(portion.column(one) for one in ("delivery", "line", "record_id")), source]
    return pa.table(parts, names=_SCHEMA.names).cast(_SCHEMA)
