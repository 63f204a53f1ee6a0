"""The words in which contracts are written: column, table, snapshot."""

from collections.abc import Iterator
from dataclasses import dataclass

from credential_pipeline.foundation.names import Sensitivity, Side


@dataclass(frozen=True)
class Column:
    """A column that a table must have.

    Attributes:
        name: Column name.
        type: DuckDB type, as ``DESCRIBE`` prints it.
        description: One sentence for people.
        identifier: True if the value alone points to a person; never exported or charted.
    """

    name: str
    type: str
    description: str
    identifier: bool = False


@dataclass(frozen=True)
class Table:
    """The columns of a table in their order, and its key (also its sort order).

    Attributes:
        unique: False where several rows may share a key, for example two enrollments that begin on one day.
        may_be_empty: True where no row at all is normal, for example a quarantine.
    """

    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    sensitivity: Sensitivity
    unique: bool = True
    may_be_empty: bool = False

    @property
    def column_names(self) -> list[str]:
        """Names in the order of the contract."""
        return [column.name for column in self.columns]

    @property
    def schema(self) -> dict[str, str]:
        """Name to DuckDB type, in the order of the contract."""
        return {column.name: column.type for column in self.columns}


@dataclass(frozen=True)
class Snapshot:
    """The tables that one hop publishes together, under one version.

    Attributes:
        inherits: Tables that a version hands on to the next and that cannot be computed again, for example learner ids; a
            first version must then never be taken for one whose predecessors are lost.
    """

    name: str
    side: Side
    description: str
    tables: tuple[Table, ...]
    partitioned: bool = True
    inherits: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Table]:
        """Walk the tables in their order."""
        return iter(self.tables)

    def table(self, name: str) -> Table:
        """Look a table up by name.

        Raises:
            KeyError: The snapshot has no such table.
        """
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)
