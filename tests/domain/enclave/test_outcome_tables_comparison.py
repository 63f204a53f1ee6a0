"""The comparison group in worlds written by hand, whose effects are known to the cent."""

import csv
from dataclasses import fields, replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from credential_pipeline.enclave.outcome_tables.questions.comparison.correction import corrected, covariates
from credential_pipeline.enclave.outcome_tables.questions.comparison.effects import effects
from credential_pipeline.enclave.outcome_tables.questions.comparison.frames import Frames, Side
from credential_pipeline.enclave.outcome_tables.questions.comparison.gaps import gaps
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


def test_what_would_have_happened_anyway_is_earnings_less_the_effect(found: Result) -> None:
    assert found.value("matched_holder_earnings/sex=M/h=3") == pytest.approx(30000 + 5 * 500 + 1000, abs=0.05)
    assert found.value("counterfactual_earnings/sex=M/h=3") == pytest.approx(30000 + 5 * 500, abs=0.05)


def test_everybody_has_somebody_to_be_compared_with(found: Result) -> None:
    assert (found.value("common_support_share"), found.count("comparison_matched")) == (1.0, 5)
    assert found.value("common_support_share/without_others") == 0
    assert found.value("balance_difference/balance_women_before") == pytest.approx((0.4 - 1 / 3) / 0.4899, abs=1e-3)
    assert found.value("balance_difference/balance_women_after") == 0
    assert found.value("balance_difference/balance_earnings_3_after") == pytest.approx(0, abs=1e-4)


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


def frame(rng: np.random.Generator, holders: int, others: int, bins: int, effect: float = 0.0) -> Frames:
    """Made-up people: others serve in three award years each, and people differ in how they change for life."""
    people, years, first = holders + others, 12, 2000
    cents = np.full((people, years), 3_000_000) + rng.integers(-200_000, 200_000, (people, years))
    cents[:, 5:] += rng.normal(0, 400_000, (people, 1)).astype(np.int64)
    year = rng.integers(5, 8, holders)
    for person in range(holders):
        cents[person, year[person] + 1 :] += round(effect * 100)
    who, other_year = np.repeat(np.arange(holders, people), 3), np.tile([5, 6, 7], others)

    def cell(award: np.ndarray) -> np.ndarray:
        return (award - 5) * bins + rng.integers(0, bins, len(award))

    def side(person: np.ndarray, award: np.ndarray, cell: np.ndarray) -> Side:
        return Side(
            person, award + first, cell, np.full(len(person), 9999), person * years + award, np.zeros(len(person), int)
        )

    return Frames(
        uid=np.arange(holders),
        holders=side(np.arange(holders), year, cell(year)),
        others=side(who, other_year, cell(other_year)),
        cells=3 * bins,
        earnings=cents.ravel(),
        inside=rng.random(cents.size) < 0.3,
        sector_pay=rng.choice([-0.2, 0.0, 0.3], cents.size).astype(np.float32),
        state_pay=rng.choice([-0.1, 0.1], people).astype(np.float32),
        first_year=first,
        known=np.ones((2, years), dtype=np.bool_),
    )


def test_the_error_counts_a_person_once_however_often_he_serves() -> None:
    made = frame(np.random.default_rng(1), 40, 25, 2, 500.0)
    found = gaps(made, 2)
    members = csr_matrix(np.column_stack([np.ones(40), np.arange(40) % 3 == 0]).astype(np.float64))
    told = effects(made, members, found)
    for group, inside in enumerate((np.ones(40, dtype=bool), np.arange(40) % 3 == 0)):
        effect, error = by_hand(made, inside, 2)
        assert told.figures["comparison_effect"][0][group] == pytest.approx(effect)
        assert told.figures["comparison_effect"][1][group] == pytest.approx(error)


