"""Deliveries as facts: corrections, replays, replacements, what vanishes, what is held, released and withdrawn."""

import gzip
import json
import os
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.raw_feeds import arrivals
from credential_pipeline.clearinghouse.raw_feeds.decisions import RELEASED, WITHDRAWN
from credential_pipeline.clearinghouse.raw_feeds.read import read_feeds
from credential_pipeline.clearinghouse.raw_feeds.sights import Sight, record_sights
from credential_pipeline.clearinghouse.raw_feeds.waiting import explain_missing, told_of_receipts
from credential_pipeline.foundation.contracts.raw_feeds import SNAPSHOT
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.clearinghouse.deliveries_world import HEADER, TODAY, Board, hash_of, registry_of, row, rows, text

CASES = Path(__file__).parent / "cases"


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)


OLD = text(rows(range(3), born="09/09/1999"))
FIX = text(rows(range(3)))
RIGHT = {f"R{n}": row(n).split(",")[3] for n in range(3)}
WRONG = dict.fromkeys(RIGHT, "09/09/1999")


@pytest.mark.parametrize("names", [("m_2014.csv", "z_fix.csv"), ("m_2014.csv", "a_fix.csv")])
def test_a_later_delivery_corrects_whatever_its_name(board: Board, names: tuple[str, str]) -> None:
    board.put(names[0], OLD)
    assert board.look().births == WRONG
    board.put(names[1], FIX)
    found = board.look()
    assert found.births == RIGHT
    assert found.counts == {names[0]: (3, 0, 0, 3), names[1]: (3, 3, 0, 0)}
    assert (names[0], "CORRECTED") in found.notices


@pytest.mark.parametrize("order", [("a.csv", "b.csv"), ("b.csv", "a.csv")])
def test_of_files_that_come_together_the_younger_file_is_the_later(board: Board, order: tuple[str, str]) -> None:
    board.put(order[0], OLD, seconds=-60)
    board.put(order[1], FIX)
    assert board.look().births == RIGHT


def test_two_versions_that_come_at_once_are_both_set_aside(board: Board) -> None:
    board.put("a.csv", text([*rows(range(3), born="09/09/1999"), row(7)]))
    board.put("z.csv", text([*rows(range(3)), row(8)]), seconds=1)
    found = board.look()
    assert set(found.births) == {"R7", "R8"}
    assert {code for _, _, code in found.reasons} == {"RECORD_ID_CONFLICT"}
    assert len(found.reasons) == 6


@pytest.mark.parametrize("how", ["beside one", "beside both", "yaml", "time"])
def test_whoever_says_which_of_two_versions_is_later_gets_the_rows_in(board: Board, how: str) -> None:
    board.put("exams_2014.csv", text([*rows(range(3), born="09/09/1999"), row(7)]))
    board.put("exams_2013.csv", text([*rows(range(3)), row(8)]))
    board.put("exams_2012.csv", text([row(9)]))
    if how != "time":
        found = board.look()
        assert len(found.reasons) == 6
        assert found.asides["exams_2013.csv"] == found.asides["exams_2014.csv"] == (("RECORD_ID_CONFLICT", 3),)
        receipts = [json.loads(one.read_text()) for one in (board.home / "receipts").rglob("*.json")]
        told = " ".join(aside["what_to_do"] for one in receipts for aside in one["set_aside"])
        assert all(word in told for word in ("sequence: 2", ".delivery.yml", "deliveries.sequence"))
    later = WRONG
    if how == "yaml":
        board.changes["deliveries"] = {"sequence": r"_(\d+)\.csv"}
    elif how == "time":
        board.put("exams_2014.csv", text([*rows(range(3), born="09/09/1999"), row(7)]), seconds=60)
    else:
        (board.folder / "exams_2013.csv.delivery.yml").write_text("sequence: 2\n")
        if how == "beside both":
            (board.folder / "exams_2014.csv.delivery.yml").write_text("sequence: 1\n")
        later = RIGHT
    found = board.look()
    assert found.reasons == []
    assert {key: found.births[key] for key in RIGHT} == later
    assert len(found.births) == 6


