"""Bytes of a text file in blocks of whole lines, as UTF-8 with line feeds, without holding more than a block.

Not here: which encoding it is (encodings.py), what a line says (mending.py).
"""

import codecs
import zlib
from collections.abc import Iterable, Iterator

from credential_pipeline.clearinghouse.raw_feeds.reading.faults import FileFaultError

BLOCK = 1 << 23
"""Bytes that are looked at at once."""
MEGABYTE = 1_048_576
UTF8_MARK = b"\xef\xbb\xbf"
_GZIP = 31
"""Window of zlib that expects the frame of gzip."""


def pieces(content: bytes) -> Iterator[bytes]:
    """Bytes in blocks."""
    view = memoryview(content)
    for start in range(0, len(content), BLOCK):
        yield bytes(view[start : start + BLOCK])


def gunzip(content: Iterable[bytes], most: int) -> Iterator[bytes]:
    """Decompress gzip, of one member or several, and stop where more comes out than is allowed.

    Args:
        content: The compressed bytes.
        most: Bytes that may come out.

    Raises:
        FileFaultError: E_TOO_LARGE, or E_ARCHIVE if the bytes are damaged or cut off.
    """
    engine, total = zlib.decompressobj(_GZIP), 0
    begun = False
    try:
        for piece in content:
            rest = piece
            while rest:
                if engine.eof:
                    if not rest.strip(b"\0"):
                        break
                    engine = zlib.decompressobj(_GZIP)
                begun = True
                found = engine.decompress(rest, BLOCK)
                total += len(found)
                if total > most:
                    raise FileFaultError("E_TOO_LARGE", "unpacked")
                rest = engine.unused_data if engine.eof else engine.unconsumed_tail
                yield found
        while begun and not engine.eof:
            found = engine.decompress(engine.unconsumed_tail, BLOCK)
            if not found and not engine.eof:
                raise FileFaultError("E_ARCHIVE", "cut off")
            total += len(found)
            if total > most:
                raise FileFaultError("E_TOO_LARGE", "unpacked")
            yield found
    except zlib.error:
        raise FileFaultError("E_ARCHIVE", "damaged") from None


def text_blocks(content: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Blocks of whole lines in UTF-8, each line ended by one line feed but perhaps the last of all.

    Args:
        content: The bytes as they came.
        encoding: Their encoding, a name of Python's.

    Raises:
        FileFaultError: E_ENCODING with the number of the first line that is not in the encoding.
    """
    lines = 0
    wide = encoding.startswith("utf-16")
    for block in _whole_lines(_narrow(content, encoding) if wide else content):
        unmarked = block.removeprefix(UTF8_MARK) if lines == 0 and encoding in ("utf-8", "utf-16") else block
        even = _line_feeds(unmarked)
        yield even if wide or even.isascii() else _utf8(even, encoding, lines)
        lines += even.count(b"\n")


def _narrow(content: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines = 0
    try:
        for piece in content:
            text = decoder.decode(piece)
            lines += text.count("\n")
            yield text.encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError:
        raise FileFaultError("E_ENCODING", f"after line {lines}: no {encoding}") from None


def _whole_lines(content: Iterable[bytes]) -> Iterator[bytes]:
    """Cut after the last line end of each piece; a carriage return at the very end may belong to a line feed."""
    kept: list[bytes] = []
    for piece in content:
        end = max(piece.rfind(b"\n"), piece.rfind(b"\r", 0, len(piece) - 1)) + 1
        if end:
            yield b"".join((*kept, piece[:end]))
            kept = [piece[end:]]
        else:
            kept.append(piece)
    rest = b"".join(kept)
    if rest:
        yield rest


def _line_feeds(block: bytes) -> bytes:
    return block.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in block else block


def _utf8(block: bytes, encoding: str, before: int) -> bytes:
    try:
        text = block.decode(encoding)
    except UnicodeDecodeError as fault:
        line = before + block.count(b"\n", 0, fault.start) + 1
        raise FileFaultError("E_ENCODING", f"line {line} is no {encoding}") from None
    return block if encoding == "utf-8" else text.encode()
