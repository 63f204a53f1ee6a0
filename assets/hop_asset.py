"""The Dagster asset of a hop: all of it follows from the hop, its contract and its suite.

Not here: what the asset does when it runs (materialize.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from assets import scheduling, sources
from assets.code_links import code_links
from assets.code_version import code_version
from assets.following import followed
from assets.hop import Hop
from assets.lineage import column_lineage, qualified
from assets.materialize import Outcome, materialize
from assets.observe import observation, spoken_for, survey
from assets.partitions import INDUSTRIES, in_a_later_run, shared_policy
from assets.resources import SideResource
from checks import gate
from credential_pipeline.foundation.contracts.table import Column, Snapshot, Table
from credential_pipeline.foundation.names import SHARED, Sensitivity
from credential_pipeline.foundation.progress import PROGRESS
from credential_pipeline.foundation.storage.snapshots import Version

_BACKFILL = "dagster/backfill"


def hop_assets(hops: Sequence[Hop]) -> list[dg.AssetsDefinition]:
    """Declare the assets of a side's hops."""
    return [_hop_asset(hop, hops) for hop in hops]


def _hop_asset(hop: Hop, hops: Sequence[Hop]) -> dg.AssetsDefinition:
    contract, side = hop.contract, hop.contract.side
    partitions = INDUSTRIES if contract.partitioned else None

    @dg.asset(
        name=hop.name,
        deps=_deps(hop),
        partitions_def=partitions,
        backfill_policy=None if partitions else shared_policy(side),
        check_specs=gate.specs(hop.name, hop.rules, partitions),
        group_name=side.value,
        owners=[sources.owner_of(side)],
        kinds={"duckdb", "parquet", *hop.kinds},
        description=_description(hop),
        tags={"side": side.value, "sensitivity": _most_sensitive(contract)},
        metadata={**_columns(contract), **code_links(contract)},
        freshness_policy=scheduling.freshness(partitioned=contract.partitioned),
        automation_condition=scheduling.when_newer([hop.receives.name] if hop.receives else []),
        code_version=code_version(hop.module),
        required_resource_keys={side.value},
        output_required=False,
    )
    def run(context: dg.AssetExecutionContext) -> Iterator[Outcome]:
        with followed(context, side):
            yield from _run(context, hop, hops)

    return run


def _deps(hop: Hop) -> list[dg.AssetDep]:
    after_all = {snapshot.name for snapshot in hop.after_all}
    return [
        dg.AssetDep(name, partition_mapping=in_a_later_run() if name in after_all else None)
        for name in (*sources.read_by(hop.name), *hop.upstream)
    ]


def _run(context: dg.AssetExecutionContext, hop: Hop, hops: Sequence[Hop]) -> Iterator[Outcome]:
    resource: SideResource = getattr(context.resources, hop.contract.side.value)
    idle = _idle(context, hops, resource)
    if hop.name not in idle:
        partition = context.partition_key if hop.contract.partitioned else SHARED
        yield from materialize(hop, hop.step(resource, partition, context.run.tags), context.run.run_id)
        return
    PROGRESS.info("%s %s unchanged", context.partition_key, hop.name)
    yield from gate.repeated(hop.rules, idle[hop.name].manifest)
    for other in spoken_for(hop, [one for one in hops if one.name in idle]):
        context.log_event(observation(other, resource, context.partition_key, idle[other.name]))


def _idle(context: dg.AssetExecutionContext, hops: Sequence[Hop], side: SideResource) -> Mapping[str, Version]:
    """The hops of a run in which nothing is new; none if something is.

    A backfill counts materialisations, and would call a hop failed that was only observed.
    """
    chosen = context.run.asset_selection
    selected = [hop for hop in hops if not chosen or dg.AssetKey(hop.name) in chosen]
    if _BACKFILL in context.run.tags or not context.has_partition_key:
        return {}
    idle: dict[str, Version] = {}
    for one, version in survey(selected, side, context.partition_key):
        if version is None:
            return {}
        idle[one.name] = version
    return idle


def _description(hop: Hop) -> str:
    tables = "\n".join(f"- **{table.name}**: {table.description} *({table.sensitivity})*" for table in hop.contract)
    sentences = "\n\n".join(text for text in (hop.contract.description, hop.description) if text)
    return f"{sentences}\n\nTables:\n{tables}"


def _most_sensitive(snapshot: Snapshot) -> str:
    levels = list(Sensitivity)
    return min((table.sensitivity for table in snapshot), key=levels.index).value.replace(" ", "_")


def _columns(snapshot: Snapshot) -> dict[str, Any]:
    """All columns of all tables, as one schema, and where they come from: an asset has one of each in the UI."""
    schema = dg.TableSchema(columns=[_column(table, column) for table in snapshot for column in table.columns])
    lineage = column_lineage(snapshot)
    return {"dagster/column_schema": schema, **({"dagster/column_lineage": lineage} if lineage else {})}


def _column(table: Table, column: Column) -> dg.TableColumn:
    return dg.TableColumn(
        name=qualified(table, column.name),
        type=column.type,
        description=column.description,
        constraints=dg.TableColumnConstraints(nullable=column.name not in table.key),
        tags={"identifier": "direct"} if column.identifier else {},
    )
