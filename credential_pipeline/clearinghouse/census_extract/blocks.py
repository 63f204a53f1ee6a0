"""Who may not be in the extract, by what the certifiers and the schools say now.

A learner is out if linkage found a wish that concerns him (linked_records.blocks), and, looked for again here, if any record
of any certifier says "do not share" or the student record given to him has the school's FERPA block (34 CFR 99.37). The most
restrictive wins; a block on one record removes the whole learner. Applied at load, at the build and again at the hand-over;
and neither goes on if anything came since that linkage has not heard.
"""

from credential_pipeline.clearinghouse.census_extract.tokens import TokenKey, row_ids
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch
from credential_pipeline.foundation.storage.sql import statement


def find_reasons(work: Scratch) -> Relation:
    """Why learners may or may not be in the extract, by the published tables: learner_id, reason."""
    reported = work.table("reported", statement(__package__, "reasons.sql"))
    # The profile's id kept people apart that have no learner id; it has done its work.
    plain = "CASE WHEN starts_with(reason, 'opted_out') THEN 'opted_out' ELSE reason END"
    return work.table("reasons", f"SELECT learner_id, {plain} AS reason FROM {reported}")


def allowed(work: Scratch, reasons: Relation) -> Relation:
    """The learners who may be in the extract: learner_id."""
    return work.table("allowed", f"SELECT learner_id FROM {reasons} WHERE reason = 'extracted'")


def refuse_blocked(con: Connection, industry: str, key: TokenKey) -> None:
    """Check that nobody of ``census_extract.learners`` is blocked now, and that every row is a learner's.

    Run it again right before the hand-over: a block may have come since the extract was built.

    Raises:
        SafeError: ``E_BLOCKED_LEARNER``.
    """
    with scratch(con) as work:
        refuse_others(con, industry, row_ids(work, allowed(work, find_reasons(work)), industry, key))


def refuse_others(con: Connection, industry: str, rows: Relation) -> None:
    """Check that every row of ``census_extract`` is of a learner who may be in it.

    Args:
        con: The connection.
        industry: The industry, for the message.
        rows: The row ids of those who may be in.

    Raises:
        SafeError: ``E_BLOCKED_LEARNER``.
    """
    # Deny by default: the anti-join is against those who may be in, not those who may not.
    outside = con.execute(
        f"""
        SELECT count(*)
        FROM (
            SELECT row_id FROM census_extract.learners
            UNION ALL SELECT row_id FROM census_extract.credentials
            UNION ALL SELECT row_id FROM census_extract.enrollments
            UNION ALL SELECT row_id FROM census_extract.degrees
        ) AS extract
        ANTI JOIN {rows} USING (row_id)
        """
    ).fetchall()[0][0]
    if outside:
        message = (
            f"The extract of {industry} holds {outside} row(s) of learners who are blocked now or unknown: "
            f"run the hop census_extract again; nothing was sent."
        )
        raise SafeError("E_BLOCKED_LEARNER", message)
