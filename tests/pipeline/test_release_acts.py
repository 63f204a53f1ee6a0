"""A home without demo people: nothing is public before three people have acted, each by the command line."""

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


def test_a_person_who_is_not_registered_is_refused(run, office):
    (office / "enclave" / "reviewers" / "cat.pub").unlink()
    refused = act(run, office, "correct", "--reason", "x", who="cat")
    assert (refused.code, refused.err.count("\n")) == (1, 1)
    assert "E_NOT_A_REVIEWER" in refused.err
