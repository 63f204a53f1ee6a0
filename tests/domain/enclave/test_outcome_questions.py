"""The questions of the outcome tables, asked of a few people whose answers can be worked out by hand."""

import pytest

from credential_pipeline.enclave.outcome_tables.questions import DEFINITIONS
from tests.domain.enclave.outcome_tables_world import Result, World, award, random_world, tabulated

YEARS = range(2007, 2016)
INSIDE, OUTSIDE, AGENCY = "E1", "E2", "E3"
#: Award in 2010. Pay in the years -3 to 5, and the employer of each: i in the industry, o outside, a an agency, . nowhere.
PEOPLE = {
    "A": ([10, 30, 5, 20, 50, 50, 50, 50, 60], "ooooiiiii"),
    "B": ([40, 40, 40, 40, 30, 30, 30, 30, 30], "iiiiioooo"),
    "C": ([0, 0, 0, 0, 20, 20, 20, 20, 20], "....iiiii"),
    "D": ([30, 30, 30, 30, 30, 30, 30, 30, 30], "ooooooooa"),
    "E": ([0] * 9, "........."),
}
EMPLOYER = {"i": INSIDE, "o": OUTSIDE, "a": AGENCY}


def world() -> World:
    """Five people, prices of one year (2023 = 2023) so that dollars are dollars: wages are deflated to nothing below."""
    made = World(employers=[(INSIDE, "332710"), (OUTSIDE, "722511"), (AGENCY, "561320")])
    for key, (pay, places) in PEOPLE.items():
        made.learners.append((key, 1985, "F", "white", None))
        made.credentials.append(award(key, "mssc", "CPT", "2010-06-01", result="pass"))
        made.wages += [
            (key, year, EMPLOYER[place], amount * 1000.0)
            for year, amount, place in zip(YEARS, pay, places, strict=True)
            if amount
        ]
    made.degrees = [("A", "2009-05-01", "associate"), ("B", "2012-05-01", "bachelor")]
    made.enrollments = [
        ("B", "public_2yr", True, True, "2010-01-15", "2010-12-15"),
        ("C", "public_2yr", True, True, "2011-01-15", "2011-05-15"),
        ("D", "public_2yr", True, True, "2010-05-15", "2010-07-15"),
        ("D", "public_2yr", True, True, "2016-05-15", "2016-07-15"),
    ]
    return made


@pytest.fixture(scope="module")
def found() -> Result:
    return tabulated(world(), base_year=2023)


def real(year: int) -> float:
    """Dollars of 2023 for one dollar of a year."""
    index = {2007: 207.342, 2008: 215.303, 2009: 214.537, 2011: 224.939, 2012: 229.594, 2015: 237.017}
    return 304.702 / index[year]


def test_own_change_is_against_the_mean_of_the_third_and_second_year_before(found: Result) -> None:
    before = {"A": (10_000 * real(2007) + 30_000 * real(2008)) / 2, "B": 40_000 * (real(2007) + real(2008)) / 2}
    before["D"] = 30_000 * (real(2007) + real(2008)) / 2
    after = {"A": 60_000 * real(2015), "B": 30_000 * real(2015), "D": 30_000 * real(2015)}
    # C has no wages before the award, and E none at all.
    changes = sorted(after[key] - before[key] for key in after)
    assert found.cell("own_change_p50/h=5")["n"] == 3
    assert found.value("own_change_p50/h=5") == pytest.approx(changes[1], abs=0.01)
    assert found.value("earns_less_share/h=5") == pytest.approx(sum(change < 0 for change in changes) / 3, abs=1e-6)


def test_versions_keep_zeros_or_ask_for_a_full_year(found: Result) -> None:
    assert found.cell("earnings_all_p50/h=5")["n"] == 5
    assert found.value("earnings_all_p50/h=5") == pytest.approx(30_000 * real(2015), abs=0.01)
    assert found.value("earnings_all_p50/h=-1") == pytest.approx(5_000 * real(2009), abs=0.01)
    # 5,000 is no year of full-time work at the minimum wage, so that A is not attached in the year before the award.
    assert found.cell("earnings_attached_p50/h=-1")["n"] == 2
    assert found.cell("earnings_attached_p50/h=5")["n"] == 4


def test_who_entered_the_industry_stays_or_leaves(found: Result) -> None:
    assert (found.value("left_industry_share/h=5"), found.cell("left_industry_share/h=5")["n"]) == (0.333333, 3)
    assert (found.value("retention_share/h=5"), found.cell("retention_share/h=5")["n"]) == (0.666667, 3)
    assert found.value("leaver_earnings_p50/h=5") == pytest.approx(30_000 * real(2015), abs=0.01)
    assert found.value("stayer_earnings_p50/h=2") == pytest.approx(35_000 * real(2012), abs=0.01)
    assert found.value("leaver_sector_share/sector=72/h=5") == 1.0
    assert found.value("started_in_industry_share/started_leavers/h=5") == 1.0
    assert found.value("started_in_industry_share/started_stayers/h=5") == 0.0
    assert not [row for row in found.outcomes if row["measure"] == "left_industry_share" and row["horizon"] < 2]


