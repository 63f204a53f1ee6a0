"""Files as people export them: title lines, ragged rows, columns that drifted. Each is one of its kind."""

import csv
from pathlib import Path

import pytest

from credential_pipeline.foundation.registry.load import load_registry
from tests.domain.clearinghouse.formats_world import GOOD, HEADER, certifier, lines, read

CASES = Path(__file__).parent / "cases"
MSSC = load_registry().certifier("mssc")
PLAIN = CASES / "header_drift" / "mssc_txt.txt"


def expected() -> list[dict[str, str]]:
    with PLAIN.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("file", "notice", "first"),
    [
        ("title_rows/mssc.csv", ("HEADER_FOUND", "on line 4"), 5),
        ("title_rows/mssc_sep.csv", ("SEPARATOR_LINE", ""), 3),
        ("ragged_rows/mssc_trailing_comma.csv", ("ROWS_WITH_EMPTY_ENDS", "40 rows"), 2),
        ("ragged_rows/mssc_trailing_both.csv", ("COLUMNS_WITHOUT_NAME", "2 columns"), 2),
        ("ragged_rows/mssc_short.csv", ("ROWS_WITHOUT_ENDS", "40 rows"), 2),
        ("header_drift/mssc_spaces.csv", ("HEADER_SPELLING", "First Name, Exam Code"), 2),
        ("header_drift/mssc_extra.csv", ("COLUMNS_UNKNOWN", "Score"), 2),
        ("header_drift/mssc_case.csv", ("HEADER_SPELLING", None), 2),
        ("header_drift/mssc_txt.txt", None, 2),
    ],
)
def test_a_case_is_read_as_the_plain_file_is(
    tmp_path: Path, file: str, notice: tuple[str, str | None] | None, first: int
) -> None:
    found = read(tmp_path, (CASES / file).read_bytes(), MSSC, Path(file).name)
    assert found.reading.fault is None
    assert found.aside == {}
    rows = expected()
    for row in rows:
        row["Batch"] = None if "short" in file else row["Batch"]  # type: ignore[assignment]
    assert list(found.rows.values()) == rows
    assert list(found.rows) == list(range(first, first + 40))
    if notice is None:
        assert found.notices == {}
    else:
        code, detail = notice
        assert code in found.notices
        assert detail is None or found.notices[code] == detail


def test_a_footer_is_set_aside_and_nothing_else(tmp_path: Path) -> None:
    found = read(tmp_path, (CASES / "title_rows" / "mssc_footer.csv").read_bytes(), MSSC)
    assert found.reading.fault is None
    assert len(found.rows) == 40
    assert set(found.aside.values()) == {"COLUMN_COUNT"}
    assert len(found.aside) == 2


def test_a_renamed_column_is_named_with_what_stands_in_its_place(tmp_path: Path) -> None:
    found = read(tmp_path, (CASES / "header_drift" / "mssc_renamed.csv").read_bytes(), MSSC)
    assert found.reading.fault == "E_HEADER"
    assert found.reading.detail == "line 1 lacks DOB; not declared: Date of Birth"


