"""Clerical review through the command line: a batch out, two reviewers in, and links that follow."""

import json
import re
import stat
from pathlib import Path

import pandas as pd
import pytest

from tests.pipeline.reviewing import drawn, planted, write_decisions

REVIEW = Path("clearinghouse") / "review" / "manufacturing"


def _table(run, home: Path, name: str) -> pd.DataFrame:
    out = home / "public" / f"{name.replace('.', '_')}.csv"
    answer = run(home, "export", name, "manufacturing", "--out", str(out))
    assert answer.code == 0, answer.err
    return pd.read_csv(out, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def reviewed(pilot, tmp_path_factory):
    """A pilot with a batch of which two reviewers decide everything as the truth is, but for two pairs."""
    import shutil

    from tests.pipeline.conftest import command

    home = tmp_path_factory.mktemp("review") / "home"
    shutil.copytree(pilot, home, symlinks=True)
    before = {name: _table(command, home, name) for name in ("links", "pairs", "cleaned_learners.profiles")}
    exported = command(home, "review", "export", "manufacturing", "--size", "80", "--seed", "5")
    assert exported.code == 0, exported.err
    batch = json.loads((home / REVIEW / "b001" / "batch.json").read_text())
    known = planted(home / REVIEW)
    pairs = before["pairs"].set_index("pair_id").loc[drawn(home / REVIEW)]
    answers = {pair: "match" if linked == "true" else "no_match" for pair, linked in pairs["linked"].items()}
    must, cannot = _chosen(pairs, before)
    answers |= {must: "match", cannot: "no_match"}
    # Of the planted pairs the second reviewer misses three, as many as are allowed.
    missed = dict.fromkeys(list(known)[:3], "unsure")
    files = [
        write_decisions(home / f"{who}.csv", who, answers | known | more) for who, more in (("r1", {}), ("r2", missed))
    ]
    imported = command(home, "review", "import", "manufacturing", *map(str, files))
    assert imported.code == 0, imported.err
    ran = command(home, "run", "manufacturing", "--until", "linked_records")
    assert ran.code == 0, ran.err
    after = {name: _table(command, home, name) for name in ("links", "pairs", "diagnostics")}
    return {
        "home": home,
        "before": before,
        "after": after,
        "batch": batch,
        "pairs": pairs,
        "must": must,
        "cannot": cannot,
        "said": [exported, imported],
        "files": files,
        "answers": answers,
        "known": known,
    }


def _chosen(pairs: pd.DataFrame, before: dict[str, pd.DataFrame]) -> tuple[str, str]:
    """A pair of a learner without student and a student without learner; and a pair that is linked."""
    students = pairs[pairs["hop"] == "student"]
    taken = set(before["links"]["student_id"])
    linked_left = set(before["pairs"].query("hop == 'student' and linked == 'true'")["left_id"])
    free = students[
        (students["linked"] == "false") & ~students["right_id"].isin(taken) & ~students["left_id"].isin(linked_left)
    ]
    assert len(free), "no pair of the batch is free to be linked"
    return free.index[0], students[students["linked"] == "true"].index[0]


def _rows_of(reviewed, pair: str) -> pd.DataFrame:
    """The links, after the run, of the row that a pair is tied to."""
    anchor = next(entry["anchor"] for entry in reviewed["batch"]["pairs"] if entry["pair_id"] == pair)
    links = reviewed["after"]["links"]
    return links[(links["certifier"] == anchor["left_certifier"]) & (links["record_id"] == anchor["left_record_id"])]


def test_decisions_change_links(reviewed):
    must = _rows_of(reviewed, reviewed["must"]).iloc[0]
    assert must["student_id"] == reviewed["pairs"].loc[reviewed["must"], "right_id"]
    assert must["decided_by"] == "review"
    cannot = _rows_of(reviewed, reviewed["cannot"]).iloc[0]
    assert cannot["student_id"] != reviewed["pairs"].loc[reviewed["cannot"], "right_id"]
    reviewed_pairs = reviewed["after"]["pairs"].query("reviewed != ''")
    assert len(reviewed_pairs) >= 0.95 * len(reviewed["answers"])
    assert ((reviewed_pairs["reviewed"] == "match") == (reviewed_pairs["linked"] == "true")).all()


def test_links_without_a_decision_stay(reviewed):
    keys = ["certifier", "record_id"]
    both = reviewed["before"]["links"].merge(reviewed["after"]["links"], on=keys, suffixes=("", "_after"))
    assert len(both) == len(reviewed["after"]["links"])
    assert (both["student_id"] != both["student_id_after"]).mean() < 0.02


def test_diagnostics_hold_the_estimate_and_what_decisions_did(reviewed):
    figures = reviewed["after"]["diagnostics"]
    values = figures[figures["level"] == "all"].set_index("metric")["value"].astype(float)
    for metric in ("est_precision", "est_recall"):
        assert 0 <= values[f"{metric}_low"] <= values[metric] <= values[f"{metric}_high"] <= 1
    effects = figures[figures["metric"] == "review_decisions"].set_index("level")["n"].astype(int)
    assert effects["must_link"] + effects["cannot_link"] == len(reviewed["answers"])


def test_nothing_that_was_printed_or_kept_names_a_learner(reviewed):
    home = reviewed["home"]
    printed = "".join(answer.out + answer.err for answer in reviewed["said"])
    kept = "".join(path.read_text() for path in (home / REVIEW).rglob("*") if path.suffix in {".json", ".csv"})
    page = (home / REVIEW / "b001" / "batch.html").read_text()
    profiles = reviewed["before"]["cleaned_learners.profiles"].set_index("profile_id")
    shown = profiles.loc[profiles.index.intersection(reviewed["pairs"]["left_id"])]
    names = {name for name in shown["last_name"] if len(name) > 3}
    # The page cuts names where they differ.
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])
    lines = [line for pair in data["pairs"] for line in pair["lines"] if line["label"] == "Last name"]
    assert names <= {"".join(text for text, _ in line["left"]) for line in lines}
    for word in names | set(shown["birth_date"]) - {""}:
        assert word not in printed
        assert word not in kept
    assert "2 reviewers" not in printed
    assert "kappa 1.00" in printed


