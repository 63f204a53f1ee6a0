"""Random systems: whatever is protected withstands an attack that knows all that is not hidden."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from credential_pipeline.engines.disclosure.attack_bounds import ContradictionError, Puzzle, bound
from credential_pipeline.engines.disclosure.attack_system import attack_system
from credential_pipeline.engines.disclosure.axes import Axes
from credential_pipeline.engines.disclosure.primary import find_primary
from credential_pipeline.engines.disclosure.protect import protect
from credential_pipeline.engines.disclosure.system import System, build_system
from credential_pipeline.foundation.errors import SafeError

AXES = Axes(who=("certifier",), what=(), when="horizon")
GRIDS = st.lists(
    st.lists(st.sampled_from([0, 1, 2, 3, 7, 9, 10, 14, 40, 300]), min_size=3, max_size=3), min_size=2, max_size=5
)


def grid_system(grid: list[list[int]], learners: dict[str, int] | None = None) -> System:
    """A table with both margins; each cell is a share of its row's total."""
    values = {f"r{i}c{j}": v for i, row in enumerate(grid) for j, v in enumerate(row)}
    equations: list[tuple[str, str, str]] = []
    for i, row in enumerate(grid):
        values[f"r{i}"] = sum(row)
        equations += [(f"row{i}", f"r{i}", f"r{i}c{j}") for j in range(len(row))]
    for j in range(len(grid[0])):
        values[f"c{j}"] = sum(row[j] for row in grid)
        equations += [(f"column{j}", f"c{j}", f"r{i}c{j}") for i in range(len(grid))]
    values["t"] = sum(map(sum, grid))
    equations += [("rows", "t", f"r{i}") for i in range(len(grid))]
    equations += [("columns", "t", f"c{j}") for j in range(len(grid[0]))]
    people = [(learners or {}).get(name, value) for name, value in values.items()]
    counts = pd.DataFrame({"count_id": list(values), "value": list(values.values()), "learners": people})
    counts["certifier"], counts["horizon"] = "all", 1
    cells = [(f"r{i}", f"r{i}c{j}", "some_share", 1) for i, row in enumerate(grid) for j in range(len(row))]
    return build_system(
        counts,
        pd.DataFrame(equations, columns=["equation_id", "total_count_id", "part_count_id"]),
        pd.DataFrame(cells, columns=["n_count_id", "numerator_count_id", "measure", "cells"]),
        10,
        AXES,
    )


def exposed(system: System) -> list[str]:
    """The counts that an attack on the protected system finds."""
    primary = find_primary(system, 10)
    return [found.count for found in attack_system(system, primary, protect(system, primary).hidden)]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(GRIDS)
def test_an_independent_attack_on_a_protected_system_finds_nothing(grid: list[list[int]]) -> None:
    assert exposed(grid_system(grid)) == []


def test_what_is_hidden_alone_is_found_by_subtraction() -> None:
    system = grid_system([[20, 4, 30], [30, 40, 50]])
    primary = find_primary(system, 10)
    found = attack_system(system, primary, primary.hidden)
    assert ("r0c1", 4, 4) in {(one.count, one.low, one.high) for one in found}
    assert attack_system(system, primary, np.ones(len(system.ids), bool)) == []


def test_whole_number_attack_agrees_with_the_plain_one() -> None:
    rng = np.random.default_rng(5)
    system = grid_system(rng.integers(1, 30, (6, 4)).tolist())
    hidden = protect(system, find_primary(system, 10)).hidden
    value = system.value.astype(float)
    puzzle = Puzzle(system.rows, system.rows @ value, np.where(hidden, 0, value), np.where(hidden, np.inf, value))
    sample = np.zeros(len(value), bool)
    sample[np.flatnonzero(hidden)[:12]] = True
    floor = np.zeros(len(value))
    plain = bound(puzzle, sample, 10, floor)
    whole = bound(puzzle, sample, 10, floor, integer=True)
    assert sample.sum() == 12
    assert np.array_equal(np.ceil(plain[0] - 1e-6)[sample], np.round(whole[0])[sample])
    assert ((plain[1] >= 10 - 1e-6) == (whole[1] >= 10 - 1e-6))[sample].all()


def test_small_counts_and_few_learners_are_sensitive_and_other_zeros_are_only_hidden() -> None:
    system = grid_system([[20, 0, 9], [30, 40, 50]], {"r1c0": 8})
    primary = find_primary(system, 10)
    named = {system.ids[i] for i in np.flatnonzero(primary.sensitive)}
    assert named == {"r0c2", "r0|less|r0c0", "r1c0", "c2|less|r0c2"} & named | {"r0c2", "r0|less|r0c0", "r1c0"}
    zero = system.position["r0c1"]
    assert primary.hidden[zero]
    assert not primary.sensitive[zero]


