"""What people follow of a running step: progress as its log messages, and run tags that say who runs what.

Not here: what the command line prints (assets/console).
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from assets import run_tags
from credential_pipeline.foundation.names import Side
from credential_pipeline.foundation.progress import PROGRESS

#: Dagster's own tags, and who starts the runs that have them; the first that is found counts.
_STARTERS = {
    "dagster/auto_materialize": "automation",
    "dagster/schedule_name": "schedule",
    "dagster/sensor_name": "sensor",
    "dagster/backfill": "backfill",
}


class _StepLog(logging.Handler):
    """Hands progress on to a step's log; progress holds names and counts only."""

    def __init__(self, log: logging.Logger) -> None:
        super().__init__(logging.INFO)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write one message."""
        self._log.log(record.levelno, record.getMessage())


@contextmanager
def followed(context: dg.AssetExecutionContext, side: Side) -> Iterator[None]:
    """Let a step's progress appear in its log, and its run be known by what people call it."""
    _tag(context, side)
    handler = _StepLog(context.log)
    level = PROGRESS.level
    PROGRESS.setLevel(logging.INFO)
    PROGRESS.addHandler(handler)
    try:
        yield
    finally:
        PROGRESS.removeHandler(handler)
        PROGRESS.setLevel(level)


def started_by(tags: dict[str, str]) -> str:
    """Who started a run, from its tags."""
    return next((who for tag, who in _STARTERS.items() if tag in tags), "ui")


def _tag(context: dg.AssetExecutionContext, side: Side) -> None:
    run = context.run
    industry = {run_tags.INDUSTRY: context.partition_key} if context.has_partition_key else {}
    wanted = {run_tags.SIDE: side.value, run_tags.STARTED_BY: started_by(dict(run.tags)), **industry}
    missing = {tag: value for tag, value in wanted.items() if tag not in run.tags}
    if missing:
        context.instance.add_run_tags(run.run_id, missing)
