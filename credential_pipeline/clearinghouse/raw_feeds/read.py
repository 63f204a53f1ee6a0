"""Reads an industry's inbox into raw_feeds.records, .quarantine, .deliveries and what they say of opt-outs.

The order of deliveries is the order of their names: of equal rows the first is kept. Conservation is asserted for every
delivery: rows in = accepted + quarantined + duplicate.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from credential_pipeline.clearinghouse.raw_feeds.blocked import write_blocks
from credential_pipeline.clearinghouse.raw_feeds.inbox import delivery_names, read_delivery
from credential_pipeline.clearinghouse.raw_feeds.judge import judge_rows, write_rows
from credential_pipeline.clearinghouse.raw_feeds.receipts import archive_delivery
from credential_pipeline.clearinghouse.raw_feeds.rows import create_stage, of_delivery
from credential_pipeline.clearinghouse.raw_feeds.staging import stage_delivery
from credential_pipeline.foundation.contracts.raw_feeds import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Scratch, scratch


def read_feeds(  # the last two are for keeping and for tests
    con: Connection,
    inbox: Path,
    industry: str,
    registry: Registry,
    archive: Path | None = None,
    today: date | None = None,
) -> None:
    """Read every delivery of an industry and create the tables of the raw_feeds contract.

    Args:
        con: Connection with the schema ``raw_feeds``.
        inbox: Folder that holds ``<industry>/<certifier>/*.csv``.
        industry: Name of the industry.
        registry: The loaded registry.
        archive: Folder that keeps the bytes of every delivery under their sha256; nothing is kept if None.
        today: Day after which an event date lies in the future; today in UTC if None.

    Raises:
        SafeError: E_NO_DELIVERY, E_INBOX (see inbox.py), E_CONSERVATION (a defect of this hop).
    """
    certifiers = registry.certifiers_of(industry)
    names = {one.certifier: delivery_names(inbox, industry, one.certifier) for one in certifiers}
    for table in SNAPSHOT:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in table.schema.items())
        con.execute(f"CREATE OR REPLACE TABLE raw_feeds.{table.name} ({columns})")
    for certifier in certifiers:
        with scratch(con) as work:
            _read_certifier(work, inbox, industry, certifier, names[certifier.certifier], archive, today)


def _read_certifier(  # the parts of one call, each of another kind
    work: Scratch,
    inbox: Path,
    industry: str,
    certifier: Certifier,
    names: Sequence[str],
    archive: Path | None,
    today: date | None,
) -> None:
    con, stage = work.con, create_stage(work, certifier)
    seen: set[str] = set()
    for number, name in enumerate(names):
        delivery = read_delivery(inbox, industry, certifier.certifier, name, certifier.feed)
        reading = stage_delivery(work, stage, certifier, delivery, number)
        rows, fault = reading.rows, reading.fault
        replayed = fault is None and delivery.sha256 in seen
        if replayed:
            con.execute(f"DELETE FROM {stage} WHERE {of_delivery(number)}")
        if fault is None:
            seen.add(delivery.sha256)
        if archive is not None and delivery.content is not None:
            archive_delivery(archive, delivery.sha256, delivery.content)
        state = "refused" if fault else "replayed" if replayed else "accepted"
        con.execute(
            "INSERT INTO raw_feeds.deliveries VALUES (?, ?, ?, ?, 0, 0, ?, ?, ?)",
            [certifier.certifier, delivery.name, delivery.sha256, rows, rows if replayed else 0, state, fault],
        )
    judged = judge_rows(work, stage, certifier, today or datetime.now(tz=UTC).date())
    write_rows(con, stage, judged, certifier.certifier)
    write_blocks(con, stage, judged, certifier)
    _assert_conservation(con, certifier.certifier)


def _assert_conservation(con: Connection, certifier: str) -> None:
    """Compare the counts of every delivery with the tables themselves."""
    lost = con.execute(
        """
        WITH accepted AS (SELECT delivery, count(*) AS n FROM raw_feeds.records WHERE certifier = $1 GROUP BY delivery),
        set_aside AS (SELECT delivery, count(*) AS n FROM raw_feeds.quarantine WHERE certifier = $1 GROUP BY delivery)
        SELECT count(*) FROM raw_feeds.deliveries AS d
        LEFT JOIN accepted AS a USING (delivery) LEFT JOIN set_aside AS q USING (delivery)
        WHERE d.certifier = $1 AND (d.rows_in <> d.rows_accepted + d.rows_quarantined + d.rows_duplicate
            OR d.rows_accepted <> coalesce(a.n, 0) OR d.rows_quarantined <> coalesce(q.n, 0))
        """,
        [certifier],
    ).fetchall()[0][0]
    if lost:
        message = f"{lost} deliveries of {certifier} do not add up to accepted + quarantined + duplicate; report this"
        raise SafeError("E_CONSERVATION", message)
