"""Every rule of every suite holds in the good world, and something breaks it."""

import importlib
import pkgutil
from collections.abc import Sequence

import dagster as dg
import pytest

from checks import gate, gx_adapter, suites
from checks.rule import Rule, none_where, number
from credential_pipeline.foundation.contracts import SNAPSHOTS
from tests.gates.mutations import OWN, all_mutations

SUITES: dict[str, tuple[Rule, ...]] = {
    module.name.rpartition(".")[2]: importlib.import_module(module.name).RULES
    for module in pkgutil.walk_packages(suites.__path__, "checks.suites.")
    if not module.ispkg
}
_RULES = [pytest.param(suite, rule, id=f"{suite}-{rule.name}") for suite, rules in SUITES.items() for rule in rules]


def _named(suite: str, name: str) -> Rule:
    return next(rule for rule in SUITES[suite] if rule.name == name)


def breakers(suite: str, rule: str) -> list[str]:
    """The statements that should break a rule."""
    return [sql for of, name, sql in all_mutations() if (of, name) == (suite, rule)]


def faults(changed, rule: Rule, statements: Sequence[str]) -> list[str]:
    """Why these statements do not show that the rule says no when it should; empty if they do."""
    found = [] if statements else ["nothing breaks it"]
    for sql in statements:
        with changed(sql) as con:
            (verdict,) = gx_adapter.evaluate(con, [rule])
        if not verdict.evaluated:
            found.append(f"falls over instead of saying no: {sql}")
        elif verdict.passed:
            found.append(f"still holds: {sql}")
        elif not verdict.blamed.words:
            found.append(f"names nothing that broke it: {sql}")
    return found


def test_every_snapshot_has_a_suite():
    assert set(SUITES) == set(SNAPSHOTS)
    assert set(OWN) == set(SNAPSHOTS)


@pytest.mark.parametrize("suite", SUITES)
def test_rules_and_mutations_name_one_another(suite):
    names = [rule.name for rule in SUITES[suite]]
    assert len(names) == len(set(names)), "two rules of one name hide each other"
    assert {rule for of, rule, _ in all_mutations() if of == suite} <= set(names), "a rule was renamed or removed"


@pytest.mark.parametrize(("suite", "rule"), _RULES)
def test_every_rule_is_broken_by_something(suite, rule, changed):
    assert faults(changed, rule, breakers(suite, rule.name)) == []


_WAGES = "reference_population.wages"


@pytest.mark.parametrize(
    ("rule", "statements", "fault"),
    [
        (none_where("r", "R.", _WAGES, "wages < 0"), [], "nothing breaks it"),
        (none_where("r", "R.", _WAGES, "false"), [f"UPDATE {_WAGES} SET wages = -1"], "still holds"),
        (none_where("r", "R.", _WAGES, "wages < 0"), [f"UPDATE {_WAGES} SET wages = 1"], "still holds"),
        (none_where("r", "R.", _WAGES, "wages < 0"), [f"DROP TABLE {_WAGES}"], "falls over"),
        (number("r", "R.", "SELECT 1", at_most=0), ["SELECT 1"], "names nothing"),
    ],
    ids=["no mutation", "rule that never breaks", "mutation that breaks nothing", "un-evaluable", "nameless"],
)
def test_the_test_above_can_fail(rule, statements, fault, changed):
    (found,) = faults(changed, rule, statements)
    assert found.startswith(fault)


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
    assert [result.check_name for result in results] == [gate.check_name(rule) for rule in SUITES[suite]]
    assert {result.check_name for result in results if not result.passed} == set()
    assert all(result.metadata["evaluated"].value is True for result in results)
    version = hop.store.current(hop.snapshot, hop.partition)
    assert published.data_version == dg.DataVersion(version.name)


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
def test_empty_and_all_null_tables_are_kept_back(suite, changed):
    """Great Expectations alone would let both pass; looked for among all blocking rules, wherever they come from."""
    blocking = [rule for rule in SUITES[suite] if rule.severity == "block"]
    for table in SNAPSHOTS[suite]:
        name = f'{suite}."{table.name}"'
        nothing = ", ".join(f'"{column}" = NULL' for column in table.column_names)
        for sql in [f"UPDATE {name} SET {nothing}", *([] if table.may_be_empty else [f"DELETE FROM {name}"])]:
            with changed(sql) as con:
                verdicts = gx_adapter.evaluate(con, blocking)
            assert any(verdict.evaluated and not verdict.passed for verdict in verdicts), sql
