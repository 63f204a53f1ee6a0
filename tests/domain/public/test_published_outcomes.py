"""The publication of an invented release: files, words, tables and pictures show released cells and nothing else."""

import csv
import hashlib
import html
import json
import re
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from credential_pipeline import simulation
from credential_pipeline.enclave.outcome_tables.definitions import definitions
from credential_pipeline.foundation.contracts import published_outcomes
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.reference.load import FOLDER
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.registry.profiles import PROFILES
from credential_pipeline.foundation.spreadsheets import csv_safe
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.cells import Cell, Release, read_cells
from credential_pipeline.public.published_outcomes.changes import change_words
from credential_pipeline.public.published_outcomes.comparison import UNKNOWN, anyway_words
from credential_pipeline.public.published_outcomes.context import Context
from credential_pipeline.public.published_outcomes.figures_attempts import attempt_words, attempts
from credential_pipeline.public.published_outcomes.files import read_table, write_csv, write_parquet
from credential_pipeline.public.published_outcomes.headline import headline
from credential_pipeline.public.published_outcomes.labels import Naming, in_order, sector_of
from credential_pipeline.public.published_outcomes.methods import MethodNote
from credential_pipeline.public.published_outcomes.publish import method_note
from credential_pipeline.public.published_outcomes.ranking import NOT_ALL_SHOWN, TOO_CLOSE, Ranking, Standing, rank
from credential_pipeline.public.published_outcomes.report import sections
from credential_pipeline.public.published_outcomes.write import running, write_public_files
from tests.domain.engines.charts_reader import rows_of
from tests.domain.public import released_sample as sample


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


@pytest.fixture(scope="module")
def parts(released):
    """The sections of the sample, made once: drawing is slow."""
    return sections(context(released.values()))


@pytest.fixture(scope="module")
def drawn(parts):
    """Every picture of the report, by its key."""
    return {picture.key: picture for section in parts for figure in section.figures for picture in figure.pictures}


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


class Fields(HTMLParser):
    """Every field of the data tables: (cell id, part, class, text), put together from line, column and field."""

    def __init__(self, page):
        super().__init__()
        self.found, self._endings, self._row, self._column, self._field = [], [], {}, 0, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "thead":
            self._endings = []
        elif tag == "th" and attrs["scope"] == "col":
            self._endings.append(attrs.get("data-c", ""))
        elif tag == "tr":
            self._row, self._column = attrs, 0
        elif tag == "td":
            self._column += 1
            cell_id = self._row.get("data-c", "") + attrs.get("data-c", self._endings[self._column])
            self._field = (cell_id, attrs.get("data-p", self._row.get("data-p", "value")), attrs.get("class", ""))

    def handle_data(self, data):
        if self._field and "data-c" in self._row:
            self.found.append((*self._field, data))
        self._field = None


def table_fields(page):
    """Fields of the tables of outcomes."""
    return Fields(page).found


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
    assert not any("<script" in shape for picture in figure.pictures for shape in picture.shapes())


def test_the_package_description_names_every_column(published):
    package = json.loads(published["datapackage.json"].read_text("utf-8"))
    resource = package["resources"][0]
    fields = resource["schema"]["fields"]
    assert [field["name"] for field in fields] == published_outcomes.SNAPSHOT.table("published_outcomes").column_names
    assert all(field["description"] for field in fields)
    sexes = next(field for field in fields if field["name"] == "sex")
    assert sexes["constraints"]["enum"] == ["F", "M", "all", "unknown"]
    assert resource["hash"] == f"sha256:{hashlib.sha256(published['outcomes.csv'].read_bytes()).hexdigest()}"


def test_the_package_description_is_a_valid_data_package(published):
    """The rules of Frictionless Data Package v1 that a plain package must follow."""
    package = json.loads(published["datapackage.json"].read_text("utf-8"))
    kinds = {resource["profile"] for resource in package["resources"]}
    assert "profile" not in package or kinds == {"tabular-data-resource"}, "a tabular package holds tables only"
    assert re.fullmatch(r"[-a-z0-9._/]+", package["name"])
    assert datetime.fromisoformat(package["created"]).tzinfo is not None
    assert package["licenses"]
    assert all(licence.get("name") or licence.get("path") for licence in package["licenses"])
    assert any("CPI-U" in source["title"] for source in package["sources"])
    assert all(source["title"] for source in package["sources"])
    names = [resource["name"] for resource in package["resources"]]
    assert len(names) == len(set(names))
    for resource in package["resources"]:
        path = published["datapackage.json"].parent / resource["path"]
        assert (path.stat().st_size, path.name) == (resource["bytes"], resource["path"])
        assert re.fullmatch(r"[^:]+:[a-f0-9]+", resource["hash"])
        if resource["profile"] == "tabular-data-resource":
            with path.open(encoding="utf-8", newline="") as file:
                lines = list(csv.DictReader(file))
            fields = {field["name"]: field for field in resource["schema"]["fields"]}
            assert set(resource["schema"]["primaryKey"]) <= set(fields)
            for name, field in fields.items():
                allowed = field.get("constraints", {}).get("enum")
                found = {line[name] for line in lines} - {""}
                assert allowed is None or found <= {str(code) for code in allowed}


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
            missing = "not reported" if found.table == "attempts" else "not available"
            assert (mark, text) == ("s-1", missing)
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
    known = [found for found in released.values() if found.shown and found.unit == "usd"]
    values = {
        abs(round(amount)) for found in known for amount in (found.value, found.low, found.high) if amount is not None
    }
    medians = {
        found.value
        for found in released.values()
        if found.shown and found.measure == "earnings_p50" and found.table == "earnings_overall"
    }
    assert amounts
    assert amounts <= values | {round(a - b) for a in medians for b in medians}


