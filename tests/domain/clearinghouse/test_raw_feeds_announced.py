"""What a sender says of its files is followed and verified: the order, row counts, hashes, manifests and trailers."""

from pathlib import Path

import pytest

from tests.domain.clearinghouse.deliveries_world import FIX, HEADER, OLD, RIGHT, Board, hash_of, row, text


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)


@pytest.mark.parametrize("order", ["12", "21"])
def test_the_senders_sequence_goes_before_arrival(board: Board, order: str) -> None:
    board.changes = {"deliveries": {"sequence": r"_v(\d+)"}}
    content = {"1": OLD, "2": FIX}
    for version in order:
        board.put(f"m_v{version}.csv", content[version])
        found = board.look()
    assert found.births == RIGHT


@pytest.mark.parametrize("order", ["12", "21"])
def test_a_sequence_may_stand_beside_the_files(board: Board, order: str) -> None:
    content = {"1": OLD, "2": FIX}
    for version in order:
        board.put(f"{'za'[int(version) - 1]}.csv", content[version])
        board.put(f"{'za'[int(version) - 1]}.csv.delivery.yml", f"sequence: {version}\n")
        found = board.look()
    assert found.births == RIGHT


def test_a_delivery_without_the_agreed_number_waits(board: Board) -> None:
    board.changes = {"deliveries": {"sequence": r"_v(\d+)"}}
    board.put("m_v1.csv", OLD)
    board.put("m.csv", text([row(9)]))
    assert board.look().states == {"m.csv": "held NO_SEQUENCE", "m_v1.csv": "accepted"}


def test_beside_a_file_of_a_long_name_lies_nothing(board: Board) -> None:
    """The name of what could lie beside it would be longer than 255 bytes."""
    name = f"{'x' * 240}.csv"
    board.put(name, FIX)
    assert board.look().states == {name: "accepted"}


MANIFESTS = {
    "rows: 3\n": None,
    "rows: 4\n": "ROW_COUNT_DIFFERS",
    f"sha256: {hash_of(FIX)}\n": None,
    f"sha256: {hash_of(OLD)}\n": "HASH_DIFFERS",
    "rows: many\n": "SIDECAR_UNREADABLE",
    "row: 3\n": "SIDECAR_UNREADABLE",
    "sequence: last\n": "SIDECAR_UNREADABLE",
    "rows: [3\n": "SIDECAR_UNREADABLE",
    "- 3\n": "SIDECAR_UNREADABLE",
}


@pytest.mark.parametrize("said", MANIFESTS)
def test_what_the_sender_says_of_a_file_is_verified(board: Board, said: str) -> None:
    board.put("m.csv", FIX)
    board.put("m.csv.delivery.yml", said)
    code = MANIFESTS[said]
    assert board.look().states == {"m.csv": f"held {code}" if code else "accepted"}


def test_a_hash_beside_a_file_is_verified(board: Board) -> None:
    board.put("m.csv", FIX)
    board.put("m.csv.sha256", f"{hash_of(FIX)}  m.csv\n")
    assert board.look().states == {"m.csv": "accepted"}
    board.put("m.csv.sha256", f"{hash_of(OLD)}  m.csv\n")
    assert board.look().states == {"m.csv": "held HASH_DIFFERS"}


def test_a_manifest_that_was_agreed_on_is_waited_for(board: Board) -> None:
    board.changes = {"deliveries": {"manifest": True}}
    board.put("m.csv", FIX)
    assert board.look().states == {"m.csv": "held NO_MANIFEST"}
    board.put("m.csv.delivery.yml", "rows: 3\n")
    assert board.look().states == {"m.csv": "accepted"}


@pytest.mark.parametrize(
    ("last", "state"),
    [
        ("TRAILER 3\n", "accepted"),
        ("TRAILER 3", "accepted"),
        ("TRAILER 3\n\n", "accepted"),
        ("TRAILER 4\n", "held TRAILER_DIFFERS"),
        ("", "held TRAILER_DIFFERS"),
    ],
)
def test_a_trailer_that_was_agreed_on_is_no_row_and_is_verified(board: Board, last: str, state: str) -> None:
    board.changes = {"deliveries": {"trailer": r"^TRAILER (\d+)$"}}
    board.put("m.csv", FIX + last)
    found = board.look()
    assert found.states == {"m.csv": state}
    assert found.counts["m.csv"][0] == 3


@pytest.mark.parametrize(("said", "state"), [(5, "accepted"), (3, "held TRAILER_DIFFERS")])
def test_a_trailer_may_count_every_line_of_the_file(board: Board, said: int, state: str) -> None:
    """The line of column names and the trailer itself are two of them."""
    board.changes = {"deliveries": {"trailer": r"^TRAILER (\d+)$", "trailer_counts": "records"}}
    board.put("m.csv", f"{FIX}TRAILER {said}\n")
    found = board.look()
    assert found.states == {"m.csv": state}
    assert found.counts["m.csv"][0] == 3


@pytest.mark.parametrize(("first", "aside"), [("HDR20180601ACME\n", 0), ("", 0), ("HXR20180601ACME\n", 1)])
def test_a_header_record_of_a_file_of_fixed_width_is_no_row(board: Board, first: str, aside: int) -> None:
    widths = (6, 10, 10, 10, 4, 10, 1)
    ends = [sum(widths[: place + 1]) for place in range(len(widths))]
    places = {name: [end - width + 1, end] for name, width, end in zip(HEADER.split(","), widths, ends, strict=True)}
    board.changes = {
        "feed": {"format": "fixed", "widths": places},
        "deliveries": {"trailer": r"^TRL(\d+)$", "trailer_counts": "records", "header_record": "^HDR"},
    }
    lines = [
        "".join(f"{value:<{width}}" for value, width in zip(row(n).split(","), widths, strict=True)) for n in range(4)
    ]
    board.put("m.txt", first + "".join(f"{line}\n" for line in lines) + f"TRL{5 + bool(first):06}\n")
    found = board.look()
    assert found.states == {"m.txt": "accepted"}
    assert found.counts["m.txt"][0] == 4 + aside
    assert len(found.tables["quarantine"]) == aside
