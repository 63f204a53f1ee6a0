"""The publication of an invented release: its files and its page show released cells and nothing else.

Not here: sentences on cells made by hand, names of codes, pictures (modules of their own).
"""

import csv
import hashlib
import html
import json
import re
from datetime import datetime
from html.parser import HTMLParser
from itertools import pairwise

import pyarrow.parquet as pq
import pytest

from credential_pipeline.foundation.contracts import published_outcomes
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.registry.profiles import PROFILES
from credential_pipeline.foundation.spreadsheets import csv_safe
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.cells import read_cells
from credential_pipeline.public.published_outcomes.figures_attempts import attempts
from credential_pipeline.public.published_outcomes.files import read_table, write_csv, write_parquet
from credential_pipeline.public.published_outcomes.for_review import method_note
from credential_pipeline.public.published_outcomes.labels import Naming
from credential_pipeline.public.published_outcomes.methods import MethodNote
from credential_pipeline.public.published_outcomes.write import write_public_files
from tests.domain.public import released_sample as sample
from tests.domain.public.cells_by_hand import cells_by_id, context


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    out = tmp_path_factory.mktemp("publication")
    with connect() as con:
        sample.load(con)
        paths = write_public_files(con, out, sample.INDUSTRY, sample.RELEASE, sample.METHOD, sample.LABELS)
    return {path.name: path for path in paths}


@pytest.fixture(scope="module")
def report(published):
    """Every page of the report, by its name."""
    return {name: path.read_text("utf-8") for name, path in published.items() if path.suffix == ".html"}


@pytest.fixture(scope="module")
def released():
    return cells_by_id()


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


def test_every_number_of_the_pages_is_a_released_cell(report, released):
    fields = [field for page in report.values() for field in table_fields(page)]
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


def test_every_table_of_outcomes_appears_on_a_page(report, released):
    on_page = {cell_id for page in report.values() for cell_id, _, mark, _ in table_fields(page) if mark != "none"}
    assert {found.table for found in released.values()} == {released[cell_id].table for cell_id in on_page}


def test_amounts_in_sentences_come_from_released_cells_or_their_differences(report, released):
    page = report["report.html"]
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


def test_the_pages_need_nothing_from_outside(report):
    text = "".join(report.values())
    figures = re.findall(r"<article.*?</article>", text, re.DOTALL)
    assert sum(len(figure.encode()) for figure in figures) < 13_500 * len(figures)
    assert all(len(page.encode()) < 200_000 for page in report.values())
    assert "<script" not in text
    assert not re.findall(r"https?://|@import|<link|<img|<iframe", text)


def test_the_pages_are_marked_up_for_assistive_technology(report):
    for page in report.values():
        _is_marked_up(page)
    text = "".join(report.values())
    assert text.count("<title id=") > 50
    assert "url(#hatch)" in text


def _is_marked_up(page):
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
    assert set(re.findall(r"url\(#([^)]*)\)", page)) <= {"hatch"} <= set(ids)
    assert page.count("<title id=") == page.count("<desc id=") > 1


def test_every_figure_has_sentence_picture_and_table(report):
    articles = re.findall(r"<article.*?</article>", "".join(report.values()), re.DOTALL)
    assert len(articles) > 45
    for article in articles:
        assert re.search(r'<p class="say">[A-Z0-9].+</p>', article)
        assert 'role="img"' in article
        assert "<details>" in article
        assert "<table" in article


def test_methods_say_rule_dollars_and_definitions(published):
    text = published["methods.md"].read_text("utf-8")
    assert "weighted mean of neighboring order statistics" in text
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
    assert (package["disclosure"]["min_employers"], package["disclosure"]["largest_employer"]) == (3, 0.8)
    assert "at least 3 employers pay them and none of these has more than 80% of" in methods
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


def test_no_code_of_the_release_is_shown_to_readers(report, released):
    naming = Naming(sample.LABELS)
    # The setting of a programme's figures is its id, which has a name of its own kind.
    places = {
        ("programme" if name == "setting" and found.table == "workforce_pell" and code != "all" else name, code)
        for found in released.values()
        for name, code in found.at.items()
    }
    assert [place for place in sorted(places) if not naming.knows(*place)] == []
    page = re.sub(r"<style>.*?</style>|<dd>.*?</dd>|<[^>]*>", " ", "".join(report.values()), flags=re.DOTALL)
    assert re.findall(r"\b[a-z0-9]+_[a-z0-9_]+\b", html.unescape(page)) == []


def test_the_definition_stands_at_its_figure(report):
    article = re.search(r'<article[^>]* id="f-earns-less".*?</article>', report["report.html"], re.DOTALL).group()
    assert "below the mean of their own wages in the years -3 and -2" in html.unescape(article)
