"""Formulas are defused alike in Python and in SQL."""

import pytest

from credential_pipeline.foundation.spreadsheets import csv_safe, csv_safe_sql
from credential_pipeline.foundation.storage.engine import connect

RUN = ["=1+1", "+A1", "-cmd|x", "@SUM(A1)", "\t=1", " =1", "\u00a0=1", "\ufeff@x", "|x", "%x", "\uff1d1", "\r\n=1"]
PLAIN = ["", "text", "-5", "-5.25", "12", "a=b", "O'Hara", "2018-01-01", "12 Elm St"]


@pytest.mark.parametrize("text", [*RUN, *PLAIN])
def test_the_engine_agrees(text: str) -> None:
    with connect(threads=1) as con:
        found = con.execute(f"SELECT {csv_safe_sql('t')} FROM (SELECT ? AS t)", [text]).fetchall()[0][0]
        assert con.execute(f"SELECT {csv_safe_sql('CAST(NULL AS VARCHAR)')}").fetchall() == [(None,)]
    assert found == csv_safe(text)
    assert found == (f"'{text}" if text in RUN else text)
