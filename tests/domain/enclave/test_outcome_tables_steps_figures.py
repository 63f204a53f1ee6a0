"""Steps of outcome_tables that make figures of counts and earnings: distributions, percentiles, shares, rounding.

On relations written by hand: what goes in and what comes out fit on a page.
"""

from collections.abc import Iterator

import pytest

from credential_pipeline.enclave.outcome_tables.cells import CELLS, Share, outcomes, share_cells
from credential_pipeline.enclave.outcome_tables.counts import cohort_counts, identify
from credential_pipeline.enclave.outcome_tables.coverage import ledger_cells, pool_ledgers
from credential_pipeline.enclave.outcome_tables.earlier import Earlier
from credential_pipeline.enclave.outcome_tables.earnings import distribute, percentile_cells
from credential_pipeline.enclave.outcome_tables.grouping import GROUP
from credential_pipeline.enclave.outcome_tables.groups import Ladder
from credential_pipeline.enclave.outcome_tables.premium import premium_cells
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from tests.domain.enclave.outcome_steps_world import counted, five_followed, plan, rows, workplace


@pytest.fixture
def work() -> Iterator[Scratch]:
    with workplace() as made:
        yield made


@pytest.fixture
def follow_ups(work: Scratch) -> Relation:
    return five_followed(work)


def test_distributions_are_sorted_and_tell_the_industry_from_elsewhere(work: Scratch, follow_ups: Relation) -> None:
    found = distribute(work, follow_ups)
    overall = "who = ''"
    assert rows(work, found, "workplace", "earnings", where=overall) == [
        ("all", [30_000.0, 50_000.0, 70_000.0]), ("in", [50_000.0, 70_000.0]), ("out", [30_000.0]),
    ]  # fmt: skip
    assert rows(work, found, "earnings", where="who = '/certifier=nims/credential=CPT'") == [[70_000.0]]


def test_percentiles_and_premium_of_hand_made_earnings(work: Scratch, follow_ups: Relation) -> None:
    counts = identify(work, cohort_counts(work, follow_ups, follow_ups, plan()))
    distributions = distribute(work, follow_ups)
    everybody = "certifier = 'all' AND age_band = 'all' AND sex = 'all' AND race = 'all'"
    cells = percentile_cells(work, counts, distributions)
    assert rows(work, cells, "measure", '"table"', "n", "value", where=everybody) == [
        ("earnings_p25", "earnings_overall", 3, 40_000.0),
        ("earnings_p50", "earnings_overall", 3, 50_000.0),
        ("earnings_p75", "earnings_overall", 3, 60_000.0),
    ]
    assert rows(work, cells, 'DISTINCT "table"') == [
        "earnings_by_age", "earnings_by_certifier", "earnings_by_credential", "earnings_by_race", "earnings_by_sex",
        "earnings_overall",
    ]  # fmt: skip
    premium = premium_cells(work, counts, distributions)
    # The median of 50,000 and 70,000 in the industry, and one person elsewhere.
    assert rows(work, premium, "n", "value", where=everybody) == [(3, 30_000.0)]


def test_shares_meet_the_total_of_their_group_and_time(work: Scratch) -> None:
    counts = identify(
        work,
        counted(work, {"cohort@1": 10, "cohort@2": 0, "cohort": 40, "seen@1": 4, "seen@2": 0}),
        counted(work, {"cohort@1": 8, "seen@1": 2}, sex="F"),
    )
    cells = share_cells(work, counts, Share("t", "seen_share", "d", part="seen", total="cohort"))
    assert rows(work, cells, "sex", "horizon", "value", "n", "n_count_id", "numerator_count_id") == [
        ("F", 1, 0.25, 8, "cohort/sex=F/h=1", "seen/sex=F/h=1"),
        ("all", 1, 0.4, 10, "cohort/h=1", "seen/h=1"),
        ("all", 2, None, 0, "cohort/h=2", "seen/h=2"),
    ]


def test_what_rounding_leaves_over_goes_to_the_largest_remainders(work: Scratch) -> None:
    before = ("opted_out", "ferpa_blocked", "no_person_key", "same_person", "never_passed", "not_in_cohort")
    lines = dict.fromkeys((f"ledger_{reason}" for reason in before), 0)
    lines |= {"ledger_reported": 7, "ledger_opted_out": 1, "no_year_covered": 0, "never_seen_after": 2, "seen_after": 4}
    counts = identify(work, counted(work, lines))
    ledgers = pool_ledgers(work, counts, plan(horizons={"first": -3, "last": 0}), Earlier())
    cells = ledger_cells(work, counts, ledgers)
    # 1/7, 2/7 and 4/7 round down to ...857.14, ...714.28, ...428.57: the last has the largest remainder.
    assert dict(rows(work, cells, "definition", "value")) == dict.fromkeys(before, 0) | {
        "opted_out": 0.142857, "no_year_covered": 0, "never_seen_after": 0.285714, "seen_after": 0.571429,
    }  # fmt: skip


def test_outcomes_are_rounded_named_and_marked(work: Scratch) -> None:
    cells = CELLS.rows(
        work,
        """
        SELECT 't' AS "table", 'earnings_p50' AS measure, 'usd' AS unit, 'F' AS sex, 1 AS horizon, 9 AS n,
               1234.56789012 AS value, 1000.00000049 AS low, 2000 AS high, 'all' AS setting
        UNION ALL BY NAME
        SELECT 't' AS "table", 'setting_share' AS measure, 'share' AS unit, 'setting_credit' AS definition,
               'credit' AS setting, 0 AS n, NULL::DOUBLE AS value, 0.1 AS low, 0.2 AS high
        """,
    )
    drawn = work.table(
        "bands",
        f"""
        SELECT 'earnings_p50' AS measure, 'earnings_p50' AS definition, 'F' AS sex, 1 AS horizon, 900.0 AS low, 2100.0 AS high, true AS fragile,
               CAST(4 AS BIGINT) AS employers, 0.5 AS largest_employer,
               {", ".join(f"'all' AS {name}" for name in (*GROUP, "sector", "setting") if name != "sex")}
        """,
    )
    told = work.rows("told", {"cohort": "VARCHAR", "horizon": "INTEGER"}, [("all", 1)])
    made = outcomes(work, plan(base_year=2021), Ladder().relation(work), told, drawn, cells)
    columns = ("cell_id", "value", "low", "high", "status", "base_year", "rollup_level", "definition", "fragile")
    assert rows(work, made, *columns) == [
        ("manufacturing/earnings_p50/sex=F/h=1", 1234.56789, 900.0, 2100.0, 1, 2021, "sex", "earnings_p50", True),
        (
            "manufacturing/setting_share/setting_credit/setting=credit",
            None,
            None,
            None,
            -1,
            None,
            "all",
            "setting_credit",
            False,
        ),
    ]
