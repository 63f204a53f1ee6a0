"""When the clearinghouse's hops run: monthly for every industry, and when a certifier's file lands."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from assets.automation import monthly, side_job
from assets.materialize import digest_of_files
from assets.partitions import INDUSTRIES
from assets.resources import SideResource
from credential_pipeline.names import Side

JOB = side_job("clearinghouse", Side.CLEARINGHOUSE, "Feeds to sealed extract, for one industry.")
MONTHLY = monthly("clearinghouse_monthly", Side.CLEARINGHOUSE, JOB)


@dg.sensor(job=JOB, minimum_interval_seconds=60, description="Runs an industry when the files in its inbox change.")
def landing(
    context: dg.SensorEvaluationContext, clearinghouse: SideResource
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Ask for a run of every industry whose files are others than at the last look, by content."""
    inbox = clearinghouse.root / "inbox"
    seen = dict(pair.split("=", 1) for pair in (context.cursor or "").split())
    found = {name: _landed(inbox / name) for name in INDUSTRIES.get_partition_keys()}
    changed = [name for name, digest in found.items() if digest and digest != seen.get(name)]
    for name in changed:
        yield dg.RunRequest(run_key=f"{name}-{found[name]}", partition_key=name)
    if not changed:
        yield dg.SkipReason("No new files in the inbox.")
    context.update_cursor(" ".join(f"{name}={digest}" for name, digest in sorted(found.items()) if digest))


def _landed(folder: Path) -> str:
    return digest_of_files(folder) if any(folder.rglob("*.csv")) else ""