def test_those_in_the_industry_came_from_somewhere(found: Result) -> None:
    assert found.value("came_from_share/sector=31-33/h=1") == 0.5
    assert found.value("came_from_share/sector=72/h=1") == 0.5
    assert found.cell("came_from_share/sector=72/h=1")["n"] == 2


def test_an_agency_is_a_destination_of_its_own(found: Result) -> None:
    assert (found.value("temporary_agency_share/h=5"), found.cell("temporary_agency_share/h=5")["n"]) == (0.25, 4)


def test_the_first_new_job_is_at_an_employer_of_no_earlier_year(found: Result) -> None:
    """A and C enter the industry, B leaves it, D goes to an agency, and E has no job."""
    assert found.value("new_job_share") == 0.8
    assert (found.value("first_job_in_industry_share/first_job_any"), found.count("new_job")) == (0.5, 4)
    assert found.value("first_job_in_industry_share/first_job_newcomers") == pytest.approx(2 / 3, abs=1e-6)


def test_college_before_and_after(found: Result) -> None:
    assert found.value("prior_degree_share") == 0.2
    assert found.value("prior_degree_level_share/setting=associate") == 0.2
    assert found.value("enrolled_at_award_share") == 0.4
    assert found.value("enrolled_share/enrolled_within_1") == 0.2
    assert (found.value("finished_share/finished_within_1"), found.value("finished_share/finished_within_2")) == (
        0,
        0.2,
    )
    # B and D were enrolled; a year later neither is, and B has its degree two years later.
    assert found.value("left_share/left_within_1") == 1.0
    assert found.value("left_share/left_within_2") == 0.5


def test_a_line_is_met_at_the_prices_of_the_state() -> None:
    """Two people of one pay: at the prices of California it does not reach twice the guideline, in Arkansas it does."""
    made = World(employers=[(INSIDE, "332710")])
    for key, pay in (("A", 31_000.0), ("B", 31_000.0), ("C", 1_000.0), ("D", 31_000.0)):
        made.learners.append((key, 1985, "F", "white", None))
        made.credentials.append(award(key, "mssc", "CPT", "2020-06-01", result="pass"))
        made.wages.append((key, 2021, INSIDE, pay * 270.970 / 304.702))
        made.wages.append((key, 2022, INSIDE, pay * 292.655 / 304.702))
    made.states = {"A": "CA", "B": "AR", "C": "PR", "D": "AK"}
    years = {"first_award_year": 2020, "last_award_year": 2020}
    found = tabulated(made, cohorts=years, base_year=2023, horizons={"first": -1, "last": 2})
    cell = found.cell("above_poverty_share/above_200_h1/h=1")
    # Puerto Rico has no price parity, and Alaska a guideline of its own.
    assert (cell["value"], cell["n"]) == (0.5, 2)
    assert found.value("above_poverty_share/above_100_h1/h=1") == 1.0
    reached = found.cell("living_wage_reached_share/h=2")
    assert (reached["value"], reached["n"]) == (0.5, 2)
    assert found.value("months_to_living_wage_p50") == 12


def test_a_base_year_without_a_guideline_has_no_such_figures() -> None:
    made = world()
    made.states = dict.fromkeys(PEOPLE, "OH")
    assert tabulated(made, base_year=2023).value("above_poverty_share/above_100_h1/h=1") == 1.0
    old = tabulated(made, base_year=2010)
    measures = ("above_poverty_share", "living_wage_reached_share", "months_to_living_wage_p50")
    assert {(row["value"], row["status"]) for row in old.outcomes if row["measure"] in measures} == {(None, -1)}


def test_an_older_award_asks_for_no_year_beyond_the_cohort() -> None:
    """Wages and an award of the nineties: no price index is asked for, and those years count as not covered."""
    made = World(employers=[(INSIDE, "332710")])
    for key, days in (("A", ("1997-06-01", "2010-06-01")), ("B", ("2010-06-01",))):
        made.learners.append((key, 1970, "F", "white", None))
        for code, day in zip(("CPT", "CPT-SAF"), days, strict=False):
            made.credentials.append(award(key, "mssc", code, day, result="pass"))
        made.wages += [(key, year, INSIDE, 30_000.0) for year in range(1994, 2016)]
    found = tabulated(made)
    assert found.cell("earnings_each_p50/certifier=mssc/credential=CPT/h=5")["n"] == 1
    assert {row["year"] for row in found.wage_years} >= {1994, 2015}


@pytest.mark.parametrize("attribution", ["first", "highest", "each"])
def test_answers_do_not_hang_on_the_order_of_rows(attribution: str) -> None:
    one, other = (
        tabulated(made, threads=threads, attribution=attribution)
        for made, threads in ((random_world(5), 1), (random_world(5).shuffled(2), 2))
    )
    assert one.outcomes == other.outcomes
    assert one.counts == other.counts
    ids = [row["count_id"] for row in one.counts]
    assert len(ids) == len(set(ids))


def test_every_definition_is_used_and_said_once(found: Result) -> None:
    keys = [(one.definition, one.measure) for one in DEFINITIONS]
    assert len(keys) == len(set(keys))
    assert {row["definition"] for row in found.outcomes} <= {row["definition"] for row in found.definitions}