def test_a_gate_that_stays_shut_for_a_conflict_says_what_to_do(tmp_path: Path) -> None:
    with connect(threads=1) as con:
        con.execute("CREATE SCHEMA raw_feeds")
        for table in SNAPSHOT:
            columns = ", ".join(f'"{name}" {kind}' for name, kind in table.schema.items())
            con.execute(f"CREATE TABLE raw_feeds.{table.name} ({columns})")
        board = tmp_path / "inbox" / "mining" / "acme"
        board.mkdir(parents=True)
        for name, content in (("a.csv", OLD), ("b.csv", text([*rows(range(3)), row(9)]))):
            (board / name).write_text(content)
            os.utime(board / name, (10**9, 10**9))
        read_feeds(con, tmp_path / "inbox", "mining", registry_of(tmp_path / "registry"), today=TODAY)
        told = explain_missing(con, "mining")
        assert told.startswith("acme: 6 rows are set aside: Two files that came together")
        assert "`sequence: 2` into <file>.delivery.yml" in told
        con.execute("DELETE FROM raw_feeds.quarantine")
        assert explain_missing(con, "mining") == ""


def test_a_conflict_leaves_the_version_before_it_in_force(board: Board) -> None:
    board.put("first.csv", OLD)
    board.look()
    board.put("a.csv", text([row(0), row(7)]))
    board.put("z.csv", text([row(0, born="03/03/1980"), row(8)]))
    found = board.look()
    assert found.births["R0"] == "09/09/1999"
    board.put("later.csv", text([row(0, born="04/04/1980")]))
    found = board.look()
    assert found.births["R0"] == "04/04/1980"
    assert found.reasons == []


def test_a_record_id_of_somebody_else_is_no_correction(board: Board) -> None:
    board.put("a.csv", text([row(0)]))
    board.look()
    board.put("b.csv", text([row(0, first="Zoe", last="Quill", born="02/02/1990"), row(5)]))
    found = board.look()
    assert found.births == {"R0": row(0).split(",")[3], "R5": row(5).split(",")[3]}
    assert found.reasons == [("b.csv", 2, "RECORD_ID_REUSED")]


@pytest.mark.parametrize(
    "changes",
    [
        {"last": "Newname"},
        {"first": "Anne", "born": "01/02/1961"},
        {"first": "Adams", "last": "Ann", "born": "01/02/1961"},
        {"code": "X2"},
        {"day": "05/05/2017"},
        {"born": ""},
    ],
    ids=str,
)
def test_what_a_correction_may_put_right(board: Board, changes: dict[str, str]) -> None:
    board.put("a.csv", text([row(0)]))
    board.look()
    board.put("b.csv", text([row(0, **changes), row(5)]))
    found = board.look()
    assert found.counts == {"a.csv": (1, 0, 0, 1), "b.csv": (2, 2, 0, 0)}


def test_another_event_under_a_known_id_is_no_correction(board: Board) -> None:
    """A certifier that puts the person's id into the record id would lose all but the last credential of each."""
    board.put("a.csv", text([row(0)]))
    board.look()
    board.put("b.csv", text([row(0, code="X2", day="05/05/2019"), row(5)]))
    assert board.look().reasons == [("b.csv", 2, "RECORD_ID_REUSED")]


def test_the_same_bytes_again_change_nothing_not_even_after_a_correction(board: Board) -> None:
    board.put("m.csv", OLD)
    board.look()
    board.put("fix.csv", FIX)
    board.look()
    board.put("again.csv", OLD)
    found = board.look()
    assert found.births == RIGHT
    assert found.states == {"m.csv": "accepted", "fix.csv": "accepted", "again.csv": "replayed"}


def test_the_same_rows_in_other_bytes_are_a_replay(board: Board) -> None:
    board.put("m.csv", OLD)
    board.look()
    board.put("fix.csv", FIX)
    board.look()
    lines = OLD.splitlines()
    board.put("other.csv", "\r\n".join([lines[0], *reversed(lines[1:])]) + "\r\n")
    board.put("marked.csv", "\ufeff" + OLD)
    found = board.look()
    assert found.births == RIGHT
    assert found.states["other.csv"] == found.states["marked.csv"] == "replayed"
    assert found.counts["other.csv"] == (3, 0, 0, 3)


def test_a_copy_that_comes_first_by_name_is_still_the_copy(board: Board) -> None:
    board.put("m.csv", FIX)
    board.look()
    board.put("a.csv", FIX)
    assert board.look().states == {"m.csv": "accepted", "a.csv": "replayed"}


def test_a_renamed_file_is_the_same_delivery(board: Board) -> None:
    board.put("m.csv", FIX)
    board.look()
    board.take("m.csv")
    board.put("n.csv", FIX)
    found = board.look()
    assert found.states == {"n.csv": "accepted"}
    assert found.births == RIGHT


