"""A certifier with a few people, a small registry, and the hops from deliveries to extract, run one after the other."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import yaml

from credential_pipeline.clearinghouse.census_extract.build import build
from credential_pipeline.clearinghouse.census_extract.tokens import TokenKey
from credential_pipeline.clearinghouse.cleaned_learners.clean import clean
from credential_pipeline.clearinghouse.education_registry.load import load_education_registry
from credential_pipeline.clearinghouse.linked_records.block_memory import BEFORE
from credential_pipeline.clearinghouse.linked_records.learner_ids import PREVIOUS, REMEMBERED
from credential_pipeline.clearinghouse.linked_records.link import link
from credential_pipeline.clearinghouse.opt_outs.lists import COLUMNS, RESCISSION_COLUMNS, read_opt_outs
from credential_pipeline.clearinghouse.raw_feeds.blocked import date_blocks
from credential_pipeline.clearinghouse.raw_feeds.read import read_feeds
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.contracts.census_extract import SNAPSHOT
from credential_pipeline.foundation.registry.load import Registry, load_registry
from credential_pipeline.foundation.storage.engine import Connection
from tests.domain.drops import write
from tests.domain.engines.handover_world import AGREEMENT

HEADER = ("Id", "Person", "First", "Last", "Born", "Code", "Day", "Zip", "Stop")
NAMES = ("Abernathy", "Brannigan", "Castellano", "Dombrowski", "Eastwick", "Fitzroy", "Galloway", "Hathaway", "Ivanov")
NAMES += ("Jablonski", "Kowalczyk", "Lindqvist", "Montague", "Novakova", "Oppenheim", "Pemberton", "Quartermain")
TODAY = date(2026, 6, 1)
_SNAPSHOTS = ("raw_feeds", "cleaned_learners", "education_registry", "linked_records", "census_extract")
_COLUMNS = {table.name: table.column_names for table in SNAPSHOTS["education_registry"]}
Row = Mapping[str, str]


def registry_of(folder: Path) -> Registry:
    """The industry ``mining`` with the certifier ``acme``."""
    columns: dict[str, object] = {
        "record_id": {"from": "Id"},
        "person_ref": {"from": "Person"},
        "first_name": {"from": "First"},
        "last_name": {"from": "Last"},
        "birth_date": {"from": "Born", "recipe": [{"parse_date": "%Y-%m-%d"}]},
        "credential_code": {"from": "Code"},
        "event_date": {"from": "Day", "recipe": [{"parse_date": "%Y-%m-%d"}]},
        "zip": {"from": "Zip"},
        "block_flag": {"from": "Stop", "recipe": [{"map": {"Y": "Y", "N": "N", "*": "Y"}}]},
    }
    certifier = {"certifier": "acme", "name": "A", "columns": columns, "credentials": [{"code": "X", "title": "X"}]}
    agreement = AGREEMENT.model_dump(mode="json", exclude_none=True, exclude={"release"}) | {"id": "ore"}
    industry = {"industry": "mining", "name": "M", "naics": ["21"], "certifiers": ["acme"], "agreement": "ore"}
    files = (("agreements", "ore", agreement), ("certifiers", "acme", certifier), ("industries", "mining", industry))
    for kind, name, words in files:
        (folder / kind).mkdir(parents=True)
        (folder / kind / f"{name}.yml").write_text(yaml.safe_dump(words), encoding="utf-8")
    return load_registry(folder)


def person(number: int) -> dict[str, str]:
    """A feed row of one person, who shares nothing with any other."""
    born = f"{1970 + number}-{1 + number % 12:02}-{3 + number:02}"
    return dict(
        zip(
            HEADER,
            (f"R{number}", f"C{number}", "Maria", NAMES[number], born, "X", "2015-03-14", f"45{number:03}", "N"),
            strict=True,
        )
    )


def student(number: int, **other: str) -> dict[str, str]:
    """The same person in the registry."""
    row = person(number)
    same = {"first_name": row["First"], "last_name": row["Last"], "birth_date": row["Born"], "zip": row["Zip"]}
    return {"student_id": f"S{number}", "ferpa_block": "N", **same, **other}


def line(row: Row) -> str:
    """A row as the file has it."""
    return ",".join(row[name] for name in HEADER)


@dataclass
class World:
    """What lies in the clearinghouse's folders.

    Attributes:
        deliveries: File name -> text of the file.
        students: Rows of the registry's persons.
        entries: Rows of the list of opt-outs.
        rescissions: Rows of the list of rescissions.
        received: Day on which a delivery came; the first of May where it is not said.
    """

    deliveries: dict[str, str] = field(default_factory=dict)
    students: list[dict[str, str]] = field(default_factory=list)
    entries: list[Row] = field(default_factory=list)
    rescissions: list[Row] = field(default_factory=list)
    received: dict[str, date] = field(default_factory=dict)

    def deliver(self, name: str, lines: Sequence[str], end: str = "\n") -> None:
        self.deliveries[name] = "\n".join([",".join(HEADER), *lines]) + end


def write_list(folder: Path, rows: Sequence[Row], columns: Sequence[str]) -> None:
    """One file of a steward's list; what a row does not name is blank."""
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(",".join(row.get(name, "") for name in columns) + "\n" for row in rows)
    (folder / "list.csv").write_text(",".join(columns) + "\n" + text, encoding="utf-8")


