"""What the linkage says in SQL means the same on Spark, Spark leaves nothing behind, and its own words stay unheard.

That both engines give the same tables is tested where a user asks for it, in the pipeline tier.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from credential_pipeline.engines.linkage.cluster import Cluster, read_properties
from credential_pipeline.engines.linkage.comparisons import ADDRESS_SIMILAR, SIMILAR
from credential_pipeline.engines.linkage.engine import opened
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import scratch

MISSING = importlib.util.find_spec("pyspark") is None or shutil.which("java") is None

if MISSING and os.environ.get("CI") != "true":
    pytest.skip("PySpark or Java is not installed: make install-spark (CI does)", allow_module_level=True)

# For work of seconds it does not pay to compile or to plan anew.
SMALL = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
}
SECRET = "MACGILLICUDDY"


def translated(query: str) -> str:
    from credential_pipeline.engines.linkage.spark.dialect import parse, spark_sql

    return spark_sql(parse(query))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "SELECT id, unnest([a, b]) AS key, unnest([0, 1]) AS rule FROM t",
            "SELECT id, INLINE(ARRAYS_ZIP(ARRAY(a, b), ARRAY(0, 1))) AS (key, rule) FROM t",
        ),
        ("SELECT unnest(names) AS name FROM t", "SELECT EXPLODE(names) AS name FROM t"),
        ("SELECT hash(3, a) FROM t", "SELECT XXHASH64(3, a) FROM t"),
        ("SELECT a // 100 FROM t", "SELECT CAST(a DIV 100 AS INT) FROM t"),
        ("SELECT [5, 7][rule + 1] FROM t", "SELECT ELEMENT_AT(ARRAY(5, 7), rule + 1) FROM t"),
        ("SELECT a >= 0.95 FROM t", "SELECT a >= CAST(0.95 AS DOUBLE) FROM t"),
        (
            "WITH u AS (SELECT * FROM s.t) SELECT * FROM u SEMI JOIN v USING (k)",
            "WITH u AS (SELECT * FROM s__t) SELECT * FROM u SEMI JOIN v USING (k)",
        ),
    ],
)
def test_statements_are_translated(query, expected):
    assert translated(query) == expected


def test_nothing_that_speaks_can_be_switched_on():
    from credential_pipeline.engines.linkage.spark.session import SILENT, properties

    loud = dict.fromkeys(SILENT, "true") | {"spark.executor.memory": "8g", "spark.driver.host": "10.0.0.1"}
    made = properties(Cluster("spark://cluster:7077", loud), Path("folder"))
    assert {name: made[name] for name in SILENT} == dict(SILENT)
    assert made["spark.executor.memory"] == "8g"
    assert made["spark.driver.host"] == "10.0.0.1"
    assert properties(Cluster(), Path("folder"))["spark.driver.bindAddress"] == "127.0.0.1"


def test_executors_of_a_cluster_are_started_silent():
    from credential_pipeline.engines.linkage.spark.session import properties

    name, ours = "spark.executor.extraJavaOptions", f"-Dlog4j2.configurationFile=file://{Path('folder').absolute()}/"
    made = properties(Cluster("spark://cluster:7077", {name: "-Dlog4j2.configurationFile=loud -Xss4m"}), Path("folder"))
    # Of two properties of one name Java takes the last.
    assert made[name].split()[:2] == ["-Dlog4j2.configurationFile=loud", "-Xss4m"]
    assert made[name].split()[2].startswith(ours)
    assert name not in properties(Cluster(), Path("folder"))


def test_properties_are_read_as_spark_reads_them(tmp_path):
    file = tmp_path / "spark.conf"
    file.write_text("# ours\n\nspark.executor.memory 8g\nspark.x=-Da=b\nspark.y = 1 2\n")
    assert read_properties(file) == {"spark.executor.memory": "8g", "spark.x": "-Da=b", "spark.y": "1 2"}
    file.write_text("spark.executor.memory 8g\nmemory 8g\n")
    with pytest.raises(SafeError, match=r"Line 2 of .*E_SPARK"):
        read_properties(file)


def test_a_missing_pyspark_or_java_is_one_line(monkeypatch):
    from credential_pipeline.engines.linkage.spark import session

    with monkeypatch.context() as patch:
        patch.setattr(session.importlib.util, "find_spec", lambda name: None)
        with pytest.raises(SafeError, match=r"make install-spark.*E_SPARK"), opened("spark", Cluster()):
            pass
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(session.shutil, "which", lambda name: None)
    with pytest.raises(SafeError, match=r"Java.*E_SPARK"), opened("spark", Cluster()):
        pass


def test_what_a_killed_run_left_is_removed(tmp_path):
    from credential_pipeline.engines.linkage.spark.session import _work_folder

    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left, alive = tmp_path / f"spark-{gone.pid}-x", tmp_path / f"spark-{os.getpid()}-x"
    left.mkdir()
    alive.mkdir()
    with connect(spill=tmp_path) as con:
        made = _work_folder(con, None)
    assert not left.exists()
    assert alive.exists()
    assert made.parent == tmp_path
    assert made.stat().st_mode & 0o777 == 0o700


@pytest.fixture(scope="module")
def spill(tmp_path_factory):
    return tmp_path_factory.mktemp("spill")


@pytest.fixture(scope="module")
def spark(spill):
    """One Spark for all tests; closing it leaves neither files nor a process."""
    from credential_pipeline.engines.linkage.spark.session import SparkEngine

    with closing(SparkEngine(Cluster(conf=SMALL))) as engine:
        yield engine
        process = engine._spark.sparkContext._gateway.proc if engine._spark else None
    assert not list(spill.glob("spark-*"))
    assert process is None or process.poll() is not None


def words(rng: np.random.Generator, count: int) -> pd.DataFrame:
    """Pairs of words, many of them nearly the same, some with letters of two bytes, some missing."""
    letters = np.array(list("ABCDENOÑØ"))
    one = ["".join(rng.choice(letters[:7] if i % 9 else letters, rng.integers(1, 15))) for i in range(count)]
    two = []
    for word in one:
        made = list(word)
        for _ in range(rng.integers(0, 4)):
            at = int(rng.integers(0, len(made)))
            kind = rng.integers(0, 4)
            if kind == 0:
                made[at] = str(rng.choice(letters))
            elif kind == 1:
                made.insert(at, str(rng.choice(letters)))
            elif kind == 2 and len(made) > 1:
                del made[at]
            elif at + 1 < len(made):
                made[at], made[at + 1] = made[at + 1], made[at]
        two.append("".join(made))
    return pd.DataFrame({"a": [*one, None, "A", None], "b": [*two, "A", None, None]})


def test_similarity_is_the_same_to_the_letter(spark, spill):
    from credential_pipeline.engines.linkage.spark.similarity import written_out

    judged = {
        "similar": f"{{jw}} >= {SIMILAR}",
        "close": f"{{jw}} >= {ADDRESS_SIMILAR}",
        "one": "{edit} <= 1",
        "two": "{edit} <= 2",
    }
    here = {"jw": "jaro_winkler_similarity(a, b)", "edit": "damerau_levenshtein(a, b)"}
    there = {"jw": "jaro_winkler(a, b)", "edit": here["edit"]}
    with connect(spill=spill) as con:
        con.register("frame", words(np.random.default_rng(3), 8_000))
        session, folder = spark._start(con)
        con.execute(f"COPY (SELECT * FROM frame) TO '{folder}/words.parquet'")
        columns = ", ".join(f"{sql.format(**here)} AS {name}" for name, sql in judged.items())
        expected = con.execute(f"SELECT a, b, {columns} FROM frame ORDER BY ALL").df()
        columns = [f"{written_out(sql.format(**there))} AS {name}" for name, sql in judged.items()]
        session.read.parquet(f"{folder}/words.parquet").selectExpr("a", "b", *columns).write.parquet(f"{folder}/judged")
        found = con.execute(f"SELECT * FROM read_parquet('{folder}/judged/*.parquet') ORDER BY ALL").df()
    assert 0.2 < expected["similar"].mean() < 0.9
    pd.testing.assert_frame_equal(found, expected)


def test_a_failure_of_spark_is_one_line_without_its_words(spark, spill, capfd):
    with connect(spill=spill) as con, scratch(con) as work:
        people = work.table("people", "SELECT ? AS name, ? AS born", [SECRET, date(1980, 1, 2)])
        with pytest.raises(SafeError, match="E_SPARK") as refused, spark.reach(work) as sql:
            sql.table("numbers", f"SELECT name::INTEGER AS n FROM {people}")
        with pytest.raises(SafeError, match="E_SPARK"), spark.reach(work) as sql:
            sql.execute(f"SELECT no_such_column FROM {people} WHERE name = '{SECRET}'")
    heard = capfd.readouterr()
    assert SECRET not in str(refused.value) + heard.out + heard.err
    assert not refused.value.__cause__
    assert "\n" not in str(refused.value)


def test_relations_are_made_grow_and_come_back(spark, spill):
    with connect(spill=spill) as con, scratch(con) as work:
        numbers = work.table("numbers", "SELECT range AS n, range % 3 = 0 AS third FROM range(10)")
        seen = work.view("seen", f"SELECT n, third FROM {numbers} WHERE n < 9")
        placed = work.view("placed", f"SELECT rowid + 1 AS place, n FROM {numbers}")
        with spark.reach(work) as sql:
            given = sql.table("given", "SELECT unnest(?::BIGINT[]) AS n", [[1, 2]])
            made = sql.table("made", f"SELECT * FROM {seen} ANTI JOIN {given} USING (n) WHERE NOT third")
            assert made.columns == ("n", "third")
            assert sql.execute(f"SELECT n FROM {placed} WHERE place = 4").fetchall() == [(3,)]
            sql.append(made, f"SELECT n + 100, false FROM {given}")
            assert sql.execute(f"SELECT count(*) FROM {made}").fetchall() == [(6,)]
            sql.drop(given)
            again = sql.table("given", "SELECT unnest(?::BIGINT[]) AS n", [[5]])
            assert sql.execute(f"SELECT n FROM {again}").fetchall() == [(5,)]
            gone = sql.table("gone", f"SELECT * FROM {made}")
            sql.drop(gone)
            kept = sql.keep(made)
            assert sql.keep(numbers) is numbers
        assert con.execute(f"SELECT n FROM {kept} ORDER BY n").fetchall() == [(4,), (5,), (7,), (8,), (101,), (102,)]
