"""The gate between two hops: declares rules as asset checks, and publishes a staged version only if they hold.

It works inside the step, since a separate blocking check leaks across code locations, backfills and single
materialisations. Not here: when a hop has anything to do at all (assets/materialize.py).
"""

import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import dagster as dg

from checks import gx_adapter, validation
from checks.gx_adapter import Verdict
from checks.rule import Rule
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage import manifest
from credential_pipeline.foundation.storage.manifest import Manifest
from credential_pipeline.foundation.storage.staging import Staged


def check_name(rule: Rule) -> str:
    """Name of a rule's asset check: Dagster sorts them, so a digit puts the telling rules first, and blocking ones before."""
    place = 3 if not rule.telling else 1 if rule.severity == "block" else 2
    return f"{place}_{rule.name}"


def rule_name(check: str) -> str:
    """Name of the rule behind an asset check."""
    return check.partition("_")[2]


def specs(
    asset: str, rules: Sequence[Rule], partitions: dg.PartitionsDefinition | None = None
) -> list[dg.AssetCheckSpec]:
    """Declare one asset check per rule."""
    with warnings.catch_warnings():
        # Partitioned checks are a preview in Dagster 1.13; tests/upstream pins what we rely on.
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return [
            dg.AssetCheckSpec(
                check_name(rule),
                asset=asset,
                description=rule.why,
                blocking=rule.severity == "block",
                partitions_def=partitions,
            )
            for rule in rules
        ]


def release(
    staged: Staged,
    rules: Sequence[Rule],
    *,
    before_publish: Callable[[Staged], None] = lambda staged: None,
    explain: Callable[[Staged], str] = lambda staged: "",
    otherwise: str = "nothing was published",
) -> Iterator[dg.AssetCheckResult]:
    """Write a staged version, judge it, and publish it if no blocking rule is broken.

    Args:
        staged: The next version, its tables built.
        rules: The suite.
        before_publish: A last act between judgement and publication; may refuse.
        explain: A sentence for people if a rule is broken; empty for the rule's own reason.
        otherwise: What a refusal says of what is current.

    Yields:
        One check result per rule, before anything is published or refused.

    Raises:
        SafeError: ``E_GATE``: a blocking rule is broken; nothing was published.
    """
    staged.write()
    judged_at = time.monotonic()
    verdicts = gx_adapter.evaluate(staged.con, rules)
    staged.facts["gate_seconds"] = round(time.monotonic() - judged_at, 2)
    yield from (_result(verdict) for verdict in verdicts)
    records = validation.lay_beside(staged, verdicts)
    broken = [verdict for verdict in verdicts if not verdict.passed and verdict.rule.severity == "block"]
    if broken:
        names = ", ".join(validation.told(verdict) for verdict in broken)
        reason = explain(staged) or broken[0].rule.why
        staged.refuse(records)
        raise SafeError("E_GATE", f"{reason} Rules broken: {names}; {otherwise}.")
    before_publish(staged)
    staged.publish(records)


def repeated(rules: Sequence[Rule], facts: Manifest) -> Iterator[dg.AssetCheckResult]:
    """The verdicts of a published version once more: the same tables and rules give the same."""
    records = {record["rule"]: record for record in facts.verdicts}
    for rule in rules:
        yield _result(validation.verdict_of(rule, records[rule.name]))


def fingerprint(rules: Sequence[Rule]) -> str:
    """Hash of what a suite demands; the words in which it says so do not count."""
    demands = {rule.name: f"{rule.query}|{rule.expectation}|{rule.kwargs}|{rule.severity}" for rule in rules}
    return manifest.fingerprint(demands)[:16]


def _severity(rule: Rule) -> dg.AssetCheckSeverity:
    return dg.AssetCheckSeverity.ERROR if rule.severity == "block" else dg.AssetCheckSeverity.WARN


def _result(verdict: Verdict) -> dg.AssetCheckResult:
    metadata: dict[str, Any] = {"evaluated": verdict.evaluated}
    if verdict.observed is not None:
        metadata["observed" if verdict.rule.single else "failing"] = verdict.observed
    if not verdict.passed:
        metadata |= validation.metadata(verdict)
    return dg.AssetCheckResult(
        check_name=check_name(verdict.rule), passed=verdict.passed, severity=_severity(verdict.rule), metadata=metadata
    )
