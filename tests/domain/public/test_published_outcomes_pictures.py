"""Pictures draw released cells, mark the hidden ones, and have words and a table beside them."""

from dataclasses import replace

import pytest

from credential_pipeline.enclave.outcome_tables.definitions import definitions
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.public.published_outcomes.figures_attempts import attempts
from credential_pipeline.public.published_outcomes.figures_pell import pell
from credential_pipeline.public.published_outcomes.report import pages
from credential_pipeline.public.published_outcomes.write import write_public_files
from tests.domain.engines.charts_reader import rows_of
from tests.domain.public import released_sample as sample
from tests.domain.public.cells_by_hand import cells_by_id, context


@pytest.fixture(scope="module")
def released():
    return cells_by_id()


@pytest.fixture(scope="module")
def parts(released):
    """The sections of the sample, made once: drawing is slow."""
    return [section for page in pages(context(released.values())) for section in page.sections]


@pytest.fixture(scope="module")
def drawn(parts):
    """Every picture of the report, by its key."""
    return {picture.key: picture for section in parts for figure in section.figures for picture in figure.pictures}


def test_the_line_of_what_would_have_happened_anyway_is_drawn_beside_that_of_holders(drawn, released):
    rows = [row for row in rows_of(drawn["comparison"].wide) if "dot" in row]
    values = {(row["series"], row["x"]): row["value"] for row in rows}
    assert values["Holders", 5] == released["manufacturing/matched_holder_earnings/h=5"].value
    assert values["Anyway", 5] == released["manufacturing/counterfactual_earnings/h=5"].value
    effects = {row["name"][4:]: row["value"] for row in rows_of(drawn["comparison-effect"].wide)}
    assert [*effects][:3] == [f"Year \N{MINUS SIGN}{before} (test)" for before in (5, 4, 1)]
    assert effects["Year +5"] == released["manufacturing/comparison_effect/h=5"].value


def test_a_feed_without_attempts_is_said_to_have_none(released):
    figure = attempts(context(released.values()))
    text = " ".join(figure.sentences)
    assert "National Institute for Metalworking Skills: attempts not reported" in text
    assert "61,240 attempts: 71.2% passed at the first attempt and 88.3% passed in the end" in text
    for place, words in enumerate(("attempts not reported", "passes not shown")):
        assert any(words in row["text"] for row in rows_of(figure.pictures[place].wide))


def test_every_picture_has_words_and_a_table_beside_it(parts):
    for section in parts:
        for figure in section.figures:
            assert figure.pictures
            assert all(not table.empty for table in figure.tables)
            assert figure.tables
            for picture in figure.pictures:
                assert picture.title
                assert len(picture.description) > 40
                assert picture.narrow is not None or picture.key == "coverage"


@pytest.mark.parametrize(
    ("key", "table", "measure", "dimension"),
    [
        ("earnings-by-age", "earnings_by_age", "earnings_p50", "age_band"),
        ("earnings-by-race", "earnings_by_race", "earnings_p50", "race"),
        ("industry-share", "industry_share", "in_industry_share", "certifier"),
    ],
)
def test_lines_draw_released_cells_and_mark_hidden_ones(released, drawn, key, table, measure, dimension):
    made = context(released.values())
    grid = made.release.grid(table, measure, dimension)
    names = {made.naming.name(dimension, code): code for code, _ in grid}
    picture = drawn[key]
    for chart in (picture.wide, picture.narrow):
        dots = [row for row in rows_of(chart) if "dot" in row]
        values = {(names[row["series"]], row["x"]): row["value"] for row in dots}
        expected = {place: cell.value for place, cell in grid.items() if not (key == "industry-share" and place[1] < 0)}
        assert values == expected
        hidden = [row for row in rows_of(chart) if row.get("kind") == "hidden" or "no figure" in row.get("name", "")]
        assert len(hidden) == sum(value is None for value in expected.values())


def test_sectors_are_drawn_by_size_with_the_own_one_in_color(drawn):
    rows = rows_of(drawn["sectors"].wide)
    shown = [row["value"] for row in rows if row["value"] is not None and "Not recorded" not in row["name"]]
    assert shown == sorted(shown, reverse=True)
    assert [row["name"][4:] for row in rows if row["tone"] == "1"] == ["Manufacturing"]
    assert [row["text"] for row in rows if row["value"] is None] == ["not shown"]


def test_credentials_show_before_after_and_middle_half(released, drawn):
    rows = {row["name"][4:]: row for row in rows_of(drawn["earnings-credential-0"].wide)}
    safety = rows["Safety"]

    def value(measure, year):
        return released[f"manufacturing/{measure}/certifier=mssc/credential=CPT-SAF/h={year}"].value

    assert (safety["start"], safety["value"]) == (value("earnings_p50", -1), value("earnings_p50", 5))
    assert (safety["low"], safety["high"]) == (value("earnings_p25", 5), value("earnings_p75", 5))
    assert rows["Certified Logistics Technician"]["text"] == "not shown"


