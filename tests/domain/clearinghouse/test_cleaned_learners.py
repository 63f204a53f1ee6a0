"""Cleaning: the four dialects of the built-in certifiers end in one form, and no row gets lost."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from credential_pipeline.clearinghouse.cleaned_learners.clean import clean
from credential_pipeline.clearinghouse.raw_feeds.read import read_feeds
from credential_pipeline.foundation.contracts.cleaned_learners import SNAPSHOT
from credential_pipeline.foundation.registry.load import Registry, load_registry
from credential_pipeline.foundation.storage.engine import Connection, connect

FEEDS: dict[str, list[dict[str, str]]] = yaml.load(
    Path(__file__).with_name("cleaned_learners_feeds.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)
INDUSTRY = {"mssc": "manufacturing", "nims": "manufacturing", "nha": "healthcare", "ptcb": "healthcare"}


def write_feeds(registry: Registry, inbox: Path, *, reverse: bool = False) -> None:
    """Write each certifier's rows of the YAML table in that certifier's own layout."""
    for name, industry in INDUSTRY.items():
        certifier = registry.certifier(name)
        header = [*certifier.source_columns, *certifier.ignored]
        rows = [[row["feed"].get(column, "") for column in header] for row in FEEDS[name]]
        text = "".join(
            certifier.feed.delimiter.join(f'"{value}"' if certifier.feed.delimiter in value else value for value in row)
            + "\n"
            for row in [header, *(reversed(rows) if reverse else rows)]
        )
        (inbox / industry / name).mkdir(parents=True)
        (inbox / industry / name / "a.csv").write_bytes(text.encode(certifier.feed.encoding))


def run(tmp_path: Path, industry: str, con: Connection, *, reverse: bool = False) -> None:
    registry = load_registry()
    write_feeds(registry, tmp_path / "inbox", reverse=reverse)
    con.execute("CREATE SCHEMA raw_feeds")
    con.execute("CREATE SCHEMA cleaned_learners")
    read_feeds(con, tmp_path / "inbox", industry, registry)
    assert con.execute("SELECT reason_code, line FROM raw_feeds.quarantine").fetchall() == []
    clean(con, industry, registry)


@pytest.fixture
def con() -> Iterator[Connection]:
    with connect(threads=1) as opened:
        yield opened


def query(con: Connection, sql: str) -> list[dict[str, Any]]:
    answer = con.execute(sql)
    names = [column[0] for column in answer.description]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


@pytest.mark.parametrize("industry", ["manufacturing", "healthcare"])
def test_dirty_rows_become_clean_rows(tmp_path: Path, con: Connection, industry: str) -> None:
    run(tmp_path, industry, con)
    rows = query(con, "SELECT * FROM cleaned_learners.credentials JOIN cleaned_learners.profiles USING (profile_id)")
    found = {(row["certifier"], row["record_id"]): row for row in rows}
    for certifier in (name for name, place in INDUSTRY.items() if place == industry):
        for number, table in enumerate(FEEDS[certifier]):
            row = found[certifier, table["record_id"]]
            shown = {
                key: "~" if row[key] is None else str(row[key]).lower() if key == "blocked" else str(row[key])
                for key in table["clean"]
            }
            assert shown == table["clean"], (certifier, number)
    assert len(found) == sum(len(FEEDS[name]) for name, place in INDUSTRY.items() if place == industry)
    for table in SNAPSHOT:
        columns = con.execute(f"DESCRIBE cleaned_learners.{table.name}").fetchall()
        assert {column[0]: column[1] for column in columns} == table.schema


def test_equal_identities_are_one_profile(tmp_path: Path, con: Connection) -> None:
    run(tmp_path, "manufacturing", con)
    profiles = query(con, "SELECT * FROM cleaned_learners.profiles WHERE certifier = 'mssc' AND person_ref = 'C1'")
    assert [profile["records"] for profile in profiles] == [2]
    assert all(len(profile["profile_id"]) == 17 and profile["profile_id"][0] == "P" for profile in profiles)
    total = query(con, "SELECT sum(records) AS n FROM cleaned_learners.profiles")[0]["n"]
    assert total == len(FEEDS["mssc"]) + len(FEEDS["nims"])


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    results = []
    for reverse in (False, True):
        with connect(threads=1 + reverse) as con:
            run(tmp_path / str(reverse), "manufacturing", con, reverse=reverse)
            results.append(
                (
                    con.execute("SELECT * FROM cleaned_learners.profiles ORDER BY ALL").fetchall(),
                    con.execute("SELECT * FROM cleaned_learners.credentials ORDER BY ALL").fetchall(),
                )
            )
    assert results[0] == results[1]


def acme(folder: Path, columns: dict[str, object]) -> Registry:
    fields = {"record_id": {"from": "Id"}, "last_name": {"from": "Name"}, "credential_code": {"from": "Code"}}
    content = {"certifier": "acme", "name": "A", "columns": {**fields, "event_date": {"from": "Day"}, **columns}}
    industry = {"industry": "mining", "name": "M", "naics": ["21"], "certifiers": ["acme"]}
    for kind, name, words in (("certifiers", "acme", content), ("industries", "mining", industry)):
        (folder / kind).mkdir(parents=True)
        (folder / kind / f"{name}.yml").write_text(yaml.safe_dump(words), encoding="utf-8")
    return load_registry(folder)


def records(con: Connection, *rows: dict[str, str]) -> None:
    con.execute("CREATE SCHEMA raw_feeds")
    con.execute("CREATE SCHEMA cleaned_learners")
    con.execute(
        "CREATE TABLE raw_feeds.records "
        "(certifier VARCHAR, delivery VARCHAR, line INTEGER, record_id VARCHAR, source MAP(VARCHAR, VARCHAR))"
    )
    con.execute(
        "CREATE TABLE raw_feeds.blocked_rows (certifier VARCHAR, delivery VARCHAR, line INTEGER, reason_code VARCHAR,"
        " since DATE, source MAP(VARCHAR, VARCHAR))"
    )
    for number, row in enumerate(rows):
        source = {"Id": str(number), "Name": "Smith", "Code": "X", "Day": "2012-03-14", **row}
        con.execute(
            "INSERT INTO raw_feeds.records VALUES ('acme', 'a.csv', ?, ?, map(?::VARCHAR[], ?::VARCHAR[]))",
            [number, str(number), list(source), list(source.values())],
        )


@pytest.mark.parametrize(
    ("recipe", "blocked"),
    [
        ([], {"Y": True, "N": False, "no": False, "": False, " ": False, "perhaps": True, "0": False}),
        ([{"map": {"X": "Y"}}], {"X": True, "Z": True, "": False}),
        ([{"map": {"01": "N", "*": "Y"}}], {"01": False, "02": True, "": False}),
    ],
)
def test_an_unknown_mark_blocks(
    tmp_path: Path, con: Connection, recipe: list[object], blocked: dict[str, bool]
) -> None:
    registry = acme(tmp_path, {"block_flag": {"from": "Flag", "recipe": recipe}})
    records(con, *({"Flag": mark} for mark in blocked))
    clean(con, "mining", registry)
    rows = query(con, "SELECT blocked FROM cleaned_learners.credentials ORDER BY record_id")
    assert [row["blocked"] for row in rows] == list(blocked.values())


def test_a_feed_with_the_required_fields_alone(tmp_path: Path, con: Connection) -> None:
    registry = acme(tmp_path, {})
    records(con, {}, {"Name": "UNKNOWN"})
    clean(con, "mining", registry)
    rows = query(con, "SELECT * FROM cleaned_learners.credentials ORDER BY record_id")
    assert rows[0] == {
        **dict.fromkeys(rows[0]),
        "certifier": "acme",
        "record_id": "0",
        "delivery": "a.csv",
        "profile_id": rows[0]["profile_id"],
        "credential_code": "X",
        "event": "award",
        "event_date": date(2012, 3, 14),
        "blocked": False,
    }
    names = query(con, "SELECT last_name FROM cleaned_learners.profiles ORDER BY ALL")
    assert [row["last_name"] for row in names] == ["SMITH", None]


def test_an_award_that_was_failed_is_an_attempt(tmp_path: Path, con: Connection) -> None:
    registry = acme(tmp_path, {"result": {"from": "R"}, "event": {"from": "E"}})
    cases = {("", "fail"): "attempt", ("", "pass"): "award", ("award", "Fail"): "attempt", ("renewal", ""): "renewal"}
    records(con, *({"E": event, "R": result} for event, result in cases))
    clean(con, "mining", registry)
    rows = query(con, "SELECT event FROM cleaned_learners.credentials ORDER BY record_id")
    assert [row["event"] for row in rows] == list(cases.values())
