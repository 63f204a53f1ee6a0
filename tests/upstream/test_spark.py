"""What we rely on in PySpark and in Splink's part for it. A name that is gone means that the Spark engine must follow."""

import inspect
import os
import zipfile

import pytest

if os.environ.get("CI") != "true":
    pytest.importorskip("pyspark", reason="PySpark is not installed: make install-spark (CI does)")


def test_version_four():
    import pyspark

    assert pyspark.__version__.startswith("4.")


def test_java_can_be_started_unheard():
    """PySpark calls the second argument a developer feature; without it Java's stderr would be ours."""
    from pyspark.java_gateway import launch_gateway

    assert list(inspect.signature(launch_gateway).parameters) == ["conf", "popen_kwargs"]


def test_a_session_can_be_stopped_with_its_process():
    from pyspark import SparkContext

    assert {"_gateway", "_jvm"} <= set(vars(SparkContext))
    assert "gateway" in inspect.signature(SparkContext.__init__).parameters


def test_errors_name_their_condition():
    from pyspark.errors import PySparkException

    assert callable(PySparkException.getCondition)


def test_splinks_interface_leaves_functions_to_us():
    from splink import SparkAPI

    assert {"spark_session", "register_udfs_automatically"} <= set(inspect.signature(SparkAPI.__init__).parameters)


def test_the_jar_holds_the_functions():
    from splink.backends.spark import similarity_jar_location

    from credential_pipeline.engines.linkage.spark.similarity import JAR

    with zipfile.ZipFile(similarity_jar_location()) as jar:
        names = set(jar.namelist())
    assert {f"{name.replace('.', '/')}.class" for name in JAR.values()} <= names
