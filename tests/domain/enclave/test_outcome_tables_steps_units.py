"""Steps of outcome_tables before anything is counted: sectors, employers, and units followed through the years.

On relations written by hand: what goes in and what comes out fit on a page.
"""

from collections.abc import Iterator

import pytest

from credential_pipeline.enclave.outcome_tables.cells import CELLS
from credential_pipeline.enclave.outcome_tables.counts import COUNTS
from credential_pipeline.enclave.outcome_tables.earnings import price_factors
from credential_pipeline.enclave.outcome_tables.employment import (
    classify_employers,
    follow_up,
    sector_digits,
    whole_sectors,
)
from credential_pipeline.enclave.outcome_tables.grouping import GROUP
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.relation import Scratch
from tests.domain.enclave.outcome_steps_world import plan, rows, workplace


@pytest.fixture
def work() -> Iterator[Scratch]:
    with workplace() as made:
        yield made


def test_rows_of_a_shape_have_defaults_and_an_unknown_column_is_refused(work: Scratch) -> None:
    made = COUNTS.rows(work, "SELECT 'cohort' AS quantity, ? AS value", [7])
    assert made.columns == tuple(COUNTS.columns)
    assert rows(work, made, "quantity", "certifier", "sector", "horizon", "value", "learners") == [
        ("cohort", "all", "all", None, 7, None)
    ]
    with pytest.raises(ValueError, match=r"counts do not take what a step says.*measure"):
        COUNTS.rows(work, "SELECT 'x' AS measure")
    with pytest.raises(ValueError, match="lacks table, measure"):
        CELLS.union(work, made)


def test_digits_of_sectors_and_those_that_lie_in_the_industry_as_a_whole(work: Scratch) -> None:
    sectors = work.rows("sectors", {"code": "VARCHAR"}, [("31-33",), ("62",), ("44-45",)])
    digits = sector_digits(work, sectors)
    assert rows(work, digits, "sector", "digits") == [
        ("31-33", "31"), ("31-33", "32"), ("31-33", "33"), ("44-45", "44"), ("44-45", "45"), ("62", "62"),
    ]  # fmt: skip
    assert rows(work, whole_sectors(work, digits, plan(naics=["31", "32", "33", "44"])), "sector") == ["31-33"]


def test_employers_are_classed_by_their_smallest_code(work: Scratch) -> None:
    digits = work.rows("digits", {"sector": "VARCHAR", "digits": "VARCHAR"}, [("31-33", "33"), ("62", "62")])
    years = work.rows("years", {"employer_id": "VARCHAR"}, [("E1",), ("E1",), ("E2",), ("E3",), ("E4",)])
    employers = work.rows(
        "employers",
        {"employer_id": "VARCHAR", "naics": "VARCHAR"},
        [("E1", "621111"), ("E1", " 332710 "), ("E2", "99"), ("E3", None), ("E5", "332710")],
    )
    found = classify_employers(work, employers, years, digits, plan(naics=["3327"]))
    # E3's code is unknown, E4 is in no file, and E5 is nobody's main employer.
    assert rows(work, found, "employer_id", "sector", "coalesce(in_industry, false)") == [
        ("E1", "31-33", True), ("E2", "unknown", False), ("E3", "unknown", False),
    ]  # fmt: skip


def test_a_unit_is_followed_through_every_horizon(work: Scratch) -> None:
    kinds = {
        "uid": "INTEGER",
        "pid": "INTEGER",
        "lead": "BOOLEAN",
        "award_year": "INTEGER",
        "death_year": "INTEGER",
        "revoked_year": "INTEGER",
    }
    group = dict.fromkeys(GROUP, "VARCHAR")
    units = work.rows("units", kinds | group, [(1, 1, True, 2010, 2012, None, *["all"] * len(GROUP))])
    followed = follow_up(
        work,
        units,
        work.rows("covered", {"year": "INTEGER"}, [(2010,), (2011,), (2012,), (2013,)]),
        work.rows("shut", {"state": "VARCHAR", "year": "INTEGER"}, [("all", 2009), ("OH", 2010)]),
        work.rows(
            "person_years",
            {"pid": "INTEGER", "year": "INTEGER", "cents": "BIGINT", "employer_id": "VARCHAR"},
            [(1, 2010, 100_000, "E1"), (1, 2011, 200_000, "E2"), (1, 2013, 1, "E1"), (2, 2012, 5, "E1")],
        ),
        work.rows("factors", {"year": "INTEGER", "factor": "DOUBLE"}, [(2010, 2.0), (2011, 1.5)]),
        work.rows(
            "employers",
            {"employer_id": "VARCHAR", "sector": "VARCHAR", "in_industry": "BOOLEAN"},
            [("E1", "31-33", True)],
        ),
        plan(horizons={"first": -1, "last": 4}),
    )
    assert rows(work, followed, "horizon", "presence", "in_industry", "sector", "real") == [
        (-1, "year_not_covered", False, None, None),
        (0, "wage_matched", True, "31-33", 2000.0),
        (1, "wage_matched", False, "unknown", 3000.0),
        (2, "not_matched", False, None, None),
        (3, "died_before", False, None, None),
        (4, "year_not_covered", False, None, None),
    ]


def test_prices_of_the_base_year_over_those_of_the_year(work: Scratch) -> None:
    prices = work.rows("prices", {"year": "INTEGER", "index": "DOUBLE"}, [(2010, 100.0), (2011, 125.0), (2023, 250.0)])
    years = {"year": "INTEGER"}
    factors = price_factors(work, prices, work.rows("years", years, [(2010,), (2011,)]), plan(base_year=2023))
    assert rows(work, factors, "year", "factor") == [(2010, 2.5), (2011, 2.0), (2023, 1.0)]
    with pytest.raises(SafeError, match="2012"):
        price_factors(work, prices, work.rows("years", years, [(2010,), (2012,)]), plan(base_year=2023))
    with pytest.raises(SafeError, match="index of the base year 2020 is missing"):
        price_factors(work, prices, work.rows("years", years, [(2010,)]), plan(base_year=2020))