def test_the_page_needs_nothing_from_outside(published):
    page = published["report.html"].read_text("utf-8")
    # As many bytes a figure as the page of fourteen had, and a third less: 300 kB then.
    assert len(page.encode()) < 15_000 * page.count("<article")
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
    pattern, *drawings = drawings
    assert 'aria-hidden="true"' in pattern
    assert all('role="img"' in drawing and "aria-labelledby" in drawing for drawing in drawings)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'aria-labelledby="([^"]+)"', page)) <= set(ids) | {
        f"{a}-t {a}-d" for a in (i[:-2] for i in ids)
    }
    assert set(re.findall(r"url\(#([^)]*)\)", page)) == {"hatch"} <= set(ids)
    assert page.count("<title id=") == page.count("<desc id=") > 14


def test_every_figure_has_sentence_picture_and_table(published):
    articles = re.findall(r"<article.*?</article>", published["report.html"].read_text("utf-8"), re.DOTALL)
    assert len(articles) > 45
    for article in articles:
        assert re.search(r'<p class="say">[A-Z0-9].+</p>', article)
        assert 'role="img"' in article
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


@pytest.mark.parametrize("profile", ["standard", "one-off"])
def test_readers_are_told_by_which_profile_numbers_were_made_safe(tmp_path, profile):
    rules = PROFILES[profile]
    industry = Industry(
        industry=sample.INDUSTRY, name="M", naics=("31",), certifiers=("mssc",), disclosure={"profile": profile}
    )
    with connect() as con:
        sample.load(con)
        line = "('print', 'this release', 6, 0, 'held', '=1+1')"
        con.execute(f"INSERT INTO published_outcomes.certificate VALUES {line}")
        write_public_files(con, tmp_path, sample.INDUSTRY, sample.RELEASE, method_note(industry, [], ""), sample.LABELS)
    methods = (tmp_path / "methods.md").read_text("utf-8")
    assert f"Release profile: {profile}. A figure with fewer than {rules.min_learners} learners" in methods
    assert rules.told in methods
    package = json.loads((tmp_path / "datapackage.json").read_text("utf-8"))
    assert (package["disclosure"]["profile"], package["disclosure"]["min_money"]) == (profile, rules.min_money)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert ("Learners, about" in page) == (profile == "standard")
    certificate = (tmp_path / "certificate.csv").read_text("utf-8").splitlines()
    assert certificate == ["attack,against,tried,found,result,note", "print,this release,6,0,held,'=1+1"]


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


# --- the comparison ------------------------------------------------------------------------------------------------------


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


def test_earnings_are_told_with_what_would_have_happened_anyway():
    said = headline(context([cell(20_000, -1), cell(36_000, 5), *compared_cells()]))[0]
    assert "$31,500 on average" in said
    assert "it would have been $28,000, which leaves $3,500 (band $3,000 to $4,000) a year." in said
    close = anyway_words(context(compared_cells(200, -300, 700)))
    assert close.endswith(
        "which leaves $200 (band \N{MINUS SIGN}$300 to $700) a year, which cannot be told from nothing."
    )


def test_without_a_comparison_nothing_is_said_of_cause():
    said = headline(context([cell(20_000, -1), cell(36_000, 5)]))[0]
    assert said.endswith("How much of this would have happened anyway, these figures do not say.")
    hidden = [Cell(**{**one.__dict__, "value": None, "status": 5}) for one in compared_cells()]
    assert anyway_words(context(hidden)) == UNKNOWN


def test_the_line_of_what_would_have_happened_anyway_is_drawn_beside_that_of_holders(drawn, released):
    rows = [row for row in rows_of(drawn["comparison"].wide) if "dot" in row]
    values = {(row["series"], row["x"]): row["value"] for row in rows}
    assert values["Holders", 5] == released["manufacturing/matched_holder_earnings/h=5"].value
    assert values["Anyway", 5] == released["manufacturing/counterfactual_earnings/h=5"].value
    effects = {row["name"][4:]: row["value"] for row in rows_of(drawn["comparison-effect"].wide)}
    assert next(iter(effects)) == "Year \N{MINUS SIGN}1 (test)"
    assert effects["Year +5"] == released["manufacturing/comparison_effect/h=5"].value


# --- codes ---------------------------------------------------------------------------------------------------------------


