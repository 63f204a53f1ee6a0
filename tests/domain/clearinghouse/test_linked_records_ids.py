"""Learner ids persist: whatever happens to rows and clusters, ids follow the rows and the ledger explains the change."""

import hashlib
import json
import logging
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credential_pipeline.clearinghouse.linked_records.learner_ids import (
    PREVIOUS,
    REMEMBERED,
    assign_ids,
    attach_last,
)
from credential_pipeline.clearinghouse.linked_records.learner_ledger import write_ledger
from credential_pipeline.foundation.contracts.linked_records import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.manifest import TableFile, content_version
from credential_pipeline.foundation.storage.relation import scratch
from credential_pipeline.foundation.storage.snapshots import Store

TABLES = ("learner_events", "learner_redirects", "record_ids")
Row = tuple[str, str]
Clusters = Mapping[Row, str]
"""Row -> label of its cluster; labels mean nothing from one run to the next."""


@dataclass(frozen=True)
class State:
    """What one run published."""

    ids: dict[Row, str]
    remembered: dict[Row, str]
    events: list[tuple]
    redirects: dict[str, str | None]

    @property
    def revision(self) -> int:
        return max((event[0] for event in self.events), default=0)

    def of(self, revision: int) -> set[tuple]:
        """The events of one revision: event, learner, other, rows."""
        return {
            (event, learner, other, rows) for number, learner, event, other, rows in self.events if number == revision
        }


@pytest.fixture(scope="module")
def con() -> Iterator[Connection]:
    with connect(threads=1) as connection:
        connection.execute("CREATE SCHEMA linked_records")
        yield connection


def forget(con: Connection) -> None:
    con.execute(f"DROP SCHEMA IF EXISTS {PREVIOUS} CASCADE")


def step(con: Connection, clusters: Clusters, order: Sequence[Row] | None = None, *, publish: bool = True) -> State:
    """Run once and, if it is published, let the next run inherit."""
    rows = list(order or clusters)
    kinds = dict.fromkeys(("certifier", "record_id", "person"), "VARCHAR")
    with scratch(con) as work:
        ids = assign_ids(work, work.rows("rows", kinds, [(*row, clusters[row]) for row in rows]))
        write_ledger(work, ids)
        given_out = dict(con.execute(f"SELECT person, learner_id FROM {ids.given}").fetchall())
    for name in TABLES:
        made = con.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = 'linked_records' AND table_name = ?",
            [name],
        ).fetchall()
        assert dict(made) == SNAPSHOT.table(name).schema
    memory = con.execute("FROM linked_records.record_ids").fetchall()
    assert len({row[:2] for row in memory}) == len(memory)
    state = State(
        ids={(certifier, record): learner for certifier, record, learner, present in memory if present},
        remembered={(certifier, record): learner for certifier, record, learner, _ in memory},
        events=con.execute("FROM linked_records.learner_events").fetchall(),
        redirects={old: new for old, new, _ in con.execute("FROM linked_records.learner_redirects").fetchall()},
    )
    assert {row: given_out[person] for row, person in clusters.items()} == state.ids
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {PREVIOUS}")
    for name in REMEMBERED if publish else ():
        con.execute(f"CREATE OR REPLACE TABLE {PREVIOUS}.{name} AS FROM linked_records.{name}")
    return state


def history(con: Connection, *sequence: Clusters) -> list[State]:
    forget(con)
    return [step(con, clusters) for clusters in sequence]


def put(**clusters: str) -> dict[Row, str]:
    """Clusters of one certifier by label, rows separated by spaces."""
    return {("mssc", record): label for label, records in clusters.items() for record in records.split()}


def hashed(record: str, salt: str = "") -> str:
    return "L" + hashlib.md5(f"mssc|{record}{salt}".encode(), usedforsecurity=False).hexdigest()[:16]


def replay(events: Sequence[tuple], until: int) -> dict[str, int]:
    """Rows per living id, from the events alone."""
    rows: Counter[str] = Counter()
    for revision, learner, event, other, records in events:
        if revision > until:
            continue
        rows[learner] += -records if event in {"left", "retired", "merged"} else records
        if event in {"split", "merged"}:
            rows[other] += records if event == "merged" else -records
    assert min(rows.values(), default=0) >= 0
    return {learner: count for learner, count in rows.items() if count}


def test_the_first_run_hashes_the_smallest_row(con):
    (first,) = history(con, put(x="b a c", y="d"))
    assert first.ids == {("mssc", r): hashed("a") for r in "abc"} | {("mssc", "d"): hashed("d")}
    assert first.events == sorted([(1, hashed("a"), "born", None, 3), (1, hashed("d"), "born", None, 1)])
    assert first.redirects == {}


