"""One block of lines: which can be split as they are, and which need a look of their own.

Not here: where the values go (rows.py).
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from credential_pipeline.clearinghouse.raw_feeds.reading.faults import LONGEST_LINE, FileFaultError
from credential_pipeline.clearinghouse.raw_feeds.reading.header import Header, is_header, same_order
from credential_pipeline.clearinghouse.raw_feeds.reading.mending import Bytes, mend, suspects
from credential_pipeline.clearinghouse.raw_feeds.reading.split import to_array
from credential_pipeline.foundation.registry.feeds import Certifier


@dataclass(frozen=True)
class Block:
    """Lines of a file.

    Attributes:
        data: The lines as they can be split, each ended by a line feed; a line with a fault is empty.
        raw: The lines as they came, the same way.
        begins: Place in ``data`` at which each line begins, and one more for its end.
        faults: Line (from 0) -> reason, of those that are not to be split.
        cut: The last line has lost its end, and perhaps more.
    """

    data: Bytes
    raw: Bytes
    begins: np.ndarray[tuple[int], np.dtype[np.int64]]
    faults: dict[int, str]
    cut: bool

    @property
    def size(self) -> int:
        """Number of lines."""
        return len(self.begins) - 1

    @cached_property
    def content(self) -> pa.LargeStringArray:
        """The lines as they came."""
        return to_array(self.raw)

    def line(self, number: int) -> str:
        """A line as it can be split."""
        return self.data[self.begins[number] : self.begins[number + 1] - 1].tobytes().decode()


class Blocks:
    """Prepares the blocks of one file; counts what was mended.

    Attributes:
        counts: Code of a notice -> rows.
    """

    def __init__(self, certifier: Certifier, header: Header, delimiter: str) -> None:
        """Learn by what a repeated header is known: the longest two words of the first."""
        self.counts: Counter[str] = Counter()
        self._certifier = certifier
        self._header = header
        self._delimiter = delimiter
        words = sorted(set(re.findall(r"\w+", header.text.lower())), key=lambda word: (-len(word), word))
        self._words = [word.encode() for word in words[:2]]

    def prepare(self, raw: bytes, before: int) -> Block:
        """Mend the lines of a block and set those aside that must not be split.

        Args:
            raw: The lines in UTF-8; the last line of the last block may lack its end.
            before: Number of lines of the file before it.

        Raises:
            FileFaultError: E_HEADER_MOVED: a second header has another order.
        """
        cut = not raw.endswith(b"\n")
        lines = raw + b"\n" if cut else raw
        data = came = np.frombuffer(lines, dtype=np.uint8)
        begins = _begins(data)
        mended: dict[int, bytes] = {}
        faults = {int(line): "LINE_TOO_LONG" for line in self._long(lines, begins)}
        for line in np.unique(np.searchsorted(begins, suspects(data), side="right") - 1).tolist():
            written = lines[begins[line] : begins[line + 1] - 1]
            text, fault, notices = mend(written.decode())
            self.counts.update(notices)
            if fault is not None:
                faults.setdefault(line, fault)
            elif text.encode() != written:
                mended[line] = text.encode()
        for line in self._headers(lines, begins, before):
            faults.setdefault(line, "REPEATED_HEADER")
        if mended or faults:
            data = _replaced(lines, begins, mended | dict.fromkeys(faults, b""))
            begins = _begins(data)
        return Block(data, came, begins, faults, cut)

    @staticmethod
    def _long(lines: bytes, begins: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Iterator[int]:
        for line in np.flatnonzero(np.diff(begins) - 1 > LONGEST_LINE).tolist():
            if len(lines[begins[line] : begins[line + 1] - 1].decode()) > LONGEST_LINE:
                yield line

    def _headers(self, lines: bytes, begins: np.ndarray[tuple[int], np.dtype[np.int64]], before: int) -> Iterator[int]:
        """Lines that repeat the header."""
        if not self._words or not self._delimiter:
            return
        low = lines.lower()
        place = low.find(self._words[0])
        while place >= 0:
            line = int(np.searchsorted(begins, place, side="right")) - 1
            end = int(begins[line + 1])
            if all(word in low[begins[line] : end] for word in self._words):
                text = lines[begins[line] : end - 1].decode()
                if is_header(text, self._certifier, self._delimiter):
                    if not same_order(text, self._header, self._certifier, self._delimiter):
                        raise FileFaultError("E_HEADER_MOVED", f"line {before + line + 1}")
                    yield line
            place = low.find(self._words[0], end)


def _begins(data: Bytes) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.concatenate((np.zeros(1, dtype=np.int64), np.flatnonzero(data == ord("\n")) + 1))


def _replaced(lines: bytes, begins: np.ndarray[tuple[int], np.dtype[np.int64]], others: dict[int, bytes]) -> Bytes:
    """The lines with others in place of some."""
    parts, done = [], 0
    for line, text in sorted(others.items()):
        parts += [lines[done : begins[line]], text]
        done = int(begins[line + 1]) - 1
    parts.append(lines[done:])
    return np.frombuffer(b"".join(parts), dtype=np.uint8)