def test_a_vanished_file_stays_in_force_and_is_mentioned(board: Board) -> None:
    board.put("m.csv", FIX)
    board.put("n.csv", text([row(9)]))
    board.look()
    board.take("m.csv")
    for _ in range(2):
        found = board.look()
        assert set(found.births) == {*RIGHT, "R9"}
        assert found.notices == {("m.csv", "VANISHED")}
    board.take("n.csv")
    board.folder.rmdir()
    assert set(board.look().births) == {*RIGHT, "R9"}


def test_a_file_that_never_counted_and_is_gone_needs_nobody(board: Board) -> None:
    board.put("m.csv", FIX)
    board.put("bad.csv", "nonsense\n1\n")
    board.put("cut.csv", FIX.strip() + "9")
    found = board.look()
    assert found.states == {"m.csv": "accepted", "bad.csv": "refused E_HEADER", "cut.csv": "held NOT_ENDED"}
    board.take("bad.csv")
    board.take("cut.csv")
    states = board.look().states
    assert states == {"m.csv": "accepted", "bad.csv": "withdrawn REMOVED", "cut.csv": "withdrawn REMOVED"}


def test_what_counted_and_is_gone_and_cannot_be_read_any_more_is_not_passed_over(board: Board) -> None:
    sha256 = board.put("m.csv", FIX)
    board.put("n.csv", text([row(9)]))
    board.look()
    board.take("m.csv")
    (board.home / "archive" / sha256).unlink()
    assert board.look().states["m.csv"] == "refused E_UNREADABLE"


def test_an_overwritten_file_takes_the_place_of_what_it_was(board: Board) -> None:
    board.put("m.csv", OLD)
    board.look()
    board.put("m.csv", text([*rows(range(1, 3)), row(7)]))
    found = board.look()
    assert set(found.births) == {"R1", "R2", "R7"}
    first = f"m.csv#{hash_of(OLD)[:8]}"
    assert found.states == {first: "replaced REPLACED", "m.csv": "accepted"}
    assert found.counts[first] == (3, 0, 3, 0)
    board.put("m.csv", OLD)
    for _ in range(2):
        back = board.look()
        assert back.births == WRONG, "what lies there counts"
        assert back.states["m.csv"] == "accepted"
    board.take("m.csv")
    assert board.look().births == WRONG, "and what lay there last"


