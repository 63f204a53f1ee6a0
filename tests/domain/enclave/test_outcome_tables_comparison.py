"""The comparison group in worlds written by hand, whose effects are known to the cent."""

import csv
from typing import Any

import numpy as np
import pytest

from credential_pipeline.enclave.outcome_tables.questions.comparison.price_of_work import two_way_levels
from credential_pipeline.foundation.reference.load import FOLDER
from tests.domain.enclave.outcome_tables_world import Result, Row, World, attempt, award, tabulated

YEARS = range(2005, 2016)
with (FOLDER / "cpi_u.csv").open(encoding="utf-8") as file:
    INDEX = {int(row["year"]): float(row["index"]) for row in csv.DictReader(file)}


def pay(key: str, level: float, growth: float, changes: dict[int, float] | None = None) -> list[Row]:
    """Wages that are worth ``level`` a year until 2008 and ``growth`` more in every year after it, but for some changes."""
    real = {year: level + growth * max(year - 2008, 0) + (changes or {}).get(year, 0.0) for year in YEARS}
    return [(key, year, "E1", amount * INDEX[year] / INDEX[2023]) for year, amount in real.items()]


def add(world: World, key: str, sex: str = "M", race: str = "white", state: str = "OH", born: int = 1980) -> None:
    world.persons.append((key, f"{born}-03-01", sex, race, state))


def hold(
    world: World, key: str, sex: str = "M", race: str = "white", day: str = "2010-06-01", born: int = 1980
) -> None:
    add(world, key, sex, race, born=born)
    world.learners.append((key, born, sex, race, None))
    world.credentials.append(award(key, "mssc" if sex == "M" else "nims", "CPT" if sex == "M" else "N1", day))


EFFECT = dict.fromkeys(range(2011, 2016), 1000.0)


def planted() -> World:
    """Three men gain 1,000 and lose 700 in the year before, two women gain 2,500; twelve men and six women do not hold."""
    world = World(employers=[("E1", "332710")])
    for number in range(3):
        hold(world, f"HM{number}")
        world.wages += pay(f"HM{number}", 30000, 500, EFFECT | {2009: -700.0})
    for number in range(2):
        hold(world, f"HW{number}", "F")
        world.wages += pay(f"HW{number}", 50000, -200, {year: 2.5 * gain for year, gain in EFFECT.items()})
    for number in range(12):
        add(world, f"OM{number}")
        world.wages += pay(f"OM{number}", 30000, 500 + (100 if number % 2 else -100))
    for number in range(6):
        add(world, f"OW{number}", "F", state="CA" if number else "OH")
        world.wages += pay(f"OW{number}", 50000, -200 + (100 if number % 2 else -100))
    return world


@pytest.fixture(scope="module")
def found() -> Result:
    return tabulated(planted())


@pytest.mark.parametrize("horizon", [1, 2, 3, 4, 5])
def test_planted_effects_are_recovered(found: Result, horizon: int) -> None:
    tail = f"h={horizon}"
    assert found.value(f"comparison_effect/sex=M/{tail}") == pytest.approx(1000, abs=0.05)
    assert found.value(f"comparison_effect/certifier=nims/credential=N1/{tail}") == pytest.approx(2500, abs=0.05)
    assert found.value(f"comparison_effect/{tail}") == pytest.approx((3 * 1000 + 2 * 2500) / 5, abs=0.05)
    assert found.value(f"comparison_effect/comparison_effect_as_matched/{tail}") == pytest.approx(1600, abs=0.05)


def test_the_dip_before_the_award_is_seen_and_is_no_effect(found: Result) -> None:
    assert found.value("comparison_effect/sex=M/h=-1") == pytest.approx(-700, abs=0.05)
    assert found.value("comparison_effect/sex=F/h=-1") == pytest.approx(0, abs=0.05)
    assert found.value("comparison_effect/sex=M/h=0") == pytest.approx(0, abs=0.05)


def trend(found: Result, horizon: int, level: str = "all") -> dict[str, Any]:
    """What the monitor has of a group in a year before the award."""
    return next(row for row in found.trends_before if (row["horizon"], row["level"]) == (horizon, level))