def test_every_code_that_can_occur_has_a_name():
    naming = Naming(sample.LABELS)
    world = yaml.safe_load((Path(simulation.__file__).parent / "world.yml").read_text("utf-8"))
    races = {race for parts in world["population"]["races"].values() for race in parts}
    with (FOLDER / "states.csv").open(encoding="utf-8", newline="") as file:
        states = {row["state"] for row in csv.DictReader(file)}
    codes = {
        "race": races | {"other_or_not_recorded", "unknown"},
        "ethnicity": {"hispanic", "not_hispanic", "unknown"},
        "state": states,
        "cohort": {"2005-2009", "2018"},
        "age_band": {"14-17", "46-99"},
        "setting": {
            "sitting_1",
            "sitting_4",
            "months_24",
            "second",
            "third",
            "certificate",
            "associate",
            "bachelor",
            "2012",
        },
    }
    assert "native_hawaiian" in races
    unnamed = [(name, code) for name, found in codes.items() for code in sorted(found) if not naming.knows(name, code)]
    assert unnamed == []
    assert naming.name("state", "OH") == "Ohio"
    assert naming.name("cohort", "2005-2009") == "2005\N{EN DASH}2009"
    assert not naming.knows("setting", "night_school")


def test_no_code_of_the_release_is_shown_to_readers(published, released):
    naming = Naming(sample.LABELS)
    # The setting of a programme's figures is its id, which has a name of its own kind.
    places = {
        ("programme" if name == "setting" and found.table == "workforce_pell" and code != "all" else name, code)
        for found in released.values()
        for name, code in found.at.items()
    }
    assert [place for place in sorted(places) if not naming.knows(*place)] == []
    page = re.sub(
        r"<style>.*?</style>|<dd>.*?</dd>|<[^>]*>", " ", published["report.html"].read_text("utf-8"), flags=re.DOTALL
    )
    assert re.findall(r"\b[a-z0-9]+_[a-z0-9_]+\b", html.unescape(page)) == []


def test_the_definition_stands_at_its_figure(published):
    page = published["report.html"].read_text("utf-8")
    article = re.search(r'<article[^>]* id="f-earns-less".*?</article>', page, re.DOTALL).group()
    assert "below the mean of their own wages in the years -3 and -2" in html.unescape(article)


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
    assert "61,240 attempts: 71.2% passed at the first attempt and 88.3% passed in the end" in text
    for place, words in enumerate(("attempts not reported", "passes not shown")):
        assert any(words in row["text"] for row in rows_of(figure.pictures[place].wide))


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


def test_pooled_categories_have_names_and_come_last():
    naming = Naming({"certifier": {"mssc": "MSSC", "nims": "NIMS"}})
    assert naming.name("race", "other_or_not_recorded") == "Other or not recorded"
    assert naming.people("race", "other_or_not_recorded") == "holders of another race or with none on record"
    assert naming.people("age_band", "46-99") == "those aged 46\N{EN DASH}99 at the award"
    assert naming.name("certifier", "other") == "Other certifiers"
    assert naming.name("credential", "family:drill_press@nims") == "Drill press of NIMS"
    codes = ["other_or_not_recorded", "other@mssc", "CPT", "unknown"]
    assert in_order(codes) == ["CPT", "other@mssc", "other_or_not_recorded", "unknown"]


def test_pooled_credentials_of_two_certifiers_are_two_lines():
    pooled = [
        cell(value, 1, table="earnings_by_credential", certifier=certifier, credential="other")
        for certifier, value in (("mssc", 30_000.0), ("nims", 40_000.0))
    ]
    grid = context(pooled).release.grid("earnings_by_credential", "earnings_p50", "credential")
    assert {key: found.value for key, found in grid.items()} == {
        ("other@mssc", 1): 30_000.0, ("other@nims", 1): 40_000.0,
    }  # fmt: skip


# --- pictures ------------------------------------------------------------------------------------------------------------


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
        hidden = [row for row in rows_of(chart) if row.get("kind") == "hidden" or "not shown" in row.get("name", "")]
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
    figure = next(item for item in parts[-1].figures if item.key == "coverage")
    widths = [row["right"] - row["left"] for row in rows_of(figure.pictures[0].wide)]
    assert sum(widths) == pytest.approx(1.0)
    assert figure.legend[0] == ("c1", "Wages found in at least one year after the award: 78.9%")
    assert len(figure.legend) == len(widths)


def pell_of(cells):
    """The figure on Workforce Pell, with the titles of the definitions."""
    named = sample.LABELS | {"definition": {item.definition: item.title for item in definitions()}}
    found = sections(context(cells, named))
    return next(item for section in found for item in section.figures if item.key == "pell")


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
        figure = pell_of(cells)
        assert ("too close to tell" in " ".join(figure.sentences)) is close


def test_a_release_of_one_cell_has_a_page_without_pictures_of_the_rest(tmp_path):
    rows = [row for row in sample.cells() if row["table"] == "earnings_overall"]
    with connect() as con:
        sample.load(con, rows)
        write_public_files(con, tmp_path, sample.INDUSTRY, sample.RELEASE, sample.METHOD, sample.LABELS)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert page.count('role="img"') == 2
    assert page.count("This release holds no figures on") == 13
