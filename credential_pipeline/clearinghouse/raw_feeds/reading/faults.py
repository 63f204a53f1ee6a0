"""What reading has to say: a fault that refuses a file, and notices of what was mended or passed over."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

LONGEST_LINE: Final = 65_536
"""Characters of a line beyond which it is set aside."""


@dataclass(frozen=True)
class Notice:
    """Something about a file that its sender should hear although the file was read.

    Attributes:
        code: A key of NOTICES.
        detail: Safe to show anybody: numbers, encodings, names of columns; never a value.
    """

    code: str
    detail: str = ""


class FileFaultError(Exception):
    """The file as a whole cannot be used; ``code`` is a key of FILE_REASONS, ``detail`` is as safe as that of a notice."""

    def __init__(self, code: str, detail: str = "") -> None:
        """Keep code and detail."""
        self.code = code
        self.detail = detail
        super().__init__(code)


def told(counts: Counter[str], unit: str = "row") -> tuple[Notice, ...]:
    """A notice for every code that was counted, with how many rows it concerns, in the order of codes."""
    return tuple(Notice(code, plural(number, unit)) for code, number in sorted(counts.items()) if number)


def plural(number: int, unit: str) -> str:
    """A number with its unit: ``1 row``, ``2,000 rows``."""
    return f"{number:,} {unit}{'' if number == 1 else 's'}"


def listed(names: Iterable[str], most: int = 12) -> str:
    """Names in a row, the first ones only if they are many."""
    every = list(names)
    rest = len(every) - most
    return ", ".join(every[:most]) + (f" and {rest} more" if rest > 0 else "")
