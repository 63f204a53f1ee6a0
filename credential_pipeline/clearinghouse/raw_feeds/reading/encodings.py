"""Which encoding a text file is in: what the YAML declares, unless the bytes prove it wrong; found out if it says ``detect``.

Not here: text that was decoded wrongly before it was sent (mending.py).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from charset_normalizer import from_bytes

from credential_pipeline.clearinghouse.raw_feeds.reading.blocks import UTF8_MARK
from credential_pipeline.clearinghouse.raw_feeds.reading.faults import FileFaultError

DETECT: Final = "detect"
_ONE_BYTE: Final = ("cp1252", "latin-1", "mac_roman")
_SAMPLE: Final = 65_536
"""Bytes of lines with accents from which an encoding of one byte is told."""
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_UTF32_MARKS: Final = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
_C1: Final = re.compile(rb"[\x80-\x9f]")
_ACCENTED: Final = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")

Open = Callable[[], Iterable[bytes]]
"""Gives the bytes of a file from their beginning, as often as it is called."""


def find_encoding(opened: Open, declared: str) -> str:
    """The encoding to decode with, a name of Python's.

    A byte order mark is a proof. Several bytes above 127 that happen to be UTF-8 are UTF-8: read as the one-byte encoding that
    was declared, every accent would be garbled. Bytes that Latin-1 has no character for are cp1252.

    Args:
        opened: Gives the bytes.
        declared: Word of the YAML.

    Raises:
        FileFaultError: E_ENCODING, if the bytes are proven to be in another encoding than the declared one.
    """
    begin = next(iter(opened()), b"")
    if begin.startswith(_UTF32_MARKS):
        raise FileFaultError("E_ENCODING", "the file is UTF-32")
    if begin.startswith(UTF8_MARK):
        return "utf-8"
    marked = begin.startswith(_UTF16_MARKS)
    if declared == DETECT:
        return "utf-16" if marked else _wide(begin) or _detected(opened)
    if declared == "utf-16":
        return "utf-16" if marked else _wide(begin) or "utf-16"
    if marked or _wide(begin):
        raise FileFaultError("E_ENCODING", "the file looks like utf-16")
    if declared in _ONE_BYTE:
        return _narrow(opened, declared)
    return declared


def looks_like(opened: Open) -> str:
    """What the encoding of a file seems to be, for a message about one that is not the declared one."""
    try:
        return _detected(opened)
    except FileFaultError:
        return "none that is known"


def _wide(begin: bytes) -> str | None:
    """UTF-16 without its mark: most text of the West has a zero in every other byte."""
    even, odd = begin[:2000:2], begin[1:2000:2]
    if len(odd) < len(UTF8_MARK):
        return None
    if odd.count(0) * 2 > len(odd) and not even.count(0):
        return "utf-16-le"
    if even.count(0) * 2 > len(even) and not odd.count(0):
        return "utf-16-be"
    return None


def _narrow(opened: Open, declared: str) -> str:
    if all(piece.isascii() for piece in opened()):
        return declared
    if is_utf8(opened()):
        raise FileFaultError("E_ENCODING", "the file is utf-8")
    if declared == "latin-1" and any(_C1.search(piece) for piece in opened()):
        return "cp1252"
    return declared


def is_utf8(content: Iterable[bytes]) -> bool:
    """Whether bytes are UTF-8."""
    rest = b""
    for piece in content:
        block = rest + piece
        cut = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
        try:
            block[:cut].decode()
        except UnicodeDecodeError:
            return False
        rest = block[cut:]
    try:
        rest.decode()
    except UnicodeDecodeError:
        return False
    return True


def _detected(opened: Open) -> str:
    if is_utf8(opened()):
        return "utf-8"
    sample = b"\n".join(_accented(opened()))
    scores = {name: _fitness(sample, name) for name in _ONE_BYTE}
    best = max(scores.values())
    fitting = [name for name, score in scores.items() if score == best]
    if len(fitting) > 1:
        guess = from_bytes(sample, cp_isolation=list(fitting)).best()
        return guess.encoding.replace("latin_1", "latin-1") if guess and best > 0 else fitting[0]
    return fitting[0]


def _accented(content: Iterable[bytes]) -> Iterator[bytes]:
    """The first lines that hold a byte above 127, up to the size of the sample."""
    size = 0
    for piece in content:
        for line in _ACCENTED.finditer(piece):
            yield line[0]
            size += len(line[0])
            if size > _SAMPLE:
                return


def _fitness(sample: bytes, encoding: str) -> int:
    """How many accents look like letters of their word: small after a small letter; less whatever stands in no name."""
    text = sample.decode(encoding, errors="replace")
    score = 0
    for before, sign, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if sign.isascii():
            continue
        if sign.isalpha() and (before.isalpha() or after.isalpha()):
            fits = sign.islower() if before.islower() or (after.islower() and before.isalpha()) else True
            score += 2 if fits else -2
        elif sign in "\u2018\u2019\u2013\u2014\u201c\u201d\u00a0":
            score += 1
        else:
            score -= 3
    return score
