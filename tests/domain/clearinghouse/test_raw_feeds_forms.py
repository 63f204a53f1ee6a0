"""Spreadsheets, files of fixed width, and credentials as JSON."""

import base64
import datetime
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from pydantic import ValidationError

from credential_pipeline.foundation.registry.feeds import Certifier
from tests.domain.clearinghouse.formats_world import ACME, GOOD, HEADER, certifier, read

SHEET = certifier(format="xlsx", max_megabytes=64)
NAMES = HEADER.split(",")


def book(*rows: list[Any], sheets: dict[str, list[list[Any]]] | None = None) -> bytes:
    workbook = Workbook()
    workbook.remove(workbook.active)
    for title, content in (sheets or {"Sheet1": list(rows)}).items():
        sheet = workbook.create_sheet(title)
        for row in content:
            sheet.append(row)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def changed(content: bytes, edit: Callable[[str, bytes], bytes | None], more: dict[str, bytes] | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = edit(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
        for name, part in (more or {}).items():
            new.writestr(name, part)
    return buffer.getvalue()


def test_a_sheet_is_read_as_a_person_sees_it(tmp_path: Path) -> None:
    long_id = "00012345678901234567"
    content = book(
        ["Exam results"],
        [],
        NAMES,
        [1, "Núñez, Jr.", "X1", datetime.datetime(2012, 3, 14), "N", 'Lima "B"'],  # noqa: DTZ001 - cells have no zone
        [long_id, "Lee", "X1", datetime.date(2012, 3, 15), "Y", "two\nlines"],
        [110002.0, "Roe", True, "2012-03-16", None, 2.5],
        [1234567890123456789, "Poe", "X1", datetime.datetime(2012, 3, 14, 13, 5), "N", None],  # noqa: DTZ001
    )
    found = read(tmp_path, content, SHEET, "a.xlsx")
    assert (found.reading.fault, found.aside) == (None, {})
    values = {line: [row[name] for name in NAMES] for line, row in found.rows.items()}
    assert values[4] == ["1", "Núñez, Jr.", "X1", "2012-03-14", "N", 'Lima "B"']
    assert values[5] == [long_id, "Lee", "X1", "2012-03-15", "Y", "two lines"]
    assert values[6] == ["110002", "Roe", "TRUE", "2012-03-16", "", "2.5"]
    assert values[7][1:4] == ["Poe", "X1", "2012-03-14 13:05:00"]
    assert found.notices == {"HEADER_FOUND": "on line 3", "LINE_ENDS_IN_CELLS": "1 cell", "LONG_NUMBERS": "1 cell"}
    assert found.blocked == {5}
    assert found.reading.format == "xlsx"


def test_formulas_are_told(tmp_path: Path) -> None:
    content = book(NAMES, [1, "Roe", "X1", "2012-03-14", "N", "=1+1"])
    found = read(tmp_path, content, SHEET, "a.xlsx")
    assert found.notices["FORMULAS"] == "1 cell"
    assert len(found.rows) == 1


def test_the_sheet_with_rows_or_the_declared_one(tmp_path: Path) -> None:
    row = GOOD.split(",")
    one = book(sheets={"Read me": [], "Results": [NAMES, row]})
    assert len(read(tmp_path, one, SHEET, "a.xlsx").rows) == 1
    two = book(sheets={"Notes": [["x"]], "Results": [NAMES, row]})
    found = read(tmp_path, two, SHEET, "a.xlsx")
    assert (found.reading.fault, found.reading.detail) == ("E_SHEET", "2 sheets hold rows")
    named = certifier(format="xlsx", sheet="Results")
    assert len(read(tmp_path, two, named, "a.xlsx").rows) == 1
    missing = read(tmp_path, two, certifier(format="xlsx", sheet="June"), "a.xlsx")
    assert missing.reading.fault == "E_SHEET"
    assert read(tmp_path, book(sheets={"Empty": []}), SHEET, "a.xlsx").reading.fault == "E_EMPTY"


def _entity(name: str, part: bytes) -> bytes:
    if name != "xl/workbook.xml":
        return part
    return part.replace(b"<workbook", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><workbook', 1)


def _bomb(name: str, part: bytes) -> bytes:
    long = b'<row r="9"><c r="A9" t="inlineStr"><is><t>' + b"A" * 60_000_000 + b"</t></is></c></row></sheetData>"
    return part.replace(b"</sheetData>", long) if name.endswith("sheet1.xml") else part


def _liar(content: bytes) -> bytes:
    """A part that unpacks to more than its directory says."""
    place = content.rindex(b"PK\x01\x02")
    size = int.from_bytes(content[place + 24 : place + 28], "little")
    return content[: place + 24] + (size - 10).to_bytes(4, "little") + content[place + 28 :]


ROWS = book(NAMES, GOOD.split(","))
DANGEROUS: dict[str, tuple[bytes, str, str]] = {
    "entities": (changed(ROWS, _entity), "E_SPREADSHEET", "it defines entities"),
    "bomb": (changed(ROWS, _bomb), "E_SPREADSHEET", "it unpacks to far more than a sheet does"),
    "macros": (changed(ROWS, lambda _, p: p, {"xl/vbaProject.bin": b"x"}), "E_SPREADSHEET", "it holds macros"),
    "links": (
        changed(ROWS, lambda _, p: p, {"xl/externalLinks/externalLink1.xml": b"<x/>"}),
        "E_SPREADSHEET",
        "it links to other files",
    ),
    "path": (changed(ROWS, lambda _, p: p, {"../../x.xml": b"<x/>"}), "E_SPREADSHEET", "a part has a path out of it"),
    "many parts": (
        changed(ROWS, lambda _, p: p, {f"xl/x{n}.xml": b"<x/>" for n in range(1200)}),
        "E_SPREADSHEET",
        "it has too many parts",
    ),
    "another kind": (
        changed(ROWS, lambda n, p: None if n == "xl/workbook.xml" else p),
        "E_SPREADSHEET",
        "it is another kind of file",
    ),
    "utf-16": (
        changed(ROWS, lambda n, p: p.decode().encode("utf-16") if n == "xl/workbook.xml" else p),
        "E_SPREADSHEET",
        "a part is not in UTF-8",
    ),
    "old or protected": (
        b"\xd0\xcf\x11\xe0" + bytes(600),
        "E_SPREADSHEET",
        "it is protected by a password, or an old .xls",
    ),
    "a liar": (_liar(ROWS), "E_SPREADSHEET", "a part is larger than it says"),
    "cut": (ROWS[:-200], "E_SPREADSHEET", "it is damaged"),
    "text": (b"Id,Last Name\n", "E_SPREADSHEET", "it is damaged"),
    "nothing": (b"", "E_SPREADSHEET", "it is damaged"),
    "broken sheet": (
        changed(ROWS, lambda n, p: b"<worksheet><sheetData><row" if n.endswith("sheet1.xml") else p),
        "E_SPREADSHEET",
        "it is damaged",
    ),
}


@pytest.mark.parametrize("name", DANGEROUS)
def test_a_dangerous_spreadsheet_is_not_opened(tmp_path: Path, name: str) -> None:
    content, fault, detail = DANGEROUS[name]
    found = read(tmp_path, content, SHEET, "a.xlsx")
    assert (found.reading.fault, found.reading.detail) == (fault, detail)


def test_a_spreadsheet_that_unpacks_to_more_than_is_allowed(tmp_path: Path) -> None:
    rows = [[f"{n}", f"Name{n * n}", "X1", "2012-03-14", "N", "Lima"] for n in range(20_000)]
    found = read(tmp_path, book(NAMES, *rows), certifier(format="xlsx", max_megabytes=1), "a.xlsx")
    assert found.reading.fault == "E_TOO_LARGE"


FIXED = certifier(
    format="fixed",
    widths={
        "Id": [1, 6],
        "Last Name": [7, 20],
        "Code": [21, 24],
        "Day": [25, 34],
        "Opt Out": [35, 35],
        "City": [40, 49],
    },
)


def wide(*values: str) -> str:
    one, name, code, day, flag, city = values
    return f"{one:<6}{name:<14}{code:<4}{day:<10}{flag:<1}    {city:<10}"


def test_fixed_width_is_read_by_the_places_of_the_yaml(tmp_path: Path) -> None:
    rows = [
        wide("1", "Núñez", "X1", "2012-03-14", "N", "Lima"),
        wide("2", 'Smith, Jr. "', "X1", "2012-03-14", "Y", "").rstrip(),
        wide("3", "Lee", "X1", "2012-03-14", "", "").rstrip(),
        "",
        wide("4", "Roe", "X1", "", "", "").rstrip(),
        wide("5", "Poe", "X1", "2012-03-14", "N", "Lima") + "x",
        "6",
    ]
    found = read(tmp_path, "\n".join(rows) + "\n", FIXED, "a.txt")
    assert [[row[name] for name in NAMES] for row in found.rows.values()] == [
        ["1", "Núñez", "X1", "2012-03-14", "N", "Lima"],
        ["2", 'Smith, Jr. "', "X1", "2012-03-14", "Y", ""],
        ["3", "Lee", "X1", "2012-03-14", "", ""],
    ]
    assert found.aside == {5: "COLUMN_COUNT", 6: "COLUMN_COUNT", 7: "COLUMN_COUNT"}
    assert found.blocked == {2}
    assert found.notices == {"WITHOUT_HEADER": ""}


def test_fixed_width_with_a_line_of_names(tmp_path: Path) -> None:
    names = wide("Id", "Last Name", "Code", "Day", "O", "City")
    row = wide("1", "Lee", "X1", "2012-03-14", "N", "Lima")
    found = read(tmp_path, f"{names}\n{row}\n", FIXED, "a.dat")
    assert list(found.rows) == [2]
    assert found.notices == {}


@pytest.mark.parametrize(
    "feed",
    [
        {"format": "fixed"},
        {"widths": {"Id": [1, 2]}},
        {"format": "fixed", "widths": {"Id": [1, 2]}},
        {"format": "fixed", "widths": {"Id": [2, 1]}},
        {"format": "fixed", "widths": {"Id": [0, 1]}},
        {"format": "fixed", "widths": {"Id": [1, 5], "City": [5, 6]}},
        {"sheet": "x"},
        {"header": "last"},
        {"header": 0},
        {"format": "xls"},
        {"encoding": "ebcdic"},
    ],
)
def test_what_does_not_fit_together_is_a_mistake_of_the_yaml(feed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        certifier(**feed)


BADGES = Certifier.model_validate(
    {
        **ACME,
        "feed": {"format": "badges"},
        "columns": {
            "record_id": {"from": "id"},
            "last_name": {"from": "credentialSubject.familyName"},
            "person_ref": {"from": "credentialSubject.identifier.sourcedId"},
            "credential_code": {"from": "achievement.humanCode"},
            "event_date": {"from": "validFrom"},
            "expiration_date": {"from": "validUntil"},
            "result": {"from": "status", "recipe": [{"map": {"Completed": "pass", "Failed": "fail"}}]},
        },
        "ignored": [],
    }
)


def badge(number: int, **more: Any) -> dict[str, Any]:
    return {
        "type": ["VerifiableCredential", "AchievementCredential"],
        "id": f"urn:uuid:{number}",
        "credentialSubject": {
            "type": "AchievementSubject",
            "familyName": "Núñez",
            "identifier": [
                {"identityType": "emailAddress", "identityHash": "sha256$x", "hashed": True},
                {"identityType": "sourcedId", "identityHash": "S-1", "hashed": False},
            ],
            "achievement": {"id": "https://example.org/1", "humanCode": "X1", "tag": ["a", "b"]},
            "result": [{"status": "Completed"}],
        },
        "validFrom": "2012-03-14T00:00:00Z",
        **more,
    }


def old(number: int) -> dict[str, Any]:
    one = badge(number, issuanceDate="2011-01-01T00:00:00Z", expirationDate="2013-01-01T00:00:00Z")
    del one["validFrom"]
    return one


def token(one: dict[str, Any]) -> str:
    parts = ({"alg": "RS256"}, one, {})
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)


RECORD = {
    "type": ["VerifiableCredential", "ClrCredential"],
    "credentialSubject": {"verifiableCredential": [badge(1), old(2)]},
}


@pytest.mark.parametrize(
    ("content", "ids", "notices"),
    [
        (badge(1), [1], {"COLUMNS_ABSENT": "validUntil"}),
        ([badge(1), old(2)], [1, 2], {}),
        (RECORD, [1, 2], {}),
        ([RECORD, {"verifiableCredential": [old(3)]}], [1, 2, 3], {}),
        ([token(badge(1)), old(2)], [1, 2], {"NOT_VERIFIED": "1 credential"}),
        ({"@context": [], "vc": token(old(1))}, [1], {"NOT_VERIFIED": "1 credential"}),
    ],
)
def test_credentials_are_rows(tmp_path: Path, content: Any, ids: list[int], notices: dict[str, str]) -> None:
    found = read(tmp_path, json.dumps(content), BADGES, "a.json")
    assert found.aside == {}
    assert [row["id"] for row in found.rows.values()] == [f"urn:uuid:{number}" for number in ids]
    assert found.notices == notices
    first = found.rows[2]
    assert first["credentialSubject.familyName"] == "Núñez"
    assert first["credentialSubject.identifier.sourcedId"] == "S-1"
    assert (first["achievement.humanCode"], first["status"]) == ("X1", "Completed")
    assert first["validFrom"][:4] in ("2012", "2011")


def test_a_credential_with_several_results_is_told(tmp_path: Path) -> None:
    one = old(1)
    one["credentialSubject"]["result"] = [{"status": "Failed"}, {"status": "Completed"}]
    found = read(tmp_path, json.dumps(one), BADGES, "a.json")
    assert found.rows[2]["status"] == "Failed"
    assert found.notices == {"ONE_OF_SEVERAL": "1 credential"}


@pytest.mark.parametrize(
    ("content", "fault", "detail"),
    [
        ("{", "E_BADGES", "it is no JSON"),
        ("[" * 100_000, "E_BADGES", "it is no JSON"),
        ("[]", "E_BADGES", "it holds no credential"),
        ("7", "E_BADGES", "it holds no credential"),
        ('{"type": "AchievementCredential"}', "E_BADGES", "it holds no credential"),
        ('["eyJ.eyJ.x"]', "E_BADGES", "it holds no credential"),
        ("", "E_EMPTY", ""),
        (b"\xff\xfe", "E_ENCODING", "JSON is utf-8"),
        (
            json.dumps({"type": "AchievementCredential", "credentialSubject": {}}),
            "E_HEADER",
            "no credential has id, credentialSubject.familyName, achievement.humanCode, validFrom",
        ),
    ],
)
def test_what_is_no_credential(tmp_path: Path, content: str | bytes, fault: str, detail: str) -> None:
    found = read(tmp_path, content, BADGES, "a.json")
    assert found.reading.fault == fault
    if fault != "E_HEADER":
        assert found.reading.detail == detail
    else:
        assert set(found.reading.detail.removeprefix("no credential has ").split(", ")) == set(
            detail.removeprefix("no credential has ").split(", ")
        )
