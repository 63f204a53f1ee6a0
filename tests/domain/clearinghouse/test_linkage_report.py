"""The linkage report: what it says of a run, against the last version and as a file, and that it names nobody.

Not here: that no small number can be worked out of figures made by hand (test_linkage_report_small_numbers.py).
"""

import re
from dataclasses import replace
from itertools import groupby
from types import SimpleNamespace

import pandas as pd
import pytest

from credential_pipeline.clearinghouse.linkage_report import page, publish, safe, sections, words
from credential_pipeline.clearinghouse.linkage_report.about import About
from credential_pipeline.clearinghouse.linkage_report.metrics import STATUSES, Group, Metrics, read
from credential_pipeline.clearinghouse.linkage_report.page import render, write_report
from credential_pipeline.clearinghouse.linked_records.diagnostics import COMPARED, LAST, add_changes
from credential_pipeline.clearinghouse.linked_records.link import link
from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.clearinghouse.linkage_report_world import ABOUT, DECLARED, Cells
from tests.domain.engines.charts_reader import rows_of
from tests.domain.engines.linkage_world import INDUSTRY, make_world, put_feeds

COMPARED_ABOUT = replace(ABOUT, previous="fedcba9876543210")


def _world():
    world = make_world(2000, 400)
    poor = pd.DataFrame(
        [{"profile_id": f"Pplace{i}", "first_name": "TEST", "last_name": f"QUISENBERRY{i}"} for i in range(12)]
        + [{"profile_id": f"Pletters{i}", "first_name": "XXXXX", "last_name": "XX"} for i in range(2)]
        + [{"profile_id": "Pinitial", "first_name": "X", "last_name": "O", "zip": "45402"}]
        + [{"profile_id": f"Pfirst{i}", "last_name": "VANTASSEL", "zip": "45402"} for i in range(3)]
        + [{"profile_id": "Pname", "first_name": "EUPHEMIA", "last_name": "THISTLEWOOD"}]
    ).assign(certifier="mssc", records=1)
    rows = pd.DataFrame({"certifier": "mssc", "profile_id": poor["profile_id"], "record_id": poor["profile_id"]})
    rows = rows.assign(event="award", event_date=pd.Timestamp("2012-01-01"), blocked=False)
    world.profiles = pd.concat([world.profiles, poor], ignore_index=True)
    world.credentials = pd.concat([world.credentials, rows], ignore_index=True)
    return world


def _run(world, threads=1, shuffle=None):
    """Metrics, page and tables of a run."""
    with connect(threads=threads) as con:
        put_feeds(con, world, shuffle)
        con.execute("CREATE SCHEMA linked_records")
        link(con, INDUSTRY, declared=DECLARED)
        figures = read(con)
        frames = {
            name: con.execute(f"FROM linked_records.{name}").df() for name in ("links", "diagnostics", "profile_links")
        }
    return SimpleNamespace(figures=figures, page=render(figures, ABOUT), **frames)


def _compared(run, links, diagnostics) -> Metrics:
    """What is added to the figures of a run when these tables are the last version's."""
    with connect() as con:
        tables = {"linked_records": (run.links, run.diagnostics), LAST: (links, diagnostics)}
        for schema, frames in tables.items():
            con.execute(f"CREATE SCHEMA {schema}")
            for name, frame in zip(COMPARED, frames, strict=True):
                con.register("frame", frame)
                con.execute(f"CREATE TABLE {schema}.{name} AS FROM frame")
                con.unregister("frame")
        add_changes(con)
        return Metrics(con.execute("FROM linked_records.diagnostics WHERE metric LIKE 'change%'").fetchall())


@pytest.fixture(scope="module")
def world():
    return _world()


@pytest.fixture(scope="module")
def run(world):
    return _run(world)


