"""What a delivery says is heard in other industries as soon as it is cleaned, linked or not, and is no other word once it is linked."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.linked_records.elsewhere import attach_elsewhere
from credential_pipeline.clearinghouse.opted_out_elsewhere import attach_opted_out, heard_elsewhere
from credential_pipeline.foundation.contracts import cleaned_learners, linked_records
from credential_pipeline.foundation.contracts.table import Snapshot
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.snapshots import Store
from tests.domain.clearinghouse.opt_outs_world import NAMES, World, line, person, registry_of, run, student

WISH = {**person(2), "Stop": "Y", "First": "Mária", "Id": "R2b"}


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return registry_of(tmp_path_factory.mktemp("registry"))


@pytest.fixture
def con() -> Iterator[Connection]:
    with connect(threads=1) as con:
        yield con


def publish(store: Store, snapshot: Snapshot, made: Connection, industry: str) -> None:
    """Publish what a run made as another industry's."""
    with store.stage(snapshot, industry) as staged:
        for table in snapshot:
            path = store.root / f"{table.name}.parquet"
            made.execute(f"COPY {snapshot.name}.\"{table.name}\" TO '{path}' (FORMAT parquet)")
            staged.con.execute(f"CREATE TABLE {snapshot.name}.\"{table.name}\" AS FROM read_parquet('{path}')")
        staged.write()
        staged.publish()


def worlds() -> tuple[World, World]:
    """One industry's, in which a person asks for silence, and the other's, in which the same person says nothing."""
    asking, silent = (World(students=[student(number) for number in range(4)]) for _ in range(2))
    asking.deliver("a.csv", [line(person(7)), line(WISH)])
    silent.deliver("a.csv", [line(person(number)) for number in range(4)])
    return asking, silent


@pytest.fixture
def store(con: Connection, tmp_path: Path, registry: Registry) -> Store:
    """A store in which farming is cleaned and not linked; in the connection, its linkage is made."""
    asking, _ = worlds()
    run(con, tmp_path / "farming", registry, asking)
    store = Store(tmp_path / "store")
    publish(store, cleaned_learners.SNAPSHOT, con, "farming")
    return store


def test_a_delivery_is_heard_before_its_own_industry_is_linked(
    con: Connection, tmp_path: Path, registry: Registry, store: Store
) -> None:
    with connect(threads=1) as other:
        _, silent = worlds()
        assert NAMES[2].upper() in {name.upper() for name in run(other, tmp_path / "before", registry, silent)}
        heard = attach_elsewhere(other, store, "mining")
        assert len(heard) == 1
        after = run(other, tmp_path / "after", registry, silent)
        assert {name.upper() for name in after} == {NAMES[number].upper() for number in (0, 1, 3)}
        publish(store, linked_records.SNAPSHOT, con, "farming")
        assert attach_elsewhere(other, store, "mining") == heard
        assert attach_elsewhere(other, store, "farming") == []


def test_files_of_another_industry_hear_it_too_and_once(con: Connection, store: Store) -> None:
    with connect(threads=1) as other:
        attach_opted_out(other, store, "mining")
        heard = heard_elsewhere(other)
        said = "SELECT first_name, last_name FROM opted_out_elsewhere.statements"
        assert other.execute(said).fetchall() == [("MARIA", NAMES[2].upper())]
        publish(store, linked_records.SNAPSHOT, con, "farming")
        attach_opted_out(other, store, "mining")
        assert other.execute(said).fetchall() == [("MARIA", NAMES[2].upper())]
        assert set(heard) <= set(heard_elsewhere(other))


def test_what_was_taken_back_is_heard_again_when_a_later_delivery_says_it(con: Connection, store: Store) -> None:
    said = "SELECT count(*) FROM opted_out_elsewhere.statements"
    con.execute("UPDATE linked_records.blocks SET rescinded = DATE '2026-05-20'")
    publish(store, linked_records.SNAPSHOT, con, "farming")
    with connect(threads=1) as other:
        attach_opted_out(other, store, "mining")
        assert other.execute(said).fetchall() == [(0,)]
        con.execute("UPDATE cleaned_learners.blocks SET since = ?", [date(2026, 5, 21)])
        publish(store, cleaned_learners.SNAPSHOT, con, "farming")
        attach_opted_out(other, store, "mining")
        assert other.execute(said).fetchall() == [(1,)]


def test_cleaned_learners_that_cannot_be_read_are_refused_by_whoever_must_hear_them(
    con: Connection, store: Store
) -> None:
    store.current(cleaned_learners.SNAPSHOT, "farming").path("blocks").write_bytes(b"PAR1")
    for refused in (attach_elsewhere, attach_opted_out):
        with pytest.raises(SafeError) as caught:
            refused(con, store, "mining")
        assert caught.value.code == "E_STALE_BLOCKS"
        assert "run cleaned_learners of farming again" in caught.value.message
