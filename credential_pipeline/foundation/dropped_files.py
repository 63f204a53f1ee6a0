"""Opens a folder of text and Parquet files of one fixed layout as a DuckDB view, values as they were written.

The education registry and the reference population come as such drops. A certifier's feed does not: its rows are judged
one by one (credential_pipeline/clearinghouse/raw_feeds). Here a file that does not fit is refused as a whole.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from credential_pipeline.foundation.drop_folder import PARQUET, files_of, kind_of, refuse_same_bytes, twice
from credential_pipeline.foundation.dropped_text import Text, find_fault, look_at_text, plain_name
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.file_names import shown_file
from credential_pipeline.foundation.recipes.sql import identifier, literal
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch

Form = Callable[[str], str]
"""A SQL expression of type VARCHAR -> the SQL expression of its standard form."""

FILE: Final = "file_number"
"""Column of a drop's rows: the place of their file in :attr:`Drop.files`."""
_WHOLE_NUMBERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})


@dataclass(frozen=True)
class DropFile:
    """One file of a drop.

    Attributes:
        path: The file.
        shown: How messages name it.
        reader: SQL that reads it.
        columns: Name as names are compared -> name in the reader, and type.
        rows: Rows that it holds; of text the lines, so that blank ones are too many.
        text: How it is read, if it is text.
    """

    path: Path
    shown: str
    reader: str
    columns: Mapping[str, tuple[str, str]]
    rows: int
    text: Text | None = None


@dataclass(frozen=True)
class Drop:
    """The rows of a drop and how to read their values.

    Attributes:
        rows: View of the rows, one column for each that was asked for, and :data:`FILE`.
        kinds: Column -> its DuckDB type; VARCHAR where files differ.
        shown: How messages name the folder.
        files: The files.
    """

    rows: Relation
    kinds: Mapping[str, str]
    shown: str
    files: tuple[DropFile, ...]

    def text(self, column: str, name: str = "") -> str:
        """SQL of a value as text without outer blanks, NULL if blank; of the column under another name if given."""
        value = name or column
        return f"nullif(trim({value if self.kinds[column] == 'VARCHAR' else f'CAST({value} AS VARCHAR)'}), '')"

    def whole_number(self, column: str) -> str:
        """SQL of a value as an INTEGER, NULL if it is none."""
        if self.kinds[column] in _WHOLE_NUMBERS:
            return f"try_cast({column} AS INTEGER)"
        text = self.text(column)
        # A cast would round.
        broken = f"contains({text}, '.') AND NOT regexp_full_match({text}, '[0-9]+[.]0*')"
        return f"CASE WHEN NOT ({broken}) THEN try_cast({text} AS INTEGER) END"

    def number(self, column: str) -> str:
        """SQL of a value as a DOUBLE, NULL if it is none."""
        exact = self.kinds[column] in {"DOUBLE", *_WHOLE_NUMBERS}
        return f"try_cast({column if exact else self.text(column)} AS DOUBLE)"

    def header_again(self, value: str) -> str:
        """SQL of whether a value of a key is the name of a column, as where a header stands amid the rows."""
        names = ", ".join(literal(name) for name in self.kinds)
        return f"lower({value}) IN ({names})"

    def refuse_lost(self, con: Connection, rows: int) -> None:
        """Refuse files of which DuckDB read other rows than stand there, as where a quotation mark swallows some.

        Args:
            con: Connection with the rows.
            rows: Rows that were read.

        Raises:
            SafeError: E_DROP_UNREADABLE or E_DROP_HEADER, naming the file and the line.
        """
        if rows != sum(file.rows for file in self.files):
            counted = con.execute(f"SELECT {FILE}, count(*) FROM {self.rows} GROUP BY ALL").fetchall()
            self._refuse_first(dict(counted))

    def refuse_unreadable(self) -> None:
        """Refuse the first file that has a fault, naming the line, if one has.

        Raises:
            SafeError: E_DROP_UNREADABLE or E_DROP_HEADER.
        """
        self._refuse_first({})

    def _refuse_first(self, rows: Mapping[int, int]) -> None:
        for number, file in enumerate(self.files):
            read = rows.get(number, 0) if rows else None
            if file.text is not None and (fault := find_fault(file.path, file.text, file.shown, read)):
                raise fault


@contextmanager
def reading(*drops: Drop) -> Iterator[None]:
    """While rows are read, what DuckDB says of a file becomes a refusal that names file and line, without its content.

    Raises:
        SafeError: E_DROP_UNREADABLE or E_DROP_HEADER.
    """
    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.InterruptException):
        raise
    except duckdb.Error:
        for drop in drops:
            drop.refuse_unreadable()
        raise unreadable(" or ".join(drop.shown for drop in drops)) from None


