"""Which years report attempts, and curves of passing, on sittings that fit on a page."""

from typing import Any

import numpy as np
import pytest

from credential_pipeline.enclave.outcome_tables.attempts import count_sitters, count_sittings, reporting_years
from credential_pipeline.enclave.outcome_tables.cohorts import first_awards, number_people
from credential_pipeline.enclave.outcome_tables.counts import identify
from credential_pipeline.enclave.outcome_tables.passing import passing
from credential_pipeline.engines.sampling import wilson
from credential_pipeline.foundation.storage.relation import relation
from tests.domain.enclave.outcome_tables_world import Row, World, attempt, award, rows_of, working

PEOPLE = [(key, 1990, "M", "white", None) for key in "ABCDEF"]


def passed(key: str, day: str, certifier: str = "mssc") -> Row:
    return award(key, certifier, "CPT-SAF" if certifier == "mssc" else "N1", day, None, "pass")


def years_of(rows: list[Row]) -> dict[tuple[str, int], bool]:
    with working(World(learners=PEOPLE, credentials=rows)) as (work, plan):
        found = rows_of(work.con, reporting_years(work, relation(work.con, "person_keys.credentials"), plan))
    return {(row["certifier"], row["year"]): row["reported"] for row in found}


def test_a_year_reports_if_it_holds_a_failure_and_the_feed_can_tell() -> None:
    rows = [passed("A", "2012-01-01"), attempt("B", "mssc", "CPT-SAF", "2012-02-01"), passed("C", "2012-02-01", "nims")]
    rows += [passed("A", f"2013-01-{day:02}") for day in range(1, 21)]
    assert years_of(rows) == {("mssc", 2012): True, ("mssc", 2013): False, ("nims", 2012): False}


def test_a_small_year_without_a_failure_is_taken_for_what_its_neighbors_are() -> None:
    failed = [attempt("B", "mssc", "CPT-SAF", f"{year}-02-01") for year in (2010, 2012, 2016)]
    large = [passed("A", f"2014-01-{day:02}") for day in range(1, 21)]
    small = [passed("C", f"{year}-03-01") for year in (2009, 2011, 2013, 2015, 2017)]
    found = years_of([*failed, *large, *small])
    told = {year: found["mssc", year] for year in (2009, 2011, 2013, 2015, 2017)}
    assert told == {2009: True, 2011: True, 2013: False, 2015: False, 2017: True}


def many(year: int, failures: int, results: int = 120) -> list[Row]:
    """Results of a year, so many of them failures, of its first and last days."""
    rows = [attempt("B", "mssc", "CPT-SAF", f"{year}-{'12-30' if nth % 2 else '01-02'}") for nth in range(failures)]
    return rows + [passed("A", f"{year}-03-01") for _ in range(results - failures)]


def test_few_failures_that_came_astray_do_not_make_a_year_report() -> None:
    """Of about 30 that are usual 2 came in 2013; of small years nothing is concluded, nor where a half is missing."""
    rows = [*many(2010, 30), *many(2011, 34), *many(2012, 14), *many(2013, 2), *many(2014, 1, results=30)]
    assert {year for (_, year), told in years_of(rows).items() if told} == {2010, 2011, 2012, 2014}


def passes_of(month: str, days: int) -> list[Row]:
    return [passed("C", f"{month}-{day:02}") for day in range(1, days + 1) for _ in range(4)]


def late(year: int) -> list[Row]:
    """120 passes of January, and 60 failures and as many passes of December."""
    return [
        *passes_of(f"{year}-01", 30),
        *passes_of(f"{year}-12", 15),
        *[attempt("B", "mssc", "CPT-SAF", f"{year}-12-10")] * 60,
    ]


def test_a_year_that_begins_to_report_in_autumn_does_not_report() -> None:
    """Whoever passed in spring stands there, and nobody who failed."""
    begins = [*many(2011, 0), *late(2012), *many(2013, 30)]
    assert {year for (_, year), told in years_of(begins).items() if told} == {2013}
    # Whose failures are of one day in every year began to report before these records do.
    assert all(years_of([*late(2011), *late(2012), *late(2013)]).values())
    few = [*many(2011, 0), *passes_of("2012-01", 2), *many(2012, 6, 24), *many(2013, 30)]
    assert years_of(few)["mssc", 2012]


def test_failures_of_one_year_alone_make_that_year_report() -> None:
    rows = [*many(2010, 0), *many(2011, 30), *many(2012, 1)]
    assert {year for (_, year), told in years_of(rows).items() if told} == {2011}


def test_one_failure_does_not_make_a_certifier_report_in_all_years() -> None:
    rows = [attempt("A", "mssc", "CPT-SAF", "2012-05-01"), passed("A", "2012-06-01")]
    rows += [passed("B", f"2013-01-{day:02}") for day in range(1, 21)]
    with working(World(learners=PEOPLE, credentials=rows)) as (work, plan):
        people = number_people(work, relation(work.con, "person_keys.learners"))
        credentials = relation(work.con, "person_keys.credentials")
        years = reporting_years(work, credentials, plan)
        tries = rows_of(work.con, count_sittings(work, credentials, people, years, plan))
    assert [(row["pid"], row["sittings"], row["passes"], row["passed"]) for row in tries] == [(1, 2, 1, True)]


