"""An industry whose YAML says ``engine: spark``, through the command line."""

import importlib.util
import os
import shutil
from pathlib import Path

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


@needs_spark
def test_the_same_links_and_nothing_left(run, home, tmp_path, on_spark):
    conf = tmp_path / "spark.conf"
    conf.write_text(SMALL)

    def links(name: str) -> pd.DataFrame:
        assert run(home, "export", "links", "manufacturing", "--out", str(tmp_path / name)).code == 0
        return pd.read_csv(tmp_path / name, dtype={"student_id": str}).sort_values(["certifier", "record_id"])

    before = links("before.csv")
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
    pd.testing.assert_frame_equal(links("after.csv"), before, check_exact=False, rtol=0, atol=1.01e-6)
    assert not list((home / "clearinghouse" / "spill").glob("spark-*"))


def test_properties_that_cannot_be_read_are_one_line(run, home, on_spark):
    answer = run(
        home, "run", "manufacturing", registry=on_spark, CREDENTIAL_PIPELINE_SPARK_CONF=str(home / "missing.conf")
    )
    refused(answer, "missing.conf", "E_SPARK")
