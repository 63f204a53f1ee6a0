"""Requests as partners send them, and the one clear line for every file that leaves open who is meant or who asks."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from credential_pipeline.engines.exchange.student_tracker.request import (
    LEAST_ROWS,
    Header,
    Request,
    RequestError,
    read_request,
)
from credential_pipeline.engines.exchange.student_tracker.request_writer import NEEDED, write_request
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch

CANARY = "Zyzzogeton"
HEADER = "H1\t002330\t00\tUniversity\t20260115\tSE\tI"
D1 = "D1\t{ssn}\t{first}\t{middle}\t{last}\t{suffix}\t{born}\t{search}\t\t{school}\t{branch}\t{back}"
ANN = {
    "ssn": "", "first": "Ann", "middle": "M", "last": CANARY, "suffix": "", "born": "19900501", "search": "20150101",
    "school": "002330", "branch": "00", "back": "1",
}  # fmt: skip
KINDS = {name: "DATE" if name.endswith("_date") else "VARCHAR" for name in NEEDED}


@pytest.fixture
def work() -> Iterator[Scratch]:
    with connect(threads=1) as con, scratch(con) as made:
        yield made


def detail(**changed: str) -> str:
    return D1.format(**(ANN | changed))


def lines(*details: str, header: str = HEADER, trailer: str = "") -> str:
    return "\n".join([header, *details, trailer or f"T1\t{len(details) + 2}"]) + "\n"


def put(folder: Path, content: str | bytes) -> Path:
    path = folder / "asked.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(work: Scratch, folder: Path, content: str | bytes, branch: str = "") -> Request:
    return read_request(work, put(folder, content), school_code="002330", branch=branch)


def rows(work: Scratch, request: Request, columns: str = "*") -> Sequence[tuple]:
    return work.con.execute(f"SELECT {columns} FROM {request.rows} ORDER BY row").fetchall()


def test_a_request_is_read(work: Scratch, tmp_path: Path) -> None:
    request = read(work, tmp_path, lines(detail(), detail(back="2", born="", middle="", suffix="Jr")))
    assert request.header == Header("002330", "00", "University", date(2026, 1, 15), "SE")
    assert rows(work, request) == [
        (2, "Ann", "M", CANARY, None, date(1990, 5, 1), None, date(2015, 1, 1), "1"),
        (3, "Ann", None, CANARY, "Jr", None, None, date(2015, 1, 1), "2"),
    ]
    assert (request.size, str(LEAST_ROWS) in request.warning) == (2, True)


@pytest.mark.parametrize(
    "content",
    [
        lines(detail(first="José")).encode("utf-8-sig"),
        lines(detail(first="José")).replace("\n", "\r\n").encode("cp1252"),
        lines(detail(first="José")).replace("\n", "\r").encode(),
        lines(detail(first="José")).rstrip("\n").encode(),
        (lines(detail(first="José")) + "\n\n").encode(),
        lines(detail(first="José") + "\t", header=HEADER + "\t" * 5, trailer="T1\t3" + "\t" * 10).encode(),
    ],
    ids=["byte order mark", "cp1252 and crlf", "carriage returns", "no last line end", "blank end", "spreadsheet"],
)
def test_files_are_read_as_partners_send_them(work: Scratch, tmp_path: Path, content: bytes) -> None:
    assert rows(work, read(work, tmp_path, content), "first_name, return_field") == [("José", "1")]


def test_return_fields_stay_as_they_are(work: Scratch, tmp_path: Path) -> None:
    odd = ["000,12", ' a "b" ', "ключ", "", "", "x|y;z", "'", "é" * 50, "123456789", "1123 45 6789"]
    request = read(work, tmp_path, lines(*(detail(back=back) for back in odd)))
    assert [back for (back,) in rows(work, request, "return_field")] == odd


@pytest.mark.parametrize(
    ("code", "line", "content"),
    [
        ("E_REQUEST_ENCODING", 0, b""),
        ("E_REQUEST_ENCODING", 0, b"H1\0\0"),
        ("E_REQUEST_ENCODING", 0, b"H1\t\x81\xe9"),
        ("E_REQUEST_HEADER", 1, detail() + "\nT1\t2"),
        ("E_REQUEST_HEADER", 1, lines(detail(), header="H1\t002330\t00\tUniversity\t20260115\tSE")),
        ("E_REQUEST_HEADER", 1, lines(detail(), header=HEADER.replace("\t00\t", "\t0\t"))),
        ("E_REQUEST_HEADER", 1, lines(detail(), header=HEADER.replace("\t00\t", "\t000\t"))),
        ("E_REQUEST_SCHOOL", 1, lines(detail(), header=HEADER.replace("002330", "001111"))),
        ("E_REQUEST_SCHOOL", 3, lines(detail(), detail(school="001111", back="2"))),
        ("E_REQUEST_TYPE", 1, lines(detail(), header=HEADER.replace("SE", "XX"))),
        ("E_REQUEST_DATE", 1, lines(detail(), header=HEADER.replace("20260115", "20260231"))),
        ("E_REQUEST_DATE", 2, lines(detail(born="19900231"))),
        ("E_REQUEST_DATE", 2, lines(detail(born="1990-05-01"))),
        ("E_REQUEST_DATE", 3, lines(detail(), detail(search="", back="2"))),
        ("E_REQUEST_TRAILER", 2, HEADER + "\n" + detail()),
        ("E_REQUEST_TRAILER", 1, HEADER),
        ("E_REQUEST_COUNT", 3, lines(detail(), trailer="T1\t4")),
        ("E_REQUEST_COUNT", 3, lines(detail(), trailer="T1\tmany")),
        ("E_REQUEST_COUNT", 3, lines(detail(), trailer="T1\t" + "3" * 5000)),
        ("E_REQUEST_RECORD", 0, HEADER + "\nT1\t2"),
        ("E_REQUEST_RECORD", 3, lines(detail(), detail().rsplit("\t", 1)[0])),
        ("E_REQUEST_RECORD", 3, lines(detail(), "")),
        ("E_REQUEST_RECORD", 2, lines(detail() + "\tmore")),
        ("E_REQUEST_RECORD", 3, lines(detail(), "T1\t3", detail(back="3"))),
        ("E_REQUEST_SSN", 3, lines(detail(), detail(ssn="123456789", back="2"))),
        ("E_REQUEST_SSN", 2, lines(detail(ssn=CANARY))),
        ("E_REQUEST_SSN", 2, lines(detail(back="123-45-6789"))),
        ("E_REQUEST_SSN", 2, lines(detail(back="x123 45 6789"))),
        ("E_REQUEST_SSN", 2, lines(detail(back="123\u00a045\u20136789"))),
        ("E_REQUEST_SSN", 2, lines(detail(first="Ann 123 45 6789"))),
        ("E_REQUEST_SSN", 2, lines(detail(back="123.45.6789"))),
        ("E_REQUEST_SSN", 2, lines(detail(last="\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19"))),
        ("E_REQUEST_SSN", 2, lines(detail(last="\u0661\u0662\u0663-\u0664\u0665-\u0666\u0667\u0668\u0669"))),
        ("E_REQUEST_SSN", 2, lines(detail(first="123456789"))),
        ("E_REQUEST_SSN", 2, lines(detail(last=f"{CANARY} (123456789)"))),
        ("E_REQUEST_SSN", 2, lines(detail(suffix="123456789"), header=HEADER.replace("SE", "PA"))),
        ("E_REQUEST_SSN", 2, lines(detail(ssn=CANARY), header=HEADER.replace("SE", "PA"))),
        ("E_REQUEST_RETURN_FIELD", 2, lines(detail(back="x" * 51))),
        ("E_REQUEST_RECORD", 3, lines(detail(first="é" * 100), detail(first="x" * 101, back="2"))),
    ],
)
def test_what_cannot_be_answered_is_refused(
    work: Scratch, tmp_path: Path, code: str, line: int, content: str | bytes
) -> None:
    with pytest.raises(RequestError) as caught:
        read(work, tmp_path, content)
    assert (caught.value.code, caught.value.line) == (code, line)
    assert CANARY not in str(caught.value)
    assert not {"456789", "45-6789"} & set(str(caught.value).split())
    assert "\n" not in str(caught.value)


def test_two_equal_return_fields_are_refused_with_their_lines(work: Scratch, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"line 5: .* line 3,") as caught:
        read(work, tmp_path, lines(*(detail(back=back) for back in ("0", CANARY, "2", CANARY, "2"))))
    assert caught.value.line == 5
    assert CANARY not in str(caught.value)


def test_numbers_in_names_that_are_no_social_security_number_are_read(work: Scratch, tmp_path: Path) -> None:
    people = [detail(first="1234567890", back="1"), detail(first="123", middle="45", last="6789", back="2")]
    assert read(work, tmp_path, lines(*people, trailer="T1\t00004")).size == 2


def test_a_branch_asks_for_itself_alone(work: Scratch, tmp_path: Path) -> None:
    header = HEADER.replace("\t00\t", "\t01\t")
    assert read(work, tmp_path, lines(detail(branch="01"), header=header), branch="01").header.branch == "01"
    with pytest.raises(RequestError, match="E_REQUEST_SCHOOL"):
        read(work, tmp_path, lines(detail()), branch="01")
    with pytest.raises(RequestError, match=r"line 2.*E_REQUEST_SCHOOL"):
        read(work, tmp_path, lines(detail(), header=header), branch="01")


def test_where_the_layout_has_room_for_a_number_four_digits_of_it_are_kept(work: Scratch, tmp_path: Path) -> None:
    content = lines(detail(ssn="123-45-6789"), detail(ssn="NO SSN", back="2"), header=HEADER.replace("SE", "PA"))
    assert rows(work, read(work, tmp_path, content), "ssn_last4") == [("6789",), (None,)]


def people(work: Scratch, *changed: dict[str, object]) -> Relation:
    ann = {"first_name": "Ann", "last_name": "Lee", "birth_date": date(1990, 5, 1), "search_date": date(2015, 1, 1)}
    given = [dict.fromkeys(KINDS) | ann | row for row in changed]
    return work.rows("people", KINDS, [[row[name] for name in KINDS] for row in given])


def test_what_is_written_is_ascii_and_read_again(work: Scratch, tmp_path: Path) -> None:
    path = tmp_path / "asked.txt"
    header = Header("002330", "01", "Café\tof Steel", date(2026, 1, 15), "CO")
    asked = people(
        work,
        {"first_name": "Søren", "last_name": "Strauß-Łęcka", "middle_name": "élan", "return_field": "b,1"},
        {"first_name": "Maximiliana-Josephine", "birth_date": None, "name_suffix": "JR", "return_field": "a"},
    )
    assert write_request(work, asked, path, header) == 2
    assert path.read_bytes().isascii()
    request = read_request(work, path, school_code="002330", branch="01")
    assert request.header == Header("002330", "01", "Cafof Steel", date(2026, 1, 15), "CO")
    assert rows(work, request, "first_name, middle_name, last_name, name_suffix, birth_date, return_field") == [
        ("Maximiliana-Josephin", None, "Lee", "JR", None, "a"),
        ("Soren", "e", "Strauss-Lecka", None, date(1990, 5, 1), "b,1"),
    ]


@pytest.mark.parametrize("fields", [("a", "a"), ("",), (None,), ("é",), ("a\tb",), ("x" * 51,)])
def test_return_fields_that_would_not_come_back_are_not_written(
    work: Scratch, tmp_path: Path, fields: tuple[str | None, ...]
) -> None:
    header = Header("002330", "01", "University", date(2026, 1, 15), "CO")
    with pytest.raises(SafeError, match="E_REQUEST_RETURN_FIELD"):
        write_request(work, people(work, *({"return_field": field} for field in fields)), tmp_path / "a.txt", header)
    assert not list(tmp_path.iterdir())


_GRADUATE = "\t".join(["PD3", "NO SSN", "Ann", "M", CANARY, *[""] * 23])


def high_school(*records: str, trailer: str = "") -> str:
    return (
        "\n".join(["PH3\t10001234\tHigh school\tP\t20260601\t2025-26", *records, trailer or f"PT3\t{len(records) + 2}"])
        + "\n"
    )


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (high_school(_GRADUATE, _GRADUATE), "E_REQUEST_KIND", "high-school graduates (PH3) with 2 records PD3"),
        (high_school(_GRADUATE, trailer="PT3\t2"), "E_REQUEST_COUNT", "differs from the 3 lines"),
        (high_school(_GRADUATE, trailer="T1\t3"), "E_REQUEST_TRAILER", "trailer PT3"),
        (
            high_school(_GRADUATE, _GRADUATE[:-1]),
            "E_REQUEST_RECORD",
            "line 3: every line between header and trailer is a PD3 of 28",
        ),
        (high_school(), "E_REQUEST_RECORD", "no PD3"),
        (
            "DCE01,10027795,004781,00,,,,,20171030,,X,,,,\n",
            "E_REQUEST_KIND",
            "cohort file as it is submitted to the PDP (DCE01)",
        ),
    ],
)
def test_other_files_of_the_services_are_named_and_counted(
    work: Scratch, tmp_path: Path, text: str, code: str, said: str
) -> None:
    with pytest.raises(RequestError) as refused:
        read(work, tmp_path, text)
    assert refused.value.code == code
    assert said in str(refused.value)
    assert CANARY not in str(refused.value)
