"""The gate of each delivery: dates in other forms, fields that were lost, names and marks, by the sender's other deliveries."""

import json
import os
import shutil
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.raw_feeds.arrivals import Known
from credential_pipeline.clearinghouse.raw_feeds.decisions import RELEASED
from credential_pipeline.clearinghouse.raw_feeds.read import read_feeds
from credential_pipeline.foundation.registry.load import Registry, load_registry
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.clearinghouse.deliveries_world import ACME, HEADER, TODAY, Board, row, rows, text

CASES = Path(__file__).parent / "cases"


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)


def only(certifier: str) -> Registry:
    built_in = load_registry()
    industry = built_in.industry("manufacturing").model_copy(update={"certifiers": (certifier,)})
    return Registry({"manufacturing": industry}, {certifier: built_in.certifier(certifier)})


def deliver(tmp_path: Path, *files: Path) -> dict[str, tuple[object, ...]]:
    """State, reason and detail of each file, and its rows, read as a manufacturing certifier's."""
    folder = tmp_path / "inbox" / "manufacturing" / "mssc"
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        shutil.copy(file, folder)
    with connect(threads=1) as con:
        con.execute("CREATE SCHEMA raw_feeds")
        read_feeds(con, tmp_path / "inbox", "manufacturing", only("mssc"), Known(), TODAY)
        query = "SELECT delivery, state, reason_code, rows_accepted, detail FROM raw_feeds.deliveries"
        return {row[0]: row[1:] for row in con.execute(query).fetchall()}


@pytest.mark.parametrize("name", ["mssc_midnight.csv", "mssc_ampm.csv"])
def test_a_time_of_midnight_is_a_date(tmp_path: Path, name: str) -> None:
    (found,) = deliver(tmp_path, CASES / "16-timestamps" / name).values()
    assert found == ("accepted", None, 40, None)


@pytest.mark.parametrize(
    ("name", "code"),
    [("mssc_gmt.csv", "EVENT_DATE_HAS_TIME"), ("mssc_excel_serial.csv", "EVENT_DATE_SPREADSHEET_NUMBER")],
)
def test_a_delivery_of_which_no_row_can_be_read_is_held_with_its_reason(tmp_path: Path, name: str, code: str) -> None:
    (found,) = deliver(tmp_path, CASES / "16-timestamps" / name).values()
    assert found[:3] == ("held", "ROWS_UNREADABLE", 0)
    assert found[3] == f"40 of 40 rows are set aside: {code} 40"


EVENT_DATES = {
    "05/11/2014 00:00": None,
    "05/11/2014T00:00:00": None,
    "05/11/2014 00:00:00.000": None,
    "05/11/2014 12:00 am": None,
    "05/11/2014 00:00:01": "EVENT_DATE_HAS_TIME",
    "05/11/2014 12:00 PM": "EVENT_DATE_HAS_TIME",
    "05/11/2014 12:00": "EVENT_DATE_HAS_TIME",
    "05/11/2014 00:00:00 GMT": "EVENT_DATE_HAS_TIME",
    "2014-05-11T00:00:00+02:00": "EVENT_DATE_HAS_TIME",
    "41770": "EVENT_DATE_SPREADSHEET_NUMBER",
    "41770.5": "EVENT_DATE_SPREADSHEET_NUMBER",
    "05/11/14": "EVENT_DATE_TWO_DIGIT_YEAR",
    "11-May-14": "EVENT_DATE_TWO_DIGIT_YEAR",
    "13/05/2014": "EVENT_DATE_DAY_FIRST",
    "13/13/2014": "UNREADABLE_EVENT_DATE",
    "2014-05-11": "UNREADABLE_EVENT_DATE",
    "05/2014": "UNREADABLE_EVENT_DATE",
}


@pytest.mark.parametrize("written", EVENT_DATES)
def test_each_form_of_an_event_date_has_its_code(board: Board, written: str) -> None:
    board.put("a.csv", text([*rows(range(5)), row(7, day=written)]))
    found = board.look()
    code = EVENT_DATES[written]
    assert found.reasons == ([("a.csv", 7, code)] if code else [])


