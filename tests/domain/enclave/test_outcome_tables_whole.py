"""What holds for every world: contracts, additivity, definitions, and independence of the order of rows."""

from collections import defaultdict

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from credential_pipeline.enclave.outcome_tables import tabulation
from credential_pipeline.enclave.outcome_tables.definitions import definitions
from credential_pipeline.enclave.outcome_tables.grouping import GROUP
from credential_pipeline.enclave.outcome_tables.tabulation import tabulate
from credential_pipeline.engines.sampling import REACH
from credential_pipeline.foundation.contracts.outcome_tables import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from tests.domain.enclave.outcome_tables_world import (
    Result,
    World,
    award,
    left_over,
    opened,
    random_world,
    settings,
    tabulated,
    working,
)

CASES = [("first", 1, ["31", "32", "33"]), ("highest", 2, ["3327", "62"]), ("each", 3, ["31", "32", "33"])]


@pytest.fixture(scope="module", params=CASES, ids=[case[0] for case in CASES])
def found(request: pytest.FixtureRequest) -> Result:
    attribution, seed, naics = request.param
    return tabulated(random_world(seed), attribution=attribution, naics=naics)


def test_every_equation_holds(found: Result) -> None:
    values = {row["count_id"]: row["value"] for row in found.counts}
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for row in found.equations:
        sums[row["equation_id"], row["total_count_id"]] += values[row["part_count_id"]]
    assert len(sums) > 500
    assert {key for key, total in sums.items() if values[key[1]] != total} == set()


def test_every_split_is_known(found: Result) -> None:
    """The equations that a reader could use are there, in all the ways that a total can be split."""
    splits = {row["equation_id"] for row in found.equations if row["total_count_id"] == "wage_matched/h=1"}
    parts = {"certifier", *GROUP[2:]}
    assert splits == {f"wage_matched/h=1 by {part}" for part in parts} | {
        "wage_matched/h=1 = in_industry|out_of_industry",
        "wage_matched/h=1 = sector",
    }
    assert "wage_matched/certifier=mssc/h=1 by credential" in {row["equation_id"] for row in found.equations}


def test_cells_refer_to_counts_that_give_their_n(found: Result) -> None:
    values = {row["count_id"]: row["value"] for row in found.counts}
    for row in found.outcomes:
        if row["n_count_id"] is None:
            # A certifier that reports no failure, or a year that the wage files do not reach.
            assert (row["status"], row["value"]) == (-1, None)
            continue
        assert row["n"] == values[row["n_count_id"]]
        if row["unit"] == "share" and row["status"] == 1:
            assert row["value"] == pytest.approx(values[row["numerator_count_id"]] / row["n"], abs=2e-6)


def test_values_lie_in_their_bands(found: Result) -> None:
    for row in found.outcomes:
        # The figure that is published: a percentile that is not averaged can lie beside the band of a tiny group.
        if row["low"] is not None and row["value"] is not None:
            assert row["low"] - 1e-6 <= row["publishable"] <= row["high"] + 1e-6


def test_learners_never_exceed_the_count_of_pairs(found: Result) -> None:
    for row in found.counts:
        assert row["learners"] <= row["value"] or row["quantity"] == "sittings"
    if found.outcomes[0]["attribution"] == "each":
        assert [row for row in found.counts if row["quantity"] == "cohort" and row["learners"] < row["value"]]


def test_every_definition_is_explained(found: Result) -> None:
    used = {(row["definition"], row["measure"]) for row in found.outcomes}
    assert used <= {(entry.definition, entry.measure) for entry in definitions()}
    assert len(found.definitions) == len({(row["definition"], row["measure"]) for row in found.definitions})


def test_tables_have_the_columns_and_keys_of_the_contract(found: Result) -> None:
    for table in SNAPSHOT:
        assert list(found.types[table.name].items()) == list(table.schema.items())
        keys = [tuple(row[column] for column in table.key) for row in getattr(found, table.name)]
        assert len(keys) == len(set(keys)) > 0


def test_nothing_but_the_five_tables_is_left_over(found: Result) -> None:
    assert found.left_over == []


def test_nothing_is_left_over_by_a_tabulation_that_fails() -> None:
    world = random_world(1)
    with opened(world) as con:
        with pytest.raises(SafeError, match="E_CPI"):
            tabulate(con, settings(base_year=2099))
        assert left_over(con) == []
        assert con.execute("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'outcome_tables'").fetchone() == (
            0,
        )


def test_order_of_rows_and_threads_do_not_matter(found: Result) -> None:
    attribution, seed, naics = next(case for case in CASES if case[0] == found.outcomes[0]["attribution"])
    assert tabulated(random_world(seed).shuffled(9), threads=2, attribution=attribution, naics=naics) == found


def test_one_learner_with_two_credentials_is_two_pairs_and_one_learner() -> None:
    world = World(
        learners=[("A", 1990, "M", "white", None)],
        credentials=[award("A", "mssc", "CPT", "2010-06-01"), award("A", "nims", "N1", "2010-07-01")],
        wages=[("A", 2011, "E1", 10.0)],
        employers=[("E1", "332710")],
    )
    found = tabulated(world, attribution="each")
    rows = {row["count_id"]: (row["value"], row["learners"]) for row in found.counts}
    assert rows["wage_matched/h=1"] == (2, 1)
    assert rows["wage_matched/certifier=nims/h=1"] == (1, 1)
    assert rows["sector/sector=31-33/h=1"] == (2, 1)
    assert rows["lead_wage_matched/h=1"] == (1, 1)
    assert (found.value("credentials_per_learner"), found.cell("credentials_per_learner")["n"]) == (2.0, 1)
    assert found.value("coverage_share/seen_in_wages/h=1") == 1.0


def blas_threads() -> list[int]:
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


def test_linear_algebra_has_one_thread_while_it_tabulates_and_as_many_as_before_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[list[int]] = []
    bands_of = tabulation.bands_of
    monkeypatch.setattr(tabulation, "bands_of", lambda *given: (seen.append(blas_threads()), bands_of(*given))[1])
    with threadpool_limits(2, "blas"):
        tabulated(random_world(1, size=10))
        assert set(blas_threads()) == {2}
    assert set(seen[0]) == {1}


def test_statements_and_programs_mean_the_same_band() -> None:
    with working(World()) as (work, _):
        assert work.con.execute("SELECT CAST(normal_reach() AS DOUBLE)").fetchall() == [(REACH,)]
