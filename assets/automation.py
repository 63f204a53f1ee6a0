"""What the sides' automation has in common: one job per side, a monthly schedule, a sensor on arriving packages."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from assets import environment, transfer
from assets.partitions import INDUSTRIES
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import Side

Job = UnresolvedAssetJobDefinition


def side_job(name: str, side: Side, description: str) -> Job:
    """All hops of a side, for one industry."""
    selection = dg.AssetSelection.groups(side.value)
    return dg.define_asset_job(name, selection=selection, partitions_def=INDUSTRIES, description=description)


def monthly(name: str, side: Side, job: Job) -> dg.ScheduleDefinition:
    """A monthly run per industry, so that a red gate in one leaves the others alone; one side after the other."""

    def requests(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
        day = context.scheduled_execution_time.strftime("%Y-%m-%d")
        for industry in INDUSTRIES.get_partition_keys():
            yield dg.RunRequest(run_key=f"{day}-{industry}", partition_key=industry)

    return dg.ScheduleDefinition(
        name=name,
        job=job,
        cron_schedule=environment.monthly_cron(side),
        execution_timezone="UTC",
        execution_fn=requests,
        description=f"Monthly, for every industry; change the time with {side.name}_CRON.",
    )


def on_arrival(name: str, job: Job, resource: str, folder: Callable[..., Path], sent_by: str) -> dg.SensorDefinition:
    """A sensor that asks for a run of every industry for which another sealed package has arrived.

    Args:
        name: Name of the sensor.
        job: What to run.
        resource: Key of the side's resource.
        folder: Gives the transfer folder from the resource and the industry.
        sent_by: The hop that sends such packages.
    """

    def look(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        seen = dict(pair.split("=", 1) for pair in (context.cursor or "").split())
        now = dict(seen)
        for industry in INDUSTRIES.get_partition_keys():
            with contextlib.suppress(SafeError):  # nothing has arrived for it
                now[industry] = transfer.pointed(folder(getattr(context.resources, resource), industry), sent_by).name
        changed = [industry for industry, package in sorted(now.items()) if seen.get(industry) != package]
        for industry in changed:
            yield dg.RunRequest(partition_key=industry)
        if not changed:
            yield dg.SkipReason(f"No other package of {sent_by} has arrived.")
        context.update_cursor(" ".join(f"{industry}={package}" for industry, package in sorted(now.items())))

    return dg.SensorDefinition(
        name=name,
        evaluation_fn=look,
        job=job,
        minimum_interval_seconds=60,
        required_resource_keys={resource},
        description=f"Runs an industry when another package of {sent_by} has arrived.",
    )
