"""Intake: nasty files and rows, conservation, duplicates, replays. Nothing that was sent disappears."""

import csv
import io
import os
import random
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.raw_feeds.decode import decode
from credential_pipeline.clearinghouse.raw_feeds.read import read_feeds
from credential_pipeline.clearinghouse.raw_feeds.reasons import (
    AWAY_REASONS,
    FILE_REASONS,
    HOLD_REASONS,
    NOTICES,
    REASONS,
    ROW_REASONS,
)
from credential_pipeline.clearinghouse.raw_feeds.rows import stage_rows
from credential_pipeline.clearinghouse.raw_feeds.stage import create_stage
from credential_pipeline.clearinghouse.raw_feeds.waiting import explain_missing, told
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import scratch
from tests.domain.clearinghouse.intake_world import CANARY, GOOD, HEADER, TODAY, Intake, lines, registry_of

ROWS = {
    GOOD: None,
    '1,"Smith, Jr.",X1,2012-03-14,P,A': None,
    '1,"Smith ""Bo""",x1 ,2012-03-14,,': None,
    "1,Smith,X1,2012-03-14,P": "COLUMN_COUNT",
    "1,Smith,X1,2012-03-14,P,A,": "COLUMN_COUNT",
    "1,Smith": "COLUMN_COUNT",
    '1,"Smith,X1,2012-03-14,P,A': "BAD_QUOTING",
    '1,Smi"th,X1,2012-03-14,P,A': "BAD_QUOTING",
    '1,"Smith"x,X1,2012-03-14,P,A': "BAD_QUOTING",
    HEADER: "REPEATED_HEADER",
    '"Id","Last Name","Code","Day","Result","Event"': "REPEATED_HEADER",
    ",Smith,X1,2012-03-14,P,A": "MISSING_RECORD_ID",
    "  ,Smith,X1,2012-03-14,P,A": "MISSING_RECORD_ID",
    ",,,,,": "MISSING_RECORD_ID",
    '1,"",X1,2012-03-14,P,A': "MISSING_LAST_NAME",
    "1,Unknown,X1,2012-03-14,P,A": "MISSING_LAST_NAME",
    "1,Smith,,2012-03-14,P,A": "MISSING_CREDENTIAL_CODE",
    "1,Smith,X9,2012-03-14,P,A": "UNKNOWN_CREDENTIAL",
    "1,Smith,X1,,P,A": "MISSING_EVENT_DATE",
    "1,Smith,X1,14.03.2012,P,A": "UNREADABLE_EVENT_DATE",
    "1,Smith,X1,12-03-14,P,A": "EVENT_DATE_TWO_DIGIT_YEAR",
    "1,Smith,X1,2012-14-03,P,A": "EVENT_DATE_DAY_FIRST",
    "1,Smith,X1,2012-03-14 10:11,P,A": "EVENT_DATE_HAS_TIME",
    "1,Smith,X1,2012-02-30,P,A": "UNREADABLE_EVENT_DATE",
    "1,Smith,X1,41000,P,A": "EVENT_DATE_SPREADSHEET_NUMBER",
    "1,Smith,X1,2020-01-02,P,A": "EVENT_DATE_IN_FUTURE",
    "1,Smith,X1,2020-01-01,P,A": None,
    "1,Smith,X1,2012-03-14,P,Z": "UNKNOWN_EVENT",
    "1,Smith,X1,2012-03-14,Q,A": "UNKNOWN_RESULT",
    "1,Smith,X1,2012-03-14,RENEWED,R": None,
    "1,Smith,X1,2012-03-14,,": None,
    "1,Smi\x00th,X1,2012-03-14,P,A": "CONTROL_CHARACTER",
    "1,Smi\u202eth,X1,2012-03-14,P,A": "CONTROL_CHARACTER",
    "1,Smi\ufeffth,X1,2012-03-14,P,A": None,
    "1,\u00c3\u00a9 \u00e9,X1,2012-03-14,P,A": "DECODED_TWICE",
    "1,Smi\x0bth,X1,2012-03-14,P,A": "CONTROL_CHARACTER",
    "1,Sm\u00edth \u0141,X1,2012-03-14,P,A": None,
    "1," + "x" * 70_000 + ",X1,2012-03-14,P,A": "LINE_TOO_LONG",
}


def test_every_kind_of_row(tmp_path: Path) -> None:
    # The header is line 1; every row gets the id of its line.
    rows = [row.replace("1,", f"{line},", 1) if row.startswith("1,") else row for line, row in enumerate(ROWS, start=2)]
    intake = Intake(tmp_path, {"a.csv": lines(*rows)}, release=True)
    found = {line: reason for _, line, reason in intake.quarantine}
    assert found == {line: reason for line, reason in enumerate(ROWS.values(), start=2) if reason}
    assert [row[1] for row in intake.records] == [
        line for line, reason in enumerate(ROWS.values(), start=2) if not reason
    ]
    accepted = {source["Last Name"] for *_, source in intake.records}
    assert accepted == {"Smith", "Smith, Jr.", 'Smith "Bo"', "Sm\u00edth \u0141"}


