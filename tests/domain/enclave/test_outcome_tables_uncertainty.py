"""Replicates of people and links, sums under them, and the bands of shares, means, percentiles and their differences."""

from dataclasses import dataclass

import numpy as np
import pytest

from credential_pipeline.enclave.outcome_tables.uncertainty.intervals import Bands, mean_bands, share_bands
from credential_pipeline.enclave.outcome_tables.uncertainty.percentiles import (
    Placed,
    Sorted,
    ascending,
    difference_bands,
    percentile_bands,
    place,
    sort_rows,
)
from credential_pipeline.enclave.outcome_tables.uncertainty.replicates import Ints, Reals, Replicates, draw
from credential_pipeline.enclave.outcome_tables.uncertainty.sums import Rows, sums
from credential_pipeline.engines.sampling import wilson
from tests.domain.enclave.outcome_tables_world import World, award, tabulated

ASKED = 300


def sure(people: int, replicates: int = 200) -> Replicates:
    return draw(np.ones(people), replicates)


@dataclass(frozen=True)
class Sample:
    """Rows of people in groups; below 0 a row is in no group."""

    person: Ints
    group: Ints
    groups: int

    def rows(self, replicates: Replicates, chosen: np.ndarray | None = None) -> Rows:
        kept = self.group >= 0 if chosen is None else (self.group >= 0) & chosen
        return Rows(replicates.pack[self.person[kept]], self.group[kept], self.groups)


def rows_of(person: Ints, group: Ints, groups: int) -> Sample:
    return Sample(np.asarray(person, np.int64), np.asarray(group, np.int64), groups)


def shares(replicates: Replicates, rows: Sample, of: Reals) -> Bands:
    return share_bands(sums(replicates, rows.rows(replicates, of == 1)), sums(replicates, rows.rows(replicates)))


def means(replicates: Replicates, rows: Sample, amounts: Reals) -> Bands:
    inside = rows.rows(replicates)
    return mean_bands(sums(replicates, inside, amounts[rows.group >= 0]), sums(replicates, inside))


def in_order(replicates: Replicates, rows: Sample, amounts: Reals) -> Sorted:
    order = ascending(rows.person, amounts)
    order = order[rows.group[order] >= 0]
    return sort_rows(Rows(replicates.pack[rows.person[order]], rows.group[order], rows.groups), amounts[order])


def placed(replicates: Replicates, rows: Sample, amounts: Reals, p: float) -> Placed:
    return place(replicates, in_order(replicates, rows, amounts), sums(replicates, rows.rows(replicates)), p)


def percentiles(replicates: Replicates, rows: Sample, amounts: Reals, p: float) -> Bands:
    return percentile_bands(placed(replicates, rows, amounts, p))


def covered(bands: Bands, truth: float) -> float:
    return float(np.mean((bands.low <= truth) & (truth <= bands.high)))


def samples(size: int, groups: int = ASKED) -> tuple[Replicates, Sample, np.random.Generator]:
    """Many groups of that size, of people in no particular order."""
    rng = np.random.default_rng(size)
    person = rng.permutation(size * groups) + 1
    return sure(size * groups), rows_of(person, np.repeat(np.arange(groups), size), groups), rng


def test_weights_are_those_of_a_poisson_bootstrap_over_links() -> None:
    probability = np.where(np.arange(40_000) % 2 == 0, 1.0, 0.6)
    found = draw(probability, 50)
    certain, doubtful = (found.weight_of(np.arange(start, 40_001, 2)) for start in (1, 2))
    assert certain.mean() == pytest.approx(1.0, abs=0.02)
    assert certain.var() == pytest.approx(1.0, abs=0.05)
    assert doubtful.mean() == pytest.approx(0.6, abs=0.01)
    # A person is a pack of one where the link is doubtful, and shares weights where it is certain.
    assert len(np.unique(found.pack[1::2])) <= 512
    assert len(np.unique(found.pack[2::2])) == 20_000


def test_the_same_people_have_the_same_weights() -> None:
    probability = np.random.default_rng(3).uniform(0.5, 1.0, 500)
    first, again = draw(probability, 200), draw(probability, 200)
    assert first.weights.tobytes() == again.weights.tobytes()
    fewer = draw(probability, 40)
    assert fewer.weights.shape == (first.packs, 40)


