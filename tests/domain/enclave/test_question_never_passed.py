"""What became of those who never passed, beside passers of the same years: six people whose figures are plain."""

import pytest

from tests.domain.enclave.outcome_tables_world import Result, World, attempt, award, tabulated


def world() -> World:
    """N1 and N2 only failed in 2012, P1 and P2 passed in 2012, Q in 2013; R never sat."""
    keys = ("N1", "N2", "P1", "P2", "Q", "R")
    return World(
        learners=[(key, 1980, "M" if key in {"N1", "P1"} else "F", "white", None) for key in keys],
        credentials=[
            attempt("N1", "mssc", "CPT-SAF", "2012-05-01"),
            attempt("N2", "mssc", "CPT-SAF", "2012-06-01"),
            award("P1", "mssc", "CPT-SAF", "2012-05-01", None, "pass"),
            award("P2", "mssc", "CPT-SAF", "2012-05-01", None, "pass"),
            award("Q", "mssc", "CPT-SAF", "2013-05-01", None, "pass"),
            award("R", "nims", "N1", "2012-05-01"),
        ],
        wages=[
            ("N1", 2013, "E1", 10_000.0),
            ("N2", 2013, "E2", 20_000.0),
            ("P1", 2013, "E1", 30_000.0),
            ("P2", 2013, "E1", 50_000.0),
            ("Q", 2014, "E1", 90_000.0),
            ("Q", 2015, "E1", 90_000.0),
        ],
        employers=[("E1", "332710"), ("E2", "722511")],
    )


@pytest.fixture(scope="module")
def found() -> Result:
    return tabulated(world(), base_year=2013)


def test_how_many_never_passed(found: Result) -> None:
    cell = found.cell("never_passed_share")
    assert (cell["value"], cell["n"]) == (pytest.approx(2 / 5), 5)
    assert found.value("never_passed_share/sex=M") == pytest.approx(1 / 2)


def test_what_they_earn_beside_passers_of_their_own_years(found: Result) -> None:
    # Q sat in a year in which nobody never passed, and stands beside nobody.
    assert found.value("never_passed_earnings_p50/h=1") == 15_000
    assert found.cell("passer_earnings_p50/h=1")["n"] == 2
    assert found.value("passer_earnings_p50/h=1") == 40_000


def test_where_they_are(found: Result) -> None:
    assert found.value("never_passed_wage_matched_share/h=1") == 1.0
    assert found.value("never_passed_wage_matched_share/h=2") == 0.0
    assert found.value("never_passed_in_industry_share/h=1") == 0.5
    assert found.value("passer_in_industry_share/h=1") == 1.0


def test_they_are_a_line_of_the_ledger(found: Result) -> None:
    lines = {
        row["definition"]: row["value"]
        for row in found.outcomes
        if row["measure"] == "coverage_share" and row["horizon"] == 1
    }
    assert lines["never_passed"] == pytest.approx(2 / 6, abs=1e-6)
    assert lines["not_in_cohort"] == 0
    assert sum(lines.values()) == pytest.approx(1)


def test_without_any_attempt_there_is_no_figure() -> None:
    none = world()
    none.credentials = [row for row in none.credentials if row[0] == "R"]
    made = tabulated(none, base_year=2013)
    assert not [row for row in made.outcomes if row["table"] == "never_passed"]
    assert made.count("ledger_never_passed") == 0