def european(number: int) -> str:
    month, day, year = row(number).split(",")[3].split("/")
    return f"{day}/{month}/{year}"


def test_dates_in_another_order_are_seen_where_the_day_exceeds_twelve(board: Board) -> None:
    board.put("a.csv", text(row(n, born=european(n)) for n in range(40)))
    found = board.look()
    assert found.states == {"a.csv": "held DATES_IN_OTHER_ORDER"}
    assert "birth_date" in found.details["a.csv"]


def test_dates_in_another_order_are_seen_where_no_day_exceeds_twelve(board: Board) -> None:
    """Every value can be read, and every one would be wrong."""
    board.put("a.csv", text(row(n, born=f"{1 + n % 12:02}/{1 + n * 5 % 12:02}/1980") for n in range(40)))
    assert board.look().states == {"a.csv": "held DATES_IN_OTHER_ORDER"}


def test_dates_of_the_first_of_months_are_in_order(board: Board) -> None:
    board.put("a.csv", text(row(n, day=f"{1 + n % 12:02}/01/2017") for n in range(40)))
    assert board.look().states == {"a.csv": "accepted"}


def test_a_slip_is_no_other_order(board: Board) -> None:
    board.put("a.csv", text([*rows(range(40)), row(50, born="31/12/1980")]))
    found = board.look()
    assert found.states == {"a.csv": "accepted"}
    assert found.notices == {("a.csv", "UNREADABLE_BIRTH_DATE")}
    share = next(one for one in found.tables["field_shares"] if one[2] == "birth_date")
    assert share[3:] == (41, 41, 40)


@pytest.mark.parametrize(
    ("born", "form"),
    [
        ("{0}-{1}-{2}", ""),
        ("33000", "SPREADSHEET_NUMBER"),
        ("03/04/77", "TWO_DIGIT_YEAR"),
        ("03/04/1977 10:15", "HAS_TIME"),
    ],
)
def test_a_delivery_that_loses_its_birth_dates_is_held(board: Board, born: str, form: str) -> None:
    """The rows keep their place elsewhere, so that nobody would see it."""
    board.put("a.csv", text(rows(range(40))))
    board.look()
    sha256 = board.put(
        "b.csv", text(row(n, born=born.format(1980 + n % 9, 1 + n % 9, 1 + n % 27)) for n in range(40, 80))
    )
    found = board.look()
    assert found.states["b.csv"] == "held BIRTH_DATES_UNREADABLE"
    assert "40 of 40 cannot be read" in found.details["b.csv"]
    assert form in found.details["b.csv"]
    board.decide(RELEASED, sha256)
    found = board.look()
    assert found.states["b.csv"] == "accepted"
    assert ("b.csv", "UNREADABLE_BIRTH_DATE") in found.notices


def test_missing_birth_dates_are_no_unreadable_ones(board: Board) -> None:
    board.put("a.csv", text(row(n, born="" if n % 3 else "01/01/1900") for n in range(40)))
    found = board.look()
    assert found.states == {"a.csv": "accepted"}
    assert found.notices == set()
    share = next(one for one in found.tables["field_shares"] if one[2] == "birth_date")
    assert share[3:] == (40, 14, 14)


@pytest.mark.parametrize(
    ("born", "words"), [("01/01/2087", "IMPLAUSIBLE 60"), ("01/01/1970", "one day stands in 60 of 60")]
)
def test_birth_dates_that_can_be_nobodys_or_not_everybodys_make_a_delivery_wait(
    board: Board, born: str, words: str
) -> None:
    board.put("a.csv", text(rows(range(60))))
    board.look()
    board.put("b.csv", text(rows(range(100, 160), born=born)))
    found = board.look()
    assert found.states == {"a.csv": "accepted", "b.csv": "held BIRTH_DATES_UNREADABLE"}
    assert words in found.details["b.csv"]


