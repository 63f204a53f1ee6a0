"""The definitions of the true outcome cells, on a handful of people whose figures are known by hand."""

from datetime import date

import pandas as pd
import pytest

from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import scratch
from credential_pipeline.simulation.living import poverty_lines, read_parities
from credential_pipeline.simulation.outcome_truth.cells import set_variables, tabulate

#: No inflation: every amount below is in dollars of 2023 as it stands.
PRICES = dict.fromkeys(range(2000, 2025), 100.0)
#: Factory, second factory, shop, temporary agency.
NAICS = {"F": "332710", "G": "333517", "S": "445110", "T": "561320"}
AWARD = date(2010, 6, 1)


def person(number, birth=date(1980, 6, 1), death_year=0, **groups):
    known = {"sex": "F", "race": "black", "ethnicity": "not_hispanic"} | groups
    return {"person": number, "person_key": f"K{number}", "birth": birth, "death_year": death_year, **known}


def event(number, day=AWARD, code="CPT-SAF", kind="award", passed=1, certifier="mssc", state="MI"):
    return {
        "person": number,
        "certifier": certifier,
        "credential": code,
        "level": 1,
        "event": kind,
        "passed": passed,
        "day": day,
        "training": "credit",
        "state": state,
    }


def job(number, horizon, employer, wages):
    return {"person_key": f"K{number}", "year": 2010 + horizon, "employer_id": employer, "wages": float(wages)}


def years(number, *jobs):
    """Wages of the years -3 to 5, one (employer, amount) or None each."""
    return [job(number, at - 3, *one) for at, one in enumerate(jobs) if one]


PERSONS = [
    person(1),
    person(2, birth=date(1984, 6, 2)),
    person(3),
    person(4, death_year=2012),
    person(5),
    person(6, sex="M"),
    person(7),
]
EVENTS = [
    event(1),
    event(1, date(2010, 9, 1), "CLA"),
    event(2, state="AK"),
    event(3),
    event(3, date(2010, 7, 1), "CPT-QPM"),
    event(3, date(2010, 8, 1), "CPT-MPP"),
    event(4),
    event(5, date(2010, 3, 1), kind="attempt", passed=0),
    event(5, date(2010, 4, 1), kind="attempt", passed=0),
    event(6, date(2010, 5, 1), kind="attempt", passed=0),
    event(6, date(2010, 6, 15)),
    event(7, date(2004, 1, 1)),
    event(7),
]
OUT, IN, NEW = ("S", 20_000), ("F", 30_000), ("G", 40_000)
WAGES = [
    *years(1, OUT, OUT, None, None, IN, IN, ("S", 25_000), ("T", 18_000), None),
    *years(2, ("F", 10_000), ("F", 14_000), ("F", 11_000), None, ("F", 9_000), NEW, NEW, NEW, NEW),
    *years(3, OUT, None, OUT, OUT, OUT, OUT, OUT, OUT, OUT),
    *years(4, OUT, OUT, OUT, OUT, OUT, OUT, OUT),
    *years(5, None, None, None, None, ("S", 12_000), ("S", 16_000)),
    *years(6, OUT, OUT, OUT, OUT, IN, IN, IN, IN, ("F", 30_000)),
    job(6, 5, "S", 31_000),
    job(7, 5, "S", 99_999),
]
ENROLLMENTS = [(1, "2010-05-01", "2010-06-01"), (1, "2011-06-01", "2011-08-01"), (2, "2010-05-20", "2010-06-20")]
DEGREES = [(1, "2008-05-01"), (2, "2012-06-01"), (3, "2010-06-01")]


@pytest.fixture(scope="module")
def cells():
    return told(EVENTS)


def told(events):
    """The cells of the world with these events, by their ids."""
    model = load_registry().industry("manufacturing")
    spells = [
        {
            "student_id": f"S{who}",
            "begin_date": date.fromisoformat(begin),
            "end_date": date.fromisoformat(end),
            "sector": "public_2yr",
            "degree_seeking": "Y",
            "credit": "Y",
        }
        for who, begin, end in [*ENROLLMENTS, (4, "2013-01-01", "2014-06-01")]
    ]
    degrees = [
        {"student_id": f"S{who}", "degree_date": date.fromisoformat(day), "degree_level": "associate"}
        for who, day in DEGREES
    ]
    views = {
        "events": events,
        "persons": PERSONS,
        "wages": WAGES,
        "employers": [{"employer_id": key, "naics": value} for key, value in NAICS.items()],
        "students": [{"student_id": f"S{who}", "person": who} for who in (1, 2, 3, 4)],
        "enrollments": spells,
        "degrees": degrees,
        "uncovered": [{"person": 3, "year": 2013}],
        "quarterly": [
            *({"person_key": "K1", "year": 2011, "quarter": quarter} for quarter in (1, 2, 3)),
            *({"person_key": "K6", "year": 2011, "quarter": quarter} for quarter in (1, 1, 4)),
        ],
    }
    with connect() as con, scratch(con) as work:
        set_variables(con, model, ["mssc"], PRICES)
        for name, rows in views.items():
            con.register(name, pd.DataFrame(rows))
        tabulate(work, model, PRICES, quarterly=True)
        found = con.execute("SELECT * FROM cells").df()
    return found.set_index("cell_id")


