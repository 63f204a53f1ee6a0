"""Sealed packages: what is sealed is what is opened, whole and once, and no plaintext is left behind.

Not here: packages that are refused (test_handover_refusals.py), keys (test_handover_keys.py).
"""

from datetime import date

import pyrage
import pytest

from credential_pipeline.engines.handover import keys, opening, package
from credential_pipeline.engines.handover.delivery import deliver
from credential_pipeline.engines.handover.manifest import ManifestFacts
from credential_pipeline.engines.handover.opening import open_package, sweep
from credential_pipeline.engines.handover.parts import PartsWriter
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.engines.handover_ends import CANARY, flip, refused
from tests.domain.engines.handover_world import AGREEMENT, TODAY


def test_what_was_sealed_is_what_is_opened(ends, sealed):
    assert ends.open(sealed.folder) == {name: path.read_bytes() for name, path in ends.files.items()}
    ends.no_plaintext()


def test_the_manifest_says_all_that_an_agreement_asks_for(ends, sealed):
    content = ends.verify(sealed.folder).content
    assert content.agreement_id == "DUA-1"
    assert content.legal_basis == AGREEMENT.basis
    assert content.purpose == AGREEMENT.purpose
    assert (content.sender, content.recipient) == (AGREEMENT.sender, AGREEMENT.recipient)
    assert content.recipient_key == ends.identity.recipient.fingerprint
    assert content.expires == AGREEMENT.expires
    assert "99.33" in content.notice
    assert content.files["learners"].rows == 500
    assert content.files["learners"].columns == {"a": "VARCHAR", "b": "BIGINT"}


def test_the_package_holds_no_plaintext(sealed):
    for path in sealed.folder.iterdir():
        assert CANARY.encode() not in path.read_bytes()
        assert b"PAR1" not in path.read_bytes()


def test_plaintext_files_are_private_while_they_exist(ends, sealed):
    with open_package(sealed.folder, ends.public, ends.identity, AGREEMENT.recipient, TODAY, work=ends.work) as opened:
        for path in opened.files.values():
            assert path.stat().st_mode & 0o777 == 0o600
            assert path.parent.stat().st_mode & 0o777 == 0o700
        assert sweep(ends.work) == 0
    ends.no_plaintext()


def test_the_same_content_is_the_same_package_whatever_the_clock_says(ends, sealed):
    again = ends.seal(facts=ManifestFacts("census_extract", "manufacturing", AGREEMENT, None))
    assert again.reused
    assert again.folder == sealed.folder
    elsewhere = ends.seal(out=ends.root / "other")
    assert not elsewhere.reused
    assert elsewhere.package_id == sealed.package_id
    cipher = "learners.parquet.age"
    assert (elsewhere.folder / cipher).read_bytes() != (sealed.folder / cipher).read_bytes()


def test_other_content_agreement_or_recipient_is_another_package(ends, sealed):
    ids = {sealed.package_id}
    longer = AGREEMENT.model_copy(update={"expires": date(2027, 1, 31)})
    ids.add(ends.seal(facts=ManifestFacts("census_extract", "manufacturing", longer)).package_id)
    other = pyrage.x25519.Identity.generate()
    ends.to = keys.Identity(other).recipient
    ids.add(ends.seal().package_id)
    with connect(threads=1) as con:
        con.execute(f"COPY (SELECT 1 AS a) TO '{ends.files['degrees']}' (FORMAT parquet)")
    ids.add(ends.seal().package_id)
    assert len(ids) == 4


def test_a_damaged_package_is_not_taken_again(ends, sealed):
    flip(sealed.folder / "degrees.parquet.age")
    refused("E_PACKAGE_ALTERED", ends.seal)


def test_leftovers_of_a_killed_seal_are_removed_and_never_seen(ends, tmp_path):
    def crash(_manifest):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ends.seal(before_publish=crash)
    assert [path.name for path in ends.out.iterdir()] == [".lock"]
    package_id = ends.seal(out=tmp_path / "probe").package_id
    (ends.out / f".part-{package_id}-abc").mkdir()
    folder = ends.seal().folder
    assert sorted(path.name for path in ends.out.iterdir()) == sorted([".lock", folder.name])


@pytest.mark.parametrize("name", ["../evil", "A", "", "a.b"])
def test_a_file_name_that_could_leave_the_folder_is_refused(ends, name):
    ends.files = {name: ends.files["learners"]}
    refused("E_PACKAGE_FILES", ends.seal)


def test_what_is_no_parquet_file_is_not_sealed(ends):
    ends.files["learners"].write_text(CANARY)
    refused("E_PACKAGE_FILES", ends.seal)
    ends.files["learners"].unlink()
    refused("E_PACKAGE_FILES", ends.seal)


def test_plaintext_of_a_killed_process_is_swept(ends, sealed):
    left = ends.work / ".opened-killed"
    left.mkdir(parents=True)
    ends.work.chmod(0o700)
    (left / "learners.parquet").write_text(CANARY)
    ends.open(sealed.folder)
    ends.no_plaintext()


def test_a_full_disk_is_said_and_leaves_nothing(ends, sealed, monkeypatch):
    def full(*_arguments):
        raise OSError(28, CANARY)

    with monkeypatch.context() as patch:
        patch.setattr(package.pyrage, "encrypt_io", full)
        refused("E_NOSPC", ends.seal, out=ends.root / "other")
        assert [path.name for path in (ends.root / "other").iterdir()] == [".lock"]
    monkeypatch.setattr(opening.pyrage, "decrypt_io", full)
    refused("E_NOSPC", ends.open, sealed.folder)
    ends.no_plaintext()


def test_delivery_is_whole_and_happens_once(ends, sealed):
    inbox = ends.recipient / "inbox"
    target = deliver(sealed, inbox, ends.public)
    assert ends.open(target) == ends.open(sealed.folder)
    before = target.stat().st_mtime_ns
    assert deliver(sealed, inbox, ends.public) == target
    assert target.stat().st_mtime_ns == before
    flip(target / "learners.parquet.age")
    refused("E_PACKAGE_ALTERED", deliver, sealed, inbox, ends.public)


def test_a_folder_that_others_can_write_to_is_refused(ends):
    ends.out.mkdir(parents=True)
    ends.out.chmod(0o777)
    refused("E_FOLDER_PERMISSIONS", ends.seal)


def test_a_full_disk_while_a_package_is_encrypted_is_told_as_such(ends, tmp_path, monkeypatch):
    monkeypatch.setattr(PartsWriter, "_next", lambda _parts: open("/dev/full", "wb", buffering=0))  # noqa: PTH123, SIM115
    refused("E_NOSPC", ends.seal, out=tmp_path / "other")
