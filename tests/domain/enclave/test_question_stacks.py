"""Every holder of each credential, what comes next, and what a further one adds, on five people."""

import csv
from dataclasses import replace

import pytest

from credential_pipeline.enclave.outcome_tables.tabulation import tabulate
from credential_pipeline.foundation.reference.load import FOLDER
from tests.domain.enclave.outcome_tables_world import Result, World, award, opened, settings, tabulated

PAY = {"T": (10_000.0, 20_000.0), "S": (10_000.0, 13_000.0), "U": (10_000.0, 90_000.0)}


def world() -> World:
    """T adds CPT two years after CPT-SAF, S stops with it, U adds N1 six years later; V and W have one credential."""
    wages = [
        (key, year, "E1", PAY[key][year > turn])
        for key, turn in (("T", 2014), ("S", 2014), ("U", 2018))
        for year in (turn - 2, turn - 1, turn + 1, turn + 2)
    ]
    return World(
        learners=[(key, 1990, "F", "white", None) for key in "STUVW"],
        credentials=[
            award("T", "mssc", "CPT-SAF", "2012-03-01"),
            award("T", "mssc", "CPT", "2014-03-01"),
            award("S", "mssc", "CPT-SAF", "2012-03-01"),
            award("U", "mssc", "CPT-SAF", "2012-03-01"),
            award("U", "nims", "N1", "2018-03-01"),
            award("V", "mssc", "CPT", "2012-06-01"),
            award("W", "mssc", "CPT", "2018-12-01"),
        ],
        wages=[*wages, ("V", 2013, "E1", 30_000.0)],
        employers=[("E1", "332710")],
    )


@pytest.fixture(scope="module")
def found() -> Result:
    return tabulated(world())


@pytest.fixture(scope="module")
def factors() -> dict[int, float]:
    """Year to what a dollar of it is worth in 2023."""
    rows = list(csv.DictReader((FOLDER / "cpi_u.csv").read_text("utf-8").splitlines()))
    index = {int(row["year"]): float(row["index"]) for row in rows}
    return {year: index[2023] / number for year, number in index.items()}


def test_every_holder_counts_whatever_came_before(found: Result, factors: dict[int, float]) -> None:
    tail = "certifier=mssc/credential=CPT"
    assert found.value(f"credential_holders/{tail}") == 3
    cell = found.cell(f"earnings_each_p50/{tail}/h=1")
    assert cell["n"] == 2
    assert cell["value"] == pytest.approx((20_000 * factors[2015] + 30_000 * factors[2013]) / 2, abs=1e-5)


def test_how_soon_the_next_one_comes(found: Result) -> None:
    cell = found.cell("months_to_next_p50")
    assert (cell["n"], cell["unit"]) == (2, "mean")
    assert cell["value"] == pytest.approx((730 + 2191) / 2 * 12 / 365.25, abs=1e-5)
    # W's award is too young to tell, and the others' are old enough.
    for years in (1, 2, 5):
        cell = found.cell(f"further_award_share/within_{years}")
        assert (cell["value"], cell["n"]) == ((0.0, 4) if years == 1 else (0.25, 4))


def test_which_one_comes_next(found: Result) -> None:
    tail = "next_award_share/certifier=mssc/credential=CPT-SAF/setting="
    for setting in ("mssc/CPT", "nims/N1", "no_further_award"):
        cell = found.cell(tail + setting)
        assert (cell["value"], cell["n"]) == (pytest.approx(1 / 3, abs=1e-6), 3)


def test_a_step_on_a_ladder_is_marked() -> None:
    with opened(world()) as con:
        tabulate(con, replace(settings(), ladders=(("mssc", "CPT-SAF", "CPT"),)))
        marked = con.execute(
            "SELECT setting FROM outcome_tables.outcomes WHERE definition = 'next_award_on_ladder'"
        ).fetchall()
    assert marked == [("mssc/CPT",)]


def test_what_a_further_one_adds_is_the_change_less_that_of_who_stopped(
    found: Result, factors: dict[int, float]
) -> None:
    # U went on six years after the first, when nobody who stopped has wages.
    added = (20_000 - 13_000) * (factors[2015] + factors[2016]) / 2
    for tail in ("nth_effect/setting=second", "next_award_effect/certifier=mssc/credential=CPT"):
        cell = found.cell(tail)
        assert (cell["n"], cell["value"]) == (1, pytest.approx(added, abs=1e-5))
    assert not [row for row in found.outcomes if row["measure"] == "nth_effect" and row["setting"] != "second"]


def test_nobody_with_two_awards_is_nothing_added() -> None:
    single = world()
    single.credentials = [row for row in single.credentials if row[0] in "SVW"]
    made = tabulated(single)
    measures = {row["measure"] for row in made.outcomes}
    assert not measures & {"nth_effect", "next_award_effect", "months_to_next_p50"}
    assert made.value("further_award_share/within_5") == 0.0
    assert made.value("next_award_share/certifier=mssc/credential=CPT/setting=no_further_award") == 1.0


def test_the_order_of_rows_does_not_matter(found: Result) -> None:
    assert tabulated(world().shuffled(5)).outcomes == found.outcomes
