"""Under which ids one learner may stand in the record of disclosures.

A learner's id may have given way to another one since; and whoever was named before the linkage gave ids is on record by the keys of
the certifiers' rows, which the linkage remembers for good. Not here: the record itself (disclosure_record.py).
"""

from credential_pipeline.foundation.storage.engine import Connection

_DIGITS = 32


def record_key(certifier: str, record_id: str) -> str:
    """The SQL of the key by which a certifier's row stands on record; it does not show the row's id.

    Args:
        certifier: SQL of the certifier's name.
        record_id: SQL of the sender's id of the row.
    """
    return f"'R' || left(sha256({certifier} || chr(31) || {record_id}), {_DIGITS})"


def other_ids(con: Connection, learner_id: str) -> set[str]:
    """The ids that gave way to a learner's, the one that it gave way to, and the keys of the rows of all of them.

    Args:
        con: Connection with ``linked_records.learner_redirects`` and ``linked_records.record_ids`` of one industry.
        learner_id: The learner.
    """
    found = con.execute(
        f"""
        WITH living AS (
            SELECT learner_id FROM linked_records.learner_redirects WHERE retired_id = $learner_id AND learner_id IS NOT NULL
            UNION SELECT $learner_id),
        ids AS (
            FROM living
            UNION SELECT retired_id FROM linked_records.learner_redirects SEMI JOIN living USING (learner_id))
        FROM ids
        UNION
        SELECT {record_key("certifier", "record_id")} FROM linked_records.record_ids SEMI JOIN ids USING (learner_id)
        """,
        {"learner_id": learner_id},
    ).fetchall()
    return {one for (one,) in found} - {learner_id}
