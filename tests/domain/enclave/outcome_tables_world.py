"""Tiny worlds for outcome_tables: a registry of two certifiers, tables from short rows, and what the tabulation makes of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from credential_pipeline.enclave.outcome_tables.cohorts import choose_units, first_awards, number_people
from credential_pipeline.enclave.outcome_tables.macros import macros
from credential_pipeline.enclave.outcome_tables.plan import Plan, plan_for
from credential_pipeline.enclave.outcome_tables.tabulation import tabulate
from credential_pipeline.foundation.contracts import person_keys, reference_population
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.registry.profiles import PROFILES
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation, scratch

Row = tuple[Any, ...]
KEYED = {
    "person_links": "person_key match_probability link_probability",
    "learners": "person_key birth_year sex race death_year",
    "degrees": "person_key degree_date degree_level",
    "credentials": "person_key certifier credential_code event result event_date training_setting provider_opeid",
    "unkeyed_credentials": "certifier credential_code event event_date provider_opeid",
    "enrollments": "person_key sector credit degree_seeking begin_date end_date opeid",
    "coverage": "reason learners",
}
REFERENCE = {
    "wages": "person_key year employer_id wages quarters",
    "employers": "employer_id naics state",
    "persons": "person_key birth_date sex race state ethnicity",
    "wage_states": "state agreement employers",
    "wage_file_years": "year fault",
}


@dataclass
class World:
    """Short rows of the input tables, in the order of KEYED and REFERENCE; coverage and links are made up if they are missing."""

    learners: list[Row] = field(default_factory=list)
    credentials: list[Row] = field(default_factory=list)
    enrollments: list[Row] = field(default_factory=list)
    wages: list[Row] = field(default_factory=list)
    employers: list[Row] = field(default_factory=list)
    coverage: list[Row] = field(default_factory=list)
    degrees: list[Row] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    persons: list[Row] = field(default_factory=list)
    person_links: list[Row] = field(default_factory=list)
    unkeyed_credentials: list[Row] = field(default_factory=list)
    wage_states: list[Row] = field(default_factory=list)
    wage_file_years: list[Row] = field(default_factory=list)

    def shuffled(self, seed: int) -> "World":
        """The same rows in another order."""
        rng = np.random.default_rng(seed)
        names = ("learners", "credentials", "enrollments", "wages", "employers", "coverage", "degrees", "persons")
        names = (*names, "person_links", "unkeyed_credentials", "wage_states", "wage_file_years")
        return World(
            states=self.states,
            **{name: [rows[i] for i in rng.permutation(len(rows))] for name in names for rows in [getattr(self, name)]},
        )


def award(key: str, certifier: str, code: str, day: str, setting: str | None = None, result: str | None = None) -> Row:
    """One award."""
    return (key, certifier, code, "award", result, day, setting)


def attempt(key: str, certifier: str, code: str, day: str, result: str | None = "fail") -> Row:
    """One sitting that led to no award."""
    return (key, certifier, code, "attempt", result, day, None)


def certifier(name: str, levels: dict[str, int], *, results: bool) -> Certifier:
    """A certifier whose feed has the required columns and, if results, a column for the result."""
    columns = {key: {"from": key} for key in ("record_id", "last_name", "credential_code", "event_date")}
    if results:
        columns["result"] = {"from": "result"}
    credentials = [{"code": code, "title": code, "level": level} for code, level in levels.items()]
    return Certifier.model_validate({"certifier": name, "name": name, "columns": columns, "credentials": credentials})


def registry(**industry: object) -> Registry:
    """Manufacturing with mssc (reports results; CPT is above its module CPT-SAF) and nims (reports none)."""
    settings = {"industry": "manufacturing", "name": "M", "naics": ("31", "32", "33"), "certifiers": ("mssc", "nims")}
    return Registry(
        industries={"manufacturing": Industry.model_validate(settings | industry)},
        certifiers={
            "mssc": certifier("mssc", {"CPT-SAF": 1, "CPT": 2}, results=True),
            "nims": certifier("nims", {"N1": 1, "N2": 3}, results=False),
        },
    )


def create_inputs(con: Connection, world: World) -> None:
    """Create the contract tables of both input snapshots; columns that the short rows lack are missing values."""
    made_up = {
        "coverage": world.coverage or [("reported", len(world.learners)), ("keyed", len(world.learners))],
        "person_links": world.person_links or [(row[0], 1.0, None) for row in world.learners],
    }
    for snapshot, tables in ((person_keys.SNAPSHOT, KEYED), (reference_population.SNAPSHOT, REFERENCE)):
        con.execute(f"CREATE SCHEMA {snapshot.name}")
        for name, given in tables.items():
            columns = ", ".join(f"{column} {kind}" for column, kind in snapshot.table(name).schema.items())
            con.execute(f"CREATE TABLE {snapshot.name}.{name} ({columns})")
            rows = made_up.get(name, getattr(world, name, []))
            names = given.split()
            picked = ", ".join(f"r[{place + 1}]" for place in range(len(names)))
            texts = [[None if value is None else str(value) for value in row] for row in rows]
            con.execute(
                f"INSERT INTO {snapshot.name}.{name} ({', '.join(names)}) "
                f"SELECT {picked} FROM (SELECT unnest(CAST(? AS VARCHAR[][])) AS r)",
                [texts],
            )
    con.execute(
        "UPDATE person_keys.credentials AS c SET age = year(event_date) - l.birth_year"
        " FROM person_keys.learners AS l WHERE l.person_key = c.person_key"
    )
    for key, state in world.states.items():
        con.execute("UPDATE person_keys.learners SET state = ? WHERE person_key = ?", [state, key])
    con.execute("CREATE SCHEMA outcome_tables")


@contextmanager
def working(world: World, **industry: object) -> Iterator[tuple[Scratch, Plan]]:
    """Room for single steps over the inputs of a world, with the macros, and the settings of the industry."""
    with opened(world) as con, macros(con), scratch(con) as work:
        yield work, settings(**industry)  # type: ignore[arg-type]


@contextmanager
def opened(world: World, threads: int = 1) -> Iterator[Connection]:
    """A connection with the inputs of a world."""
    with connect(memory_limit="1GB", threads=threads) as con:
        create_inputs(con, world)
        yield con


@dataclass(frozen=True)
class Result:
    """The five tables as lists of dicts in the order in which they were created, their types, and scratch that is left."""

    outcomes: list[dict[str, Any]]
    counts: list[dict[str, Any]]
    equations: list[dict[str, Any]]
    definitions: list[dict[str, Any]]
    wage_years: list[dict[str, Any]]
    trends_before: list[dict[str, Any]]
    types: dict[str, dict[str, str]]
    left_over: list[str]

    def cell(self, tail: str) -> dict[str, Any]:
        """The cell with the id ``manufacturing/<tail>``."""
        return next(row for row in self.outcomes if row["cell_id"] == f"manufacturing/{tail}")

    def value(self, tail: str) -> float | None:
        """The value of a cell."""
        return self.cell(tail)["value"]

    def count(self, count_id: str) -> int:
        """The value of a count."""
        return next(row["value"] for row in self.counts if row["count_id"] == count_id)


def left_over(con: Connection) -> list[str]:
    """What a connection holds beside the inputs and the outputs: tables and views elsewhere, and macros."""
    known = (person_keys.SNAPSHOT.name, reference_population.SNAPSHOT.name, "outcome_tables")
    tables = con.execute(
        "SELECT table_schema || '.' || table_name FROM information_schema.tables "
        "WHERE NOT list_contains(CAST(? AS VARCHAR[]), table_schema)",
        [list(known)],
    ).fetchall()
    macros = con.execute(
        "SELECT function_name FROM duckdb_functions() WHERE database_name = 'temp' AND NOT internal"
    ).fetchall()
    return sorted(name for (name,) in [*tables, *macros])


def rows_of(con: Connection, table: str | Relation) -> list[dict[str, Any]]:
    """All rows of a table as dicts."""
    found = con.execute(f"SELECT * FROM {table}")
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def settings(profile: str = "one-off", **industry: object) -> Plan:
    """The settings of a registry with some of the industry's changed; ``one-off`` leaves categories as they are."""
    known = registry(**industry)
    return plan_for(known.industry("manufacturing"), known).with_profile(PROFILES[profile])


