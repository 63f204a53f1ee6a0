"""Mends what is not visible in single lines: signs without a width, blanks that are none, text that was decoded twice wrongly.

Only the lines with such signs are looked at one by one. Control characters are no slip of a program that exports names: their row
is set aside. Not here: encodings of whole files (encodings.py).
"""

import re
from typing import Final

import numpy as np
import numpy.typing as npt

NULL_SIGN: Final = "\u2400"
"""Stands for NUL in quarantined content, since many readers of text stop at a NUL."""

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]

_BLANKS: Final = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_WIDTHLESS: Final = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_CONTROL: Final = re.compile(
    f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb{NULL_SIGN}]|[\U000e0000-\U000e007f]"
)
"""Control characters other than tab, marks that reverse the direction of text, separators of lines, tags."""
_LOST: Final = "\ufffd"

_LETTERS: Final = 0xC0
"""First byte of cp1252 that no character of UTF-8 has at a later place."""
_CP1252: Final = {bytes([byte]).decode("cp1252", errors="ignore") or chr(byte): byte for byte in range(0x80, 0x100)}
"""Character -> byte of cp1252; bytes that it leaves free as programs read them all the same."""
_FOLLOWING: Final = "".join(re.escape(sign) for sign, byte in _CP1252.items() if byte < _LETTERS)
_TWICE: Final = re.compile(f"[\u00c2-\u00f4][{_FOLLOWING}]")
"""How UTF-8 looks that was read as cp1252: the first byte and a following one of a character."""
_TIMES: Final = 3

_LEADS: Final = np.zeros(1 << 16, dtype=bool)
"""First two bytes of the UTF-8 signs for which a line is looked at."""
for _sign in (
    *map(chr, range(0x80, 0xA1)),
    "\u00ad",
    "\u034f",
    "\u061c",
    "\u1680",
    "\u180e",
    *map(chr, range(0x2000, 0x2070)),
):
    _LEADS[int.from_bytes(_sign.encode()[:2], "big")] = True
for _sign in (NULL_SIGN, "\u3000", "\ufe00", "\ufeff", "\ufffd", "\U000e0000"):
    _LEADS[int.from_bytes(_sign.encode()[:2], "big")] = True
_TWO_BYTES: Final = 0xC3
_TAB, _FEED, _BLANK, _DELETE, _ASCII = 9, 10, 32, 127, 128


def suspects(data: Bytes) -> Places:
    """Places of bytes for which their line must be looked at; most blocks have none."""
    low = np.flatnonzero(((data < _BLANK) & (data != _TAB) & (data != _FEED)) | (data == _DELETE))
    high = np.flatnonzero(data[:-1] >= _ASCII)
    if len(high) == 0:
        return low
    pairs = (data[high].astype(np.uint16) << 8) | data[high + 1]
    after = data[np.minimum(high + 2, len(data) - 1)]
    odd = _LEADS[pairs] | ((data[high] == _TWO_BYTES) & (after >= _ASCII))
    return np.concatenate((low, high[odd]))


def mend(line: str) -> tuple[str, str | None, tuple[str, ...]]:
    """One line mended: the text, the reason if its row cannot be used, and the codes of what was mended.

    Args:
        line: The line as it came, decoded.
    """
    notices = []
    text = _undone(line)
    if text != line:
        notices.append("DECODED_TWICE")
    elif _TWICE.search(text) and _half_undone(text):
        return text, "DECODED_TWICE", ()
    if _CONTROL.search(text):
        return text, "CONTROL_CHARACTER", ()
    clean = _WIDTHLESS.sub("", _BLANKS.sub(" ", text))
    if clean != text:
        notices.append("INVISIBLE_SIGNS")
    if _LOST in clean:
        notices.append("LOST_SIGNS")
    return clean, None, tuple(notices)


def without_controls(line: str) -> str:
    """A line without any invisible sign, for a second look at a row that is set aside."""
    return _CONTROL.sub("", _WIDTHLESS.sub("", _BLANKS.sub(" ", line)))


def _undone(line: str) -> str:
    """UTF-8 that was read as cp1252 and written as UTF-8, once or more often; the line itself unless that is exact."""
    text = line
    for _ in range(_TIMES):
        if not _TWICE.search(text):
            break
        try:
            before = bytes(_byte(sign) for sign in text).decode()
        except (KeyError, UnicodeDecodeError):
            break
        text = before
    return text


def _byte(sign: str) -> int:
    return ord(sign) if sign.isascii() else _CP1252[sign]


def _half_undone(text: str) -> bool:
    """Whether some run of accents is UTF-8 read wrongly, in a line that as a whole is not."""
    for run in re.findall(r"[^\x00-\x7f]{2,}", text):
        try:
            bytes(_byte(sign) for sign in run).decode()
        except (KeyError, UnicodeDecodeError):
            continue
        return True
    return False
