"""The linkage report in a browser without network: nothing is fetched, nothing overflows, everything can be read and named."""

import pytest

from credential_pipeline.clearinghouse.linkage_report.about import About
from credential_pipeline.clearinghouse.linkage_report.metrics import STATUSES, Metrics
from credential_pipeline.clearinghouse.linkage_report.page import render
from tests.browser.words import overlapping_words

GROUPS = {
    "all": {"all": (113_900, 480, 11_020, 2_610)},
    "sex": {"F": (24_653, 139, 2_555, 558), "M": (83_953, 280, 7_923, 1_909), "unknown": (5_294, 61, 542, 143)},
    "birth_decade": {"1930": (5, 0, 1, 0), "1940": (775, 4, 82, 14), "1990": (113_120, 476, 10_937, 2_596)},
    "certifier": {"mssc": (85_104, 320, 8_121, 1_950), "nims": (29_487, 160, 2_933, 660)},
    "has_birth_date": {"no": (60, 8, 20, 3), "yes": (113_840, 472, 11_000, 2_607)},
    "fields": {"name+birth_date+address+ssn_last4": (113_840, 472, 11_000, 2_607), "name": (60, 8, 20, 3)},
}
LEVELS = {
    "name.full": 18.6,
    "name.similar_first": 14.1,
    "name.other": -9.8,
    "birth_date.exact": 13.9,
    "sex.other": -6.9,
}


def _rows():
    for dimension, levels in GROUPS.items():
        for level, counts in levels.items():
            yield from (
                (f"share_{status}", dimension, level, 0.0, n) for status, n in zip(STATUSES, counts, strict=True) if n
            )
            yield from (
                (metric, dimension, level, 0.001 * counts[0], counts[0])
                for metric in ("expected_false", "expected_missed")
            )
            yield ("change_share_linked", dimension, level, -0.0123, sum(counts))
    for family in ("registry", "profiles"):
        yield from (("level_weight", family, level, value, 0) for level, value in LEVELS.items())
        yield from (("candidate_pairs", family, rule, n, n) for rule, n in (("birth_date+first", 40_000), ("email", 3)))
        yield from (("skipped_blocks", family, rule, n, 12 * n) for rule, n in (("birth_date+first", 0), ("email", 7)))
        yield from (
            ("model", family, fact, 0.0, 0) for fact in (f"name: {family}_2026-11-02_0123456789", "splink: 5.0.0")
        )
    for weight in range(-4, 60, 2):
        yield (
            "best_student",
            "linked" if weight > 4 else "ambiguous" if weight > -1 else "unlinked",
            str(weight),
            1,
            7**5 // (weight + 5),
        )
    for side in ("learners", "students"):
        yield from (("field_present", side, field, 0.5, 100) for field in ("name", "birth_date", "ssn_last4"))
    yield from (
        ("unlinkable", reason, "mssc", 0.3, 400) for reason in ("no_first_name", "placeholder_name", "name_only")
    )
    yield from (("profiles", "certifier", certifier, 90_000, 90_000) for certifier in ("mssc", "nims"))
    yield from (
        (metric, "all", "all", 395_728, 395_728) for metric in ("records", "profiles", "learners", "review_pairs")
    )
    yield from (("threshold", name, "all", p, 0) for name, p in (("link", 0.95), ("review", 0.5)))
    yield from (("change", "all", name, 12, 395_728) for name in ("links_gained", "links_moved", "learners_merged"))
    yield ("declared_field", "nims", "phone", 0.0, 400)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    path = tmp_path_factory.mktemp("linkage") / "linkage.html"
    names = {"mssc": "Manufacturing Skill Standards Council", "nims": "National Institute for Metalworking Skills"}
    path.write_text(render(Metrics(list(_rows())), About("Manufacturing", "0" * 16, "1" * 16, "duckdb", names)))
    return path


