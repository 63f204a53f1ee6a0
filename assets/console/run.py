"""``run``: materialise the hops of industries in order through Dagster, with a line per hop and a summary."""

from __future__ import annotations

import argparse
import importlib
import itertools
import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from assets import environment
from assets.console import grammar, intake, interruption, keys, release_acts
from assets.run_tags import INDUSTRY, NEW_IDS, SMALLER_REGISTRY, STARTED_BY
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import HOPS, Side
from credential_pipeline.foundation.progress import PROGRESS

if TYPE_CHECKING:
    import dagster as dg

    from assets.hop import Hop

_PUBLISHED = "published_outcomes"
#: How Dagster records that somebody pressed Ctrl-C, in a step as before the first.
_INTERRUPTIONS = {"KeyboardInterrupt", "DagsterExecutionInterruptedError"}


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    parser = grammar.command(
        commands, "run", "run the hops of one or more industries in order", "run manufacturing healthcare", execute
    )
    parser.add_argument("industry", nargs="+", metavar="INDUSTRY")
    parser.add_argument("--until", choices=list(HOPS), metavar="HOP", help=f"stop after this hop: {', '.join(HOPS)}")
    sides = [side.value for side in Side]
    parser.add_argument("--side", choices=sides, help="the hops of one side only, as on a machine of its own")
    parser.add_argument(
        "--new-ids", action="store_true", help="where the learner ids given out before are lost, give out new ones"
    )
    parser.add_argument(
        "--smaller-registry",
        action="store_true",
        help="where the education registry rightly holds far fewer rows than last time, take it",
    )
    parser.add_argument(
        "--simulate-if-empty", action="store_true", help="simulate the pilot first if there are no feeds"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Run every industry; one that is refused leaves the others alone, and the exit code says so.

    It says so, too, where deliveries wait for a person, although the hops were run without them.
    """
    from assets.console import headline

    registry = environment.registry()
    industries = list(dict.fromkeys(registry.industry(name).industry for name in arguments.industry))
    if arguments.simulate_if_empty:
        _simulate(industries)
    hops = _wanted(arguments.until, arguments.side)
    started = time.monotonic()
    lost = {name: intake.lost_ledger(name) for name in industries if "raw_feeds" in hops}
    told = {NEW_IDS: arguments.new_ids, SMALLER_REGISTRY: arguments.smaller_registry}
    refused = hops_of(industries, hops, {tag: "true" for tag, said in told.items() if said})
    waiting: list[str] = []
    for name in industries:
        if name not in refused and (hops[-1] == list(HOPS)[-1] if arguments.side is None else _PUBLISHED in hops):
            headline.show(name)
        if name not in refused and "raw_feeds" in hops:
            waiting += dict.fromkeys([*intake.waiting(name), *lost[name]])
        for line in intake.passed_over(name) if "raw_feeds" in hops else ():
            print(line)
        if "outcome_release" in hops and (line := release_acts.waiting(name)):
            print(line)
    PROGRESS.info("%s in %.0f s", "refused: " + ", ".join(refused) if refused else "done", time.monotonic() - started)
    for line in waiting:
        print(line, file=sys.stderr)
    return 1 if refused or waiting else 0


def hops_of(industries: Sequence[str], hops: list[str], tags: Mapping[str, str] | None = None) -> list[str]:
    """Run hops of industries, one industry after the other; return those in which something was refused.

    Of several industries all are cleaned before any is linked, and linked before anything leaves: who opted out in one is out in all.
    """
    from assets.console import instance, unfinished

    keys.ensure()
    with interruption.heard() as pressed, instance.instance() as dagster_instance, unfinished.alive() as alive:
        unfinished.end_orphans(dagster_instance)
        refused: set[str] = set()
        for stretch in _stretches(hops) if len(industries) > 1 else [hops]:
            going_on = [name for name in industries if name not in refused]
            given = {**alive, **(tags or {})}
            refused |= {name for name in going_on if not _run(name, stretch, dagster_instance, given)}
        pressed.look()
        return [name for name in industries if name in refused]


def _stretches(hops: list[str]) -> list[list[str]]:
    """The hops before the linkage, those up to it, and all: linkage hears what was said in the other industries, and files whom that reached."""
    if "linked_records" not in hops:
        return [hops]
    linked = hops.index("linked_records")
    return [hops[:linked], hops[: linked + 1], *([hops] if hops[linked + 1 :] else [])]


def _simulate(industries: Sequence[str]) -> None:
    """Simulate the pilot and the wanted industries into an empty home; leave a home with feeds as it is.

    Raises:
        SafeError: There are feeds, simulated ones, but none of a wanted industry: one world is written at once.
    """
    from assets.console import simulate  # Its libraries cost a second, and are needed once.

    if not _has_feeds():
        simulate.write(sorted({*simulate.pilot(environment.registry()), *industries}))
        return
    inbox = environment.side_home(Side.CLEARINGHOUSE) / "inbox"
    missing = [name for name in industries if not (inbox / name).is_dir()]
    if missing and (environment.home() / "truth").is_dir():
        message = f"The simulated pilot in {environment.home().name} holds no {missing[0]}: choose an empty home for it, as in"
        example = f"CREDENTIAL_PIPELINE_HOME=./data-{missing[0]} make run INDUSTRY={missing[0]}"
        raise SafeError("E_NOT_SIMULATED", f"{message} {example}")


def _has_feeds() -> bool:
    inbox = environment.side_home(Side.CLEARINGHOUSE) / "inbox"
    return inbox.is_dir() and any(inbox.rglob("*"))


def _wanted(until: str | None, side: str | None) -> list[str]:
    """The hops up to one, of one side or of all.

    Raises:
        SafeError: ``E_NO_HOP``: the side has none so early.
    """
    names = list(HOPS)
    found = names[: names.index(until) + 1] if until else names
    wanted = [name for name in found if side in {None, HOPS[name].value}]
    if not wanted:
        raise SafeError(
            "E_NO_HOP", f"The {side} side has no hop up to {until}: leave out --until, or name a later one."
        )
    return wanted


def _run(industry: str, hops: list[str], dagster_instance: dg.DagsterInstance, tags: Mapping[str, str]) -> bool:
    import dagster as dg

    for side, stretch in itertools.groupby(hops, key=HOPS.__getitem__):
        wanted = list(stretch)
        if side is Side.PUBLIC and _nothing_released(industry):
            continue
        chain: Sequence[Hop] = importlib.import_module(f"assets.{side.value}.hops").HOPS
        try:
            unchanged = _observe([hop for hop in chain if hop.name in wanted], side, industry, dagster_instance)
        except dg.Failure as failure:
            print(f"refused: {failure.description}", file=sys.stderr)
            return False
        rest = [hop for hop in wanted if hop not in unchanged]
        if unchanged:
            PROGRESS.info("%s unchanged: %s", industry, ", ".join(unchanged))
        if rest and not _materialize(side.value, rest, industry, dagster_instance, tags):
            return False
    return True


def _nothing_released(industry: str) -> bool:
    """Whether the public side has nothing to read because people have still to act on the first release."""
    from credential_pipeline.engines.handover.package import packages

    return not packages(environment.transfer().releases / industry) and bool(release_acts.waiting(industry))


def _observe(hops: Sequence[Hop], side: Side, industry: str, dagster_instance: dg.DagsterInstance) -> list[str]:
    """Find the hops that have nothing to do, and say so in Dagster; return their names."""
    from assets.observe import observation, survey
    from assets.resources import side_resource

    resource = side_resource(side)
    idle = [(hop, version) for hop, version in survey(hops, resource, industry) if version is not None]
    for hop, version in idle:
        dagster_instance.report_runless_asset_event(observation(hop, resource, industry, version))
    return [hop.name for hop, _ in idle]


def _materialize(
    location: str,
    hops: list[str],
    industry: str,
    dagster_instance: dg.DagsterInstance,
    tags: Mapping[str, str],
) -> bool:
    import dagster as dg

    definitions: dg.Definitions = importlib.import_module(f"assets.{location}.definitions").defs
    result = definitions.resolve_job_def(location).execute_in_process(
        instance=dagster_instance,
        partition_key=industry,
        tags=_tags(industry, location) | dict(tags),
        asset_selection=[dg.AssetKey(hop) for hop in hops],
        raise_on_error=False,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )
    for hop, rules in _warnings(result).items():
        PROGRESS.info("%s %s warns: %s", industry, hop, ", ".join(rules))
        for rule, names in rules.items():
            if names:
                PROGRESS.info("%s is broken by %s", rule, names)
    for line in () if result.success else _refusals(result):
        print(f"refused: {line}", file=sys.stderr)
    return result.success


def _warnings(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, str]]:
    """The rules of each hop that are broken and block nothing, with the names of what broke them; ``status`` tells the rules again."""
    import dagster as dg

    from checks.gate import rule_name

    warned: dict[str, dict[str, str]] = {}
    for judged in result.get_asset_check_evaluations():
        if not judged.passed and judged.severity == dg.AssetCheckSeverity.WARN:
            names = judged.metadata.get("broken by")
            told = str(names.value) if names else ""
            warned.setdefault(judged.asset_key.to_user_string(), {})[rule_name(judged.check_name)] = told
    return warned


def _tags(industry: str, location: str) -> dict[str, str]:
    """What people read of a run in the UI, and by what its pages find a run of a job of a code location."""
    return {
        STARTED_BY: "command line",
        INDUSTRY: industry,
        ".dagster/repository": f"__repository__@{location}",
    }


def _refusals(result: dg.ExecuteInProcessResult) -> list[str]:
    lines = []
    for event in result.all_events:
        if event.is_job_failure and (error := event.job_failure_data.error) and error.cls_name in _INTERRUPTIONS:
            raise KeyboardInterrupt
        if event.is_step_failure:
            failure = event.step_failure_data
            described = failure.user_failure_data.description if failure.user_failure_data else None
            kind = failure.error.cls_name if failure.error else "failure"
            lines.append(
                described or f"{event.step_key or 'run'}: an unexpected {kind} stopped the run; see the Dagster UI"
            )
    return lines or ["the run stopped before its first hop; see the Dagster UI"]