TITLES = "Exam results\nPrinted 2012-04-01\n\n"
SIBLINGS: dict[str, tuple[bytes | str, dict[str, object], dict[str, str]]] = {
    "mark and title lines": (b"\xef\xbb\xbf" + (TITLES + lines(GOOD)).encode(), {}, {"HEADER_FOUND": "on line 4"}),
    "separator line and semicolons": (
        "sep=;\n" + lines(GOOD).replace(",", ";"),
        {"delimiter": ";"},
        {"SEPARATOR_LINE": ""},
    ),
    "separator line, mark and carriage returns": (
        b"\xef\xbb\xbf" + ("SEP=,\n" + lines(GOOD)).replace("\n", "\r\n").encode(),
        {},
        {"SEPARATOR_LINE": ""},
    ),
    "header on a declared line": (TITLES + lines(GOOD), {"header": 4}, {"HEADER_FOUND": "on line 4"}),
    "first of two that hold the columns": (lines(GOOD), {"header": "first"}, {}),
    "no-break space and capitals": (
        lines(GOOD).replace("Last Name", "LAST\u00a0NAME "),
        {},
        {"HEADER_SPELLING": "Last Name"},
    ),
    "quotation marks and blanks": (
        lines(GOOD).replace("Last Name", '" Last  Name"'),
        {},
        {"HEADER_SPELLING": "Last Name"},
    ),
    "two columns more": (
        lines(GOOD + ",7,x", header=HEADER + ",Score,Room #"),
        {},
        {"COLUMNS_UNKNOWN": "Score, Room #"},
    ),
    "a column more in the middle": (
        lines("1,Smith,88,X1,2012-03-14,N,Lima", header=HEADER.replace("Code", "Score,Code")),
        {},
        {"COLUMNS_UNKNOWN": "Score"},
    ),
    "three separators too many": (lines(GOOD + ",,,"), {}, {"ROWS_WITH_EMPTY_ENDS": "1 row"}),
    "names of nothing": (lines(GOOD + ",,", header=HEADER + ",,"), {}, {"COLUMNS_WITHOUT_NAME": "2 columns"}),
    "names of nothing that rows lack": (
        lines(GOOD, header=HEADER + ",,"),
        {},
        {"COLUMNS_WITHOUT_NAME": "2 columns", "ROWS_WITHOUT_ENDS": "1 row"},
    ),
    "tabs": (lines(GOOD).replace(",", "\t"), {"delimiter": "tab"}, {}),
    "pipes": (lines(GOOD).replace(",", "|"), {"delimiter": "|"}, {}),
}


@pytest.mark.parametrize("name", SIBLINGS)
def test_siblings_are_read(tmp_path: Path, name: str) -> None:
    content, feed, notices = SIBLINGS[name]
    found = read(tmp_path, content, certifier(**feed))
    assert (found.reading.fault, found.aside) == (None, {})
    wanted = dict(zip([*HEADER.split(","), "Batch"], [*GOOD.split(","), None], strict=True))
    assert list(found.rows.values()) == [wanted]
    assert found.notices == notices


