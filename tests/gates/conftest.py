"""One good world per session; a test changes it in a transaction that is rolled back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from checks import gate
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.snapshots import Store
from tests.gates import world


@pytest.fixture(scope="session")
def good() -> Iterator[Connection]:
    """Every table of every snapshot, with rows that keep every rule."""
    with connect(threads=1) as con:
        world.create(con)
        yield con


@pytest.fixture
def changed(good: Connection):
    """A connection to the good world after a statement; undone when the context ends."""

    @contextmanager
    def change(*statements: str) -> Iterator[Connection]:
        good.execute("BEGIN")
        try:
            for statement in statements:
                good.execute(statement)
            yield good
        finally:
            good.execute("ROLLBACK")

    return change


@pytest.fixture
def make_hop(tmp_path: Path, changed):
    """A hop over the good world after some statements; its store lies in the test's own folder."""

    def make(suite: str, rules, *statements: str, **more) -> gate.Hop:
        facts = {
            "store": Store(tmp_path / "store", lambda: changed(*statements)),
            "snapshot": SNAPSHOTS[suite],
            "partition": "manufacturing",
            "reads": (),
            "inputs": {"statements": str(statements)},
            "run_id": "run",
            "rules": rules,
            "home": tmp_path / "home",
            "build": lambda staged: None,
        }
        return gate.Hop(**(facts | more))

    return make