def test_a_pass_in_a_year_without_reports_is_a_pass_and_no_counted_sitting() -> None:
    rows = [attempt("A", "mssc", "CPT-SAF", "2012-05-01"), passed("A", "2013-06-01")]
    rows += [passed("B", f"2013-01-{day:02}") for day in range(1, 21)]
    with working(World(learners=PEOPLE, credentials=rows)) as (work, plan):
        people = number_people(work, relation(work.con, "person_keys.learners"))
        credentials = relation(work.con, "person_keys.credentials")
        years = reporting_years(work, credentials, plan)
        row = rows_of(work.con, count_sittings(work, credentials, people, years, plan))[0]
    assert (row["sittings"], row["passes"], row["passed"], row["passed_at"]) == (1, 0, True, None)


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """A and E pass at once; B after 60 days, F after 100; C gives up; D has failed a month before the feed ends.

    The year of E's pass and of D's failure is 2018; nims tells nothing.
    """
    rows = [
        passed("A", "2012-01-01"),
        attempt("B", "mssc", "CPT-SAF", "2012-01-01"), passed("B", "2012-03-01"),
        attempt("C", "mssc", "CPT-SAF", "2012-01-01"),
        attempt("D", "mssc", "CPT-SAF", "2018-12-01"),
        passed("E", "2018-12-31"),
        attempt("F", "mssc", "CPT-SAF", "2012-01-01"), passed("F", "2012-04-10"),
        award("F", "nims", "N1", "2013-05-01"),
    ]  # fmt: skip
    with working(World(learners=PEOPLE, credentials=rows)) as (work, plan):
        people = number_people(work, relation(work.con, "person_keys.learners"))
        credentials = relation(work.con, "person_keys.credentials")
        years = reporting_years(work, credentials, plan)
        tries = count_sittings(work, credentials, people, years, plan)
        answer = passing(work, tries, credentials, people, years, plan)
        counts = rows_of(work.con, identify(work, answer.counts))
        return {
            "cells": {
                (row["measure"], row["certifier"], row["credential"], row["setting"]): row
                for row in rows_of(work.con, answer.cells)
            },
            "counts": {row["count_id"]: row["value"] for row in counts},
            "number": len(counts),
        }


def value(found: dict[str, Any], measure: str, setting: str, credential: str = "all", certifier: str = "mssc") -> Any:
    return found["cells"][measure, certifier, credential, setting]["value"]


def test_the_curve_by_sittings(found: dict[str, Any]) -> None:
    # D and E sat too late to be followed for two years. 1 of 4 passes at once, two at the second sitting, C never.
    for credential in ("all", "CPT-SAF"):
        curve = [value(found, "passing_share", f"sitting_{nth}", credential) for nth in (1, 2, 3)]
        assert curve == pytest.approx([1 / 4, 3 / 4, 3 / 4])
        assert [value(found, "passing_at_risk", f"sitting_{nth}", credential) for nth in (1, 2, 3)] == [4, 3, 1]
    cell = found["cells"]["passing_share", "mssc", "all", "sitting_2"]
    assert (cell["n"], cell["n_count_id"]) == (4, "sitters_followed/certifier=mssc")
    assert cell["low"] < 3 / 4 < cell["high"]


@pytest.mark.parametrize(("measure", "setting"), [("yearly_pass_rate", "2012"), ("passing_share", "sitting_1")])
def test_bands_of_small_shares_are_wilson_s(found: dict[str, Any], measure: str, setting: str) -> None:
    """Those of the normal distribution are too narrow and end at 0 where few passed."""
    cell = found["cells"][measure, "mssc", "all", setting]
    low, high = wilson(np.array([cell["value"]]), np.array([cell["n"]], dtype=float))
    assert (cell["low"], cell["high"]) == (pytest.approx(low[0]), pytest.approx(high[0]))


def test_the_curve_by_months(found: dict[str, Any]) -> None:
    # 2 of 6 at day 0; D leaves at day 30; at day 60 one of three, at day 100 one of two.
    assert value(found, "passing_share", "months_3") == pytest.approx(round(6 * (1 - 4 / 6 * 2 / 3)) / 6)
    assert value(found, "passing_share", "months_6") == pytest.approx(round(6 * (1 - 4 / 6 * 2 / 3 * 1 / 2)) / 6)
    assert [value(found, "passing_at_risk", f"months_{months}") for months in (3, 6, 24)] == [2, 1, 1]


