"""Tables of worlds that need coarsening: nobody lost or counted twice, nothing below its size, and releases that last."""

import csv
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from credential_pipeline.enclave.outcome_tables.macros import macros
from credential_pipeline.enclave.outcome_tables.plan import plan_for
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.enclave.outcome_tables_world import Result, World, award, random_world, registry, tabulated

CASES = [("first", 1, 500), ("highest", 2, 700), ("each", 3, 500)]
MONEY, COUNTS = 30, 15


@pytest.fixture(scope="module", params=CASES, ids=[case[0] for case in CASES])
def found(request: pytest.FixtureRequest) -> Result:
    attribution, seed, size = request.param
    return tabulated(random_world(seed, size), profile="standard", attribution=attribution)


def asked(found: Result) -> set[int]:
    """Horizons at which categories must be large enough."""
    learners = {row["count_id"]: row["learners"] for row in found.counts}
    told = {h for h in range(-3, 6) if found.cell(f"earnings_p50/h={h}")["status"] == 1}
    return {h for h in told if 2 * learners[f"cohort/h={h}"] >= learners["cohort"]}


def test_every_equation_holds_and_every_breakdown_counts_everybody_once(found: Result) -> None:
    values = {row["count_id"]: row["value"] for row in found.counts}
    sums: dict[str, int] = defaultdict(int)
    totals = {row["equation_id"]: row["total_count_id"] for row in found.equations}
    for row in found.equations:
        sums[row["equation_id"]] += values[row["part_count_id"]]
    assert {name for name, total in sums.items() if values[totals[name]] != total} == set()
    assert {"cohort by age_band", "cohort by certifier", "cohort by race", "wage_matched/h=1 = sector"} <= sums.keys()


def test_no_category_with_a_cell_is_below_its_size(found: Result) -> None:
    learners = {row["count_id"]: row["learners"] for row in found.counts}
    times = asked(found)
    assert len(times) > 3
    for row in found.outcomes:
        if row["table"].startswith("earnings") and row["horizon"] in times:
            assert learners[row["n_count_id"]] >= MONEY, row["cell_id"]
        if row["measure"] in {"setting_share", "stacking_share"} or (
            row["measure"] == "sector_share" and row["horizon"] in times
        ):
            assert learners[row["numerator_count_id"]] >= COUNTS, row["cell_id"]


def test_pooled_categories_are_named_with_their_level(found: Result) -> None:
    levels = {row["rollup_level"] for row in found.outcomes}
    assert {"all", "certifier", "age_band", "race"} <= levels
    for row in found.outcomes:
        pooled = "other_or_not_recorded" in {row["sex"], row["race"]} or "other" in {
            row["certifier"],
            row["credential"],
        }
        assert row["rollup_level"].endswith("_pooled") >= pooled
    assert not [row for row in found.outcomes if row["race"] == "unknown"]


def test_order_of_rows_and_threads_do_not_matter(found: Result) -> None:
    attribution, seed, size = next(case for case in CASES if case[0] == found.outcomes[0]["attribution"])
    world = random_world(seed, size).shuffled(4)
    assert tabulated(world, threads=2, profile="standard", attribution=attribution) == found


def test_nothing_is_left_over(found: Result) -> None:
    assert found.left_over == []


def test_ledgers_add_up_with_their_pooled_line(found: Result) -> None:
    for horizon in (None, 1, 5):
        lines = {r["definition"]: r for r in found.outcomes if r["table"] == "coverage" and r["horizon"] == horizon}
        shares = [row["value"] for row in lines.values() if row["measure"] == "coverage_share"]
        assert sum(round(share * 1_000_000) for share in shares) == 1_000_000
        assert not {"opted_out", "ferpa_blocked", "same_person"} & lines.keys()
        other = next(row for row in found.counts if row["count_id"] == lines["other"]["numerator_count_id"])
        assert other["value"] >= COUNTS


def wage(place: int) -> float:
    """Wages that differ from person to person, by ever more."""
    return 20_000.0 + place**2 / 2


