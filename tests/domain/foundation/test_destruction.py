"""What is due by the rules of every side, and its destruction, also where it is cut off."""

import datetime
import json
import os
import shutil
from pathlib import Path

import pytest

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage import destruction, due
from credential_pipeline.foundation.storage.due import Due, Kept, fault_log, leftovers, old_versions, versions

NOW = datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC)
TODAY = NOW.date()


def write(path: Path, content: str = "x", day: datetime.date = TODAY) -> Path:
    """A file that was written on a day."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    moment = datetime.datetime.combine(day, datetime.time(12), datetime.UTC).timestamp()
    for changed in (path, path.parent):
        os.utime(changed, (moment, moment))
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A side with two versions of a hop, the second current, and an attempt that was refused."""
    store = tmp_path / "store" / "hop" / "mining"
    write(store / "0000000000000001" / "t.parquet", "old", TODAY - datetime.timedelta(days=10))
    write(store / "0000000000000002" / "t.parquet", "new")
    write(store / ".attempt" / "0000000000000003" / "t.parquet", "bad")
    (store / "CURRENT").write_text("0000000000000002")
    return tmp_path


def nothing(_kept: Kept) -> None:
    """No rule beside the general one."""


def test_old_versions_and_attempts_go_in_time_and_the_current_one_stays(home: Path) -> None:
    assert [(kept.partition, kept.folder.name, kept.current) for kept in versions(home / "store", "hop")] == [
        ("mining", "0000000000000001", False),
        ("mining", "0000000000000002", True),
    ]
    found = {item.path.name: item for item in old_versions(home / "store", "hop", nothing)}
    assert set(found) == {"0000000000000001", "0000000000000003"}
    assert found["0000000000000001"].day == TODAY + datetime.timedelta(days=due.OLD_DAYS - 10)
    assert found["0000000000000001"].what == "old version hop/mining"
    assert list(old_versions(home / "store", "elsewhere", nothing)) == []


def test_what_is_asked_for_goes_earlier(home: Path) -> None:
    def rule(kept: Kept) -> Due | None:
        return None if kept.current else Due(kept.label, kept.folder, TODAY, "somebody left", "A1")

    found = list(old_versions(home / "store", "hop", rule))
    assert {(item.path.name, item.day, item.agreement) for item in found} == {
        ("0000000000000001", TODAY, "A1"),
        ("0000000000000003", TODAY, "A1"),
    }


def test_what_killed_runs_left_is_due_on_the_next_day(home: Path) -> None:
    places = ("store/hop/mining/.staging-1-a/t", "outbox/mining/.part-a/t", "opened/.opened-a/t", "spill/t.tmp")
    for place in places:
        write(home / place)
    assert {item.day for item in leftovers(home)} == {TODAY + datetime.timedelta(days=1)}
    assert len(list(leftovers(home))) == len(places)


@pytest.mark.parametrize(
    ("newest", "days"), [(TODAY, 0), (TODAY - datetime.timedelta(days=1), due.OLD_DAYS), (None, 90)]
)
def test_the_log_of_faults_goes_with_what_it_may_quote(home: Path, newest: datetime.date | None, days: int) -> None:
    assert list(fault_log(home, newest)) == []
    write(home / "vault.log")
    assert [item.day for item in fault_log(home, newest)] == [TODAY + datetime.timedelta(days=days)]


def test_destruction_is_certified_and_leaves_nothing(home: Path) -> None:
    current = next(kept for kept in versions(home / "store", "hop") if kept.current)
    items = [
        Due("version", current.folder, TODAY, "end", "A1", current.pointer),
        Due("file", write(home / "archive" / "abc", "four"), TODAY, "gone"),
        Due("gone already", home / "nowhere", TODAY, "gone"),
    ]
    certificate = destruction.destroy(home, items, "officer", NOW)
    assert certificate is not None
    assert not current.folder.exists()
    assert not (current.folder.parent / "CURRENT").exists()
    body = json.loads(certificate.path.read_bytes())
    assert [(entry["what"], entry["bytes"], entry["account"]) for entry in body["destroyed"]] == [
        ("version", 3, "officer"),
        ("file", 4, "officer"),
    ]
    assert body["destroyed"][0]["agreement"] == "A1"
    assert "not overwritten" in body["method"]
    assert certificate.path.stat().st_mode & 0o077 == 0
    lines = destruction.chain(home).lines()
    assert [line.kind for line in lines] == ["begun", "destroyed"] * 2
    assert body["ledger"] == {"lines": 4, "hash": lines[-1].hash}
    assert destruction.destroy(home, items, "officer", NOW) is None


def test_what_was_cut_off_is_certified_by_the_next_run(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    item = Due("file", write(home / "archive" / "abc"), TODAY, "gone")

    def cut_off(_item: Due) -> None:
        item.path.unlink()
        raise KeyboardInterrupt

    monkeypatch.setattr(destruction, "_remove", cut_off)
    with pytest.raises(KeyboardInterrupt):
        destruction.destroy(home, [item], "officer", NOW)
    monkeypatch.undo()
    certificate = destruction.destroy(home, [], "officer", NOW)
    assert certificate is not None
    assert [entry["path"] for entry in certificate.entries] == [str(item.path)]
    assert destruction.destroy(home, [], "officer", NOW) is None


def test_a_link_is_removed_and_what_it_leads_to_stays(home: Path) -> None:
    target = write(home / "elsewhere" / "kept")
    link = home / "spill" / "link"
    link.parent.mkdir()
    link.symlink_to(target)
    assert destruction.destroy(home, [Due("link", link, TODAY, "left")], "officer", NOW) is not None
    assert not link.is_symlink()
    assert target.exists()


def test_nothing_is_destroyed_where_the_ledger_is_broken(home: Path) -> None:
    item = Due("file", write(home / "archive" / "abc"), TODAY, "gone")
    destruction.destroy(home, [Due("file", write(home / "archive" / "b"), TODAY, "gone")], "officer", NOW)
    destruction.chain(home).path.unlink()
    with pytest.raises(SafeError, match="E_LEDGER_BROKEN"):
        destruction.destroy(home, [item], "officer", NOW)
    assert item.path.exists()


def test_a_folder_is_told_by_its_files(home: Path) -> None:
    folder = home / "store" / "hop" / "mining" / "0000000000000001"
    twin = home / "twin"
    shutil.copytree(folder, twin)
    digests = []
    for path in (folder, twin):
        certificate = destruction.destroy(home, [Due("version", path, TODAY, "old")], "officer", NOW)
        assert certificate is not None
        digests.append(certificate.entries[0]["sha256"])
    assert digests[0] == digests[1]
