"""The public series: complete, sourced, and refused where a name is unknown."""

import pytest

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.reference.load import SERIES, reference_series
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import scratch


def rows(name: str, *columns: str) -> list[tuple]:
    with connect(threads=1) as con, scratch(con) as work:
        return con.execute(f"SELECT {', '.join(columns)} FROM {reference_series(work, name)}").fetchall()


@pytest.mark.parametrize("name", SERIES)
def test_every_row_has_a_source_and_a_date(name: str) -> None:
    ((total, sourced, dated),) = rows(name, "count(*)", "count(source)", "count(as_of)")
    assert total == sourced == dated > 0


def test_the_price_index_has_no_gap() -> None:
    index = dict(rows("cpi_u", "year", '"index"'))
    assert list(index) == list(range(2000, 2026))
    assert (index[2000], index[2011], index[2023]) == (172.2, 224.939, 304.702)


def test_codes_are_text_and_unique() -> None:
    sectors = [code for (code,) in rows("naics_sectors", "code")]
    states = rows("states", "state", "fips")
    assert len(sectors) == len(set(sectors)) == 20
    assert {"31-33", "44-45", "48-49"} <= set(sectors)
    assert ("AL", "01") in states
    assert len({state for state, _ in states}) == len({fips for _, fips in states}) == 52


def test_the_poverty_guidelines_have_no_gap_and_say_what_is_not_verified() -> None:
    guidelines = {
        year: amounts for year, *amounts in rows("poverty_guidelines", "year", "one_person", "each_additional")
    }
    assert list(guidelines) == list(range(2018, 2027))
    assert (guidelines[2018], guidelines[2026]) == ([12140, 4320], [15960, 5680])
    assert [year for year, known in rows("poverty_guidelines", "year", "additional_verified") if not known] == [2026]


def test_every_state_has_a_price_parity_for_one_year() -> None:
    parities = {(state, year): parity for state, year, parity in rows("price_parities", "state", "year", "parity")}
    states = {state for (state,) in rows("states", "state")}
    assert {state for state, _ in parities} == states - {"PR"}
    assert len(parities) == 51
    assert (parities["NC", 2023], parities["CA", 2023], parities["WY", 2023]) == (94.139, 112.581, 90.848)


def test_an_unknown_series_is_refused() -> None:
    with connect(threads=1) as con, scratch(con) as work, pytest.raises(SafeError, match="E_REFERENCE"):
        reference_series(work, "cpi_w")
