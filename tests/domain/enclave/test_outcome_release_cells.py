"""Marks, rounding and small changes, on a handful of cells written by hand."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from credential_pipeline.enclave.outcome_release.changes import with_changes
from credential_pipeline.enclave.outcome_release.read_counts import read_system
from credential_pipeline.enclave.outcome_release.release import hidden_counts, mark_cells, share_rests
from credential_pipeline.engines.disclosure.primary import Primary, find_primary
from credential_pipeline.engines.disclosure.protect import Protection
from credential_pipeline.engines.disclosure.system import System
from credential_pipeline.foundation.contracts import outcome_tables
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.profiles import PROFILES, Profile
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch

CELL = {
    "cell_id": "VARCHAR",
    "measure": "VARCHAR",
    "unit": "VARCHAR",
    "value": "DOUBLE",
    "low": "DOUBLE",
    "high": "DOUBLE",
    "n": "BIGINT",
    "status": "INTEGER",
    "n_count_id": "VARCHAR",
    "numerator_count_id": "VARCHAR",
    "employers": "BIGINT",
    "largest_employer": "DOUBLE",
    "publishable": "DOUBLE",
}
COUNT = {name: (kind, "NULL") for name, kind in outcome_tables.SNAPSHOT.table("counts").schema.items()}
HIDDEN = {"count_id": "VARCHAR"}
RESTS = {"n_id": "VARCHAR", "part_id": "VARCHAR", "rest_id": "VARCHAR"}


@pytest.fixture
def work() -> Iterator[Scratch]:
    with connect(threads=1) as con, scratch(con) as made:
        yield made


def share(
    cell_id: str, n: str | None = "t", part: str | None = "a", value: float | None = 0.4, status: int = 1
) -> tuple:
    """A share of 50 learners."""
    return (cell_id, "some_share", "share", value, 0.30049, 0.5, 50, status, n, part, None, None, None)


def dollars(
    cell_id: str, value: float, low: float, high: float, payers: tuple[int | None, float | None] = (3, 0.8)
) -> tuple:
    """A premium of 50 learners; its sign may be either."""
    return (cell_id, "in_industry_premium", "usd", value, low, high, 50, 1, "t", None, *payers, value)


def marked(
    work: Scratch, cells: list[tuple], hidden: tuple[str, ...] = (), profile: Profile = PROFILES["one-off"]
) -> dict[str, tuple]:
    """Cell id to (status, value, low, high, n)."""
    found = mark_cells(
        work,
        work.rows("outcomes", CELL, cells),
        work.filled("counts", COUNT, "SELECT unnest(['t', 'a', 'b']) AS count_id, unnest([50, 20, 30]) AS value"),
        work.rows("hidden", HIDDEN, [(name,) for name in hidden]),
        work.rows("rests", RESTS, [("t", "a", "b")]),
        profile,
    )
    rows = work.con.execute(f"SELECT cell_id, status, value, low, high, n FROM {found}").fetchall()
    return {row[0]: row[1:] for row in rows}


@pytest.mark.parametrize("hidden", ["t", "a", "b"])
def test_a_cell_is_hidden_with_its_n_its_numerator_or_the_rest(work: Scratch, hidden: str) -> None:
    found = marked(work, [share("c"), share("other", n="o", part="p")], (hidden,))
    assert found == {"c": (5, None, None, None, None), "other": (1, 0.4, 0.3, 0.5, 50)}


def test_what_could_not_be_computed_is_not_available_unless_it_must_be_hidden(work: Scratch) -> None:
    cells = [share("empty", value=None), share("nothing", status=-1), share("uncounted", n=None, part=None)]
    assert {row[0] for row in marked(work, cells).values()} == {-1}
    found = marked(work, cells, ("t",))
    assert {name: row[0] for name, row in found.items()} == {"empty": 5, "nothing": 5, "uncounted": -1}
    assert {row[1:] for row in found.values()} == {(None, None, None, None)}


def test_amounts_and_means_want_as_many_people_as_the_industry_says_on_both_sides(work: Scratch) -> None:
    mean = ("m", "credentials_per_learner", "mean", 2.5, 2.4, 2.6, 50, 1, "t", None, None, None, None)
    alone, compared = (dollars(name, 5_000.0, 1_000.0, 9_000.0) for name in ("p", "q"))
    cells = [mean, alone, (*compared[:9], "a", *compared[10:]), share("s")]
    status = {}
    for least in (20, 21, 51):
        found = marked(work, cells, profile=PROFILES["one-off"].stricter(None, least, None))
        status[least] = {name: row[0] for name, row in found.items()}
    assert status[20] == {"m": 1, "p": 1, "q": 1, "s": 1}
    assert status[21] == {"m": 1, "p": 1, "q": 5, "s": 1}
    assert status[51] == {"m": 5, "p": 5, "q": 5, "s": 1}


@pytest.mark.parametrize("payers", [(2, 0.5), (9, 0.81), (None, None)])
def test_amounts_that_one_or_two_employers_pay_are_hidden(work: Scratch, payers: tuple) -> None:
    assert marked(work, [dollars("p", 5_000.0, 1_000.0, 9_000.0, payers)])["p"][0] == 5
    assert marked(work, [dollars("p", 5_000.0, 1_000.0, 9_000.0)])["p"][0] == 1


def test_dollars_are_rounded_to_the_step_and_to_three_digits(work: Scratch) -> None:
    found = marked(work, [dollars("c", 12345.6, -987.4, 1234567.0), dollars("half", 250.0, 350.0, 49.0)])
    assert found["c"][1:4] == (12300.0, -1000.0, 1230000.0)
    assert found["half"][1:4] == (200.0, 400.0, 0.0)
    assert marked(
        work, [dollars("c", 12345.6, -987.4, 1234567.0)], profile=replace(PROFILES["one-off"], round_earnings_to=1000)
    )["c"][1:4] == (
        12000.0,
        -1000.0,
        1230000.0,
    )


def make_system(work: Scratch, values: dict[str, int]) -> tuple[System, Relation]:
    """Two parts a and b of t; a cell tells the share of a."""
    kinds = dict.fromkeys(
        ("certifier", "credential", "cohort", "age_band", "sex", "race", "ethnicity", "state", "sector", "setting"),
        "VARCHAR",
    )
    kinds = {"count_id": "VARCHAR", "quantity": "VARCHAR"} | kinds
    kinds |= {"horizon": "INTEGER", "value": "BIGINT", "learners": "BIGINT"}
    counts = [(name, name, *["all"] * 10, 1, value, value) for name, value in values.items()]
    lines = {"equation_id": "VARCHAR", "total_count_id": "VARCHAR", "part_count_id": "VARCHAR"}
    outcomes = work.rows("outcomes", CELL, [share("c")])
    system = read_system(
        work.con,
        work.rows("counts", kinds, counts),
        work.rows("equations", lines, [("e", "t", "a"), ("e", "t", "b")]),
        outcomes,
        10,
    )
    return system, outcomes


def test_hidden_counts_and_rests_are_named(work: Scratch) -> None:
    system, _ = make_system(work, {"t": 50, "a": 20, "b": 30})
    flags = np.array([name == "b" for name in system.ids])
    hidden = hidden_counts(work, system, Protection(flags, flags, 0))
    assert work.con.execute(f"SELECT count_id FROM {hidden}").fetchall() == [("b",)]
    rests = share_rests(work, system)
    assert work.con.execute(f"SELECT n_id, part_id, rest_id FROM {rests}").fetchall() == [("t", "a", "b")]


def test_tables_that_do_not_add_up_are_refused(work: Scratch) -> None:
    with pytest.raises(SafeError, match="E_EQUATIONS"):
        make_system(work, {"t": 50, "a": 20, "b": 29})


def changed(work: Scratch, folder: Path, n: int, value: float, status: int = 1) -> dict[str, tuple[int, int]]:
    """Count to (up, down) of what became sensitive since a file that showed the share with this n."""
    system, outcomes = make_system(work, {"t": 50, "a": 20, "b": 30})
    path = folder / "outcomes.csv"
    pd.DataFrame([{"cell_id": "c", "n": n, "value": value, "status": status}]).to_csv(path, index=False)
    primary = find_primary(system, 10)
    assert not primary.sensitive.any()
    found: Primary = with_changes(work.con, outcomes, system, primary, [path])
    assert (found.hidden >= found.sensitive).all()
    return {system.ids[at]: (int(found.up[at]), int(found.down[at])) for at in np.flatnonzero(found.sensitive).tolist()}


@pytest.mark.parametrize(
    ("n", "value", "expected"),
    [
        (50, 0.4, {}),
        (47, 0.426, {"t": (7, 3)}),  # three more: the interval must hold the old number and ten more than it
        (55, 0.364, {"t": (5, 5)}),
        (50, 0.48, {"a": (4, 6)}),
        (20, 0.5, {}),  # twenty of them and ten of the part are new: enough to hide among
    ],
)
def test_a_small_change_since_an_earlier_release_is_as_sensitive_as_a_small_count(
    work: Scratch, tmp_path: Path, n: int, value: float, expected: dict[str, tuple[int, int]]
) -> None:
    assert changed(work, tmp_path, n, value) == expected


def test_what_an_earlier_release_hid_tells_nothing(work: Scratch, tmp_path: Path) -> None:
    assert changed(work, tmp_path, 47, 0.426, status=5) == {}
