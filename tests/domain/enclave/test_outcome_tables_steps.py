"""Steps of outcome_tables one by one, on relations written by hand: what goes in and what comes out fit on a page."""

from collections.abc import Iterator
from typing import Any

import pytest

from credential_pipeline.enclave.outcome_tables.cells import CELLS, Share, outcomes, share_cells
from credential_pipeline.enclave.outcome_tables.counts import (
    COUNTS,
    category_counts,
    cohort_counts,
    identify,
    sector_counts,
)
from credential_pipeline.enclave.outcome_tables.coverage import (
    ledger_cells,
    ledger_counts,
    pool_ledgers,
    pooled_equations,
)
from credential_pipeline.enclave.outcome_tables.earlier import Earlier
from credential_pipeline.enclave.outcome_tables.earnings import (
    distribute,
    percentile_cells,
    price_factors,
)
from credential_pipeline.enclave.outcome_tables.employment import (
    classify_employers,
    follow_up,
    sector_digits,
    whole_sectors,
)
from credential_pipeline.enclave.outcome_tables.equations import equations
from credential_pipeline.enclave.outcome_tables.grouping import GROUP
from credential_pipeline.enclave.outcome_tables.groups import Ladder
from credential_pipeline.enclave.outcome_tables.macros import macros
from credential_pipeline.enclave.outcome_tables.plan import Plan, plan_for
from credential_pipeline.enclave.outcome_tables.premium import premium_cells
from credential_pipeline.enclave.outcome_tables.stacking import stack, stack_counts, walk_stacks
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.profiles import PROFILES
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch
from tests.domain.enclave.outcome_tables_world import registry

FOLLOW_UPS = {
    "pid": "INTEGER",
    "lead": "BOOLEAN",
    "certifier": "VARCHAR",
    "credential": "VARCHAR",
    "cohort": "VARCHAR",
    "age_band": "VARCHAR",
    "sex": "VARCHAR",
    "race": "VARCHAR",
    "ethnicity": "VARCHAR",
    "state": "VARCHAR",
    "horizon": "INTEGER",
    "presence": "VARCHAR",
    "seen": "BOOLEAN",
    "in_industry": "BOOLEAN",
    "sector": "VARCHAR",
    "real": "DOUBLE",
}
Values = dict[str, int | None]


def plan(**industry: object) -> Plan:
    known = registry(**industry)
    return plan_for(known.industry("manufacturing"), known).with_profile(PROFILES["one-off"])


@pytest.fixture
def work() -> Iterator[Scratch]:
    with connect(threads=1) as con, macros(con), scratch(con) as made:
        yield made


def rows(work: Scratch, source: Relation, *columns: str, where: str = "true") -> list[Any]:
    """The columns of a relation, sorted; bare values if there is one column."""
    found = work.con.execute(f"SELECT {', '.join(columns)} FROM {source} WHERE {where} ORDER BY ALL").fetchall()
    return [row[0] for row in found] if len(columns) == 1 else found


def seen(
    pid: int, horizon: int, real: float, *, industry: bool, sector: str = "72", body: str = "mssc", lead: bool = True
) -> tuple[Any, ...]:
    """A unit with wages."""
    return (
        pid,
        lead,
        body,
        "CPT",
        "all",
        "18-25",
        "F",
        "white",
        "all",
        "all",
        horizon,
        "wage_matched",
        True,
        industry,
        sector,
        real,
    )


def unseen(pid: int, horizon: int, presence: str, *, body: str = "mssc", lead: bool = True) -> tuple[Any, ...]:
    """A unit without wages."""
    return (
        pid,
        lead,
        body,
        "CPT",
        "all",
        "18-25",
        "F",
        "white",
        "all",
        "all",
        horizon,
        presence,
        False,
        False,
        None,
        None,
    )


def counted(work: Scratch, values: dict[str, int], **columns: str) -> Relation:
    """Counts with the same learners as value; ``quantity`` or ``quantity@horizon`` to the value."""
    made = []
    for name, value in values.items():
        quantity, _, horizon = name.partition("@")
        at = int(horizon) if horizon else None
        fixed = ", ".join(f"'{category}' AS {column}" for column, category in columns.items())
        made.append(
            COUNTS.rows(
                work,
                f"SELECT ? AS quantity, CAST(? AS INTEGER) AS horizon, ? AS value, ? AS learners{', ' * bool(fixed)}{fixed}",
                [quantity, at, value, value],
            )
        )
    return COUNTS.union(work, *made)


