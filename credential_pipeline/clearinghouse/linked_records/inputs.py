"""What the hop reads, as values. Not here: what is made of it."""

from dataclasses import dataclass

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, relation


@dataclass(frozen=True)
class Inputs:
    """The relations that are linked.

    Attributes:
        profiles: One row per distinct profile of the feeds.
        credentials: One row per row of the feeds, with its profile.
        persons: Students of the education registry.
        index: The same students, prepared for blocking.
        duplicates: Ids of students that gave way to other ones.
        blocks: One row per row of the feeds that says "do not share", accepted or not.
        answers: What the StudentTracker service answered, where its reports stand in place of a registry.
        is_answered: Whether they do.
    """

    profiles: Relation
    credentials: Relation
    persons: Relation
    index: Relation
    duplicates: Relation
    blocks: Relation
    answers: Relation
    is_answered: bool


def inputs(con: Connection) -> Inputs:
    """Find them in a connection to which both hops are attached.

    Raises:
        SafeError: ``E_REGISTRY_EMPTY``: there is no student to link anybody to.
    """
    index = relation(con, "education_registry.person_index")
    answers = relation(con, "education_registry.student_tracker_answers")
    answered = bool(con.execute(f"SELECT count(*) FROM {answers}").fetchall()[0][0])
    if not answered and not con.execute(f"SELECT count(*) FROM {index}").fetchall()[0][0]:
        message = (
            "education_registry holds no student, so nobody can be linked: put the registry's students into"
            " education/persons and run the hop education_registry again."
        )
        raise SafeError("E_REGISTRY_EMPTY", message)
    return Inputs(
        profiles=relation(con, "cleaned_learners.profiles"),
        credentials=relation(con, "cleaned_learners.credentials"),
        persons=relation(con, "education_registry.persons"),
        index=index,
        duplicates=relation(con, "education_registry.duplicate_students"),
        blocks=relation(con, "cleaned_learners.blocks"),
        answers=answers,
        is_answered=answered,
    )
