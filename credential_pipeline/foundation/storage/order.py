"""The order in which the rows of a published table stand, and whether a table stands in it already.

Sorting millions of rows costs several times as much as a look at every row and the one before it. Not here: which columns a
table is ordered by (contracts) and the writing (staging.py).
"""

from collections.abc import Sequence

from credential_pipeline.foundation.storage.engine import Connection


def ordered_by(columns: Sequence[str]) -> str:
    """The list of an ORDER BY: missing values come first."""
    return ", ".join(f'"{name}" NULLS FIRST' for name in columns)


def is_ordered(con: Connection, table: str, columns: Sequence[str]) -> bool:
    """Whether the rows of a table follow one another in the order of the columns.

    The look ends at the first row that does not.

    Args:
        con: A connection that preserves the order of insertion.
        table: A table; a view says nothing of the order in which its rows come.
        columns: As for :func:`ordered_by`.
    """
    place = ", ".join(f"\"{name}\", 'ASC NULLS FIRST'" for name in columns)
    before = con.execute(
        f"SELECT 1 FROM (SELECT create_sort_key({place}) < lag(create_sort_key({place})) OVER () AS back FROM {table}) "
        "WHERE back LIMIT 1"
    ).fetchall()
    return not before
