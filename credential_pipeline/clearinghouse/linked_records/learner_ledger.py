"""What became of every learner's id: the ledger of events, where ids that ceased now lead, and the memory of rows.

The ledger balances like an account: the rows that its events add to an id and take from it leave those that the id has
now, so an id lives if and only if its balance is above zero. Not here: who gets which id (learner_ids.py).
"""

from credential_pipeline.clearinghouse.linked_records.learner_ids import Ids
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation
from credential_pipeline.foundation.storage.sql import statement


def write_ledger(work: Scratch, ids: Ids) -> None:
    """Create linked_records.{learner_events, learner_redirects, record_ids} from the ids that were given.

    A change of ids takes the next revision; where nothing changed, nothing is added. Within one revision rows first come
    back to the learner who had them (``returned``), and then move.
    """
    con = work.con
    flow = work.table(
        "id_flow",
        f"""
        SELECT t.old, i.learner_id AS now, t.was, count(*) AS records, coalesce(any_value(i.inherited), true) AS inherited
        FROM {ids.trace} t LEFT JOIN {ids.given} i USING (person)
        WHERE t.old IS DISTINCT FROM i.learner_id AND (t.was OR i.learner_id IS NOT NULL)
              OR t.old = i.learner_id AND NOT t.was
        GROUP BY t.old, i.learner_id, t.was
        """,
    )
    query = statement(__package__, "learner_events.sql", given=ids.given, flow=flow, before=ids.events_before)
    con.execute(f"CREATE OR REPLACE TABLE linked_records.learner_events AS {query}")
    _write_redirects(con, ids.given)
    con.execute(
        f"""
        CREATE OR REPLACE TABLE linked_records.record_ids AS
        SELECT t.certifier, t.record_id, coalesce(i.learner_id, r.learner_id, t.old) AS learner_id,
               i.learner_id IS NOT NULL AS present
        FROM {ids.trace} t LEFT JOIN {ids.given} i USING (person)
        LEFT JOIN linked_records.learner_redirects r ON r.retired_id = t.old
        ORDER BY t.certifier, t.record_id
        """
    )


def _write_redirects(con: Connection, given: Relation) -> None:
    """Follow every id that ceased to the living one that has its rows, over any number of later mergers."""
    query = statement(
        __package__, "learner_redirects.sql", events=relation(con, "linked_records.learner_events"), given=given
    )
    con.execute(f"CREATE OR REPLACE TABLE linked_records.learner_redirects AS {query}")
