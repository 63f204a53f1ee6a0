"""What people follow of a running step: progress as its log messages, and run tags that say who runs what.

Not here: what the command line prints (assets/console).
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from credential_pipeline.foundation.names import Side

_PROGRESS = logging.getLogger("credential_pipeline.progress")
_INDUSTRY, _SIDE, _STARTED_BY = "industry", "side", "started_by"
#: Dagster's and the command line's own tags, and who starts the runs that have them; the first that is found counts.
_STARTERS = {
    "credential_pipeline/command": "command line",
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
    level = _PROGRESS.level
    _PROGRESS.setLevel(logging.INFO)
    _PROGRESS.addHandler(handler)
    try:
        yield
    finally:
        _PROGRESS.removeHandler(handler)
        _PROGRESS.setLevel(level)


def started_by(tags: dict[str, str]) -> str:
    """Who started a run, from its tags."""
    return next((who for tag, who in _STARTERS.items() if tag in tags), "ui")


def _tag(context: dg.AssetExecutionContext, side: Side) -> None:
    run = context.run
    if _STARTED_BY not in run.tags:
        industry = {_INDUSTRY: context.partition_key} if context.has_partition_key else {}
        tags = {_SIDE: side.value, _STARTED_BY: started_by(dict(run.tags)), **industry}
        context.instance.add_run_tags(run.run_id, tags)