def test_events_of_one_day_wait_where_the_sender_has_many_days(board: Board) -> None:
    """The day of the export in place of that of the event: every row can be read, and every horizon is wrong."""
    for month in range(3):
        board.put(f"{month}.csv", text(rows(range(100 * month, 100 * month + 40))))
    board.put("class.csv", text(rows(range(300, 310), day="05/05/2018")))
    board.look()
    sha256 = board.put("b.csv", text(rows(range(400, 440), day="06/30/2018")))
    found = board.look()
    assert found.states["class.csv"] == "accepted"
    assert found.states["b.csv"] == "held EVENTS_OF_ONE_DAY"
    assert "one day stands in 40 of 40 rows, where at most" in found.details["b.csv"]
    board.decide(RELEASED, sha256)
    assert board.look().states["b.csv"] == "accepted"


def test_a_sender_of_one_day_a_file_is_not_asked(board: Board) -> None:
    for day in range(1, 5):
        board.put(f"{day}.csv", text(rows(range(100 * day, 100 * day + 40), day=f"05/{day:02}/2018")))
        assert set(board.look().states.values()) == {"accepted"}


def test_events_of_long_ago_are_remarked_on_and_count(board: Board) -> None:
    for month in range(3):
        board.put(f"{month}.csv", text(rows(range(100 * month, 100 * month + 40))))
        board.look()
    board.put("late.csv", text(row(n, day=f"{1 + n % 11:02}/{1 + n % 27:02}/2016") for n in range(400, 440)))
    board.put("typed.csv", text(row(n, day=f"{1 + n % 11:02}/{1 + n % 27:02}/2008") for n in range(500, 540)))
    found = board.look()
    assert set(found.states.values()) == {"accepted"}
    assert {name for name, code in found.notices if code == "EVENTS_LONG_AGO"} == {"typed.csv"}


@pytest.mark.parametrize("field", ["born", "first"])
def test_a_field_that_was_lost_is_missed(board: Board, field: str) -> None:
    board.put("a.csv", text(rows(range(100))))
    board.look()
    board.put("b.csv", text(rows(range(100, 190), **{field: ""})))
    found = board.look()
    assert found.states["b.csv"] == "held FIELD_LOST"
    assert "0 of 90 rows, where 90 are usual" in found.details["b.csv"]


def test_at_a_first_load_deliveries_are_compared_with_one_another(board: Board) -> None:
    for year in range(4):
        board.put(f"{year}.csv", text(rows(range(100 * year, 100 * year + 60), **({"born": ""} if year == 2 else {}))))
    states = board.look().states
    assert {name for name, state in states.items() if state != "accepted"} == {"2.csv"}


def test_reversed_names_are_seen_in_their_distribution(board: Board) -> None:
    board.put("a.csv", text(rows(range(100))))
    board.look()
    straight = [row(n) for n in range(100, 180)]
    turned = [",".join([one[0], one[2], one[1], *one[3:]]) for one in (line.split(",") for line in straight)]
    board.put("b.csv", text(turned))
    found = board.look()
    assert found.states["b.csv"] == "held NAMES_REVERSED"


def test_several_reasons_are_told_together(board: Board) -> None:
    for month in range(3):
        board.put(f"{month}.csv", text(rows(range(100 * month, 100 * month + 100))))
        board.look()
    board.put("b.csv", text(rows(range(500, 540), born="")))
    detail = board.look().details["b.csv"]
    assert "birth_date" in detail
    assert "TOO_FEW_ROWS" in detail


def test_what_is_told_names_nobody(board: Board) -> None:
    board.put("a.csv", text(rows(range(100))))
    board.look()
    board.put("b.csv", text(rows(range(100, 190), first="Quuxington", last="Zebulonia", born="Quuxington", day="Quux")))
    found = board.look()
    assert found.states["b.csv"].startswith("held")
    said = repr((found.tables["deliveries"], found.tables["notices"], found.tables["field_shares"]))
    assert "Quux" not in said
    assert "Zebulonia" not in said