def test_rows_of_a_shape_have_defaults_and_an_unknown_column_is_refused(work: Scratch) -> None:
    made = COUNTS.rows(work, "SELECT 'cohort' AS quantity, ? AS value", [7])
    assert made.columns == tuple(COUNTS.columns)
    assert rows(work, made, "quantity", "certifier", "sector", "horizon", "value", "learners") == [
        ("cohort", "all", "all", None, 7, None)
    ]
    with pytest.raises(ValueError, match="counts have no column measure"):
        COUNTS.rows(work, "SELECT 'x' AS measure")
    with pytest.raises(ValueError, match="lacks table, measure"):
        CELLS.union(work, made)


def test_digits_of_sectors_and_those_that_lie_in_the_industry_as_a_whole(work: Scratch) -> None:
    sectors = work.rows("sectors", {"code": "VARCHAR"}, [("31-33",), ("62",), ("44-45",)])
    digits = sector_digits(work, sectors)
    assert rows(work, digits, "sector", "digits") == [
        ("31-33", "31"), ("31-33", "32"), ("31-33", "33"), ("44-45", "44"), ("44-45", "45"), ("62", "62"),
    ]  # fmt: skip
    assert rows(work, whole_sectors(work, digits, plan(naics=["31", "32", "33", "44"])), "sector") == ["31-33"]


def test_employers_are_classed_by_their_smallest_code(work: Scratch) -> None:
    digits = work.rows("digits", {"sector": "VARCHAR", "digits": "VARCHAR"}, [("31-33", "33"), ("62", "62")])
    years = work.rows("years", {"employer_id": "VARCHAR"}, [("E1",), ("E1",), ("E2",), ("E3",), ("E4",)])
    employers = work.rows(
        "employers",
        {"employer_id": "VARCHAR", "naics": "VARCHAR"},
        [("E1", "621111"), ("E1", " 332710 "), ("E2", "99"), ("E3", None), ("E5", "332710")],
    )
    found = classify_employers(work, employers, years, digits, plan(naics=["3327"]))
    # E3's code is unknown, E4 is in no file, and E5 is nobody's main employer.
    assert rows(work, found, "employer_id", "sector", "coalesce(in_industry, false)") == [
        ("E1", "31-33", True), ("E2", "unknown", False), ("E3", "unknown", False),
    ]  # fmt: skip


def test_a_unit_is_followed_through_every_horizon(work: Scratch) -> None:
    kinds = {
        "uid": "INTEGER",
        "pid": "INTEGER",
        "lead": "BOOLEAN",
        "award_year": "INTEGER",
        "death_year": "INTEGER",
        "revoked_year": "INTEGER",
    }
    group = dict.fromkeys(GROUP, "VARCHAR")
    units = work.rows("units", kinds | group, [(1, 1, True, 2010, 2012, None, *["all"] * len(GROUP))])
    followed = follow_up(
        work,
        units,
        work.rows("covered", {"year": "INTEGER"}, [(2010,), (2011,), (2012,), (2013,)]),
        work.rows("shut", {"state": "VARCHAR", "year": "INTEGER"}, [("all", 2009), ("OH", 2010)]),
        work.rows(
            "person_years",
            {"pid": "INTEGER", "year": "INTEGER", "cents": "BIGINT", "employer_id": "VARCHAR"},
            [(1, 2010, 100_000, "E1"), (1, 2011, 200_000, "E2"), (1, 2013, 1, "E1"), (2, 2012, 5, "E1")],
        ),
        work.rows("factors", {"year": "INTEGER", "factor": "DOUBLE"}, [(2010, 2.0), (2011, 1.5)]),
        work.rows(
            "employers",
            {"employer_id": "VARCHAR", "sector": "VARCHAR", "in_industry": "BOOLEAN"},
            [("E1", "31-33", True)],
        ),
        plan(horizons={"first": -1, "last": 4}),
    )
    assert rows(work, followed, "horizon", "presence", "in_industry", "sector", "real") == [
        (-1, "year_not_covered", False, None, None),
        (0, "wage_matched", True, "31-33", 2000.0),
        (1, "wage_matched", False, "unknown", 3000.0),
        (2, "not_matched", False, None, None),
        (3, "died_before", False, None, None),
        (4, "year_not_covered", False, None, None),
    ]


def test_prices_of_the_base_year_over_those_of_the_year(work: Scratch) -> None:
    prices = work.rows("prices", {"year": "INTEGER", "index": "DOUBLE"}, [(2010, 100.0), (2011, 125.0), (2023, 250.0)])
    years = {"year": "INTEGER"}
    factors = price_factors(work, prices, work.rows("years", years, [(2010,), (2011,)]), plan(base_year=2023))
    assert rows(work, factors, "year", "factor") == [(2010, 2.5), (2011, 2.0), (2023, 1.0)]
    with pytest.raises(SafeError, match="2012"):
        price_factors(work, prices, work.rows("years", years, [(2010,), (2012,)]), plan(base_year=2023))
    with pytest.raises(SafeError, match="E_CPI"):
        price_factors(work, prices, work.rows("years", years, [(2010,)]), plan(base_year=2020))


