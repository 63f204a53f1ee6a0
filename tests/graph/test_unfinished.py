"""Runs of dead commands are recorded as failed; those of living ones and of the UI are left alone."""

import uuid
from collections.abc import Iterator

import dagster as dg
import pytest

from assets.console import unfinished


@pytest.fixture
def instance(tmp_path, monkeypatch) -> Iterator[dg.DagsterInstance]:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with dg.DagsterInstance.local_temp(str(tmp_path)) as made:
        yield made


def begin(instance: dg.DagsterInstance, tags: dict[str, str]) -> dg.DagsterRun:
    """A run in the middle of a step."""
    run = dg.DagsterRun(job_name="run", run_id=str(uuid.uuid4()), status=dg.DagsterRunStatus.STARTED, tags=tags)
    return instance.add_run(run)


def status(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    return instance.get_run_by_id(run.run_id).status


def test_the_run_of_a_dead_command_is_ended(instance):
    with unfinished.alive() as tags:
        pass
    run = begin(instance, dict(tags))
    unfinished.end_orphans(instance)
    assert status(instance, run) is dg.DagsterRunStatus.FAILURE


def test_runs_of_living_commands_and_of_the_ui_are_left_alone(instance):
    with unfinished.alive() as tags:
        ours, other = begin(instance, dict(tags)), begin(instance, {})
        unfinished.end_orphans(instance)
        assert status(instance, ours) is status(instance, other) is dg.DagsterRunStatus.STARTED


def test_a_command_that_fails_leaves_no_lock(instance, tmp_path):
    with pytest.raises(KeyboardInterrupt), unfinished.alive():
        raise KeyboardInterrupt
    assert not list((tmp_path / "commands").iterdir())
