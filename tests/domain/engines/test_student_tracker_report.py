"""Detail reports: written so that others read them, read as others write them."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from credential_pipeline.engines.exchange.delimited import write_rows
from credential_pipeline.engines.exchange.student_tracker.report import (
    NAMES,
    OWN,
    REPORT,
    read_report,
    report_name,
    shown_report,
)
from credential_pipeline.engines.exchange.student_tracker.request import Header
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch

CANARY = "Zyzzogeton"
ODD = ["000,12", ' a "b" ', "ключ", "=1+1", "'x"]


@pytest.fixture
def work() -> Iterator[Scratch]:
    with connect(threads=1) as con, scratch(con) as made:
        yield made


def report(work: Scratch, *rows: dict[str, str]) -> Relation:
    kinds = {"place": "INTEGER"} | dict.fromkeys(NAMES, "VARCHAR")
    return work.rows("rows", kinds, [[n, *(row.get(name) for name in NAMES)] for n, row in enumerate(rows)])


def test_the_service_s_columns_come_first_and_ours_behind_them() -> None:
    own = [column.name for column in REPORT if column.name.startswith(OWN)]
    assert len(own) == 7
    assert list(NAMES[-7:]) == own
    assert len(NAMES) - 7 == 33
    assert all(column.meaning for column in REPORT)


def test_a_report_is_read_by_any_reader_of_csv_and_by_ours(work: Scratch, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    rows = [{"requester_return_field": back, "record_found": "N"} for back in ODD]
    rows[0] |= {"record_found": "Y", "college_name": 'The "Open", College', "credential_status": "Active"}
    write_rows(work, report(work, *rows), path, NAMES, [field.header for field in REPORT], "place")
    with path.open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert [row["Requester Return Field"] for row in read] == ODD
    assert (read[0]["Record Found Y/N"], read[0]["College Name"]) == ("Y", 'The "Open", College')
    assert list(read[0]) == [column.header for column in REPORT]
    ours = work.con.execute(
        f"SELECT requester_return_field, record_found, college_name, credential_status FROM {read_report(work, path)}"
    ).fetchall()
    assert ours == [(ODD[0], "Y", 'The "Open", College', "Active"), *((back, "N", None, None) for back in ODD[1:])]


def test_headers_in_other_cases_and_orders_and_unknown_ones(work: Scratch, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("\ufeffRECORD_FOUND_Y/N,2-YEAR/4-YEAR,New,requester return field\r\ny, 4 ,x,0012\r\n", "utf-8")
    rows = read_report(work, path)
    found = work.con.execute(
        f"SELECT record_found, two_year_four_year, requester_return_field, degree_title FROM {rows}"
    ).fetchall()
    assert found == [("Y", "4", "0012", None)]


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("E_REPORT_CUT", b""),
        ("E_REPORT_CUT", b"Requester Return Field,Record Found Y/N\n1,Y"),
        ("E_REPORT_COLUMN", b"Requester Return Field,Found\n1,Y\n"),
        ("E_REPORT_CODE", f"Requester Return Field,Record Found Y/N\n1,{CANARY}\n".encode()),
        ("E_REPORT_CODE", b"Requester Return Field,Record Found Y/N\n1,\n"),
        ("E_REPORT_UNREADABLE", f"Requester Return Field,Record Found Y/N\n{CANARY},Y,Z\n".encode()),
        ("E_REPORT_ENCODING", f"Requester Return Field,Record Found Y/N\n{CANARY},Y\n".encode("utf-16")),
        ("E_REPORT_ENCODING", f"Requester Return Field,Record Found Y/N\n{CANARY}\0,Y\n".encode()),
        ("E_REPORT_ENCODING", f"Requester Return Field,Record Found Y/N\n{CANARY}\xe9,Y\n".encode("cp1252")),
    ],
)
def test_a_broken_report_is_refused(work: Scratch, tmp_path: Path, code: str, content: bytes) -> None:
    path = tmp_path / f"{CANARY}.csv"
    path.write_bytes(content)
    with pytest.raises(SafeError) as caught:
        read_report(work, path)
    assert caught.value.code == code
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_report_that_was_named_here_is_told_by_its_name_unless_that_could_be_a_persons(tmp_path: Path) -> None:
    header = Header("002330", "01", "University", date(2026, 1, 15), "SE")
    told = report_name(header, "0123456789abcdef", "request_20260115.txt")
    for name in (told, report_name(header, "0123456789abcdef", f"{CANARY}.txt"), f"{CANARY}_{told}"):
        (tmp_path / name).touch()
        assert (shown_report(tmp_path / name) == name) == (name == told)


def test_the_name_of_a_report_says_who_asked_what_and_when() -> None:
    header = Header("002330", "01", "University", date(2026, 1, 15), "SE")
    assert report_name(header, "0123456789abcdef", "Fall ask/é 1.txt") == (
        "00233001_0123456789abcdef_DETLRPT_SE_01152026000000_é_1.csv"
    )
