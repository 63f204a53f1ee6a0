"""One file of a certifier, read as a delivery is: what came out of it, row by row."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from credential_pipeline.clearinghouse.raw_feeds.inbox import read_delivery
from credential_pipeline.clearinghouse.raw_feeds.stage import create_stage
from credential_pipeline.clearinghouse.raw_feeds.staging import Reading, stage_delivery
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import scratch

ACME: dict[str, Any] = {
    "certifier": "acme",
    "name": "Acme Board",
    "feed": {"max_megabytes": 1},
    "columns": {
        "record_id": {"from": "Id", "recipe": ["trim"]},
        "last_name": {"from": "Last Name", "recipe": ["trim", "null_placeholders"]},
        "credential_code": {"from": "Code", "recipe": ["trim", "upper"]},
        "event_date": {"from": "Day"},
        "block_flag": {"from": "Opt Out", "recipe": [{"map": {"Y": "Y", "N": "N", "*": "Y"}}]},
        "city": {"from": "City"},
    },
    "ignored": ["Batch"],
}
HEADER = "Id,Last Name,Code,Day,Opt Out,City"
GOOD = "1,Smith,X1,2012-03-14,N,Lima"


@dataclass(frozen=True)
class Read:
    """What came out of a file.

    Attributes:
        reading: How it went.
        rows: Values of the rows that can be used, by line.
        aside: Line -> reason of those that cannot.
        content: Line -> the line as it came.
        blocked: Lines that say "do not share", as far as the values tell.
    """

    reading: Reading
    rows: dict[int, dict[str, str]]
    aside: dict[int, str]
    content: dict[int, str]
    blocked: set[int]

    @property
    def notices(self) -> dict[str, str]:
        """Code -> detail."""
        return {notice.code: notice.detail for notice in self.reading.notices}


def certifier(**feed: Any) -> Certifier:
    """A certifier with a few columns, whose files are written in a given way."""
    return Certifier.model_validate({**ACME, "feed": {"max_megabytes": 1, **feed}})


def lines(*rows: str, header: str = HEADER) -> str:
    """A file of a header and rows."""
    return "\n".join((header, *rows)) + "\n"


def read(
    tmp_path: Path, content: bytes | str, whose: Certifier | None = None, name: str = "a.csv", threads: int = 1
) -> Read:
    """Put a file into an inbox and read it."""
    sender = whose or certifier()
    folder = tmp_path / "inbox" / "mining" / sender.certifier
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    delivery = read_delivery(tmp_path / "inbox", "mining", sender.certifier, name, sender.feed)
    with connect(threads=threads) as con, scratch(con) as work:
        stage = create_stage(work, sender)
        reading = stage_delivery(stage, delivery, delivery.name, 0)
        found = con.execute(f"SELECT line, source, reason_code, content FROM {stage} ORDER BY place").fetchall()
        blocked = con.execute(
            f"SELECT line FROM {stage} WHERE source IS NOT NULL AND {sender.blocked_sql()}"
        ).fetchall()
    return Read(
        reading,
        {line: source for line, source, reason, _ in found if reason is None},
        {line: reason for line, _, reason, _ in found if reason is not None},
        {line: text for line, _, _, text in found},
        {line for (line,) in blocked},
    )
