"""Years that the wage files do not reach for every award are not available, with a note, instead of the oldest awards' alone."""

import pytest

from tests.domain.enclave.outcome_tables_world import Result, World, award, tabulated

AWARDED = {"A": 2006, "B": 2007, "C": 2012, "D": 2013}
LAST = 2020


def world(last: int = LAST, missing: tuple[int, ...] = ()) -> World:
    """Two awards of 2006 and 2007, and two of 2012 and 2013; wages from 2003 on."""
    return World(
        learners=[(key, 1980, "M", "white", None) for key in AWARDED],
        credentials=[award(key, "mssc", "CPT", f"{year}-06-01") for key, year in AWARDED.items()],
        employers=[("E1", "332710")],
        wages=[(key, year, "E1", 40000.0) for key in AWARDED for year in range(2003, last + 1) if year not in missing],
    )


@pytest.fixture(scope="module")
def found() -> Result:
    return tabulated(world(), horizons={"first": -3, "last": 10}, cohorts={"years_in_band": 5})


def statuses(found: Result, tail: str, measure: str = "earnings_p50") -> dict[int, int]:
    return {h: found.cell(f"{measure}{tail}/h={h}")["status"] for h in (1, 5, 7, 8, 10)}


@pytest.mark.parametrize(
    "measure", ["earnings_p50", "wage_matched_share", "earnings_all_p50", "own_change_p50", "retention_share"]
)
def test_a_year_beyond_the_files_is_not_available_for_all_together(found: Result, measure: str) -> None:
    told = (
        statuses(found, "", measure)
        if measure != "retention_share"
        else {h: found.cell(f"{measure}/h={h}")["status"] for h in (5, 7, 8, 10)}
    )
    assert {h for h, status in told.items() if status == 1} == {1, 5, 7} & told.keys()
    cell = found.cell(f"{measure}/h=8")
    assert (cell["value"], cell["low"], cell["high"], cell["n_count_id"]) == (None, None, None, None)


def test_award_years_that_the_files_reach_have_all_ten_years(found: Result) -> None:
    assert set(statuses(found, "/cohort=2005-2009").values()) == {1}
    assert found.cell("earnings_p50/cohort=2005-2009/h=10")["n"] == 2
    assert statuses(found, "/cohort=2010-2014") == {1: 1, 5: 1, 7: 1, 8: -1, 10: -1}
    assert statuses(found, "/sex=M")[10] == -1


def test_the_ledger_says_how_many_are_not_reached(found: Result) -> None:
    assert found.value("coverage_share/year_not_covered/h=10") == 0.5
    assert found.value("coverage_share/seen_in_wages/h=10") == 0.5


def test_the_definitions_say_which_years_and_why(found: Result) -> None:
    texts = {row["measure"]: row["text"] for row in found.definitions}
    note = "Not available for all learners together: year 8, 9, 10, since the wage files hold 2003 to 2020 and awards are of 2006 to 2013"
    assert note in texts["earnings_p50"]
    assert note in texts["wage_matched_share"]
    assert note not in texts["in_industry_share"]
    whole = tabulated(world(2023), horizons={"first": -3, "last": 10})
    assert "Not available for all learners" not in "".join(row["text"] for row in whole.definitions)
    assert whole.cell("earnings_p50/h=10")["status"] == 1


def test_a_gap_between_covered_years_leaves_people_out_and_the_year_in() -> None:
    found = tabulated(world(2023, missing=(2014,)), horizons={"first": -3, "last": 10})
    assert found.cell("earnings_p50/h=1")["n"] == 3
    assert found.cell("earnings_p50/h=1")["status"] == 1


def test_years_before_the_files_are_not_available_either() -> None:
    found = tabulated(world(), horizons={"first": -5, "last": 5})
    assert [found.cell(f"earnings_p50/h={h}")["status"] for h in (-5, -4, -3, 5)] == [-1, -1, 1, 1]