FAULTS: dict[str, tuple[str, dict[str, object], str, str]] = {
    "a column twice": (lines(GOOD + ",x", header=HEADER + ",city"), {}, "E_HEADER_DUPLICATE", "line 1: City"),
    "a name of nothing with values": (
        lines(GOOD + ",x", header=HEADER + ","),
        {},
        "E_HEADER_UNKNOWN",
        "1 row hold a value there",
    ),
    "semicolons": (TITLES + lines(GOOD).replace(",", ";"), {}, "E_DELIMITER", "line 4 is separated by semicolon"),
    "separator line of another kind": (
        "sep=;\n" + lines(GOOD).replace(",", ";"),
        {},
        "E_DELIMITER",
        "line 2 is separated by semicolon",
    ),
    "not on the first line": (
        TITLES + lines(GOOD),
        {"header": "first"},
        "E_HEADER",
        "declared are Id, Last Name, Code, Day, Opt Out, City",
    ),
    "not on the declared line": (
        TITLES + lines(GOOD),
        {"header": 40},
        "E_HEADER",
        "declared are Id, Last Name, Code, Day, Opt Out, City",
    ),
    "missing and surplus": (
        lines(GOOD, header=HEADER.replace("Last Name", "Surname").replace("City", "Town")),
        {},
        "E_HEADER",
        "line 1 lacks Last Name, City; not declared: Surname, Town",
    ),
    "no header at all": (
        "1,Zyzzogeton,X1,2012-03-14,N,Lima\n2,Quux,X1,2012-03-14,N,Lima\n",
        {},
        "E_HEADER",
        "declared are Id, Last Name, Code, Day, Opt Out, City",
    ),
    "a row that the header swallowed": (
        lines(GOOD, header="Id,Last Name,Code,Day,City1,Zyzzogeton,X1,2012-03-14,N,Lima"),
        {},
        "E_HEADER",
        "line 1 lacks Opt Out, City; 6 more columns",
    ),
    "another order further down": (
        lines(GOOD, "Last Name,Id,Code,Day,Opt Out,City", "Smith,2,X1,2012-03-14,N,Lima"),
        {},
        "E_HEADER_MOVED",
        "line 3",
    ),
    "another order in other case": (
        lines(GOOD, "LAST NAME,id,code,day,opt  out,city", "Smith,2,X1,2012-03-14,N,Lima"),
        {},
        "E_HEADER_MOVED",
        "line 3",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_wrong_with_a_file_is_named(tmp_path: Path, name: str) -> None:
    content, feed, code, detail = FAULTS[name]
    found = read(tmp_path, content, certifier(**feed))
    assert (found.reading.fault, found.reading.detail) == (code, detail)
    assert (found.rows, found.aside) == ({}, {})


RAGGED: dict[str, tuple[list[str], list[int]]] = {
    "one row lacks a value": ([GOOD, GOOD, GOOD.replace("Smith,", "")], [4]),
    "one row ends early, the column is empty everywhere": (["1,A,X,2012-03-14,N,"] * 3 + ["1,A,X,2012-03-14,N"], []),
    "one row lost a value, the column is empty everywhere": (["1,A,X,2012-03-14,N,"] * 3 + ["1,A,2012-03-14,N,"], [5]),
    "one row has a separator more at its end": ([GOOD, GOOD, GOOD + ","], []),
    "one row has a separator more within, and ends empty": (
        ["1,A,X,2012-03-14,N,"] * 3 + ["1,A,B,X,2012-03-14,N,"],
        [5],
    ),
    "one row has a value too many": ([GOOD, GOOD, GOOD + ",x"], [4]),
    "all rows end in a separator, one has lost a value": ([GOOD + ","] * 3 + ["1,X,2012-03-14,N,Lima,"], [5]),
    "all rows end in a separator but one": ([GOOD + ","] * 3 + [GOOD], []),
    "all rows end in a separator, one holds something behind it": ([GOOD + ","] * 3 + [GOOD + ",x"], [5]),
    "most rows lack the last column": (["1,A,X,2012-03-14,N"] * 3 + [GOOD], []),
    "a separator within a value where most rows lack a column": (
        ["1,A,X,2012-03-14,N"] * 30 + ["1,A,B,X,2012-03-14,N"],
        [32],
    ),
    "rows without the mark of who must not be shared": (["1,A,X,2012-03-14"] * 3, [2, 3, 4]),
    "footers": ([GOOD, GOOD, "Total records: 2", "Total,2,,,,"], [4]),
}


@pytest.mark.parametrize("name", RAGGED)
def test_a_row_of_another_width_is_read_only_where_nothing_can_have_shifted(tmp_path: Path, name: str) -> None:
    rows, aside = RAGGED[name]
    found = read(tmp_path, lines(*rows))
    assert found.aside == dict.fromkeys(aside, "COLUMN_COUNT")
    assert len(found.rows) + len(found.aside) == len(rows)
    assert all(row["Id"] and row["Code"] in ("X", "X1", "") for row in found.rows.values())
    assert not found.blocked


def test_the_last_row_of_a_cut_file_is_not_read_as_a_short_one(tmp_path: Path) -> None:
    found = read(tmp_path, lines("1,A,X,2012-03-14,N,", "1,A,X,2012-03-14,N,") + "1,A,X,2012-03-14,N")
    assert found.aside == {4: "COLUMN_COUNT"}


def test_a_repeated_header_of_the_same_order_is_no_row_and_no_fault(tmp_path: Path) -> None:
    found = read(tmp_path, lines(GOOD, HEADER.upper(), GOOD, '"Id","Last Name","Code","Day","Opt Out","City"', GOOD))
    assert found.aside == {3: "REPEATED_HEADER", 5: "REPEATED_HEADER"}
    assert list(found.rows) == [2, 4, 6]