def test_every_reason_is_explained_and_every_row_reason_is_tested() -> None:
    assert set(ROWS.values()) - {None} | {"RECORD_ID_REUSED", "RECORD_ID_CONFLICT", "EVENT_DATE_MONTH_FIRST"} == set(
        ROW_REASONS
    )
    assert {*FILE_REASONS, *ROW_REASONS, *HOLD_REASONS, *AWAY_REASONS, *NOTICES} == set(REASONS)
    assert all(text.endswith(".") for text in REASONS.values())
    assert all(text.count(". ") >= 1 for code, text in REASONS.items() if code not in NOTICES)


FILES: dict[str, tuple[bytes | str, str | None]] = {
    "empty": (b"", "E_EMPTY"),
    "blank": ("\n \n\r\n", "E_EMPTY"),
    "mark_only": (b"\xef\xbb\xbf", "E_EMPTY"),
    "header_only": (HEADER, None),
    "no_final_newline": (lines(GOOD).strip(), "NOT_ENDED"),
    "crlf": (lines(GOOD).replace("\n", "\r\n"), None),
    "cr": (lines(GOOD).replace("\n", "\r"), None),
    "byte_order_mark": (b"\xef\xbb\xbf" + lines(GOOD).encode(), None),
    "blank_lines_first": ("\n\n" + lines(GOOD), None),
    "columns_in_other_order": ("Event,Result,Day,Code,Last Name,Id\nA,P,2012-03-14,X1,Smith,1\n", None),
    "ignored_column": (lines(GOOD).replace("Event", "Event,Batch").replace(",A\n", ",A,7\n"), None),
    "quoted_header": (lines(GOOD).replace("Last Name", '"Last Name"'), None),
    "no_header": (f"1,{CANARY},X1,2012-03-14,P,A\n", "E_HEADER"),
    "column_missing": (lines(GOOD).replace(",Result", "").replace(",P", ""), "E_HEADER"),
    "column_in_other_case": (lines(GOOD).replace("Last Name", "LAST NAME"), None),
    "column_twice": (lines(GOOD).replace("Event\n", "Event,Event\n"), "E_HEADER_DUPLICATE"),
    "column_unknown": (lines(GOOD).replace("Event\n", f"Event,{CANARY}\n").replace(",A\n", ",A,7\n"), None),
    "column_empty": (lines(GOOD).replace("Event\n", "Event,\n").replace(",A\n", ",A,\n"), None),
    "column_without_name": (lines(GOOD).replace("Event\n", "Event,\n").replace(",A\n", ",A,7\n"), "E_HEADER_UNKNOWN"),
    "header_in_another_order": (lines(GOOD, ",".join(HEADER.split(",")[::-1])), "E_HEADER_MOVED"),
    "semicolons": (lines(GOOD).replace(",", ";"), "E_DELIMITER"),
    "tabs": (lines(GOOD).replace(",", "\t"), "E_DELIMITER"),
    "latin": (lines(GOOD.replace("Smith", "Nuñez")).encode("cp1252"), "E_ENCODING"),
    "wide": (lines(GOOD).encode("utf-16"), "E_ENCODING"),
    "wide_without_mark": (lines(GOOD).encode("utf-16-le"), "E_ENCODING"),
    "zip": (b"PK\x03\x04" + lines(GOOD).encode(), "E_NOT_TEXT"),
    "gzip": (b"\x1f\x8b\x08" + lines(GOOD).encode(), "E_NOT_TEXT"),
    "pdf": (b"%PDF-1.7\n" + lines(GOOD).encode(), "E_NOT_TEXT"),
    "large": (lines(GOOD) + "\n" * 1_100_000, "E_TOO_LARGE"),
    "broken_header": (lines(GOOD).replace("Last Name", '"Last Name'), "E_HEADER"),
}


@pytest.mark.parametrize("name", FILES)
def test_every_kind_of_file(tmp_path: Path, name: str) -> None:
    content, fault = FILES[name]
    intake = Intake(tmp_path, {"a.csv": content})
    rows = 0 if fault or name == "header_only" else 1
    waits = int(fault in HOLD_REASONS)
    state = "held" if waits else "refused" if fault else "accepted"
    assert intake.deliveries == {"a.csv": (state, fault, rows + waits, rows, waits, 0)}
    assert fault is None or fault in {*FILE_REASONS, *HOLD_REASONS}
    assert [source["Last Name"] for *_, source in intake.records] == ["Smith"] * rows


