"""Training settings, sittings, stacks and the ledger of who is seen, on worlds that fit on a page."""

from typing import Any

import pytest

from credential_pipeline.enclave.outcome_tables.attempts import count_sittings, reporting_years
from credential_pipeline.enclave.outcome_tables.cohorts import number_people
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.relation import relation
from tests.domain.enclave.outcome_tables_world import Result, Row, World, attempt, award, rows_of, tabulated, working

PEOPLE = [(key, 1990, "M", "white", None) for key in "ABCDE"]


@pytest.fixture(scope="module")
def found() -> Result:
    """A has three credentials, B and C one each; D failed only; E passed at the second sitting."""
    return tabulated(
        World(
            learners=PEOPLE,
            credentials=[
                award("A", "mssc", "CPT-SAF", "2012-06-01", "credit", "pass"),
                award("A", "mssc", "CPT", "2012-08-01"),
                award("A", "nims", "N1", "2019-08-01"),
                award("B", "mssc", "CPT-SAF", "2012-06-01", "noncredit", "pass"),
                award("C", "nims", "N1", "2012-06-01", None),
                award("C", "nims", "N1", "2013-06-01", "credit"),
                attempt("D", "mssc", "CPT-SAF", "2012-05-01"),
                attempt("D", "mssc", "CPT-SAF", "2012-06-01", None),
                attempt("E", "mssc", "CPT-SAF", "2012-05-31"),
                award("E", "mssc", "CPT-SAF", "2012-06-01", "employer", "pass"),
                attempt("E", "mssc", "CPT", "2003-05-31"),
            ],
            enrollments=[
                ("A", "public_2yr", True, True, "2012-01-10", "2012-05-10"),
                ("A", "public_4yr", False, False, "2011-08-10", "2011-12-10"),
                ("B", "public_4yr", False, False, "2011-01-10", "2011-05-31"),
                ("C", None, None, None, "2012-05-01", None),
                ("E", "for_profit", False, False, "2012-06-02", None),
            ],
            wages=[("A", 2013, "E1", 1.0), ("B", 2015, "E1", 1.0), ("Z", 2017, "E1", 1.0)],
            employers=[("E1", "332710")],
            coverage=[("reported", 9), ("opted_out", 1), ("ferpa_blocked", 0), ("no_person_key", 2), ("keyed", 6)],
        )
    )


def shares(found: Result, definition: str, certifier: str = "all") -> dict[str, Any]:
    rows = [row for row in found.outcomes if row["definition"] == definition and row["certifier"] == certifier]
    return {row["setting"]: row["value"] for row in rows}


def test_settings_of_the_certifier(found: Result) -> None:
    assert shares(found, "setting_training") == {"credit": 0.25, "noncredit": 0.25, "employer": 0.25, "unknown": 0.25}
    assert shares(found, "setting_training", "nims") == {"credit": 0, "noncredit": 0, "employer": 0, "unknown": 1}


def test_enrollment_around_the_award(found: Result) -> None:
    # B's ended 367 days before the award, E's began the day after it; of A's two the later one is nearer.
    assert shares(found, "setting_sector") == {"public_2yr": 0.25, "no_enrollment": 0.5, "unknown": 0.25}
    assert shares(found, "setting_degree") == {"degree_seeking": 0.25, "no_enrollment": 0.5, "unknown": 0.25}
    assert shares(found, "setting_credit") == {"credit": 0.25, "no_enrollment": 0.5, "unknown": 0.25}


def test_sittings_and_pass_rates(found: Result) -> None:
    tail = "certifier=mssc/credential=CPT-SAF"
    assert found.value(f"attempts/{tail}") == 6
    assert found.value(f"passes/{tail}") == 3
    assert found.cell(f"attempts/{tail}")["n"] == 4
    assert found.value(f"first_attempt_pass_rate/{tail}") == 0.5
    assert found.value(f"eventual_pass_rate/{tail}") == 0.75


def test_a_first_sitting_before_the_cohort_is_left_out(found: Result) -> None:
    assert not [row for row in found.outcomes if row["table"] == "attempts" and row["credential"] == "CPT"]


def test_a_feed_without_results_says_so(found: Result) -> None:
    for measure in ("attempts", "passes", "first_attempt_pass_rate", "eventual_pass_rate"):
        cell = found.cell(f"{measure}/certifier=nims")
        assert (cell["value"], cell["status"], cell["definition"]) == (None, -1, "not_reported")


def tries(rows: list[Row]) -> list[dict[str, Any]]:
    with working(World(learners=PEOPLE[:1], credentials=rows)) as (work, plan):
        people = number_people(work, relation(work.con, "person_keys.learners"))
        credentials = relation(work.con, "person_keys.credentials")
        years = reporting_years(work, credentials, plan)
        return rows_of(work.con, count_sittings(work, credentials, people, years, plan))


def test_a_feed_with_passes_only_says_so_too() -> None:
    assert tries([award("A", "mssc", "CPT", "2012-06-01", None, "pass")]) == []


def test_a_failure_and_a_pass_of_one_day_are_a_failed_first_sitting() -> None:
    row = tries([award("A", "mssc", "CPT", "2012-06-01", None, "pass"), attempt("A", "mssc", "CPT", "2012-06-01")])[0]
    assert (row["passed_first"], row["sittings"], row["passes"]) == (False, 2, 1)


def test_stacks(found: Result) -> None:
    assert found.value("credentials_per_learner") == 1.5
    assert found.value("credentials_per_learner/certifier=mssc") == pytest.approx(5 / 3, abs=1e-6)
    stacked = [found.value(f"stacking_share/stack_{number}") for number in ("1", "2", "3", "4_plus")]
    assert stacked == [0.75, 0, 0.25, 0]


def ledger(found: Result, horizon: int | None) -> dict[str, float]:
    rows = [row for row in found.outcomes if row["measure"] == "coverage_share" and row["horizon"] == horizon]
    return {row["definition"]: row["value"] for row in rows}


def test_the_ledger_adds_up_to_one(found: Result) -> None:
    before = {"opted_out": 0.111111, "ferpa_blocked": 0, "no_person_key": 0.222222, "same_person": 0.111111}
    before |= {"never_passed": 0.111111, "not_in_cohort": 0}
    at_one = {
        "died_before": 0,
        "revoked": 0,
        "year_not_covered": 0,
        "no_wage_record": 0.333334,
        "seen_in_wages": 0.111111,
    }
    assert ledger(found, 1) == before | at_one
    assert ledger(found, 5) == before | at_one | {"no_wage_record": 0.444445, "seen_in_wages": 0}
    assert ledger(found, None) == before | {
        "revoked": 0,
        "no_year_covered": 0,
        "never_seen_after": 0.222223,
        "seen_after": 0.222222,
    }
    for horizon in (1, 5, None):
        assert sum(round(share * 1_000_000) for share in ledger(found, horizon).values()) == 1_000_000


@pytest.mark.parametrize("coverage", [[("reported", 6), ("keyed", 5)], [("reported", 4), ("keyed", 4)]])
def test_a_ledger_that_cannot_add_up_is_refused(coverage: list[tuple[str, int]]) -> None:
    with pytest.raises(SafeError, match="E_COVERAGE"):
        tabulated(World(learners=PEOPLE, credentials=[award("A", "mssc", "CPT", "2012-06-01")], coverage=coverage))


def test_an_industry_without_awards_in_its_years_is_refused() -> None:
    with pytest.raises(SafeError, match="E_NO_COHORT"):
        tabulated(World(learners=PEOPLE, credentials=[award("A", "mssc", "CPT", "1999-06-01")]))
