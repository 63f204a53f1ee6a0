"""Starting Spark, keeping it quiet, stopping it. What it says of its own accord may quote names, so it is not heard.

Not here: what runs on it (statements.py).
"""

import contextlib
import importlib.util
import logging
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from credential_pipeline.engines.linkage.cluster import Cluster
from credential_pipeline.engines.linkage.sql import Sql
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Scratch

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SILENT: Mapping[str, str] = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.eventLog.enabled": "false",
    "spark.log.level": "OFF",
    "spark.log.structuredLogging.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.catalogImplementation": "in-memory",
}
"""Properties that nothing overrides: nobody looks on, and nothing is written down."""
LOCAL: Mapping[str, str] = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "2g",
    "spark.sql.shuffle.partitions": "8",
}
"""Properties where Spark runs on this machine alone, unless the installation says otherwise."""
_PREFIX = "spark-"
_EXECUTORS_SAY = """status = off
appender.none.type = Null
appender.none.name = none
rootLogger.level = off
rootLogger.appenderRef.none.ref = none
"""
"""Log4j's properties on a cluster, whose executors would otherwise log what they do, on machines of their own.

Spark puts its own in place of properties that name no appender.
"""


class SparkEngine:
    """Runs the heavy steps on Spark; started when first needed, stopped by :meth:`close`."""

    def __init__(self, cluster: Cluster) -> None:
        """Check that Spark can be started.

        Raises:
            SafeError: ``E_SPARK``: PySpark or Java is missing.
        """
        _check_installed()
        self._cluster = cluster
        self._spark: SparkSession | None = None
        self._folder: Path | None = None

    @contextmanager
    def reach(self, work: Scratch) -> Iterator[Sql]:
        """Hand out a stand-in for the connection; what it made is gone afterwards, but for what it was told to keep.

        Raises:
            SafeError: ``E_SPARK``: Spark failed; its own words are left out, because they may quote rows.
        """
        with _quiet(), _translated("work on the linkage", self._cluster):
            from credential_pipeline.engines.linkage.spark.statements import SparkSql

            spark, folder = self._start(work.con)
            sql = SparkSql(spark, work, folder)
            try:
                yield sql
            finally:
                sql.forget()

    def close(self) -> None:
        """Stop Spark and remove what it left."""
        try:
            if self._spark is not None:
                _stop(self._spark)
        finally:
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
            self._spark = self._folder = None

    def _start(self, con: Connection) -> "tuple[SparkSession, Path]":
        if self._spark is None or self._folder is None:
            self._folder = _work_folder(con, self._cluster.folder)
            with _translated("start", self._cluster):
                self._spark = _session(self._cluster, self._folder)
        return self._spark, self._folder


def _check_installed() -> None:
    home = os.environ.get("JAVA_HOME")
    java = Path(home, "bin", "java") if home else None
    if importlib.util.find_spec("pyspark") is None:
        missing = "PySpark is not installed here: run make install-spark"
    elif not (java and java.exists()) and shutil.which("java") is None:
        missing = "Java is not installed here: run make install-spark, and install a headless Java 17 or newer"
    else:
        return
    message = f"The industry's YAML asks for linkage on Spark, but {missing}, or set linkage.engine to duckdb."
    raise SafeError("E_SPARK", message)


def _work_folder(con: Connection, shared: Path | None) -> Path:
    """A new folder that only this user may enter; folders of runs that were killed go."""
    spill = Path(str(con.execute("SELECT current_setting('temp_directory')").fetchall()[0][0]))
    base = (shared or spill).absolute()
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in spill.glob(f"{_PREFIX}*") if base == spill.absolute() else ():
        found = re.match(rf"{_PREFIX}(\d+)-", old.name)
        if found and not _alive(int(found[1])):
            shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=base))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def properties(cluster: Cluster, folder: Path) -> dict[str, str]:
    """Every property of the session, in the order in which one outranks another."""
    from splink.backends.spark import similarity_jar_location

    alone = cluster.master.startswith("local")
    own, silent = (dict(LOCAL), dict(SILENT)) if alone else ({}, dict(SILENT) | _silent_executors(cluster, folder))
    jars = [jar for jar in (cluster.conf.get("spark.jars"), similarity_jar_location()) if jar]
    return {
        **own,
        "spark.app.name": "credential-pipeline",
        "spark.local.dir": str(folder),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        **cluster.conf,
        **silent,
        "spark.jars": ",".join(jars),
        "spark.master": cluster.master,
    }


