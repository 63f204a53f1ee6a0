"""Whose rows an institution may get: its own students, and nobody who opted out. Not here: what the rows say."""

from dataclasses import dataclass

from credential_pipeline.clearinghouse.return_files.partners import Wishes, campus
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement


@dataclass(frozen=True)
class Students:
    """The people of the registry, as an institution may see them.

    Attributes:
        own: student_id, learner_id, birth_date, sex of its students whom nobody blocked.
        hidden: student_id of everybody who is blocked, wherever enrolled; with the ids that gave way to theirs.
        known_as: written_id, student_id: every id of its students, with those that gave way to another one.
        blocked: Number of its students who are blocked.
    """

    own: Relation
    hidden: Relation
    known_as: Relation
    blocked: int


def students_of(work: Scratch, agreement: ReturnAgreement, wishes: Wishes) -> Students:
    """Find the students of an institution.

    Args:
        work: Makes the relations; its connection has ``education_registry`` and ``linked_records``.
        agreement: Of a partner of role institution.
        wishes: Of whom nothing may be told.
    """
    everybody = work.table(
        "students",
        statement(__package__, "students.sql", heard=wishes.heard, elsewhere=wishes.elsewhere),
        {"campus": campus(agreement)},
    )
    own = work.table(
        "own", f"SELECT student_id, learner_id, birth_date, sex FROM {everybody} WHERE own AND NOT blocked"
    )
    copies = "education_registry.duplicate_students"
    hidden = work.table(
        "hidden",
        f"SELECT student_id FROM {everybody} WHERE blocked UNION SELECT c.student_id FROM {copies} c"
        f" JOIN {everybody} s ON s.student_id = c.kept_student_id WHERE s.blocked",
    )
    known_as = work.table(
        "known_as",
        f"SELECT student_id AS written_id, student_id FROM {own} UNION ALL"
        f" SELECT c.student_id, c.kept_student_id FROM {copies} c JOIN {own} o ON o.student_id = c.kept_student_id",
    )
    ((blocked,),) = work.con.execute(f"SELECT count(*) FROM {everybody} WHERE own AND blocked").fetchall()
    return Students(own, hidden, known_as, blocked)
