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

from credential_pipeline.engines.linkage.engine import Given
from credential_pipeline.engines.linkage.spark.dialect import parse, spark_sql, tables, view_name
from credential_pipeline.engines.linkage.spark.similarity import with_similarity
from credential_pipeline.foundation.storage.engine import Connection


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

    def __init__(self, spark: SparkSession, con: Connection, folder: Path) -> None:
        """Stand in for a connection.

        Args:
            spark: The session.
            con: Connection whose tables the statements may read.
            folder: Folder for Parquet files that all of Spark's machines see.
        """
        self._spark = spark
        self._con = con
        self._folder = folder
        self._numbers = count()
        self._made: dict[str, list[Path]] = {}
        self._columns: dict[str, StructType] = {}
        self._brought: dict[str, Path | None] = {}

    def execute(self, query: str, parameters: object = None) -> Found:
        """Execute one statement, written in DuckDB's SQL."""
        if parameters is not None:
            return self._here(query, parameters)
        tree = parse(query)
        if isinstance(tree, exp.Drop):
            return self._drop(tree)
        if isinstance(tree, exp.Create):
            return self._create(tree) if tree.expression is not None else self._here(query)
        if isinstance(tree, exp.Insert):
            return self._append(view_name(tree.this), tree.expression) if self._owns(tree.this) else self._here(query)
        if isinstance(tree, exp.Delete):
            return self._delete(tree)
        return Found(self._frame(tree).collect)

    def executemany(self, query: str, parameters: object = None) -> Found:
        """Let DuckDB execute one statement for many rows of values."""
        self._con.executemany(query, parameters)
        return Found()

    def splink(self, settings: dict[str, Any], features: str, adjusted: Sequence[str]) -> Given:
        """What Splink is given: on Spark it joins the frequencies itself, so they go into tables of their own."""
        api = SparkAPI(spark_session=self._spark, register_udfs_automatically=False)
        frame, plain = self._spark.table(features), f"{features}_plain"
        frequencies = {}
        for column in adjusted:
            name = f"{features}_tf_{column}"
            self._keep(name, frame.select(column, f"tf_{column}").where(frame[f"tf_{column}"].isNotNull()).distinct())
            frequencies[column] = api.register(name)
        frame.select(*(name for name in frame.columns if not name.startswith("tf_"))).createOrReplaceTempView(plain)
        self._made[plain] = []
        records = api.register(plain, dataset_display_name="records")
        return Given(api, with_similarity(settings), records, frequencies)

    def give(self, names: Sequence[str]) -> None:
        """Make temporary tables of the connection out of what was made here."""
        for name in names:
            if name in self._made:
                files = [f"{folder}/*.parquet" for folder in self._made[name]]
                self._con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM read_parquet(?)", [files])

    def forget(self) -> None:
        """Remove everything that was made here or brought over."""
        for name in (*self._made, *self._brought):
            self._spark.catalog.dropTempView(name)
        for folder in (*chain(*self._made.values()), *filter(None, self._brought.values())):
            shutil.rmtree(folder, ignore_errors=True)
        self._made, self._brought = {}, {}

    def _owns(self, table: exp.Expr) -> bool:
        return isinstance(table, exp.Table) and view_name(table) in self._made

    def _here(self, query: str, parameters: object = None) -> Found:
        self._con.execute(query, parameters)
        return Found()

    def _frame(self, tree: exp.Expr) -> DataFrame:
        for table in tables(tree):
            self._bring(table)
        return self._spark.sql(spark_sql(tree))

    def _create(self, tree: exp.Create) -> Found:
        name = view_name(tree.this)
        if tree.kind == "VIEW":
            self._frame(tree.expression).createOrReplaceTempView(name)
            self._made.setdefault(name, [])
            return Found()
        return self._keep(name, self._frame(tree.expression))

    def _keep(self, name: str, frame: DataFrame) -> Found:
        """Compute a table now, under a name."""
        before = self._made.get(name, [])
        self._made[name], self._columns[name] = [self._write(name, frame)], frame.schema
        self._show(name)
        for folder in before:
            shutil.rmtree(folder)
        return Found()

    def _append(self, name: str, rows: exp.Expr) -> Found:
        columns = self._columns[name]
        frame = self._frame(rows).toDF(*columns.names)
        frame = frame.select(*(frame[column.name].cast(column.dataType) for column in columns))
        self._made[name].append(self._write(name, frame))
        self._show(name)
        return Found()

    def _delete(self, tree: exp.Delete) -> Found:
        """Deleting is keeping the rest: those without partner, or for which the condition is not true."""
        target = tree.this.copy()
        condition = tree.args["where"].this
        rest = exp.select("*").from_(target)
        if tree.args.get("using"):
            rest = rest.join(tree.args["using"][0], on=condition, join_type="anti")
        else:
            rest = rest.where(exp.not_(exp.func("coalesce", condition, exp.false())))
        return self._create(exp.Create(this=exp.to_table(target.name), kind="TABLE", expression=rest))

    def _drop(self, tree: exp.Drop) -> Found:
        name = tables(tree)[0].name
        self._spark.catalog.dropTempView(name)
        made_by_splink = Path(self._folder, "checkpoints").glob(f"*/{name}")
        for folder in (*self._made.pop(name, []), *made_by_splink):
            shutil.rmtree(folder)
        return Found()

    def _write(self, name: str, frame: DataFrame) -> Path:
        folder = self._folder / f"{next(self._numbers)}-{name}"
        frame.write.parquet(f"file://{folder}")
        return folder

    def _show(self, name: str) -> None:
        """A view over files, of known columns so that no file has to be looked into for them."""
        paths = [f"file://{folder}" for folder in self._made[name]]
        self._spark.read.schema(self._columns[name]).parquet(*paths).createOrReplaceTempView(name)

    def _bring(self, table: exp.Table) -> None:
        """Let Spark see a table or view of DuckDB."""
        name = view_name(table)
        if name in self._made or name in self._brought or self._spark.catalog.tableExists(name):
            return
        rows = self._con.execute(
            "SELECT sql FROM duckdb_views() WHERE view_name = ? AND schema_name = ? ORDER BY temporary DESC",
            [table.name, table.db or "main"],
        ).fetchall()
        definition = parse(rows[0][0]).expression if rows else None
        if definition is None:
            self._brought[name] = self._carry(table, name)
            return
        for source in definition.find_all(exp.Table):
            if isinstance(source.this, exp.ReadParquet):
                source.replace(exp.to_table(self._open_files(source.this)))
        self._frame(definition).createOrReplaceTempView(name)
        self._brought[name] = None

    def _carry(self, table: exp.Table, name: str) -> Path:
        folder = self._folder / f"{next(self._numbers)}-{name}"
        folder.mkdir(mode=0o700)
        qualified = ".".join(f'"{part}"' for part in (table.db, table.name) if part)
        self._con.execute(f"COPY (SELECT * FROM {qualified}) TO '{_quoted(folder)}/rows.parquet' (FORMAT parquet)")
        self._spark.read.parquet(f"file://{folder}").createOrReplaceTempView(name)
        return folder

    def _open_files(self, call: exp.ReadParquet) -> str:
        """Register the Parquet files that a view of DuckDB reads; return the view's name."""
        paths = [literal.name for literal in call.find_all(exp.Literal) if literal.is_string]
        name = f"files_{next(self._numbers)}"
        self._spark.read.parquet(*(f"file://{Path(path).absolute()}" for path in paths)).createOrReplaceTempView(name)
        self._brought[name] = None
        return name


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
