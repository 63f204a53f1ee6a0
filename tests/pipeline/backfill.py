"""Run in a process of its own: backfills assets over all code locations as the UI would, and prints what happened.

Dagster has no public way to run a backfill without its daemon; the private calls are kept in this one file.
"""

import json
import logging
import sys
import time
from pathlib import Path

import dagster as dg
from dagster._core.execution.backfill import PartitionBackfill
from dagster._core.utils import make_new_backfill_id
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster._daemon.backfill import execute_backfill_iteration

_SECONDS = 240.0


def main(selection: list[str], partitions: list[str]) -> None:
    """Backfill, wait, and print the outcome as one JSON line."""
    workspace = WorkspaceFileTarget(paths=[str(Path(__file__).parents[2] / "workspace.yaml")])
    logger = logging.getLogger("backfill")
    logger.setLevel(logging.CRITICAL)
    with dg.DagsterInstance.get() as instance, WorkspaceProcessContext(instance, workspace) as process:
        keys = [dg.AssetKey(name) for name in selection]
        backfill = PartitionBackfill.from_asset_partitions(
            asset_graph=process.create_request_context().asset_graph,
            backfill_id=make_new_backfill_id(),
            tags={},
            backfill_timestamp=time.time(),
            asset_selection=keys,
            partition_names=partitions,
            dynamic_partitions_store=instance,
            all_partitions=False,
            title=None,
            description=None,
            run_config=None,
        )
        instance.add_backfill(backfill)
        before = {key: _materialized(instance, key, partitions) for key in keys}
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            list(execute_backfill_iteration(process, logger))
            status = instance.get_backfill(backfill.backfill_id).status.value
            if status not in {"REQUESTED", "REQUESTING"}:
                break
            time.sleep(1)
        after = {key: _materialized(instance, key, partitions) for key in keys}
        ran = {key.to_user_string(): [p for p in partitions if after[key][p] > before[key][p]] for key in keys}
        print(json.dumps({"status": status, "materialized": ran}))


def _materialized(instance: dg.DagsterInstance, key: dg.AssetKey, partitions: list[str]) -> dict[str, int]:
    counts = instance.event_log_storage.get_materialized_partitions(key)
    newest = {}
    for partition in partitions:
        records = instance.fetch_materializations(
            dg.AssetRecordsFilter(asset_key=key, asset_partitions=[partition]), limit=1
        ).records
        newest[partition] = records[0].storage_id if partition in counts and records else -1
    return newest


if __name__ == "__main__":
    main(sys.argv[1].split(","), sys.argv[2].split(","))
