"""The reference CSV files as relations. Not here: what is computed with them."""

import csv
from pathlib import Path
from typing import Final

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.relation import Relation, Scratch

FOLDER = Path(__file__).parent

OTHER_GUIDELINES: Final = ("AK", "AS", "GU", "HI", "MP", "PR", "VI")
"""States and territories to which the poverty guideline of the contiguous states does not apply."""

#: File (without .csv) to its columns and DuckDB types; every file also has ``source`` and ``as_of``.
SERIES: dict[str, dict[str, str]] = {
    "cpi_u": {"year": "INTEGER", "index": "DOUBLE"},
    "naics_sectors": {"code": "VARCHAR", "label": "VARCHAR"},
    "poverty_guidelines": {
        "year": "INTEGER",
        "one_person": "DOUBLE",
        "each_additional": "DOUBLE",
        "additional_verified": "BOOLEAN",
    },
    "price_parities": {"state": "VARCHAR", "year": "INTEGER", "parity": "DOUBLE"},
    "states": {"state": "VARCHAR", "fips": "VARCHAR", "label": "VARCHAR"},
    "workforce_pell": {"parameter": "VARCHAR", "value": "DOUBLE", "unit": "VARCHAR"},
}


def years_of(name: str) -> frozenset[int]:
    """The years of which a series tells, for whoever has no connection."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return frozenset(int(row["year"]) for row in csv.DictReader(lines))


def numbers_of(name: str) -> dict[str, float]:
    """The parameters of a file and their values, for whoever has no connection."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return {row["parameter"]: float(row["value"]) for row in csv.DictReader(lines)}


def reference_series(work: Scratch, name: str) -> Relation:
    """One of the series, each with ``source`` and ``as_of``.

    There are ``cpi_u`` (year, index: annual average, 1982-84 = 100), ``naics_sectors`` (code such as '31-33', label),
    ``states`` (postal code, FIPS code, label), ``poverty_guidelines`` (year, dollars a year for one person and for each
    additional person of the household; the 48 contiguous states and DC, no year before 2018; ``additional_verified`` is
    false where the second amount could not be checked against the notice), ``price_parities`` (postal code, year, price
    level of the state with that of the nation = 100; no territories) and ``workforce_pell`` (parameter, value, unit: the
    numbers of the law on short programmes, and one assumption that its source names).

    Args:
        work: Where the rows live.
        name: A key of :data:`SERIES`.

    Raises:
        SafeError: E_REFERENCE if the name is unknown.
    """
    if name not in SERIES:
        code = "E_REFERENCE"
        message = f"There is no reference series of that name; choose one of {', '.join(SERIES)}."
        raise SafeError(code, message)
    columns = SERIES[name] | {"source": "VARCHAR", "as_of": "VARCHAR"}
    return work.table(
        name,
        "SELECT * FROM read_csv(?, header = true, auto_detect = false, delim = ',', quote = '\"', columns = ?) ORDER BY 1",
        [str(FOLDER / f"{name}.csv"), columns],
    )
