"""The publication of an invented release: files, words, tables and pictures show released cells and nothing else."""

import csv
import hashlib
import html
import json
import re
from itertools import pairwise

import pyarrow.parquet as pq
import pytest
from credential_pipeline.public.published_outcomes.draw_lines import spread
from credential_pipeline.public.published_outcomes.figure import Context

from credential_pipeline.engines.charts import palette
from credential_pipeline.engines.charts import png as charts
from credential_pipeline.foundation.contracts import published_outcomes
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.cells import Cell, Release, read_cells
from credential_pipeline.public.published_outcomes.figures_attempts import attempt_words, attempts
from credential_pipeline.public.published_outcomes.files import csv_safe, read_table, write_csv, write_parquet
from credential_pipeline.public.published_outcomes.headline import headline
from credential_pipeline.public.published_outcomes.labels import Naming, in_order, sector_of
from credential_pipeline.public.published_outcomes.methods import MethodNote
from credential_pipeline.public.published_outcomes.write import running, write_public_files
from tests.domain.public import released_sample as sample

TD = re.compile(r'<td(?: data-c="([^"]*)")?(?: data-p="(\w+)")?(?: class="([^"]*)")?>([^<]*)</td>')


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    out = tmp_path_factory.mktemp("publication")
    with connect() as con:
        sample.load(con)
        paths = write_public_files(con, out, sample.INDUSTRY, sample.RELEASE, sample.METHOD, sample.LABELS)
    return {path.name: path for path in paths}


@pytest.fixture(scope="module")
def released():
    with connect() as con:
        sample.load(con)
        return {cell.cell_id: cell for cell in read_cells(con, sample.INDUSTRY)}


def context(cells, labels=None):
    return Context(Release(tuple(cells), "first"), Naming(labels or sample.LABELS), "manufacturing", ("31",), 2023)


def cell(value, horizon, status=1, measure="earnings_p50", table="earnings_overall", unit="usd", **at):
    row = sample._cell(table, measure, value, unit, horizon, status=status, **at)
    place = {
        name: row[name]
        for name in (
            "certifier",
            "credential",
            "cohort",
            "age_band",
            "sex",
            "race",
            "ethnicity",
            "state",
            "sector",
            "setting",
        )
    }
    kept = {
        key: row[key]
        for key in (
            "cell_id",
            "table",
            "measure",
            "horizon",
            "value",
            "unit",
            "n",
            "low",
            "high",
            "status",
            "definition",
            "attribution",
        )
    }
    return Cell(at=place, **kept)


def table_fields(page):
    """Every field of the data tables: (cell id, part, class, text)."""
    for row in re.finditer(r'<tr data-c="([^"]*)">(.*?)</tr>', page, re.DOTALL):
        for rest, part, mark, text in TD.findall(row[2]):
            yield html.unescape(row[1] + rest), part or "value", mark, html.unescape(text)


def test_all_files_are_listed_with_their_digest(published):
    manifest = json.loads(published["manifest.json"].read_text("utf-8"))
    listed = {entry["path"]: entry for entry in manifest["files"]}
    assert set(listed) == set(published) - {"manifest.json"}
    for name, entry in listed.items():
        content = published[name].read_bytes()
        assert (entry["sha256"], entry["bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))


def test_tables_hold_the_contract_columns_and_hide_what_is_suppressed(published, released):
    with published["outcomes.csv"].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    table = published_outcomes.SNAPSHOT.table("published_outcomes")
    assert list(rows[0]) == table.column_names == pq.read_table(published["outcomes.parquet"]).column_names
    assert len(rows) == len(released)
    hidden = [row for row in rows if row["status"] != "1"]
    assert hidden
    assert all(row[name] == "" for row in hidden for name in ("value", "n", "low", "high"))
    for row in rows:
        value = released[row["cell_id"]].value
        assert row["value"] == ("" if value is None else f"{value:.15g}")


def test_the_files_are_the_same_bytes_again_whatever_the_row_order(published, tmp_path):
    shuffled = sorted(sample.cells(), key=lambda row: row["cell_id"][::-1])
    with connect(threads=3) as con:
        sample.load(con, shuffled)
        table = read_table(con, sample.INDUSTRY)
    assert write_csv(table, tmp_path / "a.csv").read_bytes() == published["outcomes.csv"].read_bytes()
    assert write_parquet(table, tmp_path / "a.parquet").read_bytes() == published["outcomes.parquet"].read_bytes()


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+cmd|x", "@SUM(A1)", "\t=1", "\N{FULLWIDTH EQUALS SIGN}1", " =1", "|calc", "-2+3"]
)
def test_text_that_a_spreadsheet_would_run_is_quoted(text):
    assert csv_safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["14-17", "-5", "12.50", "O'Neil", "all", "31-33"])
