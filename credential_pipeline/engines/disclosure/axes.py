"""Which columns of a table of counts say whom, what and when. Not here: any particular table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Axes:
    """The columns that tell counts apart.

    Attributes:
        who: Columns that say who is counted.
        what: Columns that say what became of them; none if every count is of its own kind.
        when: Column of the time at which they are counted.
    """

    who: tuple[str, ...]
    what: tuple[str, ...]
    when: str
