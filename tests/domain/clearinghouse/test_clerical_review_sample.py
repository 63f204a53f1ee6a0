"""The sample and what it says: allocation, draw, agreement, and an estimate that holds the truth as often as it claims."""

import math
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest

from credential_pipeline.clearinghouse.clerical_review import sampling
from credential_pipeline.clearinghouse.clerical_review.agreement import agreements, kappa
from credential_pipeline.clearinghouse.clerical_review.batches import (
    SAMPLE,
    Batch,
    Pair,
    Settled,
    StratumSize,
    of_sample,
)
from credential_pipeline.clearinghouse.clerical_review.decisions import Anchor, Decision
from credential_pipeline.clearinghouse.clerical_review.estimate import Reviewed, exact_interval, figures, share
from credential_pipeline.clearinghouse.clerical_review.sampling import Stratum, allocate, draw
from credential_pipeline.clearinghouse.linked_records.link import link
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.engines.linkage_world import make_world, put_feeds

INDUSTRY = SimpleNamespace(
    industry="manufacturing",
    linkage=SimpleNamespace(link_threshold=0.3, review_threshold=0.15, max_candidate_pairs=10**8, max_wrong_share=0.5),
)
BIG = {
    Stratum("student", "near", linked=False): 600,
    Stratum("student", "10_up", linked=True): 110_000,
    Stratum("student", "0_to_10", linked=True): 900,
    Stratum("student", "below_0", linked=False): 40_000,
    Stratum("learner", "near", linked=False): 80,
    Stratum("learner", "10_up", linked=True): 1,
}


def test_half_of_a_batch_lies_near_the_threshold_and_no_stratum_is_left_out() -> None:
    given = allocate(BIG, 60)
    assert sum(given.values()) == 60
    assert sum(n for stratum, n in given.items() if stratum.band == "near") == 30
    assert given[Stratum("learner", "10_up", linked=True)] == 1
    assert min(n for stratum, n in given.items() if BIG[stratum] > 1) >= 2
    far = given[Stratum("student", "10_up", linked=True)], given[Stratum("student", "below_0", linked=False)]
    assert far[0] / far[1] == pytest.approx(math.sqrt(110_000 / 40_000), rel=0.25)


@pytest.mark.parametrize("size", [6, 7, 12, 13, 60, 500, 5000])
def test_a_batch_has_the_size_that_was_asked_for(size) -> None:
    given = allocate(BIG, size)
    assert sum(given.values()) == size
    assert all(1 <= given[stratum] <= BIG[stratum] for stratum in BIG)


def test_a_batch_without_pairs_near_the_threshold_takes_others() -> None:
    far = {stratum: n for stratum, n in BIG.items() if stratum.band != "near"}
    assert sum(allocate(far, 60).values()) == 60


def test_no_more_pairs_than_there_are_and_no_batch_smaller_than_its_strata() -> None:
    few = {Stratum("student", "near", linked=False): 3, Stratum("student", "10_up", linked=True): 4}
    assert allocate(few, 60) == few
    with pytest.raises(SafeError) as refusal:
        allocate(BIG, 5)
    assert refusal.value.code == "E_BATCH_SIZE"
    assert f"give {sampling.AT_LEAST * len(BIG)} or more" in str(refusal.value)


def test_the_size_that_is_asked_for_is_that_of_enough_in_every_stratum(monkeypatch) -> None:
    monkeypatch.setattr(sampling, "AT_LEAST", 3)
    with pytest.raises(SafeError, match="give 18 or more"):
        allocate(BIG, 5)


