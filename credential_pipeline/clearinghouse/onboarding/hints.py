"""What the name of a column says of the layout of its dates: ``D.O.B. (MM/DD/YY)``, ``Geburtsdatum TT.MM.JJJJ``.

A hint is evidence, not proof: values outrank it. Not here: what the values prove (dates.py).
"""

import re
from dataclasses import dataclass
from typing import Final

_PIECE: Final = r"(?:[Dd]{1,2}|[Tt]{1,2}|[Jj]{1,2}|[Mm]{2,4}|M|MON|Mon|mon|[Yy]{4}|[Yy]{2}|[Jj]{4}|[Aa]{4}|[Aa]{2})"
_MARK: Final = r"[\s/.,-]{0,2}"
_WRITTEN: Final = re.compile(rf"(?<![^\W_])({_PIECE})({_MARK})({_PIECE})({_MARK})({_PIECE})(?![^\W_])")
_NAMED_MONTH: Final = 3
_FULL_NAME: Final = 4
_FULL_YEAR: Final = 4


@dataclass(frozen=True)
class Hint:
    """A layout as a column's name writes it.

    Attributes:
        written: As it stands there.
        order: ``m``, ``d`` and ``y`` in their order.
        layout: The same for strptime; empty if its years have two digits.
    """

    written: str
    order: str
    layout: str


def _kind(piece: str, others: str) -> str:
    """Which part of a date a piece is; J is a day in French (JJ/MM/AAAA) and a year in German (TT.MM.JJJJ)."""
    letter, others = piece[0].lower(), others.lower()
    if letter == "j":
        return "y" if len(piece) == _FULL_YEAR or "t" in others else "d"
    return {"d": "d", "t": "d", "m": "m"}.get(letter, "y")


def _directive(piece: str, kind: str) -> str:
    if kind == "m":
        return "%B" if len(piece) == _FULL_NAME else "%b" if len(piece) == _NAMED_MONTH else "%m"
    return "%d" if kind == "d" else "%Y"


def layout_hint(name: str) -> Hint | None:
    """The layout that a column's name tells; None if it tells none.

    Args:
        name: The name as the header writes it.
    """
    for found in _WRITTEN.finditer(name):
        first, mark, second, mark_too, third = found.groups()
        pieces = (first, second, third)
        order = "".join(_kind(piece, "".join(pieces)) for piece in pieces)
        if sorted(order) == ["d", "m", "y"]:
            parts = [_directive(piece, kind) for piece, kind in zip(pieces, order, strict=True)]
            full = len(pieces[order.index("y")]) == _FULL_YEAR
            layout = f"{parts[0]}{mark}{parts[1]}{mark_too}{parts[2]}" if full else ""
            return Hint(found.group(), order, layout)
    return None


def without_hint(name: str) -> str:
    """A column's name without the layout in it."""
    hint = layout_hint(name)
    return name.replace(hint.written, " ") if hint else name


def order_of(layout: str) -> str:
    """``m``, ``d`` and ``y`` in the order of a strptime layout."""
    return "".join("m" if one in "mbB" else one.lower() for one in re.findall(r"%([YmbBd])", layout))