def test_sums_are_those_of_a_loop() -> None:
    rng = np.random.default_rng(4)
    replicates = draw(rng.uniform(0.3, 1.0, 80), 20)
    person, group = rng.integers(1, 81, 300), rng.integers(-1, 4, 300)
    values = rng.integers(-1000, 10_000_000, 300).astype(float)
    found = sums(replicates, rows_of(person, group, 4).rows(replicates), values[group >= 0])
    weights = replicates.weight_of(person)
    right = replicates.right[replicates.pack[person]]
    for own in range(4):
        inside = group == own
        assert found.plain[own] == values[inside].sum()
        assert found.drawn[own].tolist() == (weights[inside] * values[inside, None]).sum(axis=0).tolist()
        assert found.expected[own] == pytest.approx((right * values)[inside].sum())
        assert found.strict[own, 0] == values[inside & (right >= 0.9)].sum()


def test_order_of_rows_does_not_matter() -> None:
    rng = np.random.default_rng(5)
    replicates = draw(rng.uniform(0.3, 1.0, 400), 200)
    person, group = rng.integers(1, 401, 3000), rng.integers(-1, 6, 3000)
    # Every second amount is one that many have.
    amounts = np.where(rng.random(3000) < 0.5, 30_000.0, rng.integers(1, 9_000_000, 3000) / 100)

    def told(order: Ints) -> bytes:
        rows, money = rows_of(person[order], group[order], 6), amounts[order]
        of = (money > 25_000).astype(float)
        mean = means(replicates, rows, np.rint(money * 100))
        found = [shares(replicates, rows, of), percentiles(replicates, rows, money, 0.25), mean]
        return b"".join(end.tobytes() for bands in found for end in (bands.low, bands.high, bands.fragile))

    assert told(np.arange(3000)) == told(rng.permutation(3000))


def test_the_share_below_a_percentile_is_that_of_weighted_people() -> None:
    """Repeating each person as often as the weight says, and counting those at or below, is the same."""
    rng = np.random.default_rng(6)
    replicates, amounts = sure(41), np.sort(rng.uniform(0, 100, 41))
    rows = rows_of(np.arange(1, 42), np.zeros(41, int), 1)
    found = placed(replicates, rows, amounts, 20 / 41)
    weights = replicates.weight_of(np.arange(1, 42)).astype(int)
    for b in range(200):
        repeated = np.repeat(amounts, weights[:, b])
        assert found.below[0, b] == pytest.approx(np.mean(repeated <= amounts[19]))


def test_percentiles_are_interpolated_as_the_figures_are() -> None:
    amounts = np.array([3.0, 1.0, 2.0, 10.0, 5.0, 7.0])
    rows = rows_of(np.arange(1, 7), np.array([0, 0, 0, 2, 2, -1]), 3)
    given = in_order(sure(6), rows, amounts)
    assert given.percentile(0.25).tolist() == pytest.approx([1.5, np.nan, 6.25], nan_ok=True)


@pytest.mark.parametrize(("size", "truth"), [(30, 0.5), (300, 0.1), (300, 0.3), (300, 0.5)])
def test_bands_of_shares_cover(size: int, truth: float) -> None:
    replicates, rows, rng = samples(size, 3 * ASKED)
    found = shares(replicates, rows, (rng.random(len(rows.person)) < truth).astype(float))
    assert 0.93 <= covered(found, truth) <= 0.975


@pytest.mark.parametrize("size", [30, 300])
@pytest.mark.parametrize(("p", "truth"), [(0.25, -0.67449), (0.5, 0.0), (0.75, 0.67449)])
def test_bands_of_percentiles_cover(size: int, p: float, truth: float) -> None:
    replicates, rows, rng = samples(size, 3 * ASKED)
    found = percentiles(replicates, rows, rng.normal(size=len(rows.person)), p)
    # Ends are averaged over the ranks beside them, which makes bands of few people a little wider.
    assert 0.93 <= covered(found, truth) <= (0.975 if size > 100 else 0.99)


@pytest.mark.parametrize("size", [30, 300])
def test_bands_of_means_cover(size: int) -> None:
    replicates, rows, rng = samples(size, 3 * ASKED)
    amounts = np.rint(rng.normal(40_000, 9_000, len(rows.person)))
    found = means(replicates, rows, amounts)
    assert 0.93 <= covered(found, 40_000) <= 0.97


def difference(replicates: Replicates, rows: Sample, amounts: Reals, other: np.ndarray) -> Bands:
    sides = [rows_of(rows.person, np.where(side, rows.group, -1), rows.groups) for side in (~other, other)]
    return difference_bands(*(placed(replicates, side, amounts, 0.5) for side in sides))


