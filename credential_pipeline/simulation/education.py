"""The clearinghouse's own records: students, enrollments and degrees, with opt-outs and errors of their own.

Not here: certifier feeds.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from credential_pipeline.simulation.arrays import Bools, Dates, Ints, Streams, Texts, first_of_year, pick, texts, years
from credential_pipeline.simulation.faults import write
from credential_pipeline.simulation.identity import identities
from credential_pipeline.simulation.people import People
from credential_pipeline.simulation.places import places
from credential_pipeline.simulation.schools import Schools
from credential_pipeline.simulation.tables import Coded, write_table
from credential_pipeline.simulation.world import EducationRegistry

_CIPS = ("48.0501", "48.0508", "15.0613", "47.0303", "51.0801", "51.0805", "52.0201", "24.0101", "11.0101", "15.0000")
_NAMES = ("first_name", "middle_name", "last_name", "name_suffix", "previous_last_name")
_REST = ("sex", "ssn_last4", "email", "street", "city", "state", "zip")
_STATUS = {"F": 0.5, "Q": 0.12, "H": 0.2, "L": 0.13, "W": 0.05}
_DEGREES = {"certificate": 0.25, "associate": 0.45, "bachelor": 0.3}


@dataclass(frozen=True)
class Trained:
    """Learners whose training a school reports: person, school and day of the first award."""

    person: Ints
    school: Ints
    day: Dates
    credit: Bools


@dataclass(frozen=True)
class Students:
    """Who is in the registry [s]: person number, id, block."""

    person: Ints
    student_id: Texts
    blocked: Bools


def enroll(
    streams: Streams,
    folder: Path,
    people: People,
    holders: Ints,
    trained: Trained,
    schools: Schools,
    world: EducationRegistry,
    size: int,
) -> Students:
    """Write persons, enrollments and degrees under ``folder``; return who is in them.

    Args:
        streams: Named streams of the world.
        folder: ``education`` of the clearinghouse.
        people: Everybody.
        holders: Person numbers of all learners; a share of them is in the registry.
        trained: Learners who trained at a school.
        schools: Institutions.
        world: Coverage and errors.
        size: Number of students in all.
    """
    rng = streams("education")
    students = _choose(rng, len(people), holders, world, size)
    place = np.full(len(people), -1)
    place[students.person] = np.arange(len(students.person))
    spells = _spells(rng, people, students.person, schools, world)
    kept = place[trained.person] >= 0
    own = Trained(trained.person[kept], trained.school[kept], trained.day[kept], trained.credit[kept])
    spells = _join(spells, _training(rng, own, place, world))
    _write_persons(streams, folder, people, students, spells, world)
    _write_spells(rng, folder, students.student_id, spells, schools, world)
    return students


def _choose(rng: np.random.Generator, everybody: int, holders: Ints, world: EducationRegistry, size: int) -> Students:
    """A share of the learners, and as many others as fill the registry."""
    inside = holders[rng.random(len(holders)) < world.holders_in_it][:size]
    others = np.setdiff1d(np.arange(everybody), holders)
    others = others[np.argsort(rng.random(len(others)), kind="stable")][: size - len(inside)]
    person = rng.permutation(np.concatenate([inside, others]))
    student_id = texts(
        f"S{number:09d}" for number in np.sort(rng.choice(9 * 10**8, len(person), replace=False)).tolist()
    )
    return Students(person, student_id, rng.random(len(person)) < world.ferpa_block)


@dataclass(frozen=True)
class Spells:
    """Enrollments [e]: student number, school, begin, end, credit, degree seeking."""

    student: Ints
    school: Ints
    begin: Dates
    end: Dates
    credit: Bools
    seeking: Bools


def _join(one: Spells, two: Spells) -> Spells:
    names = ("student", "school", "begin", "end", "credit", "seeking")
    joined = Spells(*(np.concatenate([getattr(one, name), getattr(two, name)]) for name in names))
    order = np.lexsort((joined.school, joined.begin, joined.student))
    return Spells(*(getattr(joined, name)[order] for name in names))


def _spells(
    rng: np.random.Generator, people: People, person: Ints, schools: Schools, world: EducationRegistry
) -> Spells:
    """Ordinary enrollments: mostly around twenty, at one school, some later at another."""
    counts = np.array(sorted(world.enrollments))
    many = counts[pick(rng, [world.enrollments[key] for key in counts.tolist()], len(person))]
    student = np.repeat(np.arange(len(person)), many)
    nth = np.arange(len(student)) - np.repeat(np.cumsum(many) - many, many)
    start_age = np.where(rng.random(len(person)) < world.starts_at_eighteen, 18, rng.integers(18, 45, len(person)))
    start = years(people.birth[person]) + start_age
    sector = pick(rng, [world.sectors[name] for name in schools.sector_names], len(person))
    home = people.homes[person, 0]
    school = schools.near(rng, people.addresses.state(home), sector)
    year = np.clip(start[student] + nth // 2, 1990, 2019)
    begin = first_of_year(year) + np.where(nth % 2 == 0, 235, 10).astype("timedelta64[D]")
    end = begin + rng.integers(95, 120, len(student)).astype("timedelta64[D]")
    share = np.array([world.degree_seeking.get(name, 0.5) for name in schools.sector_names])
    seeking = rng.random(len(person)) < share[sector]
    return Spells(student, school[student], begin, end, rng.random(len(student)) < world.credit, seeking[student])


def _training(rng: np.random.Generator, trained: Trained, place: Ints, world: EducationRegistry) -> Spells:
    """The enrollment in which a learner prepared for the first award; seldom in a degree programme."""
    size = len(trained.person)
    end = trained.day - rng.integers(-20, 90, size).astype("timedelta64[D]")
    begin = end - rng.integers(40, 160, size).astype("timedelta64[D]")
    seeking = rng.random(size) < np.where(trained.credit, world.training_degree_credit, world.training_degree_noncredit)
    return Spells(place[trained.person], trained.school, begin, end, trained.credit, seeking)


def _write_persons(
    streams: Streams, folder: Path, people: People, students: Students, spells: Spells, world: EducationRegistry
) -> None:
    """Each student as the registry last saw the person: at the end of the last enrollment."""
    latest = np.zeros(len(students.person), dtype=np.int64)
    np.maximum.at(latest, spells.student, spells.end.astype(np.int64))
    last = np.where(latest > 0, latest, 14_000).astype("datetime64[D]")
    stored = write(
        streams("education", "faults"),
        people,
        identities(people, streams.seed, students.person, last, ("ssn_last4", "email")),
        world.faults,
    )
    write_table(
        folder / "persons",
        {
            "student_id": students.student_id,
            **{name: stored.text[name] for name in _NAMES},
            "birth_date": stored.birth,
            **{name: stored.text[name] for name in _REST},
            "ferpa_block": _yes(students.blocked),
        },
    )


def _yes(flags: Bools) -> Coded:
    return Coded(texts("NY"), flags.astype(np.int64))


def _write_spells(
    rng: np.random.Generator,
    folder: Path,
    student_id: Texts,
    spells: Spells,
    schools: Schools,
    world: EducationRegistry,
) -> None:
    school = spells.school
    cip = rng.integers(0, len(_CIPS), len(school))
    write_table(
        folder / "enrollments",
        {
            "student_id": Coded(student_id, spells.student),
            "opeid": Coded(schools.opeid, school),
            "institution": Coded(schools.name, school),
            "institution_state": Coded(texts(places().state_names), schools.state[school]),
            "sector": Coded(texts(schools.sector_names), schools.sector[school]),
            "credit": _yes(spells.credit),
            "degree_seeking": _yes(spells.seeking),
            "begin_date": spells.begin,
            "end_date": spells.end,
            "status": Coded(texts(_STATUS), pick(rng, list(_STATUS.values()), len(school))),
            "cip": Coded(texts(_CIPS), cip),
        },
    )
    final = np.flatnonzero(np.append(spells.student[1:] != spells.student[:-1], True) & spells.seeking)
    final = final[rng.random(len(final)) < world.degree]
    level = pick(rng, list(_DEGREES.values()), len(final))
    write_table(
        folder / "degrees",
        {
            "student_id": student_id[spells.student[final]],
            "opeid": schools.opeid[school[final]],
            "institution": schools.name[school[final]],
            "degree_date": spells.end[final] + np.timedelta64(10, "D"),
            "degree_title": texts(f"{name.title()} in Applied Studies" for name in _DEGREES)[level],
            "degree_level": texts(_DEGREES)[level],
            "cip": Coded(texts(_CIPS), cip[final]),
        },
    )
