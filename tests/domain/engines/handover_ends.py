"""Both ends of a link with a sealed package, and what damages it; refusals are one line without the canary.

Not here: the extract that is handed over (handover_world.py), the fixtures (conftest.py).
"""

import pytest

from credential_pipeline.engines.handover import keys, package
from credential_pipeline.engines.handover.manifest import ManifestFacts
from credential_pipeline.engines.handover.opening import open_package
from credential_pipeline.engines.handover.package import seal, verify
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.engines.handover_world import AGREEMENT, NOW, TODAY

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


def seal_origin(root):
    """One link with a sealed package; its folder."""
    ends = Ends(root)
    with connect(threads=1) as con:
        for path in ends.files.values():
            con.execute(f"COPY (SELECT '{CANARY}' AS a, range AS b FROM range(500)) TO '{path}' (FORMAT parquet)")
    ends.seal()
    return ends.root


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
