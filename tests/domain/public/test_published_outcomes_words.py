"""Sentences on released cells: amounts, years, groups that are ranked, and what would have happened anyway."""

from dataclasses import replace

import pytest

from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.asked import figure_of
from credential_pipeline.public.published_outcomes.cells import Cell
from credential_pipeline.public.published_outcomes.changes import change_words
from credential_pipeline.public.published_outcomes.comparison import UNKNOWN, anyway_words
from credential_pipeline.public.published_outcomes.figures_attempts import attempt_words, attempts
from credential_pipeline.public.published_outcomes.figures_comparison import comparison_figures
from credential_pipeline.public.published_outcomes.headline import headline
from credential_pipeline.public.published_outcomes.questions_path import STACKED
from credential_pipeline.public.published_outcomes.ranking import NOT_ALL_SHOWN, TOO_CLOSE, Ranking, Standing, rank
from tests.domain.public.cells_by_hand import cell, context


@pytest.mark.parametrize(
    ("value", "text"),
    [(31_400, "$31,400"), (31_449.4, "$31,449"), (-1_240, "\N{MINUS SIGN}$1,240"), (0, "$0"), (-0.2, "$0")],
)
def test_amounts_are_told_as_published_in_words_and_tables_alike(value, text):
    assert say.dollars(value) == text == say.figure(value, "usd")


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.4132, "41.3%"), (0.41, "41%"), (0.004, "0.4%"), (0.0, "under 1%"), (0.0001, "under 0.1%"), (0.9999, "over 99.9%"), (1.0, "over 99%"),
    ],
)  # fmt: skip
def test_shares_are_told_as_published_and_never_as_nobody_or_everyone(share, text):
    assert say.percent(share) == text == say.figure(share, "share")


@pytest.mark.parametrize(
    ("horizon", "text"),
    [
        (-3, "three years before the award"),
        (-1, "the year before the award"),
        (0, "the year of the award"),
        (5, "the fifth year after the award"),
        (12, "the 12th year after the award"),
    ],
)
def test_years_in_words(horizon, text):
    assert say.year(horizon) == text


