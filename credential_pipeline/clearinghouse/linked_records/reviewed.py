"""What people decided, in the form in which the steps of this hop follow it: who must be one person, and who must not.

Decisions outrank the model and the exact match. Chains are closed over: A = B and B = C make A = C, and two profiles of
two students are two people. Not here: how decisions are made, read and stored (``clerical_review``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from credential_pipeline.clearinghouse.clerical_review.anchors import claims, resolve
from credential_pipeline.clearinghouse.clerical_review.consistency import Beliefs
from credential_pipeline.clearinghouse.clerical_review.decisions import UNSURE, Decision
from credential_pipeline.clearinghouse.clerical_review.estimate import Estimated
from credential_pipeline.engines.linkage.resolve import Floats, Ints, components
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

MUST_WEIGHT = 1e6
"""Weight of an edge that people made: above any that a model gives."""


@dataclass(frozen=True)
class Decided:
    """What decisions mean for the profiles of today.

    Attributes:
        must: left_profile, right_profile: one person; a chain is given by its pairs with its first profile.
        must_student: profile_id, student_id: this profile is this student.
        cannot: left_profile, right_profile: two people.
        cannot_student: profile_id, student_id: this profile is not this student.
        decided: hop, left_profile, right_id, decision: the decisions themselves, also the unsure ones.
        counts: How many decisions hold, and how many are ignored and why.
    """

    must: Relation
    must_student: Relation
    cannot: Relation
    cannot_student: Relation
    decided: Relation
    counts: Mapping[str, int]


def take_decisions(work: Scratch, decisions: Sequence[Decision]) -> Decided:
    """Look what decisions mean today.

    Args:
        work: Makes the relations, in a connection with the published tables that decisions name rows and students of.
        decisions: Settled decisions; of two that contradict one another the earlier one holds.
    """
    found = resolve(work.con, decisions)
    beliefs = Beliefs()
    counts = {"must_link": 0, "cannot_link": 0, "unsure": 0, "ignored_gone": 0, "ignored_contradicting": 0}
    decided = []
    for decision, ends, claim in zip(decisions, found, claims(decisions, found), strict=True):
        if ends.left is None or ends.right is None or (claim is None and decision.decision != UNSURE):
            counts["ignored_gone"] += 1
            continue
        if claim is not None and beliefs.add(claim):
            counts["ignored_contradicting"] += 1
            continue
        kind = "unsure" if claim is None else "must_link" if claim.match else "cannot_link"
        counts[kind] += 1
        decided.append((decision.hop, ends.left.id, ends.right.id, decision.decision))
    must, students = [], []
    for profiles, student in beliefs.groups:
        must += [(profiles[0], other) for other in profiles[1:]]
        students += [(profile, student) for profile in profiles if student is not None]
    cannot = [(a.id, b.id) for a, b in beliefs.apart if not a.is_student and not b.is_student]
    not_student = [(a.id, b.id) for a, b in beliefs.apart if not a.is_student and b.is_student]
    return Decided(
        must=_rows(work, "must", ("left_profile", "right_profile"), must),
        must_student=_rows(work, "must_student", ("profile_id", "student_id"), students),
        cannot=_rows(work, "cannot", ("left_profile", "right_profile"), cannot),
        cannot_student=_rows(work, "cannot_student", ("profile_id", "student_id"), not_student),
        decided=_rows(work, "decided", ("hop", "left_profile", "right_id", "decision"), sorted(set(decided))),
        counts=counts,
    )


def _rows(work: Scratch, what: str, columns: Sequence[str], rows: Sequence[Sequence[str | None]]) -> Relation:
    values = [[row[i] for row in rows] for i in range(len(columns))]
    selected = ", ".join(f"unnest(?::VARCHAR[]) AS {column}" for column in columns)
    return work.table(what, f"SELECT DISTINCT * FROM (SELECT {selected})", values)


@dataclass(frozen=True)
class RecordDecisions:
    """Decisions on the records that are clustered, numbered from 0.

    Attributes:
        must: Pairs that are one person.
        cannot: Pairs that are two people.
        students: Record -> the student that it is.
    """

    must: Sequence[tuple[int, int]] = ()
    cannot: Sequence[tuple[int, int]] = ()
    students: dict[int, str] = field(default_factory=dict)

    def with_edges(self, left: Ints, right: Ints, weights: Floats) -> tuple[Ints, Ints, Floats]:
        """The edges, with those that people made, which come before all others."""
        made = np.asarray(self.must, dtype=np.int64).reshape(-1, 2)
        added = np.full(len(made), MUST_WEIGHT)
        return (
            np.concatenate([left, made[:, 0]]),
            np.concatenate([right, made[:, 1]]),
            np.concatenate([weights, added]),
        )

    def forbidden(self, nodes: int, left: Ints, right: Ints, model: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """The pairs that may not end up together: the model's, less what people joined, and what people parted.

        Args:
            nodes: Number of records.
            left: First record of each edge, those that people made included.
            right: Second record of each edge.
            model: Pairs that contradict one another in the model's eyes.
        """
        if not (self.must or self.cannot or self.students):
            return list(model)
        made = np.asarray(self.must, dtype=np.int64).reshape(-1, 2)
        same = components(nodes, made[:, 0], made[:, 1])
        whole = components(nodes, left, right)
        kept = [(a, b) for a, b in model if same[a] != same[b]]
        near: dict[int, list[int]] = {}
        for record in sorted(self.students):
            near.setdefault(int(whole[record]), []).append(record)
        others = [
            (a, b)
            for records in near.values()
            for i, a in enumerate(records)
            for b in records[i + 1 :]
            if self.students[a] != self.students[b]
        ]
        return [*kept, *self.cannot, *others]


def of_records(con: Connection, decided: Decided, identities: Relation, records: Relation) -> RecordDecisions:
    """Bring decisions on profiles to the records of identities.

    Args:
        con: The connection.
        decided: What people decided.
        identities: profile_id, identity.
        records: Record table of the identities, numbered from 1.
    """

    def pairs(profiles: Relation) -> list[tuple[int, int]]:
        query = statement(__package__, "decided_records.sql", profiles=profiles, identities=identities, records=records)
        return [(int(a), int(b)) for a, b in con.execute(query).fetchall()]

    students = con.execute(
        f"SELECT r.record - 1, min(m.student_id) FROM {decided.must_student} m JOIN {identities} i USING (profile_id) "
        f"JOIN {records} r ON r.id = i.identity GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return RecordDecisions(
        must=pairs(decided.must),
        cannot=pairs(decided.cannot),
        students={int(record): student for record, student in students},
    )


def of_learners(work: Scratch, profiles: Relation, identities: Relation, learners: Relation) -> Relation:
    """Bring decisions on profiles and students to learners: learner, student_id.

    Args:
        work: Makes the relation.
        profiles: profile_id, student_id.
        identities: profile_id, identity.
        learners: identity, learner.
    """
    return work.table(
        "decided_students",
        f"SELECT DISTINCT l.learner, s.student_id FROM {profiles} s "
        f"JOIN {identities} i USING (profile_id) JOIN {learners} l USING (identity)",
    )


def write_figures(con: Connection, target: str, counts: Mapping[str, int], figures: Sequence[Estimated]) -> None:
    """Add to the diagnostics what decisions did and what the reviewed samples say of precision and recall."""
    rows = [("review_decisions", "effect", effect, float(n), n) for effect, n in sorted(counts.items())]
    rows += [(f.metric, f.dimension, f.level, f.value, f.n) for f in figures]
    con.executemany(f"INSERT INTO {target} VALUES (?, ?, ?, ?, ?)", rows)
