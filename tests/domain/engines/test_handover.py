"""Sealed packages: every refusal, and no plaintext where one happens."""

import json
import os
import shutil
from dataclasses import replace
from datetime import date

import pyrage
import pytest

from credential_pipeline.engines.handover import keys, opening, package
from credential_pipeline.engines.handover.agreement import PUBLICATION, release_terms
from credential_pipeline.engines.handover.delivery import deliver
from credential_pipeline.engines.handover.manifest import CipherFacts, ManifestFacts
from credential_pipeline.engines.handover.opening import open_package, sweep
from credential_pipeline.engines.handover.package import SealedPackage, seal, verify
from credential_pipeline.engines.handover.receive import ReceivingKeys, receive
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.engines.handover_world import AGREEMENT, INDUSTRY, NOW, TODAY

LINK = keys.CLEARINGHOUSE_TO_ENCLAVE
FACTS = ManifestFacts("census_extract", "manufacturing", AGREEMENT, NOW)
CANARY = "CANARYNAME"


class Ends:
    """Both ends of a link, two small files and a sealed package."""

    def __init__(self, root):
        self.root = root
        self.sender, self.recipient = root / "sender", root / "recipient"
        keys.ensure_local_keys(self.sender, self.recipient, LINK)
        self.signing = keys.load_signing_key(self.sender, LINK)
        self.to = keys.load_recipient(self.sender, LINK)
        self.public = keys.load_sender(self.recipient, LINK)
        self.identity = keys.load_identity(self.recipient, LINK)
        self.out, self.work = root / "sender" / "outbox", root / "recipient" / "work"
        self.files = {name: root / f"{name}.parquet" for name in ("learners", "degrees")}

    def seal(self, **named):
        facts = named.pop("facts", FACTS)
        return seal(self.files, named.pop("out", self.out), facts, named.pop("key", self.signing), self.to, **named)

    def verify(self, folder, **named):
        return verify(
            folder,
            named.get("public", self.public),
            named.get("name", AGREEMENT.recipient),
            named.get("today", TODAY),
        )

    def open(self, folder, **named):
        public, identity = named.get("public", self.public), named.get("identity", self.identity)
        with open_package(folder, public, identity, AGREEMENT.recipient, TODAY, work=self.work) as opened:
            return {name: path.read_bytes() for name, path in opened.files.items()}

    def no_plaintext(self):
        left = [path for path in self.work.rglob("*") if path.is_file()] if self.work.exists() else []
        assert left == []


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    """One link with a sealed package; every test works on a copy."""
    ends = Ends(tmp_path_factory.mktemp("origin"))
    with connect(threads=1) as con:
        for path in ends.files.values():
            con.execute(f"COPY (SELECT '{CANARY}' AS a, range AS b FROM range(500)) TO '{path}' (FORMAT parquet)")
    ends.seal()
    return ends.root


@pytest.fixture
def ends(origin, tmp_path):
    root = shutil.copytree(origin, tmp_path / "ends")
    shutil.rmtree(root / "sender" / "outbox")
    return Ends(root)


@pytest.fixture
def sealed(origin, ends):
    shutil.copytree(origin / "sender" / "outbox", ends.out)
    (folder,) = (path for path in ends.out.iterdir() if path.is_dir())
    return SealedPackage(folder, package.read_manifest(folder, ends.public), reused=False)


def refused(code, action, *arguments, **named):
    with pytest.raises(SafeError) as error:
        action(*arguments, **named)
    assert error.value.code == code
    assert error.value.__suppress_context__ or error.value.__context__ is None
    assert CANARY not in str(error.value)
    assert str(error.value).count("\n") == 0


