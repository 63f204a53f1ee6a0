"""An industry whose YAML says ``engine: spark``, through the command line, on a cluster of several processes.

The linkage of the clearinghouse runs on a whole cluster; while that of the enclave predicts, a worker dies.
"""

import importlib.util
import os
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tests.pipeline.conftest import Answer, command
from tests.pipeline.spark_cluster import Standalone, standalone
from tests.pipeline.test_refusals import overlay, refused

needs_cluster = pytest.mark.skipif(
    os.environ.get("SPARK_CLUSTER") != "1"
    or importlib.util.find_spec("pyspark") is None
    or shutil.which("java") is None,
    reason="It takes many minutes on two cores: make test-cluster",
)
_SECONDS = 300.0
HOPS = ("clearinghouse/store/linked_records", "enclave/store/person_keys")


def tables(home: Path, hop: str) -> dict[str, pd.DataFrame]:
    """Every table of the current version, ordered by all columns."""
    store = home / hop / "manufacturing"
    folder = store / (store / "CURRENT").read_text()
    read = "SELECT * FROM read_parquet('{}') ORDER BY ALL"
    return {path.stem: duckdb.execute(read.format(path)).df() for path in sorted(folder.glob("*.parquet"))}


def kill_while_predicting(cluster: Standalone, known: set[Path], over: threading.Event, killed: list[float]) -> None:
    """Kill a worker as soon as the pairs lie there that the next step predicts."""
    until = time.monotonic() + _SECONDS
    while not over.is_set() and time.monotonic() < until:
        if set(cluster.shared.glob("spark-*/*-spark__compared_*/_SUCCESS")) - known:
            cluster.kill(0)
            killed.append(time.monotonic())
            return
        time.sleep(0.02)


@dataclass(frozen=True)
class Ran:
    """What the two hops said and left, and what the cluster wrote down."""

    whole: Answer
    torn: Answer
    home: Path
    cluster: Standalone
    killed: list[float]


@pytest.fixture(scope="module")
def ran(pilot, tmp_path_factory) -> Iterator[Ran]:
    folder = tmp_path_factory.mktemp("spark")
    home, registry = folder / "home", overlay(folder, "industries", "manufacturing", linkage={"engine": "spark"})
    shutil.copytree(pilot, home, symlinks=True)
    with standalone(folder / "cluster") as cluster:

        def until(hop: str) -> Answer:
            words = ("run", "manufacturing", "--until", hop)
            return command(home, *words, registry=registry, **cluster.environment)

        whole = until("linked_records")
        over, killed = threading.Event(), list[float]()
        killer = threading.Thread(target=kill_while_predicting, args=(cluster, set(), over, killed))
        killer.start()
        torn = until("person_keys")
        over.set()
        killer.join()
        yield Ran(whole, torn, home, cluster, killed)


def same(ran: Ran, pilot: Path, hop: str) -> None:
    here, there = tables(pilot, hop), tables(ran.home, hop)
    assert list(there) == list(here)
    for name, table in here.items():
        # Half a unit of rounding may differ, the decisions may not.
        pd.testing.assert_frame_equal(there[name], table, check_exact=False, rtol=0, atol=1.01e-6, obj=name)


@needs_cluster
def test_a_cluster_makes_the_same_links(ran, pilot):
    assert ran.whole.code == 0, ran.whole.err
    assert not ran.whole.err.strip()
    assert "manufacturing linked_records published" in ran.whole.out
    same(ran, pilot, HOPS[0])
    assert {"linked", "unlinked"} <= set(tables(pilot, HOPS[0])["links"]["status"])


@needs_cluster
def test_a_worker_killed_while_predicting_changes_nothing(ran, pilot):
    assert ran.killed
    assert ran.torn.code == 0, ran.torn.err
    assert not ran.torn.err.strip()
    assert "manufacturing person_keys published" in ran.torn.out
    same(ran, pilot, HOPS[1])


@needs_cluster
def test_nothing_is_left_and_executors_say_nothing(ran):
    """Executors write a log of their own, on machines that nobody looks at."""
    assert not list(ran.cluster.shared.iterdir())
    written = [path.read_text(errors="replace") for path in ran.cluster.logs.rglob("std*")]
    # Two executors for each hop. What Java says before Spark is there is no line of a log.
    assert len([text for text in written if text.startswith("Spark Executor Command")]) >= 4
    assert not [text for text in written if " INFO " in text or " WARN " in text or " ERROR " in text]


@needs_cluster
def test_properties_that_cannot_be_read_are_one_line(run, home, tmp_path):
    registry = overlay(tmp_path, "industries", "manufacturing", linkage={"engine": "spark"})
    answer = run(
        home, "run", "manufacturing", registry=registry, CREDENTIAL_PIPELINE_SPARK_CONF=str(home / "missing.conf")
    )
    refused(answer, "missing.conf", "E_SPARK")
