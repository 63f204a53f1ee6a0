"""Reviewers who do not read are refused by the planted pairs that they are fooled by.

Not here: the time that they cannot have needed (test_clerical_review_reading_time.py).
"""

import json
import random
import stat
from dataclasses import replace

import pytest

from credential_pipeline.clearinghouse.clerical_review import steward
from credential_pipeline.clearinghouse.clerical_review.attention import MISSED, WRONGLY_REFUSED, allowed, chance
from credential_pipeline.clearinghouse.clerical_review.batches import load_batches, write
from credential_pipeline.clearinghouse.clerical_review.decisions import load, make_review_folder
from credential_pipeline.clearinghouse.clerical_review.planting import PLANTED
from credential_pipeline.clearinghouse.clerical_review.reviews import read_review
from credential_pipeline.clearinghouse.clerical_review.settle import open_pairs, take_in
from credential_pipeline.foundation.errors import SafeError
from tests.domain.clearinghouse.attention_world import (
    BATCH,
    HEADER,
    ORDER,
    RIGHT,
    _batch,
    _ordered,
    giving,
    lookup,
    make_folder,
    refusing,
    rows,
)


@pytest.fixture
def folder(tmp_path):
    return make_folder(tmp_path)


@pytest.fixture
def give(folder, tmp_path):
    return giving(folder, tmp_path)


@pytest.fixture
def refused(folder, give):
    return refusing(folder, give)


def test_who_reads_and_decides_rightly_is_taken_in(give, folder) -> None:
    report = give(rows("r1", _ordered(RIGHT)), rows("r2", _ordered(RIGHT)))
    assert report.settled == len(BATCH.pairs)
    assert [found.counts for found in report.attention] == [True, True]
    assert report.attention[0].sentence.startswith(f"r1: {PLANTED} of {PLANTED} planted pairs right, median ")


def test_planted_pairs_enter_no_decision_no_agreement_and_no_estimate(give, folder, tmp_path) -> None:
    """With planted pairs answered rightly, and with three of them answered wrongly, everything else is the same."""
    wrong = dict(RIGHT) | dict.fromkeys(list(BATCH.truth)[:3], "unsure")
    report = give(rows("r1", _ordered(RIGHT)), rows("r2", _ordered(wrong)))
    known = set(BATCH.truth)
    assert not known & {decision.pair_id for decision in load(folder)}
    assert not known & {pair.pair_id for pair in open_pairs(folder)}
    assert (report.conflicts, report.waiting, report.settled) == ([], 0, len(BATCH.pairs))
    ((_, agreement),) = report.agreements
    assert (agreement.pairs, agreement.agreed) == (len(BATCH.pairs), 1.0)
    figures = read_review(tmp_path / "home", "manufacturing").figures
    assert {figure.n for figure in figures if figure.metric == "est_precision"} == {len(BATCH.pairs)}
    # The same batch without planted pairs gives the same estimate.
    other = make_review_folder(tmp_path / "other", "manufacturing")
    write(other, _batch(planted=()), b"page")
    files = []
    for reviewer in ("r1", "r2"):
        said = {pair: word for pair, word in _ordered(RIGHT).items() if pair not in known}
        files.append(tmp_path / f"plain-{reviewer}.csv")
        files[-1].write_text("\n".join([HEADER, *(",".join(line) for line in rows(reviewer, said)), ""]))
    take_in(other, files, lookup, single=False)
    assert (other / "decisions.csv").read_bytes() == (folder / "decisions.csv").read_bytes()
    assert read_review(tmp_path / "other", "manufacturing").figures == figures


def test_conflicts_on_planted_pairs_go_to_no_adjudicator(give, folder) -> None:
    one, two = list(BATCH.truth)[:2]
    give(rows("r1", _ordered(RIGHT | {one: "unsure"})), rows("r2", _ordered(RIGHT | {two: "unsure", "Q00": "unsure"})))
    assert [pair.pair_id for pair in open_pairs(folder)] == ["Q00"]


