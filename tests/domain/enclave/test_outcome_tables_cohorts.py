"""Attribution: which award a learner is counted at, and as whom."""

from typing import Any

import pytest

from tests.domain.enclave.outcome_tables_world import World, award, cohort, rows_of, working


def units(world: World, **industry: object) -> list[dict[str, Any]]:
    with working(world, **industry) as (work, plan):
        people, _, chosen = cohort(work, plan)
        return rows_of(work.con, f"(SELECT u.*, person_key FROM {chosen} AS u JOIN {people} USING (pid) ORDER BY uid)")


STACK = World(
    learners=[("A", 1990, "M", "white", None)],
    credentials=[
        award("A", "nims", "N1", "2012-05-01"),
        award("A", "mssc", "CPT", "2011-05-01"),
        award("A", "mssc", "CPT-SAF", "2010-05-01"),
        award("A", "mssc", "CPT-SAF", "2009-01-01", result="fail"),
        award("A", "mssc", "CPT-SAF", "2013-05-01"),
    ],
)


@pytest.mark.parametrize(
    ("attribution", "expected"),
    [
        ("first", [("CPT-SAF", 2010)]),
        ("highest", [("CPT", 2011)]),
        ("each", [("CPT", 2011), ("CPT-SAF", 2010), ("N1", 2012)]),
    ],
)
def test_attribution_picks_the_award(attribution: str, expected: list[tuple[str, int]]) -> None:
    found = units(STACK, attribution=attribution)
    assert [(row["credential"], row["award_year"]) for row in found] == expected


def test_each_marks_one_lead_per_learner() -> None:
    assert [row["credential"] for row in units(STACK, attribution="each") if row["lead"]] == ["CPT-SAF"]


def test_levels_of_equal_rank_fall_to_the_earlier_award() -> None:
    world = World(
        learners=[("A", 1990, "M", "white", None)],
        credentials=[award("A", "nims", "N1", "2009-05-01"), award("A", "mssc", "CPT-SAF", "2010-05-01")],
    )
    assert units(world, attribution="highest")[0]["credential"] == "N1"


def test_awards_of_one_day_are_ordered_by_code() -> None:
    world = World(
        learners=[("A", 1990, "M", "white", None)],
        credentials=[
            award("A", "nims", "N1", "2010-05-01"),
            award("A", "mssc", "CPT-SAF", "2010-05-01"),
            award("A", "mssc", "CPT", "2010-05-01"),
        ],
    )
    assert units(world)[0]["credential"] == "CPT"


def test_a_first_award_before_the_cohort_keeps_the_learner_out() -> None:
    world = World(
        learners=[("A", 1990, "M", "white", None), ("B", 1990, "M", "white", None)],
        credentials=[
            award("A", "mssc", "CPT-SAF", "2004-12-31"),
            award("A", "mssc", "CPT", "2006-01-01"),
            award("B", "mssc", "CPT", "2005-01-01"),
            award("B", "nims", "N1", "2019-01-01"),
        ],
    )
    assert [(row["person_key"], row["award_year"]) for row in units(world)] == [("B", 2005)]
    assert [row["person_key"] for row in units(world, attribution="each")] == ["A", "B"]


def test_age_is_that_of_the_award_year() -> None:
    years = {"A": 1993, "B": 1992, "C": 1985, "D": None, "E": 2000}
    world = World(
        learners=[(key, born, "M", "white", None) for key, born in years.items()],
        credentials=[award(key, "mssc", "CPT", "2010-12-31") for key in years],
    )
    found = {row["person_key"]: row["age_band"] for row in units(world)}
    assert found == {"A": "14-17", "B": "18-25", "C": "18-25", "D": "unknown", "E": "unknown"}


def test_missing_values_become_a_category() -> None:
    world = World(learners=[("A", 1990, None, " ", None)], credentials=[award("A", "mssc", "CPT", "2010-01-01")])
    row = units(world)[0]
    assert (row["sex"], row["race"], row["training_setting"]) == ("unknown", "unknown", "unknown")