def flip(path, place=-30):
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def resign(ends, folder, change):
    """Change a manifest and sign it again, as a dishonest or broken sender would."""
    manifest = package.read_manifest(folder, ends.public)
    body = change(manifest)
    signature = package.base64.b64encode(ends.signing.private.sign(body)).decode()
    (folder / package.MANIFEST).write_bytes(body)
    (folder / package.SIGNATURE).write_text(f"{ends.signing.public.fingerprint} {signature}\n")


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


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda folder: flip(folder / "learners.parquet.age"), "E_PACKAGE_ALTERED"),
        (lambda folder: flip(folder / "learners.parquet.age", 10), "E_PACKAGE_ALTERED"),
        (lambda folder: os.truncate(folder / "learners.parquet.age", 300), "E_PACKAGE_ALTERED"),
        (lambda folder: os.truncate(folder / "learners.parquet.age", 0), "E_PACKAGE_ALTERED"),
        (lambda folder: flip(folder / "manifest.json"), "E_PACKAGE_ALTERED"),
        (lambda folder: edit(folder, '"rows":500', '"rows":501'), "E_PACKAGE_ALTERED"),
        (lambda folder: edit(folder, "2026-12-31", "2036-12-31"), "E_PACKAGE_ALTERED"),
        (lambda folder: edit(folder, AGREEMENT.recipient, "Somebody else"), "E_PACKAGE_ALTERED"),
        (lambda folder: flip(folder / "manifest.sig"), "E_PACKAGE_ALTERED"),
        (lambda folder: (folder / "manifest.sig").write_bytes(b""), "E_PACKAGE_ALTERED"),
        (lambda folder: (folder / "manifest.sig").write_bytes(b"\xff\xfe x"), "E_PACKAGE_ALTERED"),
        (lambda folder: (folder / "manifest.sig").unlink(), "E_PACKAGE_MISSING"),
        (lambda folder: (folder / "manifest.json").unlink(), "E_PACKAGE_MISSING"),
        (lambda folder: (folder / "degrees.parquet.age").unlink(), "E_PACKAGE_MISSING"),
        (shutil.rmtree, "E_PACKAGE_MISSING"),
        (lambda folder: (folder / f"{CANARY}.csv").write_text("x"), "E_PACKAGE_UNEXPECTED"),
        (lambda folder: (folder / ".hidden").write_text("x"), "E_PACKAGE_UNEXPECTED"),
        (lambda folder: (folder / "sub").mkdir(), "E_PACKAGE_UNEXPECTED"),
        (lambda folder: swap(folder, "learners.parquet.age", "degrees.parquet.age"), "E_PACKAGE_ALTERED"),
        (lambda folder: link_to_itself(folder, "learners.parquet.age"), "E_NOT_A_FILE"),
        (lambda folder: link_to_itself(folder, "manifest.json"), "E_NOT_A_FILE"),
        (lambda folder: fifo(folder / "degrees.parquet.age"), "E_NOT_A_FILE"),
        (lambda folder: os.truncate(folder / "manifest.json", 2 << 20), "E_FILE_TOO_LARGE"),
    ],
)
def test_a_damaged_package_is_refused_before_anything_is_decrypted(ends, sealed, monkeypatch, damage, code):
    damage(sealed.folder)

    def never(*_arguments):
        pytest.fail("a damaged package was decrypted")

    monkeypatch.setattr(opening.pyrage, "decrypt_io", never)
    refused(code, ends.verify, sealed.folder)
    refused(code, ends.open, sealed.folder)
    ends.no_plaintext()


def edit(folder, before, after):
    path = folder / "manifest.json"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def swap(folder, one, other):
    (folder / one).rename(folder / "x")
    (folder / other).rename(folder / one)
    (folder / "x").rename(folder / other)


def link_to_itself(folder, name):
    outside = folder.parent / name
    (folder / name).rename(outside)
    (folder / name).symlink_to(outside)


def fifo(path):
    path.unlink()
    os.mkfifo(path)


def test_a_package_for_somebody_else_is_refused(ends, sealed):
    refused("E_WRONG_RECIPIENT", ends.verify, sealed.folder, name="Another agency")


def test_a_package_of_another_signer_is_refused(ends, sealed):
    keys.make_pair(ends.root / "stranger", LINK, "sender")
    stranger = keys.load_signing_key(ends.root / "stranger", LINK)
    refused("E_WRONG_SIGNER", ends.verify, sealed.folder, public=stranger.public)
    forged = ends.seal(out=ends.root / "forged", key=stranger)
    refused("E_WRONG_SIGNER", ends.open, forged.folder)
    # The stranger writes the right fingerprint beside a signature of their own.
    signature = (forged.folder / "manifest.sig").read_text().split()[1]
    (forged.folder / "manifest.sig").write_text(f"{ends.public.fingerprint} {signature}\n")
    refused("E_PACKAGE_ALTERED", ends.open, forged.folder)


def test_an_expired_agreement_is_refused_on_the_day_after_its_last(ends, sealed):
    ends.verify(sealed.folder, today=AGREEMENT.expires)
    refused("E_AGREEMENT_EXPIRED", ends.verify, sealed.folder, today=date(2027, 1, 1))


def test_another_identity_is_refused(ends, sealed):
    other = keys.Identity(pyrage.x25519.Identity.generate())
    refused("E_WRONG_KEY", ends.open, sealed.folder, identity=other)
    ends.no_plaintext()


def test_a_package_that_names_our_key_but_is_not_for_it_is_refused(ends):
    stranger = keys.Identity(pyrage.x25519.Identity.generate()).recipient
    ends.to = keys.Recipient(stranger.text, ends.identity.recipient.fingerprint)
    refused("E_WRONG_KEY", ends.open, ends.seal().folder)
    ends.no_plaintext()


