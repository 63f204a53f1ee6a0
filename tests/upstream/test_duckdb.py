"""What we rely on in DuckDB. A test that fails here says which decision to take again."""

import duckdb
import pytest

from credential_pipeline.foundation.storage.durable import sha256
from credential_pipeline.foundation.storage.engine import connect


@pytest.fixture
def con():
    with connect(threads=1) as opened:
        yield opened


def test_parquet_is_the_same_bytes_with_one_thread_and_with_two(tmp_path):
    """If not: versions could not be named by the hash of their files; they would be named by a hash of sorted rows."""
    hashes = set()
    for threads in (1, 2):
        path = tmp_path / f"{threads}.parquet"
        with connect(threads=threads) as con:
            con.execute(
                f"COPY (SELECT i, hash(i) AS h, 'x' || i % 7 AS t FROM range(300_000) AS r(i) ORDER BY h, i) TO '{path}'"
                " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
            )
        hashes.add(sha256(path))
    assert len(hashes) == 1


def test_flipped_bits_in_parquet_are_read_without_a_word(con, tmp_path):
    """If every flip were an error: readers would not need to hash files before they open them."""
    path, damaged = tmp_path / "a.parquet", tmp_path / "b.parquet"
    con.execute(f"COPY (SELECT hash(i) AS h FROM range(2000) AS t(i)) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    content = path.read_bytes()
    right = con.execute(f"SELECT * FROM '{path}'").fetchall()
    silent = 0
    for position in range(8, len(content) - 8, len(content) // 40):
        flipped = bytearray(content)
        flipped[position] ^= 1
        damaged.write_bytes(flipped)
        try:
            silent += con.execute(f"SELECT * FROM read_parquet('{damaged}')").fetchall() != right
        except duckdb.Error:
            continue
    assert silent > 0


def test_error_texts_quote_the_cell(con):
    """If not: errors of DuckDB could be shown as they are."""
    with pytest.raises(duckdb.Error, match="CANARY"):
        con.execute("SELECT CAST('CANARY' AS INTEGER)")


def test_tables_made_in_a_transaction_are_gone_after_a_rollback(con):
    """If not: the gates' tests would need a world of their own for every mutation."""
    con.execute("CREATE TABLE t AS SELECT 1 AS a")
    con.execute("BEGIN")
    con.execute("DROP TABLE t")
    con.execute("CREATE VIEW t AS SELECT 2 AS a")
    con.execute("ROLLBACK")
    assert con.execute("SELECT a FROM t").fetchall() == [(1,)]


def test_described_types_are_spelled_as_in_the_contracts(con):
    """If not: every table would breach its contract; the spelling in contracts must follow."""
    from credential_pipeline.foundation.contracts import SNAPSHOTS

    for snapshot in SNAPSHOTS.values():
        for table in snapshot:
            columns = ", ".join(f'"{name}" {kind}' for name, kind in table.schema.items())
            con.execute(f"CREATE OR REPLACE TABLE t ({columns})")
            found = con.execute("SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 't'").fetchall()
            assert dict(found) == table.schema
