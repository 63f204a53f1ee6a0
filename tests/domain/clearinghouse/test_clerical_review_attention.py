"""Reviewers who do not read are refused: by the planted pairs they are fooled by, or by the time they cannot have needed."""

import datetime
import json
import random
import stat
from dataclasses import replace

import pytest

from credential_pipeline.clearinghouse.clerical_review import steward
from credential_pipeline.clearinghouse.clerical_review.anchors import Found
from credential_pipeline.clearinghouse.clerical_review.attention import (
    MISSED,
    WRONGLY_REFUSED,
    allowed,
    chance,
    reading_seconds,
)
from credential_pipeline.clearinghouse.clerical_review.batches import (
    ADJUDICATION,
    SAMPLE,
    Batch,
    Known,
    Pair,
    StratumSize,
    load_batches,
    shown_pairs,
    write,
)
from credential_pipeline.clearinghouse.clerical_review.consistency import Node
from credential_pipeline.clearinghouse.clerical_review.decisions import Anchor, load, make_review_folder
from credential_pipeline.clearinghouse.clerical_review.planting import PLANTED
from credential_pipeline.clearinghouse.clerical_review.reviews import read_review
from credential_pipeline.clearinghouse.clerical_review.sampling import Stratum
from credential_pipeline.clearinghouse.clerical_review.settle import open_pairs, take_in
from credential_pipeline.clearinghouse.clerical_review.sides import Sides, compare
from credential_pipeline.foundation.errors import SafeError

HEADER = "batch,pair_id,decision,reason,reviewer,seconds,shown_at,decided_at"
LINKED, APART = Stratum("student", "10_up", linked=True), Stratum("student", "near", linked=False)
FLOOR = 3.0
START = datetime.datetime(2026, 3, 1, 9, 0, tzinfo=datetime.UTC)


def _pair(name: str, stratum: Stratum) -> Pair:
    return Pair(name, Anchor("student", "mssc", name, student_id=f"S{name}"), stratum.name, "b001")


def _batch(**more) -> Batch:
    """Forty pairs, of which half are linked, and sixteen planted ones among them."""
    pairs = [_pair(f"Q{n:02d}", LINKED if n % 2 else APART) for n in range(40)]
    planted = [
        Known(_pair(f"K{n:02d}", LINKED if n % 2 else APART), "match" if n % 2 else "no_match", 3 * n)
        for n in range(PLANTED)
    ]
    facts = {
        "population": (StratumSize(LINKED, 1000), StratumSize(APART, 500)),
        "planted": tuple(planted),
        "reading_seconds": FLOOR,
    }
    return Batch("b001", 1, SAMPLE, "manufacturing", "v", "f", 1, tuple(pairs), **(facts | more))


BATCH = _batch()
RIGHT = {pair.pair_id: "match" if n % 2 else "no_match" for n, pair in enumerate(BATCH.pairs)} | BATCH.truth
ORDER = [pair.pair_id for pair in shown_pairs(BATCH)]
TIMES = dict(zip(ORDER, random.Random(1).choices(range(4, 40), k=len(ORDER)), strict=True))


def lookup(anchors):
    """Every row and student is there."""
    return [Found(Node(anchor.left_record_id), Node(anchor.student_id, is_student=True)) for anchor in anchors]


def rows(reviewer: str, said: dict[str, str], seconds=TIMES, batch: str = "b001") -> list[list[str]]:
    """Lines as the page writes them: one pair after the other, without a break."""
    made, now = [], START
    for pair in said:
        then = now + datetime.timedelta(seconds=seconds[pair])
        moments = [at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z" for at in (now, then)]
        made.append([batch, pair, said[pair], "", reviewer, f"{seconds[pair]:.3f}", *moments])
        now = then
    return made


@pytest.fixture
def folder(tmp_path):
    made = make_review_folder(tmp_path / "home", "manufacturing")
    write(made, BATCH, b"page")
    return made


@pytest.fixture
def give(folder, tmp_path):
    """Import files, each a list of lines."""

    def take(*files: list[list[str]], single: bool = False):
        paths = []
        for number, lines in enumerate(files):
            paths.append(tmp_path / f"file{number}.csv")
            paths[-1].write_text("\n".join([HEADER, *(",".join(line) for line in lines), ""]))
        return take_in(folder, paths, lookup, single=single)

    return take


@pytest.fixture
def refused(folder, give):
    """Import what must be refused in one line and leave nothing behind but the memory of it; gives the refusal."""

    def refuse(*files) -> SafeError:
        before = _state(folder)
        with pytest.raises(SafeError) as refusal:
            give(*files)
        assert _state(folder) == before
        assert "\n" not in refusal.value.message
        assert "Nothing was imported." in refusal.value.message
        return refusal.value

    return refuse


def _state(folder) -> dict[str, bytes]:
    passing = {".lock", steward.REFUSED}
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in passing
    }


def _ordered(said: dict[str, str]) -> dict[str, str]:
    return {pair: said[pair] for pair in ORDER}


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


def test_reading_time_grows_with_what_there_is_to_read() -> None:
    short = Sides("Q1", "a", "b", (compare("First name", "ANN", "ANN"),))
    long = Sides("Q2", "a", "b", (compare("Street", "12 OLD ELM ST APT 4", "9 NEW OAK RD APT 11"),) * 5)
    assert reading_seconds([]) == 0
    assert 1.0 < reading_seconds([short]) < 1.5
    assert reading_seconds([long]) > 9
    assert reading_seconds([short, short, long]) == reading_seconds([short])