def test_nothing_new_is_no_revision(con):
    first, again = history(con, put(x="a b", y="c"), put(p="c", q="b a"))
    assert again == first


def test_a_smaller_new_row_does_not_rename(con):
    _, second = history(con, put(x="b"), put(x="a b", y="c"))
    assert set(second.ids.values()) == {hashed("b"), hashed("c")}
    assert second.of(2) == {("joined", hashed("b"), None, 1), ("born", hashed("c"), None, 1)}


def test_merged_ids_redirect_over_later_mergers(con):
    _, second, third = history(
        con, put(x="a b c", y="d e", z="f g h i"), put(x="a b c d e", z="f g h i"), put(z="a b c d e f g h i")
    )
    assert second.of(2) == {("merged", hashed("d"), hashed("a"), 2)}
    assert second.redirects == {hashed("d"): hashed("a")}
    assert third.of(3) == {("merged", hashed("a"), hashed("f"), 5)} or third.of(3) == {
        ("merged", hashed("f"), hashed("a"), 4)
    }
    (living,) = set(third.ids.values())
    assert living == hashed("a")
    assert third.redirects == {hashed("d"): living, hashed("f"): living}


def test_the_larger_part_keeps_the_id_and_the_smaller_is_split_off(con):
    _, second = history(con, put(x="a b c"), put(x="a", y="b c"))
    assert second.ids[("mssc", "b")] == hashed("a")
    # The hash of the smallest row is somebody's id, so the part that leaves takes a salted one.
    assert second.ids[("mssc", "a")] == hashed("a", "#1")
    assert second.of(2) == {("split", hashed("a", "#1"), hashed("a"), 1)}


def test_an_id_is_never_given_out_again(con):
    apart, together = put(x="a", y="b"), put(x="a b")
    states = history(con, apart, together, apart, together, apart)
    given_out = [learner for _, learner, event, _, _ in states[-1].events if event in {"born", "split"}]
    assert len(set(given_out)) == len(given_out) == 4
    # Whoever the merged learner was named after keeps the name when the two part again.
    kept, owner = min((hashed(record), record) for record in "ab")
    assert set(states[1].ids.values()) == {kept}
    assert [state.ids[("mssc", owner)] for state in states] == [kept] * 5


def test_rows_that_vanish_retire_an_id_and_bring_it_back(con):
    _, second, third = history(con, put(x="a b", y="c"), put(y="c"), put(x="a b", y="c"))
    assert second.of(2) == {("retired", hashed("a"), None, 2)}
    assert second.redirects == {hashed("a"): None}
    assert third.of(3) == {("returned", hashed("a"), None, 2)}
    assert third.redirects == {}
    assert third.ids[("mssc", "a")] == hashed("a")


def test_a_retired_id_takes_its_redirects_along(con):
    states = history(con, put(x="a b", y="c", z="d"), put(x="a b c", z="d"), put(z="d"), put(x="a", z="d"))
    assert [state.redirects.get(hashed("c"), "alive") for state in states] == ["alive", hashed("a"), None, hashed("a")]


def test_rows_lost_by_a_living_learner_are_in_the_ledger(con):
    _, second, third = history(con, put(x="a b c"), put(x="a"), put(x="a c"))
    assert second.of(2) == {("left", hashed("a"), None, 2)}
    assert third.of(3) == {("returned", hashed("a"), None, 1)}


def test_rows_that_come_back_into_a_merged_learner(con):
    _, second, third = history(con, put(x="a b", y="c d"), put(x="a b c"), put(x="a b c", y="d"))
    assert second.of(2) == {("left", hashed("c"), None, 1), ("merged", hashed("c"), hashed("a"), 1)}
    assert second.remembered[("mssc", "d")] == hashed("a")
    # The row belongs to the learner that it was merged into, and is split off by this run's clustering.
    assert third.of(3) == {
        ("returned", hashed("a"), None, 1),
        ("split", hashed("d"), hashed("a"), 1),
    }


def test_rows_that_stayed_count_before_rows_that_came_back(con):
    _, _, third = history(con, put(x="a b c d e"), put(x="a b"), put(x="a b", y="c d e"))
    assert third.ids[("mssc", "a")] == hashed("a")
    assert third.ids[("mssc", "c")] == hashed("c")


def publish(con: Connection, folder: Path) -> tuple[Store, Path]:
    """Publish what the last step left, with the other tables empty."""
    store = Store(folder, lambda: nullcontext(con))
    with store.stage(SNAPSHOT, "manufacturing") as staged:
        for table in SNAPSHOT:
            columns = ", ".join(f"{column} {kind}" for column, kind in table.schema.items())
            con.execute(f"CREATE TABLE IF NOT EXISTS linked_records.{table.name} ({columns})")
        staged.write()
        version = staged.publish().version
    for table in SNAPSHOT:
        con.execute(f"DROP VIEW linked_records.{table.name}")
    return store, store.folder(SNAPSHOT, "manufacturing") / version


