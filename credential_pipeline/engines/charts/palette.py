"""Colours, dashes and sizes of every chart, and how they follow the page into dark mode.

Each colour exists twice: as the value that Vega draws with, and as a CSS variable (report.css) that svg.py puts in its
place, so that one static picture suits light, dark and print. Series differ in dash and in direct label too, so that
nothing hangs on colour alone. Contrast on white and on the dark page is at least 3:1 (WCAG 1.4.11), tested.
"""

INK = "#1c2430"
MUTED = "#5b6675"
GRID = "#dfe3e8"
FAINT = "#b3bbc6"
PAPER = "#ffffff"
HATCH = "#fade01"  # never drawn: svg.py replaces it by a pattern

SERIES = ("#0b5fa5", "#c2410c", "#0f766e", "#7e3aa8", "#8a6100", "#b4235f", "#4b5563", "#3f6212")
DARK_SERIES = ("#7cb8f2", "#ff9d66", "#4fd1bd", "#cfa3f2", "#e2bd55", "#f78fb8", "#b9c2ce", "#a9cf6b")
DASHES: tuple[list[int], ...] = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4], [12, 3], [1, 4], [6, 2, 1, 2])

DARK = {INK: "#e8ecf1", MUTED: "#aab4c0", GRID: "#343d49", FAINT: "#5b6675", PAPER: "#171c23"}
VARIABLES = {INK: "--ink", MUTED: "--muted", GRID: "--grid", FAINT: "--faint", PAPER: "--card"} | {
    colour: f"--c{number}" for number, colour in enumerate(SERIES, 1)
}


def colour(position: int) -> str:
    """Colour of the series at a position; they repeat after eight, when dashes and labels must tell."""
    return SERIES[position % len(SERIES)]


def dash(position: int) -> list[int]:
    """Dash pattern of the series at a position."""
    return DASHES[position % len(DASHES)]
