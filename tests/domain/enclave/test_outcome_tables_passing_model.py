"""The curve of passing by sitting does not hang on for how long a certifier reports failures: a model with and without the cut."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from credential_pipeline.enclave.outcome_tables.attempts import count_sittings, reporting_years
from credential_pipeline.enclave.outcome_tables.cohorts import number_people
from credential_pipeline.enclave.outcome_tables.counts import identify
from credential_pipeline.enclave.outcome_tables.equations import equations
from credential_pipeline.enclave.outcome_tables.passing import passing
from credential_pipeline.foundation.storage.relation import relation
from tests.domain.enclave.outcome_tables_world import Result, Row, World, attempt, award, rows_of, tabulated, working

SITTINGS = (1, 2, 3, 4)
Curve = dict[str, dict[str, Any]]


def model(size: int = 5000) -> tuple[list[Row], dict[int, float]]:
    """Sittings of 2010 to 2015 by people of whom two in five pass at each and three in five sit again, and the true curve."""
    rng = np.random.default_rng(20)
    rows: list[Row] = []
    passed = dict.fromkeys(SITTINGS, 0)
    for number in range(size):
        key, day, nth = f"K{number:04}", date(2010, 1, 1) + timedelta(int(rng.integers(6 * 365))), 1
        while rng.random() >= 0.4:
            rows.append(attempt(key, "mssc", "CPT-SAF", str(day)))
            if rng.random() >= 0.6:
                break
            day, nth = day + timedelta(int(rng.integers(60, 300))), nth + 1
        else:
            rows.append(award(key, "mssc", "CPT-SAF", str(day), None, "pass"))
            passed |= {later: passed[later] + 1 for later in SITTINGS if later >= nth}
    rows.append(award("K0000", "mssc", "CPT", "2018-12-31", None, "pass"))
    return rows, {nth: passed[nth] / size for nth in SITTINGS}


def cut(rows: list[Row], last_year: int) -> list[Row]:
    """Without the failures after a year, as of a feed that stopped to send them."""
    return [row for row in rows if row[3] == "award" or int(row[5][:4]) <= last_year]


def last_followed(last_year: int) -> date:
    """The last day of a first sitting that is followed for two years, if failures are told up to a year's end."""
    return date(last_year, 12, 31) - timedelta(2 * 365)


def first_day(rows: list[Row]) -> dict[str, str]:
    return {row[0]: row[5] for row in sorted(rows, key=lambda row: row[5], reverse=True)}


def world(rows: list[Row]) -> World:
    return World(
        learners=[(key, 1990, "M", "white", None) for key in sorted({row[0] for row in rows})], credentials=rows
    )


def curve(rows: list[Row]) -> Curve:
    """Setting to the cell of ``passing_share`` for CPT-SAF; every count that a cell names is there, and all add up."""
    with working(world(rows)) as (work, plan):
        people = number_people(work, relation(work.con, "person_keys.learners"))
        credentials = relation(work.con, "person_keys.credentials")
        years = reporting_years(work, credentials, plan)
        answer = passing(work, count_sittings(work, credentials, people, years, plan), credentials, people, years, plan)
        counts = identify(work, answer.counts)
        values = {row["count_id"]: row["value"] for row in rows_of(work.con, counts)}
        whole = work.rows("whole", {"sector": "VARCHAR"}, [])
        pooled = work.table("pooled", "SELECT '' AS a, '' AS b, '' AS c WHERE false")
        sums: dict[str, list[int]] = {}
        for row in rows_of(work.con, equations(work, counts, whole, pooled, answer.rules, plan)):
            sums.setdefault(row["equation_id"], [-values[row["total_count_id"]]]).append(values[row["part_count_id"]])
        assert sums
        assert all(sum(parts) == 0 for parts in sums.values())
        cells = [row for row in rows_of(work.con, answer.cells) if row["credential"] == "CPT-SAF"]
    for cell in cells:
        if cell["measure"] == "passing_share" and cell["setting"].startswith("sitting"):
            assert values[cell["n_count_id"]] == cell["n"]
            assert values[cell["numerator_count_id"]] == pytest.approx(cell["value"] * cell["n"])
        if cell["measure"] == "passing_at_risk" and cell["setting"].startswith("sitting"):
            assert values[cell["numerator_count_id"]] == cell["value"]
    return {f"{cell['measure']}/{cell['setting']}": cell for cell in cells}


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return model()[0]


def test_the_curve_by_sitting_is_the_same_whether_failures_are_told_to_the_end_or_not(rows: list[Row]) -> None:
    truth = model()[1]
    early = {key for key, day in first_day(rows).items() if day <= str(last_followed(2012))}
    whole, part, same = curve(rows), curve(cut(rows, 2012)), curve([row for row in rows if row[0] in early])
    assert part["passing_share/sitting_1"]["n"] == len(early) < 0.25 * whole["passing_share/sitting_1"]["n"]
    for nth in SITTINGS:
        of_all, of_some, told = (each[f"passing_share/sitting_{nth}"] for each in (whole, part, same))
        # Everybody sat by 2015 and is followed up to 2018: the curve is the model's own, but for the last who sit again late.
        assert of_all["value"] == pytest.approx(truth[nth], abs=0.002)
        assert of_some["value"] == pytest.approx(truth[nth], abs=0.02)
        assert of_some["low"] < truth[nth] < of_some["high"]
        # What the feed does not tell later is next to nothing of the same people.
        assert of_some["n"] == told["n"]
        assert of_some["value"] == pytest.approx(told["value"], abs=0.003)


def test_numbers_at_risk_are_those_who_did_not_pass_before(rows: list[Row]) -> None:
    found = curve(cut(rows, 2012))
    assert found["passing_at_risk/sitting_1"]["value"] == found["passing_share/sitting_1"]["n"]
    for nth in SITTINGS[1:]:
        before = found[f"passing_share/sitting_{nth - 1}"]
        assert found[f"passing_at_risk/sitting_{nth}"]["value"] == pytest.approx(before["n"] * (1 - before["value"]))


def tabulate_cut(rows: list[Row], last_year: int, profile: str) -> Result:
    some = world(cut(rows, last_year))
    some.wages = [(row[0], year, "E1", 20_000.0) for row in some.learners[:600] for year in range(2005, 2020)]
    some.employers = [("E1", "332710")]
    return tabulated(some, profile=profile, certifiers=("mssc",))


def test_where_too_few_are_followed_there_is_a_reason_and_no_figure(rows: list[Row]) -> None:
    for profile, last_year in (("one-off", 2011), ("standard", 2011)):
        found = tabulate_cut(rows[:900], last_year, profile)
        # Failures are told for two years, of which the second ends less than two years after any first sitting but one day's.
        for measure in ("passing_share", "passing_at_risk"):
            for nth in SITTINGS:
                cell = found.cell(f"{measure}/certifier=mssc/setting=sitting_{nth}")
                assert (cell["value"], cell["status"], cell["definition"]) == (None, -1, "not_available")
                assert (cell["low"], cell["high"], cell["n_count_id"], cell["numerator_count_id"]) == (None,) * 4
        assert found.cell("passing_share/certifier=mssc/setting=months_12")["status"] == 1
        said = [row["text"] for row in found.definitions if row["definition"] == "not_available"]
        assert any("2 years after the first sitting" in text for text in said)