def test_counts_of_people_on_the_page_are_multiples_of_five_or_hidden(run) -> None:
    tables = Cells(run.page).tables
    held = [row[2] for row in tables["rates-c1"][1:] if len(row) > 1]
    held += [row[1] for row in tables["errors-c1"][1:] if len(row) > 1]
    held += [cell for row in tables["weights-c1"][1:] for cell in row[1:] if cell != "0"]
    held += [row[1] for row in tables["rules-c1"][1:] if len(row) > 1 and row[1] != "0"]
    assert len(held) > 60
    for cell in held:
        assert cell == "<10" or (int(cell.replace(",", "")) % 5 == 0 and int(cell.replace(",", "")) >= 10), cell


# --- nobody is named --------------------------------------------------------------------------------------------------


def test_the_page_names_nobody(run, world) -> None:
    shown = re.sub(r"<style>.*?</style>", "", run.page, flags=re.DOTALL)
    tokens = set(re.findall(r"[\w@.]+", shown))
    people = pd.concat([world.profiles, world.students])
    for column in ("first_name", "last_name", "middle_name", "street", "city", "email", "profile_id", "student_id"):
        values = {str(value) for value in people[column].dropna() if len(str(value)) > 1}
        assert not values & tokens, column
        assert not {value for value in values if " " in value and value in shown}, column
    assert not {day for day in people["birth_date"].dropna().dt.strftime("%Y-%m-%d") if day in shown}
    assert not re.search(r"\bL[0-9a-f]{16}\b", shown)
    assert "mssc" not in shown, "certifiers go by their readable names"


def test_the_page_asks_for_nothing_and_runs_nothing(run) -> None:
    assert "default-src 'none'" in run.page
    assert not re.search(r"<script|<link|<img|https?:|url\((?!#hatch)|@import|\son\w+=", run.page)


# --- what the figures say ---------------------------------------------------------------------------------------------


def test_rates_count_learners_once(run) -> None:
    everybody = sections.everybody(run.figures)
    learners = run.profile_links.groupby("learner_id").agg(status=("status", "max"), p=("match_probability", "max"))
    assert dict(zip(STATUSES, everybody.counts, strict=True)) == {
        status: int((learners["status"] == status).sum()) for status in STATUSES
    }
    for breakdown in ("sex", "birth_decade", "has_birth_date", "fields"):
        groups = run.figures.groups(breakdown)
        assert sum(group.people for group in groups) == len(learners)
        assert sum(group.links for group in groups) == everybody.links
        assert sum(group.missed for group in groups) == pytest.approx(everybody.missed, abs=0.01)
    assert sum(group.people for group in run.figures.groups("certifier")) > len(learners)


def test_expected_errors_are_what_probabilities_add_up_to(run) -> None:
    learners = run.profile_links.groupby("learner_id").agg(
        student=("student_id", "max"), p=("match_probability", "max")
    )
    linked = learners["student"].notna()
    everybody = sections.everybody(run.figures)
    assert everybody.links == linked.sum()
    assert everybody.false == pytest.approx((1 - learners.loc[linked, "p"]).sum(), abs=0.001)
    assert everybody.missed == pytest.approx(learners.loc[~linked, "p"].sum(), abs=0.001)
    group = Group("g", (90, 0, 10, 0), links=100, false=2.0, missed=2.0)
    assert (words.precision(group), words.missed(group)) == ("98.00%", "2.00%")
    assert words.precision(Group("g", (24, 0, 0, 0), links=24)) == "\N{EN DASH}"


def test_unlinkable_profiles_stand_under_their_first_reason(run) -> None:
    counts = {
        reason: run.figures.find("unlinkable", reason, "mssc") for reason in ("placeholder_name", "no_first_name")
    }
    assert counts["placeholder_name"].n == 14
    assert counts["no_first_name"].n == 3
    table = Cells(run.page).tables["unlinkable-c1"]
    assert ["Standards Council", "15"] in [row[:2] for row in table]
    assert ["Each certifier", "<10"] in [row[:2] for row in table]


def test_declared_but_empty_fields_are_named_with_their_certifier(run) -> None:
    assert sections.empty_fields(run.figures, ABOUT.certifiers) == ["Standards Council: telephone"]
    assert "Standards Council: telephone" in run.page
    assert run.figures.value("declared_field", "nims", "ssn_last4") > 0.3


