"""The published tables of linked_records, made of what the steps before decided.

Not here: any decision on a pair, the pairs themselves (pairs.py), and how the linkage went (diagnostics.py).
"""

from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement


def place_profiles(work: Scratch, identities: Relation, members: Relation, persons: Relation) -> Relation:
    """The person of each profile: profile_id, learner, person.

    Args:
        work: Makes the relation.
        identities: profile_id, identity.
        members: identity, learner.
        persons: learner, person.
    """
    return work.table(
        "profile_persons",
        f"SELECT i.profile_id, learner, m.person FROM {identities} i JOIN {members} l USING (identity) "
        f"JOIN {persons} m USING (learner)",
    )


def place_rows(work: Scratch, profile_persons: Relation, profiles: Relation, credentials: Relation) -> Relation:
    """The person of each sender's row: certifier, record_id, person.

    A profile without a feed row, which only a world made by hand has, stands for its row.
    """
    return work.table(
        "person_rows",
        f"SELECT coalesce(c.certifier, p.certifier) AS certifier, coalesce(c.record_id, p.profile_id) AS record_id, t.person "
        f"FROM {profile_persons} t JOIN {profiles} p USING (profile_id) LEFT JOIN {credentials} c USING (profile_id)",
    )


def describe_people(
    work: Scratch,
    *,
    profile_persons: Relation,
    blocked: Relation,
    merged: Relation,
    best: Relation,
    ids: Relation,
) -> Relation:
    """Bring profiles, learners and students together, one row a person, and say who is blocked.

    Args:
        work: Makes the relation.
        profile_persons: profile_id, person.
        blocked: person, of those who are not to be shared.
        merged: learner, person.
        best: The best student of each learner.
        ids: person, learner_id.

    Returns:
        person, learner_id, student_id, blocked, status. How sure a link is, and what decided it, each profile tells.
    """
    return work.table(
        "people",
        statement(
            __package__,
            "people.sql",
            profile_persons=profile_persons,
            blocked=blocked,
            merged=merged,
            best=best,
            ids=ids,
        ),
    )


def write_links(
    con: Connection, people: Relation, profile_persons: Relation, best: Relation, credentials: Relation
) -> None:
    """Create linked_records.{profile_links, links, learners}.

    Several learners who met one student are one person; how sure that is differs between them, and each profile tells its own.

    Args:
        con: The connection.
        people: As :func:`describe_people` gives them.
        profile_persons: profile_id, learner, person.
        best: The best student of each learner.
        credentials: Rows of the feeds.
    """
    con.execute(
        f"""
        CREATE OR REPLACE TABLE linked_records.profile_links AS
        SELECT profile_id, p.learner_id, p.student_id, coalesce(b.match_probability, 0.0) AS match_probability, p.status,
               CASE WHEN p.status IN ('linked', 'blocked') AND p.student_id IS NOT NULL THEN b.decided_by
                    WHEN p.status = 'blocked' THEN 'block'
                    WHEN b.decided_by IN ('student_tracker', 'unanswered') THEN b.decided_by ELSE 'none' END AS decided_by
        FROM {profile_persons} JOIN {people} p USING (person) LEFT JOIN {best} b USING (learner)
        ORDER BY profile_id
        """
    )
    con.execute(
        f"""
        CREATE OR REPLACE TABLE linked_records.links AS
        SELECT c.certifier, c.record_id, p.learner_id, p.student_id, p.match_probability, p.status, p.decided_by
        FROM {credentials} c JOIN linked_records.profile_links p USING (profile_id)
        ORDER BY c.certifier, c.record_id
        """
    )
    query = statement(
        __package__, "learners.sql", people=people, profile_persons=profile_persons, credentials=credentials
    )
    con.execute(f"CREATE OR REPLACE TABLE linked_records.learners AS {query}")
