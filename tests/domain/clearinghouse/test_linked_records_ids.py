"""Learner ids persist: whatever happens to rows and clusters, ids follow the rows and the ledger explains the change."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credential_pipeline.foundation.storage.engine import Connection, connect
from tests.domain.clearinghouse.learner_ids_world import (
    Clusters,
    Row,
    State,
    forget,
    hashed,
    history,
    put,
    replay,
    step,
)


@pytest.fixture(scope="module")
def con() -> Iterator[Connection]:
    with connect(threads=1) as connection:
        connection.execute("CREATE SCHEMA linked_records")
        yield connection


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