@pytest.mark.parametrize(
    ("cell", "n", "value"),
    [
        # Of 1, 2, 3, 4 and 6 (7 has the first award before the cohort, 5 none).
        ("wage_matched_share/h=1", 5, 1.0),
        ("wage_matched_share/h=-2", 5, 0.8),
        ("earnings_p50/h=3", 3, 30_000),
        ("earnings_all_p50/h=5", 5, 20_000),
        ("earnings_all_p25/h=4", 5, 18_000),
        ("earnings_attached_p50/h=1", 4, 25_000),
        ("earnings_attached_p50/quarterly/h=1", 1, 30_000),
        # 1: 30 less 20; 2: 9 less 12; 3: 20 less 20, by the one year that has wages; 4: 20 less 20; 6: 30 less 20.
        ("own_change_p50/h=1", 5, 0),
        ("own_change_p75/h=1", 5, 10_000),
        ("own_change_p50/h=0", None, None),
        ("earns_less_share/h=1", 5, 0.2),
        # In the industry at +1: 1, 2 and 6.
        ("in_industry_share/h=1", 5, 0.6),
        ("left_industry_share/h=3", 3, 1 / 3),
        ("left_industry_share/h=5", 2, 0.5),
        ("retention_share/h=1", None, None),
        ("retention_share/h=5", 3, 1 / 3),
        ("started_in_industry_share/started_stayers/h=3", 2, 0.5),
        ("started_in_industry_share/started_leavers/h=3", 1, 0.0),
        ("stayer_earnings_p50/h=3", 2, 35_000),
        ("leaver_earnings_p50/h=5", 1, 61_000),
        ("leaver_sector_share/sector=44-45/h=3", 1, 1.0),
        ("temporary_agency_share/h=4", 4, 0.25),
        ("came_from_share/sector=31-33/h=1", 2, 0.5),
        ("came_from_share/sector=44-45/h=1", 2, 0.5),
        # At -1 in the industry: 2; outside: 3, 4 and 6; 1 has no wages.
        ("earnings_by_path_p50/path_in_in/h=2", 1, 40_000),
        ("earnings_by_path_p50/path_out_in/h=2", 1, 30_000),
        ("earnings_by_path_p50/path_out_out/h=2", 2, 20_000),
        ("earnings_by_path_p50/path_in_out/h=2", None, None),
        # First new employers: 1 the factory, 2 the second factory at +2, 6 the factory; 2 worked in the industry before.
        ("first_job_in_industry_share/first_job_any", 3, 1.0),
        ("first_job_in_industry_share/first_job_newcomers", 2, 1.0),
        ("new_job_share", 5, 0.6),
        # 2 lives in Alaska, which has a guideline of its own.
        ("above_poverty_share/above_100_h4/h=1", 4, 0.5),
        ("above_poverty_share/above_100_h1/h=5", 2, 1.0),
        # 20,000 in Michigan buy less than twice 19,720, 61,000 buy more.
        ("above_poverty_share/above_200_h2/h=5", 2, 0.5),
        # Above 29,160 at the prices of the state, of 1, 3, 4 and 6: 1 and 6 at +1; 3 is not followed after +2, 4 died.
        ("living_wage_reached_share/h=1", 4, 0.5),
        ("living_wage_reached_share/h=2", 4, 0.5),
        ("living_wage_reached_share/h=5", 3, 2 / 3),
        ("months_to_living_wage_p50", 3, 12),
        ("prior_degree_share", 5, 0.2),
        ("prior_degree_level_share/setting=associate", 5, 0.2),
        ("enrolled_at_award_share", 5, 0.4),
        ("enrolled_share/enrolled_within_1", 5, 0.2),
        ("finished_share/finished_within_1", 5, 0.0),
        ("finished_share/finished_within_2", 5, 0.2),
        ("enrolled_share/enrolled_within_5", None, None),
        ("left_share/left_within_1", 2, 0.5),
        ("left_share/left_within_2", 2, 0.5),
        # Sitters are all but 7, whose first sitting was in 2004.
        ("never_passed_share", 6, 1 / 6),
        ("never_passed_earnings_p50/h=2", 1, 16_000),
        ("never_passed_earnings_all_p50/h=3", 1, 0),
        ("never_passed_wage_matched_share/h=3", 1, 0.0),
        ("passer_in_industry_share/h=1", 5, 0.6),
        # Pairs of mssc: 1 CPT-SAF and CLA, 2, 3 x 3, 4, 5 (fails twice), 6 (passes at the second), 7 (2004, out).
        ("attempts/certifier=mssc", 9, 11),
        # The records end before anybody was followed for two years.
        ("passing_share/setting=sitting_1", None, None),
        ("passing_share/kaplan_meier/setting=sitting_2", 2, 1 - 2 / 9 * 1 / 2),
        ("months_to_next_p50/setting=second", 2, (92 + 30) / 2 / 30.4375),
        ("months_to_next_p50/setting=third", 1, 31 / 30.4375),
        ("next_award_share/certifier=mssc/credential=CLA", 2, 0.5),
        ("next_award_share/certifier=mssc/credential=CLA/setting=after_CPT-SAF", 2, 0.5),
        ("credentials_per_learner", 5, 8 / 5),
        ("stacking_share/stack_1", 5, 0.6),
        ("stacking_share/stack_2_plus", 5, 0.4),
        ("stacking_share/stack_3/certifier=mssc", 5, 0.2),
        ("yearly_pass_rate/certifier=mssc/setting=2010", 9, 7 / 9),
        # Completed years on the day: 2 is 25 until the day after the award.
        ("wage_matched_share/age_band=18-25/h=1", 1, 1.0),
        ("wage_matched_share/age_band=26-35/h=1", 4, 1.0),
        ("wage_matched_share/cohort=2010-2014/h=1", 5, 1.0),
        ("wage_matched_share/state=AK/h=1", 1, 1.0),
        ("wage_matched_share/ethnicity=not_hispanic/h=1", 5, 1.0),
        # Person 3 lives where the wages of 2013 are missing.
        ("wage_matched_share/h=3", 4, 0.75),
    ],
)
def test_figures_are_those_counted_by_hand(cells, cell, n, value):
    name = f"manufacturing/{cell}"
    if n is None:
        assert name not in cells.index
        return
    found = cells.loc[name]
    assert (found["n"], found["value"]) == (n, pytest.approx(value, abs=1e-6))