def _versions(con: Connection, folder: Path, *sequence: Clusters) -> tuple[Store, list[Path]]:
    """Publish several versions one after the other, each inheriting from the one before."""
    store, paths = Store(folder, lambda: nullcontext(con)), []
    for clusters in sequence:
        forget(con)
        attach_last(con, store, "manufacturing")
        _next(con, clusters)
        paths.append(publish(con, folder)[1])
    forget(con)
    return store, paths


@pytest.fixture
def told(caplog) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, "credential_pipeline.progress"):
        yield caplog


def test_ids_are_inherited_from_the_last_version_on_disk(con, tmp_path, told):
    store, (version,) = _versions(con, tmp_path / "store", put(x="b"))
    assert attach_last(con, store, "manufacturing") == version.name
    assert _next(con, put(x="a b")).ids[("mssc", "a")] == hashed("b")
    forget(con)
    assert attach_last(con, store, "healthcare") == "nothing: first version"
    assert _next(con, put(x="a b")).revision == 1
    assert told.text == ""


_DAMAGES = {
    "damaged": lambda version: _flip(version / "record_ids.parquet"),
    "truncated": lambda version: os.truncate(version / "record_ids.parquet", 100),
    "table missing": lambda version: (version / "learner_events.parquet").unlink(),
    "manifest damaged": lambda version: (version / "manifest.json").write_text("{"),
    "manifest missing": lambda version: (version / "manifest.json").unlink(),
    "no migration": lambda version: _set_schema(version, 0),
    "version missing": shutil.rmtree,
    "older form": lambda version: _without_table(version, "record_ids"),
    "pointer damaged": lambda version: (version.parent / "CURRENT").write_bytes(b"\xff"),
}


@pytest.mark.parametrize("spoil", _DAMAGES.values(), ids=_DAMAGES)
def test_a_damaged_version_is_passed_over_for_the_newest_whole_one(con, tmp_path, spoil, told):
    # The smallest row of the learner changes twice, so that an id given out anew would be another one.
    store, versions = _versions(con, tmp_path / "store", put(x="c"), put(x="b c"), put(x="b c d"))
    spoil(versions[2])
    whole = versions[2 if spoil is _DAMAGES["pointer damaged"] else 1]
    assert attach_last(con, store, "manufacturing") == whole.name
    assert set(_next(con, put(x="a b c d")).ids.values()) == {hashed("c")}
    assert "the current version is damaged or missing" in told.text


@pytest.mark.parametrize(
    "spoil",
    [
        *(damage for name, damage in _DAMAGES.items() if name != "pointer damaged"),
        lambda version: shutil.rmtree(version.parent),
        lambda version: shutil.rmtree(version.parents[1]),
        lambda version: shutil.rmtree(version.parents[2]),
        lambda version: (shutil.rmtree(version), (version.parent / "CURRENT").unlink()),
    ],
    ids=[*(name for name in _DAMAGES if name != "pointer damaged"), "partition", "snapshot", "store", "emptied"],
)
def test_without_any_whole_version_ids_start_anew_only_where_a_person_says_so(con, tmp_path, spoil, told):
    store, (version,) = _versions(con, tmp_path / "store", put(x="b"))
    spoil(version)
    with pytest.raises(SafeError, match="--new-ids") as refused:
        attach_last(con, store, "manufacturing")
    assert refused.value.code == "E_IDS_LOST"
    forget(con)
    assert attach_last(con, store, "manufacturing", new_ids=True) == "nothing: started anew"
    fresh = _next(con, put(x="a b"))
    assert (fresh.ids[("mssc", "b")], fresh.revision) == (hashed("a"), 1)
    assert "start anew, as --new-ids says" in told.text


def test_new_ids_are_not_given_where_nothing_is_lost(con, tmp_path):
    store, (version,) = _versions(con, tmp_path / "store", put(x="b"))
    assert attach_last(con, store, "manufacturing", new_ids=True) == version.name


def test_a_version_of_a_later_program_is_never_passed_over(con, tmp_path):
    store, versions = _versions(con, tmp_path / "store", put(x="b"), put(x="b c"))
    _set_schema(versions[1], 99)
    with pytest.raises(SafeError, match="update the program") as refused:
        attach_last(con, store, "manufacturing", new_ids=True)
    assert refused.value.code == "E_SCHEMA_NEWER"


