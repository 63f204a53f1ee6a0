"""Drawings as inline SVG whose positions are percentages, so that one picture fits any width without losing its words.

They are given what may be shown already. Not here: tables, words and colours (report.css).
"""

import math
from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from credential_pipeline.clearinghouse.linkage_report.figures import STATUSES

_LANE = 98
_HEAD = 34
_FOOT = 40


def _percent(value: float) -> str:
    return f"{100 * value:.2f}".rstrip("0").rstrip(".") + "%"


def bar(sure: float, most: float | None = None, kind: str = "linked") -> Markup:
    """A bar from nought to a share of the cell's width, pale up to where it may reach; the number stands beside it."""
    pale = Markup('<rect class="{} pale" width="{}" height="100%"/>').format(kind, _percent(most or sure))
    return Markup(
        '<svg class="bar" aria-hidden="true"><rect class="track" width="100%" height="100%"/>{}'
        '<rect class="{}" width="{}" height="100%"/></svg>'
    ).format(pale if (most or sure) > sure else "", kind, _percent(sure))


def span(value: float, most: float) -> Markup:
    """A bar from the middle: evidence for a match to the right, against it to the left."""
    half = abs(value) / most / 2
    left, kind = (0.5, "linked") if value >= 0 else (0.5 - half, "against")
    return Markup(
        '<svg class="bar" aria-hidden="true"><rect class="{}" x="{}" width="{}" height="100%"/>'
        '<line class="zero" x1="50%" x2="50%" y1="0" y2="100%"/></svg>'
    ).format(kind, _percent(left), _percent(half))


def stack(shares: Mapping[str, float], description: str) -> Markup:
    """One bar of all statuses."""
    whole = sum(shares.values()) or 1.0
    parts, left = [], 0.0
    for status in STATUSES:
        width = shares.get(status, 0.0) / whole
        parts.append(
            Markup('<rect class="{}" x="{}" width="{}" height="100%"/>').format(status, _percent(left), _percent(width))
        )
        left += width
    return Markup('<svg class="stack" role="img" aria-label="{}">{}</svg>').format(description, Markup().join(parts))


def histogram(
    lanes: Mapping[str, Mapping[int, int]], width: int, thresholds: Sequence[tuple[str, float]], description: str
) -> Markup:
    """Bars by match weight, one lane a status, heights logarithmic, with the thresholds across all lanes.

    Args:
        lanes: Status -> lower end of the bin in bits -> rounded count (nought for fewer than ten).
        width: Bits a bin.
        thresholds: Name and weight.
        description: What the picture shows, for those who do not see it.
    """
    bins = [start for lane in lanes.values() for start in lane]
    low = min([*bins, *(math.floor(weight) for _, weight in thresholds)])
    high = max([*(start + width for start in bins), *(math.ceil(weight) for _, weight in thresholds)])
    top = math.ceil(math.log10(max([10, *(n for lane in lanes.values() for n in lane.values())])))

    def across(weight: float) -> str:
        return _percent((weight - low) / (high - low))

    height = _HEAD + _LANE * len(lanes) + _FOOT
    parts: list[Markup] = []
    for row, (status, lane) in enumerate(lanes.items()):
        base = _HEAD + _LANE * (row + 1)
        parts += [
            _grid(base - _height(10**power, top), f"{10**power:,}" if power % 2 else "") for power in range(1, top + 1)
        ]
        parts.append(Markup('<line class="rule" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(base))
        for start, n in sorted(lane.items()):
            tall = _height(n, top) if n else 3.0
            parts.append(
                Markup('<rect class="{}" x="{}" width="{}" y="{:.1f}" height="{:.1f}"/>').format(
                    status if n else "few",
                    across(start + 0.15),
                    _percent((width - 0.3) / (high - low)),
                    base - tall,
                    tall,
                )
            )
        parts.append(
            Markup('<text class="lane" x="100%" y="{}" text-anchor="end">{}</text>').format(base - _LANE + 16, status)
        )
    for place, (name, weight) in enumerate(thresholds):
        parts.append(
            Markup('<line class="mark" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>').format(
                across(weight), 4 + 15 * place, _HEAD + _LANE * len(lanes)
            )
        )
        parts.append(
            Markup('<text class="at" x="{}" dx="5" y="{}">{}</text>').format(across(weight), 14 + 15 * place, name)
        )
    step = 8
    for weight in range(math.ceil(low / step) * step, high + 1, step):
        anchor = "start" if weight == low else "end" if weight == high else "middle"
        parts.append(
            Markup('<text class="tick{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(
                " minor" if weight % (2 * step) else "",
                across(weight),
                height - 24,
                anchor,
                f"{weight:+d}" if weight else "0",
            )
        )
    parts.append(
        Markup('<text class="tick" x="50%" y="{}" text-anchor="middle">{}</text>').format(
            height - 6, "match weight, in bits"
        )
    )
    return Markup('<svg class="histogram" role="img" aria-label="{}" height="{}">{}</svg>').format(
        escape(description), height, Markup().join(parts)
    )


def _height(n: int, top: int) -> float:
    """Height of a bar: ten is a small one, ten to the power of ``top`` fills the lane."""
    return 8 + (_LANE - 46) * (math.log10(n) - 1) / max(top - 1, 1)


def _grid(y: float, text: str) -> Markup:
    label = (
        Markup('<text class="scale" x="100%" y="{:.1f}" text-anchor="end">{}</text>').format(y - 2, text)
        if text
        else Markup()
    )
    return Markup('<line class="grid" x1="0" x2="100%" y1="{0:.1f}" y2="{0:.1f}"/>{1}').format(y, label)
