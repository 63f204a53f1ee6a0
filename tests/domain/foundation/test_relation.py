"""Relations as values: made, checked, named apart, and gone when the work ends."""

import duckdb
import pandas as pd
import pytest

from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import relation, scratch


@pytest.fixture
def con():
    with connect(threads=1) as opened:
        yield opened


def _left(con):
    tables = con.execute("SELECT count(*) FROM duckdb_tables() WHERE temporary").fetchone()[0]
    views = con.execute("SELECT count(*) FROM duckdb_views() WHERE temporary AND NOT internal").fetchone()[0]
    return tables + views


def test_a_step_hands_a_relation_to_the_next(con):
    with scratch(con) as work:
        people = work.rows("people", {"person": "VARCHAR", "wage": "BIGINT"}, [("a", 1), ("a", 2), ("b", 4)])
        sums = work.table("sums", f"SELECT person, sum(wage) AS wages FROM {people} WHERE wage > ? GROUP BY 1", [1])
        assert sums.columns == ("person", "wages")
        assert con.execute(f"SELECT * FROM {sums} ORDER BY 1").fetchall() == [("a", 2), ("b", 4)]


def test_nothing_is_left_when_the_work_ends_well_or_badly(con):
    def work_badly():
        with scratch(con) as work:
            base = work.frame("base", pd.DataFrame({"x": [1, 2]}))
            work.view("seen", f"SELECT x FROM {base}")
            assert _left(con) == 2
            work.table("broken", "SELECT nothing FROM nowhere")

    with pytest.raises(duckdb.CatalogException):
        work_badly()
    assert _left(con) == 0


def test_rows_in_a_file_keep_their_order_and_are_gone_afterwards(con):
    with scratch(con) as work:
        kept = work.file(
            "kept", "SELECT x FROM (VALUES (2), (NULL), (1)) AS v(x) WHERE x IS NULL OR x < $most", {"most": 3}
        )
        folder = work.folder
        assert kept.columns == ("x",)
        assert con.execute(f"SELECT x FROM {kept}").fetchall() == [(2,), (None,), (1,)]
        assert [path.suffix for path in folder.iterdir()] == [".parquet"]
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()
    assert _left(con) == 0


def test_a_view_can_show_something_else(con):
    with scratch(con) as work:
        seen = work.view("seen", "SELECT 1 AS x")
        work.change(seen, "SELECT 2 AS x")
        assert con.execute(f"SELECT x FROM {seen}").fetchall() == [(2,)]
    assert _left(con) == 0


def test_one_word_twice_makes_two_relations_also_in_work_inside_work(con):
    with scratch(con) as outer:
        first = outer.table("rows", "SELECT 1 AS x")
        with scratch(con) as inner:
            second = inner.table("rows", "SELECT 2 AS x")
            assert first.name != second.name
        assert con.execute(f"SELECT x FROM {first}").fetchone() == (1,)


def test_room_is_given_back_early(con):
    with scratch(con) as work:
        work.drop(work.table("rows", "SELECT 1 AS x"))
        assert _left(con) == 0


def test_a_relation_that_is_not_there_or_lacks_a_column_is_refused(con):
    with pytest.raises(ValueError, match="no relation nowhere"):
        relation(con, "nowhere")
    con.execute("CREATE TABLE here AS SELECT 1 AS x")
    assert relation(con, "here").needs("x").name == "here"
    with pytest.raises(ValueError, match="lacks y"):
        relation(con, "here").needs("x", "y")


def test_rows_keep_their_types_when_there_are_none(con):
    with scratch(con) as work:
        empty = work.rows("none", {"day": "DATE"}, [])
        assert con.execute(f"SELECT typeof(max(day)) FROM {empty}").fetchone() == ("DATE",)


def test_a_scale_keeps_the_order_of_its_texts_and_is_gone_afterwards(con):
    with scratch(con) as work:
        scale = work.scale("grades", "SELECT unnest(['low', 'high'])")
        graded = work.table("graded", f"SELECT CAST(unnest(['high', 'low', 'high']) AS {scale}) AS grade")
        rows = con.execute(f"SELECT CAST(grade AS VARCHAR) FROM {graded} ORDER BY grade").fetchall()
        assert rows == [("low",), ("high",), ("high",)]
    assert con.execute("SELECT count(*) FROM duckdb_types() WHERE type_name LIKE 'grades%'").fetchall() == [(0,)]