def test_bands_of_differences_of_medians_cover() -> None:
    replicates, rows, rng = samples(200, 2 * ASKED)
    other = rng.random(len(rows.person)) < 0.4
    found = difference(replicates, rows, rng.normal(size=len(rows.person)) - 0.3 * other, other)
    assert 0.93 <= covered(found, 0.3) <= 0.985


def test_the_same_people_on_both_sides_differ_less_than_others_would() -> None:
    """Everybody has two amounts that hardly differ: the difference of the medians is known much better than each."""
    rng = np.random.default_rng(8)
    replicates, amounts = sure(400), rng.normal(size=400)
    rows = rows_of(np.tile(np.arange(1, 401), 2), np.zeros(800, int), 1)
    found = difference(replicates, rows, np.append(amounts, amounts + 0.01), np.arange(800) < 400)
    apart = difference(
        sure(800), rows_of(np.arange(1, 801), rows.group, 1), np.append(amounts, amounts), np.arange(800) < 400
    )
    assert found.high[0] - found.low[0] < 0.4 * (apart.high[0] - apart.low[0])


def test_people_who_are_counted_many_times_are_not_many_people() -> None:
    """Ten credentials of a person are one chance, not ten."""
    rng = np.random.default_rng(9)
    of = (rng.random(100) < 0.4).astype(float)
    once = shares(sure(100), rows_of(np.arange(1, 101), np.zeros(100, int), 1), of)
    person = np.repeat(np.arange(1, 101), 10)
    ten = shares(sure(100), rows_of(person, np.zeros(1000, int), 1), np.repeat(of, 10))
    assert ten.high[0] - ten.low[0] == pytest.approx(once.high[0] - once.low[0], rel=0.15)


def test_nobody_of_twenty_is_not_surely_nobody() -> None:
    found = shares(sure(20), rows_of(np.arange(1, 21), np.zeros(20, int), 1), np.zeros(20))
    assert found.low[0] == 0.0
    assert found.high[0] == pytest.approx(wilson(np.zeros(1), np.full(1, 20.0))[1][0])


def doubted(probability: float) -> tuple[Replicates, Sample, Reals]:
    """A thousand people; the link of every fifth has that probability, and those are the only ones without wages."""
    doubtful = np.arange(1000) % 5 == 0
    return (
        draw(np.where(doubtful, probability, 1.0), 200),
        rows_of(np.arange(1, 1001), np.zeros(1000, int), 1),
        (~doubtful).astype(float),
    )


def test_sure_links_have_no_part_in_the_band() -> None:
    replicates, rows, of = doubted(1.0)
    found = shares(replicates, rows, of)
    chance = wilson(np.array([0.8]), np.array([1000.0]))
    assert (found.low[0], found.high[0]) == pytest.approx((chance[0][0], chance[1][0]), abs=0.004)
    assert not found.fragile[0]


def test_doubtful_links_widen_the_band_to_where_the_figure_would_be_without_them() -> None:
    replicates, rows, of = doubted(0.6)
    found = shares(replicates, rows, of)
    assert found.low[0] == pytest.approx(0.775, abs=0.01)
    # Without the doubtful everybody has wages, which is another message.
    assert found.high[0] == 1.0
    assert found.fragile[0]


def test_doubtful_links_widen_the_band_of_a_median() -> None:
    replicates, rows, of = doubted(0.95)
    amounts = np.where(of == 1, np.arange(1000) + 30_000.0, np.arange(1000) * 1.0)
    unsure = percentiles(replicates, rows, amounts, 0.5)
    certain = percentiles(sure(1000), rows, amounts, 0.5)
    assert unsure.high[0] - unsure.low[0] > 1.5 * (certain.high[0] - certain.low[0])
    # At .99 nobody doubtful is left, and the median is that of the other 800.
    assert unsure.high[0] >= np.median(amounts[of == 1]) > certain.high[0]
    assert unsure.fragile[0]
    assert not certain.fragile[0]


def test_a_difference_that_turns_at_another_threshold_is_fragile() -> None:
    rng = np.random.default_rng(10)
    doubtful = np.arange(1000) % 4 == 0
    other = np.arange(1000) % 2 == 1
    # Among the people with certain links, those on the other side earn more; the doubtful turn that round.
    amounts = np.rint(rng.normal(30_000, 500, 1000)) + 400.0 * other + 90_000.0 * (doubtful & ~other)
    amounts = np.where(np.arange(1000) % 8 < 4, amounts + 60_000.0 * doubtful, amounts)
    rows = rows_of(np.arange(1, 1001), np.zeros(1000, int), 1)
    replicates = draw(np.where(doubtful, 0.5, 1.0), 200)
    found = difference(replicates, rows, amounts, other)
    assert found.fragile[0] == (found.low[0] < 0 < found.high[0])
    assert not difference(sure(1000), rows, amounts, other).fragile[0]