def test_other_faults_of_a_file(tmp_path: Path) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text(lines(GOOD), encoding="utf-8")
    folder = tmp_path / "inbox" / "mining" / "acme"
    folder.mkdir(parents=True)
    (folder / "link.csv").symlink_to(outside)
    (folder / "dangling.csv").symlink_to(folder / "nothing.csv")
    (folder / "folder.csv").mkdir()
    os.mkfifo(folder / "pipe.csv")
    files = {"table.xlsx": b"PK", "UPPER.CSV": lines(GOOD), "late.csv.part": "x", ".hidden.csv": "x"}
    intake = Intake(tmp_path, files)
    assert {name: row[1] for name, row in intake.deliveries.items()} == {
        "UPPER.CSV": None,
        "dangling.csv": "E_UNREADABLE",
        "link.csv": "E_LINK",
        "pipe.csv": "E_LINK",
        "table.xlsx": "E_FORMAT",
    }
    tested = {fault for _, fault in FILES.values()} | {row[1] for row in intake.deliveries.values()}
    by_form = {"E_ARCHIVE", "E_BADGES", "E_NAME", "E_SHEET", "E_SPREADSHEET"}
    assert tested - {None, *HOLD_REASONS} == set(FILE_REASONS) - by_form


def test_other_encodings_and_delimiters(tmp_path: Path) -> None:
    text = lines(GOOD.replace("Smith", "Núñez")).replace(",", "|")
    for number, (encoding, content) in enumerate(
        {"cp1252": text.encode("cp1252"), "latin-1": text.encode("latin-1"), "utf-16": text.encode("utf-16")}.items()
    ):
        intake = Intake(tmp_path / str(number), {"a.csv": content}, encoding=encoding, delimiter="|")
        assert [source["Last Name"] for *_, source in intake.records] == ["Núñez"]
    mojibake = Intake(tmp_path / "m", {"a.csv": text.encode()}, encoding="cp1252", delimiter="pipe")
    assert mojibake.deliveries["a.csv"][1] == "E_ENCODING"
    marked = Intake(tmp_path / "b", {"a.csv": text.encode("utf-8-sig")}, encoding="cp1252", delimiter="|")
    assert [source["Last Name"] for *_, source in marked.records] == ["Núñez"]


def test_one_broken_quote_costs_one_row_and_lines_are_physical(tmp_path: Path) -> None:
    rows = [f"{n},Smith,X1,2012-03-14,P,A" for n in range(2000)]
    rows[100] = '100,"Smith,X1,2012-03-14,P,A'
    rows.insert(50, "")
    intake = Intake(tmp_path, {"a.csv": lines(*rows)})
    assert intake.deliveries["a.csv"] == ("accepted", None, 2000, 1999, 1, 0)
    assert intake.quarantine == [("a.csv", 103, "BAD_QUOTING")]
    assert intake.content == [rows[101]]
    assert intake.records[-1][1:3] == (2002, "1999")


def test_duplicates_reuse_and_corrections(tmp_path: Path) -> None:
    changed = GOOD.replace("Smith", "Smythe")
    wrong = "2,Smith,X9,2012-03-14,P,A"
    first = lines(GOOD, GOOD, changed, wrong)
    second = lines(changed, GOOD, wrong.replace("X9", "X2"), "3,Smith,X1,2012-03-14,P,A")
    intake = Intake(tmp_path, {"a.csv": first, "b.csv": second})
    assert intake.deliveries == {"a.csv": ("accepted", None, 4, 0, 2, 2), "b.csv": ("accepted", None, 4, 3, 1, 0)}
    assert intake.quarantine == [
        ("a.csv", 4, "RECORD_ID_REUSED"),
        ("a.csv", 5, "UNKNOWN_CREDENTIAL"),
        ("b.csv", 3, "RECORD_ID_REUSED"),
    ]
    assert [row[:3] for row in intake.records] == [("b.csv", 2, "1"), ("b.csv", 4, "2"), ("b.csv", 5, "3")]


def test_a_row_in_another_batch_is_still_the_same_row(tmp_path: Path) -> None:
    header = HEADER + ",Batch\n"
    files = {"a.csv": header + GOOD + ",1\n", "b.csv": header + GOOD + ",2\n", "c.csv": lines(GOOD, "2" + GOOD[1:])}
    intake = Intake(tmp_path, files)
    assert [row[4:] for row in intake.deliveries.values()] == [(0, 0), (0, 1), (0, 1)]
    assert intake.records[0][3]["Batch"] == "1"
    assert set(intake.records[0][3]) == {*HEADER.split(","), "Batch"}


