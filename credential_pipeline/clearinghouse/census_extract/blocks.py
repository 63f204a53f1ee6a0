"""Who may not be in the extract, by what the certifiers and the schools say now.

A learner is out if any record of any certifier says "do not share", if any student record that the learner was
compared with and given has the school's FERPA block (34 CFR 99.37), or if linkage had removed the learner already. The
most restrictive wins; a block on one record removes the whole learner. Applied at load, and again here with the
registry of today.
"""

from credential_pipeline.clearinghouse.census_extract.tokens import TokenKey, create_row_ids
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection

_REASONS = """
CREATE OR REPLACE TEMP TABLE tmp_extract_reasons AS
WITH
certifier_blocks AS (
    SELECT coalesce(l.learner_id, p.learner_id) AS learner_id, c.profile_id
    FROM cleaned_learners.credentials c
    LEFT JOIN linked_records.links l USING (certifier, record_id)
    LEFT JOIN linked_records.profile_links p USING (profile_id)
    WHERE c.blocked
    UNION
    SELECT p.learner_id, c.profile_id
    FROM cleaned_learners.credentials c
    JOIN linked_records.profile_links p USING (profile_id)
    WHERE c.blocked
),
seen AS (
    SELECT learner_id, student_id, status = 'blocked' OR coalesce(blocked, FALSE) AS removed
    FROM linked_records.learners
    UNION ALL
    SELECT learner_id, student_id, status = 'blocked' FROM linked_records.links
    UNION ALL
    SELECT learner_id, student_id, status = 'blocked' FROM linked_records.profile_links
),
school_blocks AS (
    SELECT DISTINCT seen.learner_id
    FROM seen LEFT JOIN education_registry.persons s USING (student_id)
    WHERE seen.removed OR s.ferpa_block
),
learners AS (
    SELECT DISTINCT learner_id FROM linked_records.learners WHERE learner_id IS NOT NULL
)
SELECT learner_id,
       CASE WHEN learner_id IN (SELECT learner_id FROM certifier_blocks WHERE learner_id IS NOT NULL) THEN 'opted_out'
            WHEN learner_id IN (SELECT learner_id FROM school_blocks WHERE learner_id IS NOT NULL) THEN 'ferpa_blocked'
            ELSE 'extracted' END AS reason
FROM learners
UNION ALL
-- A blocked profile that linkage gave to no learner is a reported person, too.
SELECT DISTINCT NULL, 'opted_out' || chr(31) || b.profile_id
FROM certifier_blocks b
WHERE b.profile_id NOT IN (
    SELECT profile_id FROM linked_records.profile_links
    WHERE profile_id IS NOT NULL AND learner_id IN (SELECT learner_id FROM learners)
)
AND (b.learner_id IS NULL OR b.learner_id NOT IN (SELECT learner_id FROM learners))
"""


def create_reasons(con: Connection) -> None:
    """Create ``tmp_extract_reasons(learner_id, reason)``: every reported learner once, opted_out first."""
    con.execute(_REASONS)
    # The profile's id kept people apart that have no learner id; it has done its work.
    con.execute("UPDATE tmp_extract_reasons SET reason = 'opted_out' WHERE starts_with(reason, 'opted_out')")


def refuse_blocked(con: Connection, industry: str, key: TokenKey) -> None:
    """Check that nobody of ``census_extract.learners`` is blocked now, and that every row is a learner's.

    Run it again right before the hand-over: a block may have come since the extract was built.

    Raises:
        SafeError: ``E_BLOCKED_LEARNER``.
    """
    create_reasons(con)
    try:
        con.execute(
            """
            CREATE OR REPLACE TEMP TABLE tmp_extract_allowed AS
            SELECT learner_id FROM tmp_extract_reasons WHERE reason = 'extracted'
            """
        )
        create_row_ids(con, "tmp_extract_allowed", "tmp_extract_allowed_rows", industry, key)
        # Deny by default: the anti-join is against those who may be in, not those who may not.
        outside = con.execute(
            """
            SELECT count(*)
            FROM (
                SELECT row_id FROM census_extract.learners
                UNION ALL SELECT row_id FROM census_extract.credentials
                UNION ALL SELECT row_id FROM census_extract.enrollments
                UNION ALL SELECT row_id FROM census_extract.degrees
            ) AS extract
            ANTI JOIN tmp_extract_allowed_rows USING (row_id)
            """
        ).fetchall()[0][0]
    finally:
        for table in ("tmp_extract_reasons", "tmp_extract_allowed", "tmp_extract_allowed_rows"):
            con.execute(f"DROP TABLE IF EXISTS {table}")
    if outside:
        message = (
            f"The extract of {industry} holds {outside} row(s) of learners who are blocked now or unknown: "
            f"run the hop census_extract again; nothing was sent."
        )
        raise SafeError("E_BLOCKED_LEARNER", message)
