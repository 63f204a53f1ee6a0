"""Relations as values: what one step hands to the next, and the one place where they are made and cleared away.

A step is a function from relations to a relation. Its SQL names its inputs by the values it was given (``FROM {units}``), so
no module knows what another calls its tables. Not here: published versions (snapshots.py).
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from credential_pipeline.foundation.quoting import literal
from credential_pipeline.foundation.storage.engine import Connection

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_NEW = "new_relation"
_NUMBERS = count(1)
"""Of the whole process, so that no two names are alike in whatever connection; asking a connection takes longer."""


@dataclass(frozen=True)
class Relation:
    """A table or view of an open connection, known to exist when the value was made.

    Attributes:
        name: How SQL names it, quoted where needed; ``str()`` gives it, so an f-string can say ``FROM {people}``.
        columns: Its columns in their order.
    """

    name: str
    columns: tuple[str, ...]

    def __str__(self) -> str:
        """The name, for use in SQL."""
        return self.name

    def needs(self, *columns: str) -> "Relation":
        """Return the relation itself after a look at its columns.

        Raises:
            ValueError: A column is missing: the steps before and after do not fit.
        """
        absent = [column for column in columns if column not in self.columns]
        if absent:
            raise ValueError(f"{self.name} lacks {', '.join(absent)}; it has {', '.join(self.columns)}")
        return self


def relation(con: Connection, name: str) -> Relation:
    """An existing table or view as a value, for example ``relation(con, "person_keys.person_links")``.

    Raises:
        ValueError: There is no such table or view in the connection.
    """
    try:
        return Relation(name, tuple(con.table(name).columns))
    except duckdb.CatalogException:
        raise ValueError(f"there is no relation {name}") from None


class Scratch:
    """Makes the relations of one piece of work; see :func:`scratch`.

    Attributes:
        con: The connection in which they live, for statements that make no relation.
    """

    def __init__(self, con: Connection) -> None:
        """Start with no relation; made by :func:`scratch`."""
        self.con = con
        self._made: dict[str, str] = {}
        self._files: tempfile.TemporaryDirectory[str] | None = None

    def table(self, what: str, query: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Relation:
        """Run a query once and keep its rows.

        Args:
            what: A word for what the rows are; it shows in query plans. The same word may be used again.
            query: A SELECT; relations stand in it by their names.
            parameters: Values for its placeholders.
        """
        return self._create("TABLE", what, query, parameters)

    def file(self, what: str, query: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Relation:
        """Run a query once and keep its rows in a file, where many millions cost no memory; as for :meth:`table`."""
        path = literal(str(self.folder / f"{what}_{next(_NUMBERS)}.parquet"))
        self.con.execute(f"COPY ({query}) TO {path} (FORMAT parquet, COMPRESSION uncompressed)", parameters or None)
        return self.view(what, f"SELECT * FROM read_parquet({path})")

    @cached_property
    def folder(self) -> Path:
        """Room for files, beside what the engine spills; they go with the relations."""
        spill = self.con.execute("SELECT current_setting('temp_directory')").fetchall()[0][0]
        self._files = tempfile.TemporaryDirectory(dir=spill, ignore_cleanup_errors=True)
        return Path(self._files.name)

    def view(self, what: str, query: str) -> Relation:
        """Name a query that is run wherever the relation is used."""
        return self._create("VIEW", what, query, ())

    def change(self, view: Relation, query: str) -> None:
        """Let a view show what another query gives; its columns stay the same."""
        self.con.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS {query}")

    def frame(self, what: str, frame: "pd.DataFrame | pa.Table") -> Relation:
        """Copy a data frame or an Arrow table into the connection."""
        self.con.register(_NEW, frame)
        try:
            return self.table(what, f"SELECT * FROM {_NEW}")
        finally:
            self.con.unregister(_NEW)

    def rows(self, what: str, columns: dict[str, str], rows: Iterable[Sequence[Any]]) -> Relation:
        """Keep a few rows of Python values.

        Args:
            what: A word for what the rows are.
            columns: Name to DuckDB type, in order.
            rows: One sequence a row, in the order of the columns.
        """
        shape = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in columns.items())
        made = self.table(what, f"SELECT {shape} WHERE false")
        values = [list(row) for row in rows]
        if values:
            self.con.executemany(f"INSERT INTO {made} VALUES ({', '.join('?' * len(columns))})", values)
        return made

    def filled(
        self,
        what: str,
        columns: dict[str, tuple[str, str]],
        query: str,
        parameters: Sequence[Any] | dict[str, Any] = (),
    ) -> Relation:
        """Run a query once and keep its rows with all columns of a shape.

        Args:
            what: A word for what the rows are.
            columns: Name to (DuckDB type, SQL of the default of a column that the query does not name), in order.
            query: A SELECT of some of the columns, in any order.
            parameters: Values for its placeholders.

        Raises:
            duckdb.BinderException: The query has a column that is not among them.
        """
        name = f'temp."{what}_{next(_NUMBERS)}"'
        shape = ", ".join(f'"{column}" {kind} DEFAULT {default}' for column, (kind, default) in columns.items())
        self.con.execute(f"CREATE TEMP TABLE {name} ({shape})")
        self._made[name] = "TABLE"
        self.con.execute(f"INSERT INTO {name} BY NAME {query}", parameters or None)
        return Relation(name, tuple(columns))

    def scale(self, what: str, query: str) -> str:
        """Make a type of texts that are stored, compared and sorted as numbers; return its name.

        Args:
            what: A word for what the texts are.
            query: A SELECT of distinct texts, in the order that values of the type shall have.
        """
        name = f'temp."{what}_{next(_NUMBERS)}"'
        self.con.execute(f"CREATE TEMP TYPE {name} AS ENUM ({query})")
        self._made[name] = "TYPE"
        return name

    def drop(self, *relations: Relation) -> None:
        """Give back the room of relations that are needed no more; all others go when the work ends."""
        for made in relations:
            self.con.execute(f"DROP {self._made.pop(made.name)} IF EXISTS {made}")

    def _create(self, kind: str, what: str, query: str, parameters: Sequence[Any] | dict[str, Any]) -> Relation:
        name = f'temp."{what}_{next(_NUMBERS)}"'
        self.con.execute(f"CREATE TEMP {kind} {name} AS {query}", parameters or None)
        self._made[name] = kind
        return relation(self.con, name)

    def close(self) -> None:
        """Drop whatever is left, newest first, since a view may stand on a table that is older."""
        for name, kind in reversed(list(self._made.items())):
            self.con.execute(f"DROP {kind} IF EXISTS {name}")
        self._made.clear()
        if self._files is not None:
            self._files.cleanup()


@contextmanager
def scratch(con: Connection) -> Iterator[Scratch]:
    """Room for relations that nobody sees afterwards: they are gone when the block ends, well or badly.

    Args:
        con: An open connection.

    Yields:
        What makes them.
    """
    work = Scratch(con)
    try:
        yield work
    finally:
        work.close()
