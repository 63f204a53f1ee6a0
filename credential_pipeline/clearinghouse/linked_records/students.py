"""Learners meet the students of the registry: those of the same name and birth date first, then whom the rules suggest.

Each learner is compared in every form in which its profiles know it, with gaps filled from one another. Not here: how
learners come about, and what is published.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from credential_pipeline.clearinghouse.linked_records.identities import Identities
from credential_pipeline.clearinghouse.linked_records.reviewed import Decided, of_learners
from credential_pipeline.engines.linkage.blocking import RULES, Candidates, make_pairs, usable
from credential_pipeline.engines.linkage.claims import weigh_claims
from credential_pipeline.engines.linkage.engine import DUCKDB, Engine
from credential_pipeline.engines.linkage.evidence import weigh_across
from credential_pipeline.engines.linkage.family import Families, count_families
from credential_pipeline.engines.linkage.fields import RECORD_COLUMNS, make_records, open_index, shared_fields
from credential_pipeline.engines.linkage.model import Model
from credential_pipeline.engines.linkage.predict import MIN_WEIGHT
from credential_pipeline.engines.linkage.resolve import best_right
from credential_pipeline.engines.linkage.sql import Sql, count
from credential_pipeline.foundation.registry.model import Linkage
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement


@dataclass(frozen=True)
class Sides:
    """What is compared.

    Attributes:
        forms: form, learner and the identifying columns: every way in which a learner is known.
        form_records: Record table of the forms.
        students: Record table of the registry.
    """

    forms: Relation
    form_records: Relation
    students: Relation


@dataclass(frozen=True)
class Students:
    """The best student of each learner, and what that rests on.

    Attributes:
        sides: What was compared.
        pairs: The candidate pairs of forms and students.
        scored: learner, student_id, match_weight, form: the scored pairs.
        candidates: learner, student_id, match_weight of pairs that nobody decided against, other learners' claims weighed in.
        best: learner, student_id, match_weight, match_probability, candidates, status, decided_by.
    """

    sides: Sides
    pairs: Candidates
    scored: Relation
    candidates: Relation
    best: Relation


def find_families(work: Scratch, model: Model, index: Relation, engine: Engine = DUCKDB) -> Families:
    """Count in the registry how often two people of one family look like one.

    Args:
        work: Makes the relations.
        model: The model of the family ``registry``.
        index: The registry's person index.
        engine: Where the heavy steps run.
    """
    with engine.reach(work) as sql:
        students = open_index(work, index, id_column="student_id")
        return count_families(sql, model, students, shared_fields(sql, students))


def find_students(
    work: Scratch,
    model: Model,
    limits: Linkage,
    identities: Identities,
    decided: Decided,
    *,
    families: Families,
    members: Relation,
    index: Relation,
    engine: Engine = DUCKDB,
) -> Students:
    """Find the best student of each learner; the engine does what looks through the registry.

    Args:
        work: Makes the relations.
        model: The model of the family ``registry``.
        limits: The probability from which the best student is linked, that of any candidate from which an undecided
            learner is ambiguous, and the ceiling of candidate pairs.
        identities: The identities of the profiles.
        decided: What people decided.
        families: How often two people of one family look like one.
        members: identity, learner.
        index: The registry's person index.
        engine: Where the heavy steps run.
    """
    must = of_learners(work, decided.must_student, identities.of_profiles, members)
    cannot = of_learners(work, decided.cannot_student, identities.of_profiles, members)
    forms = make_forms(work, identities.known, members)
    sides = Sides(forms, make_records(work, forms, id_column="form"), open_index(work, index, id_column="student_id"))
    with engine.reach(work) as sql:
        fields = shared_fields(sql, sides.form_records, sides.students)
        exact = match_exactly(sql, sides, cannot)
        found, scored = _compare(sql, model, families, sides, exact, fields, limits.max_candidate_pairs)
        alone = gather(sql, scored, cannot)
        candidates = weigh_claims(
            sql, alone, sides.forms, must, left="learner", right="student_id", right_rows=count(sql, sides.students)
        )
        sql.drop(alone)
        best = best_right(sql, candidates, left="learner", right="student_id", limits=limits)
        pairs = Candidates(sql.keep(found.pairs), found.forecast)
        scored, candidates, exact, best = (sql.keep(made) for made in (scored, candidates, exact, best))
    final = work.table(
        "best_students",
        statement(__package__, "best_students.sql", best=best, exact=exact, scored=scored, must=must),
    )
    return Students(sides, pairs, scored, candidates, final)


def make_forms(work: Scratch, entities: Relation, members: Relation) -> Relation:
    """Every distinct way in which a learner is known, its gaps filled with the learner's most frequent value.

    Args:
        work: Makes the relation.
        entities: One row per identity with what is known of it.
        members: identity, learner.
    """
    fill = [column for column in RECORD_COLUMNS if column not in ("first_name", "last_name")]
    modes = ", ".join(f"max_by({column}, (times_{column}, {column}::VARCHAR)) AS {column}" for column in fill)
    times = ", ".join(f"count({column}) OVER (PARTITION BY learner, {column}) AS times_{column}" for column in fill)
    columns = ", ".join(
        f"coalesce(e.{column}, k.{column}) AS {column}" if column in fill else f"e.{column}"
        for column in RECORD_COLUMNS
    )
    return work.table(
        "forms",
        f"""
        WITH entity AS (SELECT l.learner, e.* FROM {entities} e JOIN {members} l USING (identity)),
        several AS (SELECT learner FROM entity GROUP BY learner HAVING count(*) > 1),
        counted AS (SELECT *, {times} FROM entity SEMI JOIN several USING (learner)),
        known AS (SELECT learner, {modes} FROM counted GROUP BY learner)
        SELECT identity AS form, learner, {", ".join(RECORD_COLUMNS)} FROM entity ANTI JOIN several USING (learner)
        UNION ALL
        SELECT min(identity) AS form, learner, {", ".join(RECORD_COLUMNS)}
        FROM (SELECT e.identity, e.learner, {columns} FROM entity e JOIN known k USING (learner))
        GROUP BY ALL
        """,
    )


def _compare(
    sql: Sql, model: Model, families: Families, sides: Sides, exact: Relation, fields: Sequence[str], max_pairs: int
) -> tuple[Candidates, Relation]:
    """The pairs that match exactly or that a rule suggests, and how likely each is one person."""
    open_forms = sql.table(
        "open_forms",
        f"SELECT r.* FROM {sides.form_records} r JOIN {sides.forms} f ON f.form = r.id "
        f"ANTI JOIN {exact} e ON e.learner = f.learner",
    )
    found = make_pairs(sql, open_forms, sides.students, usable(RULES, fields), max_pairs)
    pairs = sql.table(
        "pairs",
        f"SELECT left_record, right_record FROM {found.pairs} UNION ALL SELECT left_record, right_record FROM {exact}",
    )
    weighed = weigh_across(
        sql,
        model,
        families,
        left=sides.form_records,
        right=sides.students,
        pairs=pairs,
        fields=fields,
        right_rows=count(sql, sides.students),
    )
    scored = _name(sql, sides, weighed)
    sql.drop(pairs, weighed, open_forms)
    return found, scored


def match_exactly(sql: Sql, sides: Sides, cannot: Relation) -> Relation:
    """Learners whose full name and birth date only one student has, and nothing speaks against it.

    Args:
        sql: What executes it.
        sides: What is compared.
        cannot: learner, student_id that people found to be two people.

    Returns:
        learner, student_id, left_record, right_record.
    """
    return sql.table(
        "exact",
        f"""
        WITH pairs AS (
            SELECT f.learner, s.id AS student_id, l.record AS left_record, s.record AS right_record,
                   coalesce(l.name_suffix = s.name_suffix, true)
                   AND coalesce(l.sex = s.sex, true)
                   AND coalesce(l.ssn_last4 = s.ssn_last4, true)
                   AND coalesce(substr(l.middle_name, 1, 1) = substr(s.middle_name, 1, 1), true) AS agree
            FROM (SELECT form, learner FROM {sides.forms}) f JOIN {sides.form_records} l ON f.form = l.id
            JOIN {sides.students} s USING (first_name, last_name, birth_date)
            ANTI JOIN {cannot} n ON n.learner = f.learner AND n.student_id = s.id),
        one AS (SELECT learner FROM pairs GROUP BY learner HAVING count(DISTINCT student_id) = 1 AND bool_and(agree))
        SELECT learner, student_id, left_record, right_record FROM pairs SEMI JOIN one USING (learner)
        """,
    )


def _name(sql: Sql, sides: Sides, compared: Relation) -> Relation:
    """The scored pairs with ids in place of numbers."""
    return sql.table(
        "scored_students",
        f"""
        SELECT f.learner, f.form, r.id AS student_id, s.match_weight
        FROM {compared} s
        JOIN {sides.form_records} l ON l.record = s.left_record JOIN {sides.forms} f ON f.form = l.id
        JOIN {sides.students} r ON r.record = s.right_record
        WHERE s.match_weight >= {MIN_WEIGHT}
        """,
    )


def gather(sql: Sql, scored: Relation, cannot: Relation) -> Relation:
    """The students that each learner may be: learner, student_id, match_weight.

    Args:
        sql: What executes it.
        scored: learner, student_id, match_weight.
        cannot: learner, student_id that people found to be two people.
    """
    return sql.table(
        "student_candidates",
        f"""
        WITH one AS (
            SELECT learner, student_id, max(match_weight) AS match_weight
            FROM {scored}
            GROUP BY learner, student_id)
        SELECT * FROM one ANTI JOIN {cannot} USING (learner, student_id)
        """,
    )
