"""Learners meet the students of the registry: the unique exact match first, then the model.

Each learner is compared in every form in which its profiles know it, with gaps filled from one another. Not here: how
learners come about, and what is published.
"""

from collections.abc import Sequence

from credential_pipeline.clearinghouse.linked_records import reviewed
from credential_pipeline.clearinghouse.linked_records.learners import ENTITIES, IDENTITIES, LEARNERS
from credential_pipeline.engines.linkage.blocking import RULES, make_pairs, usable
from credential_pipeline.engines.linkage.engine import DUCKDB, Engine, Sql
from credential_pipeline.engines.linkage.fields import RECORD_COLUMNS, make_records, open_index, shared_fields
from credential_pipeline.engines.linkage.forecast import MAX_PAIRS
from credential_pipeline.engines.linkage.model import Model
from credential_pipeline.engines.linkage.predict import score
from credential_pipeline.engines.linkage.resolve import best_right, contradiction
from credential_pipeline.foundation.storage.engine import Connection

FORMS = "tmp_forms"
"""form, learner and the identifying columns: every way in which a learner is known."""
FORM_RECORDS = "tmp_form_records"
STUDENT_RECORDS = "tmp_student_records"
SCORED = "tmp_student_scored"
BEST = "tmp_best_student"
"""learner, student_id, match_weight, match_probability, share, candidates, status, decided_by."""
CANDIDATES = "tmp_student_candidates"
"""learner, student_id, match_weight of pairs without contradiction."""
EXACT = "tmp_exact_students"
"""As :data:`BEST`, with the form that matched: learners whose full name and birth date only one student has."""
MUST = "tmp_review_must_learner"
"""learner, student_id: people decided that they are one."""
CANNOT = "tmp_review_cannot_learner"
"""learner, student_id: people decided that they are not one."""


def find_students(
    con: Connection,
    model: Model,
    link_threshold: float,
    review_threshold: float,
    *,
    max_pairs: int = MAX_PAIRS,
    engine: Engine = DUCKDB,
) -> None:
    """Create the table of the best student of each learner; the engine does what looks through the registry."""
    reviewed.learners_and_students(con, MUST, CANNOT, IDENTITIES, LEARNERS)
    _make_forms(con)
    make_records(con, FORMS, FORM_RECORDS, id_column="form")
    students = open_index(con, "education_registry.person_index", STUDENT_RECORDS, id_column="student_id")
    with engine.reach(con, gives=(EXACT, "tmp_student_pairs", SCORED, CANDIDATES, "tmp_scored_best")) as sql:
        fields = shared_fields(sql, FORM_RECORDS, STUDENT_RECORDS)
        _match_exactly(sql, model, students, link_threshold)
        sql.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE tmp_open_forms AS
            SELECT r.* FROM {FORM_RECORDS} r JOIN {FORMS} f ON f.form = r.id
            ANTI JOIN {EXACT} e ON e.learner = f.learner
            """
        )
        make_pairs(sql, "tmp_student_pairs", "tmp_open_forms", STUDENT_RECORDS, usable(RULES, fields), max_pairs)
        score(
            sql,
            model,
            SCORED,
            left="tmp_open_forms",
            right=STUDENT_RECORDS,
            pairs="tmp_student_pairs",
            fields=fields,
            right_rows=students,
        )
        _gather(sql, fields)
        best_right(
            sql,
            CANDIDATES,
            "tmp_scored_best",
            left="learner",
            right="student_id",
            link_threshold=link_threshold,
            review_threshold=review_threshold,
        )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {BEST} AS "
        f"SELECT *, 'model' AS decided_by FROM tmp_scored_best ANTI JOIN {MUST} USING (learner) "
        f"UNION ALL BY NAME SELECT * EXCLUDE (form) FROM {EXACT} ANTI JOIN {MUST} USING (learner)"
    )
    _add_reviewed(con)


def _make_forms(con: Connection) -> None:
    """Every distinct way in which a learner is known, its gaps filled with the learner's most frequent value."""
    fill = [column for column in RECORD_COLUMNS if column not in ("first_name", "last_name")]
    modes = ", ".join(f"max_by({column}, (times_{column}, {column}::VARCHAR)) AS {column}" for column in fill)
    times = ", ".join(f"count({column}) OVER (PARTITION BY learner, {column}) AS times_{column}" for column in fill)
    columns = ", ".join(
        f"coalesce(e.{column}, k.{column}) AS {column}" if column in fill else f"e.{column}"
        for column in RECORD_COLUMNS
    )
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {FORMS} AS
        WITH entity AS (SELECT l.learner, e.* FROM {ENTITIES} e JOIN {LEARNERS} l USING (identity)),
        several AS (SELECT learner FROM entity GROUP BY learner HAVING count(*) > 1),
        counted AS (SELECT *, {times} FROM entity SEMI JOIN several USING (learner)),
        known AS (SELECT learner, {modes} FROM counted GROUP BY learner)
        SELECT identity AS form, learner, {", ".join(RECORD_COLUMNS)} FROM entity ANTI JOIN several USING (learner)
        UNION ALL
        SELECT min(identity) AS form, learner, {", ".join(RECORD_COLUMNS)}
        FROM (SELECT e.identity, e.learner, {columns} FROM entity e JOIN known k USING (learner))
        GROUP BY ALL
        """
    )


def _match_exactly(con: Sql, model: Model, students: int, threshold: float) -> None:
    """Learners whose full name and birth date only one student has, and nothing speaks against it."""
    name, born = model.weights["name"]["full"], model.weights["birth_date"]["exact"]
    prior = model.prior_for(students)
    scale = prior / (1 - prior) * name[0] * born[0] / born[1]
    probability = f"round(({scale} / frequency) / (1 + {scale} / frequency), 6)"
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {EXACT} AS
        WITH pairs AS (
            SELECT f.learner, s.id AS student_id, s.first_name, s.last_name,
                   coalesce(l.name_suffix = s.name_suffix, true)
                   AND coalesce(l.sex = s.sex, true)
                   AND coalesce(l.ssn_last4 = s.ssn_last4, true)
                   AND coalesce(substr(l.middle_name, 1, 1) = substr(s.middle_name, 1, 1), true) AS agree, f.form
            FROM (SELECT form, learner FROM {FORMS}) f JOIN {FORM_RECORDS} l ON f.form = l.id
            JOIN {STUDENT_RECORDS} s USING (first_name, last_name, birth_date)
            ANTI JOIN {CANNOT} n ON n.learner = f.learner AND n.student_id = s.id),
        one AS (
            SELECT learner, any_value(student_id) AS student_id, any_value(first_name) AS first_name,
                   any_value(last_name) AS last_name, min(form) AS form
            FROM pairs GROUP BY learner HAVING count(DISTINCT student_id) = 1 AND bool_and(agree)),
        frequent AS (
            SELECT first_name, last_name, count(*)::DOUBLE / {students} AS frequency
            FROM {STUDENT_RECORDS} SEMI JOIN one USING (first_name, last_name) GROUP BY ALL)
        SELECT learner, form, student_id, round(log2({scale} / frequency), 6) AS match_weight,
               {probability} AS match_probability, {probability} AS share,
               1 AS candidates, 'linked' AS status, 'exact' AS decided_by
        FROM one JOIN frequent USING (first_name, last_name)
        WHERE {probability} >= {threshold}
        """
    )


