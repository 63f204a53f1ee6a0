"""What stands in for DuckDB's connection: executes the statements of linkage on Spark.

A table that a statement makes is a folder of Parquet files and a temporary view over it, so nothing is computed twice.
A table that Spark doesn't know comes from DuckDB: views are followed down to the Parquet files of the snapshots, which
Spark reads in place; temporary tables go over as Parquet. Not here: the session (session.py) and the translation
(dialect.py).
"""

import shutil
from collections.abc import Callable, Sequence
from itertools import chain, count
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StructType
from splink import SparkAPI
from sqlglot import exp

from credential_pipeline.engines.linkage.comparisons import Dialect
from credential_pipeline.engines.linkage.spark.dialect import parse, spark_sql, tables, view_name
from credential_pipeline.engines.linkage.spark.similarity import with_similarity, written_out
from credential_pipeline.engines.linkage.sql import Given, bare
from credential_pipeline.foundation.quoting import literal
from credential_pipeline.foundation.storage.relation import Relation, Scratch

_SCHEMA = "spark"
"""Schema in the names of relations that live on Spark, which keeps them apart from DuckDB's."""


class Found:
    """The rows of a statement."""

    def __init__(self, fetch: Callable[[], Sequence[tuple[Any, ...]]] = tuple) -> None:
        """Remember how to fetch them."""
        self._fetch = fetch

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows."""
        return [tuple(row) for row in self._fetch()]


class SparkSql:
    """Executes statements of linkage on Spark.

    A statement that brings values of its own is small: DuckDB executes it, and what it made goes over when needed.
    """

    dialect: Dialect = "spark"

    def __init__(self, spark: SparkSession, work: Scratch, folder: Path) -> None:
        """Stand in for a connection.

        Args:
            spark: The session.
            work: Makes relations in the connection whose tables the statements may read.
            folder: Folder for Parquet files that all of Spark's machines see.
        """
        self._spark = spark
        self._work = work
        self._folder = folder
        self._numbers = count()
        self._made: dict[str, list[Path]] = {}
        self._columns: dict[str, StructType] = {}
        self._from_duckdb: dict[str, Path | None] = {}

    def execute(self, query: str, parameters: object = None) -> Found:
        """Answer one query, written in DuckDB's SQL."""
        if parameters is not None:
            return Found(self._work.con.execute(query, parameters).fetchall)
        return Found(self._frame(parse(query)).collect)

    def table(self, what: str, query: str, parameters: Sequence[Any] = ()) -> Relation:
        """Compute a table now; DuckDB computes it if it brings values of its own."""
        if parameters:
            return self._work.table(what, query, parameters)
        return self._keep(what, self._frame(parse(query)))

    def append(self, target: Relation, query: str) -> None:
        """Add rows to a table that was made here."""
        name = _view(target)
        columns = self._columns[name]
        frame = self._frame(parse(query)).toDF(*columns.names)
        frame = frame.select(*(frame[column.name].cast(column.dataType) for column in columns))
        self._made[name].append(self._write(name, frame))
        self._show(name)

    def drop(self, *relations: Relation) -> None:
        """Remove what was made here; DuckDB gives back its own."""
        for relation in relations:
            name = _view(relation)
            if name not in self._made:
                # Its name may be used again, for other rows.
                self._forget_copy(name)
                self._work.drop(relation)
                continue
            self._spark.catalog.dropTempView(name)
            for folder in self._made.pop(name):
                shutil.rmtree(folder)

    def keep(self, relation: Relation) -> Relation:
        """Make a table of the connection out of one that was made here."""
        name = _view(relation)
        if name not in self._made:
            return relation
        files = [f"{folder}/*.parquet" for folder in self._made[name]]
        return self._work.table(bare(relation).rpartition("_")[0], "SELECT * FROM read_parquet(?)", [files])

    def splink(self, settings: dict[str, Any], features: Relation, pairs: Relation, adjusted: Sequence[str]) -> Given:
        """What Splink is given: on Spark it joins the frequencies itself, so they go into tables of their own."""
        api = SparkAPI(spark_session=self._spark, register_udfs_automatically=False)
        name = _view(features)
        frame, plain = self._spark.table(name), f"{name}_plain"
        frequencies = {}
        for column in adjusted:
            values = frame.select(column, f"tf_{column}").where(frame[f"tf_{column}"].isNotNull()).distinct()
            frequencies[column] = api.register(_view(self._keep(f"frequencies_{column}", values)))
        frame.select(*(column for column in frame.columns if not column.startswith("tf_"))).createOrReplaceTempView(
            plain
        )
        self._made[plain] = []
        records = api.register(plain, dataset_display_name="records")
        return Given(api, with_similarity(settings), records, api.register(_view(pairs)), frequencies)

    def discard(self, name: str) -> None:
        """Remove a table that Splink made, with its checkpoint."""
        self._spark.catalog.dropTempView(name)
        for folder in Path(self._folder, "checkpoints").glob(f"*/{name}"):
            shutil.rmtree(folder)

    def forget(self) -> None:
        """Remove everything that was made here or brought over."""
        for name in (*self._made, *self._from_duckdb):
            self._spark.catalog.dropTempView(name)
        for folder in (*chain(*self._made.values()), *filter(None, self._from_duckdb.values())):
            shutil.rmtree(folder, ignore_errors=True)
        self._made, self._from_duckdb = {}, {}

    def _frame(self, tree: exp.Expr) -> DataFrame:
        for table in tables(tree):
            self._show_from_duckdb(table)
        return self._spark.sql(written_out(spark_sql(tree)))

    def _keep(self, what: str, frame: DataFrame) -> Relation:
        """Compute a table now, under a name of its own."""
        made = Relation(f'{_SCHEMA}."{what}_{next(self._numbers)}"', tuple(frame.columns))
        name = _view(made)
        self._made[name], self._columns[name] = [self._write(name, frame)], frame.schema
        self._show(name)
        return made

    def _write(self, name: str, frame: DataFrame) -> Path:
        folder = self._folder / f"{next(self._numbers)}-{name}"
        frame.write.parquet(f"file://{folder}")
        return folder

    def _show(self, name: str) -> None:
        """A view over files, of known columns so that no file has to be looked into for them."""
        paths = [f"file://{folder}" for folder in self._made[name]]
        self._spark.read.schema(self._columns[name]).parquet(*paths).createOrReplaceTempView(name)

    def _show_from_duckdb(self, table: exp.Table) -> None:
        """Let Spark see a table or view of DuckDB."""
        name = view_name(table)
        if name in self._made or name in self._from_duckdb or self._spark.catalog.tableExists(name):
            return
        rows = self._work.con.execute(
            "SELECT sql FROM duckdb_views() WHERE view_name = ? AND schema_name = ? ORDER BY temporary DESC",
            # DuckDB's temporary views lie in the main schema of a catalog of their own.
            [table.name, "main" if table.db in ("", "temp") else table.db],
        ).fetchall()
        definition = parse(rows[0][0]).expression if rows else None
        # Where a row lies only DuckDB knows.
        if definition is None or any(column.name == "rowid" for column in definition.find_all(exp.Column)):
            self._from_duckdb[name] = self._copy_from_duckdb(table, name)
            return
        for source in definition.find_all(exp.Table):
            if isinstance(source.this, exp.ReadParquet):
                source.replace(exp.to_table(self._open_files(source.this)))
        self._frame(definition).createOrReplaceTempView(name)
        self._from_duckdb[name] = None

    def _copy_from_duckdb(self, table: exp.Table, name: str) -> Path:
        folder = self._folder / f"{next(self._numbers)}-{name}"
        folder.mkdir(mode=0o700)
        qualified = ".".join(f'"{part}"' for part in (table.db, table.name) if part)
        self._work.con.execute(
            f"COPY (SELECT * FROM {qualified}) TO {literal(f'{folder}/rows.parquet')} (FORMAT parquet)"
        )
        self._spark.read.parquet(f"file://{folder}").createOrReplaceTempView(name)
        return folder

    def _forget_copy(self, name: str) -> None:
        folder = self._from_duckdb.pop(name, None)
        self._spark.catalog.dropTempView(name)
        if folder is not None:
            shutil.rmtree(folder)

    def _open_files(self, call: exp.ReadParquet) -> str:
        """Register the Parquet files that a view of DuckDB reads; return the view's name."""
        paths = [path.name for path in call.find_all(exp.Literal) if path.is_string]
        name = f"files_{next(self._numbers)}"
        self._spark.read.parquet(*(f"file://{Path(path).absolute()}" for path in paths)).createOrReplaceTempView(name)
        self._from_duckdb[name] = None
        return name


def _view(relation: Relation) -> str:
    return view_name(exp.to_table(relation.name, dialect="duckdb"))
