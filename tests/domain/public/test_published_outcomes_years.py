"""Which year a figure speaks of where the wage files end before the last year that is asked for."""

from credential_pipeline.public.published_outcomes.asked import figure_of
from credential_pipeline.public.published_outcomes.changes import change_words
from credential_pipeline.public.published_outcomes.comparison import groups_words
from credential_pipeline.public.published_outcomes.figures_spans import STATES, earnings_span
from credential_pipeline.public.published_outcomes.questions_path import LEFT
from tests.domain.public.cells_by_hand import cell, context


def test_a_last_year_that_nobody_has_is_not_the_year_of_a_split():
    cells = [
        cell(value + year, year, -1 if year == 6 else 1, measure, "earnings_by_state", state=state)
        for state, value in (("OH", 30_000), ("IN", 40_000))
        for year in (-1, 5, 6)
        for measure in ("earnings_p25", "earnings_p50", "earnings_p75")
    ]
    said = " ".join(earnings_span(context(cells), STATES).sentences)
    assert "fifth year" in said
    assert "not shown or not available" not in said


def test_where_leavers_go_is_told_of_the_last_year_that_is_told():
    cells = [
        cell(share, year, status, "leaver_sector_share", "leaving", "share", sector=sector)
        for sector, share in (("72", 0.6), ("44-45", 0.4))
        for year, status in ((4, 1), (5, 1 if sector == "72" else 5), (6, -1))
    ]
    cells = [one for one in cells if one.horizon != 4]
    (question,) = (one for one in LEFT if any(series.measure == "leaver_sector_share" for series in one.series))
    figure = figure_of(context(cells), question)
    assert figure is not None
    said = " ".join(figure.sentences)
    assert "in the fifth year after the award" in said
    assert "1 of 2 are not shown" in said


def test_groups_are_told_at_a_year_of_everybody():
    effect = {"measure": "comparison_effect", "table": "comparison"}
    cells = [
        *(cell(3_000, year, -1 if year == 6 else 1, **effect) for year in (5, 6)),
        *(cell(4_000, year, 1, cohort="2008-2012", **effect) for year in (5, 6)),
        *(cell(2_000, year, -1 if year == 6 else 1, cohort="2013-2017", **effect) for year in (5, 6)),
    ]
    (said,) = groups_words(context(cells), "cohort", ["2008-2012", "2013-2017"])
    assert "fifth year" in said
    assert "Not shown" not in said


def test_a_year_that_nobody_has_hides_no_group():
    grid = {
        (sex, year): cell(20_000 + 1_000 * year, year, -1 if year == 6 else 1, sex=sex)
        for sex in ("M", "F")
        for year in (-1, 5, 6)
    }
    assert len(change_words(grid, {"M": "men", "F": "women"})) == 1
