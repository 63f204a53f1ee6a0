"""Charts show the values that they are given, in their order, mark what is hidden, and are drawn the same every time."""

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from credential_pipeline.engines.charts import png, theme
from credential_pipeline.engines.charts.bars import Bar, bars, dumbbells, intervals, layout, shapes
from credential_pipeline.engines.charts.figure import Block, Entry, Figure, Picture, Row, Table
from credential_pipeline.engines.charts.histogram import Bin, histogram
from credential_pipeline.engines.charts.lines import Frame, Point, lines, panels
from credential_pipeline.engines.charts.parts import Part, cuts, parts, swatches
from credential_pipeline.engines.charts.render import inline_svg, specification
from credential_pipeline.engines.charts.scales import ceiling, in_lines, number, number_format, spread
from tests.domain.engines.charts_reader import marks_of, rows_of

POINTS = [
    Point(name, year, None if (name, year) == ("Men", 2) else 10_000.0 * place + 1_000 * year, 900.0, 1_100.0)
    for place, name in enumerate(("Women", "Men", "Not recorded"), 1)
    for year in range(-1, 4)
]
ROWS = [
    Bar("Milling", 31.0, "31", start=20.0, low=25.0, high=40.0),
    Bar("Turning", None, "not shown"),
    Bar("Grinding", 12.0, "12", tone="quiet"),
]
BINS = [Bin("linked", 10, 4_000, "1"), Bin("linked", 12, 0, "1"), Bin("unlinked", -4, 50, "quiet")]
EVERY = {
    "lines": lines(POINTS, Frame(600, 300, "usd")),
    "panels": panels(POINTS, Frame(140, 120, "usd"), 2),
    "bars": bars(ROWS, layout(ROWS, "count", narrow=False)),
    "intervals": intervals(ROWS, layout(ROWS, "usd", narrow=True)),
    "dumbbells": dumbbells(ROWS, layout(ROWS, "usd", narrow=False)),
    "grouped": bars([Bar("a", 1.0, "1", group="One"), Bar("a", 2.0, "2", group="Two")], layout(ROWS, "count", narrow=False)),
    "parts": parts([Part("in", 0.8, "80%", "1"), Part("out", None, "not shown", "2")]),
    "histogram": histogram(BINS, 2, [("link", 4.2)], "weight", narrow=False),
}  # fmt: skip


@pytest.mark.parametrize("name", EVERY)
def test_every_chart_is_drawn_small_named_and_without_outside(name):
    drawn = inline_svg(EVERY[name], "k", "A <title>", "A & description.", "wide")
    root = ET.fromstring(drawn)
    assert (root.get("role"), root.get("aria-labelledby"), root.get("class")) == ("img", "k-t k-d", "chart wide")
    assert [(part.tag, part.get("id"), part.text) for part in root[:2]] == [
        ("title", "k-t", "A <title>"),
        ("desc", "k-d", "A & description."),
    ]
    assert [part.tag for part in root.iter() if part.get("role")] == ["svg"]
    assert "http" not in drawn
    assert "#" not in drawn.replace("url(#hatch)", ""), "colors come from the page"
    assert len(drawn) < 9_000
    assert len(list(root.iter())) > 3
    assert inline_svg(EVERY[name], "k", "A <title>", "A & description.", "wide") == drawn


@pytest.mark.parametrize("name", EVERY)
def test_a_picture_on_paper_holds_no_variable(name):
    assert "var(" not in str(specification(EVERY[name], theme.PAPER))
    assert "var(--ink)" in str(specification(EVERY[name]))


def test_lines_show_every_value_in_the_order_of_the_series():
    rows = [row for row in rows_of(EVERY["lines"]) if "dot" in row]
    assert [(row["series"], row["x"], row["value"]) for row in rows] == [(p.series, p.year, p.value) for p in POINTS]
    color = next(encoding["color"] for mark, _, encoding in marks_of(EVERY["lines"]) if mark == "line")
    assert color["scale"]["domain"] == ["Women", "Men", "Not recorded"]
    dashes = next(encoding["strokeDash"] for mark, _, encoding in marks_of(EVERY["lines"]) if mark == "line")
    assert len({tuple(dash) for dash in dashes["scale"]["range"]}) == 3


def test_hidden_years_break_the_line_and_are_marked_with_their_series():
    hidden = [row for row in rows_of(EVERY["lines"]) if row.get("name")]
    assert hidden == [{"series": "Men", "x": 2, "name": "Men: no figure"}]
    assert ("point", "hidden-mark") in [mark[:2] for mark in marks_of(EVERY["lines"])]
    shown = lines([point for point in POINTS if point.value is not None], Frame(600, 300, "usd"))
    assert "hidden" not in str([mark[:2] for mark in marks_of(shown)])


