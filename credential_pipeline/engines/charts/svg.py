"""From an Altair chart to inline SVG: small, labelled, themed by CSS, with the hatch of hidden cells.

Rendering needs neither a browser nor the network (vl-convert). Marks lose their own labels because the picture as a
whole is described (role img) and its numbers stand in a table beside it.
"""

import re
from collections.abc import Iterator
from html import escape
from typing import Any, TypeAlias
from xml.etree import ElementTree as ET

import altair as alt
import vl_convert as vlc
from altair.utils.schemapi import debug_mode

from credential_pipeline.engines.charts.palette import GRID, HATCH, INK, MUTED, VARIABLES

AnyChart: TypeAlias = alt.Chart | alt.LayerChart

#: House style: no frame, quiet axes, no labels of single marks.
CONFIG: dict[str, Any] = {
    "aria": False,
    "background": "transparent",
    "font": "sans-serif",
    "padding": 4,
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED,
        "titleColor": MUTED,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "domain": False,
        "ticks": False,
        "gridColor": GRID,
        "labelPadding": 6,
    },
    "text": {"color": INK, "fontSize": 12},
}
_NAMESPACE = re.compile(r' xmlns(?::\w+)?="[^"]*"')
_LONG_NUMBER = re.compile(r"-?\d+\.\d{2,}")
_CIRCLE = re.compile(r"^M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0")
_SHIFT = re.compile(r"^translate\((-?[\d.]+),\s*(-?[\d.]+)\)$")
_NEEDLESS = {"font-family", "pointer-events", "stroke-miterlimit", "class", "role"}
_NEEDLESS_VALUES = {
    "font-weight": "normal",
    "opacity": "1",
    "transform": "translate(0,0)",
    "stroke-dasharray": "1,0",
    "fill": "transparent",
    "font-size": "12px",
    "text-anchor": "start",
    "stroke-width": "1",
}


def specification(chart: AnyChart) -> dict[str, Any]:
    """The chart as Vega-Lite in the house style; not validated, since tests render every chart."""
    with debug_mode(arg=False):  # Altair's validation takes ten times as long as the drawing
        content: dict[str, Any] = chart.to_dict(validate=False)
    return content | {"config": CONFIG}


def inline_svg(chart: AnyChart, key: str, title: str, description: str, classes: str = "") -> str:
    """Render a chart as an SVG element that can stand in a page.

    Args:
        chart: The unstyled chart.
        key: Id prefix, unique within the page.
        title: Accessible name.
        description: Accessible description, one or two sentences.
        classes: CSS classes of the element.
    """
    drawn = vlc.vegalite_to_svg(specification(chart))
    root = ET.fromstring(_NAMESPACE.sub("", drawn))  # noqa: S314 - our own renderer's output
    width, height = float(root.get("width", "640")), float(root.get("height", "320"))
    body = "".join(part for child in root if child.tag == "g" for part in _slim(child))
    for colour, variable in VARIABLES.items():
        body = body.replace(f'"{colour}"', f'"var({variable})"')
    body = body.replace(f'"{HATCH}"', f'"url(#{key}-hatch)"')
    return (
        f'<svg class="chart {classes}" viewBox="0 0 {width:g} {height:g}" role="img" style="max-width:{width * 1.2:.0f}px" '
        f'aria-labelledby="{key}-t {key}-d"><title id="{key}-t">{escape(title)}</title>'
        f'<desc id="{key}-d">{escape(description)}</desc>{_hatch(key) if f"{key}-hatch" in body else ""}{body}</svg>'
    )


def _hatch(key: str) -> str:
    """The pattern of hidden cells."""
    return (
        f'<defs><pattern id="{key}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="6" height="6" fill="var(--card)"/>'
        '<path d="M0 0V6" stroke="var(--muted)" stroke-width="2.4"/></pattern></defs>'
    )


def _slim(element: ET.Element) -> Iterator[str]:
    """The element as text without what a reader cannot see: empty groups, defaults, frames."""
    if element.get("display") == "none" or element.get("class") in {"background", "foreground"}:
        return
    kept = {
        name: _LONG_NUMBER.sub(lambda number: f"{float(number[0]):.1f}", value)
        for name, value in element.attrib.items()
        if name not in _NEEDLESS and not name.startswith("aria-") and _NEEDLESS_VALUES.get(name) != value
    }
    tag = _plain(element.tag, kept)
    inner = escape(element.text or "") + "".join(part for child in element for part in _slim(child))
    if tag == "g" and (not inner or not kept):
        yield inner
        return
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in kept.items())
    yield f"<{tag}{attributes}>{inner}</{tag}>" if inner else f"<{tag}{attributes}/>"


def _plain(tag: str, kept: dict[str, str]) -> str:
    """Turn a shifted disc into a circle, and a shifted line or text into one with coordinates; give the tag."""
    shift = _SHIFT.match(kept.get("transform", ""))
    disc = _CIRCLE.match(kept.get("d", ""))
    if not shift:
        return tag
    if disc:
        del kept["transform"], kept["d"]
        kept.update(cx=shift[1], cy=shift[2], r=disc[1])
        return "circle"
    if tag == "text":
        del kept["transform"]
        kept.update(x=shift[1], y=shift[2])
    return tag
