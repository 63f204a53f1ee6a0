"""Writes what became of each delivery, and sees that no row of it is lost.

Not here: what becomes of it (decide.py).
"""

from collections.abc import Mapping

from credential_pipeline.clearinghouse.raw_feeds.decide import Case, Verdict
from credential_pipeline.clearinghouse.raw_feeds.measures import NOTHING
from credential_pipeline.clearinghouse.raw_feeds.staging import Reading
from credential_pipeline.foundation.contracts.raw_feeds import REPLAYED
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation


def write_deliveries(
    con: Connection,
    settled: Relation,
    stage: Relation,
    case: Case,
    verdicts: Mapping[int, Verdict],
    readings: Mapping[int, Reading],
) -> None:
    """Write the rows of raw_feeds.deliveries, whose counts ``write_rows`` completes, and raw_feeds.notices.

    Args:
        con: Connection with the tables of raw_feeds.
        settled: What was decided for each row.
        stage: The staged rows.
        case: The deliveries.
        verdicts: What becomes of them.
        readings: How the reading of each went that could be read.
    """
    for number, verdict in verdicts.items():
        one = case.arrivals[number]
        certifier = one.sight.certifier
        rows = case.measures.get(number if one.known_as is None else one.known_as, NOTHING).rows
        again = rows if verdict.state == REPLAYED else 0
        reading = readings.get(number if one.known_as is None else one.known_as, Reading())
        how = (reading.format or None, reading.encoding or None)
        con.execute(
            "INSERT INTO raw_feeds.deliveries VALUES (?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?)",
            [certifier, one.delivery, one.file.sha256, rows, again, verdict.state, verdict.code, verdict.detail, *how],
        )
        read = () if one.known_as is not None else ((notice.code, notice.detail) for notice in reading.notices)
        for code, detail in (*read, *verdict.notices):
            con.execute("INSERT INTO raw_feeds.notices VALUES (?, ?, ?, ?)", [certifier, one.delivery, code, detail])
    con.execute(
        f"""
        INSERT INTO raw_feeds.notices
        SELECT ?, delivery, 'CORRECTED', format('{{:,}} rows', count(*)) FROM {stage} JOIN {settled} USING (place)
        WHERE is_corrected GROUP BY delivery
        """,
        [next(iter(case.arrivals.values())).sight.certifier],
    )


def assert_conservation(con: Connection, certifier: str) -> None:
    """Compare the counts of every delivery with the tables themselves.

    Raises:
        SafeError: E_CONSERVATION: rows are lost, a defect of this hop.
    """
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
