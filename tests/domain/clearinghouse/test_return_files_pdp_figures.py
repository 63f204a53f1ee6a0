"""Momentum and dashboards of an institution: counted year by year, and nothing told of a few."""

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from credential_pipeline.clearinghouse.return_files.partners import wishes_of
from credential_pipeline.clearinghouse.return_files.pdp.about import about_pdp
from credential_pipeline.clearinghouse.return_files.pdp.counts import MEASURES
from credential_pipeline.clearinghouse.return_files.pdp.figures import pdp_figures, protected
from credential_pipeline.clearinghouse.return_files.pdp.files import pdp_files
from credential_pipeline.clearinghouse.return_files.protection import FEWEST
from credential_pipeline.engines.disclosure.rounding import DRB
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import scratch
from tests.domain.clearinghouse.return_files_pdp_world import (
    COLLEGE,
    ELSEWHERE,
    TODAY,
    agreement,
    award,
    fill,
    given,
    headers,
    leave,
    person,
    spell,
)

DASHBOARD = tuple(one for one in MEASURES if one.view == "dashboard")
Figures = dict[tuple[str, ...], tuple[Any, ...]]
FALL = date(2020, 8, 24)


def world(students: int = 200) -> dict[str, Any]:
    """Of 200 students 100 earn a credential in year 1, of these 40 one that it stacks to in year 2; 60 enroll elsewhere after it."""
    numbers = [f"S{number:03d}" for number in range(students)]
    first = numbers[: students // 2]
    return {
        "persons": [person(number, sex="F" if place % 2 else "M") for place, number in enumerate(numbers)],
        "enrollments": [
            *(spell(number, COLLEGE, FALL, date(2020, 12, 20)) for number in numbers),
            *(spell(number, ELSEWHERE, date(2021, 8, 24), None) for number in first[: students * 3 // 10]),
        ],
        "events": [
            *(award(number, "CPT-SAF", date(2021, 3, 1)) for number in first),
            *(award(number, "CPT", date(2022, 3, 1)) for number in first[: students // 5]),
        ],
    }


def figures(home: Path, terms: ReturnAgreement | None = None, **tables: Any) -> Figures:
    terms = terms or agreement()
    with connect(threads=1) as con, scratch(con) as work:
        fill(con, **tables)
        made = pdp_figures(work, pdp_files(work, given(home, terms), terms, wishes_of(work)), terms, TODAY)
        assert made.columns == tuple(SNAPSHOT.table("partner_figures").column_names)
        rows = con.execute(f"SELECT * EXCLUDE (partner, subject) FROM {made} ORDER BY ALL").fetchall()
    return {row[:4]: row[4:] for row in rows}


def test_momentum_is_counted_by_year_of_the_student(tmp_path: Path) -> None:
    found = figures(tmp_path, **world())
    shown = {name: found["momentum", "all", "all", name] for name in (one.name for one in MEASURES if one.view == "momentum")
             if ("momentum", "all", "all", name) in found}  # fmt: skip
    assert shown["students"] == (200.0, "count", 200, 1)
    assert shown["credential_share"] == shown["credential_year_1_share"] == (0.5, "share", 200, 1)
    assert shown["credential_year_2_share"] == (0.2, "share", 200, 1)
    assert shown["two_or_more_credentials_share"] == shown["stacked_share"] == (0.4, "share", 100, 1)
    assert shown["enrolled_within_year_share"] == (0.6, "share", 100, 1)
    # Nobody earned one in year 3: that would tell of everybody. Year 7 is not followed.
    assert shown["credential_year_3_share"] == (None, "share", None, 5)
    assert found["momentum", "cohort", "2020-2024", "credential_year_2_share"][0] == 0.2


def test_years_that_are_not_over_have_no_figure(tmp_path: Path) -> None:
    tables = world()
    tables["enrollments"] = [spell(f"S{number:03d}", COLLEGE, date(2024, 8, 24), None) for number in range(200)]
    found = figures(tmp_path, **tables)
    assert {key[3] for key in found if key[3].startswith("credential_year") and key[0] == "momentum"} == {
        "credential_year_1_share",
        "credential_year_2_share",
    }


def test_dashboards_break_down_by_what_the_institution_reports(tmp_path: Path) -> None:
    tables = world()
    own = {
        "Institution ID": COLLEGE, "Cohort": "2020-21", "Cohort Term": "FALL", "Enrollment Type": "First-Time", "Persistence": "1",
        "Years of Last Enrollment at cohort institution": "1", "Years of Last Enrollment at other institution": "0",
    }  # fmt: skip
    rows = [
        own | {"Study ID": f"S{number:03d}", "Race": "ASIAN" if number % 4 else "White", "First Gen": "UK" if number % 2 else "P",
               "Credential Type Sought Year 1": "Associate Degree", "Retention": "1" if number % 8 > 1 else "0"}
        for number in range(200)
    ]  # fmt: skip
    leave(tmp_path, "a.csv", headers("pdp_cohort"), rows)
    found = figures(tmp_path, **tables)
    assert found["dashboard", "race", "Asian", "students"] == (150.0, "count", 150, 1)
    assert found["dashboard", "race", "White", "credential_share"] == (0.5, "share", 50, 1)
    assert found["dashboard", "race", "White", "retention_share"] == (0.5, "share", 50, 1)
    assert found["dashboard", "first_generation", "not recorded", "students"][0] == 100
    assert found["dashboard", "credential_sought", "Associate Degree", "credential_year_1_share"][0] == 0.5
    assert found["dashboard", "all", "all", "students"][0] == 200


def test_retention_is_a_share_of_those_of_whom_it_is_known(tmp_path: Path) -> None:
    numbers = [f"S{number:03d}" for number in range(200)]
    early, late = (100, date(2020, 8, 24)), (200, date(2024, 8, 24))
    tables = world() | {
        "enrollments": [
            *(spell(number, COLLEGE, early[1], None) for number in numbers[: early[0]]),
            *(spell(number, COLLEGE, late[1], None) for number in numbers[early[0] : late[0]]),
            *(spell(number, COLLEGE, date(2021, 8, 24), None) for number in numbers[:40]),
            *(spell(number, COLLEGE, date(2025, 8, 24), None) for number in numbers[100:130]),
        ]
    }
    measure = ("dashboard", "all", "all", "retention_share")
    # The autumn of 2025 is known, the spring of 2026 is not: nobody of the second cohort is counted, returned or not.
    assert figures(tmp_path, **tables)[measure] == (0.4, "share", 100, 1)
    assert figures(tmp_path, **tables)["dashboard", "all", "all", "students"][0] == 200
    tables["enrollments"] = [*tables["enrollments"], spell("S130", COLLEGE, date(2026, 1, 12), None)]
    assert figures(tmp_path, **tables)[measure] == (0.36, "share", 200, 1)
    tables["enrollments"] = [spell(number, COLLEGE, late[1], None) for number in numbers]
    assert measure not in figures(tmp_path, **tables)


def test_no_figure_tells_of_a_few(tmp_path: Path) -> None:
    tables = world(60)
    tables["persons"] = [one | {"sex": "M" if place < 7 else "F"} for place, one in enumerate(tables["persons"])]
    found = figures(tmp_path, **tables)
    assert found["dashboard", "all", "all", "students"][3] == 1
    # Seven men are hidden, and with them the women, who with the total would give them away.
    assert (
        found["dashboard", "gender", "other or not recorded", "students"]
        == found["dashboard", "gender", "F", "students"]
        == (None, "count", None, 5)
    )
    assert all((row[3] == 1) == (row[0] is not None) == (row[2] is not None) for row in found.values())
    assert all(row[2] >= 10 for row in found.values() if row[3] == 1)


def test_small_groups_are_told_of_together() -> None:
    people = {"White": 80, "Asian": 14, "Hispanic": 12, "not recorded": 4}
    # a half of each, or all
    groups = {"students": 1, "observed_1": 1, "holders": 2, "earned_1": 2, "observed_retention": 1,
              "retained": 2}  # fmt: skip
    rows = [("race", race, name, number // by) for race, number in people.items() for name, by in groups.items()]
    rows += [("all", "all", name, 110 // by) for name, by in groups.items()]
    told = protected(pd.DataFrame(rows, columns=["dimension", "level", "quantity", "value"]), DASHBOARD)
    shown = told[told["measure"] == "students"].set_index("level")["value"].to_dict()
    assert shown == {"all": 100, "White": 80, "other or not recorded": 30}


def test_whoever_is_blocked_is_counted_nowhere_and_without_an_agreement_there_is_nothing(tmp_path: Path) -> None:
    tables = world()
    tables["persons"] = [one | {"ferpa_block": place < 100} for place, one in enumerate(tables["persons"])]
    found = figures(tmp_path, **tables)
    assert found["momentum", "all", "all", "students"][0] == found["momentum", "all", "all", "opted_out"][0] == 100
    assert figures(tmp_path, **world())["momentum", "all", "all", "opted_out"] == (None, "count", None, 5)
    assert figures(tmp_path, agreement(shares=[{"what": "cohort", "legal_basis": "Law"}]), **tables) == {}
    assert figures(tmp_path, **{**tables, "enrollments": ()}) == {}


def test_the_order_of_rows_makes_no_difference(tmp_path: Path) -> None:
    tables = world(120)
    assert figures(tmp_path, **tables) == figures(tmp_path, **{name: rows[::-1] for name, rows in tables.items()})


def test_what_is_shown_is_never_a_few_in_any_world() -> None:
    """Counts at random: each shown share has enough people on both sides, and nothing shown is exact."""
    quantities = sorted({name for one in MEASURES for name in (one.of, one.part) if name})
    for seed in range(3):
        rows = [
            {
                "dimension": "cohort",
                "level": f"20{year}",
                "quantity": name,
                "value": (year * 37 + len(name) * 11 + seed * 5) % 60,
            }
            for year in range(10, 16)
            for name in quantities
        ]
        parts = pd.DataFrame(rows)
        for one in MEASURES:  # a numerator is at most its denominator
            if one.part:
                below = parts.loc[parts["quantity"] == one.of, "value"].to_numpy() // 2
                parts.loc[parts["quantity"] == one.part, "value"] = below
        whole = parts.groupby("quantity", as_index=False)["value"].sum().assign(dimension="all", level="all")
        counts = pd.concat([parts, whole], ignore_index=True)
        value = counts.set_index(["dimension", "level", "quantity"])["value"]
        of = {(one.view, one.name): one for one in MEASURES}
        told = protected(counts)
        shown = told[told["status"] == 1]
        assert len(shown) > 5
        for row in shown.itertuples():
            one = of[row.view, row.measure]
            n = value[row.dimension, row.level, one.of]
            assert n >= FEWEST
            assert row.n == DRB.apply(pd.Series([n]).to_numpy())[0]
            if one.part:
                part = value[row.dimension, row.level, one.part]
                assert min(part, n - part) >= FEWEST


@pytest.mark.parametrize(
    ("shares", "people"),
    [
        (("aggregates",), 200),
        (("aggregates", "cohort"), 200),
        (("aggregates", "cohort", "credentials"), 120),
        (("aggregates", "course"), 120),
    ],
)
def test_who_may_read_nobody_s_credentials_does_not_choose_whom_figures_are_on(
    tmp_path: Path, shares: tuple[str, ...], people: int
) -> None:
    """The file has holders and a few others: two such files that differ by one student would tell what the one holds."""
    row = {"Institution ID": COLLEGE[:6], "Cohort": "2020-21", "Cohort Term": "FALL", "Enrollment Type": "FIRST-TIME",
           "Retention": "1", "Persistence": "1", "Years of Last Enrollment at cohort institution": "1",
           "Years of Last Enrollment at other institution": "0"}  # fmt: skip
    rows = [row | {"Study ID": f"S{number:03d}"} for number in range(120)]
    leave(tmp_path, "cohort.csv", headers("pdp_cohort"), rows)
    terms = agreement(shares=[{"what": what, "legal_basis": "Law"} for what in shares])
    with connect(threads=1) as con, scratch(con) as work:
        fill(con, **world())
        files = pdp_files(work, given(tmp_path, terms), terms, wishes_of(work))
        assert con.execute(f"SELECT count(*) FROM {files.people}").fetchall() == [(people,)]
    said = "never on the cohort file that you left" in about_pdp({}, terms)
    assert said == (people == 200)
    if said:
        assert figures(tmp_path, terms, **world())["momentum", "all", "all", "credential_share"][0] == 0.5
