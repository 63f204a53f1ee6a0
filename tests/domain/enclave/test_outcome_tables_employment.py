"""Who is seen in wages, in the industry or elsewhere, and what the industry pays over elsewhere."""

import numpy as np
import pytest

from credential_pipeline.engines.sampling import wilson
from tests.domain.enclave.outcome_tables_world import Result, World, award, tabulated

FACTOR = 304.702 / 232.957  # dollars of 2013 in dollars of 2023


@pytest.fixture(scope="module")
def found() -> Result:
    """Six learners with an award in 2012; the wage files cover 2009 to 2015."""
    keys = {"A": None, "B": None, "C": 2013, "D": 2012, "E": None, "F": None}
    return tabulated(
        World(
            learners=[(key, 1990, "M", "black" if key in "ABC" else "white", died) for key, died in keys.items()],
            credentials=[
                award(key, "nims" if key == "F" else "mssc", "N1" if key == "F" else "CPT", "2012-06-01")
                for key in keys
            ],
            employers=[("E1", "332710"), ("E2", "722511"), ("E3", None)],
            wages=[
                *(("A", year, "E1", 40000.0) for year in range(2009, 2016)),
                ("B", 2013, "E2", 25000.0),
                ("C", 2013, "E1", 60000.0),
                ("C", 2014, "E1", 60000.0),
                ("D", 2013, "E1", 99999.0),
                ("E", 2013, "E3", 20000.0),
                ("F", 2013, "E9", 30000.0),
            ],
        )
    )


def test_the_dead_stay_in_the_cohort_at_every_horizon(found: Result) -> None:
    assert (found.value("wage_matched_share/h=1"), found.cell("wage_matched_share/h=1")["n"]) == (0.833333, 6)
    assert (found.value("wage_matched_share/h=2"), found.cell("wage_matched_share/h=2")["n"]) == (0.166667, 6)
    assert (found.count("died_before/h=1"), found.count("died_before/h=2")) == (1, 2)


def test_years_that_the_wage_files_lack_are_not_available(found: Result) -> None:
    cell = found.cell("wage_matched_share/h=4")
    assert (cell["value"], cell["n"], cell["status"]) == (None, 0, -1)
    assert found.count("year_not_covered/h=4") == 6


def test_horizons_before_the_award_count(found: Result) -> None:
    assert found.value("wage_matched_share/h=-3") == pytest.approx(1 / 6, abs=1e-6)


def test_industry_is_that_of_the_main_employer(found: Result) -> None:
    assert found.value("in_industry_share/h=1") == 0.4
    assert found.value("in_industry_share/race=black/h=1") == pytest.approx(2 / 3, abs=1e-6)
    assert found.cell("in_industry_share/h=1")["numerator_count_id"] == "in_industry/h=1"


def test_sectors_add_up_and_an_unknown_employer_is_its_own_category(found: Result) -> None:
    shares = {
        row["sector"]: row["value"]
        for row in found.outcomes
        if row["cell_id"].startswith("manufacturing/sector_share/sector") and row["horizon"] == 1
    }
    assert shares == {"31-33": 0.4, "72": 0.2, "unknown": 0.4}
    assert found.value("sector_share/certifier=nims/sector=unknown/h=1") == 1.0


def test_premium_is_the_difference_of_medians(found: Result) -> None:
    cell = found.cell("in_industry_premium/h=1")
    assert cell["value"] == pytest.approx((50000 - 25000) * FACTOR, abs=1e-5)
    assert (cell["n"], cell["n_count_id"], cell["numerator_count_id"]) == (5, "wage_matched/h=1", "in_industry/h=1")
    assert cell["low"] < cell["value"] < cell["high"]
    assert found.value("in_industry_premium/race=black/h=1") == pytest.approx((50000 - 25000) * FACTOR, abs=1e-5)


def test_premium_needs_both_sides(found: Result) -> None:
    assert found.cell("in_industry_premium/race=white/h=1")["status"] == -1
    assert not [row for row in found.outcomes if row["table"] == "premium" and row["horizon"] < 1]


def test_band_of_a_share_is_that_of_two_in_five(found: Result) -> None:
    cell = found.cell("in_industry_share/h=1")
    low, high = wilson(np.array([0.4]), np.array([5.0]))
    assert cell["low"] == pytest.approx(low[0], abs=0.05)
    assert cell["high"] == pytest.approx(high[0], abs=0.05)
    assert cell["low"] <= low[0]
    assert cell["high"] >= high[0] - 1e-6


def test_part_of_a_sector_is_counted_apart() -> None:
    world = World(
        learners=[(key, 1990, "M", "white", None) for key in "AB"],
        credentials=[award(key, "mssc", "CPT", "2012-06-01") for key in "AB"],
        employers=[("E1", "325412"), ("E2", "332710")],
        wages=[("A", 2013, "E1", 1.0), ("B", 2013, "E2", 1.0)],
    )
    found = tabulated(world, naics=["3254"])
    assert found.count("sector_in_industry/sector=31-33/h=1") == 1
    assert found.count("sector/sector=31-33/h=1") == 2
    parts = [
        row["part_count_id"]
        for row in found.equations
        if row["equation_id"] == "in_industry/h=1 = in_industry_by_sector"
    ]
    assert parts == ["sector_in_industry/sector=31-33/h=1"]
