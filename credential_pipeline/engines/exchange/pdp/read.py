"""Opens a PDP file as a relation under our names, values as they were written. Not here: what is wrong with them (judge.py)."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from credential_pipeline.engines.exchange.pdp.columns import COLUMNS, UNKNOWN, Header, PdpColumn, recognize
from credential_pipeline.engines.exchange.records import KINDS, record_kind
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.file_names import shown_file
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.storage.relation import Relation, Scratch

ROW: Final = "row_number"
"""Number of a row in its file; the header is row 1."""
INSTITUTION: Final = "repeat('0', greatest(0, 8 - length(institution_id))) || institution_id"
"""The institution as eight digits, whatever a spreadsheet left of its zeros."""


@dataclass(frozen=True)
class PdpFile:
    """A file that was opened.

    Attributes:
        header: Which file it is, and how it calls its columns.
        rows: ``row_number`` and every column of the file's kind, trimmed; NULL where blank or where the file lacks it.
        shown: How messages name it.
    """

    header: Header
    rows: Relation
    shown: str


def read_header(path: Path) -> Header:
    """Tell from the first line which file it is.

    Raises:
        SafeError: ``E_PDP_UNREADABLE``, ``E_PDP_HEADER``, or ``E_PDP_KIND`` for another file of the services.
    """
    shown = shown_file(path)
    try:
        kind = record_kind(path)
        with path.open(encoding="utf-8-sig", newline="") as file:
            written = next(csv.reader(file), [])
    except (OSError, UnicodeDecodeError, csv.Error):
        raise _unreadable(shown) from None
    if kind:
        raise SafeError("E_PDP_KIND", f"{shown} is {KINDS[kind]} ({kind}), and no analysis-ready file; put that there")
    return recognize(written, shown)


def read_pdp(work: Scratch, path: Path) -> PdpFile:
    """Open a file.

    Args:
        work: Makes the relation.
        path: A CSV file in UTF-8.

    Raises:
        SafeError: ``E_PDP_UNREADABLE``, ``E_PDP_HEADER``, ``E_PDP_KIND``.
    """
    shown, header = shown_file(path), read_header(path)
    place = {name: f"c{number}" for number, name in enumerate(header.names) if name}
    selected = ", ".join(
        f"nullif(trim({place[column.name]}), '') AS {column.name}"
        if column.name in place
        else f"CAST(NULL AS VARCHAR) AS {column.name}"
        for column in COLUMNS[header.file]
    )
    columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(header.names)))
    try:
        rows = work.table(
            f"pdp_{header.file}",
            f"SELECT 1 + row_number() OVER () AS {ROW}, {selected} FROM read_csv({literal(str(path))}, header = true,"
            f" auto_detect = false, delim = ',', quote = '\"', escape = '\"', strict_mode = true, columns = {{{columns}}})",
        )
    except duckdb.Error:
        raise _unreadable(shown) from None
    return PdpFile(header, rows, shown)


def meant(work: Scratch, file: str, rows: Relation, columns: Sequence[PdpColumn] | None = None) -> Relation:
    """The rows with what their values mean: NULL for every way to say unknown, codes as the layout writes them.

    Args:
        work: Makes the relation.
        file: ``cohort`` or ``course``.
        rows: ``row_number`` and the columns of the file.
        columns: Those that the rows have, where they are not all of an analysis-ready file's.
    """
    made = ", ".join(f"{_meaning(column)} AS {column.name}" for column in columns or COLUMNS[file])
    return work.table("meant", f"SELECT {ROW}, {made} FROM {rows}")


def _meaning(column: PdpColumn) -> str:
    name = column.name
    if column.field.kind == "integer" and column.unknown:
        return f"CASE WHEN try_cast({name} AS DOUBLE) <> {column.unknown} THEN {name} END"
    if column.field.kind != "code":
        return name
    values = [value for value in column.field.values if value not in {UNKNOWN, column.unknown}]
    listed, capitals = (", ".join(map(literal, some)) for some in (values, [value.upper() for value in values]))
    return f"list_extract([{listed}], list_position([{capitals}], upper({name})))"


def _unreadable(shown: str) -> SafeError:
    return SafeError("E_PDP_UNREADABLE", f"{shown} can't be read; write it again as CSV in UTF-8 with commas")
