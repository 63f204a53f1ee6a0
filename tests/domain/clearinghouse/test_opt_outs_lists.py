"""The steward's lists: entries are read or refused in one line; what was said is remembered until it is taken back."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from credential_pipeline.clearinghouse.linked_records.block_memory import attach_statements
from credential_pipeline.clearinghouse.linked_records.elsewhere import attach_elsewhere
from credential_pipeline.clearinghouse.opt_outs.lists import COLUMNS, NOTHING, RESCISSION_COLUMNS, read_opt_outs
from credential_pipeline.foundation.contracts.linked_records import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.snapshots import Store
from tests.domain.clearinghouse.opt_outs_world import (
    NAMES,
    World,
    counted,
    line,
    person,
    registry_of,
    run,
    student,
    write_list,
)

CANARY = "Zyzzogeton"
GOOD = {"source": "individual", "student_id": CANARY, "scope": "all", "received": "2026-05-02"}
BACK = {"source": "certifier", "certifier": "acme", "received": "2026-05-20", "reason": "a signed letter"}


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return registry_of(tmp_path_factory.mktemp("registry"))


@pytest.fixture
def con() -> Iterator[Connection]:
    with connect(threads=1) as opened:
        yield opened


def refusal(home: Path) -> str:
    with pytest.raises(SafeError) as caught:
        read_opt_outs(home)
    assert caught.value.code == "E_OPT_OUTS"
    assert caught.value.__cause__ is None
    assert "\n" not in str(caught.value)
    assert CANARY not in str(caught.value)
    return caught.value.message


def test_no_folder_is_no_entry(tmp_path: Path) -> None:
    assert read_opt_outs(tmp_path) == NOTHING


def test_an_entry_is_read_whoever_it_is_about(tmp_path: Path) -> None:
    write_list(tmp_path / "opt_outs", [GOOD], COLUMNS)
    write_list(tmp_path / "opt_outs" / "rescissions", [{**BACK, "record_id": "R1"}], RESCISSION_COLUMNS)
    found = read_opt_outs(tmp_path)
    (entry,), (rescission,) = found.entries, found.rescinded_by("certifier")
    assert (entry.source, entry.student_id, entry.scope, entry.received) == (
        "individual",
        CANARY,
        "all",
        date(2026, 5, 2),
    )
    assert (rescission.certifier, rescission.record_id, rescission.birth_date) == ("acme", "R1", None)
    assert found.rescinded_by("school") == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"source": "nobody"}, "source must be certifier, school or individual"),
        ({"source": ""}, "source must be"),
        ({"scope": ""}, "scope must be all, certifier or industry"),
        ({"scope": "some"}, "scope must be"),
        ({"scope": "certifier"}, "the scope certifier needs the certifier"),
        ({"received": ""}, "received, the day on which it came, is missing"),
        ({"received": "02/05/2026"}, "received is no date"),
        ({"birth_date": CANARY}, "birth_date is no date"),
        ({"record_id": "R1"}, "need the certifier"),
        ({"source": "certifier"}, "need the certifier"),
        ({"certifier": "../x"}, "certifier is no certifier's name"),
        ({"student_id": ""}, "nobody can be told by it"),
        ({"student_id": "", "first_name": CANARY, "last_name": CANARY}, "nobody can be told by it"),
    ],
)
def test_what_leaves_open_who_or_when_is_refused_in_one_line(
    changes: Mapping[str, str], said: str, tmp_path: Path
) -> None:
    write_list(tmp_path / "opt_outs", [GOOD, {**GOOD, **changes}], COLUMNS)
    assert refusal(tmp_path).startswith(f"opt_outs/list.csv, line 3: {said}"[:26])
    assert said in refusal(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty or cut off"),
        (",".join(COLUMNS).encode(), "empty or cut off"),
        (b"source,received\n", "lacks the columns certifier, record_id"),
        (",".join([*COLUMNS, "salary"]).encode() + b"\n", "1 column(s) too many"),
        (",".join([*COLUMNS, "scope"]).encode() + b"\n", "a column stands twice"),
        (",".join(COLUMNS).encode() + f"\nindividual,{CANARY}\n".encode(), "2 values under 11 columns"),
        (",".join(COLUMNS).encode() + b"\n\xff\n", "cannot be read as UTF-8"),
        (",".join(COLUMNS).encode() + b'\n"a"b,c\n', "a quotation mark is misplaced"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "opt_outs").mkdir()
    (tmp_path / "opt_outs" / "letters.csv").write_bytes(content)
    assert refusal(tmp_path).startswith("opt_outs/letters.csv")
    assert said in refusal(tmp_path)


def test_other_files_and_rescissions_without_reason_are_refused(tmp_path: Path) -> None:
    write_list(tmp_path / "opt_outs" / "rescissions", [{**BACK, "record_id": "R1", "reason": " "}], RESCISSION_COLUMNS)
    assert "opt_outs/rescissions/list.csv, line 2: a rescission needs its reason" in refusal(tmp_path)
    (tmp_path / "opt_outs" / "letters.xlsx").write_bytes(b"PK")
    assert "opt_outs holds something else than .csv files" in refusal(tmp_path)


def world(**lists: Any) -> World:
    """Six people: 0 blocked by the certifier, 1 by the school, 2 by a letter, 3 by a row that is set aside."""
    made = World(students=[student(number) for number in range(6)], **lists)
    made.students[1]["ferpa_block"] = "Y"
    made.deliver("a.csv", [line(person(number)) for number in range(6)])
    made.deliver(
        "b.csv",
        [line({**person(0), "Day": "2016-01-01", "Stop": "Y"}), line({**person(3), "Day": "soon", "Stop": "Y"})],
    )
    return made


LETTER = {"source": "individual", "student_id": "S2", "scope": "all", "received": "2026-05-02"}
STRANGER = {**LETTER, "student_id": "", "first_name": "Nobody", "last_name": "Known", "birth_date": "1950-01-01"}


def left(*numbers: int) -> set[str]:
    return {NAMES[number] for number in numbers}


def test_each_block_has_source_date_and_scope_and_no_name(con: Connection, tmp_path: Path, registry: Registry) -> None:
    asked = world(entries=[LETTER, STRANGER], received={"b.csv": date(2026, 4, 4)})
    assert run(con, tmp_path / "home", registry, asked) == left(4, 5)
    assert counted(con) == {"reported": 6, "opted_out": 3, "ferpa_blocked": 1, "extracted": 2}
    rows = con.execute(
        "SELECT source, scope, certifier, since, reason, learner_id IS NULL FROM linked_records.blocks ORDER BY ALL"
    )
    assert rows.fetchall() == [
        ("certifier", "all", "acme", date(2026, 4, 4), "FLAG", False),
        ("certifier", "all", "acme", date(2026, 4, 4), "UNREADABLE_EVENT_DATE", False),
        ("individual", "all", None, date(2026, 5, 2), "OPT_OUT", False),
        ("individual", "all", None, date(2026, 5, 2), "OPT_OUT", True),
        ("school", "all", None, date(2026, 6, 1), "FERPA_BLOCK", False),
    ]


def test_what_is_no_longer_said_is_remembered_until_it_is_taken_back(
    con: Connection, tmp_path: Path, registry: Registry
) -> None:
    run(con, tmp_path / "first", registry, world(entries=[LETTER]))
    calm = world()
    calm.students[1]["ferpa_block"] = "N"
    del calm.deliveries["b.csv"]
    assert run(con, tmp_path / "calm", registry, calm) == left(4, 5)
    gone = world()
    del gone.students[1]
    del gone.deliveries["b.csv"]
    assert run(con, tmp_path / "gone", registry, gone) == left(4, 5)
    calm.rescissions = [
        {**BACK, "record_id": "R0"},
        {"source": "school", "student_id": "S1", "received": "2026-06-02", "reason": "asked for it"},
        {"source": "individual", "student_id": "S2", "received": "2026-05-01", "reason": "older than the letter"},
    ]
    assert run(con, tmp_path / "back", registry, calm) == left(0, 1, 4, 5)


def test_a_rescission_holds_until_the_block_is_said_anew_and_never_against_the_registry(
    con: Connection, tmp_path: Path, registry: Registry
) -> None:
    school = {"source": "school", "student_id": "S1", "received": "2026-12-31", "reason": "a mistake"}
    asked = world(rescissions=[{**BACK, "record_id": "R0"}, {**BACK, "record_id": "R3"}, school])
    assert run(con, tmp_path / "first", registry, asked) == left(0, 2, 3, 4, 5)
    asked.deliver("c.csv", [line({**person(3), "Day": "never", "Stop": "Y"})])
    asked.received["c.csv"] = date(2026, 5, 21)
    assert run(con, tmp_path / "again", registry, asked) == left(0, 2, 4, 5)


def test_a_scope_is_about_its_certifier_and_its_industry(con: Connection, tmp_path: Path, registry: Registry) -> None:
    asked = World(students=[student(number) for number in range(4)])
    asked.deliver("a.csv", [line(person(number)) for number in range(4)])
    asked.entries = [
        {**LETTER, "student_id": "S0", "scope": "certifier", "certifier": "acme"},
        {**LETTER, "student_id": "S1", "scope": "certifier", "certifier": "other"},
        {**LETTER, "student_id": "S2", "scope": "industry"},
    ]
    assert run(con, tmp_path / "home", registry, asked) == left(1, 3)


def said_elsewhere(root: Path, rows: str) -> Store:
    """A store in which another industry, ``farming``, remembers what was said there."""
    store = Store(root / "store")
    with store.stage(SNAPSHOT, "farming") as staged:
        for table in SNAPSHOT:
            columns = ", ".join(f'"{name}" {kind}' for name, kind in table.schema.items())
            staged.con.execute(f'CREATE TABLE linked_records."{table.name}" ({columns})')
        staged.con.execute(f"INSERT INTO linked_records.block_statements BY NAME {rows}")
        staged.write()
        staged.publish()
    return store


def test_who_is_blocked_in_another_industry_is_blocked_in_this_one_and_remembered_there(
    con: Connection, tmp_path: Path, registry: Registry
) -> None:
    run(con, tmp_path / "first", registry, world())
    born = person(4)["Born"]
    store = said_elsewhere(
        tmp_path,
        f"""SELECT * FROM (VALUES ('B1', '{NAMES[4].upper()}', DATE '{born}'), ('B2', 'STRANGER', DATE '{born}'))
        AS said(statement_id, last_name, birth_date), (SELECT 'certifier' AS source, 'barn' AS certifier, 'X1' AS record_id,
        'MARIA' AS first_name, 'all' AS scope, 'FLAG' AS reason, DATE '2026-02-02' AS since, DATE '2026-02-02' AS last_said,
        true AS said_now)""",
    )
    assert attach_elsewhere(con, store, "farming") == []
    assert attach_elsewhere(con, store, "mining") == ["B1 2026-02-02"]
    assert run(con, tmp_path / "second", registry, world()) == left(2, 5)
    assert con.execute("SELECT count(*) FROM linked_records.block_statements WHERE certifier = 'barn'").fetchall() == [
        (0,)
    ]
    assert con.execute("SELECT since FROM linked_records.blocks WHERE certifier = 'barn'").fetchall() == [
        (date(2026, 2, 2),)
    ]


def test_a_damaged_memory_of_opt_outs_is_refused_until_a_person_says_so(con: Connection, tmp_path: Path) -> None:
    store = said_elsewhere(tmp_path, "SELECT 'B1' AS statement_id")
    attach_statements(con, store, "farming")
    assert con.execute("SELECT statement_id FROM previous_opt_outs.block_statements").fetchall() == [("B1",)]
    file = store.current(SNAPSHOT, "farming").path("block_statements")
    file.write_bytes(b"PAR1")
    for refused in (lambda: attach_statements(con, store, "farming"), lambda: attach_elsewhere(con, store, "mining")):
        with pytest.raises(SafeError) as caught:
            refused()
        assert caught.value.code == "E_OPT_OUTS_LOST"
    attach_statements(con, store, "farming", anew=True)
    assert con.execute("SELECT count(*) FROM previous_opt_outs.block_statements").fetchall() == [(0,)]
