"""Where the heavy steps of a linkage run: in DuckDB on this machine, or on Spark.

Every step is written once, in DuckDB's SQL. What touches a registry at its full size is wrapped in ``engine.reach``,
which hands out something that executes SQL: DuckDB's own connection, or a stand-in that runs the same statements on
Spark. Not here: the steps themselves, and how Spark is made to understand them (:mod:`spark`).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from splink import DuckDBAPI

from credential_pipeline.engines.linkage.cluster import Cluster
from credential_pipeline.engines.linkage.comparisons import Dialect
from credential_pipeline.foundation.storage.engine import Connection


class Rows(Protocol):
    """What a statement gave."""

    def fetchall(self) -> Sequence[tuple[Any, ...]]:
        """All rows."""


class Sql(Protocol):
    """Something that executes statements of linkage, written in DuckDB's SQL."""

    def execute(self, query: str, parameters: object = None) -> Rows:
        """Execute one statement."""

    def executemany(self, query: str, parameters: object = None) -> Rows:
        """Execute one statement for many rows of values."""


@dataclass(frozen=True)
class Given:
    """What Splink is given to predict with.

    Attributes:
        api: Its interface to the engine.
        settings: The settings in the engine's words.
        records: The feature table, registered.
        frequencies: Column -> registered table with its term frequencies.
    """

    api: Any
    settings: dict[str, Any]
    records: Any
    frequencies: Mapping[str, Any]


class SparkBackend(Sql, Protocol):
    """The stand-in that runs statements on Spark."""

    def splink(self, settings: dict[str, Any], features: str, adjusted: Sequence[str]) -> Given:
        """What Splink is given, see :func:`splink`."""


class Engine(Protocol):
    """One way to run the heavy steps."""

    def reach(self, con: Connection, gives: Sequence[str] = ()) -> AbstractContextManager[Sql]:
        """Open what executes the statements of some steps.

        Args:
            con: Connection whose tables and views the statements may read.
            gives: Tables that the statements make and that the connection shall hold afterwards.
        """


class _DuckDB:
    """The engine of one machine: the connection itself."""

    @contextmanager
    def reach(self, con: Connection, gives: Sequence[str] = ()) -> Iterator[Sql]:  # noqa: ARG002 -- all is there already
        """Hand out the connection."""
        yield con


DUCKDB: Engine = _DuckDB()
"""The engine that an industry uses if its YAML does not say otherwise."""


@contextmanager
def opened(name: str, cluster: Cluster) -> Iterator[Engine]:
    """Open the engine of an industry, and close it whatever happens.

    Args:
        name: ``duckdb`` or ``spark``.
        cluster: Where Spark is.

    Raises:
        SafeError: ``E_SPARK``: Spark or Java is not installed, or did not start, or failed.
    """
    if name != "spark":
        yield DUCKDB
        return
    from credential_pipeline.engines.linkage.spark.session import SparkEngine

    engine = SparkEngine(cluster)
    try:
        yield engine
    finally:
        engine.close()


def dialect(sql: Sql) -> Dialect:
    """The dialect that an engine's Splink speaks."""
    return "duckdb" if isinstance(sql, Connection) else "spark"


def splink(sql: Any, settings: dict[str, Any], features: str, adjusted: Sequence[str]) -> Given:
    """What Splink is given to predict with.

    Args:
        sql: What an engine handed out.
        settings: Settings in the engine's dialect.
        features: The feature table, with ``tf_<column>`` of the adjusted columns.
        adjusted: Columns whose term frequencies adjust weights.
    """
    if isinstance(sql, Connection):
        api = DuckDBAPI(connection=sql)
        records = api.register(features, dataset_display_name="records")
        # The table brings its own frequencies; registering any keeps Splink from computing them again.
        return Given(api, settings, records, dict.fromkeys(adjusted, records))
    backend: SparkBackend = sql
    return backend.splink(settings, features, adjusted)
