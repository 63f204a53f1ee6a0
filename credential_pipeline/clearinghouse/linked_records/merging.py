"""Learners that met the same student are one learner, unless they contradict one another. Not here: the clustering."""

from credential_pipeline.clearinghouse.linked_records import reviewed
from credential_pipeline.clearinghouse.linked_records.learners import IDENTITIES, LEARNERS, RECORDS
from credential_pipeline.clearinghouse.linked_records.students import BEST
from credential_pipeline.engines.linkage.fields import shared_fields
from credential_pipeline.engines.linkage.model import Model
from credential_pipeline.engines.linkage.predict import score
from credential_pipeline.engines.linkage.resolve import contradiction
from credential_pipeline.foundation.storage.engine import Connection

MERGED = "tmp_merged"
"""learner (before) -> person (smallest learner after merging)."""


def merge_learners(con: Connection, model: Model) -> None:
    """Create the table of merged learners; of two that contradict, the weaker link becomes ambiguous."""
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE tmp_same_student AS
        WITH linked AS (
            SELECT learner, student_id, match_weight,
                   row_number() OVER (
                       PARTITION BY student_id ORDER BY decided_by = 'review' DESC, match_weight DESC, learner) AS place
            FROM {BEST} WHERE status = 'linked')
        SELECT b.learner, a.learner AS anchor FROM linked b JOIN linked a USING (student_id)
        WHERE a.place = 1 AND b.place > 1
        """
    )
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE tmp_merge_pairs AS
        SELECT least(a.record, b.record) AS left_record, greatest(a.record, b.record) AS right_record,
               any_value(s.learner) AS learner
        FROM tmp_same_student s JOIN {LEARNERS} a ON a.learner = s.anchor JOIN {LEARNERS} b ON b.learner = s.learner
        GROUP BY 1, 2
        """
    )
    against = "tmp_merge_against"
    con.execute(f"CREATE OR REPLACE TEMP TABLE {against} (learner VARCHAR)")
    if con.execute("SELECT count(*) FROM tmp_merge_pairs").fetchall()[0][0]:
        fields = shared_fields(con, RECORDS)
        rows = con.execute(f"SELECT count(*) FROM {RECORDS}").fetchall()[0][0]
        score(
            con,
            model,
            "tmp_merge_scored",
            left=RECORDS,
            right=None,
            pairs="tmp_merge_pairs",
            fields=fields,
            right_rows=rows,
            min_weight=-1e6,
        )
        con.execute(
            f"INSERT INTO {against} SELECT DISTINCT p.learner FROM tmp_merge_scored s "
            f"JOIN tmp_merge_pairs p USING (left_record, right_record) WHERE {contradiction(fields)}"
        )
    con.execute(
        f"""
        INSERT INTO {against}
        WITH place AS (SELECT learner, anchor, 2 AS place FROM tmp_same_student UNION SELECT anchor, anchor, 1 FROM tmp_same_student)
        SELECT DISTINCT CASE WHEN (p.place, p.learner) > (q.place, q.learner) THEN p.learner ELSE q.learner END
        FROM {reviewed.CANNOT} c
        JOIN {IDENTITIES} i ON i.profile_id = c.left_profile JOIN {LEARNERS} a ON a.identity = i.identity
        JOIN {IDENTITIES} j ON j.profile_id = c.right_profile JOIN {LEARNERS} b ON b.identity = j.identity
        JOIN place p ON p.learner = a.learner JOIN place q ON q.learner = b.learner AND q.anchor = p.anchor
        WHERE p.learner <> q.learner
        """
    )
    con.execute(f"UPDATE {BEST} SET status = 'ambiguous' WHERE learner IN (SELECT learner FROM {against})")
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {MERGED} AS
        WITH linked AS (SELECT learner, student_id FROM {BEST} WHERE status = 'linked'),
        person AS (SELECT student_id, min(learner) AS person FROM linked GROUP BY student_id)
        SELECT l.learner, coalesce(p.person, l.learner) AS person
        FROM (SELECT DISTINCT learner FROM {LEARNERS}) l
        LEFT JOIN linked b USING (learner) LEFT JOIN person p USING (student_id)
        """
    )