def run(con: Connection, home: Path, registry: Registry, world: World) -> set[str]:
    """Run the hops over a world and give the family names in the extract; what an earlier run remembered is inherited.

    Args:
        con: A connection, the same for runs that follow one another.
        home: An empty folder.
        registry: As :func:`registry_of` makes it.
        world: What lies there.
    """
    _remember(con)
    inbox = home / "inbox" / "mining" / "acme"
    inbox.mkdir(parents=True)
    for place, (name, text) in enumerate(world.deliveries.items()):
        (inbox / name).write_text(text, encoding="utf-8")
        # One after the other, as they were delivered: what comes at once contradicts itself.
        os.utime(inbox / name, (1_600_000_000 + 60 * place,) * 2)
    write(home / "education", "persons", world.students, _COLUMNS["persons"])
    for name in ("enrollments", "degrees"):
        write(home / "education", name, [], _COLUMNS[name])
    if world.entries:
        write_list(home / "opt_outs", world.entries, COLUMNS)
    if world.rescissions:
        write_list(home / "opt_outs" / "rescissions", world.rescissions, RESCISSION_COLUMNS)
    read_feeds(con, home / "inbox", "mining", registry, today=TODAY)
    days = con.execute("SELECT sha256, delivery FROM raw_feeds.deliveries").fetchall()
    date_blocks(con, {sha: _moment(world.received.get(name, date(2026, 5, 1))) for sha, name in days})
    clean(con, "mining", registry)
    load_education_registry(con, home / "education")
    industry = registry.industry("mining")
    link(con, industry, opt_outs=read_opt_outs(home), today=TODAY)
    build(con, industry, TODAY, TokenKey(b"\x07" * 32, AGREEMENT.recipient))
    return {name.title() for (name,) in con.execute("SELECT last_name FROM census_extract.learners").fetchall()}


def counted(con: Connection) -> dict[str, int]:
    """The coverage of the extract."""
    return dict(con.execute("SELECT reason, learners FROM census_extract.coverage").fetchall())


def _moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _remember(con: Connection) -> None:
    """Hand the last run's memory on as the store would, and clear the rest."""
    for schema in _SNAPSHOTS:
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    there = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'linked_records' AND table_name = 'blocks'"
    if not con.execute(there).fetchall()[0][0]:
        return
    for schema, names in ((PREVIOUS, REMEMBERED), (BEFORE, ("block_statements",))):
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        for name in names:
            con.execute(f"CREATE OR REPLACE TABLE {schema}.{name} AS FROM linked_records.{name}")
    for table in SNAPSHOT:
        con.execute(f"DROP TABLE IF EXISTS census_extract.{table.name}")