def test_an_empty_rest_of_a_share_is_sensitive_only_if_its_group_could_be_shown() -> None:
    system = grid_system([[20, 0, 0], [5, 0, 0], [30, 40, 50]])
    primary = find_primary(system, 10)
    assert primary.sensitive[system.position["r0|less|r0c0"]]
    assert not primary.sensitive[system.position["r1|less|r1c0"]]


def test_a_count_that_nothing_can_hide_is_refused() -> None:
    counts = pd.DataFrame({"count_id": ["a", "b"], "value": [5, 5], "learners": [5, 5]})
    counts["certifier"], counts["horizon"] = "all", 1
    none = pd.DataFrame(columns=["equation_id", "total_count_id", "part_count_id"])
    cells = pd.DataFrame(columns=["n_count_id", "numerator_count_id", "measure", "cells"])
    system = build_system(counts, none, cells, 10, AXES)
    primary = find_primary(system, 10)
    primary.up[:] = 5
    assert protect(system, primary).hidden.all()
    fixed = replace(system, rows=csr_matrix([[1.0, 0.0]]))
    with pytest.raises(SafeError, match="E_CANNOT_PROTECT"):
        protect(fixed, primary)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"value": [-1, 3, 4]}, "E_COUNTS"),
        ({"count_id": ["t", "a", "a"]}, "E_COUNTS"),
        ({"value": [8, 3, 4]}, "E_EQUATIONS"),
        ({"count_id": ["t", "a", "z"]}, "E_EQUATIONS"),
    ],
)
def test_broken_tables_are_refused(change: dict[str, list], code: str) -> None:
    good = {"count_id": ["t", "a", "b"], "value": [7, 3, 4], "learners": [7, 3, 4], "certifier": "all", "horizon": 1}
    equations = pd.DataFrame(
        [("e", "t", "a"), ("e", "t", "b")], columns=["equation_id", "total_count_id", "part_count_id"]
    )
    cells = pd.DataFrame(columns=["n_count_id", "numerator_count_id", "measure", "cells"])
    build_system(pd.DataFrame(good), equations, cells, 10, AXES)
    with pytest.raises(SafeError, match=code):
        build_system(pd.DataFrame(good | change), equations, cells, 10, AXES)


@pytest.mark.parametrize(("part", "words"), [("t", "larger than its n"), ("z", "does not exist")])
def test_cells_that_do_not_fit_their_counts_are_refused(part: str, words: str) -> None:
    counts = pd.DataFrame(
        {"count_id": ["t", "a"], "value": [7, 3], "learners": [7, 3], "certifier": "all", "horizon": 1}
    )
    none = pd.DataFrame(columns=["equation_id", "total_count_id", "part_count_id"])
    columns = ["n_count_id", "numerator_count_id", "measure", "cells"]
    fits = build_system(counts, none, pd.DataFrame([("t", "a", "some_share", 1)], columns=columns), 10, AXES)
    assert fits.value[fits.position["t|less|a"]] == 4
    with pytest.raises(SafeError, match=words):
        build_system(counts, none, pd.DataFrame([("a", part, "some_share", 1)], columns=columns), 10, AXES)


def test_known_numbers_that_do_not_add_up_are_a_contradiction() -> None:
    from scipy.sparse import csr_matrix

    rows = csr_matrix([[1.0, -1.0, -1.0]])
    known = np.array([10.0, 4.0, 5.0])
    with pytest.raises(ContradictionError):
        bound(Puzzle(rows, np.zeros(1), known, known), np.ones(3, bool), 10)


def test_what_was_asked_before_is_answered_alike_and_nothing_else() -> None:
    """Each number of the question counts: its equations, what is known, who is asked for, and how far."""
    rows = csr_matrix([[-1.0, 1.0, 1.0]])
    low, high = np.array([100.0, 0.0, 0.0]), np.array([100.0, 100.0, 40.0])
    puzzle, asked = Puzzle(rows, np.zeros(1), low, high), np.array([False, True, False])
    first, again = bound(puzzle, asked, 10), bound(puzzle, asked, 10)
    assert [side.tolist() for side in first] == [side.tolist() for side in again]
    known = high.copy()
    known[2] = 5.0
    assert bound(Puzzle(rows, np.zeros(1), low, known), asked, 10)[0][1] == 95
    assert bound(Puzzle(rows, np.array([-3.0]), low, known), asked, 10)[0][1] == 92
    assert bound(puzzle, np.array([False, False, True]), 10)[1][2] == 40
    assert bound(puzzle, asked, 200)[1][1] == 100
