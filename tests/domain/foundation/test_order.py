"""A table that lies in order is copied as it is, with the bytes that a sort of it would give; any other is sorted."""

import pytest

from credential_pipeline.foundation.storage.durable import sha256
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.order import is_ordered, ordered_by

ROWS = 260_000
KEY = ("k", "y")


@pytest.fixture(params=[1, 2])
def con(request):
    with connect(threads=request.param) as opened:
        opened.execute("CREATE SCHEMA sample")
        opened.execute(
            "CREATE TABLE sample.mixed AS SELECT CASE WHEN i > 9 THEN 'K' || 1000000 + i // 2 END AS k, i % 2 AS y"
            f" FROM range({ROWS}) AS r(i) ORDER BY hash(i)"
        )
        opened.execute(f"CREATE TABLE sample.sorted AS FROM sample.mixed ORDER BY {ordered_by(KEY)}")
        yield opened


def _bytes(con, query, path):
    con.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)")
    return sha256(path)


def test_a_table_in_order_gives_the_bytes_of_a_sort(con, tmp_path):
    assert is_ordered(con, 'sample."sorted"', KEY)
    as_it_lies = _bytes(con, "FROM sample.sorted", tmp_path / "a.parquet")
    assert as_it_lies == _bytes(con, f"FROM sample.mixed ORDER BY {ordered_by(KEY)}", tmp_path / "b.parquet")


def test_other_orders_are_told(con):
    assert not is_ordered(con, "sample.mixed", KEY)
    con.execute("CREATE TABLE sample.last AS FROM sample.mixed ORDER BY k NULLS LAST, y")
    assert not is_ordered(con, "sample.last", KEY)


def test_what_lies_in_other_portions_is_sorted(con):
    con.execute("CREATE VIEW sample.seen AS FROM sample.sorted")
    assert not is_ordered(con, "sample.seen", KEY)
    con.execute("DELETE FROM sample.sorted WHERE k LIKE '%7'")
    assert not is_ordered(con, "sample.sorted", KEY)


def test_an_empty_table_is_in_order(con):
    con.execute("CREATE TABLE sample.none AS FROM sample.sorted WHERE false")
    assert is_ordered(con, "sample.none", KEY)
