"""A batch in a browser without network: two people review it by keyboard, and what they decide shows in the links."""

import csv
import json
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from credential_pipeline.clearinghouse.clerical_review.context import Note
from credential_pipeline.clearinghouse.clerical_review.page import render
from credential_pipeline.clearinghouse.clerical_review.sides import Sides, compare
from tests.pipeline.conftest import command
from tests.pipeline.reviewing import HEADER, drawn, planted

ATTACK = "</script><img src=x onerror=document.title='broken'><b>BOLD</b>"
KEYS = {"match": "m", "no_match": "n", "unsure": "u"}


def _start(page, code: str) -> None:
    page.locator("#code").fill(code)
    page.keyboard.press("Enter")
    page.locator("#review").wait_for()


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    """A page of three pairs, one of which tries to break out."""
    rows = [
        ("Q1", "MARIA", "MARY", "1980-01-02", "1980-02-01"),
        ("Q2", ATTACK, "SMITH", "1991-05-05", "1991-05-05"),
        ("Q3", "A" * 60, "B", None, "1970-07-07"),
    ]
    sides = [
        Sides(
            pair,
            ATTACK if pair == "Q2" else "Manufacturing Skill Standards Council (mssc)",
            "Education registry",
            (compare("First name", left, right), compare("Date of birth", born, other), compare("Sex", "F", "F")),
            (ATTACK, "ANNA · JONES · 1980-01-03") if pair == "Q2" else (),
            notes=(Note("Trained or enrolled", (ATTACK, "a second line"), ("Oak College",)),) if pair == "Q2" else (),
        )
        for pair, left, right, born, other in rows
    ]
    path = tmp_path_factory.mktemp("small") / "batch.html"
    path.write_bytes(render("manufacturing", "b001", sides))
    return path


def test_a_name_that_is_markup_stays_a_name(open_page, small):
    page = open_page(small)
    _start(page, "r1")
    page.keyboard.press("ArrowRight")
    assert page.locator("#lines tr").first.locator("td").first.inner_text() == ATTACK
    assert page.locator("#left-from").inner_text() == ATTACK
    note = page.locator("#notes tr")
    assert note.locator("th").inner_text() == "Trained or enrolled"
    assert note.locator("td").all_inner_texts() == [f"{ATTACK}\na second line", "Oak College"]
    assert page.locator("img").count() == 0
    assert page.locator("main b").count() == 0
    assert page.title() == "Review of manufacturing, batch b001"
    assert page.errors == []
    assert page.asked == [small.as_uri()]


def test_differences_are_marked_and_said(open_page, small):
    page = open_page(small)
    _start(page, "r1")
    first = page.locator("#lines tr").first
    assert first.locator("mark").all_inner_texts()
    assert "differs" in first.locator("th").text_content()
    assert "same" in page.locator("#lines tr").last.locator("th").text_content()
    assert page.locator("#lines tr").last.locator("mark").count() == 0


def test_keys_decide_move_and_help(open_page, small):
    page = open_page(small)
    _start(page, "r1")
    place, answer = page.locator("#place"), page.locator("#answer")
    page.keyboard.press("2")
    page.keyboard.press("m")
    assert place.inner_text() == "Pair 2 of 3"
    assert "Match for pair 1." in page.locator("#news").text_content()
    page.keyboard.press("N")
    page.keyboard.press("Backspace")
    assert (place.inner_text(), answer.inner_text()) == ("Pair 2 of 3", "No match")
    page.keyboard.press("ArrowLeft")
    assert (place.inner_text(), answer.inner_text()) == ("Pair 1 of 3", "Match")
    assert page.locator("#reason").input_value() == "name_change"
    page.keyboard.press("o")
    assert place.inner_text() == "Pair 3 of 3"
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("u")
    assert answer.text_content() == "Not decided"
    page.keyboard.press("Escape")
    assert not page.locator("#help").is_visible()
    page.keyboard.press("u")
    assert answer.inner_text() == "Unsure"
    assert page.locator("#progress").get_attribute("value") == "3"
    assert "Every pair is decided" in page.locator("#news").text_content()


