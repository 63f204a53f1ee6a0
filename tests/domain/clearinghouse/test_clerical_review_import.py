"""Decisions come in wholly or not at all, are settled by two reviewers or an adjudicator, and must not contradict one another."""

import hashlib
import stat
from dataclasses import replace

import pytest

from credential_pipeline.clearinghouse.clerical_review import settle
from credential_pipeline.clearinghouse.clerical_review.anchors import Found
from credential_pipeline.clearinghouse.clerical_review.batches import (
    ADJUDICATION,
    SAMPLE,
    Batch,
    Pair,
    load_batches,
    new_name,
    write,
)
from credential_pipeline.clearinghouse.clerical_review.consistency import Beliefs, Claim, Node
from credential_pipeline.clearinghouse.clerical_review.decisions import Anchor, append, digest, load, make_review_folder
from credential_pipeline.clearinghouse.clerical_review.reviews import NOTHING, read_review
from credential_pipeline.clearinghouse.clerical_review.settle import open_pairs, take_in
from credential_pipeline.foundation.errors import SafeError

HEADER = "batch,pair_id,decision,reason,reviewer,seconds"
CANARY = "QUUXINGTON"


def _learner(pair: str, left: str, right: str) -> Pair:
    return Pair(pair, Anchor("learner", "mssc", left, "mssc", right), "learner-near-apart", "b001")


def _student(pair: str, left: str, student: str) -> Pair:
    return Pair(pair, Anchor("student", "mssc", left, student_id=student), "student-near-apart", "b001")


PAIRS = (
    _learner("Qab", "a", "b"),
    _learner("Qbc", "b", "c"),
    _learner("Qac", "a", "c"),
    _student("Qas", "a", "S1"),
    _student("Qat", "a", "S2"),
    _learner("Qxy", "x", "y"),
)


def lookup(anchors):
    """Every row is a profile of its own, but for the row ``gone``."""
    found = []
    for anchor in anchors:
        right = Node(anchor.student_id, is_student=True) if anchor.student_id else Node(anchor.right_record_id)
        found.append(Found(None if anchor.left_record_id == "gone" else Node(anchor.left_record_id), right))
    return found


def _batch(name: str, number: int, kind: str, pairs) -> Batch:
    return Batch(name, number, kind, "manufacturing", "v", "f", 1, tuple(pairs))


@pytest.fixture
def folder(tmp_path):
    made = make_review_folder(tmp_path / "home", "manufacturing")
    write(made, _batch("b001", 1, SAMPLE, PAIRS), b"page")
    return made


@pytest.fixture
def give(folder, tmp_path):
    """Import what reviewers said: reviewer -> {pair: decision or (decision, reason)}."""

    def take(*, single=False, batch="b001", **said):
        files = []
        for reviewer, answers in said.items():
            rows = [
                f"{batch},{pair},{','.join(answer) if isinstance(answer, tuple) else answer + ','},{reviewer},7"
                for pair, answer in answers.items()
            ]
            path = tmp_path / f"{reviewer}.csv"
            path.write_text("\n".join([HEADER, *rows, ""]))
            files.append(path)
        return take_in(folder, files, lookup, single=single)

    return take


@pytest.fixture
def refused(folder, tmp_path):
    """Import a text that must be refused and change nothing; gives the refusal."""

    def refuse(*texts: str, single=False) -> SafeError:
        before = _state(folder)
        files = []
        for number, text in enumerate(texts):
            path = tmp_path / f"file{number}.csv"
            path.write_bytes(text.encode() if isinstance(text, str) else text)
            files.append(path)
        with pytest.raises(SafeError) as refusal:
            take_in(folder, files, lookup, single=single)
        assert _state(folder) == before
        assert "\n" not in str(refusal.value)
        assert CANARY not in str(refusal.value)
        assert refusal.value.__suppress_context__ or refusal.value.__context__ is None
        return refusal.value

    return refuse


def _state(folder) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def _settled(folder) -> dict[str, str]:
    return {decision.pair_id: decision.decision for decision in load(folder)}


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


GOOD = "b001,Qab,match,,r1,5"