def test_a_passing_curve_by_sittings_is_of_those_followed_for_two_years():
    late = [event(2, date(2012, 6, 1), "CLA", "attempt", 0), event(7, date(2012, 9, 1), "N1", certifier="nims")]
    cells = told(EVENTS + late)
    for sitting, passed in ((1, 7), (2, 8), (3, 8)):
        found = cells.loc[f"manufacturing/passing_share/setting=sitting_{sitting}"]
        assert (found["n"], found["value"]) == (9, pytest.approx(passed / 9))


def test_a_passing_curve_by_months_counts_those_at_risk(cells):
    """Nine pairs; the last day of the records is that of the last event, 1 September 2010."""
    at = cells.loc["manufacturing/passing_share/kaplan_meier/setting=months_1"]
    # After 30 days two have neither passed nor ended: those who failed in March and in May.
    assert at["n"] == 2
    assert at["value"] == pytest.approx(7 / 9)
    later = cells.loc["manufacturing/passing_share/kaplan_meier/setting=months_3"]
    assert (later["n"], later["value"]) == (1, pytest.approx(8 / 9))
    followed = cells.loc["manufacturing/passing_share/setting=months_3"]
    # Sat at least 91 days before the end: 5 in March, 6 in May, and those of 1 June.
    assert (followed["n"], followed["value"]) == (6, pytest.approx(5 / 6))


def test_poverty_lines_grow_with_the_household_and_prices():
    lines = poverty_lines(2023, {2023: 100.0})
    assert lines == [14_580, 19_720, 24_860, 30_000]
    assert poverty_lines(2010, {2010: 50.0, 2018: 100.0})[0] == 12_140 / 2


def test_price_levels_cover_the_states():
    parities = read_parities()
    assert len(parities) == 51
    assert parities["CA"] > 100 > parities["MS"]
