"""Decisions are settled by two reviewers or an adjudicator, and must not contradict one another.

Not here: files that are refused (test_clerical_review_import_refusals.py).
"""

import pytest

from credential_pipeline.clearinghouse.clerical_review import issue, settle
from credential_pipeline.clearinghouse.clerical_review.anchors import Found
from credential_pipeline.clearinghouse.clerical_review.batches import ADJUDICATION, write
from credential_pipeline.clearinghouse.clerical_review.consistency import Node
from credential_pipeline.clearinghouse.clerical_review.decisions import load
from credential_pipeline.clearinghouse.clerical_review.settle import open_pairs
from credential_pipeline.foundation.errors import SafeError
from tests.domain.clearinghouse.review_import_world import (
    HEADER,
    PAIRS,
    _batch,
    _settled,
    _state,
    giving,
    make_folder,
    refusing,
)


@pytest.fixture
def folder(tmp_path):
    return make_folder(tmp_path)


@pytest.fixture
def give(folder, tmp_path):
    return giving(folder, tmp_path)


@pytest.fixture
def refused(folder, tmp_path):
    return refusing(folder, tmp_path)


def test_two_who_agree_settle_a_pair(folder, give) -> None:
    report = give(r1={"Qab": ("match", "nickname"), "Qxy": "no_match"}, r2={"Qab": "match", "Qxy": "no_match"})
    assert (report.read, report.new, report.settled, report.waiting) == (4, 4, 2, 0)
    assert _settled(folder) == {"Qab": "match", "Qxy": "no_match"}
    first = load(folder)[0]
    assert (first.reviewers, first.reason, first.left_record_id, first.right_record_id) == (
        "r1+r2",
        "nickname",
        "a",
        "b",
    )
    ((batch, agreement),) = report.agreements
    assert (batch, agreement.pairs, agreement.agreed, agreement.kappa.value) == ("b001", 2, 1.0, 1.0)


def test_one_reviewer_waits_for_the_second(folder, give) -> None:
    report = give(r1={"Qab": "match", "Qxy": "unsure"})
    assert (report.settled, report.waiting, report.conflicts) == (0, 1, ["Qxy"])
    assert _settled(folder) == {}
    report = give(r2={"Qab": "match", "Qxy": "match"})
    assert (report.settled, report.waiting, report.conflicts) == (1, 0, ["Qxy"])
    assert report.agreements[0][1].pairs == 2


def test_one_reviewer_is_enough_where_that_is_asked_for(folder, give) -> None:
    report = give(single=True, r1={"Qab": "match", "Qxy": "unsure"})
    assert (report.settled, report.conflicts) == (1, ["Qxy"])
    assert _settled(folder) == {"Qab": "match"}
    # A second reviewer who differs reopens the pair; until an adjudicator decides, what was settled holds.
    report = give(r2={"Qab": "no_match"})
    assert report.conflicts == ["Qab", "Qxy"]
    assert _settled(folder) == {"Qab": "match"}
    assert [pair.pair_id for pair in open_pairs(folder)] == ["Qab", "Qxy"]


def test_the_same_files_again_change_nothing(folder, give) -> None:
    said = {"r1": {"Qab": "match", "Qac": "unsure"}, "r2": {"Qab": "match", "Qac": "match"}}
    give(**said)
    before = _state(folder)
    report = give(**said)
    assert (report.new, report.settled) == (0, 0)
    assert _state(folder) == before


def test_a_reviewer_may_go_on_where_he_stopped(folder, give) -> None:
    give(r1={"Qab": "match"}, r2={"Qab": "match"})
    report = give(r1={"Qab": "match", "Qxy": "match"})
    assert (report.read, report.new) == (2, 1)


def test_conflicts_and_unsure_wait_for_an_adjudicator_whose_word_is_last(folder, give) -> None:
    report = give(
        r1={"Qab": "match", "Qbc": "unsure", "Qxy": "match"}, r2={"Qab": "no_match", "Qbc": "unsure", "Qxy": "match"}
    )
    assert report.conflicts == ["Qab", "Qbc"]
    assert _settled(folder) == {"Qxy": "match"}
    waiting = open_pairs(folder)
    assert [pair.pair_id for pair in waiting] == ["Qab", "Qbc"]
    write(folder, _batch("b002", 2, ADJUDICATION, waiting), b"page")
    report = give(batch="b002", r3={"Qab": ("match", "typing_error"), "Qbc": "unsure"})
    assert (report.settled, report.conflicts) == (2, [])
    assert _settled(folder) == {"Qxy": "match", "Qab": "match", "Qbc": "unsure"}
    found = {decision.pair_id: decision for decision in load(folder)}
    assert (found["Qab"].batch, found["Qab"].reviewers, found["Qab"].reason) == ("b001", "r1+r2+r3", "typing_error")
    assert open_pairs(folder) == []
    before = _state(folder)
    assert give(batch="b002", r3={"Qab": ("match", "typing_error"), "Qbc": "unsure"}).settled == 0
    assert _state(folder) == before


