"""Statements in files: relations are named, struct literals are left alone, what does not fit is refused."""

import sys

import pytest

from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import scratch
from credential_pipeline.foundation.storage.sql import statement


@pytest.fixture
def package(tmp_path, monkeypatch):
    folder = tmp_path / "package_of_statements"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "sums.sql").write_text(
        "SELECT {'who': person} AS s, sum(wage) AS wages FROM {people} WHERE wage > $least GROUP BY person ORDER BY 1"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder.name
    sys.modules.pop(folder.name, None)


def test_a_statement_reads_the_relations_that_it_is_given(package):
    with connect(threads=1) as con, scratch(con) as work:
        people = work.rows("people", {"person": "VARCHAR", "wage": "BIGINT"}, [("a", 1), ("a", 2), ("b", 4)])
        sums = work.table("sums", statement(package, "sums.sql", people=people), {"least": 1})
        assert con.execute(f"SELECT * FROM {sums}").fetchall() == [({"who": "a"}, 2), ({"who": "b"}, 4)]


def test_a_relation_too_few_or_too_many_is_refused(package):
    with connect(threads=1) as con, scratch(con) as work:
        people = work.table("people", "SELECT 'a' AS person, 1 AS wage")
        with pytest.raises(ValueError, match=r"sums.sql asks for people and was given nothing"):
            statement(package, "sums.sql")
        with pytest.raises(ValueError, match=r"was given homes, people"):
            statement(package, "sums.sql", people=people, homes=people)
