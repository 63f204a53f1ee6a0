"""The comparison's figures and errors on arrays: clustered by person, corrected by regression, as often right as they say."""

from dataclasses import fields, replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from credential_pipeline.enclave.outcome_tables.questions.comparison.correction import corrected, covariates
from credential_pipeline.enclave.outcome_tables.questions.comparison.effects import effects
from credential_pipeline.enclave.outcome_tables.questions.comparison.frames import Frames, Side
from credential_pipeline.enclave.outcome_tables.questions.comparison.gaps import gaps


def frame(rng: np.random.Generator, holders: int, others: int, bins: int, effect: float = 0.0) -> Frames:
    """Made-up people: others serve in three award years each, and people differ in how they change for life."""
    people, years, first = holders + others, 12, 2000
    cents = np.full((people, years), 3_000_000) + rng.integers(-200_000, 200_000, (people, years))
    cents[:, 5:] += rng.normal(0, 400_000, (people, 1)).astype(np.int64)
    year = rng.integers(5, 8, holders)
    for person in range(holders):
        cents[person, year[person] + 1 :] += round(effect * 100)
    ages = np.full(people, 40)
    who, other_year = np.repeat(np.arange(holders, people), 3), np.tile([5, 6, 7], others)

    def cell(award: np.ndarray) -> np.ndarray:
        return (award - 5) * bins + rng.integers(0, bins, len(award))

    def side(person: np.ndarray, award: np.ndarray, cell: np.ndarray) -> Side:
        return Side(
            person=person,
            award_year=award + first,
            age=ages[person],
            cell=cell,
            last_year=np.full(len(person), 9999),
            place=person * years + award,
            home=np.zeros(len(person), int),
        )

    return Frames(
        uid=np.arange(holders),
        holders=side(np.arange(holders), year, cell(year)),
        others=side(who, other_year, cell(other_year)),
        cells=3 * bins,
        remembered=np.ones(3 * bins, dtype=np.bool_),
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
        made = frame(np.random.default_rng(seed), 150, 300, 2, 300.0)
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


def test_whoever_is_younger_in_a_wide_cell_gains_nothing_by_it() -> None:
    """Ages 21 to 25 stand in one cell, holders are younger, and each year younger means 1,000 more later, award or not."""
    rng = np.random.default_rng(3)
    made, members = frame(rng, 80, 300, 1), csr_matrix(np.ones((80, 1)))
    ages = np.where(np.arange(380) < 80, rng.integers(21, 24, 380), rng.integers(21, 26, 380))
    cents = made.earnings.reshape(-1, 12)
    cents[:, 5:] += (100_000 * (25 - ages))[:, None]
    made = replace(
        made,
        holders=replace(made.holders, age=ages[made.holders.person]),
        others=replace(made.others, age=ages[made.others.person]),
    )
    found = gaps(made, 2)
    correction = corrected(made, found, covariates(made))
    assert correction is not None
    matched, told = (effects(made, members, found, one).figures["comparison_effect"] for one in (None, correction))
    assert abs(told[0][0]) < 2 * told[1][0] < 1_000
    assert matched[0][0] - told[0][0] == pytest.approx(1_000, abs=400)


def test_too_few_others_correct_nothing() -> None:
    made = alike_in_all_but_level(np.random.default_rng(5), 100)
    assert corrected(made, gaps(made, 2), covariates(made)) is None


def test_the_error_of_the_correction_counts_a_person_once() -> None:
    made = frame(np.random.default_rng(3), 40, 320, 2, 500.0)
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
