"""A receipt for each delivery, safe to send back: its state, counts, codes, line numbers and the sender's own record ids.

No name and no other value is in it. Not here: cards over months (report_cards), first sights (sights.py).
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from credential_pipeline.clearinghouse.raw_feeds.reasons import REASONS
from credential_pipeline.clearinghouse.raw_feeds.waiting import Listed, listed
from credential_pipeline.foundation.contracts.raw_feeds import REPLAYED
from credential_pipeline.foundation.record_ids import shown_record_id_sql
from credential_pipeline.foundation.storage.durable import write_atomically
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.private_files import private_folder

FOLDER = "receipts"
MOST = 100
"""Rows of one reason that are named by their lines."""


def write_receipts(con: Connection, home: Path, industry: str, received: Mapping[str, datetime]) -> list[Path]:
    """Write ``receipts/<industry>/<certifier>/<delivery id>.json`` for every delivery, and return those that are new or changed.

    Args:
        con: Connection with the tables of raw_feeds.
        home: The clearinghouse's home.
        industry: The partition.
        received: sha256 of a delivery -> when it was first seen.
    """
    deliveries = listed(con)
    aside, notices, shares = _aside(con), _notices(con), _shares(con)
    written = []
    private_folder(home / FOLDER)
    for one in deliveries:
        if one.state == REPLAYED and not _stands_alone(con, one):
            continue  # The receipt of a delivery covers further files with its bytes.
        key = (one.certifier, one.delivery)
        first = received.get(one.sha256)
        facts = {
            "industry": industry,
            "certifier": one.certifier,
            "delivery": one.shown,
            "delivery_id": one.id,
            "sha256": one.sha256,
            "received_at": first.isoformat() if first else None,
            "state": one.state,
            "reason": one.reason_code,
            "why": one.why,
            **dict(zip(("rows_in", "rows_accepted", "rows_quarantined", "rows_duplicate"), one.rows, strict=True)),
            "set_aside": aside.get(key, []),
            "notices": notices.get(key, []),
            "fields": shares.get(key, []),
        }
        written += _write(home / FOLDER / industry / one.certifier / f"{one.id}.json", facts)
    _clear(home / FOLDER / industry, deliveries)
    return written


def _clear(folder: Path, deliveries: Sequence[Listed]) -> None:
    """Remove receipts of files without bytes that are there no longer: their numbers are those of others now, or of none."""
    there = {folder / one.certifier / f"{one.id}.json" for one in deliveries}
    for certifier in {one.certifier for one in deliveries}:
        for receipt in (folder / certifier).glob(f"{certifier}-unread*.json"):
            if receipt not in there:
                receipt.unlink(missing_ok=True)


def _write(path: Path, facts: Mapping[str, Any]) -> list[Path]:
    content = json.dumps(facts, indent=2, ensure_ascii=True).encode() + b"\n"
    for folder in (path.parent.parent, path.parent):
        private_folder(folder)
    if path.is_file() and path.read_bytes() == content:
        return []
    write_atomically(path, content)
    return [path]


def _stands_alone(con: Connection, one: Listed) -> bool:
    """Whether no other delivery has the same bytes, so that it is a copy by its rows and has a receipt of its own."""
    query = "SELECT count(*) FROM raw_feeds.deliveries WHERE certifier = ? AND sha256 = ?"
    return bool(con.execute(query, [one.certifier, one.sha256]).fetchall()[0][0] == 1)


_Grouped = dict[tuple[str, str], list[dict[str, Any]]]


def _aside(con: Connection) -> _Grouped:
    """Certifier and delivery -> reasons with their rows, the most frequent first."""
    found: _Grouped = {}
    query = f"""
        SELECT certifier, delivery, reason_code, count(*) AS n, list(line ORDER BY line)[:{MOST}],
            list(shown ORDER BY line) FILTER (shown IS NOT NULL)[:{MOST}]
        FROM (SELECT *, {shown_record_id_sql("record_id")} AS shown FROM raw_feeds.quarantine)
        GROUP BY certifier, delivery, reason_code ORDER BY certifier, delivery, n DESC, reason_code
        """
    for certifier, delivery, code, rows, lines, ids in con.execute(query).fetchall():
        what = {
            "reason": code,
            "what_to_do": REASONS.get(code, ""),
            "rows": rows,
            "lines": lines,
            "record_ids": ids or [],
        }
        found.setdefault((certifier, delivery), []).append(what)
    return found


def _notices(con: Connection) -> _Grouped:
    found: _Grouped = {}
    query = "SELECT certifier, delivery, code, detail FROM raw_feeds.notices ORDER BY ALL"
    for certifier, delivery, code, detail in con.execute(query).fetchall():
        what = {"notice": code, "meaning": REASONS.get(code, ""), "detail": detail}
        found.setdefault((certifier, delivery), []).append(what)
    return found


def _shares(con: Connection) -> _Grouped:
    found: _Grouped = {}
    query = "SELECT certifier, delivery, field, rows, filled, readable FROM raw_feeds.field_shares ORDER BY ALL"
    for certifier, delivery, field, rows, filled, readable in con.execute(query).fetchall():
        what = {"field": field, "rows": rows, "filled": filled, "readable": readable}
        found.setdefault((certifier, delivery), []).append(what)
    return found
