"""From bytes to physical lines: magic bytes, the declared encoding, line ends, and the header.

Not here: the rows below the header (rows.py).
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.registry.vocabulary import DELIMITERS

NULL_SIGN: Final = "\u2400"
"""Stands for NUL in quarantined content, since many readers of text stop at a NUL."""

_BYTE_ORDER_MARK: Final = "\ufeff"
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_WIDE_MARKS: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_MAGIC: Final = (
    *(b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"\x28\xb5\x2f\xfd", b"Rar!"),
    *(b"%PDF-", b"\xd0\xcf\x11\xe0", b"PAR1", b"SQLite format 3", b"{\\rtf"),
)
"""How archives, office documents and data files of other formats begin."""


class FileFaultError(Exception):
    """The file as a whole cannot be used; ``code`` is a key of FILE_REASONS."""

    def __init__(self, code: str) -> None:
        """Keep the code."""
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Lines:
    """A decoded file: its header and the physical lines below it.

    Attributes:
        header: Column names in the order of the file.
        first: The header line as text.
        body: Every line after the header, blank ones included.
        before: Number of lines up to and including the header.
        cut: The file does not end in a line end, so its last line may have lost its own end.
    """

    header: tuple[str, ...]
    first: str
    body: pa.LargeStringArray
    before: int
    cut: bool = False


def _text(content: bytes, encoding: str) -> str:
    """Decode strictly. A UTF-8 mark is proof of UTF-8; otherwise the declared encoding must fit, and fit plausibly."""
    try:
        if content.startswith(_UTF8_MARK):
            return content.decode("utf-8-sig")
        if encoding != "utf-16" and content.startswith(_WIDE_MARKS):
            raise FileFaultError("E_ENCODING")
        text = content.decode(encoding)
    except UnicodeError:
        raise FileFaultError("E_ENCODING") from None
    if encoding in ("cp1252", "latin-1") and not content.isascii() and _is_utf8(content):
        # Several bytes above 127 that happen to be UTF-8 are UTF-8: read as declared, every accent would be garbled.
        raise FileFaultError("E_ENCODING")
    return text.removeprefix(_BYTE_ORDER_MARK)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeError:
        return False
    return True


def to_array(text: str) -> pa.LargeStringArray:
    """Split text at line feeds into an Arrow array without a Python object per line."""
    data = np.frombuffer(text.encode("utf-8"), dtype=np.uint8)
    ends = np.flatnonzero(data == ord("\n"))
    body = data[data != ord("\n")]
    offsets = np.empty(len(ends) + 2, dtype=np.int64)
    offsets[0] = 0
    offsets[1:-1] = ends - np.arange(len(ends))
    offsets[-1] = len(body)
    return pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(body))


def _columns(line: str, delimiter: str) -> list[str]:
    try:
        return [name.strip() for name in next(csv.reader([line], delimiter=delimiter, strict=True), [])]
    except csv.Error:
        raise FileFaultError("E_HEADER") from None


def check_header(names: Iterable[str], certifier: Certifier) -> tuple[str, ...]:
    """Return the header if every declared column is there once and no other column is; FileFaultError otherwise."""
    header = tuple(names)
    if not set(certifier.source_columns) <= set(header):
        raise FileFaultError("E_HEADER")
    if len({name.lower() for name in header}) < len(header):
        raise FileFaultError("E_HEADER_DUPLICATE")
    if not set(header) <= {*certifier.source_columns, *certifier.ignored}:
        raise FileFaultError("E_HEADER_UNKNOWN")
    return header


def _header(line: str, certifier: Certifier) -> tuple[str, ...]:
    names = _columns(line, certifier.feed.delimiter)
    try:
        return check_header(names, certifier)
    except FileFaultError:
        for other in set(DELIMITERS) - {certifier.feed.delimiter}:
            if other in line and set(certifier.source_columns) <= set(_columns(line, other)):
                raise FileFaultError("E_DELIMITER") from None
        raise


def decode(content: bytes, certifier: Certifier) -> Lines:
    """Decode a delivery and check its header. Neither the header nor any other text is part of an error.

    Args:
        content: Bytes of the file.
        certifier: Whose file it is.

    Raises:
        FileFaultError: With a code of FILE_REASONS.
    """
    if not content.strip():
        raise FileFaultError("E_EMPTY")
    if content.startswith(_MAGIC):
        raise FileFaultError("E_NOT_TEXT")
    text = _text(content, certifier.feed.encoding)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    start = re.search(r"\S", text)
    if start is None:
        raise FileFaultError("E_EMPTY")
    begin = text.rfind("\n", 0, start.start()) + 1
    first, _, rest = text[begin:].partition("\n")
    if "\0" in first:
        raise FileFaultError("E_ENCODING")
    header = _header(first, certifier)
    body = to_array(rest.replace("\0", NULL_SIGN))
    return Lines(header, first.strip(), body, text.count("\n", 0, begin) + 1, bool(rest) and not rest.endswith("\n"))
