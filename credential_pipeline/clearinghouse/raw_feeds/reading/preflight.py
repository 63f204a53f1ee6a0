"""Looks at a spreadsheet's parts before anything opens it: bombs, macros, links to elsewhere, entities, paths.

Every part is unpacked here once, in pieces, and never kept; sizes that the file claims are not believed. Not here: cells.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from credential_pipeline.clearinghouse.raw_feeds.reading.faults import FileFaultError

_MEMBERS: Final = 1000
_RATIO: Final = 200
"""Unpacked over packed above which a large part is a bomb; rows of a real sheet reach a tenth of it."""
_LARGE: Final = 16 << 20
_PIECE: Final = 1 << 20
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_ENTITY: Final = (b"<!DOCTYPE", b"<!ENTITY")
_LONGEST: Final = 16
"""Bytes of a piece that are looked at again with the next, so that no word is cut in two."""


def preflight(content: bytes, most: int) -> int:
    """Refuse a spreadsheet that is dangerous or damaged; return how many of its cells hold formulas.

    Args:
        content: Bytes of the file.
        most: Bytes that all parts together may have unpacked.

    Raises:
        FileFaultError: E_SPREADSHEET with what is wrong, or E_TOO_LARGE.
    """
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused("it is protected by a password, or an old .xls")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
        raise _refused("it is damaged") from None
    _check_directory(members, most)
    return sum(_check_part(content, member) for member in members)


def _refused(what: str) -> FileFaultError:
    return FileFaultError("E_SPREADSHEET", what)


def _check_directory(members: list[zipfile.ZipInfo], most: int) -> None:
    if len(members) > _MEMBERS:
        raise _refused("it has too many parts")
    _check_names([member.filename.lower().replace("\\", "/") for member in members])
    if any(member.flag_bits & 1 for member in members):
        raise _refused("it is protected by a password")
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise _refused("it is packed in an unknown way")
    if sum(member.file_size for member in members) > most:
        raise FileFaultError("E_TOO_LARGE", "unpacked")
    if any(m.file_size > _LARGE and m.file_size > _RATIO * max(m.compress_size, 1) for m in members):
        raise _refused("it unpacks to far more than a sheet does")


def _check_names(names: list[str]) -> None:
    if any(name.startswith("/") or ".." in name.split("/") or ":" in name for name in names):
        raise _refused("a part has a path out of it")
    if len(set(names)) < len(names):
        raise _refused("a part stands in it twice")
    if "xl/workbook.xml" not in names:
        raise _refused("it is another kind of file")
    if any("vbaproject" in name or "macrosheets/" in name for name in names):
        raise _refused("it holds macros")
    if any("externallinks/" in name or name.endswith("connections.xml") for name in names):
        raise _refused("it links to other files")


def _check_part(content: bytes, member: zipfile.ZipInfo) -> int:
    """Unpack one part and look for what must not be there; return the number of formulas in it."""
    name = member.filename.lower()
    markup = name.endswith((".xml", ".rels", ".vml"))
    sheet = name.startswith("xl/worksheets/") and name.endswith(".xml")
    total, formulas, kept = 0, 0, b""
    for piece in _unpacked(content, member):
        total += len(piece)
        if total > member.file_size:
            raise _refused("a part is larger than it says")
        if not markup:
            continue
        if kept == b"" and b"\0" in piece[:4]:
            raise _refused("a part is not in UTF-8")
        window = kept + piece
        if any(word in window for word in _ENTITY):
            raise _refused("it defines entities")
        if sheet:
            formulas += window.count(b"<f>") + window.count(b"<f ") - kept.count(b"<f>") - kept.count(b"<f ")
        kept = window[-_LONGEST:]
    if total != member.file_size:
        raise _refused("a part is cut off")
    return formulas


def _unpacked(content: bytes, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a part as they are in the file, whatever its directory says of their number."""
    begin = member.header_offset
    head = content[begin : begin + _LOCAL.size]
    if len(head) < _LOCAL.size or not head.startswith(b"PK\x03\x04"):
        raise _refused("it is damaged")
    *_, name, extra = _LOCAL.unpack(head)
    start = begin + _LOCAL.size + name + extra
    packed = memoryview(content)[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        for place in range(0, len(packed), _PIECE):
            yield bytes(packed[place : place + _PIECE])
        return
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        rest: bytes | memoryview = packed
        while not engine.eof:
            piece = engine.decompress(rest, _PIECE)
            rest = engine.unconsumed_tail
            if not piece and not engine.eof:
                raise _refused("a part is cut off")
            yield piece
    except zlib.error:
        raise _refused("it is damaged") from None
