"""The rows of the education registry beside those of its last version."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.education_registry.last_rows import compare_rows, explain_rows
from credential_pipeline.foundation.contracts.education_registry import SNAPSHOT
from credential_pipeline.foundation.names import SHARED
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.snapshots import Store

BEFORE = "SELECT * FROM previous_education_registry.row_counts ORDER BY ALL"
LESS = 'SELECT "table", rows AS before, 2 AS now FROM previous_education_registry.row_counts WHERE rows > 4'


def publish(con: Connection, store: Store, **rows: int) -> Path:
    """Publish a registry with so many rows of each table."""
    with store.stage(SNAPSHOT, SHARED) as staged:
        for table in SNAPSHOT:
            made = ", ".join(f"CAST(i AS {kind}) AS {name}" if kind == "VARCHAR" else f"CAST(NULL AS {kind}) AS {name}"
                             for name, kind in table.schema.items())  # fmt: skip
            con.execute(
                f"CREATE TABLE {SNAPSHOT.name}.{table.name} AS SELECT {made} FROM range({rows.get(table.name, 0)}) AS t(i)"
            )
        staged.write()
        version = staged.publish().version
    for table in SNAPSHOT:
        con.execute(f"DROP VIEW {SNAPSHOT.name}.{table.name}")
    return store.folder(SNAPSHOT, SHARED) / version


@pytest.mark.parametrize("accepted", [False, True])
def test_rows_are_held_against_the_last_version_until_a_person_says_that_fewer_are_right(
    tmp_path: Path, *, accepted: bool
) -> None:
    with connect(threads=1) as con:
        con.execute(f"CREATE SCHEMA {SNAPSHOT.name}")
        store = Store(tmp_path, lambda: nullcontext(con))
        compare_rows(con, store, accepted=accepted)
        assert con.execute(BEFORE).fetchall() == [], "nothing is compared with the first version"
        publish(con, store, persons=7, enrollments=1_200, degrees=4)
        compare_rows(con, store, accepted=accepted)
        found = con.execute(BEFORE).fetchall()
        said = explain_rows(con, LESS)
    assert found == ([] if accepted else [("degrees", 4), ("enrollments", 1_200), ("persons", 7)])
    assert said == (
        ""
        if accepted
        else "education: 2 enrollments where the last version has 1,200, 2 persons where the last version has 7."
        " Put the whole registry there; if it is right as it is, run again with --smaller-registry."
    )


def test_a_damaged_version_is_no_measure(tmp_path: Path) -> None:
    with connect(threads=1) as con:
        con.execute(f"CREATE SCHEMA {SNAPSHOT.name}")
        store = Store(tmp_path, lambda: nullcontext(con))
        (publish(con, store, persons=7) / "manifest.json").write_text("{")
        compare_rows(con, store, accepted=False)
        assert con.execute(BEFORE).fetchall() == []
