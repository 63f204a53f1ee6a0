"""Which of many rows are shown: those of most learners, whatever they earn; and all others are counted."""

import pytest

from credential_pipeline.public.published_outcomes.chosen import GROWING, choose, of_most_learners
from credential_pipeline.public.published_outcomes.found import cells_of
from credential_pipeline.public.published_outcomes.groups import Split, left_out_words
from credential_pipeline.public.published_outcomes.question import Question, Series
from tests.domain.public.cells_by_hand import cell, context


@pytest.mark.parametrize(
    ("learners", "shown", "hidden"),
    [
        ({"a": 10, "b": 30, "c": 20}, ["b", "c"], 0),
        ({"a": 10, "b": 10, "c": 10}, ["a", "b"], 0),
        ({"a": None, "b": None, "c": 10}, ["a", "c"], 1),
        ({"a": None, "b": 0, "c": 10}, ["b", "c"], 1),
        ({"a": 10}, ["a"], 0),
    ],
)
def test_those_of_most_learners_are_shown_in_the_order_of_the_figure(learners, shown, hidden):
    chosen = choose(list(learners), learners.get, 2)
    assert (chosen.rows, chosen.left, chosen.hidden) == (shown, max(0, len(learners) - 2), hidden)


def test_what_is_not_shown_is_counted_in_a_sentence():
    numbers = {code: None if code == 7 else code for code in range(10)}
    words = choose(list(numbers), numbers.get, 7).words("credentials")
    assert words == (
        "Shown are the 7 credentials of most learners; outcomes.csv has 3 more (1 of them not shown or not available)."
    )
    assert choose([1], numbers.get, 7).words("credentials") == ""


def test_earnings_choose_nobody_and_learners_of_any_year_do():
    cells = [
        cell(90_000.0, 5, certifier="rich", n=100),
        cell(10_000.0, 5, status=5, certifier="many", n=900),
        cell(10_000.0, 1, certifier="many", n=900),
        cell(50_000.0, 5, certifier="hidden", status=5, n=5000),
    ]
    grid = context(cells).release.grid("earnings_overall", "earnings_p50", "certifier")
    chosen = of_most_learners(grid, ["hidden", "many", "rich"], 1)
    assert (chosen.rows, chosen.left, chosen.hidden) == (["many"], 2, 1)


def test_groups_that_grow_with_the_registry_are_bounded_and_ages_are_not():
    assert {"certifier", "credential", "state"} == GROWING
    ages = [cell(0.4, 5, table="t", measure="m", unit="share", age_band=f"{age}-{age}") for age in range(10, 20)]
    owners = [
        cell(0.4, 5, table="t", measure="m", unit="share", certifier=f"c{place}", n=100 + place) for place in range(8)
    ]
    made, split = context([*ages, *owners]), Split("t", "m", year=5)
    grids = split.grids(made)
    assert len(split.chosen("age_band", grids["age_band"]).rows) == 10
    assert split.chosen("certifier", grids["certifier"]).rows == ["c2", "c3", "c4", "c5", "c6", "c7"]
    assert left_out_words(made, split) == (
        "Shown are the 6 groups by certifier of most learners; outcomes.csv has 2 more."
    )


def test_of_what_was_held_each_certifier_has_its_turn():
    def share(certifier, held, n, setting, status=1):
        at = {"certifier": certifier, "credential": held, "setting": setting, "n": n, "status": status}
        return cell(0.2, None, table="stacking", measure="next_award_share", unit="share", **at)

    cells = [share("large", f"L{place}", 900 - place, "no_further_award") for place in range(5)]
    cells += [share("small", f"S{place}", 50 - place, setting) for place in range(2) for setting in ("x/A", "other")]
    cells += [share("silent", "N0", 0, "no_further_award", status=-1)]
    question = Question(
        "next", "Next", "", "stacking", (series := Series("next_award_share", dimension="setting", held=True),)
    )
    found = cells_of(context(cells), question, series)
    held = list(dict.fromkeys(one.held for one in found))
    assert held == ["large/L0", "small/S0", "large/L1", "small/S1", "large/L2", "large/L3", "large/L4", "silent/N0"]
    assert {one.held for one in found if one.kept} == set(held[:4])
    assert [one.name for one in found if one.held == "small/S0" and one.kept][-1] == "Another credential"


def test_the_pooled_ones_stand_only_beside_all_that_have_a_name():
    def share(setting, value):
        at = {"certifier": "c", "credential": "held", "setting": setting}
        return cell(value, None, table="stacking", measure="next_award_share", unit="share", **at)

    question = Question("next", "Next", "", "stacking", (Series("next_award_share", dimension="setting", held=True),))
    for named, kept in (
        (3, ["3", "2", "1", "other", "no_further_award"]),
        (5, ["5", "4", "3", "2", "no_further_award"]),
    ):
        cells = [share(f"c/{place}", place / 100) for place in range(1, named + 1)]
        cells += [share("no_further_award", 0.4), share("other", 0.3)]
        found = cells_of(context(cells), question, question.series[0])
        assert sorted(one.code.removeprefix("c/") for one in found if one.kept) == sorted(kept)
        assert len(found) == named + 2
