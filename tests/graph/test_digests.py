"""The hash of a folder changes with what lies in it, and nothing that lies there stops it."""

import os
from pathlib import Path

import pytest

from assets import digests
from assets.digests import digest_of_files


def test_content_and_names_count(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.txt").write_text("1")
    first = digest_of_files(tmp_path)
    (tmp_path / "a" / "empty").mkdir()
    assert digest_of_files(tmp_path) == first
    (tmp_path / "a" / "one.txt").write_text("2")
    second = digest_of_files(tmp_path)
    (tmp_path / "a" / "one.txt").rename(tmp_path / "a" / "two.txt")
    assert len({first, second, digest_of_files(tmp_path)}) == 3


def test_odd_entries_count_by_their_name_and_are_not_opened(tmp_path: Path) -> None:
    found = [digest_of_files(tmp_path)]
    os.mkfifo(tmp_path / "pipe.txt")
    found.append(digest_of_files(tmp_path))
    (tmp_path / "link.txt").symlink_to("/dev/zero")
    found.append(digest_of_files(tmp_path))
    (tmp_path / "lost.txt").symlink_to(tmp_path / "nowhere")
    found.append(digest_of_files(tmp_path))
    (tmp_path / os.fsdecode(b"\xff.txt")).touch()
    found.append(digest_of_files(tmp_path))
    assert len(set(found)) == len(found)


def test_a_file_that_cannot_be_read_counts_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one.txt").write_text("1")
    readable = digest_of_files(tmp_path)

    def refuse(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(digests, "sha256", refuse)
    unread = digest_of_files(tmp_path)
    (tmp_path / "one.txt").unlink()
    assert len({readable, unread, digest_of_files(tmp_path)}) == 3
