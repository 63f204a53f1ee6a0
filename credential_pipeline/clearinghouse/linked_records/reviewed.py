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
from credential_pipeline.clearinghouse.clerical_review.estimate import Figure
from credential_pipeline.engines.linkage.resolve import Floats, Ints, components
from credential_pipeline.foundation.storage.engine import Connection

MUST = "tmp_review_must"
"""left_profile, right_profile: one person; a chain is given by its pairs with its first profile."""
MUST_STUDENT = "tmp_review_must_student"
"""profile_id, student_id: this profile is this student."""
CANNOT = "tmp_review_cannot"
"""left_profile, right_profile: two people."""
CANNOT_STUDENT = "tmp_review_cannot_student"
"""profile_id, student_id: this profile is not this student."""
DECIDED = "tmp_review_decided"
"""hop, left_profile, right_id, decision: the decisions themselves, also the unsure ones."""

MUST_WEIGHT = 1e6
"""Weight of an edge that people made: above any that a model gives."""


def take_decisions(con: Connection, decisions: Sequence[Decision]) -> dict[str, int]:
    """Create the tables of what decisions mean for the profiles of today.

    Args:
        con: Connection with the inputs of the hop.
        decisions: Settled decisions; of two that contradict one another the earlier one holds.

    Returns:
        How many decisions hold, and how many are ignored and why.
    """
    found = resolve(con, decisions)
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
    _make(con, DECIDED, ("hop", "left_profile", "right_id", "decision"), sorted(set(decided)))
    _make(con, MUST, ("left_profile", "right_profile"), must)
    _make(con, MUST_STUDENT, ("profile_id", "student_id"), students)
    _make(con, CANNOT, ("left_profile", "right_profile"), cannot)
    _make(con, CANNOT_STUDENT, ("profile_id", "student_id"), not_student)
    return counts


def _make(con: Connection, table: str, columns: Sequence[str], rows: Sequence[Sequence[str | None]]) -> None:
    values = [[row[i] for row in rows] for i in range(len(columns))]
    selected = ", ".join(f"unnest(?::VARCHAR[]) AS {column}" for column in columns)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT DISTINCT * FROM (SELECT {selected})", values)


def torn_identities() -> str:
    """SQL of the names and birth dates that people found to be more than one person."""
    return f"""
        SELECT a.first_name, a.last_name, a.birth_date
        FROM {CANNOT} c JOIN cleaned_learners.profiles a ON a.profile_id = c.left_profile
        JOIN cleaned_learners.profiles b ON b.profile_id = c.right_profile
         AND (b.first_name, b.last_name, b.birth_date) = (a.first_name, a.last_name, a.birth_date)
        UNION
        SELECT p.first_name, p.last_name, p.birth_date
        FROM {MUST_STUDENT} m JOIN cleaned_learners.profiles p USING (profile_id)
        GROUP BY ALL HAVING count(DISTINCT m.student_id) > 1"""


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


def of_records(con: Connection, identities: str, records: str) -> RecordDecisions:
    """Bring decisions on profiles to the records of identities.

    Args:
        con: The connection, after :func:`take_decisions`.
        identities: Table with profile_id and identity.
        records: Record table of the identities, numbered from 1.
    """
    pairs = {}
    for table in (MUST, CANNOT):
        pairs[table] = con.execute(
            f"""
            SELECT DISTINCT least(a.record, b.record) - 1 AS l, greatest(a.record, b.record) - 1 AS r
            FROM {table} t
            JOIN {identities} i ON i.profile_id = t.left_profile JOIN {records} a ON a.id = i.identity
            JOIN {identities} j ON j.profile_id = t.right_profile JOIN {records} b ON b.id = j.identity
            WHERE a.record <> b.record ORDER BY l, r
            """
        ).fetchall()
    students = con.execute(
        f"SELECT r.record - 1, min(m.student_id) FROM {MUST_STUDENT} m JOIN {identities} i USING (profile_id) "
        f"JOIN {records} r ON r.id = i.identity GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return RecordDecisions(
        must=[(int(a), int(b)) for a, b in pairs[MUST]],
        cannot=[(int(a), int(b)) for a, b in pairs[CANNOT]],
        students={int(record): student for record, student in students},
    )


def learners_and_students(con: Connection, must: str, cannot: str, identities: str, learners: str) -> None:
    """Create the tables (learner, student_id) of what must and what may not be linked.

    Args:
        con: The connection, after :func:`take_decisions`.
        must: Table to create: the learner is the student.
        cannot: Table to create: the learner is not the student.
        identities: Table with profile_id and identity.
        learners: Table with identity and learner.
    """
    for target, source in ((must, MUST_STUDENT), (cannot, CANNOT_STUDENT)):
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {target} AS SELECT DISTINCT l.learner, s.student_id FROM {source} s "
            f"JOIN {identities} i USING (profile_id) JOIN {learners} l USING (identity)"
        )


def write_figures(con: Connection, target: str, counts: Mapping[str, int], figures: Sequence[Figure]) -> None:
    """Add to the diagnostics what decisions did and what the reviewed samples say of precision and recall."""
    rows = [("review_decisions", "effect", effect, float(n), n) for effect, n in sorted(counts.items())]
    rows += [(f.metric, f.dimension, f.level, f.value, f.n) for f in figures]
    con.executemany(f"INSERT INTO {target} VALUES (?, ?, ?, ?, ?)", rows)
