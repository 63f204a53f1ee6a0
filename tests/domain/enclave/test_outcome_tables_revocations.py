"""An award that the certifier revoked makes a holder only up to the year before: later years are in the ledger, and in no figure."""

from dataclasses import replace

import pytest

from tests.domain.enclave.outcome_tables_world import Result, Row, World, award, tabulated

FACTOR = 304.702 / 232.957  # dollars of 2013 in dollars of 2023
YEARS = range(2009, 2019)
AWARDED = "2012-06-01"
#: Learner to the events of the award of 2012, and the year of death.
LIVES: dict[str, tuple[tuple[str, str], ...]] = {
    "kept": (),
    "lost": (("revocation", "2014-03-01"),),
    "at_once": (("revocation", "2012-10-01"),),
    "anew": (("revocation", "2014-03-01"), ("award", "2014-12-01")),
    "late": (("revocation", "2014-03-01"), ("award", "2015-01-10")),
    "died_first": (("revocation", "2016-01-01"),),
    "lost_first": (("revocation", "2013-01-01"),),
    "earlier": (("revocation", "2011-01-01"),),
}
DIED = {"died_first": 2013, "lost_first": 2014}


def event(key: str, kind: str, day: str, code: str = "CPT", certifier: str = "mssc") -> Row:
    return (key, certifier, code, kind, None, day, None)


def world(*keys: str, more: tuple[Row, ...] = (), pay: float = 40000.0) -> World:
    """Learners with an award in 2012 and a job in the industry in every year while they live."""
    return World(
        learners=[(key, 1990, "M", "white", DIED.get(key)) for key in keys],
        credentials=[
            *(award(key, "mssc", "CPT", AWARDED) for key in keys),
            *(event(key, kind, day) for key in keys for kind, day in LIVES[key]),
            *more,
        ],
        employers=[("E1", "332710")],
        wages=[(key, year, "E1", pay) for key in keys for year in YEARS if year <= DIED.get(key, year)],
    )


@pytest.fixture(scope="module")
def found() -> Result:
    return tabulated(world(*LIVES), horizons={"first": -3, "last": 5})


def at(found: Result, quantity: str) -> list[int]:
    """A count at the years -1 to 5."""
    return [found.count(f"{quantity}/h={horizon}") for horizon in range(-1, 6)]


def test_years_from_the_revocation_on_are_out_and_those_before_it_stay(found: Result) -> None:
    # At once from year 0 on, lost_first from 1, lost and late from 2; an award in the year of the revocation makes it void.
    assert at(found, "revoked") == [0, 1, 2, 4, 4, 4, 4]
    assert at(found, "died_before") == [0, 0, 0, 1, 1, 1, 1]
    assert at(found, "wage_matched") == [8, 7, 6, 3, 3, 3, 3]
    assert at(found, "in_industry") == at(found, "wage_matched")


def test_there_is_one_denominator_and_the_rows_add_up(found: Result) -> None:
    assert at(found, "cohort") == [8] * 7
    assert at(found, "award_held") == [8, 7, 6, 4, 4, 4, 4]
    sums: dict[str, int] = {}
    for row in found.equations:
        sums[row["equation_id"]] = sums.get(row["equation_id"], 0) + found.count(row["part_count_id"])
    totals = {row["equation_id"]: found.count(row["total_count_id"]) for row in found.equations}
    assert sums == totals
    assert totals["cohort/h=2 = award_held|revoked"] == 8


def test_the_revoked_have_a_line_of_their_own_in_every_ledger(found: Result) -> None:
    lines = {
        row["cell_id"].split("/", 1)[1]: row["value"] for row in found.outcomes if row["measure"] == "coverage_share"
    }
    assert lines["coverage_share/revoked/h=1"] == 0.25
    assert lines["coverage_share/revoked/h=5"] == 0.5
    # Over all years: those who lost it before the first year after the award.
    assert (lines["coverage_share/revoked"], lines["coverage_share/never_seen_after"]) == (0.25, 0)
    for horizon in ("/h=1", "/h=5", ""):
        ledger = [
            value for line, value in lines.items() if line.endswith(horizon) and line.count("/") == 1 + bool(horizon)
        ]
        assert sum(ledger) == pytest.approx(1)


