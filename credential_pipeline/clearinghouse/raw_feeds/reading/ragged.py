"""Rows with more or fewer values than the header: read where what is missing or too much is surely empty, else set aside.

A value that was lost or a separator that was added shifts all that follow; such a row still ends as its file's rows end. So a row
is read only if it ends in a way that no shift explains. Not here: splitting (split.py).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from credential_pipeline.clearinghouse.raw_feeds.reading.header import Header, split_line
from credential_pipeline.clearinghouse.raw_feeds.reading.split import Bools
from credential_pipeline.foundation.registry.feeds import Certifier

SAMPLE = 1000
"""Rows that tell how many values the rows of a file usually have."""
_OFTEN = 0.05
"""Share of rows that is no accident any more."""


@dataclass
class Widths:
    """How wide the rows of one file are.

    Attributes:
        header: Columns of the header.
        usual: Values of most rows: surplus ones are empty, missing ones are of columns that nobody needs.
        may_lack: Place of the first column from which on a row may end early.
        both: Besides the usual rows there are so many that fill the last column that both are meant.
        filled: By column, whether any row of the header's width holds something.
        blank: By column, whether any row of the header's width is empty there.
    """

    header: int
    usual: int
    may_lack: int
    both: bool = False
    filled: list[bool] = field(default_factory=list)
    blank: list[bool] = field(default_factory=list)

    def learn(self, filled: Bools, blank: Bools) -> None:
        """Add what the rows of a block say of the columns."""
        self.filled = [a or bool(b) for a, b in zip(self.filled or [False] * len(filled), filled, strict=True)]
        self.blank = [a or bool(b) for a, b in zip(self.blank or [False] * len(blank), blank, strict=True)]

    def verdict(self, values: Sequence[str]) -> str | None:
        """Whether a row of another width than the usual can be read: "" for no, None for yes, or the code of a notice.

        What all rows of the file say must be known by then.

        Args:
            values: The row's values.
        """
        size = len(values)
        if self.usual > self.header:
            return None if size == self.header and values[-1] else ""
        if self.usual < self.header:
            return None if size == self.header and (self.both or not any(values[self.usual :])) else ""
        if size == self.header or not self.filled:
            return ""
        if size > self.header:
            surely_empty = not any(values[self.header :]) and not self.blank[-1]
            return "ROWS_WITH_EMPTY_ENDS" if surely_empty else ""
        lacks_nothing = size >= self.may_lack and bool(values[-1]) and not any(self.filled[size:])
        return "ROWS_WITHOUT_ENDS" if lacks_nothing else ""


def usual_widths(lines: Iterable[str], header: Header, certifier: Certifier, delimiter: str) -> Widths:
    """Tell how many values most rows have.

    Args:
        lines: The first lines below the header.
        header: The header.
        certifier: Whose file it is.
        delimiter: What separates values.
    """
    width, may_lack = len(header.names), _may_lack(header, certifier)
    rows = [split_line(line, delimiter) for line in lines if line.strip()]
    sizes = Counter(len(row) for row in rows if row)
    if not sizes:
        return Widths(width, width, may_lack)
    size, number = max(sizes.items(), key=lambda item: (item[1], -abs(item[0] - width)))
    if number * 2 < len(rows) or size == width:
        return Widths(width, width, may_lack)
    if size > width:
        empty = sum(not any(value.strip() for value in row[width:]) for row in rows if row and len(row) == size)
        return Widths(width, size if empty * 2 > number else width, may_lack)
    filled = sum(bool(row and len(row) == width and row[-1].strip()) for row in rows)
    return Widths(width, size if size >= may_lack else width, may_lack, filled >= _OFTEN * len(rows))


def _may_lack(header: Header, certifier: Certifier) -> int:
    """The place behind the last column that a row must have: one that is required, or says who must not be shared."""
    return max(place + 1 for place, name in enumerate(header.names) if name in certifier.needed_columns)
