"""The command ``release`` over a pilot that ran, and what the public gets of its profile."""

import csv
import json

import pandas as pd

from tests.pipeline.versions import public_bytes, versions


def stamps(home):
    """Every file of the enclave with its time; locks are touched by whoever reads a ledger."""
    files = (path for path in (home / "enclave").rglob("*") if path.is_file() and path.name != ".lock")
    return sorted((path, path.stat().st_mtime_ns) for path in files)


def test_what_if_tells_every_profile_and_changes_nothing(run, pilot):
    before = stamps(pilot)
    answer = run(pilot, "release", "what-if", "manufacturing", "--json")
    assert answer.code == 0, answer.err
    kept = json.loads(answer.out)
    assert {row["profile"] for row in kept} == {"standard", "one-off", "strict", "opensafely", "dp"}
    total = {row["profile"]: row for row in kept if row["table"] == "all"}
    # Exact numbers are not coarsened, and in so small an industry cannot be protected: then nothing would be shown.
    assert total["one-off"]["figures"] >= total["standard"]["figures"] >= total["strict"]["figures"]
    assert total["standard"]["shown"] > 200
    assert total["strict"]["shown"] <= total["standard"]["shown"]
    assert stamps(pilot) == before
    words = run(pilot, "release", "what-if", "manufacturing", "--profile", "standard").out
    assert "standard (this industry's)" in words
    assert "learners shown" in words
    assert "one-off" not in words


def test_what_if_of_an_industry_that_is_not_tabulated_is_refused(run, tmp_path):
    answer = run(tmp_path, "release", "what-if", "manufacturing")
    assert answer.code == 1
    assert answer.err.startswith("refused: ")


def test_the_public_figures_follow_the_profile_and_say_so(pilot):
    folder = pilot / "public" / "manufacturing"
    folder = folder / (folder / "LATEST").read_text()
    cells = pd.read_csv(folder / "outcomes.csv")
    shown = cells[cells["status"] == 1]
    assert len(shown) > 200
    assert (shown["n"] % 10 == 0).all()
    share = shown.loc[shown["unit"] == "share", "value"]
    assert ((share * 100).round(6) % 1 == 0).all()
    methods = (folder / "methods.md").read_text(encoding="utf-8")
    assert "Release profile: standard." in methods
    assert "nearest 10" in methods
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert package["disclosure"]["profile"] == "standard"
    with (folder / "certificate.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert lines
    assert {line["result"] for line in lines} == {"held"}


def test_an_update_of_the_program_that_changes_no_figure_is_no_release(run, home):
    """The program that writes the pages is another one, too: it leaves the pictures out."""
    before, public = versions(home), public_bytes(home)
    again = run(home, "run", "manufacturing", updated="outcome_release")
    assert again.code == 0, again.err
    assert "outcome_release published" in again.err + again.out
    assert versions(home) == before
    assert public_bytes(home) == public
    ledger = (home / "enclave" / "release_ledger.jsonl").read_text(encoding="utf-8").splitlines()
    assert (
        sum(json.loads(line)["facts"].get("statement", {}).get("industry") == "manufacturing" for line in ledger) == 4
    )
