"""Would Workforce Pell pay: programmes written by hand that pass, fail, or cannot be evaluated, each for one reason."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pytest

from credential_pipeline.enclave.outcome_release.mark import mark_figures
from credential_pipeline.enclave.outcome_tables.cells import outcomes
from credential_pipeline.enclave.outcome_tables.cohorts import number_people
from credential_pipeline.enclave.outcome_tables.counts import identify
from credential_pipeline.enclave.outcome_tables.earnings import price_factors
from credential_pipeline.enclave.outcome_tables.given import Given
from credential_pipeline.enclave.outcome_tables.grouping import GROUP
from credential_pipeline.enclave.outcome_tables.questions.workforce_pell import answer
from credential_pipeline.enclave.outcome_tables.questions.workforce_pell.judging import Evidence, judge
from credential_pipeline.enclave.outcome_tables.questions.workforce_pell.law import Law
from credential_pipeline.enclave.outcome_tables.questions.workforce_pell.window import choose, last_year
from credential_pipeline.enclave.outcome_tables.tabulation import tabulate
from credential_pipeline.enclave.outcome_tables.uncertainty.replicates import draw
from credential_pipeline.foundation.reference.load import reference_series
from credential_pipeline.foundation.registry.profiles import PROFILES
from credential_pipeline.foundation.registry.programmes import Programme
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation, scratch
from tests.domain.enclave.outcome_tables_world import World, opened, rows_of, settings, working

OPEID = "00123400"
NOBODY = draw(np.ones(1), 2)
PARITY, POVERTY = 0.94139, 1.5 * 12_140
PROGRAMME = {
    "id": "line",
    "title": "Production line",
    "provider": "Example College",
    "provider_opeid": OPEID,
    "certifier": "mssc",
    "credentials": ("CPT",),
    "state": "NC",
    "clock_hours": 240,
    "weeks": 12,
    "tuition_and_fees": {"usd": 15_000, "year": 2018},
}
PLACE = "certifier=mssc/credential=CPT/cohort=2017-2017/setting=line"


@pytest.fixture(scope="module")
def law() -> Law:
    return Law.read()


def programme(**changed: object) -> dict[str, object]:
    """The programme with some of it changed; None takes a key away."""
    return {key: value for key, value in (PROGRAMME | changed).items() if value is not None}


def event(
    key: str, day: str, kind: str = "award", opeid: str | None = OPEID, certifier: str = "mssc"
) -> tuple[Any, ...]:
    code = {"mssc": "CPT", "nims": "N1"}[certifier]
    return (key, certifier, code, kind, "pass" if kind == "award" else "fail", day, "credit", opeid)


def college(
    completers: int = 60,
    dropouts: int = 10,
    pay: float = 38_000,
    idle: int = 0,
    award: str = "2017-10-01",
    end: str = "2017-09-25",
    years: Iterable[int] = range(2000, 2021),
) -> World:
    """Learners who began on 10 July 2017: completers, of whom some have no wages, and dropouts who sat once and failed."""
    keys = [f"P{number:03d}" for number in range(completers + dropouts)]
    done, gone = keys[:completers], keys[completers:]
    # Evenly spread around the median, so that percentiles are known.
    amounts = {key: pay + 100 * (place - (completers - 1) / 2) for place, key in enumerate(done)}
    return World(
        learners=[(key, 1990, "F", "white", None) for key in keys],
        credentials=[*(event(key, award) for key in done), *(event(key, "2017-10-01", "attempt") for key in gone)],
        enrollments=[(key, "public_2yr", True, False, "2017-07-10", end, OPEID) for key in keys],
        wages=[
            *(
                (key, year, f"E{n % 4 + 1}", amounts[key])
                for n, key in enumerate(done[idle:])
                for year in years
                if year >= 2017
            ),
            *(("ELSE", year, "E1", 1.0) for year in years),
        ],
        employers=[(f"E{n}", "332710") for n in range(1, 5)],
        wage_states=[("NC", "agreed", 1)],
    )


@dataclass(frozen=True)
class Answered:
    """Cells, counts and rules of the question alone, as dicts and with their ids."""

    outcomes: list[dict[str, Any]]
    counts: dict[str, int]
    rules: dict[str, tuple[str, ...]]

    def value(self, tail: str) -> float | None:
        return next(row["value"] for row in self.outcomes if row["cell_id"] == f"manufacturing/{tail}")


def no_bands(work: Scratch) -> Relation:
    texts = ("measure", "definition", *GROUP, "sector", "setting")
    numbers = {"horizon": "INTEGER", "low": "DOUBLE", "high": "DOUBLE", "fragile": "BOOLEAN"}
    numbers |= {"employers": "BIGINT", "largest_employer": "DOUBLE"}
    return work.rows("bands", dict.fromkeys(texts, "VARCHAR") | numbers, [])


def tables(world: World, profile: str = "standard", base_year: int = 2018, **changed: object) -> Answered:
    """Ask nothing else of the world: what other questions need is not made."""
    with working(world, profile=profile, base_year=base_year, programmes=(programme(**changed),)) as (work, plan):
        people = number_people(work, relation(work.con, "person_keys.learners"))
        wages = relation(work.con, "reference_population.wages")
        factors = price_factors(work, reference_series(work, "cpi_u"), wages, plan)
        covered = work.table("covered", f"SELECT DISTINCT year FROM {wages}")
        shut = work.rows("shut", {"state": "VARCHAR", "year": "INTEGER"}, [("OH", 2018)])
        given = replace(everything(people), price_factors=factors, covered_years=covered, shut_years=shut)
        answered = answer(work, given, plan)
        rungs = work.rows(
            "rungs", dict.fromkeys(("dimension", "within", "label"), "VARCHAR") | {"silent": "BOOLEAN"}, []
        )
        reached = work.table("reached", "SELECT 'all' AS cohort, CAST(unnest(range(-5, 11)) AS INTEGER) AS horizon")
        found = rows_of(work.con, outcomes(work, plan, rungs, reached, no_bands(work), answered.cells))
        counts = {row["count_id"]: row["value"] for row in rows_of(work.con, identify(work, answered.counts))}
        return Answered(found, counts, dict(answered.rules))


def everything(people: Relation) -> Given:
    """What is known, of which the question reads no more than is said otherwise."""
    names = (field.name for field in fields(Given) if field.name != "replicates")
    return Given(**dict.fromkeys(names, people), replicates=NOBODY)


def verdict(result: Answered) -> tuple[str, str, set[str]]:
    """Full verdict, verdict of the first years, reasons."""
    found: dict[str, list[str]] = {}
    for row in result.outcomes:
        found.setdefault(row["measure"], []).append(row["definition"])
    (full,), (first,) = found["pell_verdict"], found["pell_verdict_transition"]
    reasons = {reason.removeprefix("pell_") for reason in found.get("pell_reason", ())}
    return full, first.removeprefix("transition_"), reasons


def test_a_planted_programme_passes_with_its_figures() -> None:
    result = tables(college())
    assert verdict(result) == ("passes", "passes", set())
    assert result.value(f"completion_rate/{PLACE}") == pytest.approx(60 / 70, abs=1e-6)
    assert result.value(f"placement_rate/{PLACE}") == 1
    assert result.value(f"value_added_earnings/{PLACE}") == pytest.approx(38_000 / PARITY - POVERTY, abs=1e-4)
    assert result.value(f"tuition_and_fees/{PLACE}") == 15_000
    assert result.value(f"pell_verdict/passes/{PLACE}") == 60
    assert {row["n"] for row in result.outcomes} == {60, 70}
    assert all(result.counts[row["n_count_id"]] == row["n"] for row in result.outcomes)
    for total, parts in result.rules.items():
        assert sum(result.counts[f"{part}/{PLACE}"] for part in parts) == result.counts[f"{total}/{PLACE}"]


@pytest.mark.parametrize(
    ("world", "changed", "first", "reasons"),
    [
        (college(), {"tuition_and_fees": {"usd": 25_000, "year": 2018}}, "passes", {"tuition_too_high"}),
        (college(pay=17_000), {}, "passes", {"tuition_too_high"}),
        (college(pay=17_000), {"tuition_and_fees": None}, "passes", {"tuition_too_high"}),
        (college(dropouts=40), {}, "fails", {"completion_too_low"}),
        (college(end="2018-04-30", award="2018-05-01"), {}, "fails", {"completion_too_low"}),
        (college(idle=25), {}, "fails", {"placement_too_low"}),
        (college(), {"clock_hours": 600}, "fails", {"hours_out_of_range"}),
        (college(), {"weeks": 15}, "fails", {"weeks_out_of_range"}),
        (college(), {"clock_hours": 90, "tuition_and_fees": None}, "fails", {"hours_out_of_range"}),
    ],
)
def test_a_planted_programme_fails_for_its_reason(
    world: World, changed: dict[str, object], first: str, reasons: set[str]
) -> None:
    assert verdict(tables(world, **changed)) == ("fails", first, reasons)


def without_failures(world: World) -> World:
    return replace(world, credentials=[row for row in world.credentials if row[3] == "award"])


def without_provider(world: World) -> World:
    return replace(world, credentials=[(*row[:-1], None) for row in world.credentials])


@pytest.mark.parametrize(
    ("world", "changed", "first", "reasons"),
    [
        (college(), {"tuition_and_fees": None}, "passes", {"no_tuition"}),
        (college(), {"clock_hours": None}, "cannot_be_evaluated", {"no_hours"}),
        (college(), {"weeks": None}, "cannot_be_evaluated", {"no_weeks"}),
        (college(completers=20, dropouts=3), {}, "cannot_be_evaluated", {"too_few"}),
        (college(), {"provider_opeid": "00999900"}, "cannot_be_evaluated", {"too_few"}),
        (college(award="2018-11-01"), {}, "cannot_be_evaluated", {"too_young"}),
        (college(years=range(2000, 2017)), {}, "cannot_be_evaluated", {"too_young"}),
        (college(years=range(2010, 2012)), {}, "cannot_be_evaluated", {"wages_not_covered"}),
        (replace(college(), wage_states=[("NC", None, 1)]), {}, "cannot_be_evaluated", {"wages_not_covered"}),
        (college(), {"state": "KY"}, "cannot_be_evaluated", {"wages_not_covered"}),
        (replace(college(), wage_states=[("AK", "agreed", 1)]), {"state": "AK"}, "passes", {"prices_not_covered"}),
        (college(), {"base_year": 2017}, "passes", {"prices_not_covered"}),
        (college(), {"tuition_and_fees": {"usd": 900, "year": 2040}}, "passes", {"prices_not_covered"}),
        (without_failures(college()), {}, "cannot_be_evaluated", {"completion_not_known"}),
        (without_provider(college()), {}, "cannot_be_evaluated", {"no_provider"}),
        (
            college(),
            {"certifier": "nims", "credentials": ("N1",)},
            "cannot_be_evaluated",
            {"no_provider", "completion_not_known"},
        ),
        (college(), {"profile": "dp"}, "cannot_be_evaluated", {"not_published"}),
    ],
)
def test_what_cannot_be_evaluated_says_why(
    world: World, changed: dict[str, Any], first: str, reasons: set[str]
) -> None:
    result = tables(world, **changed)
    assert verdict(result) == ("cannot_be_evaluated", first, reasons)
    if reasons & {"no_provider", "not_published"}:
        assert not result.counts
        assert {row["status"] for row in result.outcomes} == {-1}


def test_several_credentials_make_one_completer_and_learners_without_a_key_complete_too() -> None:
    world = college(completers=28)
    world.credentials += [
        (key, "mssc", "CPT-SAF", "award", "pass", "2017-10-02", "credit", OPEID) for key in ("P000", "P001")
    ]
    world.unkeyed_credentials += [("mssc", "CPT", "award", "2017-10-01", "001234-00")] * 7
    result = tables(world, credentials=("CPT", "CPT-SAF"))
    place = "certifier=mssc/cohort=2014-2017/setting=line"
    assert result.counts[f"pell_listed/{place}"] == 35
    assert result.counts[f"pell_followed/{place}"] == 28
    assert result.value(f"pell_verdict/cannot_be_evaluated/{place}") == 35
    assert verdict(result)[2] == {"too_few"}  # earnings of 28 are not published


def test_who_lives_where_the_year_is_not_covered_is_not_followed_and_has_no_earnings() -> None:
    world = college()
    world.states |= {f"P{number:03d}": "OH" for number in range(15)}
    counts = tables(world).counts
    assert (counts[f"pell_followed/{PLACE}"], counts[f"pell_with_earnings/{PLACE}"]) == (45, 45)


def test_those_who_still_study_do_not_count_for_earnings_and_the_dead_for_nothing() -> None:
    world = college()
    world.enrollments += [
        (f"P{number:03d}", "public_4yr", True, True, "2018-02-01", "2018-12-01", "00555500") for number in range(20)
    ]
    world.learners[59] = ("P059", 1990, "F", "white", 2017)
    result = tables(world)
    assert result.counts[f"pell_with_earnings/{PLACE}"] == 40
    assert result.counts[f"pell_followed/{PLACE}"] == 59


def test_rows_in_another_order_give_the_same_cells() -> None:
    world = college()
    one, two = (tables(it) for it in (world, world.shuffled(3)))
    assert one == two


def test_without_programmes_there_is_no_cell() -> None:
    with working(college()) as (work, plan):
        people = number_people(work, relation(work.con, "person_keys.learners"))
        answered = answer(work, everything(people), plan)
        assert not rows_of(work.con, answered.cells)
        assert not rows_of(work.con, answered.counts)


def test_a_verdict_survives_the_release_and_a_small_programme_keeps_its_number() -> None:
    world = college()
    world.learners += [(f"S{number}", 1990, "F", "white", None) for number in range(9)]
    world.credentials += [event(f"S{number}", "2017-10-01", opeid="00999900") for number in range(9)]
    taught = (programme(), programme(id="small", provider_opeid="00999900"))
    with opened(world) as con:
        tabulate(con, settings("standard", base_year=2018, programmes=taught))
        parts = rows_of(con, f"(FROM outcome_tables.equations WHERE total_count_id = 'pell_began/{PLACE}')")
        with scratch(con) as work:
            outcomes, counts = (relation(con, f"outcome_tables.{name}") for name in ("outcomes", "counts"))
            marked = mark_figures(work, outcomes, counts, PROFILES["standard"])
            found = {row["cell_id"]: row for row in rows_of(con, marked) if row["table"] == "workforce_pell"}
    assert {row["part_count_id"] for row in parts} == {f"pell_completed/{PLACE}", f"pell_not_completed/{PLACE}"}
    assert found[f"manufacturing/pell_verdict/passes/{PLACE}"]["status"] == 1
    assert found[f"manufacturing/pell_verdict/passes/{PLACE}"]["value"] == 60
    assert found[f"manufacturing/value_added_earnings/{PLACE}"]["value"] == 22_200
    hidden = [row for row in found.values() if row["setting"] == "small"]
    assert {row["measure"] for row in hidden} >= {"pell_verdict", "pell_reason", "completion_rate"}
    assert {row["status"] for row in hidden} == {5}
    assert all(row["value"] is None and row["n"] is None for row in hidden)


def test_the_window_goes_back_until_there_are_enough(law: Law) -> None:
    assert last_year(range(2000, 2024), 2005, 2018, law) == 2017
    assert last_year([2015, 2016, 2017], 2005, 2018, law) == 2015
    assert last_year([2015, 2017], 2005, 2018, law) is None
    each = {2018: 9, 2017: 20, 2016: 20, 2015: 20, 2014: 20, 2013: 99}
    window = choose(each, 2017, law, int)
    assert (window.first, window.last, window.completers, window.later, window.label) == (
        2015,
        2017,
        60,
        9,
        "2015-2017",
    )
    assert choose({2010: 500}, 2017, law, int).completers == 0
    assert choose({2017: 46}, 2017, law, lambda number: 10 * round(number / 10)).first == 2017


def test_the_law_as_it_is_written(law: Law) -> None:
    one = Programme.model_validate(programme())
    sound = Evidence(completion=0.7, placement=0.7, value_added=15_000, tuition=15_000)
    assert judge(one, sound, law).full == "passes"
    assert judge(one, replace(sound, completion=0.69), law).full == "fails"
    assert judge(one, replace(sound, value_added=0, tuition=0), law).full == "fails"
    assert judge(one, replace(sound, placement=None, gaps=("too_few",)), law).reasons == ("too_few",)
    # A failed test decides, whatever else is not known.
    assert judge(one, replace(sound, completion=None, placement=0.1), law).full == "fails"