def test_a_file_that_is_written_anew_with_the_same_rows_takes_its_own_place(board: Board) -> None:
    board.put("m.csv", FIX)
    board.look()
    lines = FIX.splitlines()
    board.put("m.csv", "\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    found = board.look()
    assert found.births == RIGHT
    assert found.states == {f"m.csv#{hash_of(FIX)[:8]}": "replaced REPLACED", "m.csv": "accepted"}
    assert found.notices == set()


def test_a_file_that_lost_rows_is_held_and_what_it_was_stays_in_force(board: Board) -> None:
    board.put("m.csv", text(rows(range(40))))
    board.look()
    shrunken = board.put("m.csv", text(rows(range(30))))
    found = board.look()
    assert len(found.births) == 40
    assert found.states["m.csv"] == "held ROWS_LOST"
    assert "40 rows with 30" in found.details["m.csv"]
    board.decide(RELEASED, shrunken)
    assert len(board.look().births) == 30


def test_a_file_with_other_rows_under_an_old_name_is_held(board: Board) -> None:
    board.put("current.csv", text(rows(range(40))))
    board.look()
    board.put("current.csv", text(rows(range(40, 80))))
    found = board.look()
    assert found.states["current.csv"] == "held ROWS_LOST"
    assert len(found.births) == 40
    board.changes = {"deliveries": {"replaces": "nothing"}}
    assert len(board.look().births) == 80


def test_full_files_take_the_place_of_all_before(board: Board) -> None:
    board.changes = {"deliveries": {"replaces": "all"}}
    board.put("jan.csv", text(rows(range(40))))
    board.look()
    board.put("feb.csv", text([*rows(range(2, 40)), *rows(range(50, 60))]))
    found = board.look()
    assert set(found.births) == {f"R{n}" for n in (*range(2, 40), *range(50, 60))}
    assert found.states == {"jan.csv": "replaced REPLACED", "feb.csv": "accepted"}
    board.put("mar.csv", text(rows(range(20))))
    found = board.look()
    assert found.states["mar.csv"] == "held ROWS_LOST"
    assert "R59" in found.births


@pytest.mark.parametrize("early", [True, False], ids=["after", "before"])
def test_a_word_beside_the_file_says_what_it_replaces(board: Board, *, early: bool) -> None:
    files = {"a.csv": text(rows(range(5))), "b.csv": text(rows(range(2, 4)))}
    for name in files if early else reversed(files):
        board.put(name, files[name])
        board.put("b.csv.delivery.yml", "replaces: a.csv\nrows: 2\n")
        found = board.look()
    assert found.states == {"a.csv": "replaced REPLACED", "b.csv": "accepted"}
    assert set(found.births) == {"R2", "R3"}


def test_what_was_said_is_remembered_when_the_files_are_gone(board: Board) -> None:
    board.put("a.csv", text(rows(range(5))))
    board.put("b.csv", text(rows(range(2, 4))))
    board.put("b.csv.delivery.yml", "replaces: [a.csv]\n")
    board.put("c.csv", text([row(9)]))
    first = board.look()
    board.take("b.csv")
    board.take("b.csv.delivery.yml")
    assert board.look().births == first.births


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


def test_a_file_that_grows_while_it_is_read_waits_and_is_no_fact(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    read = arrivals.read_delivery

    def slowly(inbox, industry, certifier, name, max_megabytes):
        delivery = read(inbox, industry, certifier, name, max_megabytes)
        with (board.folder / name).open("a") as file:
            file.write(row(9) + "\n")
        return delivery

    board.put("m.csv", FIX)
    monkeypatch.setattr(arrivals, "read_delivery", slowly)
    assert board.look().states == {"m.csv": "held STILL_GROWING"}
    monkeypatch.undo()
    assert board.look().states == {"m.csv": "accepted"}


def test_a_cut_file_waits_until_it_is_whole_or_released(board: Board) -> None:
    board.put("m.csv", FIX)
    cut = board.put("n.csv", text(rows(range(5, 9))).strip())
    found = board.look()
    assert found.states == {"m.csv": "accepted", "n.csv": "held NOT_ENDED"}
    assert {code for _, _, code in found.reasons} == {"NOT_ENDED"}
    board.decide(RELEASED, cut)
    found = board.look()
    assert len(found.births) == 7
    assert ("n.csv", "RELEASED") in found.notices


def test_a_held_file_that_comes_again_whole_waits_no_longer(board: Board) -> None:
    board.put("m.csv", FIX.strip())
    board.look()
    board.put("again.csv", FIX)
    assert board.look().states == {"m.csv": "replaced REPLACED", "again.csv": "accepted"}


def months(board: Board, number: int, size: int = 100) -> None:
    for month in range(number):
        board.put(f"{month}.csv", text(rows(range(month * size, (month + 1) * size))))
        board.look()


@pytest.mark.parametrize(
    ("size", "state"),
    [(79, "held TOO_FEW_ROWS"), (80, "accepted"), (300, "accepted"), (301, "held TOO_MANY_ROWS")],
)
def test_a_delivery_of_an_unusual_size_waits(board: Board, size: int, state: str) -> None:
    months(board, 3)
    sha256 = board.put("new.csv", text(rows(range(1000, 1000 + size))))
    found = board.look()
    assert found.states["new.csv"] == state
    if state != "accepted":
        assert f"{size} rows, where 100 are usual" in found.details["new.csv"]
        board.decide(RELEASED, sha256)
        assert len(board.look().births) == 300 + size


def test_first_loads_and_corrections_have_no_usual_size(board: Board) -> None:
    for month, size in enumerate((10, 100, 1000)):
        board.put(f"{month}.csv", text(rows(range(month * 2000, month * 2000 + size))))
    assert set(board.look().states.values()) == {"accepted"}
    board.put("fix.csv", text(rows(range(5), born="01/01/1970")))
    assert board.look().states["fix.csv"] == "accepted"


def test_held_deliveries_are_no_measure_for_others(board: Board) -> None:
    months(board, 3)
    for month in range(5):
        board.put(f"small{month}.csv", text(rows(range(2000 + 20 * month, 2020 + 20 * month))))
        assert board.look().states[f"small{month}.csv"] == "held TOO_FEW_ROWS"


def test_a_withdrawn_delivery_leaves_the_counts_but_its_blocks_are_heard(board: Board) -> None:
    board.put("m.csv", FIX)
    gone = board.put("n.csv", text([row(7), row(8, block="Y")]))
    board.look()
    board.decide(WITHDRAWN, gone)
    found = board.look()
    assert set(found.births) == set(RIGHT)
    assert found.states["n.csv"] == "withdrawn WITHDRAWN"
    assert found.counts["n.csv"] == (2, 0, 2, 0)
    assert [(one[1], one[2], one[3]) for one in found.tables["blocked_rows"]] == [("n.csv", 3, "WITHDRAWN")]
    board.take("n.csv")
    assert board.look().births == found.births


SHUFFLED = text(reversed(rows(range(3))))
CRLF = FIX.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("name", "content"),
    [("n.csv", CRLF), ("n.csv", SHUFFLED), ("n.csv.gz", gzip.compress(FIX.encode(), mtime=0)), ("m.csv", CRLF)],
    ids=["line ends", "order", "packed", "same name"],
)
def test_withdrawn_rows_that_come_in_other_bytes_wait_for_a_person(
    board: Board, name: str, content: str | bytes
) -> None:
    board.put("k.csv", text(rows(range(5, 8))))
    first = board.put("m.csv", FIX)
    assert len(board.look().births) == 6
    board.decide(WITHDRAWN, first)
    again = board.put(name, content)
    found = board.look()
    assert found.states[name] == "held ROWS_WITHDRAWN"
    assert found.details[name].startswith("the same rows as ")
    assert set(found.births) == {"R5", "R6", "R7"}
    board.decide(RELEASED, again)
    found = board.look()
    assert found.states[name] == "accepted"
    assert found.births == RIGHT | {f"R{n}": row(n).split(",")[3] for n in range(5, 8)}
    board.decide(WITHDRAWN, again)
    assert board.look().states[name] == "withdrawn WITHDRAWN"


def test_a_withdrawn_delivery_leaves_those_with_other_rows_alone(board: Board) -> None:
    sent = {
        f"{month}.csv": board.put(f"{month}.csv", text(rows(range(month * 30, month * 31 + 9)))) for month in range(4)
    }
    board.look()
    board.decide(WITHDRAWN, sent["2.csv"])
    found = board.look()
    assert found.states == {name: "withdrawn WITHDRAWN" if name == "2.csv" else "accepted" for name in sent}


def test_the_same_bytes_as_withdrawn_ones_are_a_replay_that_says_so(board: Board) -> None:
    first = board.put("m.csv", FIX)
    board.put("k.csv", text([row(9)]))
    board.look()
    board.decide(WITHDRAWN, first)
    board.put("n.csv", FIX)
    found = board.look()
    assert found.states["n.csv"] == "replayed"
    assert found.details["n.csv"] == "the same bytes as m.csv, which is withdrawn"
    assert set(found.births) == {"R9"}


def test_a_withdrawn_copy_leaves_the_rows_that_were_there_before_it(board: Board) -> None:
    board.put("m.csv", FIX)
    board.look()
    copy = board.put("n.csv", CRLF)
    board.look()
    board.decide(WITHDRAWN, copy)
    found = board.look()
    assert found.states == {"m.csv": "accepted", "n.csv": "withdrawn WITHDRAWN"}
    assert found.births == RIGHT


def test_a_withdrawn_delivery_that_comes_mended_comes_in(board: Board) -> None:
    first = board.put("m.csv", OLD)
    board.put("k.csv", text([row(9)]))
    board.look()
    board.decide(WITHDRAWN, first)
    board.put("n.csv", text([row(0), *rows((1, 2), born="09/09/1999")]))
    assert board.look().states["n.csv"] == "accepted"


def test_a_lower_number_does_not_bring_withdrawn_rows_back(board: Board) -> None:
    board.changes["deliveries"] = {"sequence": r"_(\d+)\.csv"}
    first = board.put("a_5.csv", FIX)
    board.put("b_6.csv", text([row(9)]))
    board.look()
    board.decide(WITHDRAWN, first)
    board.put("c_4.csv", CRLF)
    assert board.look().states["c_4.csv"] == "held ROWS_WITHDRAWN"


def test_a_withdrawn_correction_lets_the_first_version_stand(board: Board) -> None:
    board.put("m.csv", OLD)
    board.look()
    fix = board.put("m.csv", FIX)
    board.look()
    board.decide(WITHDRAWN, fix)
    assert board.look().births == WRONG


def test_blocks_of_held_rows_are_heard(board: Board) -> None:
    board.put("m.csv", FIX)
    board.put("n.csv", text([row(7, block="Y"), row(8)]).strip())
    found = board.look()
    assert found.states["n.csv"] == "held NOT_ENDED"
    assert {one[2] for one in found.tables["blocked_rows"]} == {2}


def test_one_bad_file_holds_that_file_only(board: Board) -> None:
    board.put("m.csv", FIX)
    board.put("bad.csv", "Other,Header\n1,2\n")
    board.put("stamps.csv", text(rows(range(5, 9), day="05/11/2014 10:11:12")))
    found = board.look()
    assert found.births == RIGHT
    assert found.states["bad.csv"] == "refused E_HEADER"
    assert found.states["stamps.csv"] == "held ROWS_UNREADABLE"


@pytest.mark.parametrize("again", [FIX, FIX.replace("\n", "\r\n")])
def test_the_right_file_put_back_is_the_latest_again(board: Board, again: str) -> None:
    board.put("a.csv", FIX)
    assert board.look().births == RIGHT
    board.put("a.csv", OLD)
    assert board.look().births == WRONG
    board.put("a.csv", again)
    assert board.look().births == RIGHT
    assert board.look().births == RIGHT


def test_a_file_of_a_first_load_that_is_put_back_has_no_usual_size(board: Board) -> None:
    sizes = {"0.csv": 10, "1.csv": 10, "2.csv": 10, "large.csv": 100}
    whole = {name: text(rows(range(n * 1000, n * 1000 + sizes[name]))) for n, name in enumerate(sizes)}
    for name, content in whole.items():
        board.put(name, content)
    before = board.look().births
    board.put("large.csv", whole["large.csv"].replace(HEADER, HEADER.replace("First", "Forename")))
    assert board.look().states["large.csv"] == "refused E_HEADER"
    board.put("large.csv", whole["large.csv"])
    found = board.look()
    assert found.states["large.csv"] == "accepted", found.details
    assert found.births == before


def test_a_decision_on_a_file_without_bytes_is_about_no_other_file(board: Board) -> None:
    board.put("a.csv", FIX)
    board.put("empty.csv", "")
    board.look()
    board.decide(WITHDRAWN, hash_of(b""))
    (board.folder / "out.csv").symlink_to("/etc/hostname")
    found = board.look()
    assert found.states["empty.csv"] == "refused E_EMPTY"
    assert found.states["out.csv"] == "refused E_LINK"


def test_what_is_no_file_stops_nothing_else(board: Board) -> None:
    board.put("a.csv", FIX)
    (board.folder / "self").symlink_to(board.folder)
    (board.folder / os.fsdecode(b"caf\xe9.csv")).write_bytes(FIX.encode())
    found = board.look()
    assert found.births == RIGHT
    assert found.states["self"] == "refused E_LINK"
    assert found.states["caf\\xe9.csv"] == "refused E_NAME"


def test_a_month_without_events_waits_for_nobody(board: Board) -> None:
    for month in range(4):
        board.put(f"{month}.csv", text(rows(range(30 * month, 30 * month + 30))))
        board.look()
    board.put("quiet.csv", text([]))
    assert board.look().states["quiet.csv"] == "accepted"


def test_a_ledger_that_has_lost_deliveries_says_so(tmp_path: Path) -> None:
    receipts = tmp_path / "clearinghouse" / "receipts.jsonl"
    sights = [Sight("acme", f"{name}.csv", name * 64, 1, 0) for name in "ab"]
    with connect(threads=1) as con:
        con.execute(
            "CREATE SCHEMA raw_feeds; CREATE TABLE raw_feeds.deliveries (certifier TEXT, sha256 TEXT, state TEXT)"
        )
        for name, state in (("a", "accepted"), ("b", "accepted"), ("c", "refused")):
            con.execute("INSERT INTO raw_feeds.deliveries VALUES ('acme', ?, ?)", [name * 64, state])
        (line,) = told_of_receipts(con, receipts, "mining")
        assert "lacks 2 of 2 deliveries that count in mining" in line
        record_sights(receipts, "mining", sights[:1])
        (line,) = told_of_receipts(con, receipts, "mining")
        assert "lacks 1 of 2" in line
        record_sights(receipts, "mining", sights)
        assert told_of_receipts(con, receipts, "mining") == []
        receipts.write_text("{}\n" + receipts.read_text())
        (line,) = told_of_receipts(con, receipts, "mining")
        assert "line 1 of receipts.jsonl is damaged; restore it from a backup" in line
