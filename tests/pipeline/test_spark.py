"""An industry whose YAML says ``engine: spark``, through the command line."""

import importlib.util
import os
import shutil
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tests.pipeline.test_refusals import overlay, refused

needs_spark = pytest.mark.skipif(
    (importlib.util.find_spec("pyspark") is None or shutil.which("java") is None) and os.environ.get("CI") != "true",
    reason="PySpark or Java is not installed: make install-spark (CI does)",
)
# For work of seconds it does not pay to compile or to plan anew.
SMALL = """
spark.sql.shuffle.partitions 2
spark.sql.adaptive.enabled false
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1
"""


@pytest.fixture
def on_spark(tmp_path) -> Path:
    return overlay(tmp_path, "industries", "manufacturing", linkage={"engine": "spark"})


def linked(home: Path) -> dict[str, pd.DataFrame]:
    """Every table of the current version, ordered by all columns."""
    store = home / "clearinghouse" / "store" / "linked_records" / "manufacturing"
    folder = store / (store / "CURRENT").read_text()
    read = "SELECT * FROM read_parquet('{}') ORDER BY ALL"
    return {path.stem: duckdb.execute(read.format(path)).df() for path in sorted(folder.glob("*.parquet"))}


@needs_spark
def test_the_same_tables_and_nothing_left(run, home, tmp_path, on_spark):
    conf = tmp_path / "spark.conf"
    conf.write_text(SMALL)
    here = linked(home)
    answer = run(
        home,
        "run",
        "manufacturing",
        "--until",
        "linked_records",
        registry=on_spark,
        CREDENTIAL_PIPELINE_SPARK_CONF=str(conf),
    )
    assert answer.code == 0, answer.err
    assert not answer.err.strip()
    assert "manufacturing linked_records …" in answer.out
    assert "linked_records unchanged" not in answer.out
    there = linked(home)
    assert {name: len(table) for name, table in there.items()} == {name: len(table) for name, table in here.items()}
    assert {"linked", "unlinked"} <= set(here["links"]["status"])
    for name, table in here.items():
        # Half a unit of rounding may differ, the decisions may not.
        pd.testing.assert_frame_equal(there[name], table, check_exact=False, rtol=0, atol=1.01e-6, obj=name)
    assert not list((home / "clearinghouse" / "spill").glob("spark-*"))


def test_properties_that_cannot_be_read_are_one_line(run, home, on_spark):
    answer = run(
        home, "run", "manufacturing", registry=on_spark, CREDENTIAL_PIPELINE_SPARK_CONF=str(home / "missing.conf")
    )
    refused(answer, "missing.conf", "E_SPARK")
