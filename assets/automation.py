"""What the sides' automation has in common, all of it switched off until somebody switches it on in the UI.

There are two ways to let a side run by itself. On the calendar and on arrival: the monthly schedule, and the sensor on files or
packages, each of which asks for whole runs. Or declared: the schedule that looks at the sources, and the sensor that runs a hop
when something that it reads is newer. With both, nothing is built twice, since an unchanged hop does no work.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from assets import environment, sources, transfer
from assets.hop import Hop
from assets.observe import survey
from assets.partitions import INDUSTRIES
from assets.resources import SideResource
from credential_pipeline.foundation.names import Side

Job = Any
"""What ``define_asset_job`` gives, which has no public name."""


def side_job(name: str, side: Side, description: str) -> Job:
    """All hops of a side, for one industry: the job has the partitions of its assets."""
    selection = dg.AssetSelection.groups(side.value).materializable()
    return dg.define_asset_job(name, selection=selection, description=description)


def look_job(side: Side) -> Job:
    """Observe the sources of a side, for every industry at once."""
    return dg.define_asset_job(
        f"{side.value}_look",
        selection=dg.AssetSelection.assets(*sources.names_of(side)),
        description="Looks what lies in the side's sources, and reads no row of it.",
    )


def look_schedule(side: Side, job: Job) -> dg.ScheduleDefinition:
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


def monthly(
    side: Side, job: Job, hops: Sequence[Hop], has_come: Callable[[SideResource, str], bool]
) -> dg.ScheduleDefinition:
    """A monthly run per industry, so that a red gate in one leaves the others alone; one side after the other.

    An industry is left out of which nothing has come, and one in which no hop has anything to do. One that would be refused is
    asked for, so that somebody sees it.

    Args:
        side: The side.
        job: What to run.
        hops: The side's hops, in the order of the chain.
        has_come: Whether anything of an industry has arrived on the side.
    """

    def requests(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        day = context.scheduled_execution_time.strftime("%Y-%m-%d")
        resource = getattr(context.resources, side.value)
        asked = [name for name in INDUSTRIES.get_partition_keys() if _has_work(resource, name, hops, has_come)]
        for industry in asked:
            yield dg.RunRequest(run_key=f"{day}-{industry}", partition_key=industry)
        if not asked:
            yield dg.SkipReason("In no industry is there anything new.")

    return dg.ScheduleDefinition(
        name=f"{side.value}_monthly",
        job=job,
        cron_schedule=environment.monthly_cron(side),
        execution_timezone="UTC",
        execution_fn=requests,
        required_resource_keys={side.value},
        description=f"Monthly, for every industry in which there is something new; change the time with {side.name}_CRON.",
    )


def _has_work(
    side: SideResource, industry: str, hops: Sequence[Hop], has_come: Callable[[SideResource, str], bool]
) -> bool:
    """Whether something of an industry has come, now or before, and some hop has anything to do."""
    published = any(side.store.has_current(hop.contract, industry) for hop in hops if hop.contract.partitioned)
    return (published or has_come(side, industry)) and any(
        version is None for _, version in survey(hops, side, industry)
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

    def requests(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
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
        evaluation_fn=requests,
        job=job,
        minimum_interval_seconds=60,
        required_resource_keys={resource},
        description=f"Runs an industry when another package of {sent_by} has arrived.",
    )
