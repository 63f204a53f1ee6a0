"""How a hop runs: find out whether anything is new, build, let the gate judge, publish, tell.

The same inputs give the same result, so a hop whose inputs are unchanged repeats its last verdicts and does no work.
Not here: what a hop is (hop.py), how it looks in Dagster (hop_asset.py), and runs in which nothing is new (observe.py).
"""

import time
from collections.abc import Iterator
from typing import Any

import dagster as dg

from assets import pictures
from assets.hop import Hop, Published, Step
from assets.inputs import gather_inputs, unchanged
from checks import gate, validation
from checks.guard import guarded
from credential_pipeline.foundation.progress import PROGRESS
from credential_pipeline.foundation.storage import retention
from credential_pipeline.foundation.storage.snapshots import Version
from credential_pipeline.foundation.storage.writer import writing

Outcome = dg.AssetCheckResult | dg.MaterializeResult[Any]


def materialize(hop: Hop, step: Step, run_id: str = "") -> Iterator[Outcome]:
    """Build, judge and publish one hop; or repeat the last verdicts if nothing that it depends on has changed.

    Args:
        hop: What to do.
        step: Where.
        run_id: The Dagster run.

    Yields:
        One check result per rule, then the materialisation.

    Raises:
        dg.Failure: A blocking rule is broken or the input was refused; nothing was published.
    """
    started = time.monotonic()
    who = f"run {run_id[:8]} ({step.partition} {hop.name})"
    with guarded(hop.name, step.partition, step.root), writing(step.side.store.root, who, _say_waiting):
        _sweep(hop, step)
        inputs = gather_inputs(hop, step)
        reused = unchanged(hop, step, inputs)
        if reused is not None:
            yield from gate.repeated(hop.rules, reused.manifest)
            yield report_outcome(hop, step, reused, "unchanged", started)
            return
        PROGRESS.info("%s %s …", step.partition, hop.name)
        store = step.side.store
        good = store.has_current(hop.contract, step.partition)
        with store.stage(hop.contract, step.partition, inputs.reads, inputs.others, run_id) as staged:
            hop.build(step, staged)
            yield from gate.release(
                staged,
                hop.rules,
                before_publish=lambda staged: hop.before_publish(step, staged),
                explain=lambda staged: hop.explain(step, staged),
                otherwise="the last good version stays current" if good else "nothing was published",
            )
        yield report_outcome(hop, step, store.current(hop.contract, step.partition), "published", started)


def _sweep(hop: Hop, step: Step) -> None:
    """Remove what killed runs left, which may hold rows of people, before the next version is begun."""
    left = retention.sweep(step.side.store.root)
    if left:
        PROGRESS.info("%s %s: removed %s left by runs that were killed", step.partition, hop.name, _versions(len(left)))


def _versions(number: int) -> str:
    return "1 half-written version" if number == 1 else f"{number} half-written versions"


def report_outcome(hop: Hop, step: Step, version: Version, what: str, started: float) -> dg.MaterializeResult[Any]:
    """Make what people read, and say what was done, on the console and as Dagster's materialisation."""
    rows = ", ".join(f"{facts.rows:,} {table}" for table, facts in version.manifest.tables.items())
    PROGRESS.info("%s %s %s in %.1f s: %s", step.partition, hop.name, what, time.monotonic() - started, rows)
    first = hop.contract.tables[0].name
    metadata: dict[str, Any] = {
        "dagster/partition_row_count" if hop.contract.partitioned else "dagster/row_count": version.rows(first),
        "version": version.name,
        **{f"rows/{table}": facts.rows for table, facts in version.manifest.tables.items()},
        **{f"made from/{name}": value for name, value in version.manifest.inputs.items()},
        "gate seconds": version.manifest.facts.get("gate_seconds", 0.0),
        **validation.link(version, step.root),
    }
    with step.side.store.read(version) as con:
        published = Published(step, version, con)
        metadata |= {**(hop.for_readers(published) if hop.for_readers else {}), **hop.describe(published)}
        for name, chart in hop.charts.items():
            metadata |= pictures.shown(con, name, chart)
    return dg.MaterializeResult(metadata=metadata, data_version=dg.DataVersion(version.name))


def _say_waiting(writer: str) -> None:
    PROGRESS.info("waiting for %s, which writes the same store; it can be ended in the Dagster UI (Runs)", writer)