def test_a_path_that_began_before_the_matched_years_is_seen() -> None:
    """The men, matched on 2007 and 2008, earned 900 less than the others in the years before."""
    world = planted()
    men = [row for row in world.wages if row[0].startswith("HM") and row[1] in (2005, 2006)]
    world.wages = [row for row in world.wages if row not in men]
    world.wages += [(key, year, firm, amount - 900 * INDEX[year] / INDEX[2023]) for key, year, firm, amount in men]
    found = tabulated(world)
    for horizon, less in ((-5, 900), (-4, 900), (-3, 0), (-2, 0)):
        row = trend(found, horizon, "M")
        assert (row["n"], row["value"]) == (3, pytest.approx(-less, abs=0.05))
        assert row["earnings"] == pytest.approx(30000 - less, abs=0.05)
        assert trend(found, horizon, "F")["value"] == pytest.approx(0, abs=0.05)
        assert trend(found, horizon)["value"] == pytest.approx(-less * 3 / 5, abs=0.05)


def test_what_would_have_happened_anyway_is_earnings_less_the_effect(found: Result) -> None:
    assert found.value("matched_holder_earnings/sex=M/h=3") == pytest.approx(30000 + 5 * 500 + 1000, abs=0.05)
    assert found.value("counterfactual_earnings/sex=M/h=3") == pytest.approx(30000 + 5 * 500, abs=0.05)


def test_everybody_has_somebody_to_be_compared_with(found: Result) -> None:
    assert (found.value("common_support_share"), found.count("comparison_matched")) == (1.0, 5)
    assert found.value("common_support_share/without_others") == 0
    assert found.value("balance_difference/balance_women_before") == pytest.approx((0.4 - 1 / 3) / 0.4899, abs=1e-3)
    assert found.value("balance_difference/balance_women_after") == 0
    assert found.value("balance_difference/balance_earnings_3_after") == pytest.approx(0, abs=1e-4)


def test_where_the_others_could_be_holders_without_a_key_nobody_is_compared() -> None:
    """Eighteen do not hold as far as keys tell: one holder without a key may be among them, two may not."""
    for without_key, told in ((0, True), (1, True), (2, False)):
        world = planted()
        world.coverage = [("reported", 5 + without_key), ("keyed", 5), ("no_person_key", without_key)]
        found = tabulated(world)
        assert (found.value("comparison_effect/h=3") is not None) is told
        assert (found.value("common_support_share/without_others") == 0) is told


def test_rows_in_another_order_give_the_same_tables(found: Result) -> None:
    assert tabulated(planted().shuffled(3), threads=2).outcomes == found.outcomes


@pytest.fixture(scope="module")
def beside() -> Result:
    """The same world with people who must not change it."""
    world = planted()
    hold(world, "ASIAN", race="asian")
    world.wages += pay("ASIAN", 30000, 9000)
    hold(world, "EARLY", day="2007-06-01")
    world.wages += pay("EARLY", 30000, 9000)
    hold(world, "UNSEEN")
    for key in ("TRIED", "OLD"):
        add(world, key)
        world.learners.append((key, 1980, "M", "white", None))
        world.wages += pay(key, 30000, 9000)
    world.credentials += [
        attempt("TRIED", "mssc", "CPT", "2010-05-01"),
        award("OLD", "mssc", "CPT", "2003-05-01"),
    ]
    add(world, "YOUNGER", born=1990)
    world.wages += pay("YOUNGER", 30000, 9000)
    add(world, "NOBODY")
    return tabulated(world)


def test_nobody_with_an_award_or_attempt_is_a_comparison(found: Result, beside: Result) -> None:
    for tail in ("certifier=mssc/credential=CPT/h=5", "sex=M/h=5", "h=1"):
        name = f"comparison_effect/{tail}"
        assert beside.cell(name)["n"] == found.cell(name)["n"]
        assert beside.value(name) == found.value(name)


def test_the_ledger_says_who_is_not_compared_and_why(beside: Result) -> None:
    support = beside.cell("common_support_share")
    # EARLY is not sought: the wage files do not cover three years before that award.
    assert (support["n"], support["value"]) == (7, pytest.approx(5 / 7))
    assert beside.value("common_support_share/without_others") == pytest.approx(1 / 7)
    assert beside.value("common_support_share/without_wages") == pytest.approx(1 / 7)
    assert beside.value("common_support_share/race=asian") == 0


def test_a_group_without_comparisons_has_cells_without_value(beside: Result) -> None:
    cell = beside.cell("comparison_effect/race=asian/h=1")
    assert (cell["value"], cell["low"], cell["status"], cell["n"]) == (None, None, -1, 0)


