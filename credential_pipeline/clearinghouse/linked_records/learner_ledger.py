"""What became of every learner's id: the ledger of events, where ids that ceased now lead, and the memory of rows.

The ledger balances like an account: the rows that its events add to an id and take from it leave those that the id has
now, so an id lives if and only if its balance is above nought. Not here: who gets which id (learner_ids.py).
"""

from credential_pipeline.clearinghouse.linked_records.learner_ids import EVENTS_BEFORE, IDS, TRACE
from credential_pipeline.foundation.storage.engine import Connection


def write_ledger(con: Connection) -> None:
    """Create linked_records.{learner_events, learner_redirects, record_ids} from what ``assign_ids`` left.

    A change of ids takes the next revision; where nothing changed, nothing is added. Within one revision rows first come
    back to the learner who had them (``returned``), and then move.
    """
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE tmp_id_flow AS
        SELECT t.old, i.learner_id AS now, t.was, count(*) AS records, coalesce(any_value(i.inherited), true) AS inherited
        FROM {TRACE} t LEFT JOIN {IDS} i USING (person)
        WHERE t.old IS DISTINCT FROM i.learner_id AND (t.was OR i.learner_id IS NOT NULL)
              OR t.old = i.learner_id AND NOT t.was
        GROUP BY t.old, i.learner_id, t.was
        """
    )
    _write_events(con)
    _write_redirects(con)
    con.execute(
        f"""
        CREATE OR REPLACE TABLE linked_records.record_ids AS
        SELECT t.certifier, t.record_id, coalesce(i.learner_id, r.learner_id, t.old) AS learner_id,
               i.learner_id IS NOT NULL AS present
        FROM {TRACE} t LEFT JOIN {IDS} i USING (person)
        LEFT JOIN linked_records.learner_redirects r ON r.retired_id = t.old
        ORDER BY t.certifier, t.record_id
        """
    )


def _write_events(con: Connection) -> None:
    con.execute(
        f"""
        CREATE OR REPLACE TABLE linked_records.learner_events AS
        WITH lives AS (SELECT learner_id FROM {IDS}),
        moved AS (
            SELECT old, now, sum(records) AS records FROM tmp_id_flow WHERE old <> now GROUP BY old, now),
        new_events AS (
            SELECT f.now AS learner_id,
                   CASE WHEN f.inherited OR f.now IN (SELECT now FROM moved) THEN 'joined' ELSE 'born' END AS event,
                   NULL AS other_learner_id, f.records
            FROM tmp_id_flow f WHERE f.old IS NULL
            UNION ALL
            SELECT old, 'returned', NULL, sum(records) FROM tmp_id_flow
            WHERE old IS NOT NULL AND NOT was AND now IS NOT NULL GROUP BY old
            UNION ALL
            SELECT old, CASE WHEN old IN (FROM lives) OR old IN (SELECT old FROM moved) THEN 'left' ELSE 'retired' END,
                   NULL, records
            FROM tmp_id_flow WHERE was AND now IS NULL
            UNION ALL
            SELECT now, 'split', old, records FROM moved WHERE old IN (FROM lives)
            UNION ALL
            SELECT old, 'merged', now, records FROM moved WHERE old NOT IN (FROM lives)),
        newest AS (SELECT coalesce(max(revision), 0) + 1 AS revision FROM {EVENTS_BEFORE})
        SELECT revision, learner_id, event, other_learner_id, records FROM {EVENTS_BEFORE}
        UNION ALL BY NAME
        SELECT n.revision::INTEGER AS revision, e.learner_id, e.event, e.other_learner_id::VARCHAR AS other_learner_id,
               e.records::BIGINT AS records
        FROM new_events e CROSS JOIN newest n
        ORDER BY revision, learner_id, event, other_learner_id NULLS FIRST
        """
    )


def _write_redirects(con: Connection) -> None:
    """Follow every id that ceased to the living one that has its rows, over any number of later mergers."""
    con.execute(
        f"""
        CREATE OR REPLACE TABLE linked_records.learner_redirects AS
        WITH RECURSIVE ceased AS (
            SELECT learner_id, max(revision) AS revision
            FROM linked_records.learner_events ANTI JOIN {IDS} USING (learner_id)
            WHERE event IN ('merged', 'retired') GROUP BY learner_id),
        step AS (
            SELECT e.learner_id, first(e.other_learner_id ORDER BY e.records DESC, e.other_learner_id) AS target
            FROM linked_records.learner_events e JOIN ceased c USING (learner_id, revision)
            WHERE e.event = 'merged' GROUP BY e.learner_id),
        path AS (
            SELECT learner_id, target FROM step
            UNION
            SELECT p.learner_id, s.target FROM path p JOIN step s ON s.learner_id = p.target)
        SELECT c.learner_id AS retired_id, any_value(p.target) AS learner_id, c.revision
        FROM ceased c
        LEFT JOIN (SELECT learner_id, target FROM path WHERE target IN (SELECT learner_id FROM {IDS})) p USING (learner_id)
        GROUP BY c.learner_id, c.revision ORDER BY retired_id
        """
    )
