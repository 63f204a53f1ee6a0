"""Consumer prices for turning dollars of the base year into dollars of the day. Not here: the pipeline's deflator."""

import csv
from pathlib import Path

import credential_pipeline.foundation.reference

_FILE = "cpi_u.csv"


def read_prices() -> dict[int, float]:
    """CPI-U, annual average, by year, from the shipped reference series."""
    path = Path(credential_pipeline.foundation.reference.__file__).parent / _FILE
    with path.open(encoding="utf-8", newline="") as file:
        return {int(row["year"]): float(row["index"]) for row in csv.DictReader(file)}
