"""Wages that can be read and are odd: years unlike their neighbors, payments told twice, people whom nobody knows."""

from pathlib import Path

import pytest

from credential_pipeline.enclave.reference_population.wage_file_years import explain_years
from credential_pipeline.foundation.contracts.reference_population import SNAPSHOT
from credential_pipeline.foundation.drop_findings import explain_findings
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.drops import refusal, write
from tests.domain.enclave.reference_world import COLUMNS, REFERENCE, drops, jobs, load, loaded, people

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
        ((500, 30_000.0), "many_jobs"),
        ((400, 42_000.0), "many_dollars"),
        ((400, 30_000.0), None),
        ((290, 28_000.0), None),
    ],
)
def test_a_year_that_is_not_like_its_neighbors(
    tmp_path: Path, year: int, told: tuple[int, float], fault: str | None
) -> None:
    found = loaded(tmp_path, FAULTS, persons=people(500), wages_annual=jobs(YEARS | {year: told}))
    assert found == ([(year, None, fault)] if fault else [])


@pytest.mark.parametrize("doubled", [(2008,), (2012,), (2016,), (2011, 2012)])
def test_a_year_told_twice_under_other_employers(tmp_path: Path, doubled: tuple[int, ...]) -> None:
    again = [{**row, "employer_id": "X1"} for row in jobs(YEARS) if int(row["year"]) in doubled]
    found = loaded(tmp_path, FAULTS, wages_annual=[*jobs(YEARS), *again])
    assert found == [(year, None, "many_jobs") for year in doubled]


def test_a_file_that_carries_another_year(tmp_path: Path) -> None:
    """Of the jobs of 2012 three of four are those of 2011 again: pay is doubled, jobs are not, and 2012 is not told."""
    rows = [row for row in jobs(YEARS) if row["year"] != "2012"]
    other = [
        {**row, "year": "2011", "wages": f"{float(row['wages']) + 11:.2f}"} for row in jobs({2012: (300, 30_000.0)})
    ]
    moved = [{**row, "employer_id": "E1" if n % 4 else "E2"} for n, row in enumerate(other)]
    with connect(threads=2) as con:
        tables = {"persons": people(), "employers": REFERENCE["employers"], "wages_annual": [*rows, *moved]}
        load(con, drops(tmp_path, tables))
        assert con.execute(FAULTS).fetchall() == [(2011, None, "many_dollars"), (2012, None, "no_wages")]
        said = explain_years(con)
    assert "the wages of 2011 are as those of two years together" in said
    assert "there are no wages of 2012" in said


def test_a_state_that_joins_from_a_year_on_is_no_fault(tmp_path: Path) -> None:
    years = {year: (300 if year < 2012 else 900, 30_000.0) for year in YEARS}
    assert loaded(tmp_path, FAULTS, persons=people(900), wages_annual=jobs(years)) == []


def test_a_year_that_is_not_told_between_others(tmp_path: Path) -> None:
    few = dict.fromkeys((2008, 2009, 2012), (3, 30_000.0))
    assert loaded(tmp_path, FAULTS, wages_annual=jobs(few)) == [(2010, None, "no_wages"), (2011, None, "no_wages")]


@pytest.mark.parametrize(("strangers", "fault"), [(300, "strangers"), (60, "strangers"), (50, None)])
def test_a_year_of_people_whom_nobody_knows(tmp_path: Path, strangers: int, fault: str | None) -> None:
    of_2012 = jobs({2012: (300, 30_000.0)})
    other = [{**row, "person_key": row["person_key"].lower()} for row in of_2012[:strangers]]
    years = {year: told for year, told in YEARS.items() if year != 2012}
    found = loaded(tmp_path, FAULTS, wages_annual=[*jobs(years), *other, *of_2012[strangers:]])
    assert found == ([(2012, None, fault)] if fault else [])


def test_a_message_names_a_handful_of_years(tmp_path: Path) -> None:
    with connect(threads=2) as con:
        tables = {"persons": people(), "employers": REFERENCE["employers"]}
        load(con, drops(tmp_path, {**tables, "wages_annual": jobs({1990: (3, 5.0), 2012: (3, 5.0)})}))
        assert (
            "there are no wages of 1995, and there are of years before and after it; and 16 more years"
            in explain_years(con)
        )


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
        ("naics", 3, 6, None),
        (
            "person_key",
            6,
            6,
            "wages have ids of 7 characters, persons of 5 characters; without .0 at their end, 3 of 3 would be known",
        ),
    ]


@pytest.mark.parametrize("code", ["", "0", "999999", "99"])
def test_employers_that_tell_no_sector_weigh_by_their_jobs(tmp_path: Path, code: str) -> None:
    rows = jobs({2012: (300, 30_000.0)})
    wages = [{**row, "employer_id": "E2" if n < 160 else "E1"} for n, row in enumerate(rows)]
    # Of the many small ones, for whom nobody works, it does not matter.
    without = [{"employer_id": f"E{n}", "naics": code, "state": "OH"} for n in range(2, 20)]
    tables = {"persons": people(), "employers": [*REFERENCE["employers"], *without], "wages_annual": wages}
    with connect(threads=2) as con:
        load(con, drops(tmp_path, tables))
        assert con.execute(FINDINGS).fetchall() == [("employers", "all", "naics", "no sector", 160, 300)]
        said = explain_findings(con, SNAPSHOT, "reference", 0.5)
        assert said.startswith("reference/employers: 160 of 300 jobs are at employers whose naics is blank")