def test_the_award_year_is_marked_where_it_is_among_the_years():
    assert {"x": 0, "text": "award year"} in rows_of(EVERY["lines"])
    later = lines([Point("a", year, 1.0) for year in (1, 2)], Frame(600, 300, "share"))
    assert "award year" not in str(rows_of(later))


def test_a_year_that_no_line_reaches_has_a_dot_also_where_room_is_scarce():
    points = [Point("a", year, value) for year, value in ((0, 1.0), (1, 2.0), (2, None), (3, 4.0))]
    for width, dotted in ((200, [3]), (600, [0, 1, 3])):
        rows = rows_of(lines(points, Frame(width, 200, "usd")))
        assert [row["x"] for row in rows if row.get("dot")] == dotted


def test_a_panel_shows_its_series_against_the_others_and_its_hidden_years():
    rows = [row for row in rows_of(EVERY["panels"]) if row["panel"] == "Men"]
    own = [(row["x"], row["value"]) for row in rows if row["kind"] == "own"]
    assert own == [(point.year, point.value) for point in POINTS if point.series == "Men"]
    others = [row["value"] for row in rows if row["kind"] == "others"]
    assert others.count(None) == 2, "each of the others ends with a break"
    assert [value for value in others if value is not None] == [p.value for p in POINTS if p.series != "Men"]
    assert [(row["left"] + row["right"]) / 2 for row in rows if row["kind"] == "hidden"] == [2]
    assert specification(EVERY["panels"])["facet"]["sort"] == ["Women", "Men", "Not recorded"]


def test_bars_keep_their_order_and_say_what_is_hidden():
    rows = rows_of(EVERY["bars"])
    assert [row["name"][4:] for row in rows] == ["Milling", "Turning", "Grinding"]
    assert sorted(row["name"] for row in rows) == [row["name"] for row in rows]
    assert [(row["value"], row["text"]) for row in rows] == [(31.0, "31"), (None, "not shown"), (12.0, "12")]
    assert rows[1]["end"] > 0, "the hatched block has a width of its own"
    assert ("bar", "hidden") in [mark[:2] for mark in marks_of(EVERY["bars"])]
    assert rows[0]["end"] == 40, "words stand right of everything that the row shows"


@pytest.mark.parametrize(
    ("name", "fields"), [("intervals", {"value", "low"}), ("dumbbells", {"value", "start", "low"})]
)
def test_ranges_show_both_ends(name, fields):
    shown = [
        (e["x"]["field"], e.get("x2", {}).get("field"))
        for _, _, e in marks_of(EVERY[name])
        if "field" in e.get("x", {})
    ]
    assert {field for field, _ in shown} >= fields
    assert ("low", "high") in shown


def test_groups_become_panels_under_one_axis():
    drawn = specification(EVERY["grouped"])
    assert drawn["facet"]["row"]["sort"] == ["One", "Two"]
    assert drawn["resolve"]["scale"]["y"] == "independent"


def test_both_shapes_share_the_axis_of_all_charts_of_a_figure():
    for chart in shapes(bars, ROWS[2:], "count", ROWS):
        domains = {
            str(encoding["x"]["scale"]["domain"])
            for _, _, encoding in marks_of(chart)
            if "scale" in encoding.get("x", {})
        }
        assert domains == {"[0.0, 40.0]"}


def test_negative_values_widen_the_axis_to_the_left():
    place = layout([Bar("a", -3.0, "-3"), Bar("b", None, "not shown")], "bits", narrow=False)
    assert (place.low, place.high) == (-3.0, 1.0)


def test_parts_fill_the_whole_and_hidden_ones_share_the_rest():
    rows = [Part("a", 0.5, "50%", "1"), Part("b", None, "not shown", "2"), Part("c", None, "not shown", "3")]
    made = cuts(rows)
    assert [(cut["left"], cut["right"], cut["hidden"]) for cut in made] == [
        (0.0, 0.5, False),
        (0.5, 0.75, True),
        (0.75, 1.0, True),
    ]
    assert swatches(rows) == [("c1", "a: 50%"), ("hatch", "b: not shown"), ("hatch", "c: not shown")]


