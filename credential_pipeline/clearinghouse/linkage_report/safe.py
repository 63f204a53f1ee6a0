"""What may be shown of a figure about people: rounded counts, shares of rounded counts, small groups together.

Every count of people is rounded to the nearest five and anything below ten reads ``<10``, so that no difference between
two figures of the page, or of two versions of it, gives a small number away. Shares carry no more than the rounded counts
they are made of. The rounding follows the practice of student statistics (HESA's rounding and suppression strategy). Not
here: shares of links and weights that no person can be counted from.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from credential_pipeline.clearinghouse.linkage_report.metrics import Group

FLOOR = 10
"""Fewer people than this are not shown."""
BASE = 5
"""Counts are rounded to multiples of this."""
ENOUGH = 25
"""Shares of fewer people than this, as rounded, are not shown."""
FEW = 200
"""Shares of fewer people than this have no digit behind the point."""
REST = "small groups together"


def rounded(n: int) -> int:
    """A count to the nearest five, halves up; zero below ten."""
    return 0 if n < FLOOR else BASE * math.floor(n / BASE + 0.5)


def count(n: int) -> str:
    """A count in words."""
    return f"{rounded(n):,}" if n >= FLOOR else f"<{FLOOR}"


@dataclass(frozen=True)
class Share:
    """A share in words, from where its bar is sure, and up to where it may reach (0 to 1)."""

    text: str
    sure: float
    most: float


def share(part: int, whole: int) -> Share:
    """The share of a whole of people; a bound where the part, or the rest, is below ten."""
    base = rounded(whole)
    if base < ENOUGH:
        return Share("\N{EN DASH}", 0.0, 0.0)
    digits = 1 if base >= FEW else 0
    if part < FLOOR:
        return Share(f"<{_up(FLOOR / base, digits)}", 0.0, min(1.0, FLOOR / base))
    if whole - part < FLOOR:
        return Share(f">{_down(1 - FLOOR / base, digits)}", max(0.0, 1 - FLOOR / base), 1.0)
    made = min(1.0, rounded(part) / base)
    return Share(f"{made:.{digits}%}", made, made)


def _up(value: float, digits: int) -> str:
    scale = 10 ** (digits + 2)
    return f"{min(1.0, math.ceil(round(value * scale, 6)) / scale):.{digits}%}"


def _down(value: float, digits: int) -> str:
    scale = 10 ** (digits + 2)
    return f"{max(0.0, math.floor(round(value * scale, 6)) / scale):.{digits}%}"


def pool(groups: Sequence[Group]) -> list[Group]:
    """Put groups below ten people together, with the next smallest if they are still below ten; none if all are."""
    small = sorted((group for group in groups if group.people < FLOOR), key=lambda group: (group.people, group.name))
    large = [group for group in groups if group.people >= FLOOR]
    if not small:
        return large
    rest = small[0].joined(Group("", (0,) * len(small[0].counts)), REST)
    for group in small[1:]:
        rest = rest.joined(group, REST)
    if rest.people < FLOOR and large:
        smallest = min(large, key=lambda group: (group.people, group.name))
        large.remove(smallest)
        rest = rest.joined(smallest, REST)
    return [*large, rest] if rest.people >= FLOOR else large
