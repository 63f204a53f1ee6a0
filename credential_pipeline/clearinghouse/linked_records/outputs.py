"""The published tables of linked_records, made of what the steps before decided.

Not here: any decision on a pair, and how the linkage went (diagnostics.py).
"""

from credential_pipeline.clearinghouse.linked_records.learner_ids import IDS, assign_ids
from credential_pipeline.clearinghouse.linked_records.learner_ledger import write_ledger
from credential_pipeline.clearinghouse.linked_records.learners import IDENTITIES, LEARNERS
from credential_pipeline.clearinghouse.linked_records.merging import MERGED
from credential_pipeline.clearinghouse.linked_records.pairs import write_pairs, write_queue
from credential_pipeline.clearinghouse.linked_records.students import BEST
from credential_pipeline.foundation.storage.engine import Connection

PERSONS = "tmp_persons"
"""person -> learner_id, student_id, match_probability, status, decided_by, blocked."""


def write_outputs(con: Connection, review_threshold: float) -> None:
    """Create linked_records.{learners, links, profile_links, pairs, review_queue}."""
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
    write_pairs(con)
    write_queue(con, review_threshold)


def _make_persons(con: Connection) -> None:
    """Bring profiles, learners and students together, one row a person, and say who is blocked."""
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE tmp_profile_person AS
        SELECT i.profile_id, m.person
        FROM {IDENTITIES} i JOIN {LEARNERS} l USING (identity) JOIN {MERGED} m USING (learner)
        """
    )
    # A profile without a feed row, which only a world made by hand has, stands for its row.
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE tmp_person_rows AS
        SELECT coalesce(c.certifier, p.certifier) AS certifier, coalesce(c.record_id, p.profile_id) AS record_id,
               t.person
        FROM tmp_profile_person t JOIN cleaned_learners.profiles p USING (profile_id)
        LEFT JOIN cleaned_learners.credentials c USING (profile_id)
        """
    )
    assign_ids(con, "tmp_person_rows")
    write_ledger(con)
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {PERSONS} AS
        WITH keys AS (
            SELECT t.person, coalesce(bool_or(c.blocked), false) AS blocked
            FROM tmp_profile_person t LEFT JOIN cleaned_learners.credentials c USING (profile_id) GROUP BY t.person),
        best AS (
            SELECT m.person, b.* EXCLUDE (learner)
            FROM {MERGED} m JOIN {BEST} b USING (learner)
            QUALIFY row_number() OVER (
                PARTITION BY m.person
                ORDER BY b.status = 'linked' DESC, b.decided_by = 'review' DESC, b.match_weight DESC, b.student_id) = 1),
        student AS (SELECT student_id, ferpa_block FROM education_registry.persons)
        SELECT k.person, i.learner_id,
               CASE WHEN b.status = 'linked' THEN b.student_id END AS student_id,
               coalesce(b.match_probability, 0.0) AS match_probability,
               k.blocked OR coalesce(b.status = 'linked' AND s.ferpa_block, false) AS blocked,
               CASE WHEN k.blocked OR coalesce(b.status = 'linked' AND s.ferpa_block, false) THEN 'blocked'
                    ELSE coalesce(b.status, 'unlinked') END AS status,
               b.decided_by
        FROM keys k JOIN {IDS} i USING (person) LEFT JOIN best b USING (person)
        LEFT JOIN student s ON s.student_id = b.student_id
        """
    )
