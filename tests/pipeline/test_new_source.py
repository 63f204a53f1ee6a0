"""The way of docs/how-to/new-source.md: from a file that nobody has described to links, by commands and two YAML files."""

import csv
import hashlib
from pathlib import Path

import pandas as pd
import pytest

INDUSTRY = """\
industry: computing
name: Computing
naics: ["51", "5415"]
certifiers: [computing_board]
cohorts: {first_award_year: 2005, last_award_year: 2018}
owner: team:data-engineering
"""


def derived(*values: str) -> str:
    told = "\x1f".join(" ".join(value.split()).upper() for value in values)
    return "D" + hashlib.md5(told.encode(), usedforsecurity=False).hexdigest()[:16]


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Path:
    """A home with an education registry, and, outside of its inbox, what one certifier has sent in all the years as one TSV."""
    from tests.pipeline.conftest import command

    folder = tmp_path_factory.mktemp("new_source")
    size = ("--learners", "4000", "--registry-size", "6000", "--seed", "3")
    made = command(folder / "home", "simulate", "--industry", "information_technology", *size)
    assert made.code == 0, made.err
    files = sorted((folder / "home" / "clearinghouse" / "inbox" / "information_technology" / "comptia").glob("*.csv"))
    lines = [file.read_text(encoding="utf-8").splitlines() for file in files]
    text = "\r\n".join([lines[0][0], *(line for one in lines for line in one[1:])]) + "\r\n"
    (folder / "export.tsv").write_bytes(text.encode())
    return folder


def test_a_new_source_goes_from_profile_to_links(run, world, tmp_path):
    home, mine = world / "home", tmp_path / "my-registry"
    told = run(home, "profile", str(world / "export.tsv"), "--name", "computing_board", "--out", str(mine))
    assert told.code == 0, told.err
    assert "made of Career ID, Exam Code, Exam Date" in told.out
    assert "must be answered" not in told.out
    (mine / "industries" / "computing.yml").write_text(INDUSTRY)
    checked = run(home, "registry", "check", registry=mine)
    assert (checked.code, checked.err) == (0, "")
    (warned,) = [line for line in checked.out.splitlines() if line.startswith("warning: ")]
    assert "computing runs up to linked_records; census_extract needs one" in warned
    inbox = home / "clearinghouse" / "inbox" / "computing" / "computing_board"
    inbox.mkdir(parents=True)
    (inbox / "export.tsv").write_bytes((world / "export.tsv").read_bytes())
    ran = run(home, "run", "computing", "--until", "linked_records", registry=mine)
    assert ran.code == 0, ran.err + ran.out
    out = tmp_path / "links.csv"
    assert run(home, "export", "links", "computing", "--out", str(out), registry=mine).code == 0
    linked_well(world, pd.read_csv(out, dtype=str, keep_default_na=False))


def linked_well(world: Path, links: pd.DataFrame) -> None:
    """Nearly every row is linked to the student who earned it."""
    with (world / "export.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    known = pd.read_csv(world / "home" / "truth" / "record_person.csv", dtype=str)
    person = known[known.certifier == "comptia"].set_index("record_id").person_id.to_dict()
    when = ("Career ID", "Exam Code", "Exam Date")
    who = {
        derived(*(row[name] for name in when)): person.get(derived(*(row[name] or "" for name in (*when, "Status"))))
        for row in rows
        if all(row[name] for name in (*when, "Status"))
    }
    students = pd.read_csv(world / "home" / "truth" / "student_person.csv", dtype=str).set_index("student_id").person_id
    assert len(links) > 0.98 * len(who)
    assert set(links.record_id) <= set(who)
    found = links[links.student_id != ""]
    right = sum(students[row.student_id] == who[row.record_id] for row in found.itertuples())
    possible = sum(who[record_id] in set(students) for record_id in links.record_id)
    assert right / len(found) > 0.98
    assert right / possible > 0.9