def test_damage_that_the_sender_signed_leaves_no_plaintext(ends, sealed):
    """The library has written most of the plaintext when it notices the damage."""
    path = sealed.folder / "learners.parquet.age"
    flip(path)

    def with_the_hash_of_the_damage(manifest):
        cipher = manifest.sealed | {"learners": (CipherFacts(*package.sha256_file(path)),)}
        return replace(manifest, sealed=cipher).as_bytes()

    resign(ends, sealed.folder, with_the_hash_of_the_damage)
    refused("E_PACKAGE_ALTERED", ends.open, sealed.folder)
    ends.no_plaintext()


@pytest.mark.parametrize("fact", ["sha256", "rows", "columns"])
def test_plaintext_that_differs_from_the_manifest_is_refused(ends, sealed, fact):
    def lie(manifest):
        facts = manifest.content.files["learners"]
        lies = {"sha256": "0" * 64, "rows": 499, "columns": {"b": "BIGINT", "a": "VARCHAR"}}
        files = manifest.content.files | {"learners": type(facts)(**(vars(facts) | {fact: lies[fact]}))}
        content = type(manifest.content)(**(vars(manifest.content) | {"files": files}))
        return replace(manifest, content=content).as_bytes()

    resign(ends, sealed.folder, lie)
    refused("E_PACKAGE_ALTERED", ends.open, sealed.folder)
    ends.no_plaintext()


@pytest.mark.parametrize(
    "change",
    [
        lambda plain: plain | {"format": "another"},
        lambda plain: plain | {"package_id": "0" * 32},
        lambda plain: plain | {"extra": 1},
        lambda plain: plain | {"sealed": {"../x": [{"sha256": "0" * 64, "bytes": 1}]}},
        lambda plain: plain | {"sealed": {name: [] for name in plain["sealed"]}},
        lambda plain: plain | {"number": 0},
        lambda plain: plain | {"ledger": {"lines": "many"}},
        lambda plain: plain | {"content": []},
        lambda _plain: [],
    ],
)
def test_a_signed_manifest_of_another_shape_is_refused(ends, sealed, change):
    def spell(manifest):
        plain = change(json.loads(manifest.as_bytes()))
        return json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()

    resign(ends, sealed.folder, spell)
    refused("E_PACKAGE_FORMAT", ends.verify, sealed.folder)


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


# keys


LOADERS = {
    "signing.key": ("sender", keys.load_signing_key),
    "identity.key": ("recipient", keys.load_identity),
    "sender.pub": ("recipient", keys.load_sender),
    "recipient.pub": ("sender", keys.load_recipient),
}


@pytest.mark.parametrize("ending", LOADERS)
def test_keys_that_can_not_be_used_are_refused(ends, ending):
    side, load = LOADERS[ending]
    home = ends.root / side
    path = home / "keys" / f"{LINK}.{ending}"
    content = path.read_bytes()
    mode = path.stat().st_mode & 0o777
    private = ending.endswith(".key")
    assert mode == 0o600 or not private
    for loose in (0o640, 0o604, 0o620, 0o644) if private else (0o666, 0o664, 0o646):
        path.chmod(loose)
        refused("E_KEY_PERMISSIONS", load, home, LINK)
    path.chmod(mode)
    for loose in (0o777, 0o770, 0o702):
        path.parent.chmod(loose)
        refused("E_FOLDER_PERMISSIONS", load, home, LINK)
    path.parent.chmod(0o700)
    for wrong in (b"", b"not a key\n", b"\xff\xfe", content[:20]):
        path.write_bytes(wrong)
        refused("E_KEY_INVALID", load, home, LINK)
    path.unlink()
    refused("E_KEY_MISSING", load, home, LINK)
    (ends.root / "elsewhere").write_bytes(content)
    (ends.root / "elsewhere").chmod(0o600)
    path.symlink_to(ends.root / "elsewhere")
    refused("E_KEY_SYMLINK" if private else "E_NOT_A_FILE", load, home, LINK)


def test_keys_are_made_once_for_each_link_and_never_overwritten(ends):
    before = {path: path.read_bytes() for path in ends.root.glob("*/keys/*")}
    keys.ensure_local_keys(ends.sender, ends.recipient, LINK)
    assert {path: path.read_bytes() for path in ends.root.glob("*/keys/*")} == before
    keys.ensure_local_keys(ends.recipient, ends.root / "public", keys.ENCLAVE_TO_PUBLICATION)
    assert keys.load_signing_key(ends.recipient, keys.ENCLAVE_TO_PUBLICATION).public != ends.public


def test_a_missing_half_is_made_again_from_the_private_key(ends):
    (ends.recipient / "keys" / f"{LINK}.sender.pub").unlink()
    (ends.sender / "keys" / f"{LINK}.sender.pub").unlink()
    keys.ensure_local_keys(ends.sender, ends.recipient, LINK)
    assert keys.load_sender(ends.recipient, LINK) == ends.public