def test_lists_in_words():
    assert [say.listing(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


def banded(value, horizon, width, n=900, status=1, **at):
    found = cell(value, horizon, status, **at)
    ends = {"low": value - width, "high": value + width, "n": n} if status == 1 else {}
    return Cell(**{**found.__dict__, **ends})


def changes_of(width=500, n=900, hidden=None):
    grid = {}
    for sex, before, after in (("M", 20_000, 31_000), ("F", 15_000, 21_000)):
        for year, value in ((-1, before), (4, after - 1_000), (5, after)):
            grid[sex, year] = banded(value, year, width, n, 5 if (sex, year) == hidden else 1, sex=sex)
    return change_words(grid, {"M": "men", "F": "women"})


def test_groups_are_ranked_at_equal_years_with_bands_apart():
    assert changes_of() == [
        (
            "Between the year before the award and the fifth year after it median earnings rose most for men (from $20,000 to $31,000) "
            "and rose least for women (from $15,000 to $21,000)."
        )
    ]
    assert "too close to tell" in changes_of(width=1_500)[0]
    assert "too few groups" in changes_of(n=90)[0]


def test_a_rise_is_counted_from_before_the_dip():
    """Those who train earn less in the year before the award; a rise from there is not theirs."""
    years = [cell(30_000, -3), cell(29_000, -2), cell(25_000, -1), cell(36_000, 5)]
    said = headline(context(years))[0]
    assert "rose from $29,000 to $36,000 between two years before the award and the fifth year after it" in said
    grid = {
        (sex, year): banded(value + rise * (year == 5), year, 100, sex=sex)
        for sex, rise in (("M", 9_000), ("F", 1_000))
        for year, value in ((-2, 20_000), (-1, 15_000), (5, 21_000))
    }
    assert "rose most for men (from $20,000 to $30,000)" in change_words(grid, {"M": "men", "F": "women"})[0]


def test_where_a_group_lacks_the_years_before_the_dip_all_are_told_from_it():
    grid = {
        (sex, year): banded(value, year, 100, status=5 if (sex, year) in {("F", -2), ("F", -3)} else 1, sex=sex)
        for sex in "MF"
        for year, value in ((-3, 20_000), (-2, 20_000), (-1, 15_000), (5, 21_000 if sex == "M" else 25_000))
    }
    assert "Between the year before the award" in change_words(grid, {"M": "men", "F": "women"})[0]


def test_a_hidden_year_of_one_group_moves_the_year_of_all():
    said = " ".join(changes_of(hidden=("F", 5)))
    assert "fourth year after it" in said
    assert "from $15,000 to $20,000" in said
    assert "Not all figures are shown or available for women." in said
    assert "fifth" not in said


def test_a_group_that_is_hidden_or_small_is_never_the_highest():
    groups = [
        Standing("a", 90.0, 85.0, 95.0, 60),
        Standing("b", 50.0, 48.0, 52.0, 400),
        Standing("c", 40.0, 38.0, 42.0, 400),
    ]
    found = rank(groups, complete=True)
    assert found.highest == ()
    assert [group.name for group in found.lowest] == ["c"]
    assert rank(groups, complete=False) == Ranking(why=NOT_ALL_SHOWN)
    assert (
        rank([Standing("a", 9.0, None, None, 400), Standing("b", 5.0, None, None, 400)], complete=True).why == TOO_CLOSE
    )
    level = [
        Standing(name, value, value - 3, value + 3, 400) for name, value in zip("abcd", (90, 88, 50, 48), strict=True)
    ]
    assert [[group.name for group in ends] for ends in (rank(level, complete=True).highest, rank(level, complete=True).lowest)] == [
        ["a", "b"], ["d", "c"],
    ]  # fmt: skip


def test_a_fall_is_said_to_be_one():
    assert "fell from $20,000 to $18,000" in say.change(say.Change("All", cell(20_000, -1), cell(18_000, 5)))
    assert "stayed at about $20,000" in say.change(say.Change("All", cell(20_000, -1), cell(20_000, 5)))
    grid = {
        (sex, year): banded(value, year, 50, sex=sex)
        for sex, year, value in (("M", -1, 9_000), ("M", 5, 8_000), ("F", -1, 9_000), ("F", 5, 7_000))
    }
    assert "fell least for a (from $9,000 to $8,000) and fell most for b" in change_words(grid, {"M": "a", "F": "b"})[0]


def compared_cells(effect=3_500, low=3_000, high=4_000):
    found = [
        cell(value, 5, measure=measure, table="comparison")
        for measure, value in (
            ("comparison_effect", effect),
            ("counterfactual_earnings", 28_000),
            ("matched_holder_earnings", 31_500),
        )
    ]
    return [Cell(**{**found[0].__dict__, "low": low, "high": high}), *found[1:]]


# --- the comparison ---------------------------------------------------------------------------------------------------


def test_earnings_are_told_with_what_would_have_happened_anyway():
    said = headline(context([cell(20_000, -1), cell(36_000, 5), *compared_cells()]))[0]
    assert "$31,500 on average" in said
    assert "it would have been $28,000, which leaves $3,500 (band $3,000 to $4,000) a year." in said
    close = anyway_words(context(compared_cells(200, -300, 700)))
    assert close.endswith(
        "which leaves $200 (band \N{MINUS SIGN}$300 to $700) a year, which cannot be told from nothing."
    )


def base_of(early, late, earned=30_000):
    cells = [
        *(cell(value, -3 + place, measure="comparison_effect", table="comparison") for place, value in enumerate((early, late, 0))),
        *(cell(earned, year, measure="matched_holder_earnings", table="comparison") for year in (-3, -2)),
    ]  # fmt: skip
    banded_cells = [Cell(**{**one.__dict__, "low": one.value - 100, "high": one.value + 100}) for one in cells]
    found = context([*banded_cells, *compared_cells()])
    return " ".join(comparison_figures(found)[0].sentences)


@pytest.mark.parametrize(
    ("five", "four", "words"),
    [
        (50, -40, "it cannot be told from nothing, as it should be."),
        (-800, -700, "the holders had been on another path"),
        (-800, 20, "the holders had been on another path"),
        (None, 20, "The tests five and four years before the award are not shown or not available."),
    ],
)
def test_years_before_the_base_are_told_as_tests(five, four, words):
    tests = [
        cell(value, None, 5 if value is None else 1, "comparison_effect", "comparison", definition=f"comparison_effect_{years}_before")
        for years, value in ((5, five), (4, four))
    ]  # fmt: skip
    known = [
        one if one.value is None else Cell(**{**one.__dict__, "low": one.value - 100, "high": one.value + 100})
        for one in tests
    ]
    figure = comparison_figures(context([*known, *compared_cells()]))[0]
    assert words in figure.sentences[-1]
    assert [row.name for row in figure.tables[1].blocks[0].rows] == [
        "Difference, Year \N{MINUS SIGN}5 (test)",
        "Difference, Year \N{MINUS SIGN}4 (test)",
    ]


@pytest.mark.parametrize(
    ("status", "breakdown", "low", "words"),
    [
        (1, 1.4, 3_000, "$1,000 to $6,000 in the fifth year after the award; 1.4 times that drift would be needed before it could be nothing."),
        (1, 0.0, 100, "$1,000 to $6,000 in the fifth year after the award; less than a tenth of that drift would be needed before it could be nothing."),
        (1, 0.0, -100, "$1,000 to $6,000 in the fifth year after the award."),
        (5, 1.4, 3_000, "What it would be if the two had drifted on is not shown or not available."),
    ],
)  # fmt: skip
def test_the_range_if_the_two_had_drifted_on_is_told_and_drawn(status, breakdown, low, words):
    wide = cell(
        3_500 if status == 1 else None,
        5,
        status,
        "comparison_effect",
        "comparison",
        definition="comparison_effect_if_drifting",
    )
    wide = replace(wide, low=1_000, high=6_000) if status == 1 else wide
    broken = cell(breakdown, 5, 1, "comparison_breakdown", "comparison", "mean")
    figure = comparison_figures(context([wide, broken, *compared_cells(low=low)]))[0]
    assert figure.sentences[-1].endswith(words)
    assert ("faint" in dict(figure.legend)) is (status == 1)
    assert "if the two had drifted on" in str(figure.tables[0])


@pytest.mark.parametrize(("least", "low", "said"), [(-300, 1_000, True), (300, 1_000, False), (-300, -100, False)])
def test_in_short_says_that_an_effect_could_be_drift(least, low, said):
    """Whoever reads on the front page that something is left must not have to look for what would leave nothing of it."""
    wide = cell(1_600, 5, 1, "comparison_effect", "comparison", definition="comparison_effect_if_drifting")
    known = [
        cell(20_000, -2),
        cell(36_000, 5),
        replace(wide, low=least, high=3_600),
        *compared_cells(1_600, low, 2_200),
    ]
    words = "it could be nothing: \N{MINUS SIGN}$300 to $3,600."
    assert (words in headline(context(known))[0]) is said


def test_a_base_in_which_the_two_part_is_told():
    assert (
        "which together are the base, the holders fell behind by $800: if that passed again, the difference"
        in base_of(400, -400)
    )
    assert "the difference after the award is too large." in base_of(400, -400)
    assert "went ahead by $1,000" in base_of(-500, 500)
    for slight in (base_of(90, -90), base_of(150, -150)):
        assert "together are the base" not in slight


def test_figures_that_are_not_ranked_are_told_with_their_bands():
    """Of further credentials most are held by nobody: that there is nothing to rank does not leave the question without an answer."""
    found = [
        cell(None if code == "Z" else 500 + place, None, -1 if code == "Z" else 1, "next_award_effect", "stacking", certifier="m", credential=code)
        for place, code in enumerate("BADCEFZ")
    ]  # fmt: skip
    known = [Cell(**{**one.__dict__, "low": -100, "high": 1_100, "n": 900 - (one.value or 0)}) for one in found]
    effect = next(question for question in STACKED if question.key == "next-award-effect")
    figure = figure_of(context(known), effect)
    assert figure is not None
    assert figure.sentences[:2] == [
        "The figures: not ranked, as not all figures are shown.",
        (
            "The 5 of most learners: A $501 (band \N{MINUS SIGN}$100 to $1,100); B $500 (band \N{MINUS SIGN}$100 to $1,100); "
            "C $503 (band \N{MINUS SIGN}$100 to $1,100); D $502 (band \N{MINUS SIGN}$100 to $1,100); E $504 (band \N{MINUS SIGN}$100 to $1,100)."
        ),
    ]


def test_without_a_comparison_nothing_is_said_of_cause():
    said = headline(context([cell(20_000, -1), cell(36_000, 5)]))[0]
    assert said.endswith("How much of this would have happened anyway, these figures do not say.")
    hidden = [Cell(**{**one.__dict__, "value": None, "status": 5}) for one in compared_cells()]
    assert anyway_words(context(hidden)) == UNKNOWN


def test_that_nobody_can_be_compared_is_said_once():
    nobody = [cell(None, 5, -1, "comparison_effect", "comparison", age_band=band) for band in ("all", "14-25", "26-99")]
    said = headline(context([cell(20_000, -1), cell(36_000, 5), *nobody]))
    assert " ".join(said).count(UNKNOWN) == 1


def test_hidden_cells_are_never_compared():
    said = headline(context([cell(20_000, -1), cell(None, 5, 5), cell(None, 4, -1)]))
    assert "$" not in " ".join(said)
    assert "1 are not shown" in said[-1]


def test_the_last_published_year_is_named_when_the_fifth_is_hidden():
    said = headline(context([cell(20_000, -1), cell(25_000, 4), cell(None, 5, 5)]))
    assert "$25,000" in said[0]
    assert "fourth year after" in said[0]


def test_no_attempts_at_all():
    assert "attempts" in attempts(context([cell(1.0, 1)])).sentences[0]
    assert callable(attempt_words)
