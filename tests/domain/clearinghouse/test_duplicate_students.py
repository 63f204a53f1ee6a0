"""A student who stands in the registry several times is one person; two people never are."""

import csv
import random
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from credential_pipeline.clearinghouse.clerical_review.anchors import resolve
from credential_pipeline.clearinghouse.clerical_review.decisions import Anchor
from credential_pipeline.clearinghouse.education_registry.load import load_education_registry
from credential_pipeline.foundation.contracts import education_registry
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.storage.engine import Connection, connect
from tests.domain.clearinghouse.opt_outs_world import NAMES, World, line, person, registry_of, run, student
from tests.domain.drops import write

COLUMNS = {table.name: table.column_names for table in education_registry.SNAPSHOT}
KNOWN = ("middle_name", "name_suffix", "sex", "ssn_last4", "email", "street", "city", "state", "zip")
CASES = Path(__file__).parent / "cases"
Row = dict[str, str]


@pytest.fixture
def con() -> Iterator[Connection]:
    with connect(threads=2) as opened:
        yield opened


def somebody(number: int, **other: str) -> Row:
    """A person who shares nothing with any other: the number makes the names."""
    letters = "".join(chr(ord("a") + int(digit)) for digit in f"{number:05}")
    born = date(1960, 1, 1) + timedelta(days=number * 37 % 14_000)
    return {
        "student_id": f"S{number:05}", "first_name": f"Fa{letters}", "middle_name": f"Mo{letters}", "last_name": f"La{letters}",
        "birth_date": str(born), "sex": "F", "ssn_last4": f"{(number * 7919 + 1234) % 9990 + 1:04}",
        "email": f"{letters}@example.org", "street": f"{number + 1} Mill Road", "city": "Dayton", "state": "OH",
        "zip": f"{45000 + number % 900}", "ferpa_block": "N", **other,
    }  # fmt: skip


def crowd(size: int) -> list[Row]:
    return [somebody(number) for number in range(size)]


def load(con: Connection, folder: Path, persons: Sequence[Row], **tables: Sequence[Row]) -> dict[str, str]:
    """Load a registry; which ids gave way to which."""
    con.execute("CREATE SCHEMA IF NOT EXISTS education_registry")
    for name, rows in {"persons": persons, "enrollments": (), "degrees": (), **tables}.items():
        write(folder, name, rows, COLUMNS[name])
    load_education_registry(con, folder)
    return dict(con.execute("SELECT student_id, kept_student_id FROM education_registry.duplicate_students").fetchall())


def one(con: Connection, student_id: str) -> dict[str, Any]:
    found = con.execute("SELECT * FROM education_registry.persons WHERE student_id = ?", [student_id])
    names = [column[0] for column in found.description or ()]
    (row,) = found.fetchall()
    return dict(zip(names, row, strict=True))


COPIES = {
    "exact": {},
    "much of it empty": dict.fromkeys(("middle_name", "ssn_last4", "email", "sex"), ""),
    "a name and a birth date": dict.fromkeys(KNOWN, ""),
    "no birth date": {"birth_date": "", "middle_name": ""},
    "another spelling of the address": {"street": "8 Mill Rd."},
    "an initial and another address": {"middle_name": "M", "street": "5 Elm Street", "zip": "10001"},
    "a hyphen": {"last_name": "La-aaaah"},
}


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize("number", ["A7", "Z7"])
def test_a_copy_is_the_same_person_under_the_smallest_id(
    con: Connection, tmp_path: Path, copied: Row, number: str
) -> None:
    gave_way = load(con, tmp_path, [*crowd(40), {**somebody(7), **copied, "student_id": number}])
    kept = min("S00007", number)
    assert gave_way == {max("S00007", number): kept}
    merged = one(con, kept)
    assert merged["middle_name"] == "MOAAAAH"
    assert merged["birth_date"] == date.fromisoformat(somebody(7)["birth_date"])
    assert merged["ssn_last4"] == somebody(7)["ssn_last4"]
    indexed = con.execute(
        "SELECT count(*), count(DISTINCT student_id), max(record) FROM education_registry.person_index"
    )
    assert indexed.fetchall() == [(40, 40, 40)]


