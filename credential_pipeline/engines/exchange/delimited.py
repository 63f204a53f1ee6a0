"""Writes rows as the CSV file that a partner reads: the one writer of all formats. Not here: which columns a format has."""

from collections.abc import Sequence
from pathlib import Path

from credential_pipeline.foundation.recipes.sql import identifier, literal
from credential_pipeline.foundation.storage.relation import Relation, Scratch


def write_rows(
    work: Scratch, rows: Relation, path: Path, columns: Sequence[str], headers: Sequence[str], order: str = "ALL"
) -> None:
    """Write a CSV file with a header; what is missing is empty.

    Args:
        work: Runs the query.
        rows: What to write.
        path: The file, which is replaced.
        columns: Columns of the rows, in the order of the file.
        headers: What the first line calls them.
        order: The order of the rows, as SQL.
    """
    listed = ", ".join(
        f"{identifier(name)} AS {identifier(header)}" for name, header in zip(columns, headers, strict=True)
    )
    work.con.execute(
        f"COPY (SELECT {listed} FROM {rows} ORDER BY {order}) TO {literal(str(path))}"
        " (FORMAT csv, HEADER true, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULLSTR '')"
    )