def test_a_group_of_nobody_has_no_band_and_one_of_one_has_no_width() -> None:
    replicates = sure(3)
    rows = rows_of(np.array([1]), np.array([1]), 2)
    share = shares(replicates, rows, np.ones(1))
    assert np.isnan([share.low[0], share.high[0]]).all()
    assert share.high[1] == 1.0
    amount = percentiles(replicates, rows, np.array([7.0]), 0.5)
    assert (amount.low[1], amount.high[1]) == (7.0, 7.0)
    assert np.isnan([amount.low[0], amount.high[0]]).all()


@pytest.mark.parametrize("doubtful", [(0.6, None), (1.0, 0.6), (0.75, 0.8)], ids=["enclave", "clearinghouse", "both"])
def test_cells_of_people_with_doubtful_links_have_wider_bands_and_are_fragile(
    doubtful: tuple[float, float | None],
) -> None:
    """Forty holders, of whom the ten with a doubtful link, on one side or the other, are the only ones without wages."""
    keys = [f"K{number:02}" for number in range(40)]
    world = World(
        learners=[(key, 1990, "M", "white", None) for key in keys],
        credentials=[award(key, "mssc", "CPT", "2012-06-01") for key in keys],
        wages=[(key, 2013, "E1", 30_000.0 + 100 * place) for place, key in enumerate(keys[10:])],
        employers=[("E1", "332710")],
    )
    sure_of = tabulated(world).cell("wage_matched_share/h=1")
    world.person_links = [(key, *(doubtful if key < "K10" else (1.0, 1.0))) for key in keys]
    found = tabulated(world)
    cell = found.cell("wage_matched_share/h=1")
    assert cell["value"] == sure_of["value"] == 0.75
    assert (cell["high"], cell["fragile"], sure_of["fragile"]) == (1.0, True, False)
    assert sure_of["high"] < 0.9
    # Whoever has wages has a certain link.
    assert not found.cell("earnings_p50/h=1")["fragile"]


def test_no_end_of_a_band_is_one_person_s_amount() -> None:
    """Each is an average of eleven: nobody moves it by more than an eleventh, or a little more where it is carried on."""
    rng = np.random.default_rng(11)
    wages = np.sort(rng.lognormal(10.5, 0.5, 40))

    def ends(amounts: Reals) -> Reals:
        rows = rows_of(np.arange(1, 41), np.zeros(40, int), 1)
        found = [percentiles(sure(40), rows, amounts, p) for p in (0.25, 0.5, 0.75)]
        return np.concatenate([end for bands in found for end in (bands.low, bands.high)])

    before = ends(wages)
    moved = []
    for rank in range(39):
        more = wages.copy()
        more[rank] += (wages[rank + 1] - wages[rank]) / 2
        moved.append(np.abs(ends(more) - before) / (more[rank] - wages[rank]))
    assert 0.05 < np.max(moved) < 0.25


def test_averaged_ranks_are_those_of_a_loop() -> None:
    rng = np.random.default_rng(12)
    sizes = [40, 1, 0, 21, 7]
    amounts = [np.sort(rng.lognormal(10, 0.5, size)) for size in sizes]
    group = np.repeat(np.arange(5), sizes)
    given = Sorted(rows_of(np.ones(len(group), int), group, 5).rows(sure(1)), np.concatenate(amounts), np.array(sizes))
    found = given.around(np.array([20.0, 0.0, 0.0, 10.0, 3.5]))
    assert found[0] == pytest.approx(amounts[0][15:26].mean())
    assert found[1] == pytest.approx(amounts[1][0])
    assert np.isnan(found[2])
    assert found[3] == pytest.approx(amounts[3][5:16].mean())
    assert found[4] == pytest.approx((amounts[4][2:5].mean() + amounts[4][3:6].mean()) / 2)
    edge, inner = (float(amounts[0][middle - 5 : middle + 6].mean()) for middle in (5, 10))
    assert given.around(np.array([2.0, 0, 0, 0, 0]))[0] == pytest.approx(edge - 3 * (inner - edge) / 5)