def test_enrollments_degrees_and_the_strictest_block_go_to_the_id_that_is_kept(con: Connection, tmp_path: Path) -> None:
    spell = {"opeid": "001", "begin_date": "2011-08-20"}
    gave_way = load(
        con,
        tmp_path,
        [*crowd(30), somebody(7, student_id="Z1", ferpa_block="Y"), somebody(7, student_id="Z2", email="")],
        enrollments=[
            {"student_id": "Z1", **spell}, {"student_id": "S00007", **spell}, {"student_id": "Z2", **spell, "opeid": "002"},
            {"student_id": "S00003", **spell}, {"student_id": "S00003", **spell},
        ],
        degrees=[{"student_id": "Z2", "opeid": "001", "degree_date": "2012-05-20"}],
    )  # fmt: skip
    assert gave_way == {"Z1": "S00007", "Z2": "S00007"}
    assert one(con, "S00007")["ferpa_block"] is True
    spells = con.execute("SELECT student_id, opeid FROM education_registry.enrollments ORDER BY ALL").fetchall()
    assert spells == [("S00003", "001"), ("S00003", "001"), ("S00007", "001"), ("S00007", "002")]
    assert con.execute("SELECT student_id FROM education_registry.degrees").fetchall() == [("S00007",)]
    told = con.execute(
        "SELECT student_id, why, ferpa_block, kept_ferpa_block FROM education_registry.duplicate_students"
    )
    assert told.fetchall() == [
        ("Z1", "exact copy", True, False),
        ("Z2", "name, birth date, last four digits, address, middle name", False, False),
    ]


