"""What we rely on in Great Expectations, seen through the adapter. A test that fails says which decision to take again."""

import pytest

from checks import gx_adapter
from checks.rule import Rule, column_in
from credential_pipeline.foundation.storage.engine import connect

CANARY = "ZZYZX CANARYWOMAN"


@pytest.fixture
def con():
    with connect(threads=1) as opened:
        yield opened


@pytest.mark.parametrize("sql", ["SELECT 'x' AS sex WHERE false", "SELECT CAST(NULL AS VARCHAR) AS sex FROM range(3)"])
def test_column_rules_pass_on_nothing(con, sql):
    """If not: suites would not need a row count and a not-null rule for every table."""
    (verdict,) = gx_adapter.evaluate(con, [column_in("sex_known", "Sex.", f"({sql})", "sex", ["F"])])
    assert verdict.passed
    assert verdict.observed == 0


def _raw_results(con, rules, monkeypatch):
    seen = []
    real = gx_adapter._verdict

    def spy(rule, result, frame):
        seen.append(result)
        return real(rule, result, frame)

    monkeypatch.setattr(gx_adapter, "_verdict", spy)
    verdicts = gx_adapter.evaluate(con, rules)
    return seen, verdicts


def test_row_wise_results_hold_counts_and_aggregates_hold_values(con, monkeypatch):
    """If lists came back: BOOLEAN_ONLY and a count of our own. Since values can: nothing but whitelisted counts is read."""
    con.execute(f"CREATE TABLE people AS SELECT '{CANARY}' AS name FROM range(5)")
    rules = [
        column_in("row_wise", "A.", "people", "name", ["X"]),
        Rule(
            "aggregate",
            "A.",
            "SELECT name FROM people",
            "ExpectColumnMostCommonValueToBeInSet",
            {"value_set": ["X"]},
            single=False,
        ),
    ]
    (row_wise, aggregate), verdicts = _raw_results(con, rules, monkeypatch)
    assert row_wise.result["unexpected_count"] == 5
    assert CANARY not in str(row_wise.result)
    assert CANARY in str(aggregate.result["observed_value"])
    # An expectation without the whitelisted count is not one that our rules may use: it counts as broken.
    assert [verdict.evaluated for verdict in verdicts] == [True, False]
    assert not any(CANARY in f"{verdict.observed} {verdict.passed}" for verdict in verdicts)


def test_expectation_that_raises_counts_as_broken(con):
    """If the adapter took its word: an expectation that fell over reports no unexpected value at all."""
    rule = Rule("odd", "Odd.", "SELECT 'a' AS name", "ExpectColumnValuesToBeBetween", {"min_value": 1}, single=False)
    (verdict,) = gx_adapter.evaluate(con, [rule])
    assert not verdict.passed