def by_hand(made: Frames, inside: np.ndarray, horizon: int) -> tuple[float, float]:
    """Effect and clustered error of a group, person by person."""

    def change(side: Side, place: int) -> float:
        at = side.place[place]
        before = (made.earnings[at - 3] + made.earnings[at - 2]) / 2
        return float(made.earnings[at + horizon] - before) / 100

    cells: dict[int, list[float]] = {}
    for place, cell in enumerate(made.others.cell):
        cells.setdefault(int(cell), []).append(change(made.others, place))
    mean = {cell: float(np.mean(values)) for cell, values in cells.items()}
    mine = np.array([change(made.holders, int(p)) - mean[int(made.holders.cell[p])] for p in np.flatnonzero(inside)])
    served: dict[int, float] = {}
    for place, cell in enumerate(made.others.cell):
        size = len(cells[int(cell)])
        held = int((made.holders.cell[inside] == cell).sum())
        residual = (change(made.others, place) - mean[int(cell)]) * np.sqrt(size / (size - 1))
        person = int(made.others.person[place])
        served[person] = served.get(person, 0.0) + held * residual / size
    variance = float(((mine - mine.mean()) ** 2).sum()) + sum(value**2 for value in served.values())
    return float(mine.mean()), float(np.sqrt(variance)) / len(mine)


def test_bands_hold_the_effect_as_often_as_they_say() -> None:
    members = csr_matrix(np.ones((150, 1)))
    hits = [0, 0]
    for seed in range(300):
        made = frame(np.random.default_rng(seed), 150, 120, 2, 300.0)
        found = gaps(made, 2)
        correction = corrected(made, found, covariates(made))
        assert correction is not None
        for place, told in enumerate((effects(made, members, found), effects(made, members, found, correction))):
            value, error = told.figures["comparison_effect"]
            hits[place] += abs(value[0] - 300.0) <= 1.96 * error[0]
    assert all(0.92 <= hit / 300 <= 0.98 for hit in hits), hits


def test_no_effect_in_none_out() -> None:
    members = csr_matrix(np.ones((150, 1)))
    found = [frame(np.random.default_rng(seed), 150, 80, 2) for seed in range(100)]
    values = [effects(made, members, gaps(made, 2)).figures["comparison_effect"] for made in found]
    middle, spread = (np.array([value[place][0] for value in values]) for place in (0, 1))
    assert abs(middle.mean()) < 3 * spread.mean() / np.sqrt(len(found))


def test_the_dead_and_uncovered_years_do_not_count_as_zeros() -> None:
    made = frame(np.random.default_rng(2), 30, 40, 1)
    last = made.holders.last_year.copy()
    last[:10] = made.holders.award_year[:10] + 1
    dead = replace(made, holders=replace(made.holders, last_year=last))
    assert gaps(dead, 1, zeros=True).holders.tolist() == list(range(30))
    assert gaps(dead, 2, zeros=True).holders.tolist() == list(range(10, 30))
    known = made.known.copy()
    known[:, 7] = False
    uncovered = replace(made, known=known)
    counted = gaps(uncovered, 1, zeros=True).holders
    assert counted.tolist() == np.flatnonzero(made.holders.award_year != 2006).tolist()
    # The state of the first ten has a gap; who lives elsewhere counts.
    known = made.known.copy()
    known[1] = False
    home = np.where(np.arange(30) < 10, 1, 0)
    gap = replace(made, known=known, holders=replace(made.holders, home=home))
    assert gaps(gap, 1, zeros=True).holders.tolist() == list(range(10, 30))


def alike_in_all_but_level(rng: np.random.Generator, others: int) -> Frames:
    """Sixty holders who earned 5,000 more before; half of what was earned before comes on top later, and 300 for holders."""
    made = frame(rng, 60, others, 1)
    cents = made.earnings.reshape(-1, 12).astype(np.float64)
    level = rng.integers(2_000_000, 4_000_000, len(cents)).astype(np.float64)
    level[:60] += 500_000
    cents[:] = level[:, None]
    cents[:, 5:] = 1.5 * level[:, None]
    cents[:60, 5:] += 30_000
    made = replace(made, earnings=cents.astype(np.int64).ravel())
    only = made.others.award_year == 2005
    return replace(made, others=Side(*(getattr(made.others, field.name)[only] for field in fields(Side))))


