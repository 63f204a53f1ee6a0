"""The pages of the report: what stands on which, the way from one to the other, and that none grows with the registry."""

import re

import pytest

from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.public.published_outcomes.files import write_manifest
from credential_pipeline.public.published_outcomes.place import place, whole
from credential_pipeline.public.published_outcomes.report import CHAPTERS, FRONT
from credential_pipeline.public.published_outcomes.write import write_public_files
from tests.domain.public import released_sample as sample
from tests.domain.public.released_many import many

FILES = [chapter.file for chapter in CHAPTERS]
BESIDE = ("outcomes.csv", "outcomes.parquet", "datapackage.json", "methods.md", "manifest.json")


def report_of(out, rows=None):
    """The pages of a release, by the name of their file."""
    with connect() as con:
        sample.load(con, rows)
        paths = write_public_files(con, out, sample.INDUSTRY, sample.RELEASE, sample.METHOD, sample.LABELS)
    return {path.name: path.read_text("utf-8") for path in paths if path.suffix == ".html"}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return report_of(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def crowded(tmp_path_factory):
    """The reports of an industry of many credentials and of one of twice as many."""
    return [report_of(tmp_path_factory.mktemp("many"), many(*size)) for size in ((20, 10, 30), (25, 16, 51))]


def figures(report):
    """Anchor of each figure to its HTML."""
    return {
        key: text
        for page in report.values()
        for text, key in re.findall(r'(<article class="card" id="([^"]+)".*?</article>)', page, re.DOTALL)
    }


def test_each_figure_stands_on_one_page(report):
    assert list(report) == FILES
    keys = [key for page in report.values() for key in re.findall(r'<article class="card" id="f-([^"]+)"', page)]
    assert len(keys) > 45
    assert len(keys) == len(set(keys))
    sections = [key for page in report.values() for key in re.findall(r'<h2 id="([^"]+)"', page)]
    assert len(sections) == len(set(sections))
    kept = "comparison-section earnings living work training college workforce-pell coverage-section disclosure method"
    assert {*kept.split(), "headline"} <= set(sections)


def test_every_link_leads_to_what_is_there(report):
    names = {*report, *BESIDE}
    for name, page in report.items():
        for link in re.findall(r'href="([^"]*)"', page):
            file, _, anchor = link.partition("#")
            assert (file or name) in names, link
            assert not anchor or f' id="{anchor}"' in report[file or name], link


def test_the_front_page_leads_to_every_section_and_figure(report):
    contents = re.search(r'<nav class="contents".*?</nav>', report[FRONT], re.DOTALL).group()
    linked = set(re.findall(r'href="([^"]*)"', contents))
    for name, page in report.items():
        place = "" if name == FRONT else name
        anchors = re.findall(r'<h2 id="([^"]+)"|<article class="card" id="([^"]+)"', page)
        wanted = {f"{place}#{section or figure}" for section, figure in anchors} - {"#headline"}
        assert wanted <= linked


def test_each_page_stands_alone(report):
    titles = set()
    for name, page in report.items():
        titles.add(re.search(r"<title>(.*)</title>", page).group(1))
        assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page
        assert "simulated records" in page
        assert f"Release <strong>{sample.RELEASE}</strong>" in page
        assert '<a href="manifest.json">' in page
        assert re.findall(r'href="([^"]+)" aria-current="page"', page) == [name]
        nav = re.search(r'<nav class="pages" aria-label="[^"]+">.*?</nav>', page, re.DOTALL).group()
        assert re.findall(r'href="([^"]+)"', nav) == FILES
    assert len(titles) == len(FILES)
    assert all(sample.RELEASE in title for title in titles)


def test_a_chapter_without_figures_is_no_page(tmp_path):
    rows = [row for row in sample.cells() if row["table"] in {"earnings_overall", "workforce_pell"}]
    report = report_of(tmp_path, rows)
    assert "report-living.html" not in report
    assert 'id="workforce-pell"' in report["report-college.html"]
    assert not any("report-living.html" in page for page in report.values())


def test_pages_are_the_same_bytes_again(report, tmp_path):
    assert report_of(tmp_path, sorted(sample.cells(), key=lambda row: row["cell_id"][::-1])) == report


def test_no_page_is_large_however_many_credentials_there_are(crowded):
    for report in crowded:
        assert {name: size for name, page in report.items() if (size := len(page.encode())) > 250_000} == {}


def test_no_figure_grows_with_certifiers_credentials_states_and_programmes(crowded):
    fewer, more = map(figures, crowded)
    assert list(fewer) == list(more)
    grown = {key: (len(fewer[key]), len(text)) for key, text in more.items() if len(text) > 1.1 * len(fewer[key])}
    assert grown == {}


def test_what_is_not_drawn_is_counted(crowded):
    for report, credentials in zip(crowded, (20 * 10, 25 * 16), strict=True):
        told = figures(report)
        text = told["f-earnings-credential"]
        # Fifteen of the sample's credentials, of which two have no figure that is shown.
        left = f"Shown are the 20 credentials of most learners; outcomes.csv has {credentials + 15 - 20} more (2 of them not shown"
        assert left in text
        assert text.count('<th class="block"') == 20
        after = told["f-next-award"]
        assert (
            "Shown are 4 credentials, of each certifier in turn that of most learners, and after each the 4 that most"
            in after
        )
        assert f"among them all after {credentials + 3 - 4} other credentials." in after
        assert after.count("<tr data-c") <= 20


def test_a_release_is_whole_while_all_its_pages_are_there_and_is_mended_when_laid_out_again(tmp_path):
    def lay_out():
        with place(tmp_path, "R1") as out:
            for name in FILES:
                (out / name).write_text(name)
            write_manifest(out, "manufacturing", "R1")

    lay_out()
    assert whole(tmp_path / "R1")
    (tmp_path / "R1" / "report-work.html").unlink()
    assert not whole(tmp_path / "R1")
    lay_out()
    assert whole(tmp_path / "R1")
    assert [path.name.startswith("R1-") for path in (tmp_path / ".content").iterdir()] == [True]
    assert not whole(tmp_path / "R2")
