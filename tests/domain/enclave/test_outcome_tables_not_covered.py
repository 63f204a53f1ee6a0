"""Years and states that the wage files do not cover are not years without wages: in the ledger, and in every table of earnings."""

from typing import Final

import pytest

from tests.domain.enclave.outcome_tables_world import Result, World, award, tabulated

AGREED: Final = [("OH", "A", 1), ("TX", None, 1)]
#: Learner to home, and to the years with a job in Ohio.
LIVES: Final = {
    "seen": ("OH", range(2010, 2019)),
    "never": ("OH", range(2010, 2012)),
    "shut": ("TX", range(2010, 2012)),
    "elsewhere": ("TX", range(2010, 2019)),
}


def world(late: str = "2012-06-01") -> World:
    """Learners with an award of 2012, in Ohio and in Texas, whose wages may not be used; one of them worked in Ohio."""
    days = dict.fromkeys(LIVES, "2012-06-01") | {"never": late}
    return World(
        learners=[(key, 1990, "M", "white", None) for key in LIVES],
        credentials=[award(key, "mssc", "CPT", day) for key, day in days.items()],
        employers=[("O", "332710", "OH"), ("T", "332710", "TX")],
        wages=[(key, year, "O", 40_000.0) for key, (_, years) in LIVES.items() for year in years],
        states={key: state for key, (state, _) in LIVES.items()},
        wage_states=AGREED,
    )


def ledger(found: Result, horizon: int | None = None) -> dict[str, float]:
    """The lines of the ledger with anybody in them."""
    rows = [row for row in found.outcomes if row["measure"] == "coverage_share" and row["horizon"] == horizon]
    return {row["definition"]: row["value"] for row in rows if row["value"]}


@pytest.fixture(scope="module")
def found() -> Result:
    return tabulated(world())


def test_whose_every_year_is_not_covered_was_not_never_seen(found: Result) -> None:
    assert ledger(found) == {"seen_after": 0.25, "never_seen_after": 0.25, "no_year_covered": 0.5}
    assert found.count("no_year_covered") == 2
    parts = {row["part_count_id"] for row in found.equations if row["total_count_id"] == "cohort"}
    assert {"seen_after", "never_seen_after", "no_year_covered", "revoked_after"} <= parts


def test_whose_award_is_as_young_as_the_files_was_not_never_seen() -> None:
    """No year after the award has come to the files yet."""
    assert ledger(tabulated(world(late="2018-06-01"))) == {"seen_after": 0.25, "no_year_covered": 0.75}


def test_readers_hear_what_the_line_means(found: Result) -> None:
    told = {row["definition"]: row["text"] for row in found.definitions}
    assert "no year after the award is covered" in told["no_year_covered"]
    assert "TX" in told["no_year_covered"]


def test_whoever_lives_where_no_wages_may_be_used_is_in_no_table_of_earnings(found: Result) -> None:
    """The one with a job in the state next door neither."""
    for cell in ("earnings_p50", "earnings_each_p50"):
        assert found.cell(f"{cell}/certifier=mssc/credential=CPT/h=1")["n"] == 1
    assert found.value("credential_holders/certifier=mssc/credential=CPT") == 4
    assert not [row for row in found.outcomes if row["table"] == "each" and row["state"] != "all"]


def test_what_a_further_award_adds_is_not_asked_of_years_that_are_not_covered() -> None:
    """Two go on and three stop in Ohio; of the Texan who went on, wages elsewhere are no answer."""
    keys = {"on": "OH", "also": "OH", "texan": "TX", "s1": "OH", "s2": "OH", "s3": "OH"}
    made = world()
    made.learners = [(key, 1990, "M", "white", None) for key in keys]
    made.states = keys
    made.credentials = [award(key, "mssc", "CPT-SAF", "2012-06-01") for key in keys]
    made.credentials += [award(key, "mssc", "CPT", "2014-06-01") for key in ("on", "also", "texan")]
    made.wages = [(key, year, "O", 40_000.0) for key in keys for year in range(2009, 2019)]
    found = tabulated(made)
    for cell in ("nth_effect/setting=second", "next_award_effect/certifier=mssc/credential=CPT"):
        assert found.cell(cell)["n"] == 2


def test_whoever_lives_in_a_state_that_the_files_lack_is_not_without_wages() -> None:
    made = world()
    made.employers = [("O", "332710", "OH")]
    made.wage_states = [("OH", "A", 1), ("TX", "A", 0)]
    found = tabulated(made)
    assert ledger(found, 1) == {"seen_in_wages": 0.25, "no_wage_record": 0.25, "year_not_covered": 0.5}
    assert {row["covered"] for row in found.wage_years if row["state"] == "TX"} == {False}
    told = {row["definition"]: row["text"] for row in found.definitions}
    assert "TX in every year" in told["year_not_covered"]


def test_a_year_that_many_lack_has_its_line_though_nobody_lacks_the_others() -> None:
    """The files do not tell 2013, the first year after an award of 2012, and the fifth after none: its line is not among other reasons."""
    keys = {f"{year}-{number}": year for year in (2010, 2012) for number in range(60)}
    made = World(
        learners=[(key, 1990, "M", "white", None) for key in keys],
        credentials=[award(key, "mssc", "CPT", f"{year}-06-01") for key, year in keys.items()],
        employers=[("O", "332710", "OH")],
        wages=[(key, year, "O", 40_000.0) for key in keys for year in range(2005, 2019)],
        states=dict.fromkeys(keys, "OH"),
        wage_states=[("OH", "A", 1)],
        wage_file_years=[(2013, "few_jobs")],
    )
    found = tabulated(made, profile="standard")
    assert ledger(found, 1) == {"seen_in_wages": 0.5, "year_not_covered": 0.5}
    assert ledger(found, 5) == {"seen_in_wages": 1}
    assert found.cell("coverage_share/year_not_covered/h=5")["value"] == 0
