"""Where the heavy steps of a linkage run: in DuckDB on this machine, or on Spark. The one place that chooses.

What touches a registry at its full size is wrapped in ``engine.reach``, which hands out something that executes SQL. Not here:
the steps themselves, what they may ask of an engine (sql.py), and how Spark is made to understand them (:mod:`spark`).
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from credential_pipeline.engines.linkage.cluster import Cluster
from credential_pipeline.engines.linkage.sql import Here, Sql
from credential_pipeline.foundation.storage.relation import Scratch


class Engine(Protocol):
    """One way to run the heavy steps."""

    def reach(self, work: Scratch) -> AbstractContextManager[Sql]:
        """Open what executes the statements of some steps; what they shall leave behind is asked for with ``keep``.

        Args:
            work: Makes relations in the connection whose tables and views the statements may read.
        """


class _DuckDB:
    """The engine of one machine: the connection itself."""

    @contextmanager
    def reach(self, work: Scratch) -> Iterator[Sql]:
        """Hand out the connection."""
        yield Here(work)


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
