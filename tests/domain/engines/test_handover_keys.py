"""Keys of a link: private, made once, never overwritten, and refused where they cannot be used.

Not here: keys as people handle them (test_handover_keyring.py).
"""

import pytest

from credential_pipeline.engines.handover import keys
from tests.domain.engines.handover_ends import LINK, refused

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
