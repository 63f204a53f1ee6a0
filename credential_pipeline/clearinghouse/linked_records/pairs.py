"""The pairs that were looked at, linked or not, from which review samples are drawn, and the queue of those near the threshold.

Not here: any decision on a pair.
"""

from credential_pipeline.clearinghouse.linked_records.learners import Learners
from credential_pipeline.clearinghouse.linked_records.merging import Merged
from credential_pipeline.clearinghouse.linked_records.reviewed import Decided
from credential_pipeline.clearinghouse.linked_records.students import Students
from credential_pipeline.engines.linkage.predict import MIN_WEIGHT
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

NEAR_BEST = 7.0
"""Bits below its best candidate within which a student of an undecided learner is put to a person as well."""


def gather_pairs(
    work: Scratch, identities: Relation, learners: Learners, students: Students, merged: Merged, decided: Decided
) -> Relation:
    """Every scored pair that is kept, exact ones and those decided by people included.

    Returns:
        pair_id, hop, left_id, right_id, learner (the one that a student was compared with), match_weight,
        match_probability, linked, reviewed.
    """
    looked_at = work.table(
        "looked_at",
        statement(
            __package__,
            "looked_at.sql",
            identities=identities,
            members=learners.members,
            persons=merged.persons,
            scored=learners.scored,
            decided=decided.decided,
            scored_students=students.scored,
            best=merged.best,
        ),
        {"min_weight": MIN_WEIGHT},
    )
    return work.table(
        "pairs",
        statement(
            __package__,
            "pairs.sql",
            looked_at=looked_at,
            decided=decided.decided,
            identities=identities,
            members=learners.members,
        ),
    )


def write_pairs(con: Connection, pairs: Relation) -> None:
    """Create linked_records.pairs."""
    con.execute(
        f"CREATE OR REPLACE TABLE linked_records.pairs AS SELECT * EXCLUDE (learner) FROM {pairs} ORDER BY pair_id"
    )


def write_queue(
    con: Connection, pairs: Relation, best: Relation, candidates: Relation, review_threshold: float
) -> None:
    """Create linked_records.review_queue: the pairs near the threshold that nobody has decided yet.

    Of profiles those above the review threshold that are not linked, of students those of undecided learners.

    Args:
        con: The connection.
        pairs: As :func:`gather_pairs` gives them.
        best: The best student of each learner.
        candidates: learner, student_id of pairs that nobody decided against.
        review_threshold: Probability from which two profiles are near.
    """
    query = statement(__package__, "queue.sql", pairs=pairs, best=best, candidates=candidates)
    con.execute(
        f"CREATE OR REPLACE TABLE linked_records.review_queue AS {query}",
        {"review_threshold": review_threshold, "near_best": NEAR_BEST},
    )