def test_shortcuts_can_be_switched_off_and_do_not_fire_in_fields(open_page, small):
    page = open_page(small)
    _start(page, "mnu")
    page.locator("#reason").focus()
    page.keyboard.press("n")
    assert page.locator("#place").inner_text() == "Pair 1 of 3"
    page.locator("#place").focus()
    page.keyboard.press("?")
    page.locator("#keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    assert page.locator("#progress").get_attribute("value") == "0"
    page.get_by_role("button", name="No match").click()
    assert page.locator("#progress").get_attribute("value") == "1"


def test_answers_are_kept_by_reviewer_when_the_page_is_opened_again(open_page, small):
    page = open_page(small)
    _start(page, "r1")
    page.keyboard.press("m")
    page.reload()
    assert page.locator("#who-code").inner_text() == "r1"
    assert page.locator("#place").inner_text() == "Pair 2 of 3"
    assert page.locator("#progress").get_attribute("value") == "1"
    page.locator("#change").click()
    _start(page, "r2")
    assert page.locator("#progress").get_attribute("value") == "0"
    stored = page.evaluate("JSON.stringify(localStorage)")
    assert "MARIA" not in stored
    assert "1980" not in stored


def _download(page, path: Path) -> list[dict[str, str]]:
    with page.expect_download() as download:
        page.keyboard.press("d")
    assert download.value.suggested_filename == path.name
    download.value.save_as(path)
    with path.open() as file:
        return list(csv.DictReader(file))


def test_the_time_until_each_decision_goes_with_it(open_page, small, tmp_path):
    page = open_page(small)
    page.clock.install()
    page.reload()
    _start(page, "r1")
    page.clock.fast_forward(7000)
    page.keyboard.press("m")
    page.clock.fast_forward(4000)
    page.keyboard.press("n")
    # Looked at again, and decided otherwise: the time grows. Looked at again only: it stays.
    page.keyboard.press("Backspace")
    page.clock.fast_forward(2000)
    page.keyboard.press("u")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.clock.fast_forward(30000)
    rows = _download(page, tmp_path / "manufacturing_b001_r1.csv")
    assert list(rows[0]) == HEADER
    assert [float(row["seconds"]) for row in rows] == pytest.approx([7, 6], abs=1.5)
    moments = [[datetime.fromisoformat(row[name]) for name in ("shown_at", "decided_at")] for row in rows]
    assert all(shown < decided for shown, decided in moments)
    assert moments[0][1] <= moments[1][0]


def test_time_counts_until_the_page_is_hidden_and_again_from_when_it_is_seen(open_page, small, tmp_path):
    """Who looks something up elsewhere has read before, and must not be taken for one who only clicked."""
    page = open_page(small)
    page.clock.install()
    page.reload()
    _start(page, "r1")
    page.clock.fast_forward(5000)
    turn = """() => { Object.defineProperty(document, "hidden", { value: !document.hidden, configurable: true });
              document.dispatchEvent(new Event("visibilitychange")) }"""
    page.evaluate(turn)
    page.clock.fast_forward(60000)
    page.evaluate(turn)
    page.clock.fast_forward(3000)
    page.keyboard.press("m")
    (row,) = _download(page, tmp_path / "manufacturing_b001_r1.csv")
    assert float(row["seconds"]) == pytest.approx(8, abs=1.5)


@pytest.mark.parametrize("code", ["", "Jane Doe", "a" * 21, "x,y"])
def test_only_codes_are_taken_for_reviewers(open_page, small, code):
    page = open_page(small)
    page.locator("#code").evaluate("(item, value) => { item.value = value }", code)
    page.get_by_role("button", name="Start").click()
    assert not page.locator("#review").is_visible()


@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_layout_and_contrast(open_page, small, width, scheme):
    page = open_page(small, width, color_scheme=scheme)
    _start(page, "r1")
    for number in range(3):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        low = page.evaluate(
            """() => {
              const rgb = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
              const lum = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 });
                return 0.2126 * r + 0.7152 * g + 0.0722 * b };
              const ground = item => { for (; item; item = item.parentElement) {
                const c = getComputedStyle(item).backgroundColor; if (!c.endsWith(', 0)')) return rgb(c) } return [255, 255, 255] };
              return [...document.querySelectorAll('h1,h2,h3,p,th,td,mark,li,label,button:enabled,kbd,span')].flatMap(item => {
                if (item.closest(':disabled,dialog,[hidden]')) return [];
                const [a, b] = [lum(rgb(getComputedStyle(item).color)), lum(ground(item))].sort((x, y) => y - x);
                return (a + 0.05) / (b + 0.05) < 4.5 ? [item.tagName + ' ' + item.textContent.slice(0, 30)] : [] }) }"""
        )
        assert low == []
        page.keyboard.press("mnu"[number])
    assert page.get_by_role("button", name="Download decisions").is_visible()


def test_everything_has_a_name_and_a_visible_focus(open_page, small):
    page = open_page(small)
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_label("Your reviewer's code").is_visible()
    _start(page, "r1")
    assert page.evaluate("document.activeElement.id") == "place"
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('button,input,select,progress')].filter(item =>
            !(item.textContent.trim() || item.labels?.length || item.getAttribute('aria-label'))).length"""
    )
    assert unnamed == 0
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    assert page.locator("#news").get_attribute("aria-live") == "polite"
    assert page.get_by_role("row").count() >= 4
    assert page.get_by_role("rowheader").count() == 3


@pytest.fixture(scope="module")
def linked(tmp_path_factory) -> Path:
    """A small pilot, linked, with one batch of its pairs."""
    home = tmp_path_factory.mktemp("reviewed") / "home"
    for words in (
        ("simulate", "--learners", "900", "--registry-size", "6000", "--seed", "7", "--industry", "manufacturing"),
        ("run", "manufacturing", "--until", "linked_records"),
        ("review", "export", "manufacturing", "--size", "60"),
    ):
        answer = command(home, *words)
        assert answer.code == 0, answer.err
    return home


def _table(home: Path, name: str) -> pd.DataFrame:
    out = home / f"{name}.csv"
    assert command(home, "export", name, "manufacturing", "--out", str(out)).code == 0
    return pd.read_csv(out, dtype=str, keep_default_na=False)


def _plan(pairs: pd.DataFrame, everything: pd.DataFrame) -> tuple[dict[str, str], str, str]:
    """What both reviewers will say: what the linkage says, but for one new link and one that goes."""
    said = {pair: "match" if linked == "true" else "no_match" for pair, linked in pairs["linked"].items()}
    students = everything[everything["hop"] == "student"]
    taken = students[students["linked"] == "true"]
    free = pairs[
        (pairs["hop"] == "student")
        & (pairs["linked"] == "false")
        & ~pairs["right_id"].isin(taken["right_id"])
        & ~pairs["left_id"].isin(taken["left_id"])
    ]
    linked = pairs[(pairs["hop"] == "student") & (pairs["linked"] == "true")]
    must, cannot = free.index[0], linked.index[0]
    return said | {must: "match", cannot: "no_match"}, must, cannot


def test_who_hammers_on_a_key_is_refused(open_page, linked, tmp_path):
    folder = linked / "clearinghouse" / "review" / "manufacturing" / "b001"
    page = open_page(folder / "batch.html")
    _start(page, "hasty")
    for _ in json.loads((folder / "batch.json").read_text())["pairs"]:
        page.keyboard.press("m")
    file = tmp_path / "manufacturing_b001_hasty.csv"
    assert len(_download(page, file)) == 76
    answer = command(linked, "review", "import", "manufacturing", str(file))
    assert answer.code == 1
    assert "E_REVIEW_FAST" in answer.err
    assert not (folder.parent / "decisions.csv").exists()


def test_two_people_review_a_batch_and_the_links_follow(open_page, linked, tmp_path):
    folder = linked / "clearinghouse" / "review" / "manufacturing" / "b001"
    order = [pair["pair_id"] for pair in json.loads((folder / "batch.json").read_text())["pairs"]]
    everything, before = _table(linked, "pairs"), _table(linked, "links")
    pairs = everything.set_index("pair_id").loc[drawn(folder.parent)]
    said, must, cannot = _plan(pairs, everything)
    said |= planted(folder.parent)
    files = []
    for code in ("r1", "r2"):
        page = open_page(folder / "batch.html")
        page.clock.install()
        page.reload()
        _start(page, code)
        for number, pair in enumerate(order):
            page.clock.fast_forward(4000 + 700 * (number % 7))
            page.keyboard.press(KEYS[said[pair]])
        assert page.locator("#progress-text").inner_text() == f"{len(order)} of {len(order)} decided"
        files.append(tmp_path / f"manufacturing_b001_{code}.csv")
        rows = _download(page, files[-1])
        assert page.errors == []
        assert [url for url in page.asked if not url.startswith(("file:", "blob:"))] == []
        assert {row["pair_id"]: row["decision"] for row in rows} == said
        assert {row["reviewer"] for row in rows} == {code}
    answer = command(linked, "review", "import", "manufacturing", *map(str, files))
    assert answer.code == 0, answer.err
    assert "60 pairs in common, 100.0% the same answer, kappa 1.00 (95 % interval 0." in answer.out
    assert "r2: 16 of 16 planted pairs right" in answer.out
    answer = command(linked, "run", "manufacturing", "--until", "linked_records")
    assert answer.code == 0, answer.err
    after = _table(linked, "links")
    anchors = {pair["pair_id"]: pair["anchor"] for pair in json.loads((folder / "batch.json").read_text())["pairs"]}
    rows = {}
    for name, table in (("before", before), ("after", after)):
        indexed = table.set_index(["certifier", "record_id"])
        for pair in (must, cannot):
            anchor = anchors[pair]
            rows[name, pair] = indexed.loc[(anchor["left_certifier"], anchor["left_record_id"])]
    student, other = pairs.loc[must, "right_id"], pairs.loc[cannot, "right_id"]
    assert rows["before", must]["student_id"] != student
    assert (rows["after", must]["student_id"], rows["after", must]["decided_by"]) == (student, "review")
    assert rows["before", cannot]["student_id"] == other
    assert rows["after", cannot]["student_id"] != other
