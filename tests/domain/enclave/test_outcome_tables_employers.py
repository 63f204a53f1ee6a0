"""Who pays the people behind an amount: counted by hand in a small world, and known for every amount."""

from dataclasses import replace

import numpy as np
import pytest

from credential_pipeline.enclave.outcome_release.mark import NO_WAGES
from credential_pipeline.enclave.outcome_tables.uncertainty.employers import Payers, payers
from credential_pipeline.enclave.outcome_tables.uncertainty.sums import Rows
from tests.domain.enclave.outcome_tables_world import World, award, tabulated
from tests.domain.enclave.release_world import world

YEAR = 2010


def test_employers_are_counted_and_the_largest_is_by_people_or_by_wages() -> None:
    group = np.array([0, 0, 0, 0, 1, 1, 2, 0], np.int32)
    employer = np.array([5, 5, 7, 9, 3, 3, -1, -1])
    wages = np.array([10_000.0, 10_000.0, 10_000.0, 90_000.0, 1.0, 2.0, np.nan, np.nan])
    found = payers(Rows(np.zeros(8, np.int32), group, 4), employer, wages)
    assert found.employers.tolist() == [3, 1, 0, 0]
    assert found.largest.tolist()[:2] == [0.75, 1.0]
    assert np.isnan(found.largest[2:]).all()
    by_people = payers(Rows(np.zeros(4, np.int32), group[:4], 1), employer[:4], np.full(4, 10.0))
    assert by_people.largest.tolist() == [0.5]


def test_of_two_groups_the_worse_counts() -> None:
    one, other = Payers(np.array([9]), np.array([0.2])), Payers(np.array([2]), np.array([0.6]))
    found = one.and_the(other)
    assert (found.employers.tolist(), found.largest.tolist()) == ([2], [0.6])


@pytest.fixture(scope="module")
def town() -> World:
    """Forty learners, of whom the women work for two employers of the industry and the men for five, one of them large."""
    made = World(employers=[(f"E{n}", "332710" if n < 5 else "722511") for n in range(8)])
    for number in range(40):
        key, woman = f"K{number:02}", number % 2 == 0
        made.learners.append((key, 1980, "F" if woman else "M", "white", None))
        made.credentials.append(award(key, "mssc", "CPT", f"{YEAR}-05-15", None, "pass"))
        employer = f"E{number % 4 // 2}" if woman else f"E{2 + number // 2 % 5}"
        made.wages += [(key, YEAR + 1, employer, 30_000.0 + 100 * number), (key, YEAR + 1, "E7", 500.0)]
    return made


def paid(found, cell: str) -> tuple:
    row = found.cell(cell)
    return row["employers"], row["largest_employer"]


def test_main_employers_of_every_group(town: World) -> None:
    found = tabulated(town)
    assert paid(found, "earnings_p50/sex=F/h=1") == (2, pytest.approx(0.5, abs=0.01))
    assert paid(found, "earnings_p50/sex=M/h=1") == (5, pytest.approx(0.2, abs=0.02))
    assert paid(found, "earnings_p50/h=1")[0] == 7
    assert paid(found, "wage_matched_share/h=1") == (None, None)
    premium = found.cell("in_industry_premium/h=1")
    # Outside of the industry there are two employers, inside five.
    assert premium["employers"] == 2


def test_row_order_does_not_matter(town: World) -> None:
    names = ["earnings_p50/h=1", "earnings_all_p50/h=1", "earnings_p75/sex=M/h=1"]
    assert [paid(tabulated(town), name) for name in names] == [
        paid(tabulated(town.shuffled(3)), name) for name in names
    ]


def test_every_amount_with_wages_says_who_paid() -> None:
    found = tabulated(replace(world(400, 5)), horizons={"first": -3, "last": 3})
    amounts = [
        row for row in found.outcomes
        if row["unit"] == "usd" and row["status"] == 1 and row["n"] and row["measure"] not in NO_WAGES
    ]  # fmt: skip
    assert len(amounts) > 300
    silent = {row["measure"] for row in amounts if row["employers"] is None or row["largest_employer"] is None}
    assert not silent
    assert all(0 < row["largest_employer"] <= 1 for row in amounts)
    assert {row["measure"] for row in amounts} >= {"earnings_p50", "own_change_p50", "in_industry_premium"}