def test_the_ledger_is_one_bar_with_its_shares_in_the_legend(parts):
    figure = next(item for section in parts for item in section.figures if item.key == "coverage")
    widths = [row["right"] - row["left"] for row in rows_of(figure.pictures[0].wide)]
    assert sum(widths) == pytest.approx(1.0)
    assert figure.legend[0] == ("c1", "Wages found in at least one year after the award: 78.9%")
    assert len(figure.legend) == len(widths)


def pell_of(cells):
    """The figure on Workforce Pell, with the titles of the definitions."""
    named = sample.LABELS | {"definition": {item.definition: item.title for item in definitions()}}
    return pell(context(cells, named))


def test_programmes_stand_by_their_verdict_with_figures_and_reasons(released):
    figure = pell_of(released.values())
    said = " ".join(figure.sentences)
    assert (
        "Workforce Pell would pay for 1 of 4 programmes. Production line, Example College: 86% completed in time"
        in said
    )
    assert "value-added earnings of $22,200 stand against tuition and fees of $4,200." in said
    assert "It would not pay for 1 of 4 programmes. CNC machining, Another College: completion too low." in said
    assert "Nobody can tell for 2 of 4 programmes." in said
    (table,) = figure.tables
    assert [block.name for block in table.blocks] == [
        "Would be paid for",
        "Would not be paid for",
        "Cannot be evaluated",
    ]
    assert table.blocks[0].rows[0].name == "Production line, Example College (July 2015 to June 2018)"
    assert [item.text for item in table.blocks[0].rows[0].entries] == ["86%", "91%", "$22,200", "$4,200", "60"]
    named = {row.name: [item.text for item in row.entries] for row in table.blocks[2].rows}
    assert named["Night school, Small College (July 2015 to June 2018): too few"] == ["not shown"] * 5
    row = "New programme, New College (no learners judged): provider not reported and tuition not known"
    assert named[row] == ["not available"] * 5
    drawn = {row["name"][4:]: row for row in rows_of(figure.pictures[0].wide)}
    line = drawn["Production line, Example College"]
    assert (line["start"], line["value"], line["low"], line["high"]) == (4_200, 22_200, 20_700, 23_700)
    assert drawn["Night school, Small College"]["text"] == "not shown"


def test_a_programme_whose_band_holds_the_line_is_too_close_to_tell(released):
    near = [
        replace(found, low=0.66) if found.at["setting"] == "line" and found.measure == "completion_rate" else found
        for found in released.values()
    ]
    for cells, close in ((near, True), (released.values(), False)):
        (line,) = [said for said in pell_of(cells).sentences if said.startswith("Production line")]
        assert ("too close to tell" in line) is close


@pytest.mark.parametrize(("low", "high", "close"), [(0.60, 0.72, True), (0.60, 0.69, False), (None, None, False)])
def test_a_programme_that_fails_by_less_than_its_band_is_too_close_to_tell(released, low, high, close):
    """As one that passes: neither verdict is surer than the figure that it rests on."""
    cells = [
        replace(found, status=1, value=0.68, low=low, high=high)
        if found.at["setting"] == "cnc" and found.measure == "completion_rate" else found
        for found in released.values()
    ]  # fmt: skip
    assert ("too close to tell" in " ".join(pell_of(cells).sentences)) is close


def test_where_no_programme_can_be_judged_none_is_said_to_be_refused(released):
    unknown = [
        found
        for found in released.values()
        if found.table != "workforce_pell" or found.at["setting"] not in {"line", "cnc"}
    ]
    said = " ".join(pell_of(unknown).sentences)
    assert "Nobody can tell for 2 of 2 programmes." in said
    assert "would pay for none" not in said


def test_a_release_of_one_cell_has_a_page_without_pictures_of_the_rest(tmp_path):
    rows = [row for row in sample.cells() if row["table"] == "earnings_overall"]
    with connect() as con:
        sample.load(con, rows)
        write_public_files(con, tmp_path, sample.INDUSTRY, sample.RELEASE, sample.METHOD, sample.LABELS)
    page = "".join(path.read_text("utf-8") for path in sorted(tmp_path.glob("*.html")))
    assert page.count('role="img"') == 2
    assert page.count("This release holds no figures on") == 13


def test_what_is_added_next_is_told_under_what_was_held(parts):
    figure = next(item for section in parts for item in section.figures if item.key == "next-award")
    (row,) = [one for one in figure.tables[0].blocks[0].rows if one.name.startswith("after Maintenance Awareness")]
    assert next(entry.mark for entry in row.entries if entry.cell_id) == "s-1"
    first = figure.tables[0].blocks[0].rows[0]
    assert (first.name, first.entries[0].text) == (
        "after Quality Practices and Measurement: Maintenance Awareness",
        "21%",
    )
    assert figure.sentences[0].startswith(
        "Shares of 5% or more: after Quality Practices and Measurement: Maintenance Awareness (21%), "
    )
    assert "No further credential (60%)" in figure.sentences[0]
