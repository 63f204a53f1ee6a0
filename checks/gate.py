"""The gate between two hops: declares rules as asset checks, and publishes a staged version only if they hold.

It works inside the step, since a separate blocking check leaks across code locations, backfills and single
materialisations. The same inputs give the same result, so a hop whose inputs are unchanged repeats its last verdicts and
does no work.
"""

import logging
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg

from checks import gx_adapter, validation
from checks.guard import guarded
from checks.gx_adapter import Verdict
from checks.rule import Rule
from credential_pipeline.foundation.contracts.table import Snapshot
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage import manifest
from credential_pipeline.foundation.storage.manifest import Manifest
from credential_pipeline.foundation.storage.snapshots import Store, Version, all_inputs
from credential_pipeline.foundation.storage.staging import Staged

PROGRESS = logging.getLogger("credential_pipeline.progress")

Outcome = dg.AssetCheckResult | dg.MaterializeResult[Any]


@dataclass(frozen=True)
class Hop:
    """What the gate needs to know of one materialisation.

    Attributes:
        store: Store of the side.
        snapshot: What is built.
        partition: Industry, or ``shared``.
        reads: Versions that the hop reads.
        inputs: What else the result depends on, by name.
        run_id: The Dagster run.
        rules: The suite.
        home: Folder of the side, for the vault log.
        build: Creates the tables of the snapshot in the staged connection.
        before_publish: A last act between gate and publication, for example handing a package over; may refuse.
        describe: Extra metadata from the published version: charts, paths, figures.
        intact: Whether what the version left outside the store, for example a sealed package, is still there.
        explain: A sentence for people when the gate stays shut, for example which file to mend; empty for none.
    """

    store: Store
    snapshot: Snapshot
    partition: str
    reads: Sequence[Version]
    inputs: Mapping[str, str]
    run_id: str
    rules: Sequence[Rule]
    home: Path
    build: Callable[[Staged], None]
    before_publish: Callable[[Staged], None] = field(default=lambda staged: None)
    describe: Callable[[Version], Mapping[str, Any]] = field(default=lambda version: {})
    intact: Callable[[Version], bool] = field(default=lambda version: True)
    explain: Callable[[Staged], str] = field(default=lambda staged: "")


def specs(
    asset: str, rules: Sequence[Rule], partitions: dg.PartitionsDefinition | None = None
) -> list[dg.AssetCheckSpec]:
    """Declare one asset check per rule."""
    with warnings.catch_warnings():
        # Partitioned checks are a preview in Dagster 1.13; tests/upstream pins what we rely on.
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return [
            dg.AssetCheckSpec(
                rule.name,
                asset=asset,
                description=rule.why,
                blocking=rule.severity == "block",
                partitions_def=partitions,
            )
            for rule in rules
        ]


def run(hop: Hop) -> Iterator[Outcome]:
    """Build, judge and publish one hop; or repeat the last verdicts if nothing that it depends on has changed.

    Yields:
        One check result per rule, then the materialisation.

    Raises:
        dg.Failure: A blocking rule is broken or the input was refused; nothing was published.
    """
    started = time.monotonic()
    with guarded(hop.snapshot.name, hop.partition, hop.home):
        reused = _unchanged(hop)
    if reused is not None:
        yield from (_repeated(rule, reused.manifest) for rule in hop.rules)
        _say(hop, reused, "unchanged", started)
        yield _described(hop, reused)
        return
    with guarded(hop.snapshot.name, hop.partition, hop.home):
        PROGRESS.info("%s %s …", hop.partition, hop.snapshot.name)
        with hop.store.stage(hop.snapshot, hop.partition, hop.reads, _inputs(hop), hop.run_id) as staged:
            hop.build(staged)
            staged.write()
            judged_at = time.monotonic()
            verdicts = gx_adapter.evaluate(staged.con, hop.rules)
            staged.facts["gate_seconds"] = round(time.monotonic() - judged_at, 2)
            yield from (_result(verdict) for verdict in verdicts)
            records = validation.lay_beside(staged, verdicts)
            _refuse_if_broken(hop, verdicts, staged, records)
            hop.before_publish(staged)
            staged.publish(records)
        version = hop.store.current(hop.snapshot, hop.partition)
    _say(hop, version, "published", started)
    yield _described(hop, version)