OTHERS = {
    "a twin": {"first_name": "Gabriela"},
    "another birth date": {"birth_date": "1971-02-03"},
    "another middle initial": {"middle_name": "B"},
    "another middle name": {"middle_name": "Mirabelle"},
    "another suffix": {"name_suffix": "III"},
    "another sex": {"sex": "M"},
    "other last four digits": {"ssn_last4": "0007"},
    "another surname": {"last_name": "Petersen"},
    "a son at the address, without a birth date": {"birth_date": "", "ssn_last4": "", "email": "", "middle_name": ""},
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_two_people_stay_two(con: Connection, tmp_path: Path, other: Row) -> None:
    rows = [*crowd(40), somebody(7, student_id="Z1", **other)]
    rows[7] |= {"name_suffix": "JR"}
    assert load(con, tmp_path, rows) == {}
    assert con.execute("SELECT count(*) FROM education_registry.persons").fetchall() == [(41,)]


def test_who_could_be_either_of_two_people_is_neither(con: Connection, tmp_path: Path) -> None:
    little = somebody(7, student_id="Z1", **dict.fromkeys(KNOWN, ""))
    rows = [*crowd(40), somebody(7, student_id="Z2", ssn_last4="0007", email="", street="", zip=""), little]
    assert load(con, tmp_path / "a", rows) == {}
    little["email"] = somebody(7)["email"]
    assert load(con, tmp_path / "b", rows) == {"Z1": "S00007"}


def test_a_common_name_and_a_birth_date_are_not_enough(con: Connection, tmp_path: Path) -> None:
    chance = random.Random(5)
    johns = [
        somebody(number, first_name="John", last_name="Smith", birth_date=str(date(1960, 1, 1) + timedelta(chance.randrange(9000))),
                 **dict.fromkeys(KNOWN, ""))
        for number in range(1000, 2500)
    ]  # fmt: skip
    days = len({row["birth_date"] for row in johns})
    assert days < len(johns), "some of them share a birth date"
    rows = [*crowd(500), *johns, somebody(3, student_id="Z3")]
    assert load(con, tmp_path, rows) == {"Z3": "S00003"}


@pytest.mark.parametrize("times", [1, 2])
def test_one_name_on_two_rows_in_five_and_one_day_of_birth_a_year(con: Connection, tmp_path: Path, times: int) -> None:
    chance = random.Random(11)
    rows = [
        somebody(number, birth_date=f"{chance.randrange(1960, 2000)}-01-01",
                 **({"first_name": "Maria", "last_name": "Garcia", "middle_name": ""} if number % 5 < 2 else {}))
        for number in range(5000)
    ]  # fmt: skip
    rows = [row | dict.fromkeys(("ssn_last4", "email") if place % 2 else (), "") for place, row in enumerate(rows)]
    copies = [{**row, "student_id": f"Z{row['student_id']}"} for row in rows] if times == 2 else []
    started = time.process_time()
    gave_way = load(con, tmp_path, [*rows, *copies])
    assert time.process_time() - started < 30
    assert all(gone == f"Z{kept}" for gone, kept in gave_way.items()), "strangers were joined"
    assert len(gave_way) >= 0.75 * len(copies)


def test_the_order_of_rows_and_the_number_of_threads_make_no_difference(tmp_path: Path) -> None:
    rows = [*crowd(300), *(somebody(n, student_id=f"Z{n}", middle_name="", zip="") for n in range(0, 300, 3))]
    rows += [somebody(n, student_id=f"A{n}", email="", sex="") for n in range(0, 300, 6)]
    results = []
    for threads in (1, 3):
        random.Random(threads).shuffle(rows)
        with connect(threads=threads) as con:
            load(con, tmp_path / str(threads), rows)
            results.append([con.execute(f"FROM education_registry.{name} ORDER BY ALL").fetchall() for name in COLUMNS])
    assert results[0] == results[1]
    assert len(results[0][0]) == 300


def test_a_decision_on_an_id_that_gave_way_is_about_the_student(con: Connection, tmp_path: Path) -> None:
    load(con, tmp_path, [*crowd(30), somebody(7, student_id="Z1")])
    con.execute(
        "CREATE SCHEMA cleaned_learners; CREATE TABLE cleaned_learners.credentials (certifier VARCHAR, record_id VARCHAR, profile_id VARCHAR)"
    )
    found = resolve(con, [Anchor("student", "acme", "R1", student_id=number) for number in ("Z1", "S00007", "X")])
    assert [ends.right and ends.right.id for ends in found] == ["S00007", "S00007", None]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return registry_of(tmp_path_factory.mktemp("registry"))


def opted(*students: Row, **lists: Any) -> World:
    """Six people, of whom some stand in the registry again."""
    made = World(students=[*(student(number) for number in range(6)), *students], **lists)
    made.deliver("a.csv", [line(person(number)) for number in range(6)])
    return made


LETTER = {"source": "individual", "scope": "all", "received": "2026-05-02"}


def test_an_opt_out_under_any_id_reaches_the_person(con: Connection, tmp_path: Path, registry: Registry) -> None:
    asked = opted(student(1, student_id="Z1"), student(2, student_id="A2"), student(3, student_id="Z3"),
                  entries=[{**LETTER, "student_id": number} for number in ("Z1", "S2", "S3")])  # fmt: skip
    assert run(con, tmp_path, registry, asked) == {NAMES[number] for number in (0, 4, 5)}


def test_a_school_that_blocks_one_id_blocks_the_person_until_it_takes_that_back(
    con: Connection, tmp_path: Path, registry: Registry
) -> None:
    asked = opted(student(1, student_id="Z1", ferpa_block="Y"))
    assert run(con, tmp_path / "first", registry, asked) == {NAMES[number] for number in (0, 2, 3, 4, 5)}
    said = con.execute("SELECT source, student_id FROM linked_records.block_statements").fetchall()
    assert said == [("school", "Z1")], "the block stays with the id under which it was said"
    asked.students[-1] = student(1, student_id="Z1")
    assert NAMES[1] not in run(con, tmp_path / "calm", registry, asked)
    asked.rescissions = [{"source": "school", "student_id": "Z1", "received": "2026-06-02", "reason": "asked for it"}]
    assert run(con, tmp_path / "back", registry, asked) == set(NAMES[:6])


def test_a_block_and_an_id_from_before_the_copies_became_one_still_hold(
    con: Connection, tmp_path: Path, registry: Registry
) -> None:
    before = opted(entries=[{**LETTER, "student_id": "S1"}])
    run(con, tmp_path / "before", registry, before)
    ids = con.execute("SELECT record_id, learner_id FROM linked_records.links ORDER BY ALL").fetchall()
    after = opted(*(student(number, student_id=f"A{number}") for number in range(6)))
    assert NAMES[1] not in run(con, tmp_path / "after", registry, after)
    assert con.execute("SELECT record_id, learner_id FROM linked_records.links ORDER BY ALL").fetchall() == ids
    links = con.execute("SELECT DISTINCT student_id FROM linked_records.links ORDER BY ALL").fetchall()
    assert links == [(f"A{number}",) for number in range(6)], "links name the id that is kept"


def test_students_who_stand_there_again_are_one_person_with_all_enrollments(con: Connection, tmp_path: Path) -> None:
    with (CASES / "05-student-twice" / "persons.csv").open(encoding="utf-8", newline="") as opened:
        again = list(csv.DictReader(opened))
    first = [{**row, "student_id": f"A{number:03}"} for number, row in enumerate(again)]
    ids = [row["student_id"] for row in (*first, *again)]
    spells = [
        {"student_id": student, "opeid": "1", "begin_date": "2014-01-01", "institution": student} for student in ids
    ]
    gave_way = load(con, tmp_path, [*crowd(2_000), *first, *again], enrollments=spells)
    # Of two the registry knows no more than a name, which tells nobody from a namesake.
    known = [row for row in first if row["birth_date"] or row["ssn_last4"] or row["email"] or row["street"]]
    assert len(known) == 118
    pairs = {later["student_id"]: row["student_id"] for row, later in zip(first, again, strict=True) if row in known}
    assert gave_way == pairs
    told = con.execute(
        "SELECT student_id, count(*) FROM education_registry.enrollments GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    kept = {student: 1 for student in ids if student not in gave_way} | {row["student_id"]: 2 for row in known}
    assert told == sorted(kept.items())
    assert con.execute("SELECT count(*) FROM education_registry.person_index").fetchall() == [(2_122,)]
