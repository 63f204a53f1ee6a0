"""What may lie in an inbox besides deliveries: nothing hangs, nothing is followed, nothing is passed over in silence."""

import os
import socket
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.raw_feeds.inbox import delivery_names, overlooked, read_delivery
from credential_pipeline.clearinghouse.raw_feeds.reasons import FILE_REASONS, OVERLOOKED
from credential_pipeline.foundation.errors import SafeError
from tests.domain.clearinghouse.formats_world import GOOD, certifier, lines

ACME = certifier()
NOTHING = "e3b0c442"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "inbox" / "mining" / "acme"
    made.mkdir(parents=True)
    return made


def fault(folder: Path, name: str) -> str | None:
    delivery = read_delivery(folder.parents[1], "mining", "acme", name, ACME.feed)
    assert delivery.fault is None or delivery.fault in FILE_REASONS
    return delivery.fault


def test_what_is_no_file_is_refused_and_never_waited_for(folder: Path, tmp_path: Path) -> None:
    os.mkfifo(folder / "pipe.csv")
    (folder / "circle.csv").symlink_to(folder / "circle.csv")
    (folder / "one.csv").symlink_to(folder / "two.csv")
    (folder / "two.csv").symlink_to(folder / "one.csv")
    (tmp_path / "outside.csv").write_text(lines(GOOD), encoding="utf-8")
    (folder / "out.csv").symlink_to(tmp_path / "outside.csv")
    (folder / "dangling.csv").symlink_to(folder / "nothing.csv")
    (folder / "within.csv").symlink_to(folder / "good.csv")
    (folder / "good.csv").write_text(lines(GOOD), encoding="utf-8")
    with socket.socket(socket.AF_UNIX) as listener:
        where = Path.cwd()
        os.chdir(folder)
        try:
            listener.bind("socket.csv")
        finally:
            os.chdir(where)
        names = delivery_names(folder.parents[1], "mining", "acme")
        assert {name: fault(folder, name) for name in names} == {
            "circle.csv": "E_LINK",
            "dangling.csv": "E_UNREADABLE",
            "good.csv": None,
            "one.csv": "E_LINK",
            "out.csv": "E_LINK",
            "pipe.csv": "E_LINK",
            "socket.csv": "E_LINK",
            "two.csv": "E_LINK",
            "within.csv": None,
        }


def test_a_file_that_may_not_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a.csv").write_text(lines(GOOD), encoding="utf-8")

    def denied(*_: object) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", denied)
    assert fault(folder, "a.csv") == "E_UNREADABLE"


@pytest.mark.parametrize("name", ["huge.csv", "huge.iso"])
def test_a_huge_file_is_refused_before_a_byte_of_it_is_read(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (folder / name).open("wb") as file:
        file.truncate(5 << 30)
    monkeypatch.setattr("hashlib.sha256", None)
    delivery = read_delivery(folder.parents[1], "mining", "acme", name, ACME.feed)
    assert (delivery.fault, delivery.content) == ("E_TOO_LARGE", None)
    assert delivery.sha256.startswith(NOTHING)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [(b"N\xfa\xf1ez.csv", "N\\xfa\\xf1ez.csv"), (b"a\nb.csv", "a\\nb.csv"), ("a\u202eb.csv".encode(), "a\\u202eb.csv")],
)
def test_a_name_that_cannot_be_shown_refuses_its_file_alone(folder: Path, raw: bytes, shown: str) -> None:
    (folder / "good.csv").write_text(lines(GOOD), encoding="utf-8")
    Path(os.fsdecode(bytes(folder) + b"/" + raw)).write_text(lines(GOOD), encoding="utf-8")
    names = delivery_names(folder.parents[1], "mining", "acme")
    found = {
        delivery.name: delivery.fault
        for delivery in (read_delivery(folder.parents[1], "mining", "acme", name, ACME.feed) for name in names)
    }
    assert found == {"good.csv": None, shown: "E_NAME"}


@pytest.mark.parametrize(
    ("form", "name", "expected"),
    [
        ("csv", "a.CSV", None),
        ("csv", "a.tsv", None),
        ("csv", "a.txt", None),
        ("csv", "a.txt.gz", None),
        ("csv", "a.xlsx", "E_FORMAT"),
        ("csv", "a.xls", "E_FORMAT"),
        ("csv", "a.zip", "E_FORMAT"),
        ("csv", "a.gz", "E_FORMAT"),
        ("csv", "a", "E_FORMAT"),
        ("csv", "a.csv.pgp", "E_FORMAT"),
        ("xlsx", "a.xlsx", None),
        ("xlsx", "a.csv", "E_FORMAT"),
        ("xlsx", "a.xlsm", "E_FORMAT"),
        ("badges", "a.json", None),
        ("badges", "a.csv", "E_FORMAT"),
    ],
)
def test_the_ending_must_be_one_of_the_format(folder: Path, form: str, name: str, expected: str | None) -> None:
    (folder / name).write_bytes(b"x")
    delivery = read_delivery(folder.parents[1], "mining", "acme", name, certifier(format=form).feed)
    assert delivery.fault == expected


def test_what_is_passed_over_is_told(folder: Path, tmp_path: Path) -> None:
    industry = folder.parent
    (folder / "good.csv").write_text(lines(GOOD), encoding="utf-8")
    for name in (
        "Thumbs.db",
        ".DS_Store",
        "~$results.xlsx",
        "._good.csv",
        ".hidden.csv",
        "late.csv.part",
        "x.crdownload",
    ):
        (folder / name).write_text("x", encoding="utf-8")
    (folder / "2012").mkdir()
    (folder / "2012" / "deep.csv").write_text("x", encoding="utf-8")
    (industry / "Zyzzogeton.csv").write_text("x", encoding="utf-8")
    (industry / "results.csv").write_text("x", encoding="utf-8")
    (industry / "akme").mkdir()
    (industry / "beta").symlink_to(tmp_path)
    assert delivery_names(folder.parents[1], "mining", "acme") == ["good.csv"]
    found = overlooked(folder.parents[1], "mining", ["acme", "beta", "gamma"])
    assert {code for _, code in found} == set(OVERLOOKED)
    assert ("inbox/mining/acme/Thumbs.db", "JUNK") in found
    assert ("inbox/mining/acme/2012", "SUBFOLDER") in found
    assert ("inbox/mining/results.csv", "WRONG_PLACE") in found
    assert ("inbox/mining/[a file whose name is not shown: number 1 of 5 by name, 1 byte]", "WRONG_PLACE") in found
    assert sorted(code for _, code in found) == [
        *(["HIDDEN"] + ["JUNK"] * 4 + ["SUBFOLDER", "UNFINISHED", "UNFINISHED", "UNKNOWN_CERTIFIER"]),
        *["WRONG_PLACE"] * 2,
    ]
    assert "Zyzz" not in str(found)
    assert overlooked(tmp_path / "nowhere", "mining", ["acme"]) == []


def test_a_folder_that_runs_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "inbox" / "mining").mkdir(parents=True)
    (tmp_path / "inbox" / "mining" / "acme").symlink_to(tmp_path / "inbox" / "mining" / "acme")
    with pytest.raises(SafeError) as caught:
        delivery_names(tmp_path / "inbox", "mining", "acme")
    assert caught.value.code == "E_NO_DELIVERY"
    assert [code for _, code in overlooked(tmp_path / "inbox", "mining", ["acme"])] == ["WRONG_PLACE"]
