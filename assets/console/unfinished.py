"""Runs that a killed command left behind in Dagster's records as if they still ran: they are recorded as failed.

A run of the command line has no daemon that would notice its death, so its process holds a lock for as long as it lives.
Not here: what a run leaves in the store (an unpublished version, which nobody sees), and who may write there (storage/writer.py:
that lock dies with the process).
"""

import fcntl
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from assets import environment

_TAG = "credential_pipeline/command"
_STATUS = dg.DagsterRunStatus
_UNFINISHED = [_STATUS.NOT_STARTED, _STATUS.STARTING, _STATUS.STARTED, _STATUS.CANCELING]


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
    """Record the runs of dead commands as failed."""
    for run in instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED)):
        name = run.tags.get(_TAG)
        if name and _is_dead(_lock_file(name)):
            instance.report_run_failed(run, message="The command that made this run died before its end.")
            _lock_file(name).unlink(missing_ok=True)


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
