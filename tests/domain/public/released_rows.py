"""Rows of an invented release: its codes, one row, and the earnings of a group over all years."""

from credential_pipeline.public.published_outcomes.cells import DIMENSIONS

INDUSTRY = "manufacturing"
RELEASE = "R2026Q4-1"
AGES = ("14-17", "18-25", "26-35", "36-45", "46-55", "56-99")
RACES = ("aian", "asian", "black", "multiple", "nhpi", "unknown", "white")
YEARS = range(-3, 6)
CREDENTIALS = {
    "mssc": ("CPT", "CPT-SAF", "CPT-QLT", "CPT-MFG", "CPT-MNT", "CLA", "CLT"),
    "nims": ("MEAS", "JOB-PLAN", "DP-OP", "MILL-1", "MILL-PROG", "TURN-1", "TURN-PROG", "GRIND-1"),
}
SECTORS = {
    "31-33": 0.41,
    "72": 0.12,
    "44-45": 0.11,
    "56": 0.09,
    "62": 0.07,
    "23": 0.06,
    "48-49": 0.05,
    "42": 0.04,
    "61": 0.02,
    "unknown": 0.03,
}


def released_row(table, measure, value, unit, horizon=None, *, n=900, status=1, band=0.0, definition=None, **at):
    place = {name: at.get(name, "all") for name in DIMENSIONS}
    split = [name for name, code in place.items() if code != "all"]
    tail = "".join(f"/{name}={place[name]}" for name in split) + (f"/h={horizon}" if horizon is not None else "")
    shown = status == 1
    return {
        "release": RELEASE, "industry": INDUSTRY, "table": table,
        "cell_id": f"{INDUSTRY}/{measure}{'/' + definition if definition else ''}{tail}",
        **place, "horizon": horizon, "measure": measure,
        "value": value if shown else None, "unit": unit, "base_year": 2023 if unit == "usd" else None,
        "n": n if shown else None, "low": value - band if shown and band else None,
        "high": value + band if shown and band else None, "status": status,
        "rollup_level": "+".join(split) or "all", "definition": definition or measure, "attribution": "first",
    }  # fmt: skip


def earnings(table, start, slope, hidden=(), **at):
    for year in YEARS:
        median = start + slope * (year + 3 if year > 0 else (year + 3) * 0.4)
        status = 5 if year in hidden else 1
        for measure, factor in (("earnings_p25", 0.62), ("earnings_p50", 1.0), ("earnings_p75", 1.43)):
            yield released_row(
                table, measure, float(round(median * factor, -2)), "usd", year, status=status, band=400.0, **at
            )