def test_plain_text_and_numbers_stay_as_they_are(text):
    assert csv_safe(text) == text


def test_a_hostile_code_reaches_neither_spreadsheet_nor_page_unharmed(tmp_path):
    rows = list(sample.cells())
    for row in rows:
        row["credential"] = row["credential"].replace("CPT-SAF", "=HYPERLINK(1)<script>alert(1)</script>")
    with connect() as con:
        sample.load(con, rows)
        assert "\n=" not in write_csv(read_table(con, sample.INDUSTRY), tmp_path / "a.csv").read_text("utf-8")
        assert ",=HYPERLINK" not in (tmp_path / "a.csv").read_text("utf-8")
        figure = attempts(context(read_cells(con, sample.INDUSTRY), {}))
    assert not any("<script" in picture.wide + picture.narrow for picture in figure.pictures)


def test_the_package_description_names_every_column(published):
    package = json.loads(published["datapackage.json"].read_text("utf-8"))
    resource = package["resources"][0]
    fields = resource["schema"]["fields"]
    assert [field["name"] for field in fields] == published_outcomes.SNAPSHOT.table("published_outcomes").column_names
    assert all(field["description"] for field in fields)
    assert resource["hash"] == f"sha256:{hashlib.sha256(published['outcomes.csv'].read_bytes()).hexdigest()}"


def test_every_number_of_the_page_is_a_released_cell(published, released):
    fields = list(table_fields(published["report.html"].read_text("utf-8")))
    assert len(fields) > 800
    for cell_id, part, mark, text in fields:
        if mark == "none":
            continue
        found = released[cell_id]
        if found.status == 5:
            assert (mark, text) == ("s5", "not shown")
        elif found.status == -1:
            assert (mark, text) == ("s-1", "not reported")
        else:
            assert text == say.figure(getattr(found, part), "count" if part == "n" else found.unit)


def test_every_table_of_outcomes_appears_on_the_page(published, released):
    on_page = {
        cell_id for cell_id, _, mark, _ in table_fields(published["report.html"].read_text("utf-8")) if mark != "none"
    }
    assert {found.table for found in released.values()} == {released[cell_id].table for cell_id in on_page}


def test_amounts_in_sentences_come_from_released_cells_or_their_differences(published, released):
    page = published["report.html"].read_text("utf-8")
    said = html.unescape(
        " ".join(
            re.findall(r'<p class="say">(.*?)</p>|<li>([^<]*)</li>', page, re.DOTALL)[i][j]
            for i in range(5)
            for j in (0, 1)
        )
    )
    amounts = {int(text.replace(",", "")) for text in re.findall(r"\$([\d,]+\d)", said)}
    values = {round(found.value) for found in released.values() if found.shown and found.unit == "usd"}
    medians = {
        found.value
        for found in released.values()
        if found.shown and found.measure == "earnings_p50" and found.table == "earnings_overall"
    }
    assert amounts
    assert amounts <= values | {round(a - b) for a in medians for b in medians}