def crowd(first: int, number: int, **columns: object) -> World:
    """Learners of one kind with wages in every year."""
    keys = [f"K{place:05}" for place in range(first, first + number)]
    kind = {"born": 1985, "race": "white", "certifier": "mssc", "code": "CPT", "sex": "FM"} | columns
    return World(
        learners=[
            (k, kind["born"], str(kind["sex"])[int(k[1:]) % len(str(kind["sex"]))], kind["race"], None) for k in keys
        ],
        credentials=[award(k, str(kind["certifier"]), str(kind["code"]), "2010-06-01", "credit") for k in keys],
        wages=[(k, y, "E1", wage(int(k[1:]))) for k in keys for y in range(2007, 2016)],
        employers=[("E1", "332710")],
    )


def together(*worlds: World) -> World:
    names = ("learners", "credentials", "wages")
    return replace(worlds[0], **{name: [row for world in worlds for row in getattr(world, name)] for name in names})


def categories(found: Result, column: str) -> set[str]:
    rows = [row for row in found.outcomes if row["table"].startswith("earnings")]
    return {row[column] for row in rows} - {"all"}


def test_the_few_without_a_known_age_stay_in_the_totals_and_are_told() -> None:
    found = tabulated(together(crowd(0, 300), crowd(300, 300, born=1960), crowd(600, 3, born=None)), profile="standard")
    assert categories(found, "age_band") == {"18-25", "46-55"}
    assert found.count("cohort/age_band=unknown") == 3
    cell = found.cell("without_cell_share/without_cell_age_band")
    assert (cell["n"], cell["numerator_count_id"]) == (603, "cohort/age_band=unknown")
    assert found.cell("earnings_p50/h=1")["n"] == 603


def test_one_off_leaves_every_category_as_it_is() -> None:
    world = together(crowd(0, 300), crowd(300, 3, race="asian", born=None))
    found = tabulated(world, profile="one-off")
    assert categories(found, "race") == {"white", "asian"}
    assert categories(found, "age_band") == {"18-25", "unknown"}
    assert not [row for row in found.outcomes if row["measure"] == "without_cell_share"]


def test_small_certifiers_and_credentials_are_pooled() -> None:
    world = together(
        crowd(0, 200),
        crowd(200, 40, code="CPT-SAF"),
        crowd(240, 20, code="NEW"),
        crowd(260, 90, certifier="nims", code="N1"),
        crowd(350, 60, certifier="nims", code="N2"),
    )
    found = tabulated(world, profile="standard")
    pairs = {
        (row["certifier"], row["credential"]) for row in found.outcomes if row["table"] == "earnings_by_credential"
    }
    assert pairs == {("mssc", "CPT"), ("mssc", "other"), ("nims", "N1"), ("nims", "N2")}
    assert found.cell("earnings_p50/certifier=mssc/credential=other/h=1")["n"] == 60
    assert found.cell("earnings_p50/certifier=mssc/credential=other/h=1")["rollup_level"] == "credential_pooled"
    strict = tabulated(world, profile="strict")
    assert {row["credential"] for row in strict.outcomes if row["certifier"] == "nims"} == {"all", "N1", "N2"}


def test_a_sector_that_is_seen_only_where_few_are_followed_is_not_lost() -> None:
    """Of 700 the files follow 300 for four years and more; one of these moves then into a sector where nobody was before."""
    later = crowd(300, 400)
    later.credentials[:] = [(*row[:5], "2013-06-01", *row[6:]) for row in later.credentials]
    world = together(crowd(0, 300), later)
    world.employers += [("E2", "445110"), ("E3", "722511")]
    world.wages[:] = [(k, y, "E2" if int(k[1:]) % 3 == 0 else firm, pay) for k, y, firm, pay in world.wages]
    world.wages[:] = [(k, y, "E3" if (k, y > 2013) == ("K00001", True) else f, pay) for k, y, f, pay in world.wages]
    found = tabulated(world, profile="standard")
    parts = {row["sector"]: row["value"] for row in found.counts if row["count_id"].startswith("sector/sector=")}
    assert set(parts) == {"31-33", "44-45", "other_or_not_recorded"}
    for horizon in (1, 4, 5):
        inside = [row for row in found.equations if row["equation_id"] == f"wage_matched/h={horizon} = sector"]
        assert sum(found.count(row["part_count_id"]) for row in inside) == found.count(f"wage_matched/h={horizon}")


