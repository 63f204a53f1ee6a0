"""Dagster's own files, spoiled: the command line says which, and what to do."""

import os
import subprocess
import sys

import dagster as dg
import pytest

from assets.console import instance
from assets.console.main import main
from checks import faults
from credential_pipeline.foundation.errors import SafeError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CREDENTIAL_PIPELINE_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    return instance.prepare()


@pytest.mark.parametrize("text", ["nonsense: [", "telemetry: 7\n", "storage: {nothing: true}\n"])
def test_a_configuration_that_dagster_cannot_use_is_named(folder, text):
    (folder / "dagster.yaml").write_text(text)
    with (
        pytest.raises(SafeError, match=r"dagster\.yaml.*correct it, or remove it.*E_DAGSTER_YAML"),
        instance.instance(),
    ):
        pass


def test_the_page_is_not_started_with_a_broken_configuration(folder, monkeypatch, capsys):
    (folder / "dagster.yaml").write_text("nonsense: [")
    monkeypatch.setattr(subprocess, "Popen", lambda *words, **named: pytest.fail("a process was started"))
    assert main(["ui"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("refused: Dagster cannot use ")
    assert "(line 2)" in line or "(line 1)" in line


def test_a_page_for_other_machines_is_refused_before_anything_is_made(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CREDENTIAL_PIPELINE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAGSTER_WEBSERVER_HOST", "0.0.0.0")
    monkeypatch.setattr(subprocess, "Popen", lambda *words, **named: pytest.fail("a process was started"))
    assert main(["ui"]) == 1
    assert "E_REMOTE_UI" in capsys.readouterr().err
    assert not (tmp_path / "home").exists()


def test_a_damaged_database_is_named(folder):
    with instance.instance() as made:
        made.get_runs()
    for path in folder.rglob("*.db"):
        path.write_bytes(b"no database" * 1000)
    with pytest.raises(Exception) as failed, instance.instance() as made:  # noqa: PT011
        made.get_runs()
    told = faults.explain(failed.value, folder.parent)
    assert told.code == "E_DAGSTER_DATABASE"
    assert "damaged" in told.message


def test_a_folder_that_cannot_be_made_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "file" / "dagster"))
    with pytest.raises(OSError, match="Not a directory") as failed:
        instance.prepare()
    told = faults.explain(failed.value, tmp_path)
    assert f"{tmp_path.name}/file/dagster" in told.message
    assert os.environ["DAGSTER_HOME"] == str(tmp_path / "file" / "dagster")


def logs(folder) -> list[str]:
    """The write-ahead logs that lie beside Dagster's files."""
    return sorted(path.name for path in folder.rglob("*.db-wal"))


def test_a_command_keeps_the_event_files_open_and_leaves_no_log_behind(folder):
    with instance.instance() as made:
        made.get_runs()
        made.get_latest_materialization_event(dg.AssetKey("hop"))
        assert {"index.db-wal", "runs.db-wal"} <= set(logs(folder))
    assert logs(folder) == []


_KILLED = """
import os
import dagster as dg
from assets.console import instance

@dg.asset
def hop():
    return dg.MaterializeResult(metadata={"rows": 7})

with instance.instance() as made:
    dg.materialize([hop], instance=made)
    os._exit(9)
"""


def test_what_a_killed_command_recorded_is_there(folder):
    killed = subprocess.run([sys.executable, "-W", "ignore", "-c", _KILLED], capture_output=True, check=False)
    assert killed.returncode == 9, killed.stderr
    assert logs(folder), "nobody had the time to tidy up"
    with instance.instance() as made:
        event = made.get_latest_materialization_event(dg.AssetKey("hop"))
        assert event.asset_materialization.metadata["rows"].value == 7
        (run,) = made.get_runs()
        assert run.status is dg.DagsterRunStatus.SUCCESS
        assert made.all_logs(run.run_id)[-1].dagster_event_type is dg.DagsterEventType.RUN_SUCCESS


def test_a_configuration_without_the_limit_of_one_run_a_side_is_told(folder):
    assert instance.lets_runs_overtake(folder) == ""
    for text in ("telemetry: {enabled: false}\n", "", "concurrency:\n  runs:\n    max_concurrent_runs: 2\n"):
        (folder / "dagster.yaml").write_text(text)
        assert f"{folder / 'dagster.yaml'} lacks the limit of one run a side" in instance.lets_runs_overtake(folder)
