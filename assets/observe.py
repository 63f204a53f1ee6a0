"""Hops with nothing new are observed, and not materialised again.

Dagster runs a step only if every step above it in the same run has given an output, and an output of an asset is always a
materialisation. So a run leaves its outputs out if none of its hops has anything to do; if one has, those above it are
materialised again, under the same data version. The command line looks before it starts a run, and leaves them out of it.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from assets.hop import Hop, Published
from assets.inputs import gather_inputs, unchanged
from assets.resources import SideResource
from checks.guard import guarded
from credential_pipeline.foundation.storage.snapshots import Version


def survey(hops: Sequence[Hop], side: SideResource, partition: str) -> Iterator[tuple[Hop, Version | None]]:
    """Look at hops one after the other: the current version of each that has nothing to do, None for the others.

    A hop has something to do if its inputs are others than those of its version, if something of it is missing or damaged,
    if it would refuse, or if a hop above it has something to do.

    Args:
        hops: The hops to look at, in the order of the chain.
        side: Their side.
        partition: The industry.
    """
    busy: set[str] = set()
    for hop in hops:
        step = hop.step(side, partition)
        version = None
        with contextlib.suppress(dg.Failure), guarded(hop.name, step.partition, side.root):
            version = None if busy & set(hop.upstream) else unchanged(hop, step, gather_inputs(hop, step))
        if version is None:
            busy.add(hop.name)
        yield hop, version


def observation(hop: Hop, side: SideResource, partition: str, version: Version) -> dg.AssetObservation:
    """Say that a version is still what its inputs give; mends what people read beside it."""
    step = hop.step(side, partition)
    beside: Mapping[str, Any] = {}
    if hop.for_readers:
        with guarded(hop.name, step.partition, side.root), side.store.read(version) as con:
            beside = hop.for_readers(Published(step, version, con))
    return dg.AssetObservation(
        hop.name,
        partition=partition if hop.contract.partitioned else None,
        description="Nothing that it depends on has changed.",
        metadata={"version": version.name, "published": version.manifest.published_at, **beside},
    )


def spoken_for(hop: Hop, hops: Sequence[Hop]) -> Iterator[Hop]:
    """The hops of a run of which a hop that gives no output must tell, since Dagster skips all that are below it.

    It tells of itself, and of those for which no other does: where several are above a hop, the first of them tells of it.
    """
    selected = {other.name for other in hops}
    speaking = {hop.name}
    for other in hops:
        first = next((name for name in other.upstream if name in selected), None)
        if other == hop or first in speaking:
            speaking.add(other.name)
            yield other
