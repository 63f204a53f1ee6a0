"""Where data comes from: the folders in which others leave files, as observed source assets at the start of the graph.

An observation records a hash of what lies there, so that Dagster knows whether a hop has seen the newest. It reads no row.
Not here: when anybody looks (automation.py), and what a hop makes of the files.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from assets import transfer
from assets.digests import digest_of_files
from assets.partitions import INDUSTRIES
from assets.resources import SideResource
from credential_pipeline.foundation.names import Side

#: What a place is called in which nothing has arrived.
EMPTY = "empty"


@dataclass(frozen=True)
class Source:
    """A place where others leave files for a side.

    Attributes:
        name: Name of the asset.
        side: Whose place it is.
        read_by: The hop that reads the files.
        description: A sentence for people.
        version: Hash or name of what lies there, for an industry; for all of them if the source is not partitioned.
        partitioned: Whether every industry has its own.
        kinds: Technologies to show.
    """

    name: str
    side: Side
    read_by: str
    description: str
    version: Callable[[SideResource, str], str]
    partitioned: bool = True
    kinds: Sequence[str] = ()


def _files(below: str) -> Callable[[SideResource, str], str]:
    def version(side: SideResource, industry: str) -> str:
        folder = side.root / below / industry
        return digest_of_files(folder) if any(path.is_file() for path in folder.rglob("*")) else EMPTY

    return version


def _package(folder: Callable[[SideResource, str], Path]) -> Callable[[SideResource, str], str]:
    def version(side: SideResource, industry: str) -> str:
        return transfer.listing(folder(side, industry)) or EMPTY

    return version


def _left_by_partners(side: SideResource, industry: str) -> str:
    """What partners left, and not what they were given."""
    del industry
    folders = [path for kind in ("requests", "pdp") for path in sorted(side.root.glob(f"partners/*/{kind}"))]
    return digest_of_files(*folders) if any(path.is_file() for one in folders for path in one.rglob("*")) else EMPTY


def latest_release(side: SideResource, industry: str) -> str:
    """Name of the newest public release of an industry; :data:`EMPTY` while there is none."""
    latest = side.published_of(industry) / "LATEST"
    return latest.read_text(encoding="utf-8").strip() if latest.is_file() else EMPTY


SOURCES = (
    Source(
        "certifier_feeds",
        Side.CLEARINGHOUSE,
        "raw_feeds",
        "Deliveries in the inbox of the industry's certifiers.",
        _files("inbox"),
        kinds=("csv",),
    ),
    Source(
        "education_drops",
        Side.CLEARINGHOUSE,
        "education_registry",
        "Files of persons, enrollments and degrees that the education registry leaves.",
        _files("education"),
        partitioned=False,
        kinds=("csv",),
    ),
    Source(
        "opt_out_lists",
        Side.CLEARINGHOUSE,
        "linked_records",
        "The steward's lists of people who want nothing shared, and of what was taken back.",
        _files("opt_outs"),
        partitioned=False,
        kinds=("csv",),
    ),
    Source(
        "partner_requests",
        Side.CLEARINGHOUSE,
        "return_files",
        "Requests and files that partners leave in their folders.",
        _left_by_partners,
        partitioned=False,
        kinds=("csv",),
    ),
    Source(
        "public_releases",
        Side.CLEARINGHOUSE,
        "return_files",
        "The newest public release of the industry.",
        latest_release,
        kinds=("csv",),
    ),
    Source(
        "arrived_extracts",
        Side.ENCLAVE,
        "accepted_extract",
        "The sealed packages in the transfer folder.",
        _package(SideResource.folder_of_extracts),
        kinds=("age",),
    ),
    Source(
        "reference_drops",
        Side.ENCLAVE,
        "reference_population",
        "Files of persons, employers and wages that the enclave's keeper leaves.",
        _files("reference"),
        partitioned=False,
        kinds=("csv",),
    ),
    Source(
        "arrived_releases",
        Side.PUBLIC,
        "published_outcomes",
        "The sealed releases in the transfer folder.",
        _package(SideResource.folder_of_releases),
        kinds=("age",),
    ),
)


def read_by(hop: str) -> list[str]:
    """Names of the sources that a hop reads."""
    return [source.name for source in SOURCES if source.read_by == hop]


def source_assets(side: Side) -> list[dg.SourceAsset]:
    """The observed source assets of a side."""
    return [_asset(source) for source in SOURCES if source.side == side]


def owner_of(side: Side) -> str:
    """Whom to ask about an asset of a side."""
    return f"team:{side.value}"


def names_of(side: Side) -> list[str]:
    """Names of a side's sources."""
    return [source.name for source in SOURCES if source.side == side]


def _asset(source: Source) -> dg.SourceAsset:
    side = source.side.value

    def observe(context: dg.OpExecutionContext) -> Any:
        home: SideResource = getattr(context.resources, side)
        if not source.partitioned:
            return dg.DataVersion(source.version(home, ""))
        return dg.DataVersionsByPartition(
            {industry: source.version(home, industry) for industry in INDUSTRIES.get_partition_keys()}
        )

    return dg.observable_source_asset(
        name=source.name,
        partitions_def=INDUSTRIES if source.partitioned else None,
        group_name=side,
        description=source.description,
        required_resource_keys={side},
        # Dagster gives observed sources no field for owners, so whom to ask stands where people look next.
        metadata={"owner": owner_of(source.side)},
        tags={"side": side, **{f"dagster/kind/{kind}": "" for kind in source.kinds}},
    )(observe)
