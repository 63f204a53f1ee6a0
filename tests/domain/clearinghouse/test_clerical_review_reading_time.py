"""Reviewers who do not read are refused by the time that they cannot have needed."""

import datetime
import random

import pytest

from credential_pipeline.clearinghouse.clerical_review.attention import reading_seconds
from credential_pipeline.clearinghouse.clerical_review.batches import ADJUDICATION, Batch, write
from credential_pipeline.clearinghouse.clerical_review.settle import open_pairs
from credential_pipeline.clearinghouse.clerical_review.sides import Sides, compare
from tests.domain.clearinghouse.attention_world import (
    FLOOR,
    ORDER,
    RIGHT,
    _ordered,
    giving,
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


def test_who_clicks_faster_than_reading_is_refused(refused) -> None:
    quick = {pair: 0.4 + 0.05 * (n % 40) for n, pair in enumerate(ORDER)}
    refusal = refused(rows("r1", _ordered(RIGHT), quick))
    assert refusal.code == "E_REVIEW_FAST"
    assert f"reading one takes {FLOOR} s" in refusal.message


def test_slow_pairs_do_not_hide_a_run_of_clicks(refused) -> None:
    times = {pair: 0.3 + 0.02 * (n % 3) if 20 <= n < 30 else 9.0 + n for n, pair in enumerate(ORDER)}
    refusal = refused(rows("r1", _ordered(RIGHT), times))
    assert refusal.code == "E_REVIEW_FAST"
    assert "10 pairs in a row" in refusal.message


def test_nine_quick_ones_in_a_row_are_borne(give) -> None:
    times = {pair: 0.3 + 0.02 * (n % 3) if 20 <= n < 29 else 9.0 + n for n, pair in enumerate(ORDER)}
    assert give(rows("r1", _ordered(RIGHT), times)).new == len(ORDER)


def test_times_that_are_all_one_are_nobodys(refused) -> None:
    assert refused(rows("r1", _ordered(RIGHT), dict.fromkeys(ORDER, 15))).code == "E_REVIEW_FAST"


def test_the_run_is_taken_in_the_order_of_deciding(refused) -> None:
    times = {pair: 0.3 if 20 <= n < 30 else 9.0 + n for n, pair in enumerate(ORDER)}
    lines = rows("r1", _ordered(RIGHT), times)
    random.Random(2).shuffle(lines)
    assert refused(lines).code == "E_REVIEW_FAST"


def _spoiled(column: int, value: str) -> list[list[str]]:
    lines = rows("r1", _ordered(RIGHT))
    lines[7][column] = value
    return lines


@pytest.mark.parametrize(
    ("column", "value", "code", "says"),
    [
        (5, "-4", "E_REVIEW_LINE", "line 9 has no number of seconds"),
        (5, "", "E_REVIEW_LINE", "line 9 has no number of seconds"),
        (5, "nan", "E_REVIEW_LINE", "line 9 has no number of seconds"),
        (5, "86400", "E_REVIEW_TIMES", "line 9 took longer than from its showing to its decision"),
        (6, "", "E_REVIEW_LINE", "line 9 has no time of showing and deciding"),
        (7, "yesterday", "E_REVIEW_LINE", "line 9 has no time of showing and deciding"),
        (7, "2026-03-01T09:00:00.000", "E_REVIEW_LINE", "line 9 has no time of showing and deciding"),
        (7, "2020-03-01T09:00:00.000Z", "E_REVIEW_TIMES", "line 9 took longer than from its showing to its decision"),
    ],
)
def test_times_that_were_edited_are_refused(refused, column, value, code, says) -> None:
    refusal = refused(_spoiled(column, value))
    assert refusal.code == code
    assert says in refusal.message


def test_times_that_add_up_to_more_than_the_batch_was_open_are_refused(refused) -> None:
    """Who clicks through in a minute and writes likely seconds afterwards must also write likely moments."""
    lines = rows("r1", _ordered(RIGHT))
    first, last = lines[0][6], "2026-03-01T09:01:00.000Z"
    for line in lines:
        line[6], line[7] = first, last
    refusal = refused(lines)
    assert refusal.code == "E_REVIEW_TIMES"
    assert "the batch was open for 60" in refusal.message


def test_a_file_without_moments_is_refused(refused) -> None:
    lines = [line[:6] for line in rows("r1", _ordered(RIGHT))]
    refusal = refused(lines)
    assert refusal.code == "E_REVIEW_LINE"
    assert "has 6 values instead of 8" in refusal.message


def test_a_pair_that_is_looked_at_again_is_no_contradiction(give) -> None:
    """The time until its decision grows, and the decision moves with it."""
    lines = rows("r1", _ordered(RIGHT))
    again = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.UTC)
    lines[0][5], lines[0][7] = "60.000", again.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert give(lines).new == len(ORDER)


def test_an_adjudicator_reads_too(folder, give, refused) -> None:
    differ = RIGHT | {"Q00": "match", "Q01": "no_match"}
    give(rows("r1", _ordered(RIGHT)), rows("r2", _ordered(differ)))
    last = Batch(
        "b002", 2, ADJUDICATION, "manufacturing", "v", "f", 0, tuple(open_pairs(folder)), reading_seconds=FLOOR
    )
    write(folder, last, b"page")
    said = {"Q00": "no_match", "Q01": "match"}
    quick = rows("r3", said, {"Q00": 0.5, "Q01": 0.7}, "b002")
    assert refused(quick).code == "E_REVIEW_FAST"
    assert give(rows("r3", said, {"Q00": 20.0, "Q01": 9.0}, "b002")).settled == 2


def test_reading_time_grows_with_what_there_is_to_read() -> None:
    short = Sides("Q1", "a", "b", (compare("First name", "ANN", "ANN"),))
    long = Sides("Q2", "a", "b", (compare("Street", "12 OLD ELM ST APT 4", "9 NEW OAK RD APT 11"),) * 5)
    assert reading_seconds([]) == 0
    assert 1.0 < reading_seconds([short]) < 1.5
    assert reading_seconds([long]) > 9
    assert reading_seconds([short, short, long]) == reading_seconds([short])
