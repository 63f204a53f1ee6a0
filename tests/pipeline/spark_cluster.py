"""A Spark standalone cluster as an installation may have one: a master and workers, each a process, all on loopback.

Whoever may speak with it knows a secret, and what travels or is put down is encrypted, as the documentation asks.
"""

import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SECONDS = 40.0
_LOOPBACK = "127.0.0.1"
# Of one core each, and hardly more memory than Spark asks for at least.
_WORKER = ("--cores", "1", "--memory", "600m")
_QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
_CLOSED = """
spark.authenticate true
spark.authenticate.secret {secret}
spark.network.crypto.enabled true
spark.io.encryption.enabled true
"""
_DAEMONS = "spark.master.rest.enabled false\n"
# For work of seconds it does not pay to compile or to plan anew.
_SMALL = f"""
spark.driver.host {_LOOPBACK}
spark.driver.bindAddress {_LOOPBACK}
spark.driver.memory 1g
spark.executor.memory 600m
spark.executor.extraJavaOptions {_QUICK}
spark.driver.extraJavaOptions {_QUICK}
spark.sql.shuffle.partitions 2
spark.sql.adaptive.enabled false
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
"""


@dataclass(frozen=True)
class Standalone:
    """A running cluster.

    Attributes:
        environment: What points a run at it.
        shared: Folder in which the runs exchange tables with it.
        logs: Folder of what its processes wrote.
        workers: Its workers; each leads a group of processes with its executors.
    """

    environment: dict[str, str]
    shared: Path
    logs: Path
    workers: tuple[subprocess.Popen[bytes], ...]

    def kill(self, worker: int) -> None:
        """End a worker and its executors at once, as when its machine loses power."""
        os.killpg(self.workers[worker].pid, signal.SIGKILL)
        self.workers[worker].wait()


@contextmanager
def standalone(folder: Path, workers: int = 2) -> Iterator[Standalone]:
    """Start a cluster; afterwards none of its processes is left."""
    logs, shared = folder / "logs", folder / "shared"
    for made in (logs, shared, folder / "local"):
        made.mkdir(parents=True)
    closed = _CLOSED.format(secret=secrets.token_hex(16))
    (folder / "daemons.conf").write_text(closed + _DAEMONS)
    (folder / "spark.conf").write_text(closed + _SMALL)
    started: list[subprocess.Popen[bytes]] = []
    try:
        started.append(_start(folder, "master.Master"))
        master = _said(logs / "0.err", r"Starting Spark master at (spark://\S+)")
        _said(logs / "0.err", r"New state: (ALIVE)")
        for number in range(1, workers + 1):
            given = (master, *_WORKER, "--work-dir", str(logs / f"w{number}"))
            started.append(_start(folder, "worker.Worker", *given, number=number))
        for number in range(1, workers + 1):
            _said(logs / f"{number}.err", "(Successfully registered with master)")
        environment = {
            "CREDENTIAL_PIPELINE_SPARK_MASTER": master,
            "CREDENTIAL_PIPELINE_SPARK_CONF": str(folder / "spark.conf"),
            "CREDENTIAL_PIPELINE_SPARK_FOLDER": str(shared),
        }
        yield Standalone(environment, shared, logs, tuple(started[1:]))
    finally:
        for process in reversed(started):
            _stop(process)


def _start(folder: Path, what: str, *arguments: str, number: int = 0) -> subprocess.Popen[bytes]:
    import pyspark

    java = shutil.which("java", path=f"{os.environ.get('JAVA_HOME', '')}/bin:{os.environ['PATH']}")
    assert java is not None
    spark = Path(pyspark.__file__).parent
    words = [java, "-Xmx128m", *_QUICK.split(), "-cp", f"{spark}/jars/*"]
    words += [f"org.apache.spark.deploy.{what}", "--properties-file", str(folder / "daemons.conf")]
    words += ["--host", _LOOPBACK, "--port", "0", "--webui-port", "0", *arguments]
    own = {"SPARK_HOME": str(spark), "SPARK_SCALA_VERSION": _scala(spark)}
    own |= {"SPARK_LOCAL_IP": _LOOPBACK, "SPARK_LOCAL_DIRS": str(folder / "local")}
    with (folder / "logs" / f"{number}.err").open("wb") as log:
        # A group of its own, so that its executors can be ended with it.
        return subprocess.Popen(
            words, env=os.environ | own, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )


def _scala(spark: Path) -> str:
    """Version of Scala, which a worker asks for before it starts an executor: part of the name of Spark's own package."""
    (core,) = (spark / "jars").glob("spark-core_*.jar")
    return core.name.removeprefix("spark-core_").partition("-")[0]


def _said(log: Path, pattern: str) -> str:
    """What a process says of itself, once it does."""
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        if found := re.search(pattern, log.read_text(errors="replace")):
            return found[1]
        time.sleep(0.1)
    raise AssertionError(log.read_text(errors="replace")[-2000:])


def _stop(process: subprocess.Popen[bytes]) -> None:
    for told in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, told)
        except ProcessLookupError:
            break
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            continue
    process.wait()
