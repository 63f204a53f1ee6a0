"""Decides for every staged row whether it can be used and whether it goes on.

A row that was set aside does not claim its record id, so a corrected row can be sent again under the same id. Not here: which
deliveries count (decide.py), and which of the rows with one record id stands (contested.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from credential_pipeline.clearinghouse.raw_feeds.contested import contested_rows
from credential_pipeline.clearinghouse.raw_feeds.reasons import AWAY_REASONS
from credential_pipeline.clearinghouse.raw_feeds.stage import LINES_PER_FILE
from credential_pipeline.clearinghouse.raw_feeds.unusable import unusable
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch

JUDGED = ("first_name", "last_name", "event", "result")
"""Fields that are read to judge a row; whether they can be read is kept, so that nobody reads them again."""


@dataclass(frozen=True)
class Turn:
    """What became of a delivery, as its rows need to know it.

    Attributes:
        place: The lower, the earlier; equally late deliveries have one place.
        turn: The same, with no two alike.
        withheld: Code for its rows if none of them goes on.
    """

    place: int
    turn: int
    withheld: str | None


def _fields_sql(certifier: Certifier, stage: Relation) -> str:
    """Select what the decision needs from the staged rows: fields as recipes read them, '' for missing."""
    fields = {
        name: certifier.sql(name)
        for name in ("record_id", "first_name", "last_name", "credential_code", "event", "result")
    }
    fields |= {f"written_{name}": certifier.written_sql(name) for name in ("event", "result")}
    fields["written_date"] = certifier.written_sql("event_date")
    columns = ", ".join(f"coalesce({expression}, '') AS {name}" for name, expression in fields.items())
    silent = f"{certifier.silent_sql('result')} AS silent_result"
    return f"SELECT place, reason_code AS broken, {columns}, {silent}, {certifier.sql('event_date')} AS event_date FROM {stage}"


def judge_rows(work: Scratch, stage: Relation, certifier: Certifier, today: date) -> Relation:
    """Look at every staged row by itself: place, number of its delivery, record_id, reason_code, has_<field>.

    Args:
        work: Makes the relation.
        stage: The staged rows of a certifier.
        certifier: Whose rows they are.
        today: Last day on which an event can have happened.
    """
    arms = "\n".join(f"WHEN {condition} THEN '{code}'" for code, condition in unusable(certifier).items())
    read = {name: f"{name} <> ''" for name in JUDGED} | {"result": "(result <> '' OR silent_result)"}
    present = ", ".join(f"broken IS NULL AND {condition} AS has_{name}" for name, condition in read.items())
    judged = work.file(
        "judged",
        f"""
        SELECT place, CASE WHEN broken IS NULL THEN record_id END AS record_id,
            CASE WHEN broken IS NOT NULL THEN broken {arms} END AS reason_code, {present}
        FROM ({_fields_sql(certifier, stage)})
        """,
        {"today": today},
    )
    return work.view("judged", f"SELECT place // {LINES_PER_FILE} AS number, * FROM {judged}")


def settle_rows(
    work: Scratch, stage: Relation, judged: Relation, turns: Mapping[int, Turn], certifier: Certifier
) -> Relation:
    """Decide which staged rows do not simply go on: place, record_id, reason_code, is_away, is_duplicate, is_corrected.

    Of rows with one record id the latest stands if it tells of the same person and event. A row that repeats the standing one,
    and one that it corrects, is a duplicate. A row of which nothing is to be said is not in the relation: it goes on.

    Args:
        work: Makes the relation.
        stage: The staged rows of a certifier.
        judged: What was found of each row by itself.
        turns: Number of a delivery -> what became of it.
        certifier: Whose rows they are.
    """
    columns = {"number": "BIGINT", "turn_place": "BIGINT", "turn": "BIGINT", "withheld": "VARCHAR"}
    rows = [(number, one.place, one.turn, one.withheld) for number, one in turns.items()]
    order = work.rows("turns", columns, rows)
    usable = work.view(
        "usable",
        f"SELECT * FROM {judged} JOIN {order} USING (number) WHERE withheld IS NULL AND reason_code IS NULL",
    )
    contested = contested_rows(work, stage, usable, certifier)
    return work.file(
        "settled",
        f"""
        SELECT place, record_id, coalesce(reason_code, withheld) AS reason_code,
            coalesce(list_contains($away, withheld), false) AS is_away, false AS is_duplicate, false AS is_corrected
        FROM {judged} JOIN {order} USING (number) WHERE coalesce(reason_code, withheld) IS NOT NULL
        UNION ALL
        SELECT place, record_id, reason_code, false, is_duplicate, is_corrected
        FROM {contested} WHERE reason_code IS NOT NULL OR is_duplicate OR is_corrected
        """,
        {"away": list(AWAY_REASONS)},
    )


def reused_ids(con: Connection, settled: Relation) -> dict[int, int]:
    """Number of a delivery -> rows whose record id stands on an earlier row of somebody or something else."""
    query = (
        f"SELECT place // {LINES_PER_FILE}, count(*) FROM {settled} WHERE reason_code = 'RECORD_ID_REUSED' GROUP BY 1"
    )
    return {int(number): int(rows) for number, rows in con.execute(query).fetchall()}


def write_rows(con: Connection, stage: Relation, settled: Relation, certifier: str) -> None:
    """Move staged rows into quarantine, and complete the counts of deliveries.

    Args:
        con: Connection with the tables of raw_feeds.
        stage: The staged rows of a certifier.
        settled: The rows that do not simply go on.
        certifier: Whose rows they are.
    """
    con.execute(
        f"""
        INSERT INTO raw_feeds.quarantine
        SELECT $certifier, r.delivery, r.line, j.reason_code,
            -- What counts no longer is counted; its plaintext is kept nowhere but in the archive, as long as that is kept.
            CASE WHEN NOT j.is_away THEN r.content END, CASE WHEN NOT j.is_away THEN nullif(j.record_id, '') END
        FROM {stage} AS r JOIN {settled} AS j USING (place)
        WHERE j.reason_code IS NOT NULL ORDER BY r.place
        """,
        {"certifier": certifier},
    )
    con.execute(
        f"""
        UPDATE raw_feeds.deliveries AS d SET rows_accepted = c.rows - c.set_aside - c.repeated, rows_quarantined = c.set_aside,
            rows_duplicate = c.repeated
        FROM (
            SELECT r.delivery, count(*) AS rows, count(j.reason_code) AS set_aside,
                count(*) FILTER (j.reason_code IS NULL AND j.is_duplicate) AS repeated
            FROM {stage} AS r LEFT JOIN {settled} AS j USING (place) GROUP BY r.delivery
        ) AS c WHERE d.certifier = $certifier AND d.delivery = c.delivery
        """,
        {"certifier": certifier},
    )
