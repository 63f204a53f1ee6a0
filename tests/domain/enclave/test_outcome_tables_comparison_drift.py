"""What an effect could be if holders and others had drifted on: a lasting pace and a dip of two years lie in the range, and how sure it is."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from credential_pipeline.enclave.outcome_tables.questions.comparison.correction import corrected, covariates
from credential_pipeline.enclave.outcome_tables.questions.comparison.drift import Mean, average, drifting, mean_of
from credential_pipeline.enclave.outcome_tables.questions.comparison.effects import effects
from credential_pipeline.enclave.outcome_tables.questions.comparison.gaps import gaps
from credential_pipeline.engines.sampling import REACH
from tests.domain.enclave.outcome_tables_world import Result, World, tabulated
from tests.domain.enclave.test_outcome_tables_comparison import YEARS, add, hold, lives
from tests.domain.enclave.test_outcome_tables_comparison_errors import frame

EFFECT = dict.fromkeys(range(2011, 2016), 2500.0)
PACE = {year: 250.0 * (year - 2007.5) for year in YEARS}
#: The base is 1,200 below what holders usually earn, which comes back.
DIP = dict.fromkeys((2007, 2008), -1200.0)


def world_of(*changes: dict[int, float], early: int = 150, employers: int = 1, unlike: int = 0) -> Result:
    """Holders of 2010 beside nine times as many others, all of about 30,000.

    So many holders have earnings before the base, at so many employers; so many more are like nobody, all at one other.
    """
    rng, world = np.random.default_rng(6), World(employers=[(f"E{place}", "332710", "OH") for place in range(1, 10)])
    whole = {year: sum(change.get(year, 0.0) for change in changes) for year in YEARS}
    for number in range(1500):
        key = f"P{number:03}"
        (hold if number < 150 else add)(world, key)
        later = dict.fromkeys((2005, 2006), -1.0) if early <= number < 150 else {}
        lives(world, key, rng, f"E{number % employers + 1}", whole | later if number < 150 else {})
    for number in range(unlike):
        hold(world, f"U{number:03}", "F")
        lives(world, f"U{number:03}", rng, "E9", {})
    return tabulated(world)


def ends(found: Result, horizon: int, definition: str = "") -> tuple[float, float]:
    cell = found.cell(f"comparison_effect{definition}/h={horizon}")
    return cell["low"], cell["high"]


WIDER = "/comparison_effect_if_drifting"


@pytest.mark.parametrize("apart", [PACE, DIP], ids=["a pace of their own", "a dip of two years"])
def test_what_the_tests_show_is_in_the_range(apart: dict[int, float]) -> None:
    found = world_of(EFFECT, apart)
    for horizon in (3, 5):
        low, high = ends(found, horizon)
        least, most = ends(found, horizon, WIDER)
        assert apart is DIP or not low <= 2500 <= high
        assert least <= 2500 <= most
        assert least <= low
        assert high <= most


def test_without_drift_the_range_still_tells_an_effect_from_nothing() -> None:
    found = world_of(EFFECT)
    for horizon in (1, 3, 5):
        least, most = ends(found, horizon, WIDER)
        assert 0 < least <= 2500 <= most
        assert found.value(f"comparison_breakdown/h={horizon}") > 1
        assert found.value(f"comparison_effect{WIDER}/h={horizon}") == found.value(f"comparison_effect/h={horizon}")
    rows = [row for row in found.outcomes if row["definition"] == "comparison_effect_if_drifting"]
    assert {row["horizon"] for row in rows} == set(range(1, 6))
    assert {(row["employers"], row["largest_employer"]) for row in rows} == {(1, 1.0)}


def test_the_range_rests_on_the_fewest_holders_of_its_years() -> None:
    """Its ends give the tests back, and these are of the few who had earnings so early."""
    late = world_of(EFFECT, early=5)
    assert late.cell("comparison_effect/comparison_effect_5_before")["n"] == 5
    for told in (f"comparison_effect{WIDER}", "comparison_breakdown"):
        cell = late.cell(f"{told}/h=3")
        assert (cell["n"], late.count(cell["n_count_id"])) == (5, 5)
    assert late.cell("comparison_effect/h=3")["n"] == 150
    alone = world_of(EFFECT, early=1)
    assert alone.value(f"comparison_effect{WIDER}/h=3") is None


def test_the_range_is_of_those_who_paid_the_effect_too() -> None:
    """Most holders have no others like them, and one employer: the effect is not told, nor what would tell it again."""
    found = world_of(EFFECT, employers=5, unlike=900)
    largest = found.cell("comparison_effect/h=3")["largest_employer"]
    assert largest > 0.8
    assert found.cell("comparison_effect/comparison_effect_5_before")["largest_employer"] < 0.8
    for told in (f"comparison_effect{WIDER}", "comparison_breakdown"):
        assert found.cell(f"{told}/h=3")["largest_employer"] == largest


def test_drift_that_could_be_all_of_it_is_said_in_numbers() -> None:
    """No effect, and a pace that looks like one: less than the drift seen before would do."""
    found = world_of(PACE)
    assert ends(found, 5)[0] > 0
    assert 0 < found.value("comparison_breakdown/h=5") < 1


@pytest.mark.parametrize("correct", [False, True])
def test_what_everybody_adds_to_a_mean_is_its_error(*, correct: bool) -> None:
    made = frame(np.random.default_rng(3), 400, 900, 2, 500.0)
    found = gaps(made, 2)
    correction = corrected(made, found, covariates(made)) if correct else None
    assert (correction is not None) is correct
    told = effects(made, csr_matrix(np.ones((400, 1))), found, correction).figures["comparison_effect"]
    mean = mean_of(made, found, correction)
    assert mean.value == pytest.approx(told[0][0])
    assert np.sqrt(mean.covariance(mean)) == pytest.approx(told[1][0])


def drawn(rng: np.random.Generator, value: float, people: int, shared: np.ndarray, share: float) -> Mean:
    """A mean of so many people, part of whose luck is shared with another mean."""
    luck = share * shared + np.sqrt(1 - share**2) * rng.normal(0, 3000, people)
    return Mean(people, value + float(luck.mean()), (luck - luck.mean()) / people, np.zeros(1))


@pytest.mark.parametrize("way", [-1.0, 0.0, 1.0])
def test_the_range_holds_the_truth_as_often_as_it_says_if_drift_goes_on(way: float) -> None:
    """Drift of 150 a year before the award; after it as much, as much the other way, or none."""
    rng, horizon, held, many = np.random.default_rng(5), 5, 0, 400
    for _ in range(many):
        shared = rng.normal(0, 3000, 300)
        before = average([drawn(rng, -150 * years, 300, shared, 0.5) for years in (2.5, 1.5)])
        effect = drawn(rng, 2000 + way * 150 * (horizon + 2.5), 300, shared, 0.5)
        found = drifting(effect, before, 0.0, horizon)
        held += found.low <= 2000 <= found.high
    assert held / many >= 0.95


def test_what_cannot_be_told_from_nothing_needs_no_drift() -> None:
    rng = np.random.default_rng(7)
    shared = rng.normal(0, 3000, 300)
    before, effect = (drawn(rng, value, 300, shared, 0.4) for value in (-200.0, 100.0))
    assert drifting(effect, before, 0.0, 3).breakdown == 0


def test_at_the_breakdown_the_range_ends_at_nothing() -> None:
    rng = np.random.default_rng(7)
    shared = rng.normal(0, 3000, 300)
    before, effect = (drawn(rng, value, 300, shared, 0.4) for value in (-200.0, 3000.0))
    for side in (1.0, -1.0):
        signed = Mean(effect.n, side * effect.value, side * effect.own, effect.others)
        times = drifting(signed, before, 50.0, 3).breakdown
        more = Mean(before.n, times * before.value, times * before.own, before.others)
        found = drifting(signed, more, 50.0, 3)
        assert min(abs(found.low), abs(found.high)) == pytest.approx(0, abs=1e-6)
        assert found.breakdown == pytest.approx(1)


def test_what_the_correction_moved_beyond_chance_is_in_the_band() -> None:
    """Holders earned more within their cells, so that the match alone is off; the figure moves, and the band with it."""
    made = frame(np.random.default_rng(3), 400, 900, 2, 500.0)
    plain, moved = (
        effects(made, csr_matrix(np.ones((400, 1))), gaps(made, 2), one) for one in (None, shifted(made, 0.3))
    )
    assert plain.left[0] == 0
    by = plain.figures["comparison_effect"][0][0] - moved.figures["comparison_effect"][0][0]
    assert 0 < moved.left[0] < abs(by)
    assert moved.left[0] == pytest.approx(abs(by), rel=0.05)
    chance = effects(made, csr_matrix(np.ones((400, 1))), gaps(made, 2), shifted(made, 0.0))
    assert chance.left[0] < moved.left[0] / 10


def shifted(made, by):
    """A correction by one covariate, of which holders have so much more, and whose slope is 3,000."""
    found = gaps(made, 2)
    correction = corrected(made, found, covariates(made))
    apart = np.random.default_rng(8).normal(0, 0.05, (400, 1))
    apart += by - apart.mean()
    influence = correction.influence[:, :1] * 1e-6
    return replace(correction, apart=apart, slope=np.array([3000.0]), influence=influence)


def test_the_published_band_is_wider_by_what_was_moved() -> None:
    """Of two kinds of people, the kind whose earnings rise holds more often; the correction tells them, and the band says how much it did."""
    rng, world = np.random.default_rng(9), World(employers=[("E1", "332710", "OH"), ("E2", "722511", "OH")])
    rising = dict.fromkeys(range(2009, 2016), 3000.0)
    for number in range(900):
        key, holds = f"P{number:03}", number < 150
        (hold if holds else add)(world, key)
        start = rng.random() < (0.7 if holds else 0.2)
        lives(world, key, rng, "E1", (rising if start else {}) | ({2005: -6000.0, 2006: -6000.0} if start else {}))
    found = tabulated(world)
    told, matched = (
        found.cell(f"comparison_effect{definition}/h=3") for definition in ("", "/comparison_effect_as_matched")
    )
    moved = abs(told["value"] - matched["value"])
    half = (told["high"] - told["low"]) / 2
    assert moved > 500
    assert half > REACH * moved * 0.9


def test_a_pace_in_percent_is_in_the_range_where_earnings_rise() -> None:
    """Earnings double from the tests to the year; holders' grow by two percent a year more, so by twice the dollars in the end."""
    rng, world = np.random.default_rng(11), World(employers=[("E1", "332710", "OH")])
    rise = {year: 30000.0 * (1.08 ** (year - 2005) - 1) for year in YEARS}
    own = {year: (30000.0 + rise[year]) * (1.02 ** (year - 2007.5) - 1) for year in YEARS}
    for number in range(3000):
        key, holds = f"P{number:04}", number < 300
        (hold if holds else add)(world, key)
        lives(world, key, rng, "E1", {year: rise[year] + (own[year] if holds else 0.0) for year in YEARS})
    found = tabulated(world)
    for horizon in (3, 5):
        assert ends(found, horizon)[0] > 0
        least, most = ends(found, horizon, WIDER)
        assert least <= 0 <= most
