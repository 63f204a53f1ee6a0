"""From blocks of lines to staged rows: values by column, or a reason.

Blank lines are no rows, but they count for line numbers. Not here: how a line is split (reading/), what its values mean (judge.py).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from credential_pipeline.clearinghouse.raw_feeds.decode import Lines
from credential_pipeline.clearinghouse.raw_feeds.reading.block import Block, Blocks
from credential_pipeline.clearinghouse.raw_feeds.reading.faults import FileFaultError, Notice, plural, told
from credential_pipeline.clearinghouse.raw_feeds.reading.fixed import fault_sql, values_sql
from credential_pipeline.clearinghouse.raw_feeds.reading.header import split_line
from credential_pipeline.clearinghouse.raw_feeds.reading.mending import Places, without_controls
from credential_pipeline.clearinghouse.raw_feeds.reading.ragged import SAMPLE, Widths, usual_widths
from credential_pipeline.clearinghouse.raw_feeds.reading.split import Bools, Split, split, to_array
from credential_pipeline.clearinghouse.raw_feeds.stage import LINES_PER_FILE, Stage, all_columns
from credential_pipeline.foundation.registry.feeds import Certifier

_LINES: Final = "lines_of_a_file"
_RAGGED: Final = "COLUMN_COUNT"
_PENDING: Final = 50_000
"""Rows of an unusual width that may wait for the end of their file; a file with more of them has another layout."""


@dataclass(frozen=True)
class Odd:
    """A row that was not split with the others: its line, its values if they can be told apart, its reason, and its parts."""

    line: int
    content: str
    fields: list[str] | None
    fault: str | None
    parts: list[str] | None
    cut: bool


@dataclass
class _Staging:
    """The staging of one file: rows in order flow through, the others are kept until the file has been read."""

    stage: Stage
    lines: Lines
    number: int
    counts: Counter[str] = field(default_factory=Counter)
    beyond: int = 0
    rows: int = 0
    cut: bool = False
    widths: Widths | None = None
    odd: list[Odd] = field(default_factory=list)
    pending: list[Odd] = field(default_factory=list)

    @property
    def certifier(self) -> Certifier:
        """Whose file it is."""
        return self.stage.certifier

    @cached_property
    def places(self) -> list[int | None]:
        """The place (from 0) in the file of each column of the registry; None if the file lacks it."""
        place = {name: number for number, name in enumerate(self.lines.header.names) if name}
        return [place.get(name) for name in all_columns(self.certifier)]

    @property
    def width(self) -> int:
        """Number of columns of the header."""
        return len(self.lines.header.names)

    @cached_property
    def is_named(self) -> bool:
        """Whether the YAML names every column of the file."""
        return all(self.lines.header.names)

    @cached_property
    def ends_in_flag(self) -> bool:
        """Whether the last column is the wish to share nothing, which a cut file loses first."""
        flag = self.certifier.columns.get("block_flag")
        return flag is not None and flag.source == self.lines.header.names[-1]

    def place(self, lines: Places) -> pa.Array:
        """Places of rows, by their lines."""
        return pa.array(lines.astype(np.int64) + self.number * LINES_PER_FILE)

    def batch(self, lines: Places, content: pa.Array, columns: Sequence[pa.Array], cut: Bools) -> pa.RecordBatch:
        """Rows that are in order, their values in the order of the registry, whatever the order of the file."""
        size, schema = len(lines), self.stage.schema
        nothing = pa.nulls(size, pa.string())
        chosen = [nothing if at is None or at >= len(columns) else columns[at] for at in self.places]
        source = pa.StructArray.from_arrays(chosen, fields=list(self.stage.struct))
        absent = [pa.nulls(size, schema.field(name).type) for name in ("reason_code", "readings")]
        return pa.record_batch([self.place(lines), content, source, *absent, pa.array(cut)], schema=schema)

    def packed(self, values: Sequence[str], shift: int = 0) -> list[str | None]:
        """The same of one row, whose values may be too few, counted from a later or an earlier place."""
        size = len(values)
        return [None if at is None or not 0 <= at + shift < size else values[at + shift] for at in self.places]

    def readings(self, row: Odd) -> list[list[str | None]] | None:
        """The values of a broken row, counted from the left and from the right."""
        if row.parts is None:
            return None
        return [self.packed(row.parts), self.packed(row.parts, len(row.parts) - self.width)]

    def odd_rows(self) -> Iterator[pa.RecordBatch]:
        """Rows that were looked at one by one."""
        widths, schema = self.widths, self.stage.schema
        rows = self.odd + [_decided(row, widths, self.counts) for row in self.pending] if widths is not None else []
        if not rows:
            return
        self.rows += len(rows)
        names = self.stage.struct.names
        read = [None if row.fields is None else self.packed(row.fields) for row in rows]
        broken = [self.readings(row) for row in rows]
        columns = [
            self.place(np.array([row.line for row in rows], dtype=np.int64)),
            [row.content for row in rows],
            [None if one is None else dict(zip(names, one, strict=True)) for one in read],
            [row.fault for row in rows],
            [None if two is None else [dict(zip(names, one, strict=True)) for one in two] for two in broken],
            [row.cut and (self.ends_in_flag or row.parts is not None) for row in rows],
        ]
        arrays = [pa.array(one, kind) for one, kind in zip(columns, schema.types, strict=True)]
        yield pa.record_batch(arrays, schema=schema)


@dataclass(frozen=True)
class Staged:
    """What was appended of a file: how many rows, what to say of them, and whether the last one lacks its line end."""

    rows: int
    notices: tuple[Notice, ...]
    cut: bool


def stage_rows(stage: Stage, lines: Lines, delivery: str, number: int) -> Staged:
    """Append the data lines of one file to the stage, with values or with a reason.

    Args:
        stage: The stage of the sender.
        lines: The decoded file.
        delivery: File name.
        number: Number of the delivery at this look; no order follows from it.

    Raises:
        FileFaultError: The file as a whole cannot be used; nothing was appended of it.
    """
    staging = _Staging(stage, lines, number)
    blocks = Blocks(stage.certifier, lines.header, lines.delimiter)
    stage.add(number, delivery, _rows(staging, blocks), lines.header.names, lines.delimiter)
    return Staged(staging.rows, told(blocks.counts + staging.counts + lines.counts), staging.cut)


def _rows(staging: _Staging, blocks: Blocks) -> Iterator[pa.RecordBatch]:
    """The rows of the file, those that were looked at one by one last."""
    if staging.lines.delimiter:
        yield from _good_rows(staging, blocks)
        yield from staging.odd_rows()
    else:
        yield from _fixed_rows(staging, blocks)
    if staging.beyond * 2 > staging.rows:
        raise FileFaultError("E_HEADER_UNKNOWN", f"{plural(staging.beyond, 'row')} hold a value there")


def _good_rows(staging: _Staging, blocks: Blocks) -> Iterator[pa.RecordBatch]:
    """Rows that are in order, block by block; the others are noted."""
    before, lines = staging.lines.before, staging.lines
    for raw in lines.body:
        block = blocks.prepare(raw, before)
        staging.cut = block.cut
        widths = staging.widths = staging.widths or _sampled(staging, block)
        found = _split(staging, block, widths)
        if widths.usual == widths.header and len(found.good):
            widths.learn(found.filled(), found.blank())
        for row in _odd_lines(block, found, before, lines.delimiter):
            (staging.pending if row.fault == _RAGGED else staging.odd).append(row)
        if len(staging.pending) > _PENDING:
            staging.odd += staging.pending
            staging.pending.clear()
        staging.beyond += int(found.beyond.sum()) if lines.header.unnamed else 0
        yield _batch(staging, block, found, before)
        staging.rows += len(found.good) - int(found.beyond.sum())
        before += block.size


def _sampled(staging: _Staging, block: Block) -> Widths:
    size = min(SAMPLE, block.size - block.cut)
    sample = (block.line(number) for number in range(size))
    return usual_widths(sample, staging.lines.header, staging.certifier, staging.lines.delimiter)


def _split(staging: _Staging, block: Block, widths: Widths) -> Split:
    surplus = range(widths.header, widths.usual)
    empty = (*(place for place in staging.lines.header.unnamed if place < widths.usual), *surplus)
    found = split(block.data, staging.lines.delimiter, widths.usual, empty)
    if widths.usual != widths.header:
        code = "ROWS_WITH_EMPTY_ENDS" if widths.usual > widths.header else "ROWS_WITHOUT_ENDS"
        staging.counts[code] += len(found.good) - int(found.beyond.sum())
    return found


def _batch(staging: _Staging, block: Block, found: Split, before: int) -> pa.RecordBatch:
    """The rows of a block that are in order, with the columns that the header names."""
    use = pa.array(np.flatnonzero(~found.beyond)) if found.beyond.any() else None
    good: Places = found.good if use is None else found.good[np.asarray(use)]
    content = _content(staging, block, found, good)
    values = found.columns if use is None else [one.take(use) for one in found.columns]
    ends = good == (block.size - 1 if block.cut and staging.ends_in_flag else -1)
    return staging.batch(good + before + 1, content, values, ends)


def _content(staging: _Staging, block: Block, found: Split, good: Places) -> pa.Array:
    """The lines as they came; nothing where that is no more than the values with separators between them."""
    if staging.is_named and block.data is block.raw and not found.quoted and len(found.columns) == staging.width:
        return pa.nulls(len(good), pa.large_string())
    return block.content if len(good) == block.size else block.content.take(pa.array(good))


def _odd_lines(block: Block, found: Split, before: int, delimiter: str) -> list[Odd]:
    """Lines that are not in order: with a fault, of another width, or with a value where none may be."""
    odd = np.ones(block.size, dtype=bool)
    odd[found.good[~found.beyond]] = False
    odd &= found.counts != 0
    odd[list(block.faults)] = True
    return [_odd(block, int(number), int(found.counts[number]), before, delimiter) for number in np.flatnonzero(odd)]


def _odd(block: Block, number: int, count: int, before: int, delimiter: str) -> Odd:
    content = block.content[number].as_py()
    fault = block.faults.get(number) or ("BAD_QUOTING" if count < 0 else _RAGGED)
    cut = block.cut and number == block.size - 1
    if fault == _RAGGED:
        return Odd(before + number + 1, content, None, fault, split_line(block.line(number), delimiter), cut)
    shown = without_controls(content) if number in block.faults else block.line(number)
    parts = [part.replace('"', "").strip() for part in shown.split(delimiter)]
    return Odd(before + number + 1, content, None, fault, None if fault == "REPEATED_HEADER" else parts, cut)


def _decided(row: Odd, widths: Widths, counts: Counter[str]) -> Odd:
    """A row of an unusual width, read or set aside."""
    notice = "" if row.cut or row.parts is None else widths.verdict(row.parts)
    if notice == "":
        return row
    counts.update([notice] if notice else [])
    return Odd(row.line, row.content, row.parts, None, None, row.cut)


def _fixed_rows(staging: _Staging, blocks: Blocks) -> Iterator[pa.RecordBatch]:
    """Lines of a file of fixed width that are not blank."""
    before, con, certifier = staging.lines.before, staging.stage.work.con, staging.certifier
    query = f"""
        WITH judged AS (SELECT *, coalesce(given, {fault_sql(certifier, "text")}) AS fault FROM {_LINES})
        SELECT place, content, CASE WHEN fault IS NULL THEN {values_sql(certifier, "text")} END AS source, fault AS reason_code,
            CASE WHEN fault IS NOT NULL THEN [{values_sql(certifier, "coalesce(nullif(text, ''), content)")}] END AS readings,
            cut AND ({staging.ends_in_flag} OR fault IS NOT NULL) AS cut
        FROM judged
        """
    for raw in staging.lines.body:
        block = blocks.prepare(raw, before)
        staging.cut = block.cut
        size = block.size
        numbers = np.arange(before + 1, before + 1 + size, dtype=np.int64)
        faults = pa.array([block.faults.get(number) for number in range(size)], pa.string())
        cut = pa.array(numbers == (before + size if block.cut else 0))
        columns = [staging.place(numbers), block.content, to_array(block.data), faults, cut]
        written = pc.greater(pc.binary_length(pc.utf8_trim(block.content, " ")), 0)
        con.register(_LINES, pa.table(columns, names=["place", "content", "text", "given", "cut"]).filter(written))
        found = con.sql(query).to_arrow_table().cast(staging.stage.schema)
        con.unregister(_LINES)
        staging.rows += found.num_rows
        yield from found.to_batches()
        before += size
