"""Every hop and every gate fails once over data that name somebody, through the command line, and says the name to nobody.

The name may stand in the store of the side, where the failing test put it, and in the locked log; nowhere else.
"""

import json
import re
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from credential_pipeline.foundation.names import HOPS, Side
from tests.boundary.failing import STEM, Case, cases, fail_everywhere
from tests.boundary.search import occurrences
from tests.pipeline.conftest import SERVER

CASES = cases()
_SECONDS = 300.0
_WORD = re.compile(STEM.encode() + rb"[A-Z]{2}", re.IGNORECASE)
_LOCKED = "home/*/vault.log"
_TABLES = "home/*/store/**/*.parquet"


@pytest.fixture(scope="module")
def failed(tmp_path_factory) -> Path:
    """The folder in which everything has failed."""
    folder = tmp_path_factory.mktemp("failing")
    process = SERVER.Process(target=fail_everywhere, args=(folder,))
    process.start()
    process.join(_SECONDS)
    if process.is_alive():
        process.kill()
        process.join()
    assert process.exitcode == 0
    return folder


@pytest.fixture(scope="module")
def said(failed) -> dict[str, set[str]]:
    """Where the names stand but must not."""
    return occurrences(failed, _WORD, (_LOCKED, _TABLES))


def test_the_search_finds_what_is_packed(tmp_path):
    """In a file's name, in Parquet, in a row of SQLite, in a packed value of it; not in what is allowed."""
    name = STEM + "ZZ"
    (tmp_path / f"{name.title()}.txt").touch()
    duckdb.execute(f"COPY (SELECT repeat('a', 99) || '{name}' AS text) TO '{tmp_path / 'a.parquet'}' (FORMAT parquet)")
    with closing(sqlite3.connect(tmp_path / "b.db")) as con:
        con.execute("CREATE TABLE t (packed BLOB)")
        con.execute("INSERT INTO t VALUES (?)", [zlib.compress(name.encode())])
        con.commit()
    (tmp_path / "vault.log").write_text(name)
    found = occurrences(tmp_path, _WORD, ("vault.*",))
    assert found == {place: {name} for place in (f"{name.title()}.txt", "a.parquet", "b.db")}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_failure_names_nobody(case: Case, failed, said):
    assert [place for place, names in said.items() if case.name in names] == []
    told = (failed / "printed" / f"{case.turn}-{HOPS[case.hop].value}.err").read_text().splitlines()
    (line,) = [line for line in told if f" {case.hop}: " in line]
    assert line.startswith("refused: ")
    assert case.code in line


def test_every_command_said_that_it_failed(failed):
    codes = json.loads((failed / "codes.json").read_text())
    assert set(codes.values()) == {1}
    assert len(codes) == len({(case.turn, HOPS[case.hop]) for case in CASES})


def test_every_failure_had_something_to_hide(failed):
    """The exceptions held their names, and the tables of the refused versions theirs."""
    locked = "".join(path.read_text().upper() for path in failed.glob(_LOCKED))
    assert [str(case) for case in CASES if case.code == "E_UNEXPECTED" and case.name not in locked] == []
    refused = occurrences(failed / "home", _WORD, ("*/vault.log",))
    kept = {name for place, names in refused.items() if ".attempt" in place for name in names}
    assert {case.name for case in CASES if case.way == "red_gate"} <= kept


def test_what_may_hold_names_is_locked(failed):
    logs = list(failed.glob(_LOCKED))
    assert len(logs) == len(Side)
    for path in [*logs, *failed.glob(_TABLES)]:
        assert path.stat().st_mode & 0o077 == 0, path