@pytest.fixture
def follow_ups(work: Scratch) -> Relation:
    """One: in the industry. Two: outside. Three: not seen. Four: dead. Five: in the industry, of another certifier."""
    return work.rows(
        "follow_ups",
        FOLLOW_UPS,
        [
            seen(1, 1, 50_000.0, industry=True, sector="31-33"),
            seen(2, 1, 30_000.0, industry=False),
            unseen(3, 1, "not_matched"),
            unseen(4, 1, "died_before"),
            seen(5, 1, 70_000.0, industry=True, sector="31-33", body="nims"),
        ],
    )


def values(work: Scratch, counts: Relation, where: str = "true") -> Values:
    """Count id to value; value and learners must agree."""
    made = identify(work, counts)
    assert rows(work, made, "count_id", where=f"({where}) AND value <> learners") == []
    return dict(rows(work, made, "count_id", "value", where=where))


def test_a_cohort_is_counted_at_its_horizons_and_by_every_breakdown(work: Scratch, follow_ups: Relation) -> None:
    units = work.view("units", f"SELECT * FROM {follow_ups}")
    found = values(work, cohort_counts(work, units, follow_ups, plan()))
    overall = {key: value for key, value in found.items() if "/h=" in key and key.count("/") == 1}
    assert overall == {
        "cohort/h=1": 5,
        "award_held/h=1": 5,
        "wage_matched/h=1": 3,
        "not_matched/h=1": 1,
        "unseen/h=1": 2,
        "in_industry/h=1": 2,
        "out_of_industry/h=1": 1,
        "died_before/h=1": 1,
        "revoked/h=1": 0,
        "year_not_covered/h=1": 0,
    }
    assert (found["cohort"], found["cohort/certifier=mssc"], found["cohort/certifier=nims/credential=CPT"]) == (5, 4, 1)
    assert found["in_industry/certifier=mssc/h=1"] == 1
    assert found["died_before/certifier=mssc/h=1"] == 1
    # No figure is made of these below the level of everybody.
    assert not {"died_before/certifier=nims/h=1", "year_not_covered/sex=F/h=1"} & found.keys()


def test_under_each_pairs_are_counted_and_learners_are_persons(work: Scratch) -> None:
    pairs = work.rows(
        "follow_ups",
        FOLLOW_UPS,
        [
            seen(1, 1, 1.0, industry=True),
            seen(1, 1, 1.0, industry=False, body="nims", lead=False),
            unseen(2, 1, "not_matched"),
        ],
    )
    made = identify(work, cohort_counts(work, pairs, pairs, plan(attribution="each")))
    found = {key: (value, people) for key, value, people in rows(work, made, "count_id", "value", "learners")}
    assert found["cohort"] == (3, 2)
    assert found["wage_matched/h=1"] == (2, 1)
    assert found["in_industry/h=1"] == (1, 1)
    assert found["lead_wage_matched/h=1"] == (1, 1)
    assert found["lead_cohort/certifier=mssc"] == (2, 2)
    assert "lead_cohort/certifier=nims" not in found


def test_a_category_that_occurs_at_all_has_a_count_everywhere(work: Scratch, follow_ups: Relation) -> None:
    found = values(
        work, category_counts(work, follow_ups, plan(), category="sector", quantity="sector", column="sector")
    )
    assert found == {
        "sector/sector=31-33/h=1": 2,
        "sector/sector=72/h=1": 1,
        "sector/certifier=mssc/sector=31-33/h=1": 1,
        "sector/certifier=mssc/sector=72/h=1": 1,
        "sector/certifier=nims/sector=31-33/h=1": 1,
        "sector/certifier=nims/sector=72/h=1": 0,
    }
    with pytest.raises(ValueError, match="lacks employer"):
        category_counts(work, follow_ups, plan(), category="employer", quantity="sector", column="sector")


@pytest.mark.parametrize(("whole", "parts"), [([], {"sector_in_industry/sector=31-33/h=1": 2}), ([("31-33",)], {})])
def test_those_in_part_of_a_sector_are_counted_apart(
    work: Scratch, follow_ups: Relation, whole: list[tuple[str]], parts: Values
) -> None:
    sectors = work.rows("whole", {"sector": "VARCHAR"}, whole)
    found = values(
        work, sector_counts(work, follow_ups, sectors, plan()), "quantity = 'sector_in_industry' AND certifier = 'all'"
    )
    assert found == parts


