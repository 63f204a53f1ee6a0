"""Rows that say "do not share", in whatever state they came: who asks for nothing to be shared is heard in a bad row, too.

A row that is set aside or that repeats another counts as much as an accepted one. A broken row is read from both ends; of it
only the words are believed with which its sender says "do not share". The last row of a file that was cut off counts as blocked
where the cut may have taken the mark. Not here: who the person is (cleaned_learners, linked_records).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from credential_pipeline.clearinghouse.last_whole import last_whole, note_loss
from credential_pipeline.clearinghouse.opt_outs.lists import Entry
from credential_pipeline.foundation.contracts.raw_feeds import SNAPSHOT
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation
from credential_pipeline.foundation.storage.snapshots import Store

CUT_ROW: Final = "CUT_ROW"
"""Reason of a row that is not known to be blocked, but whose mark may have been cut off."""

BEFORE: Final = "previous_raw_feeds"
"""Schema of what the gate compares with: blocks, by certifier, with rows and blocked of the last whole version, and rescinded;
not_compared, what could not be."""


def write_blocks(con: Connection, stage: Relation, settled: Relation, certifier: Certifier) -> None:
    """Add a certifier's rows that say "do not share" to raw_feeds.blocked_rows, and count its marks in block_flags.

    Args:
        con: Connection with the tables of raw_feeds.
        stage: The staged rows of a certifier.
        settled: The rows that do not simply go on.
        certifier: Whose rows they are; one without the field ``block_flag`` never says so.
    """
    if "block_flag" not in certifier.columns:
        return
    written = f"coalesce({certifier.written_sql('block_flag')}, '')"
    words = ", ".join(literal(word) for word in sorted(certifier.block_words))
    said = f"upper({written}) IN ({words})"
    con.execute(
        f"""
        INSERT INTO raw_feeds.blocked_rows
        WITH asked AS (
            -- Looked for by their marks alone: all values of all rows would take longer than anything else.
            SELECT place, {certifier.blocked_sql()} AS said, cut AND {written} = '' AS lost
            FROM {stage} WHERE reason_code IS NULL AND ({certifier.blocked_sql()} OR (cut AND {written} = ''))
        ), whole AS (
            SELECT place, delivery, line, source, said, lost FROM {stage} JOIN asked USING (place)
        ), reading AS (
            SELECT place, delivery, line, cut, unnest(readings) AS source FROM {stage} WHERE readings IS NOT NULL
        ), broken AS (
            SELECT place, delivery, line, source, bool_or({said}) OVER (PARTITION BY place) AS said,
                cut AND bool_or({written} = '') OVER (PARTITION BY place) AS lost
            FROM reading
        )
        SELECT $certifier, delivery, line, CASE WHEN said THEN reason_code ELSE '{CUT_ROW}' END, NULL,
            CAST(source AS MAP(VARCHAR, VARCHAR))
        FROM (FROM whole UNION ALL FROM broken) LEFT JOIN {settled} USING (place)
        WHERE said OR lost
        """,
        {"certifier": certifier.certifier},
    )
    con.execute(
        f"""
        INSERT INTO raw_feeds.block_flags
        SELECT $certifier, delivery, count(*), count(*) FILTER ({written} = ''), count(*) FILTER ({certifier.blocked_sql()})
        FROM {stage} WHERE reason_code IS NULL GROUP BY delivery
        """,
        {"certifier": certifier.certifier},
    )


def date_blocks(con: Connection, received: Mapping[str, datetime]) -> None:
    """Note for every row that says "do not share" the day on which its delivery was first seen.

    Args:
        con: Connection with the tables of raw_feeds.
        received: sha256 of a delivery -> when it was first seen.
    """
    found = con.execute(
        "SELECT DISTINCT sha256 FROM raw_feeds.deliveries SEMI JOIN raw_feeds.blocked_rows USING (certifier, delivery)"
    ).fetchall()
    days = {sha256: received[sha256].date() for (sha256,) in found if sha256 in received}
    con.execute(
        """
        UPDATE raw_feeds.blocked_rows AS b SET since = d.since
        FROM (SELECT certifier, delivery, s.since FROM raw_feeds.deliveries
              JOIN (SELECT unnest($hashes::VARCHAR[]) AS sha256, unnest($days::DATE[]) AS since) AS s USING (sha256)) AS d
        WHERE b.certifier = d.certifier AND b.delivery = d.delivery
        """,
        {"hashes": list(days), "days": list(days.values())},
    )


def compare_blocks(con: Connection, store: Store, industry: str, rescinded: Sequence[Entry]) -> None:
    """Let the gate see how many rows were blocked in the last whole version, and how many certifiers took back since.

    Args:
        con: Connection in which the next version is built.
        store: Store of the hop's side.
        industry: Partition.
        rescinded: What certifiers took back, by the steward's lists.
    """
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {BEFORE}")
    con.execute(
        f"CREATE OR REPLACE TABLE {BEFORE}.blocks (certifier VARCHAR, rows BIGINT, blocked BIGINT, rescinded BIGINT)"
    )
    last = last_whole(store, SNAPSHOT, ("block_flags",), industry)
    note_loss(con, BEFORE, "blocks", last)
    if last.version is None:
        return
    last.version.attach(con, f"{BEFORE}_version", ("block_flags",))
    query = f"SELECT certifier, sum(rows), sum(blocked) FROM {BEFORE}_version.block_flags GROUP BY certifier"
    taken_back = Counter(entry.certifier for entry in rescinded)
    for certifier, rows, blocked in con.execute(query).fetchall():
        con.execute(
            f"INSERT INTO {BEFORE}.blocks VALUES (?, ?, ?, ?)", [certifier, rows, blocked, taken_back[certifier]]
        )