def test_nothing_is_told_of_a_group_most_of_which_earned_nothing_before() -> None:
    world = planted()
    world.wages = [row for row in world.wages if not (row[0][1] == "W" and row[1] in (2007, 2008))]
    found = tabulated(world)
    women, men = (found.cell(f"comparison_effect/sex={sex}/h=3") for sex in ("F", "M"))
    assert (women["value"], women["low"], women["status"], women["n"]) == (None, None, -1, 2)
    assert found.cell("counterfactual_earnings/sex=F/h=3")["value"] is None
    assert found.value("matched_holder_earnings/sex=F/h=3") == pytest.approx(50000 - 5 * 200 + 2500, abs=0.05)
    assert men["value"] == pytest.approx(1000, abs=0.05)
    # Three of the five earned something, so there is a figure for everybody.
    assert found.cell("comparison_effect/h=3")["n"] == 5
    assert found.cell("comparison_effect/h=3")["value"] is not None


def test_people_of_another_ethnicity_are_no_comparison_while_there_are_others() -> None:
    world = planted()
    for number in range(12):
        add(world, f"OH{number}")
        world.persons[-1] = (*world.persons[-1], "hispanic")
        world.wages += pay(f"OH{number}", 30000, 900)
    found = tabulated(world)
    assert found.value("comparison_effect/sex=M/h=1") == pytest.approx(1000, abs=0.05)
    # Where nobody else is left, they are: 500 of what holders gained a year fewer than those who gained 900.
    world.persons = [row for row in world.persons if not row[0].startswith("OM")]
    left = tabulated(world)
    assert left.cell("comparison_effect/sex=M/h=1")["n"] == 3
    assert left.value("comparison_effect/sex=M/h=1") == pytest.approx(1000 + 3 * (500 - 900), abs=0.05)


def lives(world: World, key: str, rng: np.random.Generator, employer: str, changes: dict[int, float]) -> None:
    """Wages of somebody who earns about 30,000, with some changes; a change of -1 takes the year's row away."""
    level = rng.normal(30000, 2000)
    for _, year, _, amount in pay(key, level, 300, {year: more for year, more in changes.items() if more != -1}):
        if changes.get(year) != -1:
            world.wages.append((key, year, employer, round(float(amount + rng.normal(0, 1000)), 2)))


@pytest.mark.parametrize("covered", [True, False])
def test_years_that_the_files_do_not_cover_are_no_zeros(*, covered: bool) -> None:
    """Newcomers gain 3,000 later; a state whose early files are missing is not full of newcomers."""
    rng, gap = np.random.default_rng(1), {2005: -1.0, 2006: -1.0}
    world = World(employers=[("EO", "332710", "OH"), ("EI", "332710", "IN")])
    newcomer = gap | dict.fromkeys(range(2011, 2016), 3000.0)
    for number in range(260):
        hold(world, f"HM{number}")
        lives(world, f"HM{number}", rng, "EO", newcomer if number % 10 == 0 else {} if covered else gap)
    for number in range(700):
        add(world, f"OM{number}", state="IN")
        lives(world, f"OM{number}", rng, "EI", newcomer if number % 10 == 0 else {})
    found = tabulated(world)
    for horizon in (1, 3, 5):
        assert found.value(f"comparison_effect/h={horizon}") == pytest.approx(0, abs=250)


def test_nobody_else_alone_decides_what_a_difference_is_worth() -> None:
    """One other alone worked in the industry as early as the holders, and wins 60,000 in 2012: that is not what it is worth."""
    rng, world = np.random.default_rng(1), World(employers=[("E1", "332710", "OH"), ("E2", "722511", "OH")])
    for number in range(640):
        key, early = f"P{number:03}", number <= 40
        (hold if number < 40 else add)(world, key)
        lives(world, key, rng, "E2", {2012: 60000.0} if number == 40 else {})
        world.wages = [
            (who, year, "E1" if who == key and (early or year > 2006) else employer, paid)
            for who, year, employer, paid in world.wages
        ]
    found = tabulated(world)
    assert found.value("comparison_effect/comparison_effect_as_matched/h=2") == pytest.approx(0, abs=1000)
    assert found.value("comparison_effect/h=2") == pytest.approx(0, abs=1000)


def ahead_five_years_before() -> World:
    """Holders earned 2,000 more than the others five years before the award, and in no other year."""
    rng, world = np.random.default_rng(4), World(employers=[("E1", "332710", "OH")])
    for number in range(440):
        key = f"P{number:03}"
        (hold if number < 40 else add)(world, key)
        lives(world, key, rng, "E1", {2005: 2000.0} if number < 40 else {})
    return world