def tabulated(
    world: World, threads: int = 1, profile: str = "one-off", earlier: Path | None = None, **industry: object
) -> Result:
    """Tabulate a world under a registry with some settings of the industry changed."""
    with opened(world, threads) as con:
        tabulate(con, settings(profile, **industry), earlier)
        names = ("outcomes", "counts", "equations", "definitions", "wage_years", "trends_before")
        described = {name: con.execute(f"DESCRIBE outcome_tables.{name}").fetchall() for name in names}
        return Result(
            *(rows_of(con, f"outcome_tables.{name}") for name in names),
            types={name: {row[0]: row[1] for row in rows} for name, rows in described.items()},
            left_over=left_over(con),
        )


def random_world(seed: int, size: int = 60) -> World:
    """A world with missing values, ties, deaths, uncovered years and people without wages, awards or enrollments."""
    rng = np.random.default_rng(seed)

    def pick(options: list[Any]) -> Any:
        return options[int(rng.integers(len(options)))]

    keys = [f"K{number:03}" for number in range(size)]
    world = World(employers=[("E1", "332710"), ("E2", "722511"), ("E3", None), ("E4", "621111"), ("E5", "99")])
    for key in keys:
        born, died = pick([None, 1950, 1975, 1988, 1995]), pick([None, None, None, 2013])
        world.learners.append((key, born, pick(["F", "M", None]), pick(["white", "black", "asian", ""]), died))
        for _ in range(int(rng.integers(0, 5))):
            body, code = pick([("mssc", "CPT-SAF"), ("mssc", "CPT"), ("nims", "N1"), ("nims", "N2")])
            day = f"{int(rng.integers(2004, 2020))}-{int(rng.integers(1, 13)):02}-15"
            result = pick(["pass", None]) if body == "mssc" else None
            world.credentials.append(award(key, body, code, day, pick(["credit", "noncredit", None]), result))
            if body == "mssc" and rng.random() < 0.5:
                world.credentials.append(attempt(key, body, code, day, pick(["fail", None, "pass"])))
            if rng.random() < 0.5:
                begin = f"{day[:4]}-01-10"
                world.enrollments.append(
                    (key, pick(["public_2yr", None]), pick([True, False]), pick([True, None]), begin, None)
                )
        years = [year for year in range(2003, 2021) if rng.random() < 0.6]
        jobs = {(key, year, pick(["E1", "E2", "E3", "E4", "E9"])) for year in years for _ in range(2)}
        world.wages += [(*job, float(pick([0, 100.1, 12345.67, 30000, 30000]))) for job in sorted(jobs)]
    add_persons(world, seed, 3 * size)
    world.coverage = [
        *(("opted_out", 5), ("ferpa_blocked", 3), ("no_person_key", 7), ("keyed", size + 2), ("reported", size + 17)),
    ]
    return world


