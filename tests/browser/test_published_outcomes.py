"""All pages of the report in a browser without network: nothing is fetched, breaks or overflows, everything has a name."""

import pytest

from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.cells import read_cells
from credential_pipeline.public.published_outcomes.report import CHAPTERS, FRONT
from credential_pipeline.public.published_outcomes.write import write_public_files
from tests.browser.words import overlapping_words
from tests.domain.public import released_sample as sample

each_page = pytest.mark.parametrize("name", [chapter.file for chapter in CHAPTERS])


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    out = tmp_path_factory.mktemp("report")
    with connect() as con:
        sample.load(con)
        write_public_files(con, out, sample.INDUSTRY, sample.RELEASE, sample.METHOD, sample.LABELS)
        cells = {cell.cell_id: cell for cell in read_cells(con, sample.INDUSTRY)}
    return out, cells


@pytest.fixture
def page_of(open_page, report):
    """Open a page of the report."""
    return lambda name, width=1280, **options: open_page(report[0] / name, width, **options)


@each_page
def test_nothing_is_fetched_and_nothing_breaks(page_of, report, name):
    page = page_of(name)
    assert page.asked == [(report[0] / name).as_uri()]
    assert page.errors == []


def test_every_page_is_reached_from_the_one_before_and_from_the_front(page_of):
    page = page_of(FRONT, reduced_motion="reduce")
    for chapter in CHAPTERS[1:]:
        page.get_by_role("contentinfo").get_by_role("link", name=chapter.title).click()
        assert page.url.endswith(f"/{chapter.file}")
        current = page.get_by_role("navigation", name="Pages of the report").locator("[aria-current=page]")
        assert current.inner_text() == chapter.title
    page.get_by_role("link", name=CHAPTERS[0].title, exact=True).click()
    contents = page.get_by_role("navigation", name="Contents")
    contents.locator("li", has_text="Where holders work").locator("summary").click()
    contents.get_by_role("link", name="Where leavers go").click()
    assert page.url.endswith("/report-work.html#f-leavers-sectors")
    page.wait_for_function("document.querySelector(':target').getBoundingClientRect().top < 100")
    assert page.errors == []


@each_page
def test_figures_are_drawn_without_scripts(page_of, name):
    page = page_of(name, java_script_enabled=False)
    assert page.locator("article").count() > 2
    for article in page.locator("article").all():
        box = article.locator("svg:visible").first.bounding_box()
        assert box["width"] > 150
        assert box["height"] > 30


@each_page
def test_each_figure_has_a_table_with_the_released_numbers(page_of, report, name):
    fields = page_of(name).evaluate(
        """() => [...document.querySelectorAll('article')].map(article => [...article.querySelectorAll('tr[data-c] td:not(.none)')].map(td => {
            const row = td.parentElement, head = row.closest('table').tHead.rows[0].cells[td.cellIndex];
            return [row.dataset.c + (td.dataset.c ?? head.dataset.c), td.dataset.p || row.dataset.p || 'value', td.textContent] }))"""
    )
    assert all(fields)
    for cell_id, part, text in (field for article in fields for field in article):
        cell = report[1][cell_id]
        if cell.shown:
            assert text == say.figure(getattr(cell, part), "count" if part == "n" else cell.unit)
        else:
            assert text in {"not shown", "not reported", "not available"}


@each_page
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_page_never_scrolls_sideways_and_words_stay_readable(page_of, width, name):
    page = page_of(name, width)
    page.evaluate("document.querySelectorAll('details').forEach(item => item.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('article svg')].filter(svg => svg.getBoundingClientRect().width > 0 && svg.querySelector('text'))
            .map(svg => [12 * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width, svg.closest('article').id])"""
    )
    assert [figure for size, figure in sizes if size < 9.5] == []
    spills = page.evaluate(
        """() => [...document.querySelectorAll('article svg text')].filter(text => {
            const box = text.getBoundingClientRect(), card = text.closest('article').getBoundingClientRect();
            return box.width > 0 && (box.right > card.right || box.left < card.left) }).map(text => text.textContent)"""
    )
    assert spills == []
    assert overlapping_words(page) == []


@each_page
def test_one_shape_of_each_picture_is_visible(page_of, name):
    for width in (360, 1280):
        counts = page_of(name, width).evaluate(
            """() => [...document.querySelectorAll('figure')].map(figure =>
                [...figure.querySelectorAll('svg')].filter(svg => svg.getBoundingClientRect().width > 0).length)"""
        )
        assert set(counts) == {1}


@each_page
def test_everything_has_an_accessible_name(page_of, name):
    page = page_of(name)
    assert page.locator("html").get_attribute("lang") == "en"
    named = page.evaluate(
        """() => ['svg[role=img]', '[role=region]', 'article', 'main section', 'nav'].flatMap(kind =>
            [...document.querySelectorAll(kind)].map(item => {
                const ids = (item.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean);
                const text = ids.map(id => document.getElementById(id)?.textContent || '').join(' ');
                return [kind, (text || item.getAttribute('aria-label') || '').trim().length] }))"""
    )
    assert len(named) > 12
    assert [kind for kind, length in named if length == 0] == []
    assert page.get_by_role("heading", level=1).count() == 1
    images = page.get_by_role("img")
    assert images.count() >= 3


def test_tables_open_without_scripts(page_of):
    page = page_of("report-work.html", java_script_enabled=False)
    table = page.locator("#f-premium table")
    assert not table.is_visible()
    page.locator("#f-premium summary", has_text="Data table").click()
    assert table.is_visible()


@each_page
def test_words_contrast_with_their_ground_in_light_and_dark(page_of, name):
    for scheme in ("light", "dark"):
        page = page_of(name, color_scheme=scheme)
        low = page.evaluate(
            """() => {
              const rgb = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
              const lum = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 });
                return 0.2126 * r + 0.7152 * g + 0.0722 * b };
              const ground = item => { for (; item; item = item.parentElement) {
                const c = getComputedStyle(item).backgroundColor; if (!c.endsWith(', 0)')) return rgb(c) } return [255, 255, 255] };
              return [...document.querySelectorAll('h1,h2,h3,p,li,a,dt,dd,summary,figcaption,svg text')].flatMap(item => {
                const style = getComputedStyle(item), ink = rgb(item.tagName === 'text' ? style.fill : style.color);
                const [a, b] = [lum(ink), lum(ground(item))].sort((x, y) => y - x);
                return (a + 0.05) / (b + 0.05) < 4.5 ? [item.tagName + ' ' + item.textContent.slice(0, 30)] : [] }) }"""
        )
        assert low == [], scheme


@each_page
def test_print_has_no_navigation_and_light_paper(page_of, name):
    page = page_of(name, color_scheme="dark")
    page.emulate_media(media="print")
    assert page.locator("nav").count() == 2
    assert page.locator("nav:visible").count() == 0
    assert page.locator("article:visible").count() > 2
    assert page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor") == "rgb(255, 255, 255)"