def test_years_that_the_correction_knows_are_left_as_matched() -> None:
    found = tabulated(ahead_five_years_before(), horizons={"first": -5, "last": 5})
    assert found.value("comparison_effect/h=-5") == pytest.approx(2000, abs=500)
    as_matched = {row["horizon"] for row in found.outcomes if row["definition"] == "comparison_effect_as_matched"}
    assert as_matched == {-1, *range(6)}


def test_years_before_the_base_are_tests_that_are_told_of_everybody() -> None:
    """Nobody is matched on them, so readers can see whether the two had been on one path, whatever the horizons."""
    found = tabulated(ahead_five_years_before())
    five, four = (f"comparison_effect/comparison_effect_{years}_before" for years in (5, 4))
    assert found.value(five) == pytest.approx(2000, abs=500)
    assert found.value(four) == pytest.approx(0, abs=500)
    trends = {(row["dimension"], row["horizon"]): row["value"] for row in found.trends_before}
    assert found.value(five) == pytest.approx(trends["all", -5], abs=0.01)
    paid = {row["definition"]: (row["employers"], row["largest_employer"]) for row in found.outcomes}
    # An amount that does not say who paid it is hidden.
    assert paid["comparison_effect_5_before"] == (1, 1.0)


def test_what_a_state_pays_is_told_from_what_its_sectors_pay() -> None:
    """State 0 pays 0.2 more and holds most of sector 1; sectors pay alike."""
    n = np.array([[20_000.0, 600_000.0], [600_000.0, 20_000.0], [0.0, 0.0]])
    told = n * np.array([0.1, -0.1]) + n * 9.0
    sectors, states = two_way_levels(n, told)
    assert states[0] - states[1] == pytest.approx(0.2, abs=0.01)
    assert sectors[0] - sectors[1] == pytest.approx(0, abs=0.01)
    assert sectors[2] == 0


def test_without_any_other_people_every_figure_is_missing() -> None:
    world = planted()
    world.persons = [row for row in world.persons if row[0].startswith("H")]
    found = tabulated(world)
    rows = [row for row in found.outcomes if row["table"] == "comparison" and row["measure"] != "common_support_share"]
    assert len(rows) > 50
    assert {(row["value"], row["status"]) for row in rows} == {(None, -1)}
    assert found.value("common_support_share") == 0


def test_whoever_has_no_earnings_counts_only_where_zeros_are_kept() -> None:
    world = planted()
    world.wages = [row for row in world.wages if (row[0], row[1]) != ("HM0", 2011)]
    found = tabulated(world)
    assert found.cell("comparison_effect/sex=M/h=1")["n"] == 2
    assert found.value("comparison_effect/sex=M/h=1") == pytest.approx(1000, abs=0.05)
    zeros = found.cell("comparison_effect/comparison_effect_with_zeros/h=1")
    # Earnings of 0 instead of 30,000 + 3 * 500 + 1,000.
    assert (zeros["n"], zeros["value"]) == (5, pytest.approx(1600 - 32500 / 5, abs=0.05))


def test_others_of_the_own_state_come_first() -> None:
    world = planted()
    for number in range(12):
        add(world, f"CA{number}", state="CA")
        world.wages += [(key, year, "E2", wages) for key, year, _, wages in pay(f"CA{number}", 30000, 700)]
    assert tabulated(world).value("comparison_effect/sex=M/h=1") == pytest.approx(1000, abs=0.05)


def test_the_matched_premium_compares_holders_who_were_alike() -> None:
    world = World(employers=[("E1", "332710"), ("E2", "722511")])
    lines = [("IN", 30000, 4000, "E1"), ("OUT", 30000, 1000, "E2"), ("RICH", 90000, 9000, "E2")]
    for kind, level, growth, after in lines:
        for number in range(3):
            hold(world, f"{kind}{number}")
            for key, year, employer, wages in pay(f"{kind}{number}", level, growth):
                world.wages.append((key, year, after if year > 2010 else employer, wages))
    found = tabulated(world)
    cell = found.cell("premium_matched/h=1")
    assert (cell["n"], cell["value"]) == (3, pytest.approx(3 * 3000, abs=0.05))
    assert found.cell("in_industry_premium/h=1")["value"] < 0
    assert found.value("premium_matched/race=white/h=5") == pytest.approx(7 * 3000, abs=0.05)
