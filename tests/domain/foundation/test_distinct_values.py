"""Standard forms found once a value are those found row by row."""

from pathlib import Path

import pytest

from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.distinct_values import look_up
from credential_pipeline.foundation.dropped_files import Form, open_drop
from credential_pipeline.foundation.recipes.scripts import add_to_latin
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import scratch

NAMES = (
    *("Núñez", "  núñez ", "NÚÑEZ", "O'Brien Jr.", "Smith - Jones", "ΔΗΜΟΣ", "李", "Groß", "unknown", "-", "Lee, III"),
    *("", "   ", None, "Ann", "ann", "Ann", "Ann\u0301", "Lee|Jr", "Jr", "1|2", "a'b\"c"),
)
DATES = ("1990-05-01", "1990-05-01 00:00:00", "1900-01-01", "1812-01-01", "2012-02-30", None, "", "1990-05-01")
FORMS: dict[str, tuple[str, Form]] = {
    "name": ("name", form.name),
    "suffix": ("name", form.suffix_at_end),
    "street": ("name", form.address),
    "born": ("born", lambda text: form.birth_date(f"({form.iso_date(text)})")),
}


def write(folder: Path, rows: list[tuple[int, str | None, object]], born: str = "VARCHAR", file: str = "a") -> Path:
    folder.mkdir(exist_ok=True)
    with connect(threads=1) as con:
        con.execute(f"CREATE TABLE t (id INTEGER, name VARCHAR, born {born})")
        con.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
        con.execute(f"COPY t TO '{folder / file}.parquet' (FORMAT parquet)")
    return folder


def forms(folder: Path, *, by_value: bool) -> list[tuple[object, ...]]:
    with connect(threads=1) as con, scratch(con) as work:
        add_to_latin(con)
        drop = open_drop(work, folder, "people", ["id", "name", "born"])
        if by_value:
            found = look_up(work, drop, FORMS)
            columns, source = dict(found.columns), found.source
        else:
            columns = {target: function(drop.text(column)) for target, (column, function) in FORMS.items()}
            source = f"{drop.rows}"
        return con.execute(f"SELECT id, {', '.join(columns.values())} FROM {source} ORDER BY 1").fetchall()


def test_the_forms_of_distinct_values_are_those_of_rows(tmp_path: Path) -> None:
    rows = [(n, NAMES[n % len(NAMES)], DATES[n % len(DATES)]) for n in range(len(NAMES) * len(DATES))]
    folder = write(tmp_path / "people", [(n, name, born) for n, name, born in rows])
    found = forms(folder, by_value=True)
    assert found == forms(folder, by_value=False)
    assert len(found) == len(rows)
    assert {row[1] for row in found} >= {"NUNEZ", "OBRIEN", "SMITH-JONES", "GROSS", "ANN", None}
    assert {row[2] for row in found} >= {"JR", "III", None}


@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP"])
def test_values_that_are_no_text_have_the_form_of_what_they_are_written_as(tmp_path: Path, kind: str) -> None:
    rows: list[tuple[int, str | None, object]] = [(0, "Ann", "1990-05-01"), (1, None, None), (2, "Ann", "1812-01-01")]
    typed = forms(write(tmp_path / "typed", rows, kind), by_value=True)
    assert typed == forms(write(tmp_path / "text", rows), by_value=True)
    mixed = write(tmp_path / "mixed", rows[:2], kind, "a")
    assert forms(write(mixed, rows[2:], file="b"), by_value=True) == typed


def test_numbers_are_read_the_same_from_numbers_and_from_text(tmp_path: Path) -> None:
    with connect(threads=1) as con, scratch(con) as work:
        read = []
        for kind in ("DOUBLE", "FLOAT", "BIGINT", "DECIMAL(9,2)", "VARCHAR"):
            (tmp_path / kind).mkdir()
            con.execute(f"COPY (SELECT 2012::{kind} AS n UNION ALL SELECT NULL) TO '{tmp_path}/{kind}/a.parquet'")
            drop = open_drop(work, tmp_path / kind, "numbers", ["n"])
            read.append(con.execute(f"SELECT {drop.whole_number('n')}, {drop.number('n')} FROM {drop.rows}").fetchall())
    assert read == [[(2012, 2012.0), (None, None)]] * len(read)
