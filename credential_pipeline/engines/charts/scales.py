"""Axes that several builders share: round upper ends, formats of units, labels that do not run into one another."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt

from credential_pipeline.engines.charts.theme import SERIES

#: The channel of texts. Like all channels it is an object: to guess one from a word or a bare value costs Altair ten milliseconds.
WORDS = alt.Text(field="text", type="nominal")
#: Axis labels without "$0k".
ZERO = "datum.value == 0 ? replace(datum.label, /[kM]/, '') : datum.label"
TONES = (*(str(number) for number in range(1, len(SERIES) + 1)), "quiet")
_THOUSAND = 1000


def ceiling(values: Iterable[float], unit: str) -> float:
    """A round upper end of an axis that lies above every value."""
    most = max(values, default=1.0)
    step = {"usd": 10_000, "share": 0.1}.get(unit) or 10 ** math.floor(math.log10(most)) if most > 0 else 0.1
    return round(step * -(-most // step), 6) if most > 0 else step


def number_format(unit: str, most: float = _THOUSAND) -> str:
    """How an axis writes the values of a unit: usd, share, or plain numbers up to ``most``."""
    return {"usd": "$~s", "share": ".0%"}.get(unit, "~s" if most >= _THOUSAND else "~f")


def number(value: float, unit: str) -> str:
    """A value in words, beside its mark."""
    return {"usd": f"${value:,.0f}", "share": f"{value:.0%}"}.get(unit) or f"{value:,.6g}"


def amounts(unit: str, domain: Sequence[float], ticks: int) -> dict[str, Any]:
    """Scale and axis of a channel that shows amounts, whole pixels only (which keeps the drawing small)."""
    return {
        "type": "quantitative",
        "title": None,
        "scale": alt.Scale(domain=list(domain), nice=False, zero=False, round=True),
        "axis": alt.Axis(format=number_format(unit, domain[1]), tickCount=ticks, labelExpr=ZERO),
    }


def toned(channel: Any) -> Any:
    """Color by the field ``tone``: the number of a series, or ``quiet``."""
    return channel(field="tone", type="nominal", scale=alt.Scale(domain=list(TONES)), legend=None)


def spread(places: Sequence[float], gap: float, height: float) -> list[float]:
    """Move ascending positions apart by at least ``gap``, staying near them and above the lower end."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + gap) if moved else place)
    limit = height
    for index in range(len(moved) - 1, -1, -1):
        moved[index] = min(moved[index], limit)
        limit = moved[index] - gap
    return moved


def short(text: str, most: int) -> str:
    """A text cut to so many letters, with an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def in_lines(text: str, most: int) -> str:
    """A long name on two lines, broken at the space nearest its middle."""
    if len(text) <= most or " " not in text:
        return short(text, most)
    spaces = (index for index, letter in enumerate(text) if letter == " ")
    middle = min(spaces, key=lambda index: abs(index - len(text) / 2))
    return f"{short(text[:middle], most)}\n{short(text[middle + 1 :], most)}"