def _silent_executors(cluster: Cluster, folder: Path) -> dict[str, str]:
    """A level that is set while executors start does not reach all of them, so they are started with it."""
    name = "spark.executor.extraJavaOptions"
    level = f"-Dlog4j2.configurationFile={_log_file(folder).as_uri()}"
    return {name: f"{cluster.conf[name]} {level}" if name in cluster.conf else level}


def _log_file(folder: Path) -> Path:
    return folder.absolute() / "log4j2.properties"


def _session(cluster: Cluster, folder: Path) -> "SparkSession":
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession
    from pyspark.sql.types import DoubleType

    from credential_pipeline.engines.linkage.spark.similarity import JAR

    _log_file(folder).write_text(_EXECUTORS_SAY, encoding="utf-8")
    conf = SparkConf(loadDefaults=False).setAll(list(properties(cluster, folder).items()))
    unheard = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    gateway: Any = launch_gateway(conf=conf, popen_kwargs=unheard)  # type: ignore[no-untyped-call]
    try:
        context = SparkContext(conf=conf, gateway=gateway)
    except BaseException:
        _stop_java(gateway)
        raise
    context.setLogLevel("OFF")
    context.setCheckpointDir(f"file://{folder}/checkpoints")
    spark = SparkSession(context)
    for name, java_class in JAR.items():
        spark.udf.registerJavaFunction(name, java_class, DoubleType())
    return spark


def _stop(spark: "SparkSession") -> None:
    """Stop Spark and the Java process, so that the memory is free for the hops that follow."""
    gateway = spark.sparkContext._gateway  # noqa: SLF001 -- PySpark has no public way to end its Java process
    with contextlib.suppress(Exception):
        spark.stop()
    _stop_java(gateway)


def _stop_java(gateway: Any) -> None:
    from pyspark import SparkContext

    with contextlib.suppress(Exception):
        gateway.shutdown()
    SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001 -- or the next session would use the dead process
    process = gateway.proc
    # Java ends when its input does.
    process.stdin.close()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence what Python's side of Spark writes to stderr: it quotes statements and Java's messages."""
    names = ("py4j", "py4j.clientserver", "py4j.java_gateway", "SQLQueryContextLogger", "DataFrameQueryContextLogger")
    loggers = [logging.getLogger(name) for name in names]
    before = [(logger.disabled, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.disabled, logger.propagate = True, False
    try:
        yield
    finally:
        for logger, (disabled, propagate) in zip(loggers, before, strict=True):
            logger.disabled, logger.propagate = disabled, propagate


@contextmanager
def _translated(step: str, cluster: Cluster) -> Iterator[None]:
    """Turn what Spark raises into one line without its words, which may quote rows."""
    try:
        yield
    except SafeError:
        raise
    except Exception as error:
        # Spark, py4j and Splink share no class; what is not theirs goes on.
        kind = _kind(error)
        if kind is None:
            raise
        message = (
            f"Spark at {cluster.master} could not {step} ({kind}); look at its memory, disk and Java (17 or newer), "
            "and at the properties in CREDENTIAL_PIPELINE_SPARK_CONF."
        )
        raise SafeError("E_SPARK", message) from None


def _kind(error: BaseException | None) -> str | None:
    """Class of the first error that Spark raised, with Spark's own name for the condition; None if it was not Spark."""
    while error is not None:
        if type(error).__module__.split(".")[0] in ("pyspark", "py4j"):
            condition = getattr(error, "getCondition", lambda: None)()
            return f"{type(error).__name__}{f' {condition}' if condition else ''}"
        error = error.__cause__ or error.__context__
    return None