def test_the_page_needs_nothing_from_outside(published):
    page = published["report.html"].read_text("utf-8")
    assert len(page.encode()) < 500_000
    assert "<script" not in page
    assert not re.findall(r"https?://|@import|<link|<img|<iframe", page)


def test_the_page_is_marked_up_for_assistive_technology(published):
    page = published["report.html"].read_text("utf-8")
    assert '<html lang="en">' in page
    levels = [int(level) for level in re.findall(r"<h(\d)", page)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert not re.findall(r"<th(?! scope=)(?!ead)(?! class=\"block\" scope=)", page)
    drawings = re.findall(r"<svg[^>]*>", page)
    assert drawings
    assert all('role="img"' in drawing and "aria-labelledby" in drawing for drawing in drawings)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'aria-labelledby="([^"]+)"', page)) <= set(ids) | {
        f"{a}-t {a}-d" for a in (i[:-2] for i in ids)
    }
    assert page.count("url(#") > 0


def test_every_figure_has_sentence_picture_and_table(published):
    articles = re.findall(r"<article.*?</article>", published["report.html"].read_text("utf-8"), re.DOTALL)
    assert len(articles) == 14
    for article in articles:
        assert re.search(r'<p class="say">[A-Z].+</p>', article)
        assert "<svg" in article
        assert "<details>" in article
        assert "<table" in article


def test_methods_say_rule_dollars_and_definitions(published):
    text = published["methods.md"].read_text("utf-8")
    for words in (
        "Each learner counts once",
        "dollars of 2023",
        "fewer than 10",
        "Awards of 2005 to 2018",
        "simulated",
        "in_industry_premium",
    ):
        assert words in text


def test_a_release_without_the_industry_is_refused(tmp_path):
    with connect() as con:
        sample.load(con)
        with pytest.raises(SafeError, match="E_NO_CELLS"):
            write_public_files(con, tmp_path, "healthcare", "R1", MethodNote())


def test_an_unknown_entry_of_the_method_note_is_refused():
    with pytest.raises(SafeError, match="colour"):
        MethodNote.of({"colour": "red"})


@pytest.mark.parametrize(
    ("value", "text"),
    [(31_449, "$31,400"), (31_451, "$31,500"), (-1_240, "\N{MINUS SIGN}$1,200"), (0, "$0"), (-20, "$0")],
)
def test_amounts_are_rounded_to_hundreds(value, text):
    assert say.dollars(value) == text


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [
        (0.4132, 0, "41%"),
        (0.4132, 1, "41.3%"),
        (0.004, 0, "less than 1%"),
        (0.0, 0, "0%"),
        (0.0001, 1, "<0.1%"),
        (1.0, 0, "100%"),
    ],
)
def test_shares_never_round_a_few_to_nobody(share, digits, text):
    assert say.percent(share, digits) == text


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


def test_changes_name_most_least_and_hidden():
    items = [
        say.Change(name, cell(before, -1), cell(after, 5))
        for name, before, after in (("men", 20_000, 31_000), ("women", 15_000, 21_000))
    ]
    text = " ".join(say.changes(items, ["holders of 14-17"]))
    assert (
        "rose most for men: from $20,000 to $31,000 between the year before the award and the fifth year after it"
        in text
    )
    assert "rose least for women: from $15,000 to $21,000." in text
    assert "Not all figures are shown or available for holders of 14-17." in text


def test_a_fall_is_said_to_be_one():
    assert "fell from $20,000 to $18,000" in say.change(say.Change("All", cell(20_000, -1), cell(18_000, 5)))
    assert "stayed at about $20,000" in say.change(say.Change("All", cell(20_000, -1), cell(20_010, 5)))
    items = [say.Change(name, cell(9_000, -1), cell(after, 5)) for name, after in (("a", 8_000), ("b", 7_000))]
    assert "fell least for a" in say.changes(items, [])[0]
    assert "fell for b" in say.changes(items, [])[1]


