"""Packages that are damaged, of a stranger, for a stranger or out of their time: refused before they are opened."""

import json
import os
import shutil
from dataclasses import replace
from datetime import date

import pyrage
import pytest

from credential_pipeline.engines.handover import keys, opening, package
from credential_pipeline.engines.handover.agreement import PUBLICATION, release_terms
from credential_pipeline.engines.handover.manifest import CipherFacts, ManifestFacts
from credential_pipeline.engines.handover.package import seal
from credential_pipeline.engines.handover.receive import ReceivingKeys, receive
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.engines.handover_ends import CANARY, LINK, flip, refused, resign
from tests.domain.engines.handover_world import AGREEMENT, INDUSTRY, TODAY


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
