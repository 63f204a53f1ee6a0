"""When the clearinghouse's hops run: monthly where there is something new, when a certifier's file lands, and, what goes back, after each release."""

from collections.abc import Iterator

import dagster as dg

from assets.automation import look_job, look_schedule, monthly, side_job, up_to_date
from assets.clearinghouse.hops import HOPS
from assets.clearinghouse.landing import Seen, has_deliveries, look_at, read_cursor, write_cursor
from assets.partitions import INDUSTRIES
from assets.resources import SideResource
from assets.sources import EMPTY, latest_release
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import Side

JOB = side_job("clearinghouse", Side.CLEARINGHOUSE, "Feeds to sealed extract, for one industry.")
MONTHLY = monthly(Side.CLEARINGHOUSE, JOB, HOPS, lambda side, industry: has_deliveries(side.root / "inbox" / industry))
LOOK = look_job(Side.CLEARINGHOUSE)
LOOKS = look_schedule(Side.CLEARINGHOUSE, LOOK)
UP_TO_DATE = up_to_date(Side.CLEARINGHOUSE)
RETURNS = dg.define_asset_job(
    "clearinghouse_returns",
    selection=dg.AssetSelection.assets("return_files"),
    description="What partners get back, for one industry.",
)


@dg.sensor(job=JOB, minimum_interval_seconds=60, description="Runs an industry when something new lies in its inbox.")
def landing(
    context: dg.SensorEvaluationContext, clearinghouse: SideResource
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Ask for one run of every industry in whose inbox other contents lie at rest than at the last look."""
    inbox = clearinghouse.root / "inbox"
    seen = read_cursor(context.cursor)
    found = {}
    for name in INDUSTRIES.get_partition_keys():
        before = seen.get(name, Seen())
        try:
            found[name] = look_at(inbox / name, before, _limits(clearinghouse, name))
        except Exception as error:  # noqa: BLE001 - one industry's trouble must not keep the others waiting
            context.log.warning(
                "The inbox of %s could not be looked at (%s); see to its files.", name, type(error).__name__
            )
            found[name] = before
    changed = [name for name, one in found.items() if one.asked != seen.get(name, Seen()).asked]
    for name in changed:
        yield dg.RunRequest(partition_key=name, run_key=found[name].key(name))
    if not changed:
        yield dg.SkipReason("No new files in the inbox.")
    context.update_cursor(write_cursor(found))


def _limits(side: SideResource, industry: str) -> dict[str, int]:
    """Megabytes above which files are refused unread, by certifier; none where the registry cannot say, as a run will tell."""
    try:
        return {one.certifier: one.feed.max_megabytes for one in side.registry.certifiers_of(industry)}
    except SafeError:
        return {}


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
