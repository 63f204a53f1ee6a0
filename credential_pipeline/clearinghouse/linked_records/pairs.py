"""The pairs that were looked at, linked or not, from which review samples are drawn, and the queue of those near the threshold.

Not here: any decision on a pair.
"""

from credential_pipeline.clearinghouse.linked_records.learners import IDENTITIES, LEARNERS
from credential_pipeline.clearinghouse.linked_records.learners import SCORED as LEARNER_SCORED
from credential_pipeline.clearinghouse.linked_records.merging import MERGED
from credential_pipeline.clearinghouse.linked_records.reviewed import DECIDED
from credential_pipeline.clearinghouse.linked_records.students import (
    BEST,
    CANDIDATES,
    EXACT,
    FORM_RECORDS,
    FORMS,
    STUDENT_RECORDS,
)
from credential_pipeline.clearinghouse.linked_records.students import SCORED as STUDENT_SCORED
from credential_pipeline.engines.linkage.predict import MIN_WEIGHT
from credential_pipeline.foundation.storage.engine import Connection

_PAIRS = "tmp_pairs"
"""hop, left_id, right_id, learner, match_weight, linked; learner is the one that a student was compared with."""
_INSIDE = "tmp_inside_scored"

NEAR_BEST = 7.0
"""Bits below its best candidate within which a student of an undecided learner is put to a person as well."""

_PROBABILITY = "round(power(2.0, least(match_weight, 50)) / (1 + power(2.0, least(match_weight, 50))), 6)"


