"""Decisions come in wholly or not at all: what is wrong is told by file, line and remedy."""

import pytest

from credential_pipeline.clearinghouse.clerical_review.batches import SAMPLE, write
from credential_pipeline.clearinghouse.clerical_review.settle import take_in
from credential_pipeline.foundation.errors import SafeError
from tests.domain.clearinghouse.review_import_world import (
    CANARY,
    HEADER,
    _batch,
    _learner,
    giving,
    lookup,
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