def test_their_wages_are_in_no_version_of_earnings() -> None:
    rich = replace(world("kept"), learners=[(key, 1990, "M", "white", None) for key in ("kept", "lost")])
    rich.credentials.extend([award("lost", "mssc", "CPT", AWARDED), event("lost", "revocation", "2014-03-01")])
    rich.wages.extend(("lost", year, "E1", 80000.0) for year in YEARS)
    found = tabulated(rich)
    for measure in ("earnings_p50", "earnings_all_p50", "earnings_attached_p50"):
        assert found.value(f"{measure}/h=1") == pytest.approx(60000 * FACTOR)
        assert found.cell(f"{measure}/h=2")["n"] == 1
        assert found.value(f"{measure}/h=2") == pytest.approx(40000 * 304.702 / 236.736)
    assert (found.cell("own_change_p50/h=1")["n"], found.cell("own_change_p50/h=2")["n"]) == (2, 1)
    assert (found.value("retention_share/h=2"), found.cell("retention_share/h=2")["n"]) == (1.0, 1)
    assert (found.value("wage_matched_share/h=2"), found.cell("wage_matched_share/h=2")["n"]) == (0.5, 2)


def test_whoever_lost_the_award_at_once_is_not_followed_to_a_job(found: Result) -> None:
    # Two had no year after the award as holders.
    assert found.cell("new_job_share")["n"] == 6


@pytest.mark.parametrize("attribution", ["first", "highest"])
def test_an_award_that_was_not_revoked_at_once_comes_first(attribution: str) -> None:
    other = world(
        "at_once",
        "lost",
        more=(award("at_once", "nims", "N1", "2013-05-01"), award("lost", "nims", "N1", "2015-05-01")),
    )
    found = tabulated(other, attribution=attribution)
    # Who lost it later had it for a while: that award is the first, and of the higher level.
    assert (found.count("cohort/certifier=nims"), found.count("cohort/certifier=mssc")) == (1, 1)
    assert (found.count("wage_matched/certifier=nims/h=2"), found.count("wage_matched/certifier=mssc/h=2")) == (1, 0)


def test_under_each_every_award_is_followed_to_its_own_end() -> None:
    other = world("lost", more=(award("lost", "nims", "N1", "2012-07-01"),))
    found = tabulated(other, attribution="each")
    assert (found.count("wage_matched/h=1"), found.count("wage_matched/h=2"), found.count("revoked/h=2")) == (2, 1, 1)
    assert found.count("wage_matched/certifier=nims/h=2") == 1


def test_holders_of_each_credential_are_paid_while_they_hold_it() -> None:
    found = tabulated(world("kept", "lost"))
    assert found.value("credential_holders/certifier=mssc/credential=CPT") == 2
    assert found.cell("earnings_each_p50/certifier=mssc/credential=CPT/h=1")["n"] == 2
    assert found.cell("earnings_each_p50/certifier=mssc/credential=CPT/h=5")["n"] == 1


def test_the_comparison_follows_holders_up_to_the_year_before() -> None:
    keys = [f"K{number}" for number in range(6)]
    made = World(
        learners=[(key, 1980, "M", "white", None) for key in keys],
        credentials=[award(key, "mssc", "CPT", AWARDED) for key in keys]
        + [event(key, "revocation", "2015-03-01") for key in keys[:2]],
        employers=[("E1", "332710")],
        wages=[(key, year, "E1", 40000.0 + 900 * (year > 2012)) for key in keys for year in YEARS],
        persons=[(key, "1980-03-01", "M", "white", "OH") for key in keys],
    )
    for number in range(80):
        made.persons.append((f"O{number:02}", "1980-03-01", "M", "white", "OH"))
        made.wages.extend((f"O{number:02}", year, "E1", 40000.0) for year in YEARS)
    found = tabulated(made)
    assert [found.cell(f"comparison_effect/h={horizon}")["n"] for horizon in range(6)] == [6, 6, 6, 4, 4, 4]
    zeros = [found.cell(f"comparison_effect/comparison_effect_with_zeros/h={horizon}")["n"] for horizon in (2, 3)]
    assert zeros == [6, 4]
    assert found.value("comparison_effect/h=2") == pytest.approx(900 * 304.702 / 236.736, abs=0.02)
