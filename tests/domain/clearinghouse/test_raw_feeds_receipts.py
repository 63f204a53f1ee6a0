"""Receipts of deliveries: the first moment is kept, older programs' are read, and damage is not passed over."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.raw_feeds.sights import Sight, read_receipts, read_sights, record_sights
from credential_pipeline.foundation.errors import SafeError
from tests.domain.clearinghouse.deliveries_world import Board, row, rows, text


def sight(sha256: str, name: str = "a.csv", look: int = 1) -> Sight:
    return Sight("acme", name, sha256, look, 0)


def test_receipts_keep_the_first_moment(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "receipts.jsonl"
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    assert read_receipts(file) == {}
    assert record_sights(file, "mining", [sight("a"), sight("b"), sight("a")], early) == 2
    assert record_sights(file, "mining", [sight("b"), sight("c")], late) == 1
    assert record_sights(file, "mining", [sight("c")], late) == 0
    assert record_sights(file, "mining", [sight("c", "copy.csv")], late) == 1
    assert record_sights(file, "retail", [sight("c")], late) == 1
    assert read_receipts(file) == {"a": early, "b": early, "c": late}
    assert file.stat().st_mode & 0o777 == 0o600
    with file.open("a", encoding="utf-8") as opened:
        opened.write('{"sha256": "d", "rec')
    assert set(read_receipts(file)) == {"a", "b", "c"}
    assert record_sights(file, "mining", [sight("d")], late) == 1
    assert [json.loads(line)["sha256"] for line in file.read_text().splitlines()] == [*"abcccd"]
    assert read_receipts(file)["d"] == late


def test_receipts_of_an_earlier_program_are_read(tmp_path: Path) -> None:
    file = tmp_path / "receipts.jsonl"
    file.write_text('{"received_at": "2026-01-01T00:00:00+00:00", "sha256": "a"}\n', encoding="utf-8")
    assert set(read_receipts(file)) == {"a"}
    assert read_sights(file, "mining").all == ()
    record_sights(file, "mining", [sight("a")], datetime(2026, 2, 1, tzinfo=UTC))
    assert read_receipts(file)["a"] == datetime(2026, 1, 1, tzinfo=UTC)
    assert [one.sha256 for one in read_sights(file, "mining").all] == ["a"]


def test_a_damaged_receipt_is_not_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "receipts.jsonl"
    file.write_text('{"sha256": "a"}\n{"sha256": "b", "received_at": "2026-01-01T00:00:00+00:00"}\n', encoding="utf-8")
    with pytest.raises(SafeError, match="line 1"):
        read_receipts(file)


@pytest.mark.parametrize("secret", ["123-45-6789", "123456789", "123-45-6789/2"])
def test_no_receipt_holds_a_social_security_number(tmp_path: Path, secret: str) -> None:
    """Some senders make the number of a person the id of the row: the line tells the row as well."""
    board = Board(tmp_path)
    board.put("a.csv", text([*rows(range(20)), row(20, id=secret, day="soon"), row(21, id="urn:22", day="soon")]))
    board.look()
    (receipt,) = (tmp_path / "receipts").rglob("*.json")
    assert secret not in receipt.read_text(encoding="utf-8")
    (aside,) = json.loads(receipt.read_bytes())["set_aside"]
    assert (aside["lines"], aside["record_ids"]) == ([22, 23], ["urn:22"])
