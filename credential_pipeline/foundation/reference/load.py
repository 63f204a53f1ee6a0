"""Make the reference CSV files tables of a connection. Not here: what is computed with them."""

from pathlib import Path

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection

FOLDER = Path(__file__).parent

#: File (without .csv) to its columns and DuckDB types; every file also has ``source`` and ``as_of``.
SERIES: dict[str, dict[str, str]] = {
    "cpi_u": {"year": "INTEGER", "index": "DOUBLE"},
    "naics_sectors": {"code": "VARCHAR", "label": "VARCHAR"},
    "states": {"state": "VARCHAR", "fips": "VARCHAR", "label": "VARCHAR"},
}


def load_reference(con: Connection, *names: str) -> None:
    """Create ``reference.<name>`` for the named series, or for all of them.

    Tables: ``cpi_u`` (year, index: annual average, 1982-84 = 100), ``naics_sectors`` (code such as '31-33', label) and
    ``states`` (postal code, FIPS code, label), each with ``source`` and ``as_of``.

    Args:
        con: An open connection; the schema ``reference`` is created in it.
        names: Keys of :data:`SERIES`.

    Raises:
        SafeError: E_REFERENCE if a name is unknown.
    """
    con.execute("CREATE SCHEMA IF NOT EXISTS reference")
    for name in names or SERIES:
        if name not in SERIES:
            code = "E_REFERENCE"
            message = f"There is no reference series of that name; choose one of {', '.join(SERIES)}."
            raise SafeError(code, message)
        columns = SERIES[name] | {"source": "VARCHAR", "as_of": "VARCHAR"}
        con.execute(
            f"CREATE OR REPLACE TABLE reference.{name} AS "
            "SELECT * FROM read_csv(?, header = true, auto_detect = false, delim = ',', quote = '\"', columns = ?) "
            "ORDER BY 1",
            [str(FOLDER / f"{name}.csv"), columns],
        )