@pytest.mark.parametrize("word", ["match", "no_match", "unsure"])
def test_one_answer_for_everything_is_refused(refused, word) -> None:
    refusal = refused(rows("r1", dict.fromkeys(ORDER, word)))
    assert refusal.code == "E_REVIEW_PLANTED"
    assert f"of {PLANTED} planted pairs wrongly, {allowed(PLANTED)} are allowed" in refusal.message


def test_nobody_is_told_which_pairs_are_planted(refused) -> None:
    refusal = refused(rows("r1", dict.fromkeys(ORDER, "match")))
    assert not any(pair in refusal.message for pair in ORDER)


def test_as_many_errors_as_a_careful_reviewer_makes_are_allowed_and_no_more(give, refused) -> None:
    limit = allowed(PLANTED)
    spoiled = RIGHT | dict.fromkeys(list(BATCH.truth)[:limit], "unsure")
    give(rows("r1", _ordered(spoiled)))
    spoiled = RIGHT | dict.fromkeys(list(BATCH.truth)[: limit + 1], "unsure")
    assert refused(rows("r2", _ordered(spoiled))).code == "E_REVIEW_PLANTED"


def test_who_failed_may_not_try_until_it_works(give, refused) -> None:
    refused(rows("r1", dict.fromkeys(ORDER, "match")))
    refusal = refused(rows("r1", _ordered(RIGHT)))
    assert refusal.code == "E_REVIEW_PLANTED"
    assert "before" in refusal.message
    assert give(rows("r2", _ordered(RIGHT))).new == len(ORDER)


def test_one_failing_file_keeps_the_other_out(refused, folder) -> None:
    refused(rows("r1", _ordered(RIGHT)), rows("r2", dict.fromkeys(ORDER, "match")))
    assert load(folder) == []


def test_the_number_allowed_is_binomial() -> None:
    assert (allowed(PLANTED), allowed(8), allowed(1), allowed(0)) == (3, 2, 1, 0)
    for planted in range(1, 40):
        assert 1 - chance(allowed(planted), planted, MISSED) <= WRONGLY_REFUSED
        assert allowed(planted) == 0 or 1 - chance(allowed(planted) - 1, planted, MISSED) > WRONGLY_REFUSED
    assert chance(allowed(PLANTED), PLANTED, 0.5) == pytest.approx(697 / 2**16)
    # One answer for everything is wrong on half of them.
    assert allowed(PLANTED) < PLANTED // 2


def test_guessers_pass_as_seldom_and_careful_people_fail_as_seldom_as_is_said() -> None:
    rng = random.Random(3)
    limit = allowed(PLANTED)

    def passes(rate: float) -> float:
        return sum(sum(rng.random() < rate for _ in range(PLANTED)) <= limit for _ in range(4000)) / 4000

    assert passes(0.5) < 0.02
    assert passes(MISSED) > 0.985


def test_a_word_counts_once_the_whole_batch_is_decided(give, folder) -> None:
    """Else whoever hands in a few pairs only would not be tested."""
    half = dict(list(_ordered(RIGHT).items())[:30])
    report = give(rows("r1", half), rows("r2", half))
    assert (report.settled, report.waiting, report.agreements) == (0, 0, [])
    assert report.attention[0].sentence == f"r1 has {len(ORDER) - 30} pairs left: nothing counts until all are decided"
    assert open_pairs(folder) == []
    report = give(rows("r1", _ordered(RIGHT)), rows("r2", _ordered(RIGHT)))
    assert (report.new, report.settled) == (2 * (len(ORDER) - 30), len(BATCH.pairs))


def test_single_does_not_spare_the_planted_pairs(give, refused) -> None:
    half = dict(list(_ordered(RIGHT).items())[:30])
    assert give(rows("r1", half), single=True).settled == 0
    assert give(rows("r1", _ordered(RIGHT)), single=True).settled == len(BATCH.pairs)


