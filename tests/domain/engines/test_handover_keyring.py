"""Keys as people handle them: made, read out, exchanged, replaced."""

import pytest

from credential_pipeline.engines.handover import keyring, keys
from credential_pipeline.engines.handover.arrivals import newest
from credential_pipeline.foundation.names import Side
from tests.domain.engines.handover_ends import LINK, Ends, refused
from tests.domain.engines.handover_world import AGREEMENT, TODAY
from tests.domain.engines.test_handover_arrivals import send


@pytest.fixture
def homes(tmp_path):
    """Two sides that have not met."""
    homes = {side: tmp_path / side.value for side in (Side.CLEARINGHOUSE, Side.ENCLAVE)}
    for side, home in homes.items():
        keyring.make(home, side)
    return homes


def held(homes, side, role, link=LINK):
    (one,) = (held for held in keyring.show(homes[side], side) if (held.link, held.role) == (link, role))
    return one


def test_two_sides_exchange_their_public_keys(homes):
    assert held(homes, Side.ENCLAVE, "sender").fingerprint == ""
    theirs = held(homes, Side.CLEARINGHOUSE, "sender")
    assert theirs.ours
    taken = keyring.take_in(homes[Side.ENCLAVE], Side.ENCLAVE, theirs.path, theirs.fingerprint.upper())
    assert not taken.ours
    assert held(homes, Side.ENCLAVE, "sender").fingerprint == theirs.fingerprint
    again = keyring.take_in(homes[Side.ENCLAVE], Side.ENCLAVE, theirs.path, theirs.fingerprint)
    assert again == taken


@pytest.mark.parametrize(
    ("case", "code"),
    [("other fingerprint", "E_KEY_MISMATCH"), ("other name", "E_KEY_LINK"), ("no key", "E_KEY_INVALID"),
     ("own key", "E_KEY_LINK"), ("no file", "E_KEY_MISSING")],
)  # fmt: skip
def test_what_is_not_the_other_side_s_key_is_not_taken_in(homes, tmp_path, case, code):
    theirs = held(homes, Side.CLEARINGHOUSE, "sender")
    file, said = theirs.path, theirs.fingerprint
    if case == "other fingerprint":
        said = "0" * 32
    elif case == "other name":
        file = tmp_path / "sender.pub"
        file.write_bytes(theirs.path.read_bytes())
    elif case == "no key":
        file = tmp_path / theirs.path.name
        file.write_text("not a key\n")
    elif case == "own key":
        file = held(homes, Side.ENCLAVE, "recipient").path
    else:
        file = tmp_path / theirs.path.name
    refused(code, keyring.take_in, homes[Side.ENCLAVE], Side.ENCLAVE, file, said)
    assert held(homes, Side.ENCLAVE, "sender").fingerprint == ""


def test_a_replaced_signing_key_leaves_old_packages_unread_and_new_ones_open(tmp_path):
    ends = Ends(tmp_path)
    send(ends, 1)
    before = ends.signing.public.fingerprint
    (ours,) = [held for held in keyring.rotate(ends.sender, Side.CLEARINGHOUSE) if held.ours]
    assert ours.fingerprint != before
    refused("E_KEY_MISMATCH", keys.ensure_local_keys, ends.sender, ends.recipient, LINK)
    keyring.take_in(ends.recipient, Side.ENCLAVE, ours.path, ours.fingerprint)
    keys.ensure_local_keys(ends.sender, ends.recipient, LINK)
    after = Ends(tmp_path)
    refused("E_NO_PACKAGE", newest, after.out, after.public, "census_extract")
    sealed = send(after, 1, sent=1)
    assert sealed.manifest.number == 2
    assert newest(after.out, after.public, "census_extract") == sealed.folder
    assert after.verify(sealed.folder, name=AGREEMENT.recipient, today=TODAY).number == 2
    retired = list((ends.sender / "keys" / keys.RETIRED).iterdir())
    assert {path.suffix for path in retired} == {".pub", ".key"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in retired if path.suffix == ".key")
