"""Deliveries that are no delimited text, written as their certifier's YAML describes them: fixed width, a spreadsheet, badges.

They hold no broken and no repeated rows: those belong to lines of text. Not here: delimited text (feeds.py).
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

from credential_pipeline.foundation.registry.feeds import Feed

Rows = Sequence[Sequence[str]]

_SHORT: Final = {"achievement.": "credentialSubject.achievement.", "result.": "credentialSubject.result."}
"""How columns of badges are abbreviated."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""Date of the parts of a spreadsheet, so that the same rows give the same bytes."""
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPES: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def encoding_of(feed: Feed) -> str:
    """The encoding to write a file in; where it is to be found out, UTF-8."""
    return "utf-8" if feed.encoding == "detect" else feed.encoding


def _fixed(feed: Feed, names: Sequence[str], rows: Rows) -> bytes:
    """Lines in which each value stands at its place, cut where it is too long; no line of names."""
    longest = max(end for _, end in feed.widths.values())
    lines = []
    for row in rows:
        line = [" "] * longest
        for name, value in zip(names, row, strict=True):
            if name in feed.widths:
                start, end = feed.widths[name]
                line[start - 1 : end] = value[: end - start + 1].ljust(end - start + 1)
        lines.append("".join(line))
    return ("\r\n".join(lines) + "\r\n").encode(encoding_of(feed), errors="replace")


def _badges(_feed: Feed, names: Sequence[str], rows: Rows) -> bytes:
    """A list of achievement credentials; a column is the path of a value."""
    listed = []
    for row in rows:
        badge: dict[str, Any] = {"type": ["VerifiableCredential", "OpenBadgeCredential"], "credentialSubject": {}}
        for name, value in zip(names, row, strict=True):
            if value:
                _put(badge, _path(name), value)
        listed.append(badge)
    return json.dumps(listed, ensure_ascii=False).encode()


def _path(name: str) -> list[str]:
    long = next((full + name.removeprefix(short) for short, full in _SHORT.items() if name.startswith(short)), name)
    return long.split(".")


def _put(badge: dict[str, Any], path: Sequence[str], value: str) -> None:
    here = badge
    for step in path[:-1]:
        here = here.setdefault(step, {})
    here[path[-1]] = value


def _spreadsheet(feed: Feed, names: Sequence[str], rows: Rows) -> bytes:
    """One sheet of text cells."""
    name = escape(feed.sheet or "Export", {'"': "&quot;"})
    cells = "".join(_row(number, row) for number, row in enumerate([names, *rows], start=1))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/></Types>',
        "_rels/.rels": _relation("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relation("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{cells}</sheetData></worksheet>',
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in parts.items():
            part = zipfile.ZipInfo(path, _EPOCH)
            part.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(part, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}')
    return buffer.getvalue()


def _relation(kind: str, target: str) -> str:
    entry = f'<Relationship Id="rId1" Type="{_OFFICE}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{entry}</Relationships>'


def _row(number: int, values: Sequence[str]) -> str:
    cells = (
        f'<c r="{column}{number}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        for column, value in zip(_columns(len(values)), values, strict=True)
        if value
    )
    return f'<row r="{number}">{"".join(cells)}</row>'


def _columns(size: int) -> Iterator[str]:
    """Names of columns: A to Z, then AA, AB and so on."""
    for number in range(size):
        high, low = divmod(number, 26)
        yield (chr(ord("A") + high - 1) if high else "") + chr(ord("A") + low)


FORMS: Final[Mapping[str, tuple[str, Callable[[Feed, Sequence[str], Rows], bytes]]]] = {
    "fixed": (".txt", _fixed),
    "xlsx": (".xlsx", _spreadsheet),
    "badges": (".json", _badges),
}
"""Format of a feed -> the ending of its files, and what writes them."""