def test_the_same_bytes_again_are_a_replay(tmp_path: Path) -> None:
    content = lines(GOOD, "2,Smith,X9,2012-03-14,P,A")
    intake = Intake(tmp_path, {"a.csv": content, "b.csv": content, "c.csv": b"", "d.csv": b""})
    assert intake.deliveries["a.csv"] == ("accepted", None, 2, 1, 1, 0)
    assert intake.deliveries["b.csv"] == ("replayed", None, 2, 0, 0, 2)
    assert intake.deliveries["d.csv"][:2] == ("refused", "E_EMPTY")
    assert len(list((tmp_path / "archive").iterdir())) == 2


def test_the_result_depends_on_content_alone(tmp_path: Path) -> None:
    generator = random.Random(1)
    rows = [f"{generator.randrange(300)},{generator.choice(['Smith', 'Lee'])},X1,2012-03-14,P,A" for _ in range(3000)]
    files = {f"{part}.csv": lines(*rows[part::3]) for part in range(3)}
    one = Intake(tmp_path / "one", files)
    two = Intake(tmp_path / "two", dict(reversed(files.items())), threads=2)
    assert (one.records, one.quarantine, one.deliveries) == (two.records, two.quarantine, two.deliveries)
    assert sum(row[2] for row in one.deliveries.values()) == 3000
    assert len(one.records) == len({row[2] for row in one.records})


def test_splitting_agrees_with_the_csv_module(tmp_path: Path) -> None:
    certifier = registry_of(tmp_path).certifier("acme")
    generator = random.Random(2)
    pieces = ["a", "", ",", '"', "é", " ", "\t", "'", "|"]
    values = [["".join(generator.choices(pieces, k=generator.randrange(5))) for _ in range(6)] for _ in range(2000)]
    values = [row for row in values if any(row)]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows([HEADER.split(","), *values])
    with connect(threads=1) as con, scratch(con) as work:
        stage = create_stage(work, certifier)
        stage_rows(stage, decode(buffer.getvalue().encode(), certifier), "a.csv", 0)
        read = con.execute(f"SELECT source FROM {stage} WHERE reason_code IS NULL ORDER BY place").fetchall()
    assert [[source[name] for name in HEADER.split(",")] for (source,) in read] == values


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    registry = registry_of(tmp_path / "registry")
    inbox = tmp_path / "inbox"
    with connect(threads=1) as con:
        con.execute("CREATE SCHEMA raw_feeds")
        with pytest.raises(SafeError, match="inbox/mining/acme is missing") as caught:
            read_feeds(con, inbox, "mining", registry)
        assert caught.value.code == "E_NO_DELIVERY"
        (inbox / "mining" / "acme").mkdir(parents=True)
        with pytest.raises(SafeError, match="holds no file"):
            read_feeds(con, inbox, "mining", registry)
        with pytest.raises(SafeError, match="no industry"):
            read_feeds(con, inbox, "retail", registry)


def test_a_folder_that_leads_out_of_the_inbox(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.csv").write_text(lines(GOOD), encoding="utf-8")
    (tmp_path / "inbox" / "mining").mkdir(parents=True)
    (tmp_path / "inbox" / "mining" / "acme").symlink_to(tmp_path / "elsewhere")
    with connect(threads=1) as con:
        con.execute("CREATE SCHEMA raw_feeds")
        registry = registry_of(tmp_path / "registry")
        with pytest.raises(SafeError) as caught:
            read_feeds(con, tmp_path / "inbox", "mining", registry)
    assert caught.value.code == "E_INBOX"


def test_no_message_repeats_what_a_file_holds(tmp_path: Path) -> None:
    for name in ("no_header", "column_unknown"):
        intake = Intake(tmp_path / name, {"a.csv": FILES[name][0]})
        assert CANARY not in str(intake.deliveries)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("2018-02.csv", "inbox/mining/acme/2018-02.csv: "), ("Quuxington.csv", "inbox/mining/acme/[acme-")],
)
def test_a_refused_file_is_named_unless_its_name_may_be_somebodys(name: str, shown: str, tmp_path: Path) -> None:
    registry = registry_of(tmp_path / "registry")
    folder = tmp_path / "inbox" / "mining" / "acme"
    folder.mkdir(parents=True)
    (folder / name).write_bytes(b"PK\x03\x04")
    with connect(threads=1) as con:
        con.execute("CREATE SCHEMA raw_feeds")
        read_feeds(con, tmp_path / "inbox", "mining", registry, today=TODAY)
        (line,) = told(con, "mining")
        missing = explain_missing(con, "mining")
    assert line.startswith(f"refused: {shown}")
    assert missing == line.removeprefix("refused: ")
    assert "E_NOT_TEXT" in line
    assert "Quux" not in line
