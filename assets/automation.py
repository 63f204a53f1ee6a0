"""What the sides' automation has in common, all of it switched off until somebody switches it on in the UI.

There are two ways to let a side run by itself. On the calendar and on arrival: the monthly schedule, and the sensor on files or
packages, each of which asks for whole runs. Or declared: the schedule that looks at the sources, and the sensor that runs a hop
when something that it reads is newer. With both, nothing is built twice, since an unchanged hop does no work.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from assets import environment, sources, transfer
from assets.partitions import INDUSTRIES
from credential_pipeline.foundation.names import Side

Job = Any
"""What ``define_asset_job`` gives, which has no public name."""


def side_job(name: str, side: Side, description: str) -> Job:
    """All hops of a side, for one industry: the job has the partitions of its assets."""
    selection = dg.AssetSelection.groups(side.value).materializable()
    return dg.define_asset_job(name, selection=selection, description=description)


def look(side: Side) -> Job:
    """Observe the sources of a side, for every industry at once."""
    return dg.define_asset_job(
        f"{side.value}_look",
        selection=dg.AssetSelection.assets(*sources.names_of(side)),
        description="Looks what lies in the side's sources, and reads no row of it.",
    )


def looks(side: Side, job: Job) -> dg.ScheduleDefinition:
    """Look at the sources of a side every quarter of an hour."""
    return dg.ScheduleDefinition(
        name=f"{side.value}_looks",
        job=job,
        cron_schedule="*/15 * * * *",
        execution_timezone="UTC",
        description="Looks at the side's sources every quarter of an hour, for the sensor that runs what is out of date.",
    )


def up_to_date(side: Side) -> dg.AutomationConditionSensorDefinition:
    """Run a side's hops when what they read is newer, as each hop declares (scheduling.py)."""
    return dg.AutomationConditionSensorDefinition(
        name=f"{side.value}_up_to_date",
        target=dg.AssetSelection.groups(side.value).materializable(),
        minimum_interval_seconds=60,
        description="Runs each hop when something that it reads is newer; instead of the monthly schedule, or beside it.",
    )


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
            if arrived := transfer.listing(folder(getattr(context.resources, resource), industry)):
                now[industry] = arrived
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
