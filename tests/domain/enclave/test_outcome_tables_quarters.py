"""Who is attached by the rule of quarters: three of them with wages, beside a full-time year's pay, where files tell quarters."""

from typing import Any

from tests.domain.enclave.outcome_tables_world import Result, World, award, tabulated

FULL = 0b1111
YEARS = range(2008, 2016)
#: Learner to the jobs of a year: employer, wages, quarters as bits.
JOBS: dict[str, list[tuple[str, float, int | None]]] = {
    "all_year": [("OH1", 40000.0, FULL)],
    "three": [("OH1", 30000.0, 0b0111)],
    "two_well_paid": [("OH1", 90000.0, 0b1001)],
    "two_and_two": [("OH1", 20000.0, 0b0011), ("OH2", 20000.0, 0b1100)],
    "same_twice": [("OH1", 30000.0, 0b0011), ("OH2", 30000.0, 0b0011)],
    "poorly_paid": [("OH1", 10000.0, FULL)],
    "not_told": [("OH1", 70000.0, None)],
    "elsewhere": [("TX1", 80000.0, None)],
    "partly_elsewhere": [("OH1", 40000.0, FULL), ("TX1", 40000.0, None)],
}


def tables(**jobs: list[tuple[str, float, int | None]]) -> Result:
    made = World(
        learners=[(key, 1985, "F", "white", None) for key in jobs],
        credentials=[award(key, "mssc", "CPT", "2011-06-01") for key in jobs],
        employers=[("OH1", "332710", "OH"), ("OH2", "722511", "OH"), ("TX1", "332710", "TX")],
        wages=[(key, year, *job) for key, own in jobs.items() for job in own for year in YEARS],
    )
    return tabulated(made, base_year=2012)


def attached(found: Result, horizon: int = 1, percent: str = "p50") -> dict[str, Any]:
    return found.cell(f"earnings_attached_{percent}/quarterly/h={horizon}")


def test_three_quarters_of_all_employers_together_and_the_pay_of_a_full_time_year() -> None:
    found = tables(**JOBS)
    # Of Ohio: the whole year, three quarters, and two and two; the others are paid in two, or too little, or in a quarter not told.
    assert (attached(found)["n"], attached(found)["value"]) == (3, 40000)
    assert attached(found, percent="p25")["value"] == 35000
    assert found.cell("earnings_attached_p50/h=1")["n"] == 8
    assert found.count("attached_by_quarter/sex=F/h=1") == 3


def test_who_works_in_a_state_that_tells_years_only_is_left_out_and_not_held_to_be_unattached() -> None:
    alone = tables(elsewhere=JOBS["elsewhere"], partly_elsewhere=JOBS["partly_elsewhere"], all_year=JOBS["all_year"])
    assert attached(alone)["n"] == 1
    told = tables(partly_elsewhere=[("OH1", 40000.0, FULL), ("TX1", 40000.0, 0b0001)], all_year=JOBS["all_year"])
    assert attached(told)["n"] == 2


def test_it_is_not_available_where_files_tell_years_only() -> None:
    found = tables(elsewhere=JOBS["elsewhere"], not_told=JOBS["not_told"])
    cell = attached(found)
    assert (cell["value"], cell["n"], cell["status"], cell["table"]) == (None, 0, -1, "quarterly")
    assert found.value("earnings_attached_p50/h=1") == 75000
    assert len([row for row in found.outcomes if row["definition"] == "quarterly"]) == 9


def test_a_year_that_comes_as_a_whole_is_not_available_beside_years_that_come_by_quarter() -> None:
    made = World(
        learners=[("A", 1985, "F", "white", None)],
        credentials=[award("A", "mssc", "CPT", "2011-06-01")],
        employers=[("OH1", "332710", "OH")],
        wages=[("A", year, "OH1", 40000.0, FULL if year == 2012 else None) for year in YEARS],
    )
    found = tabulated(made)
    assert [attached(found, horizon)["status"] for horizon in (0, 1, 2)] == [-1, 1, -1]