def write_pairs(con: Connection) -> None:
    """Create linked_records.pairs: every scored pair that is kept, exact ones and those decided by people included."""
    inside = con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = ?", [_INSIDE]).fetchall()[0][0]
    scored = " UNION ALL ".join(
        f"SELECT left_record, right_record, match_weight FROM {table}"
        for table in (LEARNER_SCORED, *([_INSIDE] if inside else []))
    )
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {_PAIRS} AS
        WITH learner_of AS (
            SELECT i.profile_id, i.identity, l.record, l.learner, m.person
            FROM {IDENTITIES} i JOIN {LEARNERS} l USING (identity) JOIN {MERGED} m USING (learner)),
        named AS (SELECT record, identity, person FROM learner_of WHERE profile_id = identity),
        scored AS (
            SELECT l.identity AS left_id, r.identity AS right_id, s.match_weight, l.person = r.person AS linked
            FROM ({scored}) s JOIN named l ON l.record = s.left_record JOIN named r ON r.record = s.right_record
            WHERE s.match_weight >= {MIN_WEIGHT} OR l.person = r.person),
        decided AS (
            SELECT DISTINCT least(l.identity, r.identity) AS left_id, greatest(l.identity, r.identity) AS right_id,
                   NULL::DOUBLE AS match_weight, l.person = r.person AS linked
            FROM {DECIDED} d JOIN learner_of l ON l.profile_id = d.left_profile
            JOIN learner_of r ON r.profile_id = d.right_id
            WHERE d.hop = 'learner' AND l.identity <> r.identity),
        forms AS (
            SELECT f.learner, r.id AS right_id, max(s.match_weight) AS match_weight,
                   arg_max(f.form, (s.match_weight, f.form)) AS left_id
            FROM {STUDENT_SCORED} s JOIN {FORM_RECORDS} l ON l.record = s.left_record JOIN {FORMS} f ON f.form = l.id
            JOIN {STUDENT_RECORDS} r ON r.record = s.right_record
            GROUP BY ALL
            UNION ALL SELECT learner, student_id, match_weight, form FROM {EXACT}),
        students AS (
            SELECT * FROM forms
            UNION ALL BY NAME
            SELECT learner, student_id AS right_id, learner AS left_id
            FROM {BEST} b ANTI JOIN forms f ON f.learner = b.learner AND f.right_id = b.student_id
            WHERE b.decided_by = 'review')
        SELECT 'learner' AS hop, left_id, right_id, NULL::VARCHAR AS learner, match_weight, linked FROM scored
        UNION ALL SELECT 'learner', left_id, right_id, NULL, match_weight, linked
                  FROM decided ANTI JOIN scored USING (left_id, right_id)
        UNION ALL SELECT 'learner', identity, profile_id, NULL, NULL, true FROM {IDENTITIES} WHERE profile_id <> identity
        UNION ALL SELECT 'student', s.left_id, s.right_id, s.learner, s.match_weight, b.learner IS NOT NULL
                  FROM students s LEFT JOIN (SELECT learner, student_id FROM {BEST} WHERE status = 'linked') b
                    ON b.learner = s.learner AND b.student_id = s.right_id
        """
    )
    con.execute(
        f"""
        CREATE OR REPLACE TABLE linked_records.pairs AS
        WITH ends AS (
            SELECT d.hop, d.decision, CASE WHEN d.hop = 'student' THEN l.learner ELSE i.identity END AS one,
                   coalesce(j.identity, d.right_id) AS two
            FROM {DECIDED} d JOIN {IDENTITIES} i ON i.profile_id = d.left_profile JOIN {LEARNERS} l USING (identity)
            LEFT JOIN {IDENTITIES} j ON d.hop = 'learner' AND j.profile_id = d.right_id),
        -- Two profiles of one identity stand for themselves, all others for their identity or their learner.
        either AS (
            SELECT hop, one, two, decision FROM ends WHERE hop = 'student' OR one <> two
            UNION SELECT hop, two, one, decision FROM ends WHERE hop = 'learner' AND one <> two
            UNION SELECT hop, left_profile, right_id, decision FROM {DECIDED} WHERE hop = 'learner'
            UNION SELECT hop, right_id, left_profile, decision FROM {DECIDED} WHERE hop = 'learner'),
        once AS (SELECT hop, one, two, min(decision) AS decision FROM either GROUP BY ALL)
        SELECT 'Q' || substr(md5(p.hop || '|' || p.left_id || '|' || p.right_id), 1, 16) AS pair_id,
               p.hop, p.left_id, p.right_id, p.match_weight, {_PROBABILITY} AS match_probability, p.linked,
               o.decision AS reviewed
        FROM {_PAIRS} p LEFT JOIN once o
          ON o.hop = p.hop AND o.two = p.right_id AND o.one = CASE WHEN p.hop = 'student' THEN p.learner ELSE p.left_id END
        ORDER BY pair_id
        """
    )


def write_queue(con: Connection, review_threshold: float) -> None:
    """Create linked_records.review_queue: the pairs near the threshold that nobody has decided yet.

    Of profiles those above the review threshold that are not linked, of students those of undecided learners.
    """
    con.execute(
        f"""
        CREATE OR REPLACE TABLE linked_records.review_queue AS
        WITH near AS (
            SELECT hop, left_id, right_id, 'between_thresholds' AS reason
            FROM {_PAIRS} WHERE hop = 'learner' AND NOT linked AND {_PROBABILITY} >= {review_threshold}
            UNION ALL
            SELECT 'student', p.left_id, p.right_id,
                   CASE WHEN b.candidates > 1 THEN 'several_candidates' ELSE 'between_thresholds' END
            FROM {_PAIRS} p JOIN {BEST} b USING (learner)
            SEMI JOIN {CANDIDATES} c ON c.learner = p.learner AND c.student_id = p.right_id
            WHERE p.hop = 'student' AND b.status = 'ambiguous' AND p.match_weight >= b.match_weight - {NEAR_BEST})
        SELECT p.pair_id, p.left_id, p.right_id, p.hop, p.match_probability, p.match_weight, n.reason
        FROM linked_records.pairs p JOIN near n USING (hop, left_id, right_id)
        WHERE p.reviewed IS NULL
        ORDER BY p.pair_id
        """
    )
