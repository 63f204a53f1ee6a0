"""Opens a folder of CSV and Parquet files of one fixed layout as a DuckDB view, values as they were written.

The education registry and the reference population come as such drops. A certifier's feed does not: its rows are judged
one by one (credential_pipeline/clearinghouse/raw_feeds). Here a file that does not fit is refused as a whole.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.file_names import shown_file
from credential_pipeline.foundation.recipes.sql import identifier, literal
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch

Form = Callable[[str], str]
"""A SQL expression of type VARCHAR -> the SQL expression of its standard form."""

_READERS = {
    ".csv": "read_csv({files}, all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"', "
    "nullstr = '', union_by_name = true, strict_mode = true)",
    ".parquet": "read_parquet({files}, union_by_name = true)",
}
_WHOLE_NUMBERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})


@dataclass(frozen=True)
class Drop:
    """The rows of a drop and how to read their values.

    Attributes:
        rows: View of the rows, one column for each that was asked for.
        kinds: Column -> its DuckDB type; VARCHAR where files differ.
    """

    rows: Relation
    kinds: Mapping[str, str]

    def text(self, column: str, name: str = "") -> str:
        """SQL of a value as text without outer blanks, NULL if blank; of the column under another name if given."""
        value = name or column
        return f"nullif(trim({value if self.kinds[column] == 'VARCHAR' else f'CAST({value} AS VARCHAR)'}), '')"

    def whole_number(self, column: str) -> str:
        """SQL of a value as an INTEGER, NULL if it is none."""
        return f"try_cast({column if self.kinds[column] in _WHOLE_NUMBERS else self.text(column)} AS INTEGER)"

    def number(self, column: str) -> str:
        """SQL of a value as a DOUBLE, NULL if it is none."""
        exact = self.kinds[column] in {"DOUBLE", *_WHOLE_NUMBERS}
        return f"try_cast({column if exact else self.text(column)} AS DOUBLE)"


def drop_files(folder: Path, shown: str) -> dict[str, list[str]]:
    """List the files of a drop by kind, sorted; hidden files are passed over.

    Args:
        folder: The folder.
        shown: How messages name it.

    Raises:
        SafeError: E_DROP_MISSING if there is no folder or no file, E_DROP_FORMAT for another kind of file.
    """
    found: dict[str, list[str]] = {}
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        if file.name.startswith("."):
            continue
        if file.suffix.lower() not in _READERS or not file.is_file():
            raise SafeError("E_DROP_FORMAT", f"{shown} holds something else than .csv and .parquet files; remove it")
        found.setdefault(file.suffix.lower(), []).append(str(file))
    if not found:
        raise SafeError("E_DROP_MISSING", f"{shown} is missing or empty; put the files there as .csv or .parquet")
    return found


def open_drop(
    work: Scratch, folder: Path, shown: str, columns: Sequence[str], optional: Sequence[str] = (), only: str = ""
) -> Drop:
    """Create a view over all files of a folder, with the given columns.

    Column names may be in any case and order; further columns are ignored.

    Args:
        work: Makes the view.
        folder: Folder of .csv and .parquet files.
        shown: How messages name the folder, for example ``education/persons``.
        columns: Columns that every file must have.
        optional: Columns that are NULL where a file lacks them.
        only: Name of the one file to open; empty for all.

    Raises:
        SafeError: E_DROP_MISSING, E_DROP_FORMAT, E_DROP_COLUMN (names the missing columns), E_DROP_UNREADABLE.
    """
    # File by file, since a union by name would fill a column that one file lacks.
    files: list[tuple[str, dict[str, tuple[str, str]]]] = []
    for kind, names in drop_files(folder, shown).items():
        for file in names:
            if only and Path(file).name != only:
                continue
            reader = _READERS[kind].format(files=literal(file))
            present = _columns(work.con, reader, shown, shown_file(Path(file).name))
            missing = [name for name in columns if name not in present]
            if missing:
                message = f"{shown}/{shown_file(Path(file).name)} lacks the column {', '.join(missing)}; every column must be there"
                raise SafeError("E_DROP_COLUMN", f"{message}, blank if unknown")
            files.append((reader, present))
    wanted = (*columns, *optional)
    kinds = {name: _kind({present[name][1] for _, present in files if name in present}) for name in wanted}
    parts = (f"SELECT {_selection(present, kinds)} FROM {reader}" for reader, present in files)
    return Drop(work.view(folder.name, " UNION ALL ".join(parts)), kinds)


def _kind(found: set[str]) -> str:
    """The type of a column, VARCHAR if files differ, so that a number is never written in the way of another type."""
    return found.pop() if len(found) == 1 else "VARCHAR"


def _selection(present: Mapping[str, tuple[str, str]], kinds: Mapping[str, str]) -> str:
    return ", ".join(
        f"CAST({identifier(present[name][0]) if name in present else 'NULL'} AS {kind}) AS {name}"
        for name, kind in kinds.items()
    )


def _columns(con: Connection, reader: str, shown: str, file: str) -> dict[str, tuple[str, str]]:
    """Columns of one file: name in small letters -> name as written, and type."""
    try:
        described = con.execute(f"DESCRIBE SELECT * FROM {reader}").fetchall()
    except duckdb.Error:
        raise unreadable(f"{shown}/{file}") from None
    return {str(row[0]).strip().lower(): (str(row[0]), str(row[1])) for row in described}


def unreadable(shown: str) -> SafeError:
    """Make the error for a file whose content breaks off or does not parse. Raise it with ``from None``."""
    return SafeError("E_DROP_UNREADABLE", f"{shown} cannot be read; write it again as CSV in UTF-8 or as Parquet")