def test_years_are_told_and_those_without_reports_are_named(found: dict[str, Any]) -> None:
    assert value(found, "yearly_pass_rate", "2012") == pytest.approx(1 / 4)
    assert value(found, "yearly_pass_rate", "2018") == pytest.approx(1 / 2)
    silent = found["cells"]["yearly_pass_rate", "nims", "all", "2013"]
    assert (silent["value"], silent["n"], silent["definition"]) == (None, 0, "not_reported")
    assert value(found, "attempts_reported_share", "all") == 1.0
    assert value(found, "attempts_reported_share", "all", certifier="nims") == 0.0
    assert value(found, "attempts_reported_share", "all", certifier="all") == pytest.approx(6 / 7)


def test_counts_that_cells_name_are_there_once(found: dict[str, Any]) -> None:
    assert found["number"] == len(found["counts"])
    for cell in found["cells"].values():
        if cell["value"] is not None and not cell["measure"].startswith("passing_"):
            assert found["counts"][cell["n_count_id"]] == cell["n"]
        if cell["numerator_count_id"]:
            assert cell["numerator_count_id"] in found["counts"]


def sitters(rows: list[Row]) -> list[tuple[Any, ...]]:
    with working(World(learners=PEOPLE, credentials=rows)) as (work, plan):
        people = number_people(work, relation(work.con, "person_keys.learners"))
        credentials = relation(work.con, "person_keys.credentials")
        awards = first_awards(work, credentials, people, plan)
        years = reporting_years(work, credentials, plan)
        made = count_sitters(work, credentials, people, awards, years, plan)
        return work.con.execute(f"SELECT person_key, never_passed, award_year FROM {made} ORDER BY pid").fetchall()


def test_who_never_passed_holds_no_award_of_anybody() -> None:
    found = sitters(
        [
            attempt("A", "mssc", "CPT-SAF", "2012-05-01"),
            attempt("B", "mssc", "CPT-SAF", "2012-05-01"), award("B", "nims", "N1", "2016-05-01"),
            award("C", "nims", "N1", "2011-05-01"), attempt("C", "mssc", "CPT-SAF", "2012-05-01"),
            attempt("D", "mssc", "CPT-SAF", "2002-05-01"),
        ]
    )  # fmt: skip
    # C had an award before sitting, and D sat before the years of the cohort.
    assert found == [("A", True, 2012), ("B", False, 2012)]


def test_nobody_who_sat_is_no_row_and_no_figure() -> None:
    assert sitters([award("A", "nims", "N1", "2012-05-01")]) == []
    assert years_of([]) == {}


def test_an_award_without_a_sitting_of_its_own_was_passed_at_the_next_one() -> None:
    rows = [attempt("A", "mssc", "CPT-SAF", "2012-01-01"), award("A", "mssc", "CPT-SAF", "2012-03-01")]
    rows += [attempt("B", "mssc", "CPT-SAF", "2012-01-01"), passed("B", "2014-06-01")]
    rows += [attempt("C", "mssc", "CPT-SAF", f"{year}-01-01") for year in (2012, 2013, 2014, 2015)]
    with working(World(learners=PEOPLE, credentials=rows)) as (work, plan):
        people = number_people(work, relation(work.con, "person_keys.learners"))
        credentials = relation(work.con, "person_keys.credentials")
        years = reporting_years(work, credentials, plan)
        tries = rows_of(work.con, count_sittings(work, credentials, people, years, plan))
    # B passed more than two years after the first sitting, while failures were still told.
    found = {row["pid"]: (row["followed"], row["passed_at"], row["passed"]) for row in tries}
    assert found == {1: (True, 2, True), 2: (True, 2, True), 3: (True, None, False)}


def test_pairs_of_one_person_are_no_two_people() -> None:
    """Whoever passes one of two credentials at once passes the other: the certifier's line is no surer than a credential's."""
    people = [(f"P{number:03}", 1990, "M", "white", None) for number in range(120)]
    rows = [
        award(key, "mssc", code, "2012-03-01", None, "pass")
        if number % 3
        else attempt(key, "mssc", code, "2012-03-01", "fail")
        for number, (key, *_) in enumerate(people)
        for code in ("CPT-SAF", "CPT")
    ]
    rows += [attempt("P000", "mssc", "CPT", "2016-01-01")]
    with working(World(learners=people, credentials=rows)) as (work, plan):
        persons = number_people(work, relation(work.con, "person_keys.learners"))
        credentials = relation(work.con, "person_keys.credentials")
        years = reporting_years(work, credentials, plan)
        answer = passing(
            work, count_sittings(work, credentials, persons, years, plan), credentials, persons, years, plan
        )
        cells = rows_of(work.con, answer.cells)
    width = {
        (row["measure"], row["credential"], row["setting"]): row["high"] - row["low"]
        for row in cells
        if row["low"] is not None and row["certifier"] == "mssc"
    }
    for setting in ("sitting_1", "months_12"):
        one, both = (width["passing_share", credential, setting] for credential in ("CPT-SAF", "all"))
        assert both == pytest.approx(one, rel=0.01)
    assert width["yearly_pass_rate", "all", "2012"] == pytest.approx(width["passing_share", "CPT-SAF", "sitting_1"])
