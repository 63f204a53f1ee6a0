"""Every holder of each credential, what comes next, and what a further one adds, on six people."""

import csv
from dataclasses import replace

import pytest

from credential_pipeline.enclave.outcome_tables.questions.stacks.stopping import differences
from credential_pipeline.enclave.outcome_tables.tabulation import tabulate
from credential_pipeline.foundation.reference.load import FOLDER
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import scratch
from tests.domain.enclave.outcome_tables_world import Result, World, award, opened, settings, tabulated

PAY = {"T": (10_000.0, 20_000.0), "S": (10_000.0, 13_000.0), "X": (10_000.0, 13_000.0), "U": (10_000.0, 90_000.0)}


def world() -> World:
    """T adds CPT two years after CPT-SAF, S and X stop with it, U adds N1 six years later; V and W have one credential."""
    wages = [
        (key, year, "E1", PAY[key][year > turn])
        for key, turn in (("T", 2014), ("S", 2014), ("X", 2014), ("U", 2018))
        for year in (turn - 2, turn - 1, turn + 1, turn + 2)
    ]
    return World(
        learners=[(key, 1990, "F", "white", None) for key in "STUVWX"],
        credentials=[
            award("T", "mssc", "CPT-SAF", "2012-03-01"),
            award("T", "mssc", "CPT", "2014-03-01"),
            award("S", "mssc", "CPT-SAF", "2012-03-01"),
            award("X", "mssc", "CPT-SAF", "2012-03-01"),
            award("U", "mssc", "CPT-SAF", "2012-03-01"),
            award("U", "nims", "N1", "2018-03-01"),
            award("V", "mssc", "CPT", "2012-06-01"),
            award("W", "mssc", "CPT", "2018-12-01"),
        ],
        wages=[*wages, ("V", 2013, "E1", 30_000.0)],
        employers=[("E1", "332710")],
    )


@pytest.fixture(scope="module")
def found() -> Result:
    return tabulated(world())


@pytest.fixture(scope="module")
def factors() -> dict[int, float]:
    """Year to what a dollar of it is worth in 2023."""
    rows = list(csv.DictReader((FOLDER / "cpi_u.csv").read_text("utf-8").splitlines()))
    index = {int(row["year"]): float(row["index"]) for row in rows}
    return {year: index[2023] / number for year, number in index.items()}


def test_every_holder_counts_whatever_came_before(found: Result, factors: dict[int, float]) -> None:
    tail = "certifier=mssc/credential=CPT"
    assert found.value(f"credential_holders/{tail}") == 3
    cell = found.cell(f"earnings_each_p50/{tail}/h=1")
    assert cell["n"] == 2
    assert cell["value"] == pytest.approx((20_000 * factors[2015] + 30_000 * factors[2013]) / 2, abs=1e-5)


def test_how_soon_the_next_one_comes(found: Result) -> None:
    cell = found.cell("months_to_next_p50")
    assert (cell["n"], cell["unit"]) == (2, "mean")
    assert cell["value"] == pytest.approx((730 + 2191) / 2 * 12 / 365.25, abs=1e-5)
    # W's award is too young to tell, and the others' are old enough.
    for years in (1, 2, 5):
        cell = found.cell(f"further_award_share/within_{years}")
        assert (cell["value"], cell["n"]) == ((0.0, 5) if years == 1 else (0.2, 5))


def test_which_one_comes_next(found: Result) -> None:
    tail = "next_award_share/certifier=mssc/credential=CPT-SAF/setting="
    for setting, share in (("mssc/CPT", 0.25), ("nims/N1", 0.25), ("no_further_award", 0.5)):
        cell = found.cell(tail + setting)
        assert (cell["value"], cell["n"]) == (share, 4)


def test_under_highest_the_next_award_is_none_of_those_counted_or_before() -> None:
    """Two awards of one day, of which the higher one counts: it is not its own next."""
    made = world()
    made.credentials = [award(key, "nims", code, "2012-03-01") for key in "ST" for code in ("N1", "N2")]
    made.credentials += [award("T", "mssc", "CPT", "2013-03-01")]
    found = tabulated(made, attribution="highest", cohorts={"first_award_year": 2012, "last_award_year": 2012})
    tail = "next_award_share/certifier=nims/credential=N2/setting="
    assert {
        cell["setting"] for cell in found.outcomes if cell["measure"] == "next_award_share" and cell["status"] == 1
    } == {
        "mssc/CPT",
        "no_further_award",
    }
    assert found.value(tail + "mssc/CPT") == 0.5
    assert found.value("months_to_next_p50") == pytest.approx(365 * 12 / 365.25, abs=1e-5)


