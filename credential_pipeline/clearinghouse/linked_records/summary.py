"""A linked version in a few numbers, for people who look at a run: counts of learners, never one of them."""

from credential_pipeline.foundation.storage.engine import Connection

STATUSES = "SELECT status, count(*) AS learners FROM linked_records.learners GROUP BY 1 ORDER BY 1"
WEIGHTS = """
SELECT level AS weight, CAST(sum(value) AS BIGINT) AS learners FROM linked_records.diagnostics
WHERE metric = 'best_student' GROUP BY level ORDER BY CAST(level AS INTEGER)
"""
_CHANGES = """
SELECT event, count(DISTINCT learner_id) FROM linked_records.learner_events
WHERE revision = (SELECT max(revision) FROM linked_records.learner_events) GROUP BY 1 ORDER BY 1
"""
_EMPTY = """
SELECT dimension || '.' || level FROM linked_records.diagnostics
WHERE metric = 'declared_field' AND value = 0 AND n > 0 ORDER BY 1
"""
_WISHES = """
SELECT count(DISTINCT statement_id) FILTER (learner_id IS NOT NULL AND in_force),
       count(DISTINCT statement_id) FILTER (learner_id IS NULL), count(DISTINCT statement_id) FILTER (rescinded IS NOT NULL)
FROM linked_records.blocks
"""


def facts(con: Connection) -> dict[str, int | str]:
    """Learners by status, opt-outs, what the last change did to ids, and fields that are declared but empty.

    Args:
        con: Connection with the tables of linked_records.
    """
    statuses = {f"learners {status}": int(n) for status, n in con.execute(STATUSES).fetchall()}
    changes = {f"learner ids {event} in the last change": int(n) for event, n in con.execute(_CHANGES).fetchall()}
    empty = ", ".join(field for (field,) in con.execute(_EMPTY).fetchall())
    wishes = dict(zip(("in force", "of nobody known", "rescinded"), con.execute(_WISHES).fetchall()[0], strict=True))
    statuses |= {f"opt-outs {what}": int(n) for what, n in wishes.items()}
    return {**statuses, **changes, **({"declared but empty": empty} if empty else {})}
