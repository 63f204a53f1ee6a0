"""Rows of one shape from many steps: each step names the columns that it has something to say of, the rest has defaults.

Not here: which columns counts (counts.py) and cells (cells.py) have.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from credential_pipeline.foundation.storage.relation import Relation, Scratch


@dataclass(frozen=True)
class Shape:
    """What the rows of several steps have in common, so that they can be put together.

    Attributes:
        what: A word for the rows.
        columns: Name to (DuckDB type, SQL of the default), in order.
    """

    what: str
    columns: dict[str, tuple[str, str]]

    def rows(self, work: Scratch, query: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Relation:
        """Run a query and give its rows the shape.

        Args:
            work: Where the rows live.
            query: A SELECT of some of the columns, in any order.
            parameters: Values for its placeholders.

        Raises:
            ValueError: The query has a column that the shape lacks.
        """
        try:
            return work.filled(self.what, self.columns, query, parameters)
        except duckdb.BinderException as fault:
            raise ValueError(f"{self.what} do not take what a step says: {fault}") from None

    def union(self, work: Scratch, *parts: Relation) -> Relation:
        """All rows of several relations of this shape.

        Raises:
            ValueError: One of them has another shape.
        """
        return work.table(self.what, " UNION ALL ".join(f"SELECT * FROM {part.needs(*self.columns)}" for part in parts))