def _gather(con: Sql, fields: Sequence[str]) -> None:
    against = contradiction(fields)
    # Of two forms that weigh the same, the one without contradiction speaks for the learner, in any order of rows.
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {CANDIDATES} AS
        SELECT f.learner, r.id AS student_id, max(s.match_weight) AS match_weight
        FROM {SCORED} s
        JOIN {FORM_RECORDS} l ON l.record = s.left_record JOIN {FORMS} f ON f.form = l.id
        JOIN {STUDENT_RECORDS} r ON r.record = s.right_record
        GROUP BY ALL
        HAVING NOT arg_max({against}, (s.match_weight, NOT {against}))
        """
    )
    con.execute(
        f"DELETE FROM {CANDIDATES} c USING {CANNOT} n WHERE n.learner = c.learner AND n.student_id = c.student_id"
    )


def _add_reviewed(con: Connection) -> None:
    """Learners whose student people have named; their weight is the model's, where it has one."""
    con.execute(
        f"""
        INSERT INTO {BEST} BY NAME
        WITH scored AS (
            SELECT f.learner, r.id AS student_id, max(s.match_weight) AS match_weight
            FROM {SCORED} s JOIN {FORM_RECORDS} l ON l.record = s.left_record JOIN {FORMS} f ON f.form = l.id
            JOIN {STUDENT_RECORDS} r ON r.record = s.right_record
            SEMI JOIN {MUST} m ON m.learner = f.learner AND m.student_id = r.id
            GROUP BY ALL
            UNION ALL SELECT learner, student_id, match_weight FROM {EXACT} SEMI JOIN {MUST} USING (learner, student_id))
        SELECT m.learner, m.student_id, s.match_weight, 1.0 AS match_probability, 1.0 AS share, 1 AS candidates,
               'linked' AS status, 'review' AS decided_by
        FROM {MUST} m LEFT JOIN scored s USING (learner, student_id)
        """
    )
