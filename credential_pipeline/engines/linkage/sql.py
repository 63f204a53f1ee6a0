"""What executes the statements of linkage, as the steps see it, and the one of this machine.

Every step is written once, in DuckDB's SQL, against :class:`Sql`. Not here: which engine an industry uses (engine.py), and how
Spark is made to understand the statements (:mod:`spark`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from splink import DuckDBAPI

from credential_pipeline.engines.linkage.comparisons import Dialect
from credential_pipeline.foundation.storage.relation import Relation, Scratch


class Rows(Protocol):
    """What a statement gave."""

    def fetchall(self) -> Sequence[tuple[Any, ...]]:
        """All rows."""


class Reads(Protocol):
    """Something that answers queries; a connection is one."""

    def execute(self, query: str, parameters: object = None) -> Rows:
        """Execute one statement."""


@dataclass(frozen=True)
class Given:
    """What Splink is given to predict with.

    Attributes:
        api: Its interface to the engine.
        settings: The settings in the engine's words.
        records: The feature table, registered.
        pairs: The table of pairs to compare, registered.
        frequencies: Column -> registered table with its term frequencies.
    """

    api: Any
    settings: dict[str, Any]
    records: Any
    pairs: Any
    frequencies: Mapping[str, Any]


class Sql(Reads, Protocol):
    """Something that executes statements of linkage, and makes relations that they read."""

    @property
    def dialect(self) -> Dialect:
        """The dialect that the engine's Splink speaks."""

    def table(self, what: str, query: str, parameters: Sequence[Any] = ()) -> Relation:
        """Run a query once and keep its rows, see :meth:`Scratch.table`."""

    def append(self, target: Relation, query: str) -> None:
        """Add the rows of a query to a relation that :meth:`table` made."""

    def drop(self, *relations: Relation) -> None:
        """Give back the room of relations that are needed no more."""

    def keep(self, relation: Relation) -> Relation:
        """The relation as the connection of this machine holds it, for steps that run here."""

    def splink(self, settings: dict[str, Any], features: Relation, pairs: Relation, adjusted: Sequence[str]) -> Given:
        """What Splink is given to predict with.

        Args:
            settings: Settings in the engine's dialect.
            features: The feature table, with ``tf_<column>`` of the adjusted columns.
            pairs: The pairs to compare: match_key, join_key_l, join_key_r.
            adjusted: Columns whose term frequencies adjust weights.
        """

    def discard(self, name: str) -> None:
        """Drop a table that Splink made."""


class Here:
    """The engine of one machine: the connection itself."""

    dialect: Dialect = "duckdb"

    def __init__(self, work: Scratch) -> None:
        """Use a connection.

        Args:
            work: Makes the relations, and clears them away when the work ends.
        """
        self._work = work

    def execute(self, query: str, parameters: object = None) -> Rows:
        """Execute one statement."""
        return self._work.con.execute(query, parameters)

    def table(self, what: str, query: str, parameters: Sequence[Any] = ()) -> Relation:
        """Run a query once and keep its rows."""
        return self._work.table(what, query, parameters)

    def append(self, target: Relation, query: str) -> None:
        """Add the rows of a query to a relation."""
        self._work.con.execute(f"INSERT INTO {target} {query}")

    def drop(self, *relations: Relation) -> None:
        """Give back the room of relations."""
        self._work.drop(*relations)

    def keep(self, relation: Relation) -> Relation:
        """The relation itself: all is here already."""
        return relation

    def splink(self, settings: dict[str, Any], features: Relation, pairs: Relation, adjusted: Sequence[str]) -> Given:
        """What Splink is given to predict with."""
        api = DuckDBAPI(connection=self._work.con)
        records = api.register(bare(features), dataset_display_name="records")
        # The table brings its own frequencies; registering any keeps Splink from computing them again.
        frequencies = dict.fromkeys(adjusted, records)
        return Given(api, settings, records, api.register(bare(pairs)), frequencies)

    def discard(self, name: str) -> None:
        """Drop a table that Splink made."""
        self._work.con.execute(f"DROP TABLE {name}")


def bare(relation: Relation) -> str:
    """The last part of a relation's name, without quotes: Splink takes no other."""
    return relation.name.rpartition(".")[2].strip('"')


def count(sql: Reads, relation: Relation) -> int:
    """How many rows a relation has."""
    return int(sql.execute(f"SELECT count(*) FROM {relation}").fetchall()[0][0])
