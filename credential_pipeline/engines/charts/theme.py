"""The look of every chart, as two Altair themes: for pages and for pictures on white paper.

On a page every colour is a CSS variable (theme_css), which Vega writes into the drawing as it is: so one drawing suits
light, dark and print. Charts never name a colour but a style ("hidden", "mark", ...), or leave it to the series.
Series differ in dash and in direct label too, so that nothing hangs on colour alone. Contrast on white and on the dark
page is at least 4.5:1 for all that colors words, tested.
"""

from typing import Any

import altair as alt

PAGE = "credential_pipeline_page"
PAPER = "credential_pipeline_paper"

LIGHT = {"ink": "#1c2430", "muted": "#5b6675", "grid": "#dfe3e8", "faint": "#b3bbc6", "card": "#ffffff"}
DARK = {"ink": "#e8ecf1", "muted": "#aab4c0", "grid": "#343d49", "faint": "#5b6675", "card": "#171c23"}
SERIES = ("#0b5fa5", "#c2410c", "#0f766e", "#7e3aa8", "#8a6100", "#b4235f", "#4b5563", "#3f6212")
DARK_SERIES = ("#7cb8f2", "#ff9d66", "#4fd1bd", "#cfa3f2", "#e2bd55", "#f78fb8", "#b9c2ce", "#a9cf6b")
DASHES: tuple[list[int], ...] = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4], [12, 3], [1, 4], [6, 2, 1, 2])
FONT_SIZE = 12


def _values(named: dict[str, str], series: tuple[str, ...]) -> dict[str, str]:
    return named | {f"c{number}": color for number, color in enumerate(series, 1)}


def theme_css() -> str:
    """The colors as CSS variables: light, dark where the reader's screen is dark, and light in print."""

    def rule(values: dict[str, str]) -> str:
        return ":root{" + ";".join(f"--{name}:{value}" for name, value in values.items()) + "}"

    light, dark = _values(LIGHT, SERIES), _values(DARK, DARK_SERIES)
    return f"{rule(light)}@media screen and (prefers-color-scheme:dark){{{rule(dark)}}}"


def _config(color: dict[str, str], hatch: str, background: str) -> dict[str, Any]:
    return {
        "aria": False,  # a picture is described as a whole, its numbers stand in a table
        "background": background,
        "font": "sans-serif",
        "lineBreak": "\n",
        "padding": 4,
        "view": {"stroke": None},
        "axis": {
            "labelColor": color["muted"],
            "titleColor": color["muted"],
            "labelFontSize": FONT_SIZE,
            "titleFontSize": FONT_SIZE,
            "titleFontWeight": "normal",
            "domain": False,
            "domainColor": color["muted"],
            "ticks": False,
            "gridColor": color["grid"],
            "labelPadding": 6,
        },
        "axisX": {"labelOverlap": False, "labelFlush": False},
        "axisY": {"labelColor": color["ink"]},
        "header": {"labelColor": color["ink"], "labelFontSize": FONT_SIZE, "labelFontWeight": "bold"}
        | {"titleColor": color["muted"], "titleFontSize": FONT_SIZE, "titleFontWeight": "normal"},
        "legend": {
            "labelColor": color["ink"],
            "labelFontSize": FONT_SIZE,
            "symbolType": "square",
            "symbolStrokeWidth": 0,
        },
        "title": {"color": color["ink"], "fontSize": FONT_SIZE, "anchor": "start"},
        "range": {"category": [color[f"c{number}"] for number in range(1, len(SERIES) + 1)] + [color["muted"]]},
        "text": {"fontSize": FONT_SIZE},
        "style": _styles(color, hatch),
    }


def _styles(color: dict[str, str], hatch: str) -> dict[str, Any]:
    """What charts name in place of colors."""
    words = {"color": color["ink"], "align": "left", "baseline": "middle"}
    return {
        "words": words,
        "quiet": words | {"color": color["muted"]},
        "name": words | {"fontWeight": "bold"},
        "hidden": {"color": hatch, "stroke": color["muted"]},
        "hidden-mark": {
            "color": hatch,
            "filled": True,
            "opacity": 1,
            "shape": "square",
            "size": 120,
            "strokeWidth": 1,
        },
        "mark": {"color": color["muted"], "strokeDash": [3, 3]},
        "zero": {"color": color["muted"]},
        "others": {"color": color["faint"]},
        "band": {"opacity": 0.3},
        "faint-band": {"opacity": 0.12},
        "year": {"filled": True, "opacity": 1, "size": 36, "stroke": color["card"], "strokeWidth": 1},
        "dot": {"filled": True, "opacity": 1, "size": 100},
        "hollow": {"filled": True, "opacity": 1, "size": 100, "color": color["card"], "strokeWidth": 2},
        "whole": {"color": color["grid"], "stroke": color["muted"]},
        "part": {"stroke": color["card"], "strokeWidth": 1.5},
        "few": {"color": color["muted"]},
    }


def _page() -> alt.theme.ThemeConfig:
    names = _values(LIGHT, SERIES)
    return {"config": _config({name: f"var(--{name})" for name in names}, "url(#hatch)", "transparent")}


def _paper() -> alt.theme.ThemeConfig:
    return {"config": _config(_values(LIGHT, SERIES), LIGHT["faint"], LIGHT["card"])}


alt.theme.register(PAGE, enable=False)(_page)
alt.theme.register(PAPER, enable=False)(_paper)
