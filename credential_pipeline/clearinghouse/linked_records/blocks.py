"""Whom a wish to share nothing concerns: every learner who may be the person, since sharing by mistake cannot be undone.

A wish reaches a learner by the sender's row or person id, by name and birth date, or by a student record: the linked one, any
plausible one where none is linked, and the same student under another id. What reaches one learner of a person reaches all.
Not here: what was said (statements.py).
"""

from dataclasses import dataclass

from credential_pipeline.clearinghouse.linked_records.inputs import Inputs
from credential_pipeline.clearinghouse.linked_records.learner_ids import Ids
from credential_pipeline.clearinghouse.linked_records.merging import Merged
from credential_pipeline.clearinghouse.linked_records.statements import Wishes, gather_statements, write_statements
from credential_pipeline.engines.linkage.fields import load_nicknames
from credential_pipeline.engines.linkage.sql import Here
from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

MOST_OF_ONE_REF = 25
"""Learners beyond which a sender's person id is nobody's, such as that of a test center: it joins no further learners."""


@dataclass(frozen=True)
class People:
    """The persons of the hop and what they may be.

    Attributes:
        profile_persons: profile_id, person.
        rows: certifier, record_id, person.
        merged: The best student of each learner, and the person of each.
        candidates: learner, student_id: the plausible students of learners without an exact match.
        ids: The ids that persons are given, and which they had.
    """

    profile_persons: Relation
    rows: Relation
    merged: Merged
    candidates: Relation
    ids: Ids


def follow_wishes(work: Scratch, read: Inputs, people: People, wishes: Wishes) -> Relation:
    """Create linked_records.{block_statements, blocks}; return who is not to be shared: person.

    Args:
        work: Makes the relations.
        read: What the hop reads.
        people: The persons of the hop.
        wishes: What is heard beside deliveries and registry.
    """
    statements = gather_statements(work, read, wishes)
    reached = find_blocks(work, statements, read, people, wishes.industry)
    write_statements(work, statements)
    _write_blocks(work, reached, people.ids)
    return work.table("blocked_persons", f"SELECT DISTINCT person FROM {reached} WHERE in_force AND person IS NOT NULL")


def find_blocks(work: Scratch, statements: Relation, read: Inputs, people: People, industry: str) -> Relation:
    """Find the persons whom each statement concerns.

    Args:
        work: Makes the relations.
        statements: As :func:`gather_statements` gives them.
        read: What the hop reads.
        people: The persons of the hop.
        industry: The industry, for statements that are about one.

    Returns:
        The columns of linked_records.blocks, with person in place of learner_id.
    """
    known = _known_persons(work, statements, read, people)
    seeds = work.table(
        "block_seeds",
        statement(
            __package__,
            "block_seeds.sql",
            statements=statements,
            known=known,
            students=_known_students(work, statements, read),
            nicknames=load_nicknames(Here(work)),
        ),
    )
    edges = _edges(work, known, read, people)
    return work.table(
        "blocks_reached",
        statement(
            __package__,
            "blocks.sql",
            statements=statements,
            seeds=seeds,
            edges=edges,
            rows=people.rows,
        ),
        {"industry": industry},
    )


def _edges(work: Scratch, known: Relation, read: Inputs, people: People) -> Relation:
    """From whom a wish goes on to whom: kind, node, to_kind, to_node."""
    return work.table(
        "same_persons",
        statement(
            __package__,
            "block_edges.sql",
            known=known,
            merged=people.merged.persons,
            best=people.merged.best,
            candidates=people.candidates,
            index=read.index,
            duplicates=read.duplicates,
        ),
        {"most": MOST_OF_ONE_REF},
    )


def _write_blocks(work: Scratch, reached: Relation, ids: Ids) -> None:
    """Create linked_records.blocks."""
    work.con.execute(
        f"""
        CREATE OR REPLACE TABLE linked_records.blocks AS
        SELECT statement_id, learner_id, source, scope, certifier, since, reason, rescinded, in_force
        FROM {reached} LEFT JOIN {ids.given} USING (person)
        ORDER BY statement_id, learner_id
        """
    )


def _known_persons(work: Scratch, statements: Relation, read: Inputs, people: People) -> Relation:
    """By what the persons can be told: person, certifier, record_id, person_ref, first_name, last_name, birth_date.

    A row that is no longer delivered still tells who its learner was.
    """
    letters = ", ".join(
        f"{form.letters_of_name(name)} AS {name}" for name in ("first_name", "last_name", "previous_last_name")
    )
    return work.table(
        "known_persons",
        f"""
        WITH named AS (
            SELECT person, p.certifier, p.person_ref, birth_date, {letters}
            FROM {people.profile_persons} JOIN {read.profiles} p USING (profile_id)),
        told AS (
            SELECT DISTINCT birth_date FROM {statements}),
        trace AS (FROM {people.ids.trace})
        SELECT DISTINCT person, certifier, NULL::VARCHAR AS record_id, person_ref, NULL::VARCHAR AS first_name,
               NULL::VARCHAR AS last_name, NULL::DATE AS birth_date
        FROM named WHERE person_ref IS NOT NULL
        UNION ALL
        SELECT DISTINCT person, NULL, NULL, NULL, first_name, surname, birth_date
        FROM (SELECT *, unnest([last_name, previous_last_name]) AS surname FROM named SEMI JOIN told USING (birth_date))
        WHERE surname IS NOT NULL AND first_name IS NOT NULL
        UNION ALL
        SELECT person, certifier, record_id, NULL, NULL, NULL, NULL FROM {people.rows}
        UNION ALL
        SELECT DISTINCT now.person, gone.certifier, gone.record_id, NULL, NULL, NULL, NULL
        FROM trace gone JOIN trace now ON now.old = gone.old
        WHERE gone.person IS NULL AND now.person IS NOT NULL
        """,
    )


def _known_students(work: Scratch, statements: Relation, read: Inputs) -> Relation:
    """The students who share the birth date of a statement, under each of their names."""
    return work.table(
        "known_students",
        f"""
        SELECT DISTINCT student_id, first_name, unnest(coalesce(surnames, [last_name])) AS last_name, birth_date
        FROM {read.index} SEMI JOIN (SELECT birth_date FROM {statements} WHERE source <> 'school') USING (birth_date)
        """,
    )