def add_persons(world: World, seed: int, others: int) -> None:
    """The learners as reference persons, and others beside them who are as they are and work for the same employers."""
    rng = np.random.default_rng([seed, 1])
    for key, born, sex, race, _ in world.learners:
        world.persons.append((key, f"{born or 1980}-03-01", sex, race, "OH"))
    for number in range(others):
        key, born = f"O{number:03}", (1950, 1975, 1988, 1995)[int(rng.integers(4))]
        sex, race, state = (("F", "M", None), ("white", "black", ""), ("OH", "CA", None))
        picked = (options[int(rng.integers(len(options)))] for options in (sex, race, state))
        world.persons.append((key, f"{born}-03-01", *picked))
        amounts = ((year, float(rng.choice([0, 100.1, 12345.67, 30000, 30000]))) for year in range(2003, 2021))
        world.wages += [(key, year, f"E{rng.integers(1, 5)}", amount) for year, amount in amounts if amount]


def cohort(work: Scratch, plan: Plan) -> tuple[Relation, Relation, Relation]:
    """People, awards and units of the world of some work."""
    people = number_people(work, relation(work.con, "person_keys.learners"))
    awards = first_awards(work, relation(work.con, "person_keys.credentials"), people, plan)
    return people, awards, choose_units(work, awards, people, plan)
