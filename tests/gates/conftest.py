"""One good world per session; a test changes it in a transaction that is rolled back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from assets.hop import Hop, Step
from assets.materialize import materialize
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.contracts.table import Snapshot
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


@dataclass(frozen=True)
class Trial:
    """A hop over the good world, and where it is tried."""

    hop: Hop
    step: Step

    @property
    def store(self) -> Store:
        return self.step.side.store

    @property
    def snapshot(self) -> Snapshot:
        return self.hop.contract

    @property
    def partition(self) -> str:
        return self.step.partition

    def run(self):
        """What the step yields, one by one."""
        return materialize(self.hop, self.step, "run")


class WorldStore(Store):
    """Builds in the good world, and reads what was published in a connection of its own."""

    @contextmanager
    def read(self, *versions) -> Iterator[Connection]:
        with connect(threads=1) if versions else self.connect() as con:
            for version in versions:
                version.attach(con)
            yield con


@dataclass(frozen=True)
class Side:
    """What a hop needs of its side, without a registry."""

    root: Path
    store: Store


@pytest.fixture
def make_hop(tmp_path: Path, changed, monkeypatch):
    """A hop over the good world after some statements; its store lies in the test's own folder."""
    monkeypatch.setattr("assets.inputs.registry_digest", lambda hop, step: "")

    def make(suite: str, rules, *statements: str, partition: str = "manufacturing", inputs=None, **more) -> Trial:
        depends = {"statements": str(statements)} if inputs is None else inputs
        doing = {"build": lambda step, staged: None, "depends": lambda step: depends}
        hop = Hop(contract=SNAPSHOTS[suite], rules=rules, **(doing | more))
        side = Side(tmp_path / "home", WorldStore(tmp_path / "store", lambda: changed(*statements)))
        return Trial(hop, Step(side, partition))

    return make
