"""The ledger: grows only, notices every change, knows content again."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from credential_pipeline.enclave.outcome_release.ledger import Entry, earlier_files, read_ledger, record
from credential_pipeline.foundation.errors import SafeError

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def release(root: Path, name: str, text: str, industry: str = "manufacturing") -> Entry:
    file = root / name / "outcomes.csv"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    return record(root / "ledger.jsonl", name, industry, file, root, NOW)


def test_releases_are_chained_and_known_again(tmp_path: Path) -> None:
    first = release(tmp_path, "2026a", "x")
    second = release(tmp_path, "2026b", "y")
    again = release(tmp_path, "2026c", "x")
    assert again == first
    assert read_ledger(tmp_path / "ledger.jsonl") == [first, second]
    files = earlier_files(tmp_path / "ledger.jsonl", "manufacturing", tmp_path, but="2026b")
    assert files == [tmp_path / "2026a" / "outcomes.csv"]
    assert earlier_files(tmp_path / "ledger.jsonl", "construction", tmp_path) == []


def test_an_id_stands_for_one_content(tmp_path: Path) -> None:
    release(tmp_path, "2026a", "x")
    with pytest.raises(SafeError, match="E_RELEASE_EXISTS"):
        release(tmp_path, "2026a", "y")


def test_a_lost_ledger_does_not_switch_protection_off(tmp_path: Path) -> None:
    release(tmp_path, "2026a", "x")
    (tmp_path / "ledger.jsonl").unlink()
    with pytest.raises(SafeError, match="E_LEDGER_BROKEN"):
        earlier_files(tmp_path / "ledger.jsonl", "manufacturing", tmp_path)
    with pytest.raises(SafeError, match="E_LEDGER_BROKEN"):
        release(tmp_path, "2026b", "y")


def test_an_altered_public_file_is_noticed(tmp_path: Path) -> None:
    release(tmp_path, "2026a", "x")
    (tmp_path / "2026a" / "outcomes.csv").write_text("z")
    with pytest.raises(SafeError, match="E_RELEASE_FILE"):
        earlier_files(tmp_path / "ledger.jsonl", "manufacturing", tmp_path)
