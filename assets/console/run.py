"""``run``: materialise the hops of industries in order through Dagster, with a line per hop and a summary."""

import argparse
import datetime
import importlib
import logging
import sys
import time
from collections.abc import Mapping

import dagster as dg

from assets import environment
from assets.console import headline, instance, keys, simulate, stamp, unfinished
from assets.run_tags import NEW_IDS
from credential_pipeline.foundation.names import HOPS, Side
from credential_pipeline.foundation.registry.load import Registry

_PROGRESS = logging.getLogger("credential_pipeline.progress")
_LOCATIONS = {Side.CLEARINGHOUSE: "clearinghouse", Side.ENCLAVE: "enclave", Side.PUBLIC: "public"}


def execute(arguments: argparse.Namespace) -> int:
    """Run every industry; one that is refused leaves the others alone, and the exit code says so."""
    registry = environment.registry()
    industries = list(dict.fromkeys(registry.industry(name).industry for name in arguments.industry))
    if arguments.simulate_if_empty and not _has_feeds():
        simulate.write()
    keys.ensure()
    hops = _up_to(arguments.until)
    started = time.monotonic()
    with instance.instance() as dagster_instance, unfinished.alive() as alive:
        tags = {**alive, **({NEW_IDS: "true"} if arguments.new_ids else {})}
        unfinished.end_orphans(dagster_instance)
        refused = [name for name in industries if not _run(name, hops, dagster_instance, registry, tags)]
    for name in industries:
        if name not in refused and hops[-1] == list(HOPS)[-1]:
            headline.show(name)
    _PROGRESS.info("%s in %.0f s", "refused: " + ", ".join(refused) if refused else "done", time.monotonic() - started)
    return 1 if refused else 0


def _has_feeds() -> bool:
    inbox = environment.side_home(Side.CLEARINGHOUSE) / "inbox"
    return inbox.is_dir() and any(inbox.rglob("*"))


def _up_to(until: str | None) -> list[str]:
    names = list(HOPS)
    return names[: names.index(until) + 1] if until else names


def _run(
    industry: str, hops: list[str], dagster_instance: dg.DagsterInstance, registry: Registry, tags: Mapping[str, str]
) -> bool:
    date = environment.today_override() or datetime.datetime.now(datetime.UTC).date().isoformat()
    for side, location in _LOCATIONS.items():
        wanted = [hop for hop in hops if HOPS[hop] == side]
        if not wanted:
            continue
        if stamp.unchanged(side, industry, wanted, registry, date):
            _PROGRESS.info("%s unchanged: %s", industry, ", ".join(wanted))
            continue
        stamp.forget(side, industry)
        unfinished.wait_for_writer(dagster_instance, side)
        definitions: dg.Definitions = importlib.import_module(f"assets.{location}.definitions").defs
        result = definitions.resolve_job_def(location).execute_in_process(
            instance=dagster_instance,
            partition_key=industry,
            tags=dict(tags),
            asset_selection=[dg.AssetKey(hop) for hop in wanted],
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
        if not result.success:
            for line in _refusals(result):
                print(f"refused: {line}", file=sys.stderr)
            return False
        stamp.keep(side, industry, wanted, registry, date)
    return True


def _refusals(result: dg.ExecuteInProcessResult) -> list[str]:
    lines = []
    for event in result.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data
            described = failure.user_failure_data.description if failure.user_failure_data else None
            kind = failure.error.cls_name if failure.error else "failure"
            lines.append(described or f"{industry_of(event)}: an unexpected {kind} stopped the run; see the Dagster UI")
    return lines or ["the run stopped before its first hop; see the Dagster UI"]


def industry_of(event: dg.DagsterEvent) -> str:
    """The step that an event belongs to, for a message."""
    return event.step_key or "run"
