"""The body that every hop's asset shares: what it reads and depends on, handed to the gate."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from assets.describe import code_version
from assets.resources import SideResource
from checks import gate
from checks.guard import guarded
from checks.rule import Rule
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.names import SHARED
from credential_pipeline.foundation.storage.durable import sha256
from credential_pipeline.foundation.storage.snapshots import Version
from credential_pipeline.foundation.storage.staging import Staged
from credential_pipeline.foundation.storage.writer import writing


def materialize(
    context: dg.AssetExecutionContext,
    side: SideResource,
    hop: str,
    rules: Sequence[Rule],
    build: Callable[[Staged], None],
    *,
    reads: Sequence[str] = (),
    inputs: Callable[[], Mapping[str, str]] = dict,
    before_publish: Callable[[Staged], None] = lambda staged: None,
    describe: Callable[[Version], Mapping[str, Any]] = lambda version: {},
    intact: Callable[[Version], bool] = lambda version: True,
    explain: Callable[[Staged], str] = lambda staged: "",
) -> Iterator[gate.Outcome]:
    """Run one hop through its gate.

    Args:
        context: The step.
        side: Folders and engine of the side.
        hop: Name of the snapshot.
        rules: Its suite.
        build: Creates its tables.
        reads: Snapshots of the same side that it reads, at their current versions.
        inputs: What else the result depends on; called inside the guard, so that it may refuse.
        before_publish: A last act between gate and publication; may refuse.
        describe: Extra metadata from the published version.
        intact: Whether what the version left outside the store is still there; else the hop is done over again.
        explain: A sentence for people when the gate stays shut.
    """
    snapshot = SNAPSHOTS[hop]
    partition = context.partition_key if snapshot.partitioned else SHARED
    who = f"run {context.run_id[:8]} ({partition} {hop})"
    with guarded(hop, partition, side.root), writing(side.store.root, who, _say_waiting):
        versions = [_current(side, name, partition) for name in reads]
        depends = {"code": code_version(), **inputs()}
        yield from gate.run(
            gate.Hop(
                store=side.store,
                snapshot=snapshot,
                partition=partition,
                reads=versions,
                inputs=depends,
                run_id=context.run_id,
                rules=rules,
                build=build,
                before_publish=before_publish,
                describe=describe,
                intact=intact,
                explain=explain,
                home=side.root,
            )
        )


def _say_waiting(writer: str) -> None:
    gate.PROGRESS.info("waiting for %s, which writes the same store; it can be ended in the Dagster UI (Runs)", writer)


def _current(side: SideResource, name: str, partition: str) -> Version:
    snapshot = SNAPSHOTS[name]
    return side.store.current(snapshot, partition if snapshot.partitioned else SHARED)


def digest_of(*parts: str) -> str:
    """Hash of texts that a result depends on, for example the YAML of an industry."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def digest_of_files(*folders: Path) -> str:
    """Hash of all files below the folders, by name and content; missing folders count as empty."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(f"{path.relative_to(folder)}\0{sha256(path)}\n".encode())
    return digest.hexdigest()[:16]