def test_the_correction_takes_off_what_the_match_leaves_different() -> None:
    made = alike_in_all_but_level(np.random.default_rng(5), 400)
    found = gaps(made, 2)
    assert found.gap.mean() > 1000
    correction = corrected(made, found, covariates(made))
    groups = csr_matrix(np.column_stack([np.ones(60), np.arange(60) < 20]).astype(np.float64))
    value, error = effects(made, groups, found, correction).figures["comparison_effect"]
    assert value == pytest.approx([300, 300], abs=0.1)
    assert error == pytest.approx([0, 0], abs=0.1)


def test_too_few_others_correct_nothing() -> None:
    made = alike_in_all_but_level(np.random.default_rng(5), 100)
    assert corrected(made, gaps(made, 2), covariates(made)) is None


def test_the_error_of_the_correction_counts_a_person_once() -> None:
    made = frame(np.random.default_rng(3), 40, 150, 2, 500.0)
    found, members = gaps(made, 2), csr_matrix(np.ones((40, 1)))
    known = covariates(made)
    correction = corrected(made, found, known)
    assert correction is not None
    told = effects(made, members, found, correction).figures["comparison_effect"]
    # By least squares on dummies of the cells, weighted as the match weighs.
    cell = made.others.cell[found.others]
    held = np.bincount(made.holders.cell, minlength=made.cells)
    weight = held[cell] / found.others_in[cell]
    wide = np.column_stack([known.others[found.others], np.eye(made.cells)[cell]]).astype(np.float64)
    change = (made.earnings[made.others.place + 2] - made.other_baseline)[found.others] / 100
    root = np.sqrt(weight)[:, None]
    slope = np.linalg.lstsq(wide * root, change * root[:, 0], rcond=None)[0]
    mine = np.column_stack([known.holders, np.eye(made.cells)[made.holders.cell]])
    gap = (made.earnings[made.holders.place + 2] - made.baseline) / 100 - mine @ slope
    residual = (change - wide @ slope) * np.sqrt(found.others_in[cell] / (found.others_in[cell] - 1.0))
    bread = np.linalg.pinv(wide.T @ (wide * weight[:, None]))
    influence = (weight * residual) * (wide @ (bread @ mine.sum(axis=0)))
    by_person = np.bincount(made.others.person[found.others], influence)
    assert told[0][0] == pytest.approx(gap.mean(), rel=1e-6)
    expected = np.sqrt(((gap - gap.mean()) ** 2).sum() + (by_person**2).sum()) / 40
    assert told[1][0] == pytest.approx(expected, rel=1e-4)


def test_what_sector_and_state_pay_is_part_of_the_comparison() -> None:
    """Whoever works where little is paid changes more; the correction knows, in a world of one cell."""
    rng = np.random.default_rng(7)
    made = frame(rng, 200, 600, 1, 0.0)
    cents = np.full((800, 12), 3_000_000.0)
    pay, state = np.where(np.arange(800) % 3 == 0, -0.3, 0.2), np.where(np.arange(800) % 4 == 0, -0.1, 0.1)
    pay[:150], state[:100] = -0.3, -0.1
    cents[:, 5:] -= (pay * 1_000_000 + state * 500_000)[:, None]
    cents += rng.normal(0, 50_000, cents.shape)
    made = replace(
        made,
        earnings=cents.astype(np.int64).ravel(),
        sector_pay=np.repeat(pay, 12).astype(np.float32),
        state_pay=state.astype(np.float32),
    )
    found, members = gaps(made, 2), csr_matrix(np.ones((200, 1)))
    correction = corrected(made, found, covariates(made))
    plain = effects(made, members, found).figures["comparison_effect"][0][0]
    value, error = (part[0] for part in effects(made, members, found, correction).figures["comparison_effect"])
    assert plain > 500
    assert abs(value) < 3 * error < 200
