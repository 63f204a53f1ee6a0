"""Whether the registry still says who opted out (34 CFR 99.37): a blank, a cut file or a sudden fall is never a consent.

Not here: remembering those who opted out once (linked_records).
"""

import os
from collections.abc import Sequence
from pathlib import Path

from credential_pipeline.clearinghouse.last_whole import last_whole, note_loss
from credential_pipeline.clearinghouse.opt_outs.lists import Entry
from credential_pipeline.foundation.contracts.education_registry import SNAPSHOT
from credential_pipeline.foundation.drop_folder import CSV, files_of
from credential_pipeline.foundation.dropped_files import FILE, Drop
from credential_pipeline.foundation.dropped_text import cut
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.file_names import shown_file
from credential_pipeline.foundation.standard_form import yes
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.snapshots import Store

BEFORE = "previous_education_registry"
"""Schema of what the gate compares with: blocks, one row: persons, blocked and rescinded of the last whole version; not_compared,
what could not be."""


def refuse_cut(folder: Path, shown: str) -> None:
    """Refuse CSV files of the PDP that do not end in a line end: the last row, and whoever came after it, may be missing.

    Args:
        folder: Folder of a drop.
        shown: How messages name it.

    Raises:
        SafeError: E_DROP_CUT, naming the file.
    """
    for file in files_of(folder, shown, (CSV,)):
        with file.open("rb") as opened:
            opened.seek(max(0, os.fstat(opened.fileno()).st_size - 1))
            end = opened.read(1)
        if end not in (b"\n", b"\r"):
            raise cut(f"{shown}/{shown_file(file)}")


def refuse_undecided(con: Connection, drop: Drop) -> None:
    """Refuse a registry in which ferpa_block is blank or neither yes nor no for anybody.

    Args:
        con: Connection with education_registry.persons.
        drop: The drop of persons.

    Raises:
        SafeError: E_REGISTRY_NO_BLOCKS, naming the files and how many rows of each.
    """
    query = "SELECT count(*) FROM education_registry.persons WHERE ferpa_block IS NULL"
    if not con.execute(query).fetchall()[0][0]:
        return
    undecided = f"{yes(drop.text('ferpa_block'))} IS NULL"
    found = con.execute(
        f"SELECT {FILE}, count(*) FROM {drop.rows} WHERE {undecided} GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    named = ", ".join(f"{drop.files[number].shown}: {rows} rows" for number, rows in found)
    message = f"{named} have no ferpa_block or one that is neither Y nor N; a blank is no consent, write Y or N"
    raise SafeError("E_REGISTRY_NO_BLOCKS", message)


def compare_blocks(con: Connection, store: Store, rescinded: Sequence[Entry]) -> None:
    """Let the gate see how many students were blocked in the last whole version, and how many of them took it back since.

    Args:
        con: Connection in which the next version is built.
        store: Store of the hop's side.
        rescinded: What schools took back, by the steward's lists.
    """
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {BEFORE}")
    con.execute(f"CREATE OR REPLACE TABLE {BEFORE}.blocks (persons BIGINT, blocked BIGINT, rescinded BIGINT)")
    last = last_whole(store, SNAPSHOT, ("persons",))
    note_loss(con, BEFORE, "blocks", last)
    if last.version is None:
        return
    last.version.attach(con, f"{BEFORE}_version", ("persons",))
    con.execute(
        f"""
        INSERT INTO {BEFORE}.blocks
        SELECT count(*), count(*) FILTER (ferpa_block), count(*) FILTER (ferpa_block AND student_id IN (SELECT unnest($ids)))
        FROM {BEFORE}_version.persons
        """,
        {"ids": sorted({entry.student_id for entry in rescinded if entry.student_id}) or [""]},
    )


def explain_blocks(con: Connection) -> str:
    """A sentence on a fall of the blocks against the last version.

    Args:
        con: Connection with education_registry.persons and what :func:`compare_blocks` left.
    """
    before, now = con.execute(
        f"SELECT blocked, (SELECT count(*) FILTER (ferpa_block) FROM education_registry.persons) FROM {BEFORE}.blocks"
    ).fetchall()[0]
    return (
        f"education/persons: {now} students are blocked by ferpa_block, {before} were in the last version. Deliver the drop"
        " again with its blocks, or write into opt_outs/rescissions who took it back."
    )
