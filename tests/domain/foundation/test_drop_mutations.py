"""Registry and reference files with random faults: refused in one line, or every row that was not touched is as it was.

The number of mutations is bounded; ``DROP_MUTATIONS`` gives another number, for a long night.
"""

import os
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from credential_pipeline.clearinghouse.education_registry.load import load_education_registry
from credential_pipeline.enclave.reference_population.load import load_reference_population
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection, connect
from tests.domain.drops import CANARY

COUNT = int(os.environ.get("DROP_MUTATIONS", "60"))
SEED = 7
Lines = list[bytes]

_BLANKS = "{id},Ann{id},,Canary{id},,,19{yy}-05-{dd},F,{last4},a{id}@b.org,{id} Elm St,Dayton,OH,45402,N"
EDUCATION = {
    "persons": (
        "student_id,first_name,middle_name,last_name,name_suffix,previous_last_name,birth_date,sex,ssn_last4,email,street,city,state,zip,ferpa_block",
        [_BLANKS.format(id=f"S{n}", yy=60 + n, dd=10 + n, last4=1000 + n * 37) for n in range(10)],
    ),
    "enrollments": (
        "student_id,opeid,institution,institution_state,sector,credit,degree_seeking,begin_date,end_date,status,cip",
        [f"S{n},00{n}100,College {n},OH,public_2yr,Y,Y,2010-08-{n + 10},2010-12-15,F,11.0101" for n in range(10)],
    ),
    "degrees": (
        "student_id,opeid,institution,degree_date,degree_title,degree_level,cip",
        [f"S{n},00{n}100,College {n},2012-05-{n + 10},AAS,associate,11.0101" for n in range(10)],
    ),
}
REFERENCE = {
    "persons": (
        "person_key,first_name,middle_name,last_name,alternate_last_name,birth_date,death_date,sex,race,ethnicity,street,city,state,zip",
        [f"K{n},Ann,,Canary{n},,19{60 + n}-05-01,,F,white,,{n} Elm St,Dayton,OH,45402" for n in range(10)],
    ),
    "employers": ("employer_id,naics,state", [f"E{n},33271{n},OH" for n in range(10)]),
    "wages_annual": ("person_key,year,employer_id,wages", [f"K{n},20{10 + n},E{n},{1000 + n}.25" for n in range(10)]),
}
KEYS = {"employers": "employer_id"}


@dataclass(frozen=True)
class World:
    """Files of one side, and what loads them."""

    schema: str
    files: Mapping[str, tuple[str, list[str]]]
    key: str
    load: Callable[[Connection, Path], object]

    def write(self, folder: Path) -> None:
        for name in self.files:
            (folder / name).mkdir(parents=True, exist_ok=True)
            (folder / name / "a.csv").write_bytes(b"".join(self.lines(name)))

    def lines(self, name: str) -> Lines:
        header, rows = self.files[name]
        return [f"{line}\n".encode() for line in (header, *rows)]

    def rows(self, con: Connection, name: str) -> dict[str, list[tuple[Any, ...]]]:
        """What was loaded, by its key."""
        table = "wages" if name == "wages_annual" else name
        key = KEYS.get(name, self.key)
        found = con.execute(
            f"SELECT {key}, COLUMNS(* EXCLUDE ({key})) FROM {self.schema}.{table} ORDER BY ALL"
        ).fetchall()
        made: dict[str, list[tuple[Any, ...]]] = {}
        for first, *rest in found:
            made.setdefault(first, []).append(tuple(rest))
        return made


WORLDS = {
    "education": World("education_registry", EDUCATION, "student_id", load_education_registry),
    "reference": World(
        "reference_population",
        REFERENCE,
        "person_key",
        lambda con, folder: load_reference_population(con, folder, {"OH": "A", "unknown": "A"}, 2026),
    ),
}


def _bytes_in(rng: random.Random, line: bytes) -> bytes:
    place = rng.randrange(len(line))
    what = rng.choice(
        [b'"', b"'", b",", b";", b"\t", b"\r", b"\n", b"\0", b"\xff", b"\xe2\x80\x8b", b"\\", b" ", b'""', b'",', b',"']
    )
    return line[:place] + what + line[place + rng.choice([0, 0, 1]) :]


def _cut(rng: random.Random, line: bytes) -> bytes:
    return line[: rng.randrange(len(line))] + rng.choice([b"", b"\n"])


def _cell(rng: random.Random, line: bytes) -> bytes:
    cells = line.rstrip(b"\n").split(b",")
    cells[rng.randrange(len(cells))] = rng.choice(
        [b"", CANARY.encode(), b"0", b"-1", b"1e400", b"20301301", b"05/01/1990", b"x" * 5000]
    )
    return b",".join(cells) + b"\n"


def _more(rng: random.Random, line: bytes) -> bytes:
    return rng.choice(
        [
            line + line,
            line.rstrip(b"\n") + b",\n",
            b"," + line,
            line + b"\n",
            line.upper(),
            line.replace(b",", b";"),
            b"",
        ]
    )


def mutate(rng: random.Random, lines: Lines) -> tuple[Lines, set[int]]:
    """Other lines, and the numbers of the rows that were touched; a row that lost its line end touches the next one, too."""
    changed, touched = list(lines), set()
    for _ in range(rng.choice([1, 1, 1, 2])):
        place = rng.randrange(len(lines))
        changed[place] = rng.choice([_bytes_in, _bytes_in, _cut, _cell, _more])(rng, lines[place])
        touched |= {place} if changed[place].endswith((b"\n", b"\r")) or not changed[place] else {place, place + 1}
    if rng.random() < 0.05:
        changed.insert(rng.randrange(1, len(changed)), lines[0])
    return changed, touched


def assert_quiet(refusal: SafeError, number: int) -> None:
    """One line, without a value."""
    told = str(refusal)
    assert "\n" not in told, number
    assert CANARY not in told, number
    assert "Canary" not in told, number
    assert refusal.__cause__ is None, number


@pytest.mark.parametrize("side", WORLDS)
def test_mutated_files_are_refused_or_leave_every_other_row_as_it_was(side: str, tmp_path: Path) -> None:
    world, rng = WORLDS[side], random.Random(SEED)
    read = refused = 0
    with connect(threads=1) as con:
        con.execute(f"CREATE SCHEMA {world.schema}")
        world.write(tmp_path)
        world.load(con, tmp_path)
        whole = {name: world.rows(con, name) for name in world.files}
        for number in range(COUNT):
            name = rng.choice(list(world.files))
            lines, touched = mutate(rng, world.lines(name))
            file = tmp_path / name / "a.csv"
            file.write_bytes(b"".join(lines))
            try:
                world.load(con, tmp_path)
            except SafeError as refusal:
                refused += 1
                assert_quiet(refusal, number)
            else:
                read += 1
                found = world.rows(con, name)
                for key, rows in whole[name].items():
                    place = int(key[1:]) + 1
                    assert place in touched or rows[0] in found.get(key, []), (
                        f"mutation {number} of {name} lost row {place}"
                    )
            file.write_bytes(b"".join(world.lines(name)))
    assert read > COUNT / 20
    assert refused > COUNT / 20
