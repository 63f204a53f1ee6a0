"""Versions of two small tables for the tests of storage: built, published, made old, changed by hand.

Not the fixture (conftest.py), and nothing that is asserted.
"""

import json
import os
import time

from credential_pipeline.foundation.contracts.table import Column, Snapshot, Table
from credential_pipeline.foundation.names import Sensitivity, Side
from credential_pipeline.foundation.storage.manifest import digest

IT = "it"
SNAPSHOT = Snapshot(
    name="sample",
    side=Side.CLEARINGHOUSE,
    description="Two tables.",
    tables=(
        Table(
            name="people",
            description="Unique by id.",
            key=("id",),
            sensitivity=Sensitivity.PUBLIC,
            columns=(Column("id", "VARCHAR", "Id."), Column("n", "INTEGER", "Number.")),
        ),
        Table(
            name="events",
            description="Several rows a key.",
            key=("id",),
            sensitivity=Sensitivity.PUBLIC,
            unique=False,
            columns=(Column("id", "VARCHAR", "Id."), Column("note", "VARCHAR", "Text."), Column("at", "DATE", "Day.")),
        ),
    ),
)


def build(con, offset=0, rows=200, order="id"):
    """Two tables whose content depends on the offset; the order of their rows must not matter."""
    con.execute(f"""
        CREATE TABLE sample.people AS
        SELECT CAST(i AS VARCHAR) AS id, CAST(i + {offset} AS INTEGER) AS n FROM range({rows}) AS t(i) ORDER BY {order}""")
    con.execute(f"""
        CREATE TABLE sample.events AS
        SELECT CAST(i % 50 AS VARCHAR) AS id, 'note ' || i AS note, DATE '2020-01-01' + CAST(i % 9 AS INTEGER) AS at
        FROM range({rows}) AS t(i) ORDER BY {order}""")


def publish(store, offset=0, **more):
    with store.stage(SNAPSHOT, IT, inputs={"offset": str(offset)}, run_id=f"run{offset}") as staged:
        build(staged.con, offset, **more)
        staged.write()
        return staged.publish()


def folders(store):
    return sorted(path.name for path in store.folder(SNAPSHOT, IT).iterdir() if path.is_dir())


def make_old(path, seconds):
    then = time.time() - seconds
    os.utime(path, (then, then))


def rewrite(store, **changes):
    """Change the current manifest, as a program would that wrote it so; a value of None removes the field."""
    path = store.current(SNAPSHOT, IT).folder / "manifest.json"
    facts = json.loads(path.read_text()) | changes
    facts = {name: value for name, value in facts.items() if value is not None}
    if "digest" in facts:
        facts["digest"] = digest(facts)
    path.write_text(json.dumps(facts))
