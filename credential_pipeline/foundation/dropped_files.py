"""Opens a folder of CSV and Parquet files of one fixed layout as a DuckDB view of text columns.

The education registry and the reference population come as such drops. A certifier's feed does not: its rows are judged
one by one (credential_pipeline/clearinghouse/raw_feeds). Here a file that does not fit is refused as a whole.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.recipes.sql import identifier, literal
from credential_pipeline.foundation.storage.engine import Connection

_READERS = {
    ".csv": "read_csv({files}, all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"', "
    "nullstr = '', union_by_name = true, strict_mode = true)",
    ".parquet": "read_parquet({files}, union_by_name = true)",
}


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


def open_drop(  # what messages, SQL and the disk call the same thing
    con: Connection, folder: Path, shown: str, view: str, columns: Sequence[str], optional: Sequence[str] = ()
) -> None:
    """Create a temporary view over all files of a folder, with the given columns as text and blank values as NULL.

    Column names may be in any case and order; further columns are ignored.

    Args:
        con: Connection.
        folder: Folder of .csv and .parquet files.
        shown: How messages name the folder, for example ``education/persons``.
        view: Name of the view to create.
        columns: Columns that every file must have.
        optional: Columns that are NULL where a file lacks them.

    Raises:
        SafeError: E_DROP_MISSING, E_DROP_FORMAT, E_DROP_COLUMN (names the missing columns), E_DROP_UNREADABLE.
    """
    parts: list[str] = []
    for kind, files in drop_files(folder, shown).items():
        for file in files:
            # File by file, since a union by name would fill a column that one file lacks.
            reader = _READERS[kind].format(files=literal(file))
            present = _columns(con, reader, shown, Path(file).name)
            missing = [name for name in columns if name not in present]
            if missing:
                message = f"{shown}/{Path(file).name} lacks the column {', '.join(missing)}; every column must be there"
                raise SafeError("E_DROP_COLUMN", f"{message}, blank if unknown")
            parts.append(f"SELECT {_selection(present, (*columns, *optional))} FROM {reader}")
    con.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS {' UNION ALL '.join(parts)}")


def _selection(present: dict[str, str], columns: Sequence[str]) -> str:
    quoted = {name: identifier(present[name]) for name in columns if name in present}
    return ", ".join(
        f"nullif(trim(CAST({quoted[name]} AS VARCHAR)), '') AS {name}"
        if name in quoted
        else f"CAST(NULL AS VARCHAR) AS {name}"
        for name in columns
    )


def _columns(con: Connection, reader: str, shown: str, file: str) -> dict[str, str]:
    """Column names of one file: in small letters -> as written."""
    try:
        described = con.execute(f"DESCRIBE SELECT * FROM {reader}").fetchall()
    except duckdb.Error:
        raise unreadable(f"{shown}/{file}") from None
    return {str(row[0]).strip().lower(): str(row[0]) for row in described}


def unreadable(shown: str) -> SafeError:
    """Make the error for a file whose content breaks off or does not parse. Raise it with ``from None``."""
    return SafeError("E_DROP_UNREADABLE", f"{shown} cannot be read; write it again as CSV in UTF-8 or as Parquet")
