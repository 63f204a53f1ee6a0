"""Runs of dead commands are ended and give back what they held; those of living ones are left alone and waited for."""

import logging
import threading
import uuid
from collections.abc import Iterator

import dagster as dg
import pytest

from assets.console import unfinished
from credential_pipeline.foundation.names import Side

SIDE = Side.CLEARINGHOUSE


@pytest.fixture
def instance(tmp_path, monkeypatch) -> Iterator[dg.DagsterInstance]:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.setattr(unfinished, "_SECONDS", 0.05)
    one_writer = {"concurrency": {"pools": {"default_limit": 1}}}
    with dg.DagsterInstance.local_temp(str(tmp_path), overrides=one_writer) as made:
        yield made


def begin(instance: dg.DagsterInstance, tags: dict[str, str]) -> dg.DagsterRun:
    """A run in the middle of a step that writes."""
    run = dg.DagsterRun(job_name="run", run_id=str(uuid.uuid4()), status=dg.DagsterRunStatus.STARTED, tags=tags)
    instance.add_run(run)
    instance.event_log_storage.initialize_concurrency_limit_to_default(unfinished.writer_pool(SIDE))
    claim = instance.event_log_storage.claim_concurrency_slot(unfinished.writer_pool(SIDE), run.run_id, "raw_feeds")
    assert claim.is_claimed
    return run


def status(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    return instance.get_run_by_id(run.run_id).status


def test_the_run_of_a_dead_command_is_ended_and_its_writer_given_back(instance):
    with unfinished.alive() as tags:
        pass
    run = begin(instance, dict(tags))
    unfinished.end_orphans(instance)
    assert status(instance, run) is dg.DagsterRunStatus.FAILURE
    unfinished.wait_for_writer(instance, SIDE)


def test_runs_of_living_commands_and_of_the_ui_are_left_alone(instance):
    with unfinished.alive() as tags:
        ours = begin(instance, dict(tags))
        other = dg.DagsterRun(job_name="run", run_id=str(uuid.uuid4()), status=dg.DagsterRunStatus.STARTED)
        instance.add_run(other)
        unfinished.end_orphans(instance)
        assert status(instance, ours) is status(instance, other) is dg.DagsterRunStatus.STARTED


def test_a_busy_writer_is_named_once_and_waited_for(instance, caplog):
    logging.getLogger("credential_pipeline.progress").propagate = True
    run = begin(instance, {})
    free = threading.Timer(0.3, instance.event_log_storage.free_concurrency_slots_for_run, [run.run_id])
    free.start()
    with caplog.at_level(logging.INFO, logger="credential_pipeline.progress"):
        unfinished.wait_for_writer(instance, SIDE)
    free.join()
    assert caplog.text.count(f"waiting for run {run.run_id[:8]}") == 1


def test_a_command_that_fails_leaves_no_lock(instance, tmp_path):
    with pytest.raises(KeyboardInterrupt), unfinished.alive():
        raise KeyboardInterrupt
    assert not list((tmp_path / "commands").iterdir())
