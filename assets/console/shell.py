"""``shell``: DuckDB over the current versions of one side, read-only; a look at confidential ones is on record."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from assets import environment
from assets.console import access, grammar
from assets.console.status import find
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import HOPS, Side
from credential_pipeline.foundation.quoting import literal

if TYPE_CHECKING:
    from credential_pipeline.foundation.storage.engine import Connection


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    parser = grammar.command(
        commands,
        "shell",
        "DuckDB over the current versions of one side, read-only",
        "shell --side enclave < statements.sql",
        execute,
    )
    parser.add_argument(
        "--side",
        choices=[side.value for side in Side],
        default=Side.PUBLIC.value,
        help="whose tables (public); that somebody looked at confidential ones is written down",
    )


def execute(arguments: argparse.Namespace) -> int:
    """Read statements from the terminal or a pipe, one a line, and print their results; ``.quit`` or the end ends it."""
    from assets.console.engine import connect

    side = Side(arguments.side)
    with connect(side) as con:
        names = attach(con, side)
        access.record(side, "shell", names)
        con.execute("SET allowed_directories = ?", [[str(environment.side_home(side) / "store")]])
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
        print(f"Current versions of {side.value} as <industry>__<snapshot>.<table>; nothing can be changed here.")
        print("\n".join(f"  {name}" for name in names) or "  (nothing is published yet)")
        _loop(con)
    return 0


def attach(con: Connection, side: Side) -> list[str]:
    """Copy nothing: make every current table visible as a view; the names of the schemas."""
    schemas = []
    for industry in environment.registry().industry_names:
        for hop in (hop for hop, owner in HOPS.items() if owner == side):
            schema = f"{industry}__{hop}" if SNAPSHOTS[hop].partitioned else hop
            try:
                version = find(hop, industry)
                paths = {table.name: version.path(table.name) for table in version.snapshot} if version else {}
            except SafeError as error:
                print(f"  {schema} is left out: {error}")  # The others are what one wants to look at now.
                continue
            con.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
            for table, path in paths.items():
                con.execute(f'CREATE OR REPLACE VIEW "{schema}"."{table}" AS FROM read_parquet({literal(str(path))})')
            schemas += [schema] if paths else []
    return sorted(set(schemas))


def _loop(con: Connection) -> None:
    interactive = sys.stdin.isatty()
    while True:
        if interactive:
            print("duckdb> ", end="", flush=True)
        line = sys.stdin.readline()
        if not line or line.strip() in {".quit", ".exit", "quit", "exit"}:
            return
        if line.strip():
            print(_answer(con, line))


def _answer(con: Connection, statement: str) -> str:
    import duckdb

    try:
        return str(con.sql(statement) or "done")
    except duckdb.Error as error:
        return str(error)