def test_a_histogram_has_a_lane_for_each_kind_and_thresholds_in_all():
    rows = rows_of(EVERY["histogram"])
    bins = [
        (row["lane"], round((row["left"] + row["right"]) / 2), row["count"]) for row in rows if row["kind"] == "bin"
    ]
    assert bins == [("linked", 11, 4_000), ("linked", 13, 0), ("unlinked", -3, 50)]
    thresholds = [(row["lane"], row["left"], row["label"]) for row in rows if row["kind"] == "threshold"]
    assert thresholds == [("linked", 4.2, 0), ("unlinked", 4.2, None)], "named once"
    assert ("rect", "few") in [mark[:2] for mark in marks_of(EVERY["histogram"])]


def test_end_labels_do_not_overlap_and_stay_inside():
    moved = spread([10, 12, 13, 199], 15, 200)
    assert all(after - before >= 15 for before, after in pairwise(moved))
    assert moved[-1] <= 200


@pytest.mark.parametrize(
    ("values", "unit", "top"),
    [([31_000.0], "usd", 40_000), ([0.41], "share", 0.5), ([420.0], "", 500), ([0.0], "usd", 0.1), ([], "share", 1.0)],
)
def test_axes_end_at_a_round_value(values, unit, top):
    assert ceiling(values, unit) == pytest.approx(top)


def test_numbers_in_words():
    assert [number(1234.5, unit) for unit in ("usd", "share", "")] == ["$1,234", "123450%", "1,234.5"]
    assert [number_format("usd"), number_format("share"), number_format("", 3), number_format("", 5_000)] == [
        "$~s",
        ".0%",
        "~f",
        "~s",
    ]


def test_long_names_stand_on_two_lines_and_are_cut_at_last():
    assert in_lines("Safety", 10) == "Safety"
    assert in_lines("Quality Practices and Measurement", 20) == "Quality Practices\nand Measurement"
    assert in_lines("x" * 12, 10) == "x" * 9 + "\N{HORIZONTAL ELLIPSIS}"


def _luminance(color):
    shares = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, two):
    high, low = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_colors_stand_out_on_light_and_dark_and_series_differ_in_dash():
    for named, series in ((theme.LIGHT, theme.SERIES), (theme.DARK, theme.DARK_SERIES)):
        assert min(_contrast(color, named["card"]) for color in (*series, named["muted"], named["ink"])) >= 4.5
    assert len({tuple(dash) for dash in theme.DASHES}) == len(theme.SERIES) == len(theme.DARK_SERIES)


def test_the_page_knows_every_color_in_light_and_dark():
    css = theme.theme_css()
    drawn = "".join(inline_svg(chart, "k") for chart in EVERY.values())
    used = {part.partition(")")[0] for part in drawn.split("var(")[1:]}
    assert used
    for name in used:
        assert css.count(f"{name}:") == 2, name


def test_a_small_picture_for_the_ui_is_png():
    drawn = png.png_bars([{"name": "a", "n": 3}, {"name": "b", "n": None}], "name", "n")
    assert drawn.startswith(b"\x89PNG")
    assert 1_000 < len(drawn) < 60_000
    assert png.png_markdown(drawn, "n by name").startswith("![n by name](data:image/png;base64,iVBOR")


def test_a_picture_has_one_description_for_both_shapes():
    wide, narrow = Picture("k", "Title", "Says what.", EVERY["bars"], EVERY["intervals"]).shapes()
    assert "<title" in wide
    assert "<title" not in narrow
    assert 'aria-labelledby="k-t k-d"' in wide
    assert 'aria-labelledby="k-t k-d"' in narrow
    (only,) = Picture("k", "Title", "Says what.", EVERY["parts"]).shapes()
    assert 'class="chart"' in only


def test_a_table_writes_what_ids_have_in_common_once():
    years = [Entry("1", f"m/p50/age=a/h={year}") for year in (-1, 0, 1)]
    row = Row("a", tuple(years))
    assert (row.prefix, [row.rest(place) for place in range(3)]) == ("m/p50/age=a/h=", ["-1", "0", "1"])
    other = Row("b", (Entry("2", "m/p50/age=b/h=-1", "n"), Entry("\N{EN DASH}"), Entry("3", "m/p50/age=b/h=1", "n")))
    assert other.prefix == "m/p50/age=b/h="
    assert (row.part, other.part) == ("value", "n")
    table = Table("c", "k", ("-1", "0", "1"), (Block("", (row, other)),))
    assert table.endings == ("-1", "0", "1")
    assert not table.empty
    mixed = Row("c", (Entry("1", "m/attempts/c=a"), Entry("2", "m/passes/c=a", "n"), Entry("3")))
    assert (mixed.part, Table("c", "k", ("", "", ""), (Block("", (mixed,)),)).endings) == (
        "value",
        ("attempts/c=a", "passes/c=a", ""),
    )
    assert Figure("k", "t", [], [], []).legend == ()
