"""Learners take their students from what the StudentTracker service answered, where its reports stand in place of a registry.

The service matched them itself, and its reports tell no birth date: nobody is searched for, and nobody is weighed. Not here: reading the
reports (education_registry), and students of a registry (students.py).
"""

from credential_pipeline.clearinghouse.linked_records.identities import Identities
from credential_pipeline.clearinghouse.linked_records.reviewed import Decided, of_learners
from credential_pipeline.clearinghouse.linked_records.students import Sides, Students, make_forms
from credential_pipeline.engines.linkage.blocking import Candidates
from credential_pipeline.engines.linkage.fields import make_records, open_index
from credential_pipeline.engines.linkage.forecast import Forecast
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement


def take_answers(
    work: Scratch, identities: Identities, decided: Decided, *, members: Relation, index: Relation, answers: Relation
) -> Students:
    """The student of each learner as the service has it: linked, not found, or unanswered.

    Args:
        work: Makes the relations.
        identities: The identities of the profiles.
        decided: What people decided, which comes before the service's word.
        members: identity, learner.
        index: The index of those whom the reports tell of.
        answers: profile_id, found, records.
    """
    must = of_learners(work, decided.must_student, identities.of_profiles, members)
    cannot = of_learners(work, decided.cannot_student, identities.of_profiles, members)
    forms = make_forms(work, identities.known, members)
    sides = Sides(forms, make_records(work, forms, id_column="form"), open_index(work, index, id_column="student_id"))
    best = work.table(
        "answered_students",
        statement(
            __package__,
            "answered_students.sql",
            members=members,
            identities=identities.of_profiles,
            answers=answers,
            must=must,
            cannot=cannot,
        ),
    )
    text, number = "VARCHAR", "BIGINT"
    pairs = work.rows("pairs", {"left_record": number, "right_record": number, "rule": number}, ())
    scored = work.rows("scored", {"learner": text, "form": text, "student_id": text, "match_weight": "DOUBLE"}, ())
    candidates = work.table(
        "student_candidates", f"SELECT learner, student_id, match_weight FROM {best} WHERE status = 'linked'"
    )
    return Students(sides, Candidates(pairs, Forecast(())), scored, candidates, best)