@pytest.mark.parametrize(
    ("rows", "code", "says"),
    [
        ([f"nobatch,Qab,match,,{CANARY},5"], "E_REVIEW_LINE", "line 2 names a batch that does not exist"),
        ([GOOD, f"b001,{CANARY},match,,r1,5"], "E_REVIEW_LINE", "line 3 names a pair that is not in batch b001"),
        ([GOOD, GOOD], "E_REVIEW_LINE", "line 3 decides the same pair as line 2"),
        ([f"b001,Qab,{CANARY},,r1,5"], "E_REVIEW_LINE", "write one of match, no_match, unsure"),
        (["b001,Qab,MATCH,,r1,5"], "E_REVIEW_LINE", "line 2 has no decision"),
        ([f"b001,Qab,match,{CANARY} CANARY,r1,5"], "E_REVIEW_LINE", "unknown reason"),
        (["b001,Qab,match,,Jane Doe,5"], "E_REVIEW_LINE", "reviewer's code"),
        (["b001,Qab,match,,r1,soon"], "E_REVIEW_LINE", "number of seconds"),
        (["b001,Qab,match,,r1,-1"], "E_REVIEW_LINE", "number of seconds"),
        (["b001,Qab,match,,r1"], "E_REVIEW_LINE", "has 5 values instead of 6"),
        ([GOOD, "b001,Qxy,match,,r2,5"], "E_REVIEW_LINE", "line 3 is by another reviewer"),
        (['b001,Qab,"match,,r1,5'], "E_REVIEW_LINE", "is not CSV"),
        ([], "E_REVIEW_FILE", "holds no decision"),
    ],
)
def test_wrong_lines_are_refused_by_file_line_and_remedy(refused, rows, code, says) -> None:
    refusal = refused("\n".join([HEADER, *rows, ""]))
    assert refusal.code == code
    assert refusal.message.startswith("file0.csv ")
    assert says in refusal.message
    assert ": " in refusal.message


def test_files_that_are_none_are_refused(refused, folder, tmp_path) -> None:
    assert refused("pair,decision\nQab,match\n").code == "E_REVIEW_LINE"
    assert refused(b"\xff\xfe\x00").code == "E_REVIEW_FILE"
    assert refused("").code == "E_REVIEW_LINE"
    with pytest.raises(SafeError) as refusal:
        take_in(folder, [tmp_path / "absent.csv"], lookup, single=False)
    assert refusal.value.code == "E_REVIEW_FILE"
    with pytest.raises(SafeError) as refusal:
        take_in(folder, [tmp_path], lookup, single=False)
    assert refusal.value.code == "E_REVIEW_FILE"


def test_one_bad_file_keeps_the_good_one_out(refused) -> None:
    refused(f"{HEADER}\n{GOOD}\n", f"{HEADER}\nb001,Qab,perhaps,,r2,5\n")


def test_the_same_reviewer_twice_is_refused(refused) -> None:
    refusal = refused(f"{HEADER}\n{GOOD}\n", f"{HEADER}\nb001,Qxy,match,,r1,5\n")
    assert refusal.code == "E_REVIEW_TWICE"


def test_other_answers_of_a_reviewer_are_refused(give, refused) -> None:
    give(r1={"Qab": "match"})
    refusal = refused(f"{HEADER}\nb001,Qab,no_match,,r1,5\n")
    assert refusal.code == "E_REVIEW_CHANGED"
    assert "line 2" in refusal.message


def test_rows_that_are_gone_are_refused(folder, refused) -> None:
    write(folder, _batch("b002", 2, SAMPLE, [_learner("Qg", "gone", "b")]), b"page")
    refusal = refused(f"{HEADER}\nb002,Qg,match,,r1,5\n")
    assert refusal.code == "E_REVIEW_GONE"
    assert "file0.csv line 2" in refusal.message


def test_a_spreadsheets_marks_are_tolerated(folder, tmp_path) -> None:
    path = tmp_path / "r1.csv"
    path.write_bytes(b"\xef\xbb\xbf" + f"{HEADER}\r\n{GOOD}\r\n".encode())
    assert take_in(folder, [path], lookup, single=True).settled == 1


def test_an_industry_without_batches_says_so(tmp_path) -> None:
    with pytest.raises(SafeError) as refusal:
        take_in(tmp_path / "absent", [], lookup, single=False)
    assert refusal.value.code == "E_NO_BATCH"


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


def test_files_are_for_their_owner_only(folder, give) -> None:
    give(r1={"Qab": "match"}, r2={"Qab": "match"})
    for path in [folder.parent, folder, *folder.rglob("*")]:
        if path.name != ".lock":
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path.name


def test_decisions_name_no_learner_and_no_profile(folder, give) -> None:
    give(r1={"Qab": "match", "Qas": "match"}, r2={"Qab": "match", "Qas": "match"})
    text = (folder / "decisions.csv").read_text()
    assert "learner_id" not in text
    assert "profile" not in text
    assert text.splitlines()[1] == "b001,Qab,learner,match,,r1+r2,mssc,a,mssc,b,"
    assert text.splitlines()[2] == "b001,Qas,student,match,,r1+r2,mssc,a,,,S1"