def test_thresholds_stand_at_their_weights(run) -> None:
    assert sections.thresholds(run.figures) == [
        ("review from p = 0.5", 0.0),
        ("link from p = 0.95", pytest.approx(4.2479, abs=1e-4)),
    ]


def test_blocks_that_were_left_out_are_counted(run) -> None:
    counted = run.figures.levels("skipped_blocks", "registry")
    assert {figure.level for figure in counted} >= {
        figure.level for figure in run.figures.levels("candidate_pairs", "registry")
    }


def test_every_weight_of_the_models_is_shown(run) -> None:
    shown = sum(len(block.rows) for block in sections.levels(run.figures, "registry").tables[0].blocks)
    assert shown == len(run.figures.levels("level_weight", "registry")) > 30


def test_pictures_show_what_the_tables_say(run) -> None:
    tables = Cells(run.page).tables
    rates = {(row["group"], row["name"][4:]): row for row in rows_of(sections.rates(run.figures, {}).pictures[0].wide)}
    everybody = sections.everybody(run.figures)
    assert rates["", "All learners"]["text"] == tables["rates-c1"][1][1]
    assert rates["", "All learners"]["value"] == safe.share(everybody.count("linked"), everybody.people).sure > 0.8
    weights = rows_of(sections.weights(run.figures).pictures[0].wide)
    counts = [row["count"] for row in weights if row["kind"] == "bin"]
    assert any(counts)
    assert all(count == 0 or (count >= 10 and count % 5 == 0) for count in counts), "nothing small is drawn"
    levels = rows_of(sections.levels(run.figures, "registry").pictures[0].wide)
    assert {row["tone"] for row in levels if row["value"] < 0} == {"2"}
    for _, panel in groupby(levels, key=lambda row: row["group"]):
        values = [row["value"] for row in panel]
        assert values == sorted(values, reverse=True)


def test_every_picture_of_the_page_is_described_and_has_its_table(run) -> None:
    figures = [sections.statuses(run.figures), sections.weights(run.figures), sections.rules(run.figures)]
    figures += [made(run.figures, {}) for made in (sections.rates, sections.unlinkable)]
    figures += [
        sections.held(run.figures),
        *(made for family in ("registry", "profiles") if (made := sections.levels(run.figures, family)) is not None),
    ]
    for figure in figures:
        assert not figure.tables[0].empty
        for picture in figure.pictures:
            assert len(picture.description) > 40
            assert f'aria-labelledby="{picture.key}-t {picture.key}-d"' in run.page
            assert f'id="{figure.key}-c1"' in run.page
    assert run.page.count("<title id=") == sum(len(figure.pictures) for figure in figures) >= 7
    assert len(run.page.encode()) < 300_000


def test_review_results_are_used_once_there_are_some() -> None:
    assert words.review(Metrics([])) == ["Not reviewed yet: run review export, and import the decisions."]
    rows = [(f"est_precision{end}", "all", "all", p, 203) for end, p in (("", 0.991), ("_low", 0.97), ("_high", 0.998))]
    assert words.review(Metrics(rows)) == [
        "All pairs: 99.10% of the links are right (95 % interval 97.00% to 99.80%); 205 pairs were judged."
    ]


# --- against the last version -----------------------------------------------------------------------------------------


def test_an_unchanged_linkage_has_the_figures_of_the_last(run) -> None:
    """Or every version would make all that is built on it stale."""
    again = _compared(run, run.links, run.diagnostics)
    assert [again.dimensions(metric) for metric in ("change", "change_share_linked")] == [[], []]
    assert words.changes(again, COMPARED_ABOUT) == [
        "Nothing differs from the version before: the same links, the same learners."
    ]
    assert words.changes(again, ABOUT) == ["There is no earlier version to compare with."]


