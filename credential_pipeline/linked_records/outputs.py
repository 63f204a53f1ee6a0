"""The published tables of hop 3, made of what the steps before decided. Not here: any decision on a pair."""

from credential_pipeline.linkage import diagnose
from credential_pipeline.linkage.blocking import RULES, usable
from credential_pipeline.linkage.fields import shared_fields
from credential_pipeline.linkage.model import Model
from credential_pipeline.linked_records.learners import ENTITIES, IDENTITIES, LEARNERS, RECORDS
from credential_pipeline.linked_records.learners import SCORED as LEARNER_SCORED
from credential_pipeline.linked_records.merging import MERGED
from credential_pipeline.linked_records.students import BEST, CANDIDATES, FORM_RECORDS, STUDENT_RECORDS
from credential_pipeline.storage.engine import Connection

PERSONS = "tmp_persons"
"""person -> learner_id, student_id, match_probability, status, decided_by, blocked."""

_PROBABILITY = "round(power(2.0, least(match_weight, 50)) / (1 + power(2.0, least(match_weight, 50))), 6)"


def write_outputs(con: Connection, review_threshold: float) -> None:
    """Create linked_records.{learners, links, profile_links, review_queue}."""
    _make_persons(con)
    con.execute(
        f"""
        CREATE OR REPLACE TABLE linked_records.profile_links AS
        SELECT profile_id, p.learner_id, p.student_id, p.match_probability, p.status,
               CASE WHEN p.status IN ('linked', 'blocked') AND p.student_id IS NOT NULL THEN p.decided_by
                    WHEN p.status = 'blocked' THEN 'block' ELSE 'none' END AS decided_by
        FROM tmp_profile_person JOIN {PERSONS} p USING (person)
        ORDER BY profile_id
        """
    )
    con.execute(
        """
        CREATE OR REPLACE TABLE linked_records.links AS
        SELECT c.certifier, c.record_id, p.learner_id, p.student_id, p.match_probability, p.status, p.decided_by
        FROM cleaned_learners.credentials c JOIN linked_records.profile_links p USING (profile_id)
        ORDER BY c.certifier, c.record_id
        """
    )
    con.execute(
        f"""
        CREATE OR REPLACE TABLE linked_records.learners AS
        WITH held AS (
            SELECT t.person, string_agg(DISTINCT c.certifier, ',' ORDER BY c.certifier) AS certifiers,
                   count(*) FILTER (c.event = 'award') AS credentials,
                   min(c.event_date) FILTER (c.event = 'award') AS first_award_date
            FROM cleaned_learners.credentials c JOIN tmp_profile_person t USING (profile_id) GROUP BY t.person)
        SELECT p.learner_id, h.certifiers, coalesce(h.credentials, 0) AS credentials, h.first_award_date,
               p.student_id, p.status, p.blocked
        FROM {PERSONS} p LEFT JOIN held h USING (person)
        ORDER BY p.learner_id
        """
    )
    _write_queue(con, review_threshold)


def _make_persons(con: Connection) -> None:
    """Bring profiles, learners and students together, one row a person, and say who is blocked."""
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE tmp_profile_person AS
        SELECT i.profile_id, m.person
        FROM {IDENTITIES} i JOIN {LEARNERS} l USING (identity) JOIN {MERGED} m USING (learner)
        """
    )
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {PERSONS} AS
        WITH keys AS (
            SELECT t.person, min(coalesce(c.certifier || '|' || c.record_id, t.profile_id)) AS smallest,
                   coalesce(bool_or(c.blocked), false) AS blocked
            FROM tmp_profile_person t LEFT JOIN cleaned_learners.credentials c USING (profile_id) GROUP BY t.person),
        best AS (
            SELECT m.person, b.* EXCLUDE (learner)
            FROM {MERGED} m JOIN {BEST} b USING (learner)
            QUALIFY row_number() OVER (
                PARTITION BY m.person ORDER BY b.status = 'linked' DESC, b.match_weight DESC, b.student_id) = 1),
        student AS (SELECT student_id, ferpa_block FROM education_registry.persons)
        SELECT k.person, 'L' || substr(md5(k.smallest), 1, 16) AS learner_id,
               CASE WHEN b.status = 'linked' THEN b.student_id END AS student_id,
               coalesce(b.match_probability, 0.0) AS match_probability,
               k.blocked OR coalesce(b.status = 'linked' AND s.ferpa_block, false) AS blocked,
               CASE WHEN k.blocked OR coalesce(b.status = 'linked' AND s.ferpa_block, false) THEN 'blocked'
                    ELSE coalesce(b.status, 'unlinked') END AS status,
               b.decided_by
        FROM keys k LEFT JOIN best b USING (person) LEFT JOIN student s ON s.student_id = b.student_id
        """
    )


