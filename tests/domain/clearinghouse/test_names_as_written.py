"""Sources without ids of rows, and names as people and registrars write them: who is who must be the same on all sides."""

import csv
from pathlib import Path
from typing import Any

import pytest
import yaml

from credential_pipeline.clearinghouse.cleaned_learners.clean import clean
from credential_pipeline.clearinghouse.raw_feeds.read import read_feeds
from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.recipes.scripts import add_to_latin
from credential_pipeline.foundation.registry.load import Registry, load_registry
from credential_pipeline.foundation.storage.engine import Connection, connect

CASES = Path(__file__).parent / "cases"
COLUMNS: dict[str, Any] = {
    "record_id": {"derived": ["Family", "Given", "Born", "Exam", "Day"]},
    "first_name": {"from": "Given", "recipe": ["trim", "null_placeholders"]},
    "last_name": {"from": "Family", "recipe": ["trim", "null_placeholders"]},
    "birth_date": {"from": "Born"},
    "credential_code": {"from": "Exam"},
    "event_date": {"from": "Day"},
}
HEADER = "Given,Family,Born,Exam,Day\n"


def registry_of(folder: Path, **columns: Any) -> Registry:
    board = {"certifier": "board", "name": "Board", "columns": COLUMNS | columns}
    industry = {"industry": "mining", "name": "Mining", "naics": ["21"], "certifiers": ["board"]}
    for kind, name, content in (("certifiers", "board", board), ("industries", "mining", industry)):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        (folder / kind / f"{name}.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return load_registry(folder)


def read(con: Connection, folder: Path, *rows: str) -> None:
    """The rows of one delivery, read and cleaned."""
    inbox = folder / "inbox" / "mining" / "board"
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / "a.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    registry = registry_of(folder / "registry")
    con.execute("CREATE SCHEMA raw_feeds; CREATE SCHEMA cleaned_learners")
    read_feeds(con, folder / "inbox", "mining", registry)
    clean(con, "mining", registry)


def test_ids_come_from_the_columns_that_tell_rows_apart(tmp_path: Path) -> None:
    row = "Ann,Smith,1990-01-02,X1,2012-03-14"
    with connect(threads=1) as con:
        read(
            con,
            tmp_path,
            row,
            row.replace("X1", "X2"),
            row.replace("Smith", " SMITH ").replace("Ann", "ann"),
            ",,,,",
            row,
        )
        ids = [one for (one,) in con.execute("SELECT record_id FROM raw_feeds.records ORDER BY line").fetchall()]
        counts = con.execute(
            "SELECT rows_in, rows_accepted, rows_quarantined, rows_duplicate FROM raw_feeds.deliveries"
        )
        assert len(set(ids)) == len(ids) == 2
        assert all(len(one) == 17 and one.startswith("D") for one in ids)
        rows, accepted, aside, repeated = counts.fetchall()[0]
    assert (rows, accepted) == (5, 2)
    assert aside + repeated == 3


@pytest.mark.parametrize(
    ("columns", "hint"),
    [
        ({"last_name": {"derived": ["Family"]}}, "columns.last_name"),
        ({"record_id": {"derived": ["Family"], "from": "Id"}}, "one of"),
        ({"record_id": {"derived": ["Family"], "recipe": ["trim"]}}, "recipe"),
    ],
)
def test_what_an_id_cannot_be_derived_like(tmp_path: Path, columns: dict[str, Any], hint: str) -> None:
    with pytest.raises(SafeError, match=hint):
        registry_of(tmp_path, **columns)


def test_null_and_test_are_family_names_unless_the_first_name_is_none_either(tmp_path: Path) -> None:
    with connect(threads=1) as con:
        people = ("Ann,Null", "Joe,Test", "Test,Test", ",Null", "N/A,Tester", "Madonna,", "Мария,Иванова")
        read(con, tmp_path, *(f"{one},1990-01-02,X1,2012-03-1{place}" for place, one in enumerate(people)))
        names = con.execute("SELECT first_name, last_name FROM cleaned_learners.profiles ORDER BY ALL").fetchall()
        aside = con.execute("SELECT line, reason_code FROM raw_feeds.quarantine ORDER BY line").fetchall()
        kept = con.execute("SELECT source['Family'] FROM raw_feeds.records ORDER BY line").fetchall()
    assert names == [("ANN", "NULL"), ("JOE", "TEST"), ("MADONNA", None), ("MARIYA", "IVANOVA")]
    assert aside == [(line, "MISSING_LAST_NAME") for line in (4, 5, 6)]
    assert kept[-1] == ("Иванова",)


def test_an_earlier_name_beside_the_last_one_is_kept_as_such(tmp_path: Path) -> None:
    with connect(threads=1) as con:
        read(con, tmp_path, "Ann,Smith (née Jones),1990-01-02,X1,2012-03-14")
        found = con.execute("SELECT last_name, previous_last_name FROM cleaned_learners.profiles").fetchall()
    assert found == [("SMITH", "JONES")]


@pytest.mark.parametrize(("feed", "persons"), [("mssc.csv", "persons.csv"), ("mssc_b.csv", "persons_b.csv")])
def test_titles_and_registrars_marks_make_nobody_another_person(feed: str, persons: str) -> None:
    folder = CASES / "20-operators-marks"
    with (folder / feed).open(encoding="utf-8") as left, (folder / persons).open(encoding="utf-8") as right:
        told = {row["TransactionID"]: (row["First Name"], row["Last Name"]) for row in csv.DictReader(left)}
        listed = {row["student_id"][1:]: (row["first_name"], row["last_name"]) for row in csv.DictReader(right)}
    assert told.keys() == listed.keys()
    with connect(threads=1) as con:
        add_to_latin(con)
        query = f"SELECT {form.given_name('first')}, {form.family_name('last')} FROM (SELECT ? AS first, ? AS last)"
        ours = {key: con.execute(query, list(names)).fetchall()[0] for key, names in told.items()}
        theirs = {key: con.execute(query, list(names)).fetchall()[0] for key, names in listed.items()}
    assert {key: name[1] for key, name in ours.items()} == {key: name[1] for key, name in theirs.items()}
    other = {key: (ours[key][0], theirs[key][0]) for key in ours if ours[key][0] != theirs[key][0]}
    # What is left are short forms, initials and second names, of which linkage knows.
    assert all(
        left[0] in {word[0] for word in right.split()} or (left, right) == ("ELIZABETH", "LIZ")
        for left, right in other.values()
        if right not in {"BOB", "KEN", "ANA MARIA"}
    )
