"""Drops of the reference population: standard form, yearly wages from quarters, or one clear line.

Not here: what is noticed in wages that can be read (test_reference_population_findings.py).
"""

from pathlib import Path

import pytest

from credential_pipeline.enclave.reference_population.load import load_reference_population
from credential_pipeline.foundation.contracts import reference_population
from credential_pipeline.foundation.storage.engine import Connection, connect
from tests.domain.drops import CANARY, refusal, write
from tests.domain.enclave.reference_world import COLUMNS, NEWEST, QUARTERS, REFERENCE, drops, jobs, load, loaded


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


def test_a_state_that_tells_quarters_alone_is_not_lost_where_another_tells_years(tmp_path: Path) -> None:
    def row(key: str, year: str, employer: str, wages: str, quarter: str = "") -> dict[str, str]:
        made = {"person_key": key, "year": year, "employer_id": employer, "wages": wages}
        return made | ({"quarter": quarter} if quarter else {})

    tables = {
        **REFERENCE,
        "employers": [
            {"employer_id": "E1", "naics": "332710", "state": "OH"},
            {"employer_id": "W1", "naics": "332710", "state": "WA"},
        ],
        "wages_annual": [
            *(row("K1", year, "E1", "30") for year in ("2012", "2013")),
            row("K2", "2012", "E9", "9"),
            row("K3", "2013", "W1", "8"),
        ],
        "wages_quarterly": [
            *(row(key, year, "W1", "10", "2") for key in ("K1", "K2") for year in ("2012", "2013")),
            row("K1", "2012", "E1", "30", "4"),
        ],
    }
    with connect(threads=1) as con:
        create = "CREATE SCHEMA IF NOT EXISTS reference_population"
        con.execute(create)
        load_reference_population(con, drops(tmp_path, tables), {"OH": "A", "WA": "A", "unknown": "A"}, NEWEST)
        # In 2013 Washington tells years, so that K1's quarters only tell when; E9 of K2 may be the job in Washington.
        assert con.execute("FROM reference_population.wages").fetchall() == [
            ("K1", 2012, "E1", 30.0, 8),
            ("K1", 2012, "W1", 10.0, 2),
            ("K1", 2013, "E1", 30.0, None),
            ("K2", 2012, "E9", 9.0, None),
            ("K2", 2013, "W1", 10.0, 2),
            ("K3", 2013, "W1", 8.0, None),
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


def test_races_and_ethnicities_in_words_that_nobody_knows_are_counted_by_file_and_unknown(tmp_path: Path) -> None:
    person = REFERENCE["persons"][0]
    written = [("White", "Non-Hispanic"), ("2", "hispanic"), (CANARY, ""), ("", "1"), ("unknown", "N/A")]
    folder = drops(tmp_path, REFERENCE)
    rows = [
        {**person, "person_key": f"K{n}", "race": race, "ethnicity": origin} for n, (race, origin) in enumerate(written)
    ]
    write(folder, "persons", rows, COLUMNS["persons"], "extra.csv")
    with connect(threads=1) as con:
        load(con, folder)
        read = con.execute(
            "SELECT race, ethnicity FROM reference_population.persons WHERE last_name = 'LEE' ORDER BY person_key, race"
        ).fetchall()
        noted = con.execute(
            "SELECT delivery, measure, finding, found, rows, note FROM reference_population.drop_findings ORDER BY ALL"
        ).fetchall()
    assert read == [
        ("white", "not_hispanic"),
        ("white", None),
        (None, "hispanic"),
        (None, None),
        (None, None),
        (None, None),
    ]
    assert noted == [
        ("all", "ethnicity", "unknown word", 1, 4, None),
        ("all", "race", "unknown word", 2, 7, None),
        ("extra.csv", "ethnicity", "unknown word", 1, 4, None),
        ("extra.csv", "race", "unknown word", 2, 4, None),
    ]
