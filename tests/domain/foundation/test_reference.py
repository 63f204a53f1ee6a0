"""The public series: complete, sourced, and refused where a name is unknown."""

import pytest

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.reference.load import SERIES, load_reference
from credential_pipeline.foundation.storage.engine import connect


def test_every_row_has_a_source_and_a_date() -> None:
    with connect(threads=1) as con:
        load_reference(con)
        for name in SERIES:
            rows = con.execute(f"SELECT count(*), count(source), count(as_of) FROM reference.{name}").fetchall()[0]
            assert rows[0] == rows[1] == rows[2] > 0


def test_the_price_index_has_no_gap() -> None:
    with connect(threads=1) as con:
        load_reference(con, "cpi_u")
        rows = dict(con.execute('SELECT year, "index" FROM reference.cpi_u').fetchall())
    assert list(rows) == list(range(2000, 2026))
    assert (rows[2000], rows[2011], rows[2023]) == (172.2, 224.939, 304.702)


def test_codes_are_text_and_unique() -> None:
    with connect(threads=1) as con:
        load_reference(con, "naics_sectors", "states")
        sectors = [row[0] for row in con.execute("SELECT code FROM reference.naics_sectors").fetchall()]
        states = con.execute("SELECT state, fips FROM reference.states").fetchall()
    assert len(sectors) == len(set(sectors)) == 20
    assert {"31-33", "44-45", "48-49"} <= set(sectors)
    assert ("AL", "01") in states
    assert len({state for state, _ in states}) == len({fips for _, fips in states}) == 52


def test_an_unknown_series_is_refused() -> None:
    with connect(threads=1) as con, pytest.raises(SafeError, match="E_REFERENCE"):
        load_reference(con, "cpi_w")