@pytest.fixture(scope="module")
def world():
    """A connection with linked tables, and whether each of their pairs is one person in truth."""
    made = make_world(6000, 1200, seed=3, level=2.0)
    # Little is known and much is linked, so that there are errors of both kinds to be found.
    rng = np.random.default_rng(1)
    made.profiles.loc[rng.random(len(made.profiles)) < 0.4, "birth_date"] = None
    for column in ("ssn_last4", "email", "street", "zip", "city", "middle_name"):
        made.profiles[column] = made.profiles[column].where(rng.random(len(made.profiles)) < 0.1)
    with connect(threads=1) as con:
        put_feeds(con, made)
        con.execute("CREATE SCHEMA linked_records")
        link(con, INDUSTRY)
        person = dict(zip(made.profiles["profile_id"], made.profiles["person"], strict=True))
        students = dict(zip(made.students["student_id"], made.students["person"], strict=True))
        rows = con.execute("SELECT pair_id, hop, left_id, right_id FROM linked_records.pairs").fetchall()
        truth = {
            pair: person[left] == (students[right] if hop == "student" else person[right])
            for pair, hop, left, right in rows
        }
        yield con, truth


def test_the_same_seed_draws_the_same_pairs_and_another_one_others(world) -> None:
    con, _ = world
    first, again, other = draw(con, 60, 1), draw(con, 60, 1), draw(con, 60, 2)
    assert first == again
    assert {pair.pair_id for pair in first.pairs} != {pair.pair_id for pair in other.pairs}
    assert len(first.pairs) == len({pair.pair_id for pair in first.pairs}) == 60
    assert sum(first.population.values()) == con.execute("SELECT count(*) FROM linked_records.pairs").fetchall()[0][0]


def test_strata_are_shuffled(world) -> None:
    drawn = draw(world[0], 60, 1).pairs
    assert [pair.stratum for pair in drawn] != sorted(pair.stratum for pair in drawn)
    assert [pair.pair_id for pair in drawn] != sorted(pair.pair_id for pair in drawn)


def test_what_stands_in_a_batch_is_not_drawn_again(world) -> None:
    con, _ = world
    first = {pair.pair_id for pair in draw(con, 60, 1).pairs}
    second = draw(con, 60, 1, first)
    assert not first & {pair.pair_id for pair in second.pairs}
    assert second.population == draw(con, 60, 1).population


def _batch(sample, number: int = 1, frame: str = "f") -> Batch:
    population, settled = of_sample(sample)
    pairs = tuple(Pair(p.pair_id, Anchor(p.hop, "c", p.pair_id), p.stratum.name, f"b{number}") for p in sample.pairs)
    return Batch(f"b{number}", number, SAMPLE, "manufacturing", "v", frame, 1, pairs, population, settled)


def _decided(batch: Batch, answers) -> list[Decision]:
    return [
        Decision(
            pair.anchor.hop, "c", pair.pair_id, batch=batch.name, pair_id=pair.pair_id, decision=answers(pair.pair_id)
        )
        for pair in batch.pairs
    ]


def _level(found, level: str) -> dict[str, float]:
    return {figure.metric: figure.value for figure in found if figure.level == level}


def test_the_interval_holds_the_truth_as_often_as_it_claims(world) -> None:
    con, truth = world
    rows = con.execute("SELECT pair_id, linked, hop FROM linked_records.pairs").fetchall()
    real = {}
    for level in ("all", "learner", "student"):
        chosen = [(pair, linked) for pair, linked, hop in rows if level in {"all", hop}]
        right = sum(truth[pair] and linked for pair, linked in chosen)
        real[level, "est_precision"] = right / sum(linked for _, linked in chosen)
        real[level, "est_recall"] = right / sum(truth[pair] for pair, _ in chosen)
    assert real["all", "est_precision"] < 0.995
    assert real["all", "est_recall"] < 0.99
    times = 150
    hits: Counter = Counter()
    points: dict = {key: [] for key in real}
    for seed in range(times):
        batch = _batch(draw(con, 150, seed))
        found = figures([batch], _decided(batch, lambda pair: "match" if truth[pair] else "no_match"))
        for level, metric in real:
            values = _level(found, level)
            points[level, metric].append(values[metric])
            assert 0 <= values[f"{metric}_low"] <= values[metric] <= values[f"{metric}_high"] <= 1
            hits[level, metric] += (
                values[f"{metric}_low"] - 1e-6 <= real[level, metric] <= values[f"{metric}_high"] + 1e-6
            )
    for key, value in real.items():
        assert hits[key] / times >= 0.93, (key, hits[key])
        error = np.std(points[key]) / math.sqrt(times)
        assert abs(np.mean(points[key]) - value) < max(4 * error, 0.002), key


