"""From the feed rows and students that decisions name to the profiles of today. Not here: what a decision does."""

from collections.abc import Sequence
from dataclasses import dataclass

from credential_pipeline.clearinghouse.clerical_review.consistency import Claim, Node
from credential_pipeline.clearinghouse.clerical_review.decisions import MATCH, UNSURE, Anchor, Decision
from credential_pipeline.foundation.storage.engine import Connection


@dataclass(frozen=True)
class Found:
    """The two ends of an anchor as they are today; None where the row or the student is gone."""

    left: Node | None
    right: Node | None


def resolve(con: Connection, anchors: Sequence[Anchor]) -> list[Found]:
    """Look up the profiles and students behind anchors, in the same order.

    Args:
        con: Connection with cleaned_learners.credentials and education_registry.{persons, duplicate_students}.
        anchors: What to look up.
    """
    if not anchors:
        return []
    columns = ("left_certifier", "left_record_id", "right_certifier", "right_record_id", "student_id")
    values = [[getattr(anchor, column) for anchor in anchors] for column in columns]
    wanted = ", ".join(f"unnest(?::VARCHAR[]) AS {column}" for column in columns)
    rows = con.execute(
        f"""
        WITH wanted AS (SELECT unnest(range(len(v))) AS number, {wanted} FROM (SELECT ?::VARCHAR[] AS v))
        SELECT w.number, l.profile_id, r.profile_id, s.student_id
        FROM wanted w
        LEFT JOIN cleaned_learners.credentials l
               ON l.certifier = w.left_certifier AND l.record_id = w.left_record_id
        LEFT JOIN cleaned_learners.credentials r
               ON r.certifier = w.right_certifier AND r.record_id = w.right_record_id
        LEFT JOIN education_registry.duplicate_students d ON d.student_id = w.student_id
        LEFT JOIN (SELECT DISTINCT student_id FROM education_registry.persons) s
               ON s.student_id = coalesce(d.kept_student_id, w.student_id)
        ORDER BY w.number
        """,
        [*values, values[0]],
    ).fetchall()
    found = []
    for anchor, (_, left, right, student) in zip(anchors, rows, strict=True):
        other = Node(student, is_student=True) if anchor.hop == "student" and student else None
        if anchor.hop == "learner" and right:
            other = Node(right)
        found.append(Found(Node(left) if left else None, other))
    return found


def claims(decisions: Sequence[Decision], found: Sequence[Found]) -> list[Claim | None]:
    """The claim of each decision; None for ``unsure``, for what is gone, and for two rows that are one profile now."""
    return [
        Claim(decision.pair_id, ends.left, ends.right, decision.decision == MATCH)
        if decision.decision != UNSURE and ends.left and ends.right and ends.left != ends.right
        else None
        for decision, ends in zip(decisions, found, strict=True)
    ]
