"""When the clearinghouse's hops run: monthly, when a certifier's file lands, and, what goes back, after each release."""

import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from assets.automation import look, looks, monthly, side_job, up_to_date
from assets.digests import digest_of
from assets.partitions import INDUSTRIES
from assets.resources import SideResource
from assets.sources import EMPTY, latest_release
from credential_pipeline.clearinghouse.raw_feeds.inbox import is_delivery
from credential_pipeline.foundation.names import Side

JOB = side_job("clearinghouse", Side.CLEARINGHOUSE, "Feeds to sealed extract, for one industry.")
MONTHLY = monthly("clearinghouse_monthly", Side.CLEARINGHOUSE, JOB)
LOOK = look(Side.CLEARINGHOUSE)
LOOKS = looks(Side.CLEARINGHOUSE, LOOK)
UP_TO_DATE = up_to_date(Side.CLEARINGHOUSE)
RETURNS = dg.define_asset_job(
    "clearinghouse_returns",
    selection=dg.AssetSelection.assets("return_files"),
    description="What partners get back, for one industry.",
)

#: A file that changed within these seconds may still be on its way and is left for the next look.
SETTLED_SECONDS = 10.0


@dg.sensor(job=JOB, minimum_interval_seconds=60, description="Runs an industry when the files in its inbox change.")
def landing(
    context: dg.SensorEvaluationContext, clearinghouse: SideResource
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Ask for a run of every industry whose files are others than at the last look, by name, size and time."""
    inbox = clearinghouse.root / "inbox"
    seen = dict(pair.split("=", 1) for pair in (context.cursor or "").split())
    found = {name: landed(inbox / name) for name in INDUSTRIES.get_partition_keys()}
    changed = [name for name, digest in found.items() if digest and digest != seen.get(name)]
    for name in changed:
        yield dg.RunRequest(partition_key=name)
    if not changed:
        yield dg.SkipReason("No new files in the inbox.")
    now = seen | {name: found[name] for name in changed}
    context.update_cursor(" ".join(f"{name}={digest}" for name, digest in sorted(now.items())))


@dg.sensor(
    job=RETURNS,
    minimum_interval_seconds=60,
    description="Gives partners what they get back after each release of an industry.",
)
def released(
    context: dg.SensorEvaluationContext, clearinghouse: SideResource
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Ask for the return files of every industry that has another release than at the last look."""
    seen = dict(pair.split("=", 1) for pair in (context.cursor or "").split())
    found = {name: latest_release(clearinghouse, name) for name in INDUSTRIES.get_partition_keys()}
    changed = [name for name, release in found.items() if release != EMPTY and release != seen.get(name)]
    for name in changed:
        yield dg.RunRequest(partition_key=name)
    if not changed:
        yield dg.SkipReason("No other release.")
    now = seen | {name: found[name] for name in changed}
    context.update_cursor(" ".join(f"{name}={release}" for name, release in sorted(now.items())))


def landed(folder: Path) -> str:
    """What lies in an industry's inbox, as a short hash; empty while nothing does or a file is still being written."""
    files = sorted(path for path in folder.rglob("*") if is_delivery(path.name) and path.is_file())
    facts = [(str(path.relative_to(folder)), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    if not facts or time.time() - max(changed for _, _, changed in facts) / 1e9 < SETTLED_SECONDS:
        return ""
    return digest_of(*(repr(fact) for fact in facts))
