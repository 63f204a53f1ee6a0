"""What a linkage will cost is told before it starts, and a feed gone wrong cannot make it run for days."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from credential_pipeline.engines.linkage.blocking import RULES, SMALL, Rule, make_pairs, usable
from credential_pipeline.engines.linkage.fields import make_index, make_records, open_index, shared_fields
from credential_pipeline.engines.linkage.forecast import Forecast, RuleForecast
from credential_pipeline.engines.linkage.sql import Here, count
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation, scratch

NAME = "ZYXCANARY"
"""The name that too many rows share; no message may hold it."""


def _put(con: Connection, table: str, rows: int, share: int) -> None:
    """A table of people of whom so many in five are called the same."""
    con.execute(
        f"""
        CREATE TABLE {table} AS
        SELECT '{table}' || i AS id,
               CASE WHEN i % 5 < {share} THEN '{NAME}' ELSE 'F' || chr(65 + CAST(i % 26 AS INTEGER)) || i END AS first_name,
               CASE WHEN i % 5 < {share} THEN '{NAME}' ELSE 'L' || chr(65 + CAST(i % 24 AS INTEGER)) || i END AS last_name,
               DATE '1960-01-01' + CAST(i * 7 % 15000 AS INTEGER) AS birth_date
        FROM range({rows}) AS t(i)
        """
    )


@dataclass
class Sides:
    work: Scratch
    left: Relation
    right: Relation

    def pairs(self, rules: list[Rule] | tuple[Rule, ...], **options: int) -> Relation:
        return make_pairs(Here(self.work), self.left, self.right, rules, **options).pairs


@pytest.fixture
def sides() -> Iterator[Sides]:
    with connect(threads=1) as con, scratch(con) as work:
        _put(con, "feed", 2_000, 2)
        _put(con, "registry", 8_000, 2)
        make_index(con, "registry", "r_index", id_column="id")
        left = make_records(work, relation(con, "feed"), id_column="id")
        yield Sides(work, left, open_index(work, relation(con, "r_index"), id_column="id"))


def test_a_name_on_two_rows_in_five_is_no_block(sides: Sides) -> None:
    """800 by 3,200 rows share the name: 2.5 million pairs that say nothing are left out, the others are found."""
    pairs = sides.pairs(usable(RULES, shared_fields(sides.work.con, sides.left, sides.right)))
    assert count(sides.work.con, pairs) < 60_000
    found = sides.work.con.execute(
        f"SELECT count(*) FROM {pairs} JOIN {sides.left} l ON l.record = left_record "
        f"JOIN {sides.right} r ON r.record = right_record "
        "WHERE replace(l.id, 'feed', '') = replace(r.id, 'registry', '')"
    ).fetchall()[0][0]
    assert found == 2_000


@pytest.mark.parametrize(
    ("feed", "student"),
    [
        # A first name beyond reading, and another year.
        (("BSTHSN", "ABARCA", "1995-02-25"), ("NATHAN", "ABARCA", "1993-02-25")),
        # Another surname, and another month.
        (("SORIMAR", "VAZQUEZ", "1986-02-02"), ("SORIMAR", "CANDELARIO", "1986-12-02")),
        # A misspelt name, and no date on one side.
        (("KARL", "MEDINA", "1985-03-22"), ("KARL", "METINA", None)),
        (("BRLANA", "GUERRA", None), ("BRIANA", "GUERRA", "1996-04-05")),
    ],
)
def test_in_a_small_registry_one_name_and_most_of_a_date_are_enough_to_be_compared(feed, student) -> None:
    with connect(threads=1) as con, scratch(con) as work:
        sides = []
        for number, row in enumerate((feed, student)):
            columns = {"id": "VARCHAR", "first_name": "VARCHAR", "last_name": "VARCHAR", "birth_date": "DATE"}
            sides.append(make_records(work, work.rows("people", columns, [(f"P{number}", *row)]), id_column="id"))
        rules = usable(RULES, ("name", "birth_date"))
        assert count(con, Sides(work, *sides).pairs(rules)) == 1
        assert count(con, Sides(work, *sides).pairs([rule for rule in rules if not rule.small])) == 0


@pytest.mark.parametrize("rows", [SMALL - 1, SMALL])
def test_small_registries_are_compared_more_generously(rows: int) -> None:
    with connect(threads=1) as con, scratch(con) as work:
        left, right = (
            make_records(
                work,
                work.table(
                    name,
                    f"SELECT '{name}' || i AS id, chr(65 + CAST(i % 7 AS INTEGER)) AS first_name, '{name}' AS last_name, "
                    f"DATE '1900-01-01' + CAST(i AS INTEGER) AS birth_date FROM range({size}) AS t(i)",
                ),
                id_column="id",
            )
            for name, size in (("feed", 10), ("registry", rows))
        )
        rules = [Rule("birth_date", ("birth_ymd",), bound=10, small=True)]
        assert count(con, Sides(work, left, right).pairs(rules)) == (10 if rows < SMALL else 0)


def test_a_ceiling_refuses_before_comparing_and_names_rule_and_block_but_no_value(sides: Sides) -> None:
    rules = [Rule("names", ("first_name", "last_name"), bound=10_000), Rule("birth", ("birth_ymd",))]
    with pytest.raises(SafeError) as caught:
        sides.pairs(rules, max_pairs=100_000)
    said = str(caught.value)
    assert caught.value.code == "E_LINKAGE_COST"
    assert "Blocking rule names" in said
    assert "its largest block 2,560,000" in said
    assert "the ceiling is 100,000" in said
    assert "linkage.max_candidate_pairs" in said
    assert NAME not in said
    assert not sides.work.con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name LIKE 'pairs%'").fetchall()


def test_the_forecast_is_an_upper_bound_of_the_pairs(sides: Sides) -> None:
    rules = usable(RULES, shared_fields(sides.work.con, sides.left, sides.right))
    pairs = count(sides.work.con, sides.pairs(rules))
    with pytest.raises(SafeError):
        sides.pairs(rules, max_pairs=pairs - 1)


def test_skipped_blocks_are_counted() -> None:
    forecast = Forecast((RuleForecast("a", 10, 5, 2, 7), RuleForecast("b", 30, 30, 0, 0)))
    assert forecast.pairs == 40
    assert forecast.seconds == pytest.approx(40 * 12e-6)


def test_a_long_linkage_says_so(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("credential_pipeline.progress").propagate = True
    with caplog.at_level(logging.INFO, logger="credential_pipeline.progress"):
        Forecast((RuleForecast("a", 2_000_000, 5, 0, 0),)).refuse_above(50_000_000)
    assert "at most 2,000,000 candidate pairs" in caplog.text
