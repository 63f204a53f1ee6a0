"""A running step can be followed: its progress is in its log, and its run is known by industry, side and who began it."""

import logging

import dagster as dg
import pytest

from assets import run_tags
from assets.following import followed, started_by
from credential_pipeline.foundation.names import Side

_PROGRESS = logging.getLogger("credential_pipeline.progress")
_PARTS = dg.StaticPartitionsDefinition(["manufacturing"])


@dg.asset(partitions_def=_PARTS)
def hop(context: dg.AssetExecutionContext) -> None:
    with followed(context, Side.CLEARINGHOUSE):
        _PROGRESS.info("chunk %d of %d", 3, 12)


def _run(instance, **tags):
    result = dg.materialize([hop], partition_key="manufacturing", instance=instance, tags=tags)
    return instance.get_run_by_id(result.run_id), instance.all_logs(result.run_id)


def test_progress_is_a_message_of_the_step():
    with dg.DagsterInstance.ephemeral() as instance:
        _, events = _run(instance)
    assert [event.user_message for event in events if event.step_key and not event.is_dagster_event] == [
        "chunk 3 of 12"
    ]
    assert not [handler for handler in _PROGRESS.handlers if type(handler).__name__ == "_StepLog"]


@pytest.mark.parametrize(
    ("tags", "who"),
    [
        ({}, "ui"),
        ({"dagster/schedule_name": "clearinghouse_monthly"}, "schedule"),
        ({"dagster/sensor_name": "landing"}, "sensor"),
        ({"dagster/backfill": "abc"}, "backfill"),
        ({"dagster/auto_materialize": "true", "dagster/sensor_name": "clearinghouse_up_to_date"}, "automation"),
    ],
)
def test_a_run_says_who_began_it(tags, who):
    assert started_by(tags) == who
    with dg.DagsterInstance.ephemeral() as instance:
        run, _ = _run(instance, **tags)
    assert run.tags[run_tags.STARTED_BY] == who
    assert run.tags[run_tags.INDUSTRY] == "manufacturing"
    assert run.tags[run_tags.SIDE] == "clearinghouse"


def test_what_the_command_line_says_stands():
    with dg.DagsterInstance.ephemeral() as instance:
        run, _ = _run(instance, **{run_tags.STARTED_BY: "command line"})
    assert run.tags[run_tags.STARTED_BY] == "command line"
