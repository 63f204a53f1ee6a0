"""From a chart to the picture that a reader gets: SVG inside a page, or PNG for the Dagster UI.

vl-convert draws; what is added is what assistive technology needs, and what is taken away is what only Vega's scripts
would use. Not here: colors and sizes (theme.py).
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, ParamSpec, TypeAlias
from xml.etree import ElementTree as ET

import altair as alt
import vl_convert as vlc
from altair.utils.schemapi import debug_mode

from credential_pipeline.engines.charts import theme

AnyChart: TypeAlias = alt.Chart | alt.LayerChart | alt.FacetChart | alt.VConcatChart

_Given = ParamSpec("_Given")

_ELSEWHERE = {"class", "role", "pointer-events", "font-family", "font-size", "stroke-miterlimit", "display"}
"""Attributes that the page's style sheet or the picture's own role already say."""
_INITIAL = {
    "opacity": "1",
    "stroke-width": "1",
    "stroke-dasharray": "1,0",
    "text-anchor": "start",
    "font-weight": "normal",
    "x2": "0",
    "y2": "0",
    "transform": "translate(0,0)",
}
"""Attributes that say what SVG takes for granted."""
_INHERITED = ("fill", "stroke", "stroke-width", "stroke-dasharray", "text-anchor", "font-weight")
_FOR_SCRIPTS = {"background", "foreground"}
"""Unseen shapes that catch the pointer in a live chart."""


def unchecked(build: Callable[_Given, AnyChart]) -> Callable[_Given, AnyChart]:
    """For builders: Altair's own validation would take ten times as long as the drawing; tests render every chart."""

    @wraps(build)
    def building(*given: _Given.args, **named: _Given.kwargs) -> AnyChart:
        with debug_mode(arg=False):
            return build(*given, **named)

    return building


def specification(chart: AnyChart, look: str = theme.PAGE) -> dict[str, Any]:
    """The chart as Vega-Lite under one of the two themes."""
    with alt.theme.enable(look), debug_mode(arg=False):
        content: dict[str, Any] = chart.to_dict(validate=False)
    return content


def inline_svg(chart: AnyChart, key: str, title: str = "", description: str = "", classes: str = "") -> str:
    """Draw a chart as an SVG element that can stand in a page.

    Args:
        chart: The chart.
        key: Id prefix of title and description, unique within the page.
        title: Accessible name; empty if another shape of the picture holds it already under the same key.
        description: Accessible description, one or two sentences.
        classes: CSS classes of the element.
    """
    drawn = ET.fromstring(vlc.vegalite_to_svg(specification(chart)))  # noqa: S314 - our own renderer's output
    width, height = drawn.get("width", ""), drawn.get("height", "")
    picture = ET.Element(
        "svg",
        {
            "class": f"chart {classes}".strip(),
            "viewBox": f"0 0 {width} {height}",
            "style": f"max-width:{float(width) * 1.2:.0f}px",
            "role": "img",
            "aria-labelledby": f"{key}-t {key}-d",
        },
    )
    if title:
        ET.SubElement(picture, "title", {"id": f"{key}-t"}).text = title
        ET.SubElement(picture, "desc", {"id": f"{key}-d"}).text = description
    picture.extend(part for child in drawn for part in _seen(child))
    return ET.tostring(picture, encoding="unicode")


def _seen(element: ET.Element) -> Iterator[ET.Element]:
    """What a reader can see of an element; groups that say nothing give way to what they hold."""
    if element.get("class") in _FOR_SCRIPTS:
        return
    tag = element.tag.rpartition("}")[2]
    kept = {
        name: value
        for name, value in element.attrib.items()
        if name not in _ELSEWHERE and not name.startswith("aria-") and _INITIAL.get(name) != value
    }
    made = ET.Element(tag, kept)
    made.text = element.text
    made.extend([part for child in element for part in _seen(child)])
    if tag == "g":
        _say_once(made)
        if not made.attrib or not len(made):
            yield from made
            return
    yield made


def _say_once(group: ET.Element) -> None:
    """Let a group say what all its members say, which makes a page a quarter smaller."""
    for name in _INHERITED:
        said = {member.get(name) for member in group}
        if len(group) > 1 and len(said) == 1 and None not in said:
            group.set(name, said.pop() or "")
            for member in group:
                del member.attrib[name]


def png(chart: AnyChart) -> bytes:
    """Draw a chart as PNG on white paper, since Dagster's dark mode would swallow dark words."""
    return bytes(vlc.vegalite_to_png(specification(chart, theme.PAPER), scale=1.0))