def test_page_and_files_are_restricted_and_blind(reviewed):
    folder = reviewed["home"] / REVIEW
    for path in [folder.parent, folder, *folder.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name
    text = (folder / "b001" / "batch.html").read_text()
    assert "probability" not in text
    assert "weight" not in text.split('id="data">')[1]
    assert reviewed["batch"]["pairs"][0]["stratum"] not in text


def test_the_same_files_again_change_nothing(reviewed, run):
    home = reviewed["home"]
    before = (home / REVIEW / "decisions.csv").read_bytes()
    answer = run(home, "review", "import", "manufacturing", *map(str, reviewed["files"]))
    assert answer.code == 0, answer.err
    assert "0 of them new; 0 pairs newly settled" in answer.out
    assert (home / REVIEW / "decisions.csv").read_bytes() == before


def test_a_second_batch_holds_other_pairs(reviewed, run):
    home = reviewed["home"]
    answer = run(home, "review", "export", "manufacturing", "--size", "40", "--batch", "second")
    assert answer.code == 0, answer.err
    second = json.loads((home / REVIEW / "second" / "batch.json").read_text())
    assert not {pair["pair_id"] for pair in second["pairs"]} & set(reviewed["answers"])
    assert second["number"] == 2
    assert sum(entry["pairs"] for entry in second["settled"]) >= 0.95 * len(reviewed["answers"])
    again = run(home, "review", "export", "manufacturing", "--batch", "second")
    assert again.code == 1
    assert "E_BATCH_EXISTS" in again.err


def _changed(path: Path, reviewed, change) -> Path:
    """A good file of a third reviewer, each of its lines changed."""
    write_decisions(path, "r5", reviewed["answers"] | reviewed["known"])
    header, *lines = path.read_text().splitlines()
    path.write_text("\n".join([header, *(",".join(change(line.split(","), n)) for n, line in enumerate(lines)), ""]))
    return path


def test_planted_pairs_are_in_the_page_and_in_no_table_and_no_decision(reviewed):
    folder, known = reviewed["home"] / REVIEW, set(reviewed["known"])
    assert len(known) == 16
    page = (folder / "b001" / "batch.html").read_text()
    assert all(pair in page for pair in known)
    for table in (reviewed["before"]["pairs"], reviewed["after"]["pairs"]):
        assert not known & set(table["pair_id"])
    assert not any(pair in (folder / "decisions.csv").read_text() for pair in known)
    figures = reviewed["after"]["diagnostics"]
    judged = figures[(figures["metric"] == "est_precision") & (figures["level"] == "all")]["n"].astype(int)
    assert judged.tolist() == [len(reviewed["answers"])]


def test_what_an_import_says_of_its_reviewers(reviewed):
    exported, imported = reviewed["said"]
    assert "16 planted pairs of known answer are among them; 3 may be decided wrongly" in exported.out
    assert "attention in b001: r1: 16 of 16 planted pairs right, median " in imported.out
    assert "attention in b001: r2: 13 of 16 planted pairs right, median " in imported.out
    assert "80 pairs in common, 100.0% the same answer, kappa 1.00 (95 % interval 0." in imported.out


def test_refusals_are_one_line(reviewed, run, tmp_path):
    home = reviewed["home"]
    pair = next(iter(reviewed["answers"]))
    cases = {
        "E_REVIEW_LINE": write_decisions(tmp_path / "unknown.csv", "r3", {"Qnothing": "match"}),
        "E_REVIEW_CHANGED": write_decisions(tmp_path / "changed.csv", "r1", {pair: "unsure"}),
        "E_REVIEW_FILE": tmp_path / "absent.csv",
        "E_REVIEW_PLANTED": write_decisions(tmp_path / "always.csv", "r4", dict.fromkeys(reviewed["known"], "match")),
        "E_REVIEW_FAST": _changed(
            tmp_path / "quick.csv", reviewed, lambda cells, n: [*cells[:5], f"0.{n % 9}00", *cells[6:]]
        ),
        "E_REVIEW_TIMES": _changed(tmp_path / "edited.csv", reviewed, lambda cells, n: [*cells[:7], cells[6]]),
    }
    for code, path in cases.items():
        answer = run(home, "review", "import", "manufacturing", str(path))
        assert answer.code == 1
        assert code in answer.err
        assert answer.err.count("\n") == 1
        assert path.name in answer.err
    for words in (["import", "healthcare", str(cases["E_REVIEW_LINE"])], ["export", "manufacturing", "--adjudicate"]):
        answer = run(home, "review", *words)
        assert answer.code == 1
        assert answer.err.count("\n") == 1
    assert run(home, "review", "export", "nowhere").code == 1
    assert run(home, "review").code == 2


def test_an_industry_that_is_not_linked_cannot_be_reviewed(run, tmp_path):
    answer = run(tmp_path / "home", "review", "export", "manufacturing")
    assert answer.code == 1
    assert "E_NOT_PUBLISHED" in answer.err


def test_conflicts_go_to_an_adjudicator(reviewed, run, tmp_path):
    home = tmp_path / "home"
    import shutil

    shutil.copytree(reviewed["home"], home, symlinks=True)
    answer = run(home, "review", "export", "manufacturing", "--size", "40", "--batch", "third", "--seed", "9")
    assert answer.code == 0, answer.err
    batch = json.loads((home / REVIEW / "third" / "batch.json").read_text())
    known = planted(home / REVIEW, "third")
    pairs = drawn(home / REVIEW, "third")[:3]
    assert len(batch["pairs"]) == len(known) + len(drawn(home / REVIEW, "third"))
    one = write_decisions(home / "a.csv", "r1", known | dict.fromkeys(pairs, "no_match"), "third")
    other = dict(zip(pairs, ("match", "unsure", "no_match"), strict=True))
    two = write_decisions(home / "b.csv", "r2", known | other, "third")
    answer = run(home, "review", "import", "manufacturing", str(one), str(two))
    assert answer.code == 0, answer.err
    assert "2 pairs are in conflict or unsure" in answer.out
    answer = run(home, "review", "export", "manufacturing", "--adjudicate", "--batch", "last")
    assert answer.code == 0, answer.err
    adjudication = json.loads((home / REVIEW / "last" / "batch.json").read_text())
    assert [pair["pair_id"] for pair in adjudication["pairs"]] == pairs[:2]
    three = write_decisions(home / "c.csv", "r3", dict.fromkeys(pairs[:2], "no_match"), "last")
    answer = run(home, "review", "import", "manufacturing", str(three))
    assert answer.code == 0, answer.err
    assert "2 pairs newly settled" in answer.out
    settled = (home / REVIEW / "decisions.csv").read_text()
    assert f"third,{pairs[0]}," in settled
    assert "r1+r2+r3" in settled
