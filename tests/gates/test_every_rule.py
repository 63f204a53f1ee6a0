"""Every rule of every suite holds in the good world, and something breaks it."""

import importlib
import pkgutil

import dagster as dg
import pytest

from checks import gx_adapter, suites
from checks.rule import Rule
from credential_pipeline.foundation.contracts import SNAPSHOTS
from tests.gates.mutations import OWN, all_mutations

SUITES: dict[str, tuple[Rule, ...]] = {
    module.name.rpartition(".")[2]: importlib.import_module(module.name).RULES
    for module in pkgutil.walk_packages(suites.__path__, "checks.suites.")
    if not module.ispkg
}
_MUTATIONS = [
    pytest.param(suite, rule, sql, id=f"{suite}-{rule}-{number}")
    for number, (suite, rule, sql) in enumerate(all_mutations())
]


def _named(suite: str, name: str) -> Rule:
    return next(rule for rule in SUITES[suite] if rule.name == name)


def test_every_snapshot_has_a_suite():
    assert set(SUITES) == set(SNAPSHOTS)
    assert set(OWN) == set(SNAPSHOTS)


@pytest.mark.parametrize("suite", SUITES)
def test_every_rule_has_a_mutation(suite):
    names = [rule.name for rule in SUITES[suite]]
    broken = {rule for of, rule, _ in all_mutations() if of == suite}
    assert len(names) == len(set(names)), "two rules of one name hide each other"
    assert set(names) == broken


@pytest.mark.parametrize("suite", SUITES)
def test_rules_are_sentences_with_reasons(suite):
    for rule in SUITES[suite]:
        assert rule.why[0].isupper(), rule.name
        assert rule.why.endswith("."), rule.name
        assert rule.severity in {"block", "warn"}


@pytest.mark.parametrize("suite", SUITES)
def test_good_world_passes_and_is_published(suite, make_hop):
    hop = make_hop(suite, SUITES[suite])
    *results, published = list(hop.run())
    assert [result.check_name for result in results] == [rule.name for rule in SUITES[suite]]
    assert {result.check_name for result in results if not result.passed} == set()
    assert all(result.metadata["evaluated"].value is True for result in results)
    version = hop.store.current(hop.snapshot, hop.partition)
    assert published.data_version == dg.DataVersion(version.name)


@pytest.mark.parametrize(("suite", "name", "sql"), _MUTATIONS)
def test_mutation_breaks_its_rule(suite, name, sql, changed):
    with changed(sql) as con:
        (verdict,) = gx_adapter.evaluate(con, [_named(suite, name)])
    assert verdict.evaluated, "the rule must say no, not fall over"
    assert not verdict.passed


@pytest.mark.parametrize("suite", SUITES)
def test_broken_rules_decide_what_is_published(suite, make_hop):
    """Blocking rules keep everything back; warnings let it pass and are shown."""
    wanted = {"block": True, "warn": True}
    for of, name, sql in all_mutations():
        rule = _named(suite, name) if of == suite else None
        if rule is None or not wanted.get(rule.severity):
            continue
        wanted[rule.severity] = False
        hop = make_hop(suite, [rule], sql, partition=rule.severity)
        seen = []
        if rule.severity == "block":
            with pytest.raises(dg.Failure) as refusal:
                seen.extend(hop.run())
            assert refusal.value.allow_retries is False
            assert rule.name in refusal.value.description
            assert hop.store.find(hop.snapshot, hop.partition) is None
        else:
            # A second item besides the check result: the materialisation.
            seen = list(hop.run())
            assert len(seen) == 2
            assert hop.store.find(hop.snapshot, hop.partition) is not None
        (result,) = (item for item in seen if isinstance(item, dg.AssetCheckResult))
        assert result.passed is False
        expected = dg.AssetCheckSeverity.ERROR if rule.severity == "block" else dg.AssetCheckSeverity.WARN
        assert result.severity == expected


@pytest.mark.parametrize("suite", SUITES)
def test_empty_and_all_null_tables_are_tried(suite):
    """Great Expectations alone would let both pass, so each table's own rules must be among the mutations above."""
    tried = {rule for of, rule, _ in all_mutations() if of == suite}
    for table in SNAPSHOTS[suite]:
        assert f"{table.name}_key_present" in tried
        assert table.may_be_empty or f"{table.name}_has_rows" in tried