def open_drop(work: Scratch, folder: Path, shown: str, columns: Sequence[str], optional: Sequence[str] = ()) -> Drop:
    """Create a view over all files of a folder, with the given columns.

    Column names may be in any case and order, with blanks around or in them; further columns are ignored.

    Args:
        work: Makes the view.
        folder: Folder of text and .parquet files.
        shown: How messages name the folder, for example ``education/persons``.
        columns: Columns that every file must have.
        optional: Columns that are NULL where a file lacks them.

    Raises:
        SafeError: E_DROP_COLUMN (names the missing columns), E_DROP_TWICE, and what drop_folder.py and dropped_text.py raise.
    """
    wanted = (*columns, *optional)
    # File by file, since a union by name would fill a column that one file lacks.
    files = tuple(_look_at(work.con, path, f"{shown}/{shown_file(path)}", wanted) for path in files_of(folder, shown))
    # Any number of schools may have nothing to tell.
    refuse_same_bytes([file.path for file in files if file.rows], shown)
    for file in files:
        if missing := [name for name in columns if name not in file.columns]:
            message = f"{file.shown} lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}; every column must be there"
            raise SafeError("E_DROP_COLUMN", f"{message}, blank if unknown")
    kinds = {name: _kind({file.columns[name][1] for file in files if name in file.columns}) for name in wanted}
    parts = (
        f"SELECT {_selection(file.columns, kinds)}, {number} AS {FILE} FROM {file.reader}"
        for number, file in enumerate(files)
    )
    drop = Drop(work.view(folder.name, " UNION ALL ".join(parts)), kinds, shown, files)
    with reading(drop):
        _refuse_same_rows(work.con, drop, columns)
    return drop


def _look_at(con: Connection, path: Path, shown: str, wanted: Sequence[str]) -> DropFile:
    if kind_of(path) != PARQUET:
        text = look_at_text(path, shown, wanted)
        names = [f"c{place}" for place in range(len(text.names))]
        listed = ", ".join(f"{name}: 'VARCHAR'" for name in names)
        reader = (
            f"read_csv({literal(str(path))}, auto_detect = false, header = true, skip = {text.skipped}, columns = {{{listed}}},"
            f" delim = {literal(text.delimiter)}, quote = '\"', escape = '\"', nullstr = '', strict_mode = true)"
        )
        found = dict(zip(text.names, ((name, "VARCHAR") for name in names), strict=True))
        return DropFile(path, shown, reader, found, text.lines, text)
    reader = f"read_parquet({literal(str(path))})"
    try:
        described = con.execute(f"DESCRIBE SELECT * FROM {reader}").fetchall()
        (rows,) = con.execute("SELECT num_rows FROM parquet_file_metadata(?)", [str(path)]).fetchall()[0]
    except duckdb.Error:
        raise unreadable(shown) from None
    found = {plain_name(name): (name, str(kind)) for name, kind, *_ in described if name.isprintable()}
    return DropFile(path, shown, reader, found, rows)


def _refuse_same_rows(con: Connection, drop: Drop, columns: Sequence[str]) -> None:
    """Refuse two files of the same rows, in whatever order and kind of file; only files of as many rows are read for it."""
    by_rows: dict[int, list[int]] = defaultdict(list)
    for number, file in enumerate(drop.files):
        by_rows[file.rows].append(number)
    # Most such files differ in the first column already, which one look at a Parquet file tells.
    for looked_at in (columns[:1], columns):
        for rows, numbers in list(by_rows.items()):
            alike = _alike(con, drop, numbers, looked_at) if rows and len(numbers) > 1 else []
            by_rows[rows] = sorted({number for pair in alike for number in pair})
            if alike and looked_at == columns:
                first, second = (drop.files[number].shown for number in alike[0])
                raise twice(first, second, "hold the same rows")


def _alike(con: Connection, drop: Drop, numbers: Sequence[int], columns: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of files whose rows are the same in some columns."""
    values = (drop.text(name) for name in columns)
    # 1000.50 in one kind of file is 1000.5 in another.
    same = ", ".join(f"coalesce(CAST(try_cast({value} AS DOUBLE) AS VARCHAR), {value})" for value in values)
    seen: dict[object, int] = {}
    pairs = []
    for number in numbers:
        query = f"SELECT sum(CAST(hash({same}) AS HUGEINT)) FROM {drop.rows} WHERE {FILE} = {number}"
        digest = con.execute(query).fetchall()[0][0]
        first = seen.setdefault(digest, number)
        if first != number:
            pairs.append((first, number))
    return pairs


def _kind(found: set[str]) -> str:
    """The type of a column, VARCHAR if files differ, so that a number is never written in the way of another type."""
    return found.pop() if len(found) == 1 else "VARCHAR"


def _selection(present: Mapping[str, tuple[str, str]], kinds: Mapping[str, str]) -> str:
    return ", ".join(
        f"CAST({identifier(present[name][0]) if name in present else 'NULL'} AS {kind}) AS {name}"
        for name, kind in kinds.items()
    )


def unreadable(shown: str) -> SafeError:
    """Make the error for a file whose content breaks off or does not parse. Raise it with ``from None``."""
    return SafeError("E_DROP_UNREADABLE", f"{shown} cannot be read; write it again as CSV in UTF-8 or as Parquet")
