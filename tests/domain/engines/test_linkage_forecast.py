"""What a linkage will cost is told before it starts, and a feed gone wrong cannot make it run for days."""

import logging
from collections.abc import Iterator

import pytest

from credential_pipeline.engines.linkage.blocking import RULES, SMALL, Rule, make_pairs, usable
from credential_pipeline.engines.linkage.fields import make_index, make_records, open_index, shared_fields
from credential_pipeline.engines.linkage.forecast import Forecast, RuleForecast
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection, connect

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


@pytest.fixture
def con() -> Iterator[Connection]:
    with connect(threads=1) as opened:
        _put(opened, "feed", 2_000, 2)
        _put(opened, "registry", 8_000, 2)
        make_records(opened, "feed", "l", id_column="id")
        make_index(opened, "registry", "r_index", id_column="id")
        open_index(opened, "r_index", "r", id_column="id")
        yield opened


def test_a_name_on_two_rows_in_five_is_no_block(con: Connection) -> None:
    """800 by 3,200 rows share the name: 2.5 million pairs that say nothing are left out, the others are found."""
    rules = usable(RULES, shared_fields(con, "l", "r"))
    pairs = make_pairs(con, "p", "l", "r", rules)
    assert pairs < 60_000
    found = con.execute(
        "SELECT count(*) FROM p JOIN l ON l.record = left_record JOIN r ON r.record = right_record "
        "WHERE replace(l.id, 'feed', '') = replace(r.id, 'registry', '')"
    ).fetchall()[0][0]
    assert found == 2_000


@pytest.mark.parametrize("rows", [SMALL - 1, SMALL])
def test_small_registries_are_compared_more_generously(rows: int) -> None:
    with connect(threads=1) as con:
        for name, size in (("feed", 10), ("registry", rows)):
            con.execute(
                f"CREATE TABLE {name} AS SELECT '{name}' || i AS id, chr(65 + CAST(i % 7 AS INTEGER)) AS first_name, '{name}' AS last_name, "
                f"DATE '1900-01-01' + CAST(i AS INTEGER) AS birth_date FROM range({size}) AS t(i)"
            )
        make_records(con, "feed", "l", id_column="id")
        make_records(con, "registry", "r", id_column="id")
        rules = [Rule("birth_date", ("birth_ymd",), bound=10, small=True)]
        assert make_pairs(con, "p", "l", "r", rules) == (10 if rows < SMALL else 0)


def test_a_ceiling_refuses_before_comparing_and_names_rule_and_block_but_no_value(con: Connection) -> None:
    rules = [Rule("names", ("first_name", "last_name"), bound=10_000), Rule("birth", ("birth_ymd",))]
    with pytest.raises(SafeError) as caught:
        make_pairs(con, "p", "l", "r", rules, max_pairs=100_000)
    said = str(caught.value)
    assert caught.value.code == "E_LINKAGE_COST"
    assert "Blocking rule names" in said
    assert "its largest block 2,560,000" in said
    assert "the ceiling is 100,000" in said
    assert "linkage.max_candidate_pairs" in said
    assert NAME not in said
    assert not con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'p'").fetchall()


def test_the_forecast_is_an_upper_bound_of_the_pairs(con: Connection, caplog: pytest.LogCaptureFixture) -> None:
    rules = usable(RULES, shared_fields(con, "l", "r"))
    pairs = make_pairs(con, "p", "l", "r", rules)
    with pytest.raises(SafeError):
        make_pairs(con, "p", "l", "r", rules, max_pairs=pairs - 1)


def test_skipped_blocks_are_counted() -> None:
    forecast = Forecast((RuleForecast("a", 10, 5, 2, 7), RuleForecast("b", 30, 30, 0, 0)))
    assert forecast.pairs == 40
    assert forecast.seconds == pytest.approx(40 * 12e-6)


def test_a_long_linkage_says_so(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("credential_pipeline.progress").propagate = True
    with caplog.at_level(logging.INFO, logger="credential_pipeline.progress"):
        Forecast((RuleForecast("a", 2_000_000, 5, 0, 0),)).refuse_above(50_000_000)
    assert "at most 2,000,000 candidate pairs" in caplog.text
