"""Annual real earnings, the main employer, percentiles and their bands."""

import numpy as np
import pytest

from credential_pipeline.enclave.outcome_tables.earnings import asked_years, sum_wages
from credential_pipeline.enclave.outcome_tables.macros import macros
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import relation
from tests.domain.enclave.outcome_tables_world import Result, World, award, cohort, rows_of, tabulated, working

ONE = [("A", 1990, "M", "white", None)]
AWARD = [award("A", "mssc", "CPT", "2010-06-01")]


def person_years(world: World) -> list[tuple[int, int, str]]:
    with working(world) as (work, plan):
        people, _, units = cohort(work, plan)
        wages = relation(work.con, "reference_population.wages")
        covered = work.view("covered", f"SELECT DISTINCT year FROM {wages}")
        found = sum_wages(work, wages, people, asked_years(work, units, covered, plan))
        rows = rows_of(work.con, f"(SELECT * FROM {found} ORDER BY pid, year)")
    return [(row["year"], row["cents"], row["employer_id"]) for row in rows]


def test_wages_of_all_employers_are_summed_and_the_largest_is_the_main_one() -> None:
    wages = [("A", 2011, "E1", 10000.10), ("A", 2011, "E2", 20000.20), ("A", 2012, "E1", 5.0)]
    assert person_years(World(ONE, AWARD, wages=wages)) == [(2011, 3000030, "E2"), (2012, 500, "E1")]


def test_equal_wages_fall_to_the_smaller_employer_id() -> None:
    wages = [("A", 2011, "E2", 100.0), ("A", 2011, "E10", 100.0), ("A", 2011, "E3", 99.99)]
    assert person_years(World(ONE, AWARD, wages=wages)) == [(2011, 29999, "E10")]


def test_years_outside_the_horizons_and_without_wages_are_left_out() -> None:
    wages = [("A", 2006, "E1", 1.0), ("A", 2007, "E1", 1.0), ("A", 2015, "E1", 1.0), ("A", 2016, "E1", 1.0)]
    wages += [("A", 2010, "E1", 0.0), ("B", 2010, "E1", 1.0)]
    assert [row[0] for row in person_years(World(ONE, AWARD, wages=wages))] == [2007, 2015]


@pytest.mark.parametrize("size", [1, 2, 3, 10, 101])
@pytest.mark.parametrize("p", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_percentiles_interpolate_as_numpy_does(size: int, p: float) -> None:
    values = np.sort(np.random.default_rng(size).uniform(0, 1000, size))
    with connect(threads=1) as con, macros(con):
        found = con.execute(
            "SELECT percentile(CAST(? AS DOUBLE[]), CAST(? AS DOUBLE))", [values.tolist(), p]
        ).fetchall()
    assert found[0][0] == pytest.approx(np.quantile(values, p))


def earners(wages: list[float]) -> World:
    keys = [f"K{number}" for number in range(len(wages))]
    return World(
        learners=[(key, 1990, "M", "white", None) for key in keys],
        credentials=[award(key, "mssc", "CPT", "2010-06-01") for key in keys],
        wages=[(key, 2011, "E1", amount) for key, amount in zip(keys, wages, strict=True)],
        employers=[("E1", "332710")],
    )


@pytest.fixture(scope="module")
def found() -> Result:
    return tabulated(earners([10000, 20000, 40000, 80000, 100000]))


def test_percentiles_are_in_dollars_of_the_base_year(found: Result) -> None:
    factor = 304.702 / 224.939
    for percent, nominal in ((25, 20000), (50, 40000), (75, 80000)):
        for tail in (
            "",
            "/age_band=18-25",
            "/sex=M",
            "/race=white",
            "/certifier=mssc",
            "/certifier=mssc/credential=CPT",
        ):
            cell = found.cell(f"earnings_p{percent}{tail}/h=1")
            assert cell["value"] == pytest.approx(nominal * factor, abs=1e-6)
            assert (cell["n"], cell["unit"], cell["base_year"], cell["status"]) == (5, "usd", 2023, 1)
    median = found.cell("earnings_p50/h=1")
    # Five people say nothing of where half earn less: the ends lie beyond all of them, but not below nothing.
    assert 0 <= median["low"] < 10000 * factor
    assert median["high"] > 100000 * factor


def test_the_base_year_is_a_setting() -> None:
    cell = tabulated(earners([10000.0]), base_year=2011).cell("earnings_p50/h=1")
    assert (cell["value"], cell["base_year"]) == (10000.0, 2011)


def test_nobody_seen_is_not_available_and_not_zero(found: Result) -> None:
    cell = found.cell("earnings_p50/h=2")
    assert (cell["value"], cell["low"], cell["high"], cell["n"], cell["status"]) == (None, None, None, 0, -1)


def test_a_year_without_a_price_index_is_refused() -> None:
    with pytest.raises(SafeError, match="2099"):
        tabulated(earners([1.0]), base_year=2099)
