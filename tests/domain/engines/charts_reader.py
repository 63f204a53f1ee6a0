"""Reads what a chart shows out of its Vega-Lite, so that tests ask for values and not for strokes."""

from credential_pipeline.engines.charts.render import specification


def parts_of(chart):
    """Every part of a chart: itself, its layers, its panels."""
    waiting = [chart if isinstance(chart, dict) else specification(chart)]
    while waiting:
        part = waiting.pop(0)
        yield part
        waiting += [*part.get("layer", []), *part.get("vconcat", []), *([part["spec"]] if "spec" in part else [])]


def rows_of(chart):
    """All rows of data of a chart, those that several layers draw once."""
    tables = []
    for part in parts_of(chart):
        values = part.get("data", {}).get("values", [])
        if values not in tables:
            tables.append(values)
    return [row for values in tables for row in values]


def marks_of(chart):
    """The marks of a chart: (type, style, encoding)."""
    return [
        (part["mark"]["type"], part["mark"].get("style"), part.get("encoding", {}))
        for part in parts_of(chart)
        if "mark" in part
    ]