def test_errors_add_up_over_files(give, refused) -> None:
    fooled = list(BATCH.truth)[:4]
    said = _ordered(RIGHT | dict.fromkeys(fooled, "unsure"))
    give(rows("r1", {pair: word for pair, word in said.items() if pair not in fooled[2:]}))
    assert refused(rows("r1", said)).code == "E_REVIEW_PLANTED"


def test_what_was_said_of_planted_pairs_may_not_be_changed_either(give, refused) -> None:
    pair = next(iter(BATCH.truth))
    give(rows("r1", _ordered(RIGHT | {pair: "unsure"})))
    assert refused(rows("r1", _ordered(RIGHT))).code == "E_REVIEW_CHANGED"


def test_planted_pairs_cannot_be_told_from_the_batchs_file(folder) -> None:
    raw = json.loads((folder / "b001" / "batch.json").read_text())
    assert [pair["pair_id"] for pair in raw["pairs"]] == ORDER
    assert len({tuple(sorted(pair)) for pair in raw["pairs"]}) == 1
    assert isinstance(raw["planted"], str)
    # Bound to the key: who tries out all choices of sixteen finds nothing to compare them with.
    (folder / steward.FOLDER / steward.KEY).unlink()
    steward.steward_key(folder)
    with pytest.raises(SafeError) as refusal:
        load_batches(folder)
    assert refusal.value.code == "E_PLANTED"


def test_batches_read_as_they_were_written(folder) -> None:
    assert load_batches(folder) == [BATCH]


@pytest.mark.parametrize("damage", ["gone", "altered", "key gone", "key altered"])
def test_a_batch_whose_answers_are_lost_is_refused(folder, damage) -> None:
    """Its planted pairs would count as pairs like others."""
    answers, key = folder / steward.FOLDER / "b001.json", folder / steward.FOLDER / steward.KEY
    if damage == "gone":
        answers.unlink()
    elif damage == "altered":
        answers.write_text(answers.read_text().replace('"no_match"', '"match"', 1))
    elif damage == "key gone":
        key.unlink()
    else:
        key.write_text("short")
    with pytest.raises(SafeError) as refusal:
        load_batches(folder)
    assert refusal.value.code == "E_PLANTED"


def test_what_stays_with_the_steward_is_closed_to_others(folder) -> None:
    kept = folder / steward.FOLDER
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept.iterdir()} == {0o600}


def test_a_batch_from_before_is_taken_in_as_it_was(folder, tmp_path) -> None:
    """Without planted pairs and without times, its file has six columns, and so has what was kept of it."""
    old = replace(BATCH, name="b002", number=2, planted=(), reading_seconds=0.0)
    write(folder, old, b"page")
    raw = json.loads((folder / "b002" / "batch.json").read_text())
    del raw["planted"], raw["reading_seconds"]
    (folder / "b002" / "batch.json").write_text(json.dumps(raw))
    paths = []
    for reviewer in ("r1", "r2"):
        paths.append(tmp_path / f"{reviewer}.csv")
        lines = [f"b002,{pair.pair_id},match,,{reviewer},0" for pair in old.pairs]
        paths[-1].write_text("\n".join([",".join(HEADER.split(",")[:6]), *lines, ""]))
    report = take_in(folder, paths, lookup, single=False)
    assert report.settled == len(old.pairs)
    before = (folder / "b002" / "judgements.csv").read_text()
    assert before.splitlines()[:2] == ["batch,pair_id,decision,reason,reviewer,seconds", "b002,Q00,match,,r1,0"]
    assert take_in(folder, paths, lookup, single=False).new == 0


def test_what_was_kept_reads_as_it_was_given(folder, give) -> None:
    give(rows("r1", _ordered(RIGHT)))
    kept = (folder / "b001" / "judgements.csv").read_text().splitlines()
    assert kept[0] == HEADER
    assert sorted(kept[1:]) == sorted(",".join(line) for line in rows("r1", _ordered(RIGHT)))
    assert give(rows("r1", _ordered(RIGHT))).new == 0
