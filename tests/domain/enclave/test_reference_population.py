"""Drops of the reference population: standard form, yearly wages from quarters, or one clear line."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from credential_pipeline.enclave.reference_population.load import load_reference_population
from credential_pipeline.foundation.contracts import reference_population
from credential_pipeline.foundation.storage.engine import Connection, connect
from tests.domain.drops import CANARY, Rows, refusal, write, write_drop

REFERENCE: dict[str, list[dict[str, str]]] = {
    "persons": [
        {"person_key": "K1", "first_name": "Ann", "last_name": "Lee", "birth_date": "1990-05-01", "race": "4"},
        {"person_key": "K1", "first_name": "Ann", "last_name": "Lee", "birth_date": "1990-05-01", "race": "4"},
        {"person_key": "K1", "first_name": "Ann", "last_name": "Núñez", "birth_date": "1990-05-01", "race": "4"},
    ],
    "wages_annual": [
        {"person_key": "K1", "year": "2012", "employer_id": "E1", "wages": "1000.50"},
        {"person_key": "K1", "year": "2012", "employer_id": "E1", "wages": "0.25"},
    ],
    "employers": [{"employer_id": "E1", "naics": "332710", "state": "OH"}],
}
NEWEST = 2026
QUARTERS = [
    {"person_key": "K1", "year": year, "quarter": quarter, "employer_id": "E2", "wages": "100"}
    for year in ("2012", "2013")
    for quarter in "1234"
]
COLUMNS = {
    "persons": [name for name in reference_population.SNAPSHOT.table("persons").column_names if name != "name_suffix"],
    "wages_annual": ["person_key", "year", "employer_id", "wages"],
    "wages_quarterly": ["person_key", "year", "quarter", "employer_id", "wages"],
    "employers": ["employer_id", "naics", "state"],
}


def drops(folder: Path, tables: Mapping[str, Rows]) -> Path:
    return write_drop(folder / "reference", tables, COLUMNS)


def load(con: Connection, folder: Path) -> None:
    con.execute("CREATE SCHEMA IF NOT EXISTS reference_population")
    load_reference_population(con, folder, {"OH": "A1", "unknown": "A1"}, NEWEST)


def test_the_reference_population(tmp_path: Path) -> None:
    tables = {**REFERENCE, "wages_quarterly": QUARTERS}
    with connect(threads=1) as con:
        load(con, drops(tmp_path, tables))
        assert con.execute("SELECT * FROM reference_population.wages ORDER BY ALL").fetchall() == [
            ("K1", 2012, "E1", 1000.75, None),
            ("K1", 2013, "E2", 400.0, 15),
        ]
        names = con.execute("SELECT last_name FROM reference_population.persons ORDER BY ALL").fetchall()
        assert names == [("LEE",), ("NUNEZ",)]
        for table in reference_population.SNAPSHOT:
            columns = con.execute(f"DESCRIBE reference_population.{table.name}").fetchall()
            assert {column[0]: column[1] for column in columns} == table.schema


def test_quarterly_wages_alone(tmp_path: Path) -> None:
    tables = {"persons": REFERENCE["persons"], "employers": REFERENCE["employers"], "wages_quarterly": QUARTERS}
    with connect(threads=1) as con:
        load(con, drops(tmp_path, tables))
        wages = con.execute("SELECT year, wages FROM reference_population.wages ORDER BY ALL").fetchall()
    assert wages == [(2012, 400.0), (2013, 400.0)]


@pytest.mark.parametrize("threads", [1, 2])
def test_quarters_with_wages_are_kept_beside_wages_by_year(tmp_path: Path, threads: int) -> None:
    def row(key: str, year: str, employer: str, wages: str, quarter: str = "") -> dict[str, str]:
        made = {"person_key": key, "year": year, "employer_id": employer, "wages": wages}
        return made | ({"quarter": quarter} if quarter else {})

    tables = {
        **REFERENCE,
        "wages_annual": [row("K1", "2012", "E1", "30"), row("K1", "2012", "E2", "5"), row("K2", "2012", "E1", "7")],
        "wages_quarterly": [
            row("K1", "2012", "E1", "10", "1"),
            row("K1", "2012", "E1", "10", "1"),
            row("K1", "2012", "E1", "10", "3"),
            row("K3", "2012", "E1", "0", "1"),
            row("K3", "2012", "E1", "4", "4"),
        ],
    }
    with connect(threads=threads) as con:
        load(con, drops(tmp_path, tables))
        # K1's second job and K2 are told by year only; a quarter without wages is none.
        assert con.execute("FROM reference_population.wages").fetchall() == [
            ("K1", 2012, "E1", 30.0, 5),
            ("K1", 2012, "E2", 5.0, None),
            ("K2", 2012, "E1", 7.0, None),
            ("K3", 2012, "E1", 4.0, 8),
        ]


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("step", [1, -1])
def test_wages_lie_in_the_order_of_their_keys_whatever_comes_first(tmp_path: Path, threads: int, step: int) -> None:
    rows = [
        {"person_key": key, "year": year, "employer_id": employer, "wages": wages}
        for key, year, employer, wages in (
            (" K2", "2013", "E1", "5"),
            ("K10", "2012", "E2 ", "1"),
            ("K2", "2012", "", "7"),
            ("K2 ", "2013", "E1", "0.5"),
            ("K10", "2012", "E1", "2"),
        )
    ]
    tables = {**REFERENCE, "wages_annual": rows[::step]}
    with connect(threads=threads) as con:
        load(con, drops(tmp_path, tables))
        assert con.execute("SELECT * EXCLUDE (quarters) FROM reference_population.wages").fetchall() == [
            ("K10", 2012, "E1", 2.0),
            ("K10", 2012, "E2", 1.0),
            ("K2", 2012, "", 7.0),
            ("K2", 2013, "E1", 5.5),
        ]
        assert con.execute(
            "SELECT count(*) FROM duckdb_types() WHERE logical_type = 'ENUM' AND NOT internal"
        ).fetchall() == [(0,)]


@pytest.mark.parametrize(
    ("table", "rows", "code"),
    [
        ("employers", None, "E_DROP_MISSING"),
        ("wages_annual", None, "E_DROP_MISSING"),
        ("persons", None, "E_DROP_MISSING"),
        ("employers", [], "E_REFERENCE_EMPLOYERS"),
        ("employers", [*REFERENCE["employers"], {"employer_id": "E1", "naics": "44"}], "E_REFERENCE_EMPLOYERS"),
        ("wages_annual", [{"person_key": "K1", "year": "2012", "wages": CANARY}], "E_REFERENCE_WAGES"),
        ("wages_annual", [{"person_key": "", "year": "2012", "wages": "1"}], "E_REFERENCE_WAGES"),
        ("wages_annual", [{"person_key": "K1", "year": "2012", "wages": "inf"}], "E_REFERENCE_WAGES"),
        ("persons", [{"person_key": "", "last_name": CANARY, "birth_date": "1990-05-01"}], "E_REFERENCE_KEYS"),
        ("persons", [{"person_key": "K1", "last_name": CANARY}], "E_REFERENCE_NO_BIRTH_DATE"),
    ],
)
def test_references_that_cannot_be_used(
    tmp_path: Path, table: str, rows: list[dict[str, str]] | None, code: str
) -> None:
    tables = {name: content for name, content in {**REFERENCE, table: rows}.items() if content is not None}
    assert refusal(load, drops(tmp_path, tables)).code == code


MOVED = {
    **REFERENCE,
    "employers": [
        {"employer_id": "E1", "naics": "332710", "state": "OH"},
        {"employer_id": "E2", "naics": "332710", "state": "TX"},
        {"employer_id": "E3", "naics": "332710", "state": ""},
    ],
    "wages_annual": [
        {"person_key": "K1", "year": "2012", "employer_id": employer, "wages": "10"}
        for employer in ("E1", "E2", "E3", "E9", "")
    ],
}


@pytest.mark.parametrize(
    ("agreed", "used"),
    [
        (("OH", "TX", "unknown"), ["", "E1", "E2", "E3", "E9"]),
        (("OH", "TX"), ["E1", "E2"]),
        (("OH",), ["E1"]),
        (("TX", "unknown"), ["", "E2", "E3", "E9"]),
        (("AK",), []),
    ],
)
def test_wages_of_a_state_are_used_under_an_agreement_only(
    tmp_path: Path, agreed: tuple[str, ...], used: list[str]
) -> None:
    with connect(threads=1) as con:
        con.execute("CREATE SCHEMA reference_population")
        load_reference_population(con, drops(tmp_path, MOVED), dict.fromkeys(agreed, "A1"), NEWEST)
        wages = con.execute("SELECT employer_id FROM reference_population.wages ORDER BY ALL").fetchall()
        assert [employer for (employer,) in wages] == used
        states = con.execute("SELECT state, agreement, employers FROM reference_population.wage_states").fetchall()
        told = {state: (agreement, employers) for state, agreement, employers in states}
        assert {state for state, (agreement, _) in told.items() if agreement} == set(agreed)
        assert told["OH"] == ("A1" if "OH" in agreed else None, 1)
        assert told["unknown"] == ("A1" if "unknown" in agreed else None, 1)


def test_without_any_agreement_no_wages_are_read(tmp_path: Path) -> None:
    def load_anyway(con: Connection, folder: Path) -> None:
        con.execute("CREATE SCHEMA IF NOT EXISTS reference_population")
        load_reference_population(con, folder, {}, NEWEST)

    assert refusal(load_anyway, drops(tmp_path, MOVED)).code == "E_NO_WAGE_AGREEMENT"


def jobs(years: Mapping[int, tuple[int, float]], first: str = "K") -> list[dict[str, str]]:
    """Year -> how many jobs there are and what each pays, give or take a little."""
    return [
        {
            "person_key": f"{first}{n:04}",
            "year": str(year),
            "employer_id": "E1",
            "wages": f"{wages + n * 7 + year % 17:.2f}",
        }
        for year, (number, wages) in years.items()
        for n in range(number)
    ]


def people(number: int = 300) -> list[dict[str, str]]:
    return [
        {"person_key": f"K{n:04}", "first_name": "Ann", "last_name": "Lee", "birth_date": "1990-05-01"}
        for n in range(number)
    ]


def loaded(folder: Path, query: str, **tables: Rows) -> list[tuple[object, ...]]:
    """A query on the tables that come of a drop of wages."""
    with connect(threads=2) as con:
        load(con, drops(folder, {"persons": people(), "employers": REFERENCE["employers"], **tables}))
        return con.execute(query).fetchall()


YEARS = dict.fromkeys(range(2008, 2017), (300, 30000.0))
FAULTS = "SELECT year, copy_of, fault FROM reference_population.wage_file_years WHERE fault IS NOT NULL ORDER BY year"
FINDINGS = (
    'SELECT "table", delivery, measure, finding, found, rows FROM reference_population.drop_findings ORDER BY ALL'
)


@pytest.mark.parametrize("year", [2008, 2012, 2016])
@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ((300, 3_000_000.0), "other_unit"),
        ((300, 30.0), "other_unit"),
        ((300, 15_000.0), "low_wages"),
        ((300, 60_000.0), "high_wages"),
        ((150, 30_000.0), "few_jobs"),
        ((290, 28_000.0), None),
    ],
)
def test_a_year_that_is_not_like_its_neighbors(
    tmp_path: Path, year: int, told: tuple[int, float], fault: str | None
) -> None:
    assert loaded(tmp_path, FAULTS, wages_annual=jobs(YEARS | {year: told})) == ([(year, None, fault)] if fault else [])


def test_a_year_that_is_another_one_again(tmp_path: Path) -> None:
    rows = jobs(YEARS)
    copied = [{**row, "year": "2013"} for row in rows if row["year"] == "2012"]
    found = loaded(tmp_path, FAULTS, wages_annual=[row for row in rows if row["year"] != "2013"] + copied)
    assert found == [(2013, 2012, "copied")]


def test_a_quarter_that_is_missing(tmp_path: Path) -> None:
    rows = [{**row, "quarter": quarter} for row in jobs(YEARS) for quarter in "1234"]
    kept = [row for row in rows if (row["year"], row["quarter"]) != ("2011", "3")]
    assert loaded(tmp_path / "a", FAULTS, wages_quarterly=rows) == []
    assert loaded(tmp_path / "b", FAULTS, wages_quarterly=kept) == [(2011, None, "missing_quarters")]
    # Sums of the year do not rest on quarters where a file tells them by year.
    assert loaded(tmp_path / "c", FAULTS, wages_quarterly=kept, wages_annual=jobs(YEARS)) == []


@pytest.mark.parametrize("kind", ["wages_annual", "wages_quarterly"])
def test_the_same_payment_twice_counts_once_and_is_told_with_its_files(tmp_path: Path, kind: str) -> None:
    rows: list[dict[str, str]] = [{**row, "quarter": "2"} for row in jobs({2012: (40, 1000.0)})]
    if kind == "wages_annual":
        rows = jobs({2012: (40, 1000.0)})
    other = [{**row, "wages": "1.25"} for row in rows[:2]]
    folder = drops(tmp_path, {"persons": people(), "employers": REFERENCE["employers"], kind: rows})
    write(folder, kind, [*rows[:3], *other], COLUMNS[kind], "again.csv")
    with connect(threads=2) as con:
        load(con, folder)
        # An amount of its own is added; the same amount is not.
        total = sum(float(row["wages"]) for row in [*rows, *other])
        assert con.execute("SELECT round(sum(wages), 2), count(*) FROM reference_population.wages").fetchall() == [
            (round(total, 2), 40)
        ]
        assert con.execute(FINDINGS).fetchall() == [
            (kind, "a.csv + again.csv", "wages", "repeated", 3, 45),
            (kind, "all", "wages", "repeated", 3, 45),
        ]


@pytest.mark.parametrize("form", ["csv", "parquet", "shuffled"])
def test_a_file_that_lies_there_twice_is_named(tmp_path: Path, form: str) -> None:
    folder = drops(tmp_path, {"persons": people(), "employers": REFERENCE["employers"], "wages_annual": jobs(YEARS)})
    first = folder / "wages_annual" / "a.csv"
    if form == "csv":
        (folder / "wages_annual" / "copy.csv").write_bytes(first.read_bytes())
    elif form == "parquet":
        with connect(threads=1) as con:
            con.execute(f"COPY (FROM '{first}' ORDER BY wages) TO '{folder}/wages_annual/copy.parquet'")
    else:
        header, *lines = first.read_text().splitlines()
        (folder / "wages_annual" / "copy.csv").write_text("\n".join([header, *lines[::-1], ""]))
    answer = refusal(load, folder)
    assert answer.code == "E_DROP_TWICE"
    assert (
        f"reference/wages_annual/a.csv and reference/wages_annual/copy.{'parquet' if form == 'parquet' else 'csv'}"
        in answer.message
    )


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("year", "2203", "1 rows of years before 1950 or after 2026"),
        ("year", "0", "1 rows of years before 1950 or after 2026"),
        ("wages", "1000000000000", "1 rows with wages of 1,000,000,000 or more"),
        ("wages", "-5", "1 rows with wages below zero"),
        ("wages", "$5", "1 rows without a number as wages"),
        ("year", "20.5", "1 rows without a whole number as year"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_file_kind_and_count(
    tmp_path: Path, column: str, value: str, words: str
) -> None:
    folder = drops(tmp_path, REFERENCE)
    write(
        folder,
        "wages_annual",
        [{**REFERENCE["wages_annual"][0], "person_key": "K2", column: value}],
        COLUMNS["wages_annual"],
        "b.csv",
    )
    answer = refusal(load, folder)
    assert answer.code == "E_REFERENCE_WAGES"
    assert f"reference/wages_annual/b.csv: {words}" in answer.message
    assert "a.csv" not in answer.message


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("332710", "332710"),
        ("33", "33"),
        ("31-33", "31"),
        ("332710.0", "332710"),
        ("", None),
        ("0", None),
        ("n/a", None),
        ("999999", "999999"),
    ],
)
def test_codes_of_industries(tmp_path: Path, written: str, read: str | None) -> None:
    employers = [{"employer_id": "E1", "naics": written, "state": "OH"}]
    assert loaded(
        tmp_path,
        "SELECT naics FROM reference_population.employers",
        employers=employers,
        wages_annual=jobs({2012: (1, 5.0)}),
    ) == [(read,)]


@pytest.mark.parametrize("written", ["3", "3327101", "57", "ABCD", "00332710"])
def test_a_code_of_no_sector_is_refused_by_file(tmp_path: Path, written: str) -> None:
    employers = [*REFERENCE["employers"], {"employer_id": "E2", "naics": written, "state": "OH"}]
    answer = refusal(load, drops(tmp_path, {**REFERENCE, "employers": employers}))
    assert answer.code == "E_REFERENCE_EMPLOYERS"
    assert "reference/employers/a.csv: 1 rows have a naics of no sector" in answer.message


def test_wages_of_strangers_and_of_unknown_employers_are_told(tmp_path: Path) -> None:
    rows = [
        {**row, "person_key": row["person_key"] + ".0", "employer_id": employer}
        for row in jobs({2012: (3, 5.0)})
        for employer in ("E1", "")
    ]
    noted = loaded(
        tmp_path,
        "SELECT measure, found, rows, note FROM reference_population.drop_findings ORDER BY ALL",
        wages_annual=rows,
    )
    assert noted == [
        ("employer_id", 3, 6, "wages have ids of no characters, employers of 2 characters"),
        (
            "person_key",
            6,
            6,
            "wages have ids of 7 characters, persons of 5 characters; without .0 at their end, 3 of 3 would be known",
        ),
    ]
