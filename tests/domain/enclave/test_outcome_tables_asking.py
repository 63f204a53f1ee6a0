"""Shares and amounts asked of people written by hand, for everybody and by breakdown."""

from collections.abc import Iterator
from typing import Any

import pytest

from credential_pipeline.enclave.outcome_tables.asking import (
    Answer,
    MoneyAsk,
    ShareAsk,
    ask_money,
    ask_shares,
    together,
)
from credential_pipeline.enclave.outcome_tables.counts import identify
from credential_pipeline.enclave.outcome_tables.grouping import GROUP
from credential_pipeline.enclave.outcome_tables.macros import macros
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch

COLUMNS = dict.fromkeys(GROUP, "VARCHAR") | {
    "pid": "INTEGER", "horizon": "INTEGER", "seen": "BOOLEAN", "pay": "DOUBLE", "sector": "VARCHAR",
}  # fmt: skip


@pytest.fixture
def work() -> Iterator[Scratch]:
    with connect(threads=1) as con, macros(con), scratch(con) as made:
        yield made


def person(pid: int, sex: str, pay: float | None, sector: str | None = None, horizon: int = 1) -> list[Any]:
    """One person of whom nothing but the sex is told apart."""
    group = ["all" if column != "sex" else sex for column in GROUP]
    return [*group, pid, horizon, pay is not None, pay, sector]


@pytest.fixture
def people(work: Scratch) -> Relation:
    """Two women with pay, two men, one of them without."""
    rows = [person(1, "F", 10.0, "31-33"), person(2, "F", 20.0, "62"), person(3, "M", 40.0, "62"), person(4, "M", None)]
    return work.rows("people", COLUMNS, rows)


def cells(work: Scratch, answer: Answer) -> dict[tuple[str, ...], tuple[float, int]]:
    """(measure, sex, sector) to (value, n); every count that a cell names is there, with that n."""
    counts = identify(work, answer.counts)
    missing = f"SELECT count(*) FROM {answer.cells} AS c ANTI JOIN {counts} AS k ON k.count_id = c.n_count_id AND k.value = c.n"
    assert work.con.execute(missing).fetchall() == [(0,)]
    lost = (
        f"SELECT count(*) FROM {answer.cells} AS c ANTI JOIN {counts} AS k ON k.count_id = c.numerator_count_id"
        " WHERE c.numerator_count_id IS NOT NULL"
    )
    assert work.con.execute(lost).fetchall() == [(0,)]
    ids = work.con.execute(f"SELECT count(*), count(DISTINCT count_id) FROM {counts}").fetchall()[0]
    assert ids[0] == ids[1]
    found = work.con.execute(f"SELECT measure, sex, sector, value, n FROM {answer.cells}").fetchall()
    return {tuple(row[:3]): row[3:] for row in found}


def test_shares_are_counted_for_everybody_and_by_breakdown(work: Scratch, people: Relation) -> None:
    rich = ShareAsk("work", "rich_share", "paid", "rich", "seen", "pay > 15")
    found = cells(work, ask_shares(work, people, [rich]))
    assert found == {
        ("rich_share", "all", "all"): (pytest.approx(2 / 3), 3),
        ("rich_share", "F", "all"): (0.5, 2),
        ("rich_share", "M", "all"): (1.0, 1),
    }


def test_a_share_without_a_denominator_has_no_value(work: Scratch, people: Relation) -> None:
    nobody = ShareAsk("work", "rich_share", "paid", "rich", "false", "true")
    assert set(cells(work, ask_shares(work, people, [nobody], ())).values()) == {(None, 0)}


def test_parts_of_a_share_are_told_apart_by_sector(work: Scratch, people: Relation) -> None:
    ask = ShareAsk("work", "where_share", "paid", "paid_in", "seen", "true")
    found = cells(work, ask_shares(work, people, [ask], (), ["sector"]))
    assert found == {
        ("where_share", "all", "31-33"): (pytest.approx(1 / 3), 3),
        ("where_share", "all", "62"): (pytest.approx(2 / 3), 3),
    }


def test_amounts_have_percentiles_and_means_of_those_who_have_them(work: Scratch, people: Relation) -> None:
    asks = [MoneyAsk("work", "pay_p50", "paid", "pay", "p50"), MoneyAsk("work", "pay_mean", "paid", "pay", "mean")]
    found = cells(work, ask_money(work, people, asks, [("sex",)]))
    assert found["pay_p50", "all", "all"] == (20.0, 3)
    assert found["pay_mean", "all", "all"] == (pytest.approx(70 / 3), 3)
    assert found["pay_mean", "F", "all"] == (15.0, 2)
    assert found["pay_p50", "M", "all"] == (40.0, 1)


def test_answers_together_name_a_common_count_once(work: Scratch, people: Relation) -> None:
    rich = ask_shares(work, people, [ShareAsk("work", "rich_share", "paid", "rich", "seen", "pay > 15")])
    pay = ask_money(work, people, [MoneyAsk("work", "pay_p50", "paid", "pay", "p50", "seen")])
    assert len(cells(work, together(work, rich, pay))) == 6
