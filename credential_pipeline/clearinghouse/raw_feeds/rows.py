"""From blocks of lines to staged rows: values by column, or a reason.

Blank lines are no rows, but they count for line numbers. Not here: how a line is split (reading/), what its values mean (judge.py).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
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
from credential_pipeline.clearinghouse.raw_feeds.reading.split import Split, split, to_array
from credential_pipeline.foundation.recipes.sql import identifier
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.storage.relation import Relation, Scratch

_LINES: Final = "lines_of_a_file"
LINES_PER_FILE: Final = 1 << 32
"""More lines than a file can have: place = number of the file x this + line, one number that orders all rows."""
_RAGGED: Final = "COLUMN_COUNT"
_PENDING: Final = 50_000
"""Rows of an unusual width that may wait for the end of their file; a file with more of them has another layout."""
_ODD: Final = pa.schema(
    [
        ("line", pa.int32()),
        ("content", pa.large_string()),
        ("fields", pa.list_(pa.large_string())),
        ("fault", pa.string()),
        ("parts", pa.list_(pa.large_string())),
        ("cut", pa.bool_()),
    ]
)


def create_stage(work: Scratch, certifier: Certifier) -> Relation:
    """An empty relation for a certifier's rows, whose column ``source`` is a STRUCT of the certifier's columns.

    A STRUCT is looked into many times without copying; the MAP of the contract is made once, at the end. A broken row has no
    ``source`` but ``readings``: its values counted from the left and from the right, one of which may be right in places.
    """
    fields = ", ".join(f"{identifier(name)} VARCHAR" for name in all_columns(certifier))
    columns = {
        "place": "BIGINT",
        "delivery": "VARCHAR",
        "line": "INTEGER",
        "content": "VARCHAR",
        "source": f"STRUCT({fields})",
        "reason_code": "VARCHAR",
        "readings": f"STRUCT({fields})[]",
        "cut": "BOOLEAN",
    }
    return work.rows("rows", columns, ())


def all_columns(certifier: Certifier) -> tuple[str, ...]:
    """Every column that a file of the certifier can have, used and ignored ones."""
    return (*certifier.source_columns, *certifier.ignored)


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

    work: Scratch
    stage: Relation
    lines: Lines
    delivery: str
    number: int
    certifier: Certifier
    counts: Counter[str] = field(default_factory=Counter)
    beyond: int = 0
    rows: int = 0
    cut: bool = False
    widths: Widths | None = None
    odd: list[Odd] = field(default_factory=list)
    pending: list[Odd] = field(default_factory=list)
    fault: Exception | None = None

    def add(self, table: pa.Table | pa.RecordBatchReader, query: str) -> None:
        """Append what a query makes of a table that it knows as ``lines_of_a_file``."""
        con = self.work.con
        con.register(_LINES, table)
        try:
            con.execute(
                f"INSERT INTO {self.stage} {query}",
                {"delivery": self.delivery, "base": self.number * LINES_PER_FILE},
            )
        finally:
            con.unregister(_LINES)

    def flow(self, schema: pa.Schema, batches: Iterator[pa.RecordBatch], query: str) -> None:
        """Append what a query makes of batches, in one piece: a table that grows by small pieces is copied at each.

        A fault of the file ends the flow and is raised afterwards, since it would not pass through the engine whole.
        """

        def guarded() -> Iterator[pa.RecordBatch]:
            try:
                yield from batches
            except Exception as fault:  # noqa: BLE001 - raised below
                self.fault = fault

        self.add(pa.RecordBatchReader.from_batches(schema, guarded()), query)
        if self.fault is not None:
            raise self.fault

    def packed(self, value: str) -> str:
        """SQL of a STRUCT of values in the order of the registry, whatever the order of the file."""
        place = {name: number for number, name in enumerate(self.lines.header.names, start=1) if name}
        columns = all_columns(self.certifier)
        values = (value.format(place[name]) if name in place else "NULL" for name in columns)
        pairs = zip(map(identifier, columns), values, strict=True)
        return f"struct_pack({', '.join(f'{name} := {value}' for name, value in pairs)})"

    @property
    def ends_in_flag(self) -> str:
        """Whether the last column is the wish to share nothing, which a cut file loses first."""
        flag = self.certifier.columns.get("block_flag")
        return "true" if flag is not None and flag.source == self.lines.header.names[-1] else "false"

    def add_odd(self, rows: list[Odd]) -> None:
        """Append rows that were looked at one by one."""
        self.rows += len(rows)
        if not rows:
            return
        width = len(self.lines.header.names)
        right = f"CASE WHEN len(parts) - {width} + {{0}} > 0 THEN parts[len(parts) - {width} + {{0}}] END"
        self.add(
            pa.Table.from_pylist([row.__dict__ for row in rows], schema=_ODD),
            f"""
            SELECT $base + line, $delivery, line, content, CASE WHEN fields IS NOT NULL THEN {self.packed("fields[{}]")} END, fault,
                CASE WHEN parts IS NOT NULL THEN [{self.packed("parts[{}]")}, {self.packed(right)}] END,
                cut AND ({self.ends_in_flag} OR parts IS NOT NULL)
            FROM {_LINES}
            """,
        )


@dataclass(frozen=True)
class Staged:
    """What was appended of a file: how many rows, what to say of them, and whether the last one lacks its line end."""

    rows: int
    notices: tuple[Notice, ...]
    cut: bool


def stage_rows(
    work: Scratch, stage: Relation, lines: Lines, delivery: str, number: int, certifier: Certifier
) -> Staged:
    """Append the data lines of one file to the stage, with values or with a reason.

    Args:
        work: Makes relations in the stage's connection.
        stage: As :func:`create_stage` made it.
        lines: The decoded file.
        delivery: File name.
        number: Place of the file in the order of deliveries.
        certifier: Whose file it is.

    Raises:
        FileFaultError: The file as a whole cannot be used; what was appended of it must be removed.
    """
    staging = _Staging(work, stage, lines, delivery, number, certifier)
    blocks = Blocks(certifier, lines.header, lines.delimiter)
    if lines.delimiter:
        _stage_delimited(staging, blocks)
    else:
        _stage_fixed(staging, blocks)
    if staging.beyond * 2 > staging.rows:
        raise FileFaultError("E_HEADER_UNKNOWN", f"{plural(staging.beyond, 'row')} hold a value there")
    return Staged(staging.rows, told(blocks.counts + staging.counts), staging.cut)


def of_delivery(number: int) -> str:
    """Condition on the stage for the rows of one file."""
    return f"place BETWEEN {number * LINES_PER_FILE} AND {(number + 1) * LINES_PER_FILE - 1}"


def _stage_delimited(staging: _Staging, blocks: Blocks) -> None:
    names = [f"value{place}" for place, name in enumerate(staging.lines.header.names, start=1) if name]
    kinds = {"line": pa.int32(), "content": pa.large_string(), "cut": pa.bool_(), **dict.fromkeys(names, pa.string())}
    schema = pa.schema(list(kinds.items()))
    staging.flow(
        schema,
        _good_rows(staging, blocks, schema),
        f"""
        SELECT $base + line, $delivery, line, content, {staging.packed("value{}")}, NULL, NULL, cut AND {staging.ends_in_flag}
        FROM {_LINES}
        """,
    )
    widths = staging.widths
    if widths is not None:
        staging.add_odd(staging.odd + [_decided(row, widths, staging.counts) for row in staging.pending])


def _good_rows(staging: _Staging, blocks: Blocks, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
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
        yield _batch(block, found, before, schema)
        staging.rows += len(found.good) - int(found.beyond.sum())
        before += len(block.content)


def _sampled(staging: _Staging, block: Block) -> Widths:
    size = min(SAMPLE, len(block.content) - block.cut)
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


def _batch(block: Block, found: Split, before: int, schema: pa.Schema) -> pa.RecordBatch:
    """The rows of a block that are in order, with the columns that the header names."""
    use = pa.array(np.flatnonzero(~found.beyond)) if found.beyond.any() else None
    good: Places = found.good if use is None else found.good[np.asarray(use)]
    content = block.content if len(good) == len(block.content) else block.content.take(pa.array(good))
    places = [int(name.removeprefix("value")) - 1 for name in schema.names if name.startswith("value")]
    nothing = pa.nulls(len(good), pa.string())
    values = [found.columns[place] if place < len(found.columns) else nothing for place in places]
    cut = len(block.content) - 1 if block.cut else -1
    lines = pa.array((good + before + 1).astype(np.int32))
    kept = values if use is None else [one if one is nothing else one.take(use) for one in values]
    return pa.record_batch([lines, content, pa.array(good == cut), *kept], schema=schema)


def _odd_lines(block: Block, found: Split, before: int, delimiter: str) -> list[Odd]:
    """Lines that are not in order: with a fault, of another width, or with a value where none may be."""
    odd = np.ones(len(block.content), dtype=bool)
    odd[found.good[~found.beyond]] = False
    odd &= found.counts != 0
    odd[list(block.faults)] = True
    return [_odd(block, int(number), int(found.counts[number]), before, delimiter) for number in np.flatnonzero(odd)]


def _odd(block: Block, number: int, count: int, before: int, delimiter: str) -> Odd:
    content = block.content[number].as_py()
    fault = block.faults.get(number) or ("BAD_QUOTING" if count < 0 else _RAGGED)
    cut = block.cut and number == len(block.content) - 1
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


def _stage_fixed(staging: _Staging, blocks: Blocks) -> None:
    text, string = pa.large_string(), pa.string()
    kinds = {"line": pa.int32(), "content": text, "text": text, "given": string, "cut": pa.bool_()}
    schema = pa.schema(list(kinds.items()))
    whole = values_sql(staging.certifier, "text")
    staging.flow(
        schema,
        _fixed_rows(staging, blocks, schema),
        f"""
        WITH judged AS (SELECT *, coalesce(given, {fault_sql(staging.certifier, "text")}) AS fault FROM {_LINES})
        SELECT $base + line, $delivery, line, content, CASE WHEN fault IS NULL THEN {whole} END, fault,
            CASE WHEN fault IS NOT NULL THEN [{values_sql(staging.certifier, "coalesce(nullif(text, ''), content)")}] END,
            cut AND ({staging.ends_in_flag} OR fault IS NOT NULL)
        FROM judged
        """,
    )


def _fixed_rows(staging: _Staging, blocks: Blocks, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Lines of a file of fixed width that are not blank."""
    before = staging.lines.before
    for raw in staging.lines.body:
        block = blocks.prepare(raw, before)
        staging.cut = block.cut
        size = len(block.content)
        numbers = np.arange(before + 1, before + 1 + size, dtype=np.int32)
        faults = pa.array([block.faults.get(number) for number in range(size)], pa.string())
        cut = pa.array(numbers == (before + size if block.cut else 0))
        columns = [pa.array(numbers), block.content, to_array(block.data), faults, cut]
        written = pc.greater(pc.binary_length(pc.utf8_trim(block.content, " ")), 0)
        batch = pa.record_batch(columns, schema=schema).filter(written)
        staging.rows += batch.num_rows
        yield batch
        before += size