def test_a_public_key_of_another_pair_is_not_overwritten(ends):
    keys.make_pair(ends.root / "stranger", LINK, "sender")
    foreign = ends.recipient / "keys" / f"{LINK}.sender.pub"
    foreign.write_bytes((ends.root / "stranger" / "keys" / foreign.name).read_bytes())
    content = foreign.read_bytes()
    refused("E_KEY_MISMATCH", keys.ensure_local_keys, ends.sender, ends.recipient, LINK)
    assert foreign.read_bytes() == content


def test_keys_do_not_show_themselves(ends):
    secrets = [(ends.sender / "keys" / f"{LINK}.signing.key").read_text().strip(), str(ends.identity.age)]
    assert not any(secret in repr((ends.signing, ends.identity)) for secret in secrets)
    assert not any(secret in path.read_text() for secret in secrets for path in ends.root.glob("*/keys/*.pub"))


def test_a_keys_folder_that_is_a_symlink_or_open_to_others_is_refused(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "keys").symlink_to(tmp_path / "real")
    refused("E_FOLDER_PERMISSIONS", keys.make_pair, tmp_path / "home", LINK, "sender")
    (tmp_path / "other" / "keys").mkdir(parents=True)
    (tmp_path / "other" / "keys").chmod(0o770)
    refused("E_FOLDER_PERMISSIONS", keys.make_pair, tmp_path / "other", LINK, "sender")


def test_the_name_of_a_link_can_not_leave_the_folder(tmp_path):
    refused("E_KEY_LINK", keys.make_pair, tmp_path, "../x", "sender")


# the release link


def test_a_release_goes_to_publication_with_the_same_seal(tmp_path):
    enclave, public = tmp_path / "enclave", tmp_path / "public"
    link = keys.ENCLAVE_TO_PUBLICATION
    keys.ensure_local_keys(enclave, public, link)
    snapshot = SNAPSHOTS["published_outcomes"]
    with connect(threads=1) as con:
        files = {}
        for table in snapshot:
            files[table.name] = tmp_path / f"{table.name}.parquet"
            columns = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in table.schema.items())
            con.execute(f"COPY (SELECT {columns}) TO '{files[table.name]}' (FORMAT parquet)")
        facts = ManifestFacts("outcome_release", "manufacturing", release_terms(AGREEMENT))
        sealed = seal(files, enclave / "outbox", facts, keys.load_signing_key(enclave, link),
                      keys.load_recipient(enclave, link))  # fmt: skip
        con.execute("CREATE SCHEMA published_outcomes")
        held = ReceivingKeys(keys.load_sender(public, link), keys.load_identity(public, link))
        named = {"kind": "outcome_release", "snapshot": snapshot, "today": TODAY, "work": public / "work"}
        receive(con, sealed.folder, held, INDUSTRY, recipient=PUBLICATION, **named)
        for table in snapshot:
            assert con.execute(f"SELECT count(*) FROM published_outcomes.{table.name}").fetchall() == [(1,)]
        refused(
            "E_WRONG_RECIPIENT", receive, con, sealed.folder, held, INDUSTRY, recipient=AGREEMENT.recipient, **named
        )


def test_a_key_that_was_not_agreed_is_refused_by_sender_and_recipient(ends, sealed):
    other = AGREEMENT.model_copy(update={"recipient_key": "0" * 32})
    refused("E_WRONG_KEY", ends.seal, facts=ManifestFacts("census_extract", "manufacturing", other))
    agreed = AGREEMENT.model_copy(update={"recipient_key": ends.identity.recipient.fingerprint})
    assert ends.seal(facts=ManifestFacts("census_extract", "manufacturing", agreed)).folder.is_dir()
    named = {"kind": "census_extract", "snapshot": SNAPSHOTS["accepted_extract"], "today": TODAY, "work": ends.work}
    held = ReceivingKeys(ends.public, ends.identity)
    industry = INDUSTRY.model_copy(update={"agreement": other})
    with connect(threads=1) as con:
        refused("E_WRONG_KEY", receive, con, sealed.folder, held, industry, recipient=AGREEMENT.recipient, **named)


def test_release_terms_hold_on_their_days_only():
    assert release_terms(AGREEMENT, TODAY).recipient == PUBLICATION
    refused("E_NO_AGREEMENT", release_terms, AGREEMENT, date(2025, 1, 1))
    refused("E_AGREEMENT_EXPIRED", release_terms, AGREEMENT, date(2100, 1, 1))
    refused("E_NO_AGREEMENT", release_terms, AGREEMENT.model_copy(update={"release": None}), TODAY)