def test_a_sample_of_everything_gives_the_truth(world) -> None:
    con, truth = world
    batch = _batch(draw(con, 10**6, 1))
    found = _level(figures([batch], _decided(batch, lambda pair: "match" if truth[pair] else "no_match")), "all")
    assert found["est_precision_low"] == pytest.approx(found["est_precision_high"], abs=1e-6)
    assert found["est_recall_low"] == pytest.approx(found["est_recall_high"], abs=1e-6)
    assert found["est_recall"] < 1


def _simple(matches: int, others: int, unsure: int = 0, **more) -> tuple[Batch, list[Decision]]:
    """A batch of linked pairs, and as many pairs apart that all fail to match."""
    answers = ["match"] * matches + ["no_match"] * others + ["unsure"] * unsure
    linked, apart = Stratum("student", "10_up", linked=True), Stratum("student", "below_0", linked=False)
    made = [Pair(f"L{i}", Anchor("student", "c", f"L{i}"), linked.name, "b1") for i in range(len(answers))]
    made += [Pair(f"A{i}", Anchor("student", "c", f"A{i}"), apart.name, "b1") for i in range(len(answers))]
    facts = {"population": (StratumSize(linked, 1000), StratumSize(apart, 1000))} | more
    batch = Batch("b1", 1, SAMPLE, "m", "v", "f", 1, tuple(made), **facts)
    said = dict(zip((f"L{i}" for i in range(len(answers))), answers, strict=True))
    return batch, _decided(batch, lambda pair: said.get(pair, "no_match"))


def test_unsure_pairs_widen_the_interval_at_both_ends_and_leave_the_point() -> None:
    sure = _level(figures(*[[part] if isinstance(part, Batch) else part for part in _simple(18, 2)]), "all")
    batch, decided = _simple(18, 2, unsure=4)
    unsure = _level(figures([batch], decided), "all")
    assert unsure["est_precision"] == sure["est_precision"] == 0.9
    assert unsure["est_precision_low"] < sure["est_precision_low"]
    assert unsure["est_precision_high"] >= sure["est_precision_high"]
    assert unsure["est_open_pairs"] == 4


def test_earlier_decisions_count_as_known() -> None:
    settled = (Settled("student", linked=True, decision="match", pairs=9000),)
    batch, decided = _simple(10, 10, settled=settled)
    found = _level(figures([batch], decided), "all")
    assert found["est_precision"] == pytest.approx((9000 + 500) / 10_000)
    assert found["est_precision_low"] >= 0.9


def test_no_estimate_before_a_batch_is_settled_far_enough() -> None:
    batch, decided = _simple(20, 0)
    assert figures([batch], decided[: int(0.7 * len(decided))]) == []
    assert figures([], []) == []
    assert figures([batch], decided) != []


def test_samples_of_one_frame_are_pooled_and_others_are_not(world) -> None:
    con, truth = world
    one = _batch(draw(con, 60, 1), 1)
    two = _batch(draw(con, 60, 2, {pair.pair_id for pair in one.pairs}), 2)
    old = _batch(draw(con, 60, 3), 3, frame="other")

    def answer(pair):
        return "match" if truth[pair] else "no_match"

    decided = [decision for batch in (one, two) for decision in _decided(batch, answer)]

    def n(found):
        return next(figure.n for figure in found if (figure.metric, figure.level) == ("est_precision", "all"))

    both = figures([one, two], decided)
    alone = figures([two], decided)
    assert n(alone) == 60
    # A stratum that was drawn whole needs no help from other samples.
    assert 60 < n(both) <= 120
    width = {name: _level(found, "all")["est_recall_high"] - _level(found, "all")["est_recall_low"]
             for name, found in (("both", both), ("alone", alone))}  # fmt: skip
    assert width["both"] < width["alone"]
    assert n(figures([one, two, old], [*decided, *_decided(old, answer)])) == 60


