"""A home without demo people: nothing is public before three people have acted, each by the command line."""

import csv
import json
import shutil

import pytest

from tests.pipeline.conftest import command
from tests.pipeline.versions import public_bytes

INDUSTRY = "manufacturing"


@pytest.fixture(scope="module")
def office(pilot, tmp_path_factory):
    """A copy of the pilot whose demo people are gone, with a new notice, so that there is something to propose."""
    home = tmp_path_factory.mktemp("office") / "home"
    shutil.copytree(pilot, home, symlinks=True)
    shutil.rmtree(home / "enclave" / "reviewers")
    (home / "enclave" / "notice.txt").write_text("Another notice.")
    for name in ("ann", "bob", "cat"):
        assert command(home, "release", "enroll", name, "--key", str(home / "private" / name)).code == 0
    return home


def act(run, home, word, *more, who=None):
    key = ["--key", str(home / "private" / who)] if who else []
    return run(home, "release", word, INDUSTRY, *more, *key)


def test_from_a_proposal_to_a_correction_to_a_withdrawal(run, office):
    before = public_bytes(office)
    first = (office / "public" / INDUSTRY / "LATEST").read_text()
    ran = run(office, "run", INDUSTRY)
    assert ran.code == 0
    assert "which has had its release" in ran.out
    assert f"release correct {INDUSTRY} --reason" in ran.out
    assert public_bytes(office) == before
    assert "E_CALENDAR" in act(run, office, "propose", who="ann").err
    proposed = act(run, office, "correct", "--reason", "the notice was wrong", who="ann")
    assert proposed.code == 0
    release = proposed.out.split()[2]
    assert (office / "enclave" / "proposals" / INDUSTRY / f"{release}.html").is_file()
    named = ["--release", release, "--kind", "correction"]
    assert "E_NOT_PROPOSED" in act(run, office, "approve", "--release", release, who="bob").err
    refused = act(run, office, "approve", *named, who="ann")
    assert (refused.code, refused.err.count("\n")) == (1, 1)
    assert "E_SAME_PERSON" in refused.err
    assert "E_NOT_PROPOSED" in act(run, office, "approve", "--release", first, who="bob").err
    assert act(run, office, "approve", *named, who="bob").code == 0
    assert "E_NOT_APPROVED" in act(run, office, "publish").err
    assert act(run, office, "approve", *named, who="cat").code == 0
    assert public_bytes(office) == before
    assert act(run, office, "publish").code == 0
    ran = run(office, "run", INDUSTRY)
    assert ran.code == 0, ran.err
    folder = office / "public" / INDUSTRY
    assert (folder / "LATEST").read_text() == release
    pages = sorted((folder / release).glob("report*.html"))
    assert len(pages) > 5
    assert all("Another notice." in page.read_text() for page in pages)
    packet = (office / "enclave" / "proposals" / INDUSTRY / f"{release}.html").read_text()
    assert all(f"<summary>{page.name}</summary>" in packet for page in pages)
    listed = json.loads((folder / "releases.json").read_text())
    assert [(one["release"], one["corrects"]) for one in listed] == [(first, ""), (release, first)]
    assert f"corrected by {release}" in (folder / "index.html").read_text()

    assert "E_RELEASED" in act(run, office, "correct", "--reason", "x", who="ann").err
    reason = ["--reason", "a wage file was wrong"]
    assert act(run, office, "withdraw", "--release", release, *reason, who="bob").code == 0
    for who in ("ann", "cat"):
        assert act(run, office, "approve", "--release", release, "--kind", "withdrawal", who=who).code == 0
    assert act(run, office, "publish").code == 0
    ran = run(office, "run", INDUSTRY)
    assert ran.code == 0, ran.err
    assert not (folder / release).exists()
    assert not list((folder / ".content").glob(f"{release}-*"))
    assert "withdrawn: a wage file was wrong" in (folder / "index.html").read_text()
    assert not (folder / "LATEST").exists(), "what was corrected was wrong, and does not come back"
    shown = act(run, office, "status").out
    assert release not in shown
    assert first in shown
    assert run(office, "ledger", "verify").code == 0


def test_who_opts_out_between_approval_and_publication_is_in_no_release(run, pilot, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(pilot, home, symlinks=True)
    shutil.rmtree(home / "enclave" / "reviewers")
    (home / "enclave" / "notice.txt").write_text("Another notice.")
    for name in ("ann", "bob", "cat"):
        assert run(home, "release", "enroll", name, "--key", str(home / "private" / name)).code == 0
    assert run(home, "run", INDUSTRY).code == 0
    release = act(run, home, "correct", "--reason", "the notice was wrong", who="ann").out.split()[2]
    for who in ("bob", "cat"):
        assert act(run, home, "approve", "--release", release, "--kind", "correction", who=who).code == 0
    before = public_bytes(home)
    opt_out(run, home, tmp_path)
    assert run(home, "run", INDUSTRY, "--until", "census_extract").code == 0
    refused = act(run, home, "publish")
    assert (refused.code, refused.err.count("\n")) == (1, 1)
    assert "an extract has come that is not opened yet" in refused.err
    assert run(home, "run", INDUSTRY, "--until", "accepted_extract").code == 0
    refused = act(run, home, "publish")
    assert "accepted_extract is newer" in refused.err
    assert "E_OUTDATED" in refused.err
    assert public_bytes(home) == before


def opt_out(run, home, folder):
    """A letter of somebody who is linked to a student."""
    links = folder / "links.csv"
    assert run(home, "export", "links", INDUSTRY, "--out", str(links)).code == 0
    with links.open(newline="") as file:
        person = next(row for row in csv.DictReader(file) if row["status"] == "linked")
    letters = home / "clearinghouse" / "opt_outs"
    letters.mkdir(exist_ok=True)
    header = "source,certifier,record_id,person_ref,student_id,first_name,last_name,birth_date,scope,received,note"
    line = f"individual,{person['certifier']},{person['record_id']},,,,,,all,2026-01-05,"
    (letters / "late.csv").write_text(f"{header}\n{line}\n")


def test_a_person_who_is_not_registered_is_refused(run, office):
    (office / "enclave" / "reviewers" / "cat.pub").unlink()
    refused = act(run, office, "correct", "--reason", "x", who="cat")
    assert (refused.code, refused.err.count("\n")) == (1, 1)
    assert "E_NOT_A_REVIEWER" in refused.err