def _write_queue(con: Connection, review_threshold: float) -> None:
    """Pairs that a person should look at: of profiles between the thresholds, and of learners with close students."""
    con.execute(
        f"""
        CREATE OR REPLACE TABLE linked_records.review_queue AS
        WITH pairs AS (
            SELECT l.id AS left_id, r.id AS right_id, 'learner' AS hop, {_PROBABILITY} AS match_probability,
                   s.match_weight, 'between_thresholds' AS reason
            FROM {LEARNER_SCORED} s JOIN {RECORDS} l ON l.record = s.left_record JOIN {RECORDS} r ON r.record = s.right_record
            JOIN {LEARNERS} a ON a.record = s.left_record JOIN {LEARNERS} b ON b.record = s.right_record
            JOIN {MERGED} m ON m.learner = a.learner JOIN {MERGED} n ON n.learner = b.learner
            WHERE m.person <> n.person AND match_probability >= {review_threshold}
            UNION ALL
            SELECT b.learner, c.student_id, 'student',
                   round(power(2.0, least(c.match_weight, 50)) / (1 + power(2.0, least(c.match_weight, 50))), 6),
                   c.match_weight, CASE WHEN b.candidates > 1 THEN 'several_candidates' ELSE 'between_thresholds' END
            FROM {BEST} b JOIN {CANDIDATES} c USING (learner)
            WHERE b.status = 'ambiguous' AND c.match_weight >= b.match_weight - 7)
        SELECT 'Q' || substr(md5(hop || '|' || left_id || '|' || right_id), 1, 16) AS pair_id, *
        FROM pairs ORDER BY pair_id
        """
    )


def write_diagnostics(con: Connection, profiles: Model, registry: Model) -> None:
    """Create linked_records.diagnostics: counts, rates by group, weights; no value of a person."""
    target = "linked_records.diagnostics"
    diagnose.start(con, target)
    students = shared_fields(con, FORM_RECORDS, STUDENT_RECORDS)
    for metric, source in (
        ("profiles", IDENTITIES),
        ("identities", ENTITIES),
        ("learners", "linked_records.learners"),
        ("records", "linked_records.links"),
        ("students", STUDENT_RECORDS),
        ("review_pairs", "linked_records.review_queue"),
    ):
        diagnose.add_count(con, target, metric, con.execute(f"SELECT count(*) FROM {source}").fetchall()[0][0])
    rows = """(SELECT p.status, f.certifier, f.sex, (year(f.birth_date) // 10 * 10)::VARCHAR AS birth_decade,
                      CASE WHEN f.birth_date IS NULL THEN 'no' ELSE 'yes' END AS has_birth_date, p.decided_by
               FROM linked_records.profile_links p JOIN cleaned_learners.profiles f USING (profile_id))"""
    diagnose.add_rates(
        con, target, rows, "status", ("certifier", "sex", "birth_decade", "has_birth_date", "decided_by")
    )
    diagnose.add_histogram(
        con, target, f"(SELECT match_weight FROM {BEST} WHERE match_weight IS NOT NULL)", "best_student"
    )
    diagnose.add_rules(con, target, "tmp_student_pairs", [rule.name for rule in usable(RULES, students)])
    diagnose.add_model(con, target, profiles, shared_fields(con, RECORDS))
    diagnose.add_model(con, target, registry, students)
