"""The whole chain from feeds to report, as a user runs it."""

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from tests.pipeline.versions import public_bytes, versions


def export(run, home: Path, table: str, industry: str = "manufacturing") -> pd.DataFrame:
    out = home / f"{table}.csv"
    answer = run(home, "export", table, industry, "--out", str(out))
    assert answer.code == 0, answer.err
    return pd.read_csv(out, dtype=str, keep_default_na=False)


def test_every_hop_is_published(pilot):
    hops = {path.split("/")[2] for path in versions(pilot) if "manufacturing" in path or "shared" in path}
    assert hops == {
        "raw_feeds",
        "education_registry",
        "cleaned_learners",
        "linked_records",
        "census_extract",
        "accepted_extract",
        "reference_population",
        "person_keys",
        "outcome_tables",
        "outcome_release",
        "published_outcomes",
        "return_files",
    }


def test_public_files_are_listed_with_their_hashes(pilot):
    import hashlib

    release = (pilot / "public" / "manufacturing" / "LATEST").read_text()
    folder = pilot / "public" / "manufacturing" / release
    listed = json.loads((folder / "manifest.json").read_text())["files"]
    names = [entry["path"] for entry in listed]
    pages = {"report.html", "report-earnings.html", "report-work.html", "report-college.html"}
    assert {"outcomes.csv", "outcomes.parquet", *pages, "methods.md", "datapackage.json"} <= set(names)
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert sorted(names) == sorted(found - {"manifest.json"}), "every file is listed, once"
    for entry in listed:
        assert hashlib.sha256((folder / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]


def test_rows_are_conserved(run, pilot, tmp_path):
    import shutil

    home = tmp_path / "home"
    shutil.copytree(pilot, home, symlinks=True)
    deliveries = export(run, home, "deliveries")
    numbers = deliveries[["rows_in", "rows_accepted", "rows_quarantined", "rows_duplicate"]].astype(int)
    assert (numbers.rows_in == numbers.rows_accepted + numbers.rows_quarantined + numbers.rows_duplicate).all()
    lines = 0
    for path in (home / "clearinghouse" / "inbox" / "manufacturing").rglob("*.csv"):
        lines += sum(1 for line in path.read_bytes().split(b"\n")[1:] if line.strip())
    assert numbers.rows_in.sum() == lines
    quarantine = export(run, home, "quarantine")
    assert len(quarantine) == numbers.rows_quarantined.sum()
    assert set(quarantine.columns) == {"certifier", "delivery", "line", "reason_code", "what_to_do"}
    assert (quarantine.what_to_do.str.len() > 20).all()
    links = export(run, home, "links")
    assert len(links) == numbers.rows_accepted.sum()


def test_every_planted_bad_row_is_set_aside(run, home):
    quarantine = export(run, home, "quarantine")
    found = set(zip(quarantine.certifier, quarantine.delivery, quarantine.line, strict=True))
    with (home / "truth" / "bad_rows.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["industry"] == "manufacturing"]
    planted = [row for row in rows if row["planted_fault"] != "repeated_row"]
    assert planted
    assert {(row["certifier"], row["delivery"], row["line"]) for row in planted} == found
    assert export(run, home, "deliveries").rows_duplicate.astype(int).sum() == len(rows) - len(planted)


def test_a_second_run_makes_no_new_version(run, home):
    before = versions(home), public_bytes(home)
    answer = run(home, "run", "manufacturing")
    assert answer.code == 0, answer.err
    assert "published in" not in answer.out
    assert (versions(home), public_bytes(home)) == before
    again = run(home, "run", "manufacturing")
    assert again.out.count("manufacturing unchanged: ") == 4
    # A file that only looks different is looked at by content, and gives the same versions.
    max((home / "clearinghouse" / "inbox" / "manufacturing" / "mssc").glob("*.csv")).touch()
    touched = run(home, "run", "manufacturing")
    assert touched.out.count("manufacturing unchanged: ") == 4
    assert (versions(home), public_bytes(home)) == before


@pytest.mark.parametrize("industry", ["manufacturing", "healthcare"])
def test_linkage_is_close_to_the_truth(run, home, industry):
    links = export(run, home, "links", industry)
    truth = pd.read_csv(home / "truth" / "record_person.csv", dtype=str)
    truth = truth[truth.industry == industry]
    students = pd.read_csv(home / "truth" / "student_person.csv", dtype=str).set_index("student_id").person_id
    joined = links.merge(truth, on=["certifier", "record_id"])
    assert len(joined) == len(links)
    linked = joined[joined.student_id != ""]
    right = (linked.student_id.map(students) == linked.person_id).sum()
    possible = joined.person_id.isin(set(students)).sum()
    precision, recall = right / len(linked), right / possible
    f1 = 2 * precision * recall / (precision + recall)
    assert precision > 0.98, precision
    assert f1 > 0.95, (precision, recall)


def test_nobody_blocked_leaves(run, home):
    links = export(run, home, "links")
    truth = pd.read_csv(home / "truth" / "record_person.csv", dtype=str)
    blocked = set(pd.read_csv(home / "truth" / "blocked.csv", dtype=str).person_id)
    truth = truth[(truth.industry == "manufacturing") & truth.person_id.isin(blocked)]
    statuses = links.merge(truth, on=["certifier", "record_id"])
    assert len(statuses) > 0
    # A school's block is known only where the student was found; every link that was made to a blocked one is held back.
    assert not ((statuses.student_id != "") & (statuses.status == "linked")).any()


def test_published_figures_are_near_the_truth(run, home):
    published = export(run, home, "outcomes")
    truth = pd.read_csv(home / "truth" / "outcome_cells.csv", dtype=str, keep_default_na=False)
    keys = ["industry", "table", "certifier", "credential", "age_band", "sex", "race", "sector", "horizon", "measure"]
    both = published.merge(truth, on=keys, suffixes=("", "_true"))
    both = both[(both.measure == "earnings_p50") & (both.table == "earnings_overall")]
    assert len(both) == 9
    estimate, true = both.value.astype(float), both.value_true.astype(float)
    assert ((estimate - true).abs() / true).max() < 0.1


def test_no_small_cell_is_published(pilot):
    release = (pilot / "public" / "manufacturing" / "LATEST").read_text()
    cells = pd.read_csv(pilot / "public" / "manufacturing" / release / "outcomes.csv")
    shown = cells[cells.status == 1]
    assert len(shown) > 50
    assert (shown.n >= 10).all()
    assert cells[cells.status != 1][["value", "n", "low", "high"]].isna().all().all()


def test_status_names_every_hop(run, home):
    answer = run(home, "status", "manufacturing")
    assert answer.code == 0
    assert answer.out.count("rules hold") == 12
    assert "stale" not in answer.out