def test_the_digest_follows_the_decisions(folder, give) -> None:
    before = digest(folder)
    assert before == digest(folder / "absent")
    give(r1={"Qab": "match"})
    assert digest(folder) == before
    give(r2={"Qab": "match"})
    assert digest(folder) != before


@pytest.mark.parametrize(
    "damage", ["other,columns\n", "b001,Qab,learner,perhaps,,r,mssc,a,mssc,b,\n", "b001\n", '"\n', b"\xff"]
)
def test_a_store_that_was_spoiled_by_hand_is_refused(folder, give, damage) -> None:
    give(single=True, r1={"Qab": "match"})
    path = folder / "decisions.csv"
    if isinstance(damage, bytes) or damage.startswith("other"):
        path.write_bytes(damage if isinstance(damage, bytes) else damage.encode())
    else:
        path.write_text(path.read_text() + damage)
    with pytest.raises(SafeError) as refusal:
        load(folder)
    assert refusal.value.code == "E_DECISIONS"


@pytest.mark.parametrize("content", ["{}", "[]", "no json", '{"format": 9}'])
def test_a_batch_that_was_spoiled_is_refused(folder, content) -> None:
    (folder / "b001" / "batch.json").write_text(content)
    with pytest.raises(SafeError) as refusal:
        load_batches(folder)
    assert refusal.value.code == "E_BATCH"


def test_batches_read_as_they_were_written(folder) -> None:
    (found,) = load_batches(folder)
    assert found == _batch("b001", 1, SAMPLE, PAIRS)


def test_names_of_batches(folder) -> None:
    assert new_name(load_batches(folder), folder, None) == ("b002", 2)
    for name, code in (("b001", "E_BATCH_EXISTS"), ("../b", "E_NAME"), ("B1", "E_NAME"), ("", "E_NAME")):
        with pytest.raises(SafeError) as refusal:
            new_name(load_batches(folder), folder, name)
        assert refusal.value.code == code


def test_no_review_no_effect(tmp_path, folder, give) -> None:
    assert read_review(tmp_path / "home", "healthcare") == NOTHING
    assert read_review(tmp_path / "home", "manufacturing") == NOTHING
    give(single=True, r1={"Qab": "match"})
    assert len(read_review(tmp_path / "home", "manufacturing").decisions) == 1


def test_a_batch_folder_that_is_a_symlink_is_refused(tmp_path, folder) -> None:
    (folder / "b009").symlink_to(tmp_path)
    with pytest.raises(SafeError) as refusal:
        write(folder, _batch("b009", 9, SAMPLE, PAIRS), b"page")
    assert refusal.value.code == "E_FOLDER_PERMISSIONS"


def _claim(pair: str, left: str, right: str, *, match: bool = True) -> Claim:
    def node(name: str) -> Node:
        return Node(name, is_student=name.startswith("S"))

    return Claim(pair, node(left), node(right), match)


def test_beliefs_close_over_chains() -> None:
    beliefs = Beliefs()
    for claim in (
        _claim("1", "a", "b"),
        _claim("2", "c", "d"),
        _claim("3", "b", "c", match=False),
        _claim("4", "d", "S1"),
    ):
        assert beliefs.add(claim) == ()
    assert beliefs.groups == [(["a", "b"], None), (["c", "d"], "S1")]
    assert beliefs.add(_claim("5", "a", "d")) == ("5", "1", "2", "3")
    assert beliefs.add(_claim("6", "a", "S1")) == ("6", "1", "2", "3", "4")
    assert beliefs.add(_claim("7", "c", "d", match=False)) == ("7", "2")
    assert beliefs.add(_claim("8", "a", "S2")) == ()
    assert {(a.id, b.id) for a, b in beliefs.apart} == {
        (one, two) for one in ("a", "b") for two in ("c", "d", "S1")
    } | {("c", "S2"), ("d", "S2")} | {("S1", "S2")}  # fmt: skip


def test_a_refused_claim_changes_nothing() -> None:
    beliefs = Beliefs()
    beliefs.add(_claim("1", "a", "S1"))
    assert beliefs.add(_claim("2", "a", "S2")) == ("2", "1")
    assert beliefs.add(_claim("3", "b", "S2")) == ()
    assert beliefs.groups == [(["a"], "S1"), (["b"], "S2")]


def test_append_replaces_what_is_decided_anew(folder, give) -> None:
    give(single=True, r1={"Qab": "match", "Qxy": "match"})
    first, second = load(folder)
    assert append(folder, [replace(first, decision="no_match")]) == 1
    assert load(folder) == [second, replace(first, decision="no_match")]
    assert append(folder, load(folder)) == 0