@pytest.fixture
def page_of(open_page, report):
    """Open the report with all its details unfolded."""

    def unfolded(width=1200, **options):
        page = open_page(report, width, **options)
        page.evaluate("document.querySelectorAll('details').forEach(item => item.open = true)")
        return page

    return unfolded


def test_nothing_is_fetched_and_nothing_breaks(page_of, report):
    page = page_of()
    assert page.asked == [report.as_uri()]
    assert page.errors == []
    assert page.locator("script").count() == 0


@pytest.mark.parametrize("width", [360, 768, 1200])
def test_the_page_never_scrolls_sideways_and_drawings_stay_inside(page_of, width):
    page = page_of(width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    spills = page.evaluate(
        """() => [...document.querySelectorAll('svg.chart text')].filter(item => {
            const box = item.getBoundingClientRect(), card = item.closest('.card').getBoundingClientRect();
            return box.width > 0 && (box.right > card.right + 1 || box.left < card.left - 1) }).map(item => item.textContent)"""
    )
    assert spills == []
    assert overlapping_words(page) == []


def test_the_first_figure_of_a_table_can_be_read_on_a_telephone(page_of):
    """Name and share of the match rates are seen without scrolling the table."""
    page = page_of(360)
    cell = page.locator("table:has(#rates-c1) tbody tr td:nth-child(2)").first.bounding_box()
    assert cell["x"] + cell["width"] <= 360


def test_everything_has_an_accessible_name(page_of):
    page = page_of()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("heading", level=1).count() == 1
    named = page.evaluate(
        """() => ['svg[role=img]', '[role=region]', 'main section', 'nav', 'table'].flatMap(kind =>
            [...document.querySelectorAll(kind)].map(item => {
                const ids = (item.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean);
                const text = ids.map(id => document.getElementById(id)?.textContent || '').join('') || item.getAttribute('aria-label')
                    || item.caption?.textContent || '';
                return [kind, text.trim().length] }))"""
    )
    assert len(named) > 20
    assert [kind for kind, length in named if length == 0] == []
    bare = "[...document.querySelectorAll('svg')].filter(s => s.getAttribute('aria-hidden') !== 'true' && s.getAttribute('role') !== 'img').length"
    assert page.evaluate(bare) == 0
    ragged = page.evaluate(
        """() => [...document.querySelectorAll('table')].filter(table => { const wide = table.tHead.rows[0].cells.length;
            return [...table.tBodies].some(body => [...body.rows].some(row => row.cells.length !== wide && row.cells[0].colSpan !== wide)) }).length"""
    )
    assert ragged == 0
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(item => item.id)")
    assert len(ids) == len(set(ids))


def test_words_contrast_with_their_ground_in_light_and_dark(page_of):
    for scheme in ("light", "dark"):
        low = page_of(color_scheme=scheme).evaluate(
            """() => {
              const rgb = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
              const lum = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 });
                return 0.2126 * r + 0.7152 * g + 0.0722 * b };
              const ratio = (one, two) => { const [a, b] = [lum(one), lum(two)].sort((x, y) => y - x); return (a + 0.05) / (b + 0.05) };
              const ground = item => { for (; item; item = item.parentElement) {
                const c = getComputedStyle(item).backgroundColor; if (!c.endsWith(', 0)')) return rgb(c) } return [255, 255, 255] };
              const words = [...document.querySelectorAll('h1,h2,h3,p,li,a,dt,dd,summary,figcaption,th,td,svg text')].flatMap(item => {
                const style = getComputedStyle(item), ink = rgb(item.tagName === 'text' ? style.fill : style.color);
                return ratio(ink, ground(item)) < 4.5 ? [item.tagName + ' ' + item.textContent.slice(0, 30)] : [] });
              return words }"""
        )
        assert low == [], scheme


def test_print_has_no_navigation_and_light_paper(page_of):
    page = page_of(color_scheme="dark")
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor") == "rgb(255, 255, 255)"