def test_the_band_holds_what_sets_strata_of_one_apart() -> None:
    columns = {"pid": "INTEGER", "nth": "INTEGER", "certifier": "VARCHAR", "credential": "VARCHAR", "gap": "INTEGER"}
    columns |= {
        "age_band": "VARCHAR",
        "held": "VARCHAR",
        "since": "INTEGER",
        "years": "INTEGER",
        "treated": "BOOLEAN",
        "change": "DOUBLE",
    }
    treated = [(number, 2, "c", "k", number, "all", "h", 1, 2, True, 5_000.0 * number) for number in range(1, 5)]
    others = [
        (10 * gap + place, 2, None, None, gap, "all", "h", 1, 2, False, 0.0)
        for gap in range(1, 5)
        for place in range(2)
    ]
    alone = [(99, 2, None, None, 9, "all", "h", 1, 2, False, 0.0), (98, 2, "c", "k", 9, "all", "h", 1, 2, True, 1e6)]
    with connect(threads=1) as con, scratch(con) as work:
        changes = work.rows("changes", columns, [*treated, *others, *alone])
        groups = work.table(
            "groups", f"SELECT pid, nth, 'c' AS certifier, 'k' AS credential, 's' AS setting FROM {changes}"
        )
        made = differences(work, changes, groups)
        ((n, effect, deviation),) = con.execute(f"SELECT n, effect, deviation FROM {made}").fetchall()
    # Whoever has one control alone is in no figure: of one control no spread is known.
    assert (n, effect) == (4, 12_500.0)
    spread = sum((5_000 * number - 12_500) ** 2 for number in range(1, 5)) ** 0.5 / 4
    assert deviation == pytest.approx(spread)


def test_a_step_on_a_ladder_is_marked() -> None:
    with opened(world()) as con:
        tabulate(con, replace(settings(), ladders=(("mssc", "CPT-SAF", "CPT"),)))
        marked = con.execute(
            "SELECT setting FROM outcome_tables.outcomes WHERE definition = 'next_award_on_ladder'"
        ).fetchall()
    assert marked == [("mssc/CPT",)]


def test_what_a_further_one_adds_is_the_change_less_that_of_who_stopped(
    found: Result, factors: dict[int, float]
) -> None:
    # U went on six years after the first, when nobody who stopped has wages.
    added = (20_000 - 13_000) * (factors[2015] + factors[2016]) / 2
    for tail in ("nth_effect/setting=second", "next_award_effect/certifier=mssc/credential=CPT"):
        cell = found.cell(tail)
        assert (cell["n"], cell["value"]) == (1, pytest.approx(added, abs=1e-5))
    silent = (
        "nth_effect/setting=third",
        "nth_effect/setting=fourth_plus",
        "next_award_effect/certifier=nims/credential=N1",
    )
    for tail in silent:
        cell = found.cell(tail)
        assert (cell["status"], cell["n"], cell["n_count_id"], cell["definition"]) == (-1, 0, None, "not_available")


def _gone_on(*years: int) -> Result:
    """T adds further ones in these years, after CPT-SAF in 2012 and CPT in 2014."""
    made = world()
    made.credentials += [award("T", "nims", f"N{number}", f"{year}-03-01") for number, year in enumerate(years, 1)]
    return tabulated(made)


def test_an_award_is_told_of_by_years_in_which_no_other_one_counts(factors: dict[int, float]) -> None:
    second = "nth_effect/setting=second"
    assert _gone_on(2014).cell(second)["status"] == -1
    for year, years in ((2015, (2015,)), (2016, (2015, 2016))):
        cell = _gone_on(year).cell(second)
        added = (20_000 - 13_000) * sum(factors[one] for one in years) / len(years)
        assert (cell["n"], cell["value"]) == (1, pytest.approx(added, abs=1e-5))


def test_who_stopped_holds_the_last_one_as_long_as_who_goes_on() -> None:
    """T adds N1 in 2016, two years after CPT; Y and Z stopped with CPT in the year of the first one, or two years after it."""
    for second, n in (("2012-06-01", 0), ("2014-06-01", 1)):
        made = world()
        made.learners += [(key, 1990, "F", "white", None) for key in "YZ"]
        made.credentials += [award("T", "nims", "N1", "2016-03-01")]
        for key in "YZ":
            made.credentials += [
                award(key, "mssc", "CPT-SAF", "2012-03-01"),
                award(key, "mssc", "CPT", second),
            ]
        made.wages += [
            (key, year, "E1", 10_000.0)
            for key in "TYZ"
            for year in (2014, 2015, 2017, 2018)
            if (key, year) not in {row[:2] for row in made.wages}
        ]
        assert tabulated(made).cell("nth_effect/setting=third")["n"] == n


def test_nobody_with_two_awards_is_nothing_added() -> None:
    single = world()
    single.credentials = [row for row in single.credentials if row[0] in "SVW"]
    made = tabulated(single)
    measures = {row["measure"] for row in made.outcomes if row["status"] == 1}
    assert not measures & {"nth_effect", "next_award_effect", "months_to_next_p50"}
    assert made.value("further_award_share/within_5") == 0.0
    assert made.value("next_award_share/certifier=mssc/credential=CPT/setting=no_further_award") == 1.0


def test_the_order_of_rows_does_not_matter(found: Result) -> None:
    assert tabulated(world().shuffled(5)).outcomes == found.outcomes