@pytest.fixture
def adjudicate(folder, give, monkeypatch):
    """Two conflicts are open; export those whose rows are not gone."""
    give(r1={"Qab": "match", "Qbc": "match"}, r2={"Qab": "no_match", "Qbc": "no_match"})

    def export(*gone: str):
        left = {pair.anchor: Node(pair.anchor.left_record_id) for pair in PAIRS if pair.pair_id not in gone}
        found = lambda _con, anchors: [Found(left.get(one), Node(one.right_record_id)) for one in anchors]  # noqa: E731
        monkeypatch.setattr(issue, "resolve", found)
        for name, value in (("read_sides", []), ("frame_of", "f"), ("render", b"page")):
            monkeypatch.setattr(issue, name, lambda *_, value=value: value)
        return issue.issue_adjudication(None, folder, issue.Source("manufacturing", "v", {}), None)

    return export


def test_open_conflicts_whose_rows_are_gone_are_counted(adjudicate) -> None:
    batch, _, gone = adjudicate("Qbc")
    assert ([pair.pair_id for pair in batch.pairs], gone) == (["Qab"], 1)


def test_where_all_rows_of_open_conflicts_are_gone_that_is_said(adjudicate) -> None:
    with pytest.raises(SafeError, match="2 conflicts are open, and a row or the student of each is gone"):
        adjudicate("Qab", "Qbc")


def test_an_adjudicator_overrides_what_one_reviewer_settled(folder, give) -> None:
    give(single=True, r1={"Qab": "match"})
    give(r2={"Qab": "no_match"})
    write(folder, _batch("b002", 2, ADJUDICATION, open_pairs(folder)), b"page")
    give(batch="b002", r3={"Qab": "no_match"})
    assert _settled(folder) == {"Qab": "no_match"}


def test_three_reviewers_must_all_agree(folder, give) -> None:
    report = give(r1={"Qab": "match", "Qxy": "match"}, r2={"Qab": "match", "Qxy": "match"}, r3={"Qab": "no_match"})
    assert report.conflicts == ["Qab"]
    assert len(report.agreements) == 3


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        ({"Qab": "match", "Qac": "no_match", "Qbc": "match"}, {"Qab", "Qac", "Qbc"}),
        ({"Qas": "match", "Qat": "match"}, {"Qas", "Qat"}),
        ({"Qab": "match", "Qxy": "match", "Qas": "match", "Qat": "match"}, {"Qas", "Qat"}),
    ],
)
def test_decisions_that_contradict_are_flagged_and_wait(folder, give, said, ids) -> None:
    report = give(r1=said, r2=said)
    (found,) = report.contradictions
    assert set(found) == ids
    assert set(_settled(folder)) == set(said) - ids
    assert {pair.pair_id for pair in open_pairs(folder)} == ids


def test_a_contradiction_to_what_is_settled_leaves_that_in_force(folder, give) -> None:
    give(r1={"Qab": "match", "Qbc": "match"}, r2={"Qab": "match", "Qbc": "match"})
    report = give(r1={"Qac": "no_match"}, r2={"Qac": "no_match"})
    assert [set(ids) for ids in report.contradictions] == [{"Qac", "Qab", "Qbc"}]
    assert _settled(folder) == {"Qab": "match", "Qbc": "match"}
    assert [pair.pair_id for pair in open_pairs(folder)] == ["Qac"]


def test_an_adjudicator_who_contradicts_what_is_settled_is_refused(folder, give, refused) -> None:
    give(r1={"Qab": "match", "Qbc": "match", "Qac": "match"}, r2={"Qab": "match", "Qbc": "match", "Qac": "unsure"})
    write(folder, _batch("b002", 2, ADJUDICATION, open_pairs(folder)), b"page")
    refusal = refused(f"{HEADER}\nb002,Qac,no_match,,r3,1\n")
    assert refusal.code == "E_REVIEW_CONTRADICTION"
    assert "Qac contradicts what is decided on Qab, Qbc" in refusal.message


def test_what_was_interrupted_is_finished_by_the_same_import(folder, give, monkeypatch) -> None:
    said = {"r1": {"Qab": "match"}, "r2": {"Qab": "match"}}

    def stop(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(settle, "append", stop)
        with pytest.raises(KeyboardInterrupt):
            give(**said)
    assert _settled(folder) == {}
    assert give(**said).settled == 1
    assert _settled(folder) == {"Qab": "match"}
