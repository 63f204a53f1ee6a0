"""The order in which the rows of a published table stand, and whether a table stands in it already.

Sorting millions of rows costs several times as much as a look at every row and the one before it. Not here: which columns a
table is ordered by (contracts) and the writing (staging.py).
"""

from collections.abc import Sequence

import duckdb

from credential_pipeline.foundation.storage.engine import Connection

ROW_GROUP = 122_880
"""Rows that DuckDB keeps together in a table, and that a file keeps together."""


def ordered_by(columns: Sequence[str]) -> str:
    """The list of an ORDER BY: missing values come first."""
    return ", ".join(f'"{name}" NULLS FIRST' for name in columns)


def is_ordered(con: Connection, table: str, columns: Sequence[str]) -> bool:
    """Whether a scan of a table gives what a sort of it would: the same rows in the same portions.

    The portions count because they show in the file. So the answer is no for a view, and for a table from which rows were
    deleted or to which they were added piece by piece. The look ends at the first row that is out of order.

    Args:
        con: A connection that preserves the order of insertion.
        table: Name of the table or view.
        columns: As for :func:`ordered_by`.
    """
    try:
        portions = con.execute(
            "SELECT sum(count) FROM pragma_storage_info(?) WHERE column_id = 0 AND segment_type <> 'VALIDITY'"
            " GROUP BY row_group_id ORDER BY row_group_id",
            [table],
        ).fetchall()
    except duckdb.CatalogException:
        return False
    sizes = [int(rows) for (rows,) in portions]
    held = con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
    if sum(sizes) != held or any(size != ROW_GROUP for size in sizes[:-1]):
        return False
    place = ", ".join(f"\"{name}\", 'ASC NULLS FIRST'" for name in columns)
    before = con.execute(
        f"SELECT 1 FROM (SELECT create_sort_key({place}) < lag(create_sort_key({place})) OVER () AS back FROM {table}) "
        "WHERE back LIMIT 1"
    ).fetchall()
    return not before