def test_hidden_cells_are_never_compared():
    said = headline(context([cell(20_000, -1), cell(None, 5, 5), cell(None, 4, -1)]))
    assert "$" not in " ".join(said)
    assert "1 are not shown" in said[-1]


def test_the_last_published_year_is_named_when_the_fifth_is_hidden():
    said = headline(context([cell(20_000, -1), cell(25_000, 4), cell(None, 5, 5)]))
    assert "$25,000" in said[0]
    assert "fourth year after" in said[0]


def test_a_feed_without_attempts_is_said_to_have_none(released):
    figure = attempts(context(released.values()))
    text = " ".join(figure.sentences)
    assert "National Institute for Metalworking Skills: attempts not reported" in text
    assert "61,240 attempts: 71% passed at the first attempt and 88% passed in the end" in text
    assert "attempts not reported" in figure.pictures[0].wide
    assert "passes not shown" in figure.pictures[1].wide


def test_no_attempts_at_all():
    assert "attempts" in attempts(context([cell(1.0, 1)])).sentences[0]
    assert callable(attempt_words)


def test_two_attribution_rules_are_never_mixed():
    other = cell(99_000, 5, sex="F", table="earnings_by_sex")
    mixed = Release(
        (cell(20_000, 5, sex="F", table="earnings_by_sex"), Cell(**{**other.__dict__, "attribution": "each"})), "first"
    )
    assert [found.value for found in mixed.rows("earnings_by_sex", "earnings_p50")] == [20_000]


def test_labels_fall_back_to_readable_codes():
    naming = Naming(sample.LABELS)
    assert naming.name("certifier", "mssc") == "Manufacturing Skill Standards Council"
    assert naming.name("certifier", "ptcb") == "PTCB"
    assert naming.name("race", "unknown") == "Not recorded"
    assert naming.name("sector", "31-33") == "Manufacturing"
    assert naming.name("setting", "night_school") == "Night school"
    assert naming.people("race", "multiple") == "holders of two or more races"
    assert naming.people("sex", "F") == "women"
    assert in_order(["unknown", "b", "other", "a"]) == ["a", "b", "other", "unknown"]
    assert sector_of("332", ["23", "31-33", "unknown"]) == "31-33"
    assert sector_of("62", ["23", "31-33", "unknown"]) is None
    assert (running("Manufacturing"), running("IT services")) == ("manufacturing", "IT services")


def test_end_labels_do_not_overlap_and_stay_inside():
    moved = spread([10, 12, 13, 199], 15, 200)
    assert all(after - before >= 15 for before, after in pairwise(moved))
    assert moved[-1] <= 200


def _luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, two):
    high, low = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_colours_stand_out_on_light_and_dark_and_series_differ_in_dash():
    dark = palette.DARK[palette.PAPER]
    assert min(_contrast(colour, palette.PAPER) for colour in palette.SERIES) >= 4.5  # they colour the labels too
    assert min(_contrast(colour, dark) for colour in palette.DARK_SERIES) >= 4.5
    assert _contrast(palette.MUTED, palette.PAPER) >= 4.5
    assert _contrast(palette.DARK[palette.MUTED], dark) >= 4.5
    assert len({tuple(dash) for dash in palette.DASHES}) == len(palette.SERIES) == len(palette.DARK_SERIES)


def test_small_pictures_for_the_ui_are_png():
    rows = [{"year": year, "share": 0.1 * year, "who": who} for year in range(3) for who in ("a", "b")]
    line = charts.png_line(rows, "year", "share", "who", title="Shares", unit="share")
    bars = charts.png_bars([{"name": "a", "n": 3}, {"name": "b", "n": None}], "name", "n")
    assert line.startswith(b"\x89PNG")
    assert bars.startswith(b"\x89PNG")
    assert len(line) < 60_000
    assert charts.png_markdown(bars, "n by name").startswith("![n by name](data:image/png;base64,iVBOR")