def test_a_version_of_the_first_schema_hands_its_ids_on(con, tmp_path, told):
    store, (version,) = _versions(con, tmp_path / "store", put(x="b"))
    _set_schema(version, 1, without="pages")
    assert attach_last(con, store, "manufacturing") == version.name
    assert _next(con, put(x="a b")).ids[("mssc", "a")] == hashed("b")
    assert told.text == ""


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _set_schema(version: Path, schema: int, without: str = "") -> None:
    manifest = json.loads((version / "manifest.json").read_bytes()) | {"schema_version": schema}
    manifest.pop(without, None)
    (version / "manifest.json").write_text(json.dumps(manifest))


def _next(con: Connection, clusters: Clusters) -> State:
    """A step after which views of the last version stay what they are."""
    return step(con, clusters, publish=False)


def _without_table(version: Path, table: str) -> None:
    """Make of a version one that was published before the table was part of the contract."""
    manifest = json.loads((version / "manifest.json").read_bytes())
    del manifest["tables"][table]
    tables = {name: TableFile(**facts) for name, facts in manifest["tables"].items()}
    manifest["version"] = content_version(tables)
    target = version.with_name(manifest["version"])
    version.rename(target)
    (target / "manifest.json").write_text(json.dumps(manifest))
    (target.parent / "CURRENT").write_text(target.name)


# Groups of rows that never meet, so that one costly run tries many small histories at once.
_GROUPS, _SIZE = 8, 6
_LABELS = "pqrs"
_ROWS = [(("mssc", "nims")[number % 2], f"R{number:02d}") for number in range(_GROUPS * _SIZE)]
_CLUSTERINGS = st.lists(
    st.lists(st.sampled_from([None, *_LABELS]), min_size=len(_ROWS), max_size=len(_ROWS)), min_size=3, max_size=5
)


def _world(labels: Sequence[str | None]) -> dict[Row, str]:
    """Clusters of the rows that have a label; a label is one cluster within a group only."""
    return {
        row: f"{number // _SIZE}{label}" for number, (row, label) in enumerate(zip(_ROWS, labels, strict=True)) if label
    }


def _partition(ids: Mapping[Row, str]) -> set[frozenset[Row]]:
    groups: dict[str, set[Row]] = {}
    for row, label in ids.items():
        groups.setdefault(label, set()).add(row)
    return {frozenset(group) for group in groups.values()}


def _check_change(before: State, after: State) -> None:
    assert after.events[: len(before.events)] == before.events, "the ledger only grows"
    assert after.revision == before.revision + (len(after.events) > len(before.events))
    assert (after.ids == before.ids) == (after.revision == before.revision)
    # Whatever id a row had, it has it still, or a new event about that id says why: what the gate's ids_kept counts.
    told = {other if event == "split" else learner for event, learner, other, _ in after.of(before.revision + 1)}
    for row, had in before.remembered.items():
        assert after.remembered[row] == had or had in told
    # A cluster that did not change keeps its id.
    for group in _partition(before.ids) & _partition(after.ids):
        row = min(group)
        assert after.ids[row] == before.ids[row]
    # An id that is in use again has a row of those who had it, or was never seen before.
    ever = {event[1] for event in before.events}
    for learner in set(after.ids.values()) & ever:
        assert any(before.remembered.get(row) == learner for row, now in after.ids.items() if now == learner)
    # Old ids whose rows are all there live on, unless all who have the rows bear an older id.
    for learner in set(before.ids.values()) - set(after.ids.values()):
        for row, had in before.ids.items():
            if had == learner and row in after.ids:
                assert after.ids[row] in ever


def _check_state(state: State, clusters: Clusters) -> None:
    assert set(state.ids) == set(clusters)
    assert _partition(state.ids) == _partition(clusters), "one id per cluster, one cluster per id"
    assert replay(state.events, state.revision) == Counter(state.ids.values())
    living, ever = set(state.ids.values()), {event[1] for event in state.events}
    assert set(state.redirects) == ever - living
    assert set(state.redirects.values()) <= living | {None}
    for number in range(1, state.revision + 1):
        assert state.of(number)
    for row, learner in state.remembered.items():
        assert learner in living or (row not in state.ids and state.redirects[learner] is None)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(sequence=_CLUSTERINGS, data=st.data())
def test_any_history(con, sequence, data):
    worlds = [_world(labels) for labels in sequence]
    states = history(con, *worlds)
    for clusters, state in zip(worlds, states, strict=True):
        _check_state(state, clusters)
    for before, after in pairwise(states):
        _check_change(before, after)
        assert replay(after.events, before.revision) == Counter(before.ids.values())
    # Neither the order of rows nor what clusters are called shows.
    names = dict(zip(_LABELS, data.draw(st.permutations(_LABELS)), strict=True))
    random = data.draw(st.randoms(use_true_random=False))
    forget(con)
    for clusters, state in zip(worlds, states, strict=True):
        renamed = {row: label[0] + names[label[1]] for row, label in clusters.items()}
        assert step(con, renamed, random.sample(list(renamed), len(renamed))) == state