def _inputs(hop: Hop) -> dict[str, str]:
    rules = manifest.fingerprint(
        {rule.name: f"{rule.query}|{rule.expectation}|{rule.kwargs}|{rule.severity}" for rule in hop.rules}
    )
    return {**hop.inputs, "rules": rules[:16]}


def _unchanged(hop: Hop) -> Version | None:
    wanted = manifest.fingerprint(all_inputs(hop.reads, _inputs(hop)))
    try:
        current = hop.store.find(hop.snapshot, hop.partition)
        if current is None or current.manifest.fingerprint != wanted:
            return None
        for table in hop.snapshot:
            current.path(table.name)
    except SafeError as error:
        if error.code == "E_SCHEMA_NEWER":
            raise
        return None  # A damaged version is built again, as its message tells the reader to do.
    return current if hop.intact(current) else None


def _severity(rule: Rule) -> dg.AssetCheckSeverity:
    return dg.AssetCheckSeverity.ERROR if rule.severity == "block" else dg.AssetCheckSeverity.WARN


def _result(verdict: Verdict) -> dg.AssetCheckResult:
    metadata: dict[str, Any] = {"evaluated": verdict.evaluated}
    if verdict.observed is not None:
        metadata["observed" if verdict.rule.single else "failing"] = verdict.observed
    if not verdict.passed:
        metadata |= validation.metadata(verdict)
    return dg.AssetCheckResult(
        check_name=verdict.rule.name, passed=verdict.passed, severity=_severity(verdict.rule), metadata=metadata
    )


def _repeated(rule: Rule, facts: Manifest) -> dg.AssetCheckResult:
    record = next(entry for entry in facts.verdicts if entry["rule"] == rule.name)
    return _result(validation.verdict_of(rule, record))


def _refuse_if_broken(
    hop: Hop, verdicts: Sequence[Verdict], staged: Staged, records: Sequence[Mapping[str, Any]]
) -> None:
    """Keep the staged tables as the last refused attempt, and say in a line what is wrong."""
    broken = [verdict for verdict in verdicts if not verdict.passed and verdict.rule.severity == "block"]
    if not broken:
        return
    names = ", ".join(validation.told(verdict) for verdict in broken)
    kept = (
        "the last good version stays current"
        if hop.store.has_current(hop.snapshot, hop.partition)
        else "nothing was published"
    )
    reason = hop.explain(staged) or broken[0].rule.why
    staged.refuse(records)
    raise SafeError("E_GATE", f"{reason} Rules broken: {names}; {kept}.")


def _say(hop: Hop, version: Version, what: str, started: float) -> None:
    rows = ", ".join(f"{facts.rows:,} {table}" for table, facts in version.manifest.tables.items())
    PROGRESS.info("%s %s %s in %.1f s: %s", hop.partition, hop.snapshot.name, what, time.monotonic() - started, rows)


def _described(hop: Hop, version: Version) -> dg.MaterializeResult[Any]:
    with guarded(hop.snapshot.name, hop.partition, hop.home):  # Descriptions read data too, and DuckDB quotes cells.
        return _materialization(hop, version)


def _materialization(hop: Hop, version: Version) -> dg.MaterializeResult[Any]:
    first = hop.snapshot.tables[0].name
    metadata: dict[str, Any] = {
        "dagster/partition_row_count" if hop.snapshot.partitioned else "dagster/row_count": version.rows(first),
        "version": version.name,
        **{f"rows/{table}": facts.rows for table, facts in version.manifest.tables.items()},
        **{f"made from/{name}": value for name, value in version.manifest.inputs.items()},
        "gate seconds": version.manifest.facts.get("gate_seconds", 0.0),
        **validation.link(version, hop.home),
        **hop.describe(version),
    }
    return dg.MaterializeResult(metadata=metadata, data_version=dg.DataVersion(version.name))