def test_credentials_stack_over_all_certifiers(work: Scratch) -> None:
    kinds = {"pid": "INTEGER", "certifier": "VARCHAR", "lead": "BOOLEAN"}
    units = work.rows("units", kinds, [(1, "mssc", True), (2, "nims", True), (3, "mssc", True), (1, "nims", False)])
    awards = work.rows("awards", {"pid": "INTEGER"}, [(1,), (1,), (1,), (1,), (1,), (2,), (3,), (3,), (9,)])
    stacks = stack(work, units, awards)
    assert rows(work, stacks, "pid", "certifier", "credentials") == [(1, "mssc", 5), (2, "nims", 1), (3, "mssc", 2)]
    ladder = Ladder()
    walk_stacks(work, stacks, plan(), ladder, Earlier())
    found = rows(work, stack_counts(work, stacks, ladder), "quantity", "value", "learners", where="certifier = 'all'")
    assert found == [
        ("stack_1", 1, 1), ("stack_2", 1, 1), ("stack_3", 0, 0), ("stack_4_plus", 1, 1), ("stack_credentials", 8, 3),
    ]  # fmt: skip


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
    lines |= {"ledger_reported": 7, "ledger_opted_out": 1, "never_seen_after": 2, "seen_after": 4}
    counts = identify(work, counted(work, lines))
    ledgers = pool_ledgers(work, counts, plan(horizons={"first": -3, "last": 0}), Earlier())
    cells = ledger_cells(work, counts, ledgers)
    # 1/7, 2/7 and 4/7 round down to ...857.14, ...714.28, ...428.57: the last has the largest remainder.
    assert dict(rows(work, cells, "definition", "value")) == dict.fromkeys(before, 0) | {
        "opted_out": 0.142857, "never_seen_after": 0.285714, "seen_after": 0.571429,
    }  # fmt: skip


def test_the_ledger_counts_who_is_left_out_and_who_is_seen_later(work: Scratch, follow_ups: Relation) -> None:
    coverage = work.rows(
        "coverage",
        {"reason": "VARCHAR", "learners": "BIGINT"},
        [("reported", 14), ("opted_out", 2), ("ferpa_blocked", 1), ("no_person_key", 3), ("keyed", 8)],
    )
    people = work.rows("people", {"pid": "INTEGER"}, [(pid,) for pid in range(1, 8)])
    sitters = work.rows("sitters", {"never_passed": "BOOLEAN"}, [(True,), (False,)])
    found = values(work, ledger_counts(work, coverage, people, follow_ups, follow_ups, sitters))
    assert found == {
        "ledger_reported": 14, "ledger_opted_out": 2, "ledger_ferpa_blocked": 1, "ledger_no_person_key": 3,
        "ledger_same_person": 1, "ledger_never_passed": 1, "ledger_not_in_cohort": 1, "seen_after": 3, "never_seen_after": 2,
        "revoked_after": 0,
    }  # fmt: skip


def test_equations_follow_the_counts_that_are_there(work: Scratch) -> None:
    counts = identify(
        work,
        counted(work, {"cohort@1": 5, "wage_matched@1": 3, "unseen@1": 2, "in_industry@1": 3, "cohort": 5}),
        counted(work, {"not_matched@1": 1, "died_before@1": 1}),
        counted(work, {"wage_matched@1": 3}, certifier="mssc"),
        counted(work, {"wage_matched@1": 3}, certifier="mssc", credential="CPT"),
        counted(work, {"sector@1": 2}, sector="31-33"),
        counted(work, {"sector@1": 1}, sector="72"),
    )
    whole = work.rows("whole", {"sector": "VARCHAR"}, [("31-33",)])
    found: dict[str, list[str]] = {}
    for name, part in rows(
        work, equations(work, counts, whole, pooled_equations(work, []), (), plan()), "equation_id", "part_count_id"
    ):
        found.setdefault(name, []).append(part)
    assert found == {
        "cohort = cohort|year_not_covered@h=1": ["cohort/h=1"],
        "cohort/h=1 = wage_matched|unseen": ["unseen/h=1", "wage_matched/h=1"],
        "unseen/h=1 = not_matched|died_before|revoked": ["died_before/h=1", "not_matched/h=1"],
        "in_industry/h=1 = in_industry_by_sector": ["sector/sector=31-33/h=1"],
        "wage_matched/h=1 = in_industry|out_of_industry": ["in_industry/h=1"],
        "wage_matched/h=1 = sector": ["sector/sector=31-33/h=1", "sector/sector=72/h=1"],
        "wage_matched/h=1 by certifier": ["wage_matched/certifier=mssc/h=1"],
        "wage_matched/certifier=mssc/h=1 by credential": ["wage_matched/certifier=mssc/credential=CPT/h=1"],
    }


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