def test_exact_interval_by_the_book() -> None:
    # Newcombe 1998 (doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E), table I, method 5.
    for matches, n, low, high in (
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0, 0.1684),
        (1, 29, 0.0009, 0.1776),
    ):
        found = exact_interval(matches, n)
        assert (round(found[0], 4), round(found[1], 4)) == (low, high)
    assert exact_interval(0, 0) == (0.0, 1.0)


def test_share_of_a_stratum_nobody_looked_at_is_open() -> None:
    found = share(Reviewed(100), 0.7)
    assert (found.value, found.low, found.high) == (0.7, 0.0, 1.0)


BOOK = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15


def test_kappa_by_the_book() -> None:
    assert kappa(BOOK).value == pytest.approx(0.4)
    assert kappa([]).value is None
    assert kappa([("match", "match")] * 7).value is None
    assert kappa([("match", "no_match"), ("no_match", "match")]).value == pytest.approx(-1)


def _delta_error(answers) -> float:
    """The standard error of kappa by the delta method, its slopes taken numerically: another way to the formula."""
    words = sorted({word for pair in answers for word in pair})
    shares = np.array([[answers.count((a, b)) for b in words] for a in words], dtype=float) / len(answers)

    def value(cells) -> float:
        chance = float(cells.sum(axis=1) @ cells.sum(axis=0))
        return (np.trace(cells) - chance) / (1 - chance)

    slopes = np.zeros_like(shares)
    for place in np.ndindex(shares.shape):
        step = np.zeros_like(shares)
        step[place] = 1e-6
        slopes[place] = (value(shares + step) - value(shares - step)) / 2e-6
    mean = (slopes * shares).sum()
    return math.sqrt(((slopes - mean) ** 2 * shares).sum() / len(answers))


@pytest.mark.parametrize(
    "answers",
    [
        BOOK,
        [("a", "a")] * 40 + [("a", "b")] * 3 + [("b", "b")] * 30 + [("c", "c")] * 8 + [("c", "a")] * 4 + [("b", "c")],
    ],
)
def test_the_interval_of_kappa_is_the_large_sample_one(answers) -> None:
    found = kappa(answers)
    assert (found.high - found.low) / 2 == pytest.approx(1.959964 * _delta_error(answers), rel=1e-4)


def test_the_interval_of_kappa_holds_the_truth_as_often_as_it_claims() -> None:
    rng = np.random.default_rng(5)
    cells = [("match", "match"), ("match", "no_match"), ("no_match", "match"), ("no_match", "no_match")]
    shares = np.array([0.55, 0.05, 0.08, 0.32])
    chance = (0.6 * 0.63) + (0.4 * 0.37)
    real = (0.87 - chance) / (1 - chance)
    drawn = [kappa([cells[k] for k in rng.choice(4, 120, p=shares)]) for _ in range(400)]
    assert np.mean([found.low <= real <= found.high for found in drawn]) == pytest.approx(0.95, abs=0.03)


def test_two_who_always_agree_are_not_certain_to() -> None:
    """By the large-sample formula alone the interval would be one point, however few the pairs."""
    few, many = (kappa([("match", "match")] * n + [("no_match", "no_match")] * n) for n in (5, 200))
    assert few.value == many.value == few.high == 1
    assert few.low < 0.5
    assert 0.9 < many.low < 1
    assert (few.tells, many.tells) == (False, True)


def test_too_few_pairs_are_said_to_be() -> None:
    assert kappa(BOOK).words == "kappa 0.40 (95 % interval 0.15 to 0.65, too few pairs to tell)"
    assert "too few" not in kappa(BOOK * 10).words
    assert kappa(BOOK[:3]).words == "kappa not defined"


def test_unsure_counts_as_an_answer_once_and_is_left_out_once() -> None:
    one = {"a": "match", "b": "no_match", "c": "unsure", "d": "match", "e": "match"}
    two = {"a": "match", "b": "no_match", "c": "match", "d": "no_match", "x": "match"}
    (found,) = agreements({"r2": two, "r1": one, "r3": {"z": "match"}})
    assert found.reviewers == ("r1", "r2")
    assert (found.pairs, found.agreed) == (4, 0.5)
    assert (found.decided, found.decided_agreed) == (3, pytest.approx(2 / 3))
    assert "neither unsure on 3" in found.sentence