def test_a_dimension_that_cannot_be_told_apart_is_left_out() -> None:
    found = tabulated(together(crowd(0, 100), crowd(100, 10, race="black")), profile="standard")
    assert categories(found, "race") == set()
    assert not [row for row in found.counts if row["race"] != "all"]
    assert [row for row in found.outcomes if row["measure"] == "in_industry_premium"]


def published(found: Result, file: Path) -> Path:
    """The outcomes as the file of a release."""
    with file.open("w", newline="", encoding="utf-8") as target:
        writer = csv.DictWriter(target, found.outcomes[0].keys())
        writer.writeheader()
        writer.writerows(found.outcomes)
    return file


def cells(found: Result) -> set[str]:
    return {row["cell_id"] for row in found.outcomes}


def test_a_second_release_keeps_the_categories_of_the_first(tmp_path: Path) -> None:
    races = {"white": 300, "black": 120, "asian": 31, "aian": 20, "nhpi": 12}
    first, place = [], 0
    for race, number in races.items():
        first.append(crowd(place, number, race=race))
        place += number
    before = tabulated(
        together(*first, crowd(place, 32, born=1950), crowd(place + 32, 20, born=1965)), profile="standard"
    )
    more = together(
        *first,
        crowd(place, 32, born=1950),
        crowd(place + 32, 20, born=1965),
        crowd(place + 52, 14, race="aian"),
        crowd(place + 66, 12, born=1965),
    )
    file = published(before, tmp_path / "outcomes.csv")
    after = tabulated(more, profile="standard", earlier=file)
    assert cells(after) == cells(before)
    assert cells(tabulated(more, profile="standard")) != cells(before)


def test_published_percentiles_are_nobodys_wage_and_near_the_median() -> None:
    found = tabulated(crowd(0, 120), profile="standard")
    factor = 304.702 / 224.939
    wages = {round(wage(place) * factor, 6) for place in range(120)}
    rows = [row for row in found.outcomes if row["measure"].startswith("earnings_p") and row["value"] is not None]
    assert rows
    for row in rows:
        assert row["publishable"] not in wages
        assert row["publishable"] == pytest.approx(row["value"], rel=0.01)
    shares = [row for row in found.outcomes if row["unit"] == "share"]
    assert all(row["publishable"] == row["value"] for row in shares)


@pytest.mark.parametrize(
    ("wages", "expected"),
    [
        ([1.0], 1.0),
        ([1.0, 3.0], 2.0),
        ([0.0] * 10 + [94.0] + [0.0] * 10, 32.0),
        ([0.0] * 15 + [94.0] + [0.0] * 5, 1.0),
        ([0.0] * 15 + [24.0] * 15, 12.0),
    ],
)
def test_the_window_reaches_five_people_to_each_side(wages: list[float], expected: float) -> None:
    with connect(threads=1) as con, macros(con):
        got = con.execute("SELECT smoothed(CAST(? AS DOUBLE[]), 0.5)", [wages]).fetchall()
    assert got[0][0] == pytest.approx(expected)


def test_families_of_the_registry_reach_the_plan() -> None:
    known = registry()
    first = known.certifiers["nims"]
    credentials = tuple(c.model_copy(update={"family": "milling"}) for c in first.credentials)
    known = replace(
        known, certifiers={**known.certifiers, "nims": first.model_copy(update={"credentials": credentials})}
    )
    plan = plan_for(known.industry("manufacturing"), known)
    assert plan.families_of("nims") == {"N1": "milling", "N2": "milling"}
    assert plan.families_of("mssc") == {}
