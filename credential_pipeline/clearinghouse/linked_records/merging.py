"""Learners that met the same student are one learner, unless they are hardly one person. Not here: the clustering."""

from dataclasses import dataclass

from credential_pipeline.clearinghouse.linked_records.learners import Learners
from credential_pipeline.clearinghouse.linked_records.reviewed import Decided
from credential_pipeline.engines.linkage.evidence import weigh_within
from credential_pipeline.engines.linkage.family import Families
from credential_pipeline.engines.linkage.fields import shared_fields
from credential_pipeline.engines.linkage.model import Model
from credential_pipeline.engines.linkage.resolve import NOT_ONE
from credential_pipeline.engines.linkage.sql import Here, count
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

CERTAIN = 0.999999
"""Probability from which its digits no longer tell the odds."""


@dataclass(frozen=True)
class Merged:
    """Who is one person after learners met students.

    Attributes:
        best: The best student of each learner; of two learners that are hardly one person the weaker link is ambiguous.
        persons: learner, person (smallest learner after merging).
    """

    best: Relation
    persons: Relation


def merge_learners(
    work: Scratch,
    model: Model,
    families: Families,
    learners: Learners,
    best: Relation,
    decided: Decided,
    identities: Relation,
) -> Merged:
    """Merge the learners of one student.

    Args:
        work: Makes the relations.
        model: The model of the family ``profiles``.
        families: How often two people of one family look like one.
        learners: Who is one learner.
        best: The best student of each learner.
        decided: What people decided.
        identities: profile_id, identity.
    """
    # The anchor of a student is its strongest learner; all others of it are held against the anchor.
    same = work.table("same_student", statement(__package__, "same_student.sql", best=best))
    parted = work.table(
        "parted",
        statement(
            __package__,
            "parted.sql",
            same=same,
            cannot=decided.cannot,
            identities=identities,
            members=learners.members,
        ),
    )
    against = work.table(
        "against",
        f"SELECT learner FROM {parted} UNION SELECT learner FROM {_unlike(work, model, families, learners, same, best)}",
    )
    settled = work.table(
        "settled_students",
        f"SELECT * REPLACE (CASE WHEN learner IN (SELECT learner FROM {against}) THEN 'ambiguous' ELSE status END AS status) "
        f"FROM {best}",
    )
    return Merged(settled, _persons(work, learners, settled))


def _persons(work: Scratch, learners: Learners, settled: Relation) -> Relation:
    """learner, person: learners that are linked to one student are one."""
    return work.table(
        "persons",
        f"""
        WITH linked AS (SELECT learner, student_id FROM {settled} WHERE status = 'linked'),
        person AS (SELECT student_id, min(learner) AS person FROM linked GROUP BY student_id)
        SELECT l.learner, coalesce(p.person, l.learner) AS person
        FROM (SELECT DISTINCT learner FROM {learners.members}) l
        LEFT JOIN linked b USING (learner) LEFT JOIN person p USING (student_id)
        """,
    )


def _unlike(
    work: Scratch, model: Model, families: Families, learners: Learners, same: Relation, best: Relation
) -> Relation:
    """The learners that are hardly one person with the anchor of their student, in the model's eyes.

    Two rows of one person may each have an error, elsewhere, and be less like one another than either is like the student. So a
    learner gives way if no form of it may be the anchor, and that is surer than that it is the student.
    """
    records, members = learners.records, learners.members
    pairs = work.table(
        "merge_pairs",
        f"""
        SELECT least(a.record, b.record) AS left_record, greatest(a.record, b.record) AS right_record,
               any_value(s.learner) AS learner
        FROM {same} s JOIN {members} a ON a.learner = s.anchor JOIN {members} b ON b.learner = s.learner
        GROUP BY 1, 2
        """,
    )
    if not count(work.con, pairs):
        return pairs
    fields = shared_fields(work.con, records)
    weighed = weigh_within(Here(work), model, families, records, pairs, fields)
    return work.table(
        "unlike",
        f"""
        WITH alike AS (
            SELECT p.learner, max(s.match_weight) AS match_weight
            FROM {weighed} s JOIN {pairs} p USING (left_record, right_record)
            GROUP BY p.learner HAVING max(s.match_weight) < {NOT_ONE})
        -- Who may be another student as well is this one no more surely than the odds among them tell.
        SELECT a.learner FROM alike a JOIN {best} b USING (learner)
        WHERE a.match_weight + coalesce(CASE WHEN b.match_probability < {CERTAIN}
              THEN least(b.match_weight, log2(b.match_probability / (1 - b.match_probability))) ELSE b.match_weight END, 0) < 0
        """,
    )
