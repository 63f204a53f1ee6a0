"""Who opted out stays out: whatever form and order a block arrives in, the person is in no later extract."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.storage.engine import Connection, connect
from tests.domain.clearinghouse.opt_outs_world import (
    NAMES,
    World,
    counted,
    line,
    person,
    registry_of,
    run,
    student,
)

Block = Callable[[World, int], None]
_NUMBERS = count(1)


def _row(**changes: str) -> Block:
    """A further row of the person, in a delivery of its own."""

    def block(world: World, number: int) -> None:
        world.deliver(f"b{number}.csv", [line({**person(number), "Stop": "Y", **changes})])

    return block


def _broken(breaks: Callable[[str], str]) -> Block:
    """The same as a line that cannot be split."""

    def block(world: World, number: int) -> None:
        world.deliver(f"b{number}.csv", [breaks(line({**person(number), "Stop": "Y"}))])

    return block


def _earlier_or_later(world: World, number: int) -> None:
    """A correction that says N stands beside the row that said Y."""
    world.deliver(f"b{number}.csv", [line({**person(number), "Stop": "Y", "Day": "2016-01-01"})])
    world.deliver(f"c{number}.csv", [line({**person(number), "Stop": "N", "Day": "2016-02-02"})])


def _cut(world: World, number: int) -> None:
    world.deliver(f"b{number}.csv", [line({**person(number), "Stop": ""})], end="")


def _cut_early(world: World, number: int) -> None:
    world.deliver(f"b{number}.csv", [line(person(number)).rpartition(",")[0][:-3]], end="")


def _other_learner(world: World, number: int) -> None:
    """Another name under the same person id, which linkage takes for another learner."""
    other = {"Id": f"Q{number}", "First": "Wolfgang", "Last": "Zimmermann", "Born": "1955-05-05", "Stop": "Y"}
    world.deliver(f"b{number}.csv", [line({**person(number), **other})])


def _listed(**entry: str) -> Block:
    def block(world: World, number: int) -> None:
        values = {name: value.format(number, *person(number).values()) for name, value in entry.items()}
        world.entries.append({"source": "individual", "scope": "all", "received": "2026-05-02", **values})

    return block


def _student(**changes: str) -> Block:
    def block(world: World, number: int) -> None:
        world.students = [one for one in world.students if one["student_id"] != f"S{number}"]
        world.students.append(student(number, ferpa_block="Y", **changes))

    return block


def _twin(**changes: str) -> Block:
    """The student a second time, under another id."""

    def block(world: World, number: int) -> None:
        world.students.append(student(number, student_id=f"T{number}", ferpa_block="Y", **changes))

    return block


def _two_of_the_name(world: World, number: int) -> None:
    """Two students of the name and birth date who are not one person, so that the link stays open; one is blocked."""
    world.students = [one for one in world.students if one["student_id"] != f"S{number}"]
    world.students.append(student(number, ssn_last4="1111", zip="10001"))
    world.students.append(student(number, student_id=f"T{number}", ssn_last4="2222", zip="90001", ferpa_block="Y"))


FORMS: dict[str, Block] = {
    "a row that repeats the record id": _row(Day="2016-06-06"),
    "the same row but for the flag": _row(),
    "an unreadable event date": _row(Day="soon"),
    "no event date": _row(Day=""),
    "an event in the future": _row(Day="2099-01-01"),
    "an unknown credential": _row(Code="NOPE"),
    "no last name, known record": _row(Last=""),
    "no last name, known person id": _row(Last="", First="", Born="", Id="NEW-{}"),
    "no record id, name and birth date": _row(Id="", Person=""),
    "no record id, initial and birth date": _row(Id="", Person="", First="M."),
    "another record and bad date, name and birth date": _row(Id="OTHER", Person="", Day="soon"),
    "a word that nobody knows": _row(Stop="please do not"),
    "a value too many in the middle": _broken(lambda text: text.replace(",Maria,", ",Maria,Anna,")),
    "a value too many at the end": _broken(lambda text: text + ",more"),
    "a value too few": _broken(lambda text: text.replace(",X,", ",")),
    "a broken quotation mark": _broken(lambda text: text.replace("Maria", 'Ma"ria')),
    "an invisible character": _broken(lambda text: text.replace("Maria", "Ma\u200eria")),
    "a correction beside it": _earlier_or_later,
    "a file cut off before its last value": _cut,
    "a file cut off in its last row": _cut_early,
    "another learner of the person id": _other_learner,
    "the school": _student(),
    "the same student under another id": _twin(),
    "the same student elsewhere": _twin(zip="99999"),
    "one of two students who may be the person": _two_of_the_name,
    "a letter with the record id": _listed(certifier="acme", record_id="R{0}"),
    "a letter with the person id": _listed(certifier="acme", person_ref="C{0}", scope="certifier"),
    "a letter with the student id": _listed(student_id="S{0}"),
    "a letter with name and birth date": _listed(first_name="MARIA", last_name="{4}", birth_date="{5}"),
    "a letter for the industry": _listed(first_name="Maria", last_name="{4}", birth_date="{5}", scope="industry"),
}


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return registry_of(tmp_path_factory.mktemp("registry"))


@pytest.fixture
def con() -> Iterator[Connection]:
    with connect(threads=1) as opened:
        yield opened


def world_of(people: int, unlinked: frozenset[int] = frozenset()) -> World:
    """Everybody in one delivery, and in the registry unless nobody is to be found there."""
    world = World(students=[student(number) for number in range(people) if number not in unlinked])
    world.students.append(student(people))
    world.deliver("a.csv", [line(person(number)) for number in range(people)])
    return world


PEOPLE = len(NAMES) - 1
EVERYBODY = set(NAMES[:PEOPLE])


def test_nobody_is_out_without_a_block(con: Connection, tmp_path: Path, registry: Registry) -> None:
    assert run(con, tmp_path / "home", registry, world_of(PEOPLE)) == EVERYBODY


def test_there_is_room_for_every_form() -> None:
    assert len(FORMS) <= 2 * (PEOPLE - 1)


@pytest.mark.parametrize("half", [0, 1])
def test_every_form_of_a_block_is_heard_and_nobody_else_is_out(
    half: int, con: Connection, tmp_path: Path, registry: Registry
) -> None:
    world = world_of(PEOPLE)
    forms = list(FORMS.items())[half * (PEOPLE - 1) :][: PEOPLE - 1]
    for number, (_, block) in enumerate(forms):
        block(world, number)
    extract = run(con, tmp_path / "home", registry, world)
    still_in = {form: NAMES[number] for number, (form, _) in enumerate(forms) if NAMES[number] in extract}
    assert still_in == {}
    assert extract - {"Zimmermann"} == set(NAMES[len(forms) : PEOPLE])
    coverage = counted(con)
    assert coverage["reported"] == coverage["opted_out"] + coverage["ferpa_blocked"] + coverage["extracted"]


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    blocks=st.lists(st.sampled_from(sorted(FORMS)), min_size=8, max_size=12),
    order=st.permutations(range(30)),
    gone=st.sets(st.integers(0, 11)),
    unlinked=st.frozensets(st.integers(0, PEOPLE - 1)),
)
def test_whatever_order_and_form_a_block_arrives_in_the_person_is_in_no_later_extract(
    blocks: list[str], order: list[int], gone: set[int], unlinked: frozenset[int], tmp_path: Path, registry: Registry
) -> None:
    """Deliveries under any names, before or after one another; and a later run from whose folders some blocks are gone."""
    students_asked = {number for number, form in enumerate(blocks) if "student" in form}
    whole = world_of(PEOPLE, unlinked - students_asked)
    calm = world_of(PEOPLE, unlinked - students_asked)
    for number, form in enumerate(blocks):
        FORMS[form](whole, number)
        if number not in gone or "cut off" in form:
            FORMS[form](calm, number)
    out = {NAMES[number] for number in range(len(blocks))}
    renamed = World(
        {f"{order[place]:02}.csv": text for place, text in enumerate(whole.deliveries.values())},
        whole.students,
        whole.entries,
    )
    home = tmp_path / str(next(_NUMBERS))
    with connect(threads=1) as con:
        first = run(con, home / "first", registry, renamed)
        assert first & EVERYBODY == EVERYBODY - out
        later = run(con, home / "later", registry, calm)
        assert later & EVERYBODY == EVERYBODY - out
