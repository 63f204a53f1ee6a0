"""Histories of clusters for the tests of learner ids: what every step of the ledger leaves.

Not the fixture of the connection, and nothing that is asserted.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from credential_pipeline.clearinghouse.linked_records.learner_ids import (
    PREVIOUS,
    REMEMBERED,
    assign_ids,
)
from credential_pipeline.clearinghouse.linked_records.learner_ledger import write_ledger
from credential_pipeline.foundation.contracts.linked_records import SNAPSHOT
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import scratch

TABLES = ("learner_events", "learner_redirects", "record_ids")
Row = tuple[str, str]
Clusters = Mapping[Row, str]
"""Row -> label of its cluster; labels mean nothing from one run to the next."""


@dataclass(frozen=True)
class State:
    """What one run published."""

    ids: dict[Row, str]
    remembered: dict[Row, str]
    events: list[tuple]
    redirects: dict[str, str | None]

    @property
    def revision(self) -> int:
        return max((event[0] for event in self.events), default=0)

    def of(self, revision: int) -> set[tuple]:
        """The events of one revision: event, learner, other, rows."""
        return {
            (event, learner, other, rows) for number, learner, event, other, rows in self.events if number == revision
        }


def forget(con: Connection) -> None:
    con.execute(f"DROP SCHEMA IF EXISTS {PREVIOUS} CASCADE")


def step(con: Connection, clusters: Clusters, order: Sequence[Row] | None = None, *, publish: bool = True) -> State:
    """Run once and, if it is published, let the next run inherit."""
    rows = list(order or clusters)
    kinds = dict.fromkeys(("certifier", "record_id", "person"), "VARCHAR")
    with scratch(con) as work:
        ids = assign_ids(work, work.rows("rows", kinds, [(*row, clusters[row]) for row in rows]))
        write_ledger(work, ids)
        given_out = dict(con.execute(f"SELECT person, learner_id FROM {ids.given}").fetchall())
    for name in TABLES:
        made = con.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = 'linked_records' AND table_name = ?",
            [name],
        ).fetchall()
        assert dict(made) == SNAPSHOT.table(name).schema
    memory = con.execute("FROM linked_records.record_ids").fetchall()
    assert len({row[:2] for row in memory}) == len(memory)
    state = State(
        ids={(certifier, record): learner for certifier, record, learner, present in memory if present},
        remembered={(certifier, record): learner for certifier, record, learner, _ in memory},
        events=con.execute("FROM linked_records.learner_events").fetchall(),
        redirects={old: new for old, new, _ in con.execute("FROM linked_records.learner_redirects").fetchall()},
    )
    assert {row: given_out[person] for row, person in clusters.items()} == state.ids
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {PREVIOUS}")
    for name in REMEMBERED if publish else ():
        con.execute(f"CREATE OR REPLACE TABLE {PREVIOUS}.{name} AS FROM linked_records.{name}")
    return state


def history(con: Connection, *sequence: Clusters) -> list[State]:
    forget(con)
    return [step(con, clusters) for clusters in sequence]


def put(**clusters: str) -> dict[Row, str]:
    """Clusters of one certifier by label, rows separated by spaces."""
    return {("mssc", record): label for label, records in clusters.items() for record in records.split()}


def hashed(record: str, salt: str = "") -> str:
    return "L" + hashlib.md5(f"mssc|{record}{salt}".encode(), usedforsecurity=False).hexdigest()[:16]


def replay(events: Sequence[tuple], until: int) -> dict[str, int]:
    """Rows per living id, from the events alone."""
    rows: Counter[str] = Counter()
    for revision, learner, event, other, records in events:
        if revision > until:
            continue
        rows[learner] += -records if event in {"left", "retired", "merged"} else records
        if event in {"split", "merged"}:
            rows[other] += records if event == "merged" else -records
    assert min(rows.values(), default=0) >= 0
    return {learner: count for learner, count in rows.items() if count}
