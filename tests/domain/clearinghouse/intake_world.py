"""A certifier whose files are read once, and what came out of the reading.

Not here: an inbox that is looked at again and again (deliveries_world.py).
"""

import hashlib
import os
from datetime import date
from pathlib import Path

import yaml

from credential_pipeline.clearinghouse.raw_feeds.arrivals import Known
from credential_pipeline.clearinghouse.raw_feeds.decisions import RELEASED, Decision
from credential_pipeline.clearinghouse.raw_feeds.read import read_feeds
from credential_pipeline.foundation.contracts.raw_feeds import SNAPSHOT
from credential_pipeline.foundation.registry.load import Registry, load_registry
from credential_pipeline.foundation.storage.engine import connect

ACME = {
    "certifier": "acme",
    "name": "Acme Board",
    "feed": {"max_megabytes": 1},
    "columns": {
        "record_id": {"from": "Id", "recipe": ["trim"]},
        "last_name": {"from": "Last Name", "recipe": ["trim", "null_placeholders"]},
        "credential_code": {"from": "Code", "recipe": ["trim", "upper"]},
        "event_date": {"from": "Day"},
        "result": {"from": "Result", "recipe": [{"map": {"P": "pass", "F": "fail"}}]},
        "event": {"from": "Event", "recipe": [{"map": {"A": "award", "T": "attempt", "R": "renewal"}}]},
    },
    "ignored": ["Batch"],
    "credentials": [{"code": "X1", "title": "One"}, {"code": "X2", "title": "Two"}],
}
HEADER = "Id,Last Name,Code,Day,Result,Event"
GOOD = "1,Smith,X1,2012-03-14,P,A"
TODAY = date(2020, 1, 1)
CANARY = "Zyzzogeton"


def registry_of(folder: Path, **feed: str) -> Registry:
    acme = {**ACME, "feed": {"max_megabytes": 1, **feed}}
    industry = {"industry": "mining", "name": "Mining", "naics": ["21"], "certifiers": ["acme"]}
    for kind, name, content in (("certifiers", "acme", acme), ("industries", "mining", industry)):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        (folder / kind / f"{name}.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return load_registry(folder)


class Intake:
    """What came out of a reading: deliveries and quarantine by name, accepted rows in order."""

    def __init__(
        self, tmp_path: Path, files: dict[str, bytes | str], threads: int = 1, *, release: bool = False, **feed: str
    ) -> None:
        registry = registry_of(tmp_path / "registry", **feed)
        self.folder = tmp_path / "inbox" / "mining" / "acme"
        self.folder.mkdir(parents=True, exist_ok=True)
        decisions = {}
        for second, (name, content) in enumerate(sorted(files.items())):
            written = content.encode() if isinstance(content, str) else content
            (self.folder / name).write_bytes(written)
            os.utime(self.folder / name, (1_700_000_000 + 60 * second,) * 2)
            if release:
                decisions["acme", hashlib.sha256(written).hexdigest()] = Decision(RELEASED, "a test", "tester", "2020")
        with connect(threads=threads) as con:
            con.execute("CREATE SCHEMA raw_feeds")
            read_feeds(
                con,
                tmp_path / "inbox",
                "mining",
                registry,
                Known(decisions=decisions, archive=tmp_path / "archive"),
                TODAY,
            )
            for table in SNAPSHOT:
                columns = con.execute(f"DESCRIBE raw_feeds.{table.name}").fetchall()
                assert {row[0]: row[1] for row in columns} == table.schema
            self.deliveries = {
                row[0]: row[1:]
                for row in con.execute(
                    "SELECT delivery, state, reason_code, rows_in, rows_accepted, rows_quarantined, rows_duplicate "
                    "FROM raw_feeds.deliveries"
                ).fetchall()
            }
            self.quarantine = con.execute(
                "SELECT delivery, line, reason_code FROM raw_feeds.quarantine ORDER BY ALL"
            ).fetchall()
            self.content = [row[0] for row in con.execute("SELECT content FROM raw_feeds.quarantine").fetchall()]
            self.records = con.execute(
                "SELECT delivery, line, record_id, source FROM raw_feeds.records ORDER BY delivery, line"
            ).fetchall()


def lines(*rows: str) -> str:
    return "\n".join((HEADER, *rows)) + "\n"
