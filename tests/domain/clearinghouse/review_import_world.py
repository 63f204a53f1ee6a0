"""A folder with one batch of six pairs, and files of reviewers that are taken in or refused.

Not here: batches with planted pairs (attention_world.py).
"""

import hashlib

import pytest

from credential_pipeline.clearinghouse.clerical_review.anchors import Found
from credential_pipeline.clearinghouse.clerical_review.batches import SAMPLE, Batch, Pair, write
from credential_pipeline.clearinghouse.clerical_review.consistency import Node
from credential_pipeline.clearinghouse.clerical_review.decisions import Anchor, load, make_review_folder
from credential_pipeline.clearinghouse.clerical_review.settle import take_in
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


def make_folder(tmp_path):
    made = make_review_folder(tmp_path / "home", "manufacturing")
    write(made, _batch("b001", 1, SAMPLE, PAIRS), b"page")
    return made


def giving(folder, tmp_path):
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


def refusing(folder, tmp_path):
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