def test_changes_are_counted_and_said(run) -> None:
    links = run.links.copy()
    linked = links.index[links["student_id"].notna()]
    links.loc[linked[:40], "student_id"] = None
    links.loc[linked[40:55], "student_id"] = "S_other"
    two = links["learner_id"].drop_duplicates().iloc[[-1, -2]]
    links.loc[links["learner_id"].isin(two), "learner_id"] = "L_one"
    links = links.drop(index=linked[60:80])
    diagnostics = run.diagnostics.copy()
    fewer = diagnostics["metric"].eq("share_linked") & diagnostics["dimension"].eq("all")
    diagnostics.loc[fewer, "n"] -= 200
    now = _compared(run, links, diagnostics)
    found = {figure.level: figure.value for figure in now.levels("change")}
    assert found["links_gained"] == 40
    assert found["links_moved"] == 15
    assert found["records_added"] == 20
    assert found["learners_split"] == 1
    assert now.find("change_share_linked").value > 0
    said = words.changes(now, COMPARED_ABOUT)
    assert said[0].startswith("The share of linked learners rose by ")
    assert "40 feed rows found a student that they had not." in said
    assert "<10 learners of the last version are several now (split)." in said


# --- the file ---------------------------------------------------------------------------------------------------------


def test_row_order_and_threads_do_not_show(run, world) -> None:
    assert _run(world, threads=2, shuffle=5).page == run.page


def test_the_file_is_written_when_missing_or_other_and_else_left_alone(tmp_path, run) -> None:
    path = tmp_path / "reports" / "manufacturing" / "linkage.html"
    with connect() as con:
        con.execute("CREATE SCHEMA linked_records")
        con.register("last", run.diagnostics)
        con.execute("CREATE TABLE linked_records.diagnostics AS FROM last")
        assert write_report(con, path, ABOUT) == path
        assert path.read_text() == run.page
        first = path.stat()
        write_report(con, path, ABOUT)
        assert (path.stat().st_ino, path.stat().st_mtime_ns) == (first.st_ino, first.st_mtime_ns)
        path.write_text("half")
        write_report(con, path, ABOUT)
        assert path.read_text() == run.page
    assert [item.name for item in path.parent.iterdir()] == ["linkage.html"]


def test_a_published_page_is_drawn_once_and_anew_after_any_change(tmp_path, run, monkeypatch) -> None:
    drawn, registry = [], load_registry(None)

    def draw(con, path, about):
        """What a page holds is asked above; here it counts that it is made, so only the first is really drawn."""
        drawn.append(about)
        if about.version == "v1":
            return write_report(con, path, about)
        path.write_text(f"page of {about.version}")
        return path

    monkeypatch.setattr(page, "write_report", draw)
    with connect() as con:
        con.execute("CREATE SCHEMA linked_records")
        con.register("last", run.diagnostics)
        con.execute("CREATE TABLE linked_records.diagnostics AS FROM last")

        def times(version: str = "v1", code: str = "c1") -> int:
            drawn.clear()
            publish.publish_report(con, tmp_path, "manufacturing", registry, version, code=code)
            return len(drawn)

        assert [times(), times()] == [1, 0]
        assert [times(version="v2"), times(version="v2")] == [1, 0]
        assert [times("v2", code="c2"), times("v2", code="c2")] == [1, 0]
        published = publish.report_path(tmp_path, "manufacturing")
        published.write_text("altered")
        assert [times("v2", code="c2"), times("v2", code="c2")] == [1, 0]
        published.unlink()
        assert times("v2", code="c2") == 1


def test_an_industry_without_figures_still_has_a_page() -> None:
    page = render(Metrics([]), ABOUT)
    assert "No learner had a candidate" in page
    assert "This is the first version" in page


def test_a_page_that_was_compared_with_none_since_they_are_damaged_does_not_call_itself_the_first(run) -> None:
    page = render(run.figures, replace(ABOUT, damaged=True))
    assert "This is the first version" not in page
    assert "earlier versions on disk are damaged" in page
    assert "There is no earlier version" not in page
    assert words.changes(run.figures, replace(ABOUT, damaged=True)) == [
        "What changed cannot be told: earlier versions on disk are damaged."
    ]


def test_words_of_the_registry_are_escaped() -> None:
    page = render(Metrics([]), About("<b>Arts & Crafts</b>", "0" * 16))
    assert "<b>Arts" not in page
    assert "&lt;b&gt;Arts &amp; Crafts" in page
