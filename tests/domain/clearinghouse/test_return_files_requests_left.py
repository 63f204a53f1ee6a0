"""The folder in which a partner leaves its requests: what is none, a link, or cannot be listed is told of and stops nobody."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.return_files.answer.answers import answer_requests
from credential_pipeline.clearinghouse.return_files.partners import FOLDER, REQUESTS, wishes_of
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import Scratch, scratch
from tests.domain.clearinghouse.return_files_world import agreement, fill, given, leave, request
from tests.domain.clearinghouse.test_return_files_answers import ANN, MSSC, listed


@pytest.fixture
def work() -> Iterator[Scratch]:
    with connect(threads=1) as con, scratch(con) as made:
        yield Scratch(fill(made.con))


def test_a_folder_that_cannot_be_listed_stops_nobody(
    work: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(tmp_path, "demo_college", request(ANN))
    leave(tmp_path, "mssc", request(ANN, school="999999"), "request.txt")
    listing = Path.iterdir

    def unless_college(path: Path) -> Iterator[Path]:
        if path.parent.name == "demo_college":
            raise PermissionError(13, "Permission denied", str(path))
        return listing(path)

    monkeypatch.setattr(Path, "iterdir", unless_college)
    answers = answer_requests(work, given(tmp_path, agreement(), agreement("mssc", **MSSC)), wishes_of(work))
    assert listed(work, answers.requests, "partner, file, state, reason_code") == [
        ("demo_college", "[demo_college-unread]", "refused", "E_REQUEST_FILE"),
        ("mssc", "request.txt", "answered", None),
    ]


@pytest.mark.parametrize("kind", ["link", "link to nowhere", "file"])
def test_a_folder_of_requests_that_is_none_or_a_link_is_refused_and_told_of(
    work: Scratch, tmp_path: Path, kind: str
) -> None:
    leave(tmp_path, "mssc", request(ANN, school="999999"), "request.txt")
    folder = tmp_path / FOLDER / "demo_college" / REQUESTS
    folder.parent.mkdir()
    if kind == "file":
        folder.write_text(request(ANN))
    else:
        folder.symlink_to(tmp_path / FOLDER / "mssc" / (REQUESTS if kind == "link" else "nothing"))
    answers = answer_requests(work, given(tmp_path, agreement(), agreement("mssc", **MSSC)), wishes_of(work))
    assert listed(work, answers.requests, "partner, file, state, reason_code") == [
        ("demo_college", "[demo_college-unread]", "refused", "E_REQUEST_FILE"),
        ("mssc", "request.txt", "answered", None),
    ]
