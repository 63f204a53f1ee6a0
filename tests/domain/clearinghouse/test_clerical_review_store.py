"""Batches and decisions as they are kept: for their owner only, naming nobody, and refused where they were spoiled."""

import stat
from dataclasses import replace

import pytest

from credential_pipeline.clearinghouse.clerical_review.batches import SAMPLE, load_batches, new_name, write
from credential_pipeline.clearinghouse.clerical_review.decisions import append, digest, load
from credential_pipeline.clearinghouse.clerical_review.reviews import NOTHING, read_review
from credential_pipeline.foundation.errors import SafeError
from tests.domain.clearinghouse.review_import_world import PAIRS, _batch, giving, make_folder


@pytest.fixture
def folder(tmp_path):
    return make_folder(tmp_path)


@pytest.fixture
def give(folder, tmp_path):
    return giving(folder, tmp_path)


def test_files_are_for_their_owner_only(folder, give) -> None:
    give(r1={"Qab": "match"}, r2={"Qab": "match"})
    for path in [folder.parent, folder, *folder.rglob("*")]:
        if path.name != ".lock":
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path.name


def test_decisions_name_no_learner_and_no_profile(folder, give) -> None:
    give(r1={"Qab": "match", "Qas": "match"}, r2={"Qab": "match", "Qas": "match"})
    text = (folder / "decisions.csv").read_text()
    assert "learner_id" not in text
    assert "profile" not in text
    assert text.splitlines()[1] == "b001,Qab,learner,match,,r1+r2,mssc,a,mssc,b,"
    assert text.splitlines()[2] == "b001,Qas,student,match,,r1+r2,mssc,a,,,S1"


def test_the_digest_follows_the_decisions(folder, give) -> None:
    before = digest(folder)
    assert before == digest(folder / "absent")
    give(r1={"Qab": "match"})
    assert digest(folder) == before
    give(r2={"Qab": "match"})
    assert digest(folder) != before


@pytest.mark.parametrize(
    "damage", ["other,columns\n", "b001,Qab,learner,perhaps,,r,mssc,a,mssc,b,\n", "b001\n", '"\n', b"\xff"]
)
def test_a_store_that_was_spoiled_by_hand_is_refused(folder, give, damage) -> None:
    give(single=True, r1={"Qab": "match"})
    path = folder / "decisions.csv"
    if isinstance(damage, bytes) or damage.startswith("other"):
        path.write_bytes(damage if isinstance(damage, bytes) else damage.encode())
    else:
        path.write_text(path.read_text() + damage)
    with pytest.raises(SafeError) as refusal:
        load(folder)
    assert refusal.value.code == "E_DECISIONS"


@pytest.mark.parametrize("content", ["{}", "[]", "no json", '{"format": 9}'])
def test_a_batch_that_was_spoiled_is_refused(folder, content) -> None:
    (folder / "b001" / "batch.json").write_text(content)
    with pytest.raises(SafeError) as refusal:
        load_batches(folder)
    assert refusal.value.code == "E_BATCH"


def test_batches_read_as_they_were_written(folder) -> None:
    (found,) = load_batches(folder)
    assert found == _batch("b001", 1, SAMPLE, PAIRS)


def test_names_of_batches(folder) -> None:
    assert new_name(load_batches(folder), folder, None) == ("b002", 2)
    for name, code in (("b001", "E_BATCH_EXISTS"), ("../b", "E_NAME"), ("B1", "E_NAME"), ("", "E_NAME")):
        with pytest.raises(SafeError) as refusal:
            new_name(load_batches(folder), folder, name)
        assert refusal.value.code == code


def test_no_review_no_effect(tmp_path, folder, give) -> None:
    assert read_review(tmp_path / "home", "healthcare") == NOTHING
    assert read_review(tmp_path / "home", "manufacturing") == NOTHING
    give(single=True, r1={"Qab": "match"})
    assert len(read_review(tmp_path / "home", "manufacturing").decisions) == 1


def test_a_batch_folder_that_is_a_symlink_is_refused(tmp_path, folder) -> None:
    (folder / "b009").symlink_to(tmp_path)
    with pytest.raises(SafeError) as refusal:
        write(folder, _batch("b009", 9, SAMPLE, PAIRS), b"page")
    assert refusal.value.code == "E_FOLDER_PERMISSIONS"


def test_append_replaces_what_is_decided_anew(folder, give) -> None:
    give(single=True, r1={"Qab": "match", "Qxy": "match"})
    first, second = load(folder)
    assert append(folder, [replace(first, decision="no_match")]) == 1
    assert load(folder) == [second, replace(first, decision="no_match")]
    assert append(folder, load(folder)) == 0