@pytest.mark.parametrize("name", ["z_fix.csv", "a_fix.csv"])
def test_the_correction_of_the_case(tmp_path: Path, name: str) -> None:
    """By the times of the files, if they are there together for the first time."""
    fix = tmp_path / name
    shutil.copy(CASES / "04-correction" / "z_fix.csv", fix)
    shutil.copy(CASES / "04-correction" / "m_2014.csv", tmp_path / "m_2014.csv")
    board = Board(tmp_path / "home")
    inbox = board.home / "inbox" / "manufacturing" / "mssc"
    inbox.mkdir(parents=True)
    for seconds, file in enumerate((tmp_path / "m_2014.csv", fix)):
        shutil.copy(file, inbox)
        os.utime(inbox / file.name, (1_000_000 + 60 * seconds,) * 2)
    with connect(threads=1) as con:
        con.execute("CREATE SCHEMA raw_feeds")
        read_feeds(con, board.home / "inbox", "manufacturing", only("mssc"), Known(), TODAY)
        born = con.execute("SELECT source['DOB'] FROM raw_feeds.records ORDER BY record_id").fetchall()
        aside = con.execute("SELECT count(*) FROM raw_feeds.quarantine").fetchall()
    assert born == [("04/20/1980",), ("04/21/1981",), ("04/22/1982",)]
    assert aside == [(0,)]


def test_each_delivery_has_a_receipt_that_is_safe_to_send(board: Board) -> None:
    good = board.put("a.csv", text([*rows(range(3)), row(7, day="41000"), row(8, id="Quuxington", day="soon")]))
    held = board.put("Quuxington.csv", text(rows(range(10, 13), first="Zebulonia", day="soon")))
    board.look()
    folder = board.home / "receipts" / "mining" / "acme"
    receipts = {sha256: json.loads((folder / f"acme-{sha256[:12]}.json").read_text()) for sha256 in (good, held)}
    assert (receipts[good]["state"], receipts[good]["rows_accepted"]) == ("accepted", 3)
    aside = {one["reason"]: (one["lines"], one["record_ids"]) for one in receipts[good]["set_aside"]}
    assert aside == {"EVENT_DATE_SPREADSHEET_NUMBER": ([5], ["R7"]), "UNREADABLE_EVENT_DATE": ([6], [])}
    assert receipts[held]["state"] == "held"
    assert "ROWS_UNREADABLE" in receipts[held]["why"]
    said = "".join(path.read_text() + path.name for path in folder.iterdir())
    assert "Quux" not in said
    assert "Zebulonia" not in said
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())
    assert receipts[good]["received_at"] is None, "written before the sight was noted"
    board.look()
    assert json.loads((folder / f"acme-{good[:12]}.json").read_text())["received_at"].startswith("2019-01-01")


STATUS = {"PASSED": "award", "FAILED": "attempt", "RENEWAL": "renewal", "REVOKED": "revocation", "ISSUED": "award"}


@pytest.mark.parametrize(
    ("silent", "state"),
    [({"RENEWAL": "null", "REVOKED": "null", "ISSUED": "null"}, "accepted"), ({}, "held FIELD_UNREADABLE")],
)
def test_one_column_of_events_and_results_is_read_whole(board: Board, silent: dict[str, str], state: str) -> None:
    """A word without a result counts as filled and read if its map says so, and is no reason to set a row aside."""
    results = {"PASSED": "pass", "FAILED": "fail", **silent}
    coded = {"event": STATUS, "result": results}
    # Said for a word of a setting, too, which is looked at by value and not by row.
    settings = {"CLASS": "credit", **dict.fromkeys(silent, "null")}
    fields = {**coded, "training_setting": settings}
    columns = {name: {"from": "Status", "recipe": ["trim", {"map": words}]} for name, words in coded.items()}
    columns["training_setting"] = {"from": "Place", "recipe": [{"map": fields["training_setting"]}]}
    board.changes = {"columns": {**ACME["columns"], **columns}}
    words = ["RENEWAL", "REVOKED", "renewal"] * 9 + ["PASSED", "FAILED"]
    lines = [
        f"{row(number)},{word},{'CLASS' if word in results and silent else ''}" for number, word in enumerate(words)
    ]
    if silent:
        lines += [f"{row(100 + number)},ISSUED,RENEWAL" for number in range(30)]
    board.put("a.csv", text(lines, f"{HEADER},Status,Place"))
    found = board.look()
    assert found.states == {"a.csv": state}
    if silent:
        assert found.counts == {"a.csv": (59, 59, 0, 0)}
        assert not found.notices
