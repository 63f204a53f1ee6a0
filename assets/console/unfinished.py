"""Runs that a killed command left behind, and runs that hold the writer of a side: the first are ended, the second waited for.

A run of the command line has no daemon that would notice its death, so its process holds a lock for as long as it lives.
Not here: what a run leaves in the store (an unpublished version, which nobody sees).
"""

import fcntl
import logging
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from assets import environment
from assets.hop_asset import writer_pool
from credential_pipeline.foundation.names import Side

_PROGRESS = logging.getLogger("credential_pipeline.progress")
_TAG = "credential_pipeline/command"
_STATUS = dg.DagsterRunStatus
_UNFINISHED = [_STATUS.NOT_STARTED, _STATUS.STARTING, _STATUS.STARTED, _STATUS.CANCELING]
_SECONDS = 1.0


@contextmanager
def alive() -> Iterator[Mapping[str, str]]:
    """Hold a lock of this process's own; yield the tags by which its runs are known."""
    name = uuid.uuid4().hex
    path = _lock_file(name)
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield {_TAG: name}
        finally:
            path.unlink(missing_ok=True)


def end_orphans(instance: dg.DagsterInstance) -> None:
    """Record the runs of dead commands as failed, and give back the writers that they held."""
    for run in instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED)):
        name = run.tags.get(_TAG)
        if name and _is_dead(_lock_file(name)):
            instance.report_run_failed(run, message="The command that made this run died before its end.")
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            _lock_file(name).unlink(missing_ok=True)


def wait_for_writer(instance: dg.DagsterInstance, side: Side) -> None:
    """Return when no run writes the store of a side; say what is waited for."""
    said = False
    while holders := _holders(instance, side):
        if not said:
            _PROGRESS.info(
                "waiting for run %s, which writes the store of the %s; if it no longer lives, end it in the Dagster UI (Runs, "
                "Terminate)",
                holders[0][:8],
                side.value,
            )
            said = True
        time.sleep(_SECONDS)
        end_orphans(instance)


def _holders(instance: dg.DagsterInstance, side: Side) -> list[str]:
    pool = instance.event_log_storage.get_concurrency_info(writer_pool(side))
    return sorted(
        {slot.run_id for slot in pool.claimed_slots}
        | {step.run_id for step in pool.pending_steps if step.assigned_timestamp is not None}
    )


def _lock_file(name: str) -> Path:
    return environment.dagster_home() / "commands" / f"{name}.lock"


def _is_dead(path: Path) -> bool:
    try:
        with path.open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except BlockingIOError:
        return False
    return True
