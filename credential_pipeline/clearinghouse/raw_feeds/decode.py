"""From the bytes of a delivery to numbered lines of UTF-8 text with a header, by the form that the YAML declares.

Not here: the rows below the header (rows.py), each form (reading/).
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from credential_pipeline.clearinghouse.raw_feeds.reading.badges import badges_text
from credential_pipeline.clearinghouse.raw_feeds.reading.blocks import MEGABYTE, gunzip, pieces, text_blocks
from credential_pipeline.clearinghouse.raw_feeds.reading.encodings import Open, find_encoding, looks_like
from credential_pipeline.clearinghouse.raw_feeds.reading.faults import FileFaultError, Notice
from credential_pipeline.clearinghouse.raw_feeds.reading.fixed import fixed_header
from credential_pipeline.clearinghouse.raw_feeds.reading.folding import folded
from credential_pipeline.clearinghouse.raw_feeds.reading.header import LOOKED_AT, Header, find_header
from credential_pipeline.clearinghouse.raw_feeds.reading.mending import NULL_SIGN
from credential_pipeline.clearinghouse.raw_feeds.reading.spreadsheet import sheet_text
from credential_pipeline.foundation.registry.feeds import Certifier

MAGIC: Final = (
    *(b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"\x28\xb5\x2f\xfd", b"Rar!"),
    *(b"%PDF-", b"\xd0\xcf\x11\xe0", b"PAR1", b"SQLite format 3", b"{\\rtf"),
)
"""How archives, office documents and data files of other formats begin."""
_COMMA: Final = ","


@dataclass(frozen=True)
class Lines:
    """A delivery as text.

    Attributes:
        header: The header.
        body: Blocks of whole lines after the header, blank ones included; to be read once. A last line without its end was cut.
        delimiter: What separates values; "" in a file of fixed width.
        notices: What was forgiven so far.
        format: How the file was read.
        encoding: Its encoding; "" where it has none.
        counts: Code of a notice -> rows, of what was forgiven below the header; whole once the body was read.
    """

    header: Header
    body: Iterable[bytes]
    delimiter: str
    notices: tuple[Notice, ...]
    format: str
    encoding: str
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def before(self) -> int:
        """Number of lines up to and including the header."""
        return self.header.line


def decode(content: bytes, certifier: Certifier, name: str = "") -> Lines:
    """Decode a delivery and check its header. No value of the file is part of an error.

    Args:
        content: Bytes of the file.
        certifier: Whose file it is.
        name: File name; its ending tells whether the text is compressed.

    Raises:
        FileFaultError: With a code of FILE_REASONS.
    """
    feed = certifier.feed
    if feed.format == "xlsx":
        return _written(certifier, *sheet_text(content, feed.sheet, feed.max_megabytes * MEGABYTE))
    packed = name.lower().endswith(".gz")
    if packed and not content:
        raise FileFaultError("E_EMPTY")

    def opened() -> Iterator[bytes]:
        return gunzip(pieces(content), feed.max_megabytes * MEGABYTE) if packed else pieces(content)

    if feed.format == "badges":
        return _written(certifier, *badges_text(b"".join(opened()), certifier))
    return _text(opened, certifier)


def _written(certifier: Certifier, text: Iterable[bytes], notices: Iterable[Notice]) -> Lines:
    """Lines of a form that has none of its own, written with commas."""
    return _lines(iter(text), certifier, _COMMA, certifier.feed.format, "", tuple(notices))


def _text(opened: Open, certifier: Certifier) -> Lines:
    begin = b"".join(itertools.islice(opened(), 1))
    if begin.startswith(MAGIC):
        raise FileFaultError("E_NOT_TEXT")
    encoding = find_encoding(opened, certifier.feed.encoding)
    notices = (Notice("ENCODING", encoding),) if encoding != certifier.feed.encoding else ()
    delimiter = "" if certifier.feed.format == "fixed" else certifier.feed.delimiter
    blocks = text_blocks(opened(), encoding)
    try:
        return _lines(blocks, certifier, delimiter, certifier.feed.format, encoding, notices)
    except FileFaultError as fault:
        if fault.code == "E_ENCODING" and encoding == "utf-8":
            raise FileFaultError(fault.code, f"{fault.detail}; it looks like {looks_like(opened)}") from None
        raise


def _lines(
    blocks: Iterator[bytes],
    certifier: Certifier,
    delimiter: str,
    form: str,
    encoding: str,
    notices: tuple[Notice, ...],
) -> Lines:
    first = next((block for block in blocks if block), b"")
    if not re.search(rb"\S", first):
        raise FileFaultError("E_EMPTY")
    lines = [line.decode() for line in first.split(b"\n", LOOKED_AT)[:LOOKED_AT]]
    if any("\0" in line for line in lines[:1]):
        raise FileFaultError("E_ENCODING", "line 1 holds a zero byte")
    header = find_header(lines, certifier, delimiter) if delimiter else fixed_header(lines, certifier)
    rest = first.split(b"\n", header.line)
    body = itertools.chain([rest[header.line] if len(rest) > header.line else b""], blocks)
    safe = (block.replace(b"\0", NULL_SIGN.encode()) if b"\0" in block else block for block in body if block)
    counts: Counter[str] = Counter()
    rows = folded(safe, delimiter, len(header.names), counts) if delimiter else safe
    return Lines(header, rows, delimiter, (*notices, *header.notices), form, encoding, counts)
