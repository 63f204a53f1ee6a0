"""What is wrong with single rows of the wage files, by file and with counts: a year that cannot be, a trillion, a wage below zero.

Not here: a year as a whole (wage_file_years.py), and the same row twice, which is counted once (wages.py).
"""

from typing import Final

from credential_pipeline.foundation.drop_findings import ALL, REPEATED, Finding
from credential_pipeline.foundation.dropped_files import FILE, Drop
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection

OLDEST: Final = 1950
"""No wage file is older."""
MOST: Final = 1e9
"""No job pays so much in a year, in dollars."""


def usable(newest: int) -> str:
    """SQL of whether a row can be used: person_key, year, wages and ``whole`` (a quarter where one is needed) are in order.

    Args:
        newest: The last year that can be.
    """
    return (
        f"(person_key IS NOT NULL AND year BETWEEN {OLDEST} AND {newest} AND isfinite(wages) AND wages >= 0 AND wages < {MOST}"
        " AND whole) IS TRUE"
    )


def refuse_wages(con: Connection, drop: Drop, newest: int, *, quarterly: bool) -> SafeError:
    """Make the refusal of rows that cannot be used: how many of which kind, file by file.

    Args:
        con: Connection with the rows.
        drop: The wage files.
        newest: The last year that can be.
        quarterly: Whether a row needs a quarter.
    """
    year, wages = drop.whole_number("year"), drop.number("wages")
    kinds = {
        "without a person_key": f"{drop.text('person_key')} IS NULL",
        "without a whole number as year": f"{year} IS NULL",
        f"of years before {OLDEST} or after {newest}": f"{year} NOT BETWEEN {OLDEST} AND {newest}",
        "without a number as wages": f"{wages} IS NULL OR NOT isfinite({wages})",
        "with wages below zero": f"{wages} < 0",
        f"with wages of {MOST:,.0f} or more": f"{wages} >= {MOST} AND isfinite({wages})",
    }
    if quarterly:
        kinds["without a quarter from 1 to 4"] = f"({drop.whole_number('quarter')} BETWEEN 1 AND 4) IS NOT TRUE"
    counts = ", ".join(f"count(*) FILTER ({condition})" for condition in kinds.values())
    rows = con.execute(f"SELECT {FILE}, {counts} FROM {drop.rows} GROUP BY ALL ORDER BY ALL").fetchall()
    told = [
        f"{drop.files[number].shown}: "
        + ", ".join(f"{n:,} rows {kind}" for kind, n in zip(kinds, found, strict=True) if n)
        for number, *found in rows
        if any(found)
    ]
    more = f"; and {len(told) - _FILES} more files" if len(told) > _FILES else ""
    return SafeError("E_REFERENCE_WAGES", f"{'; '.join(told[:_FILES])}{more}")


_FILES: Final = 5
"""Files that a message names."""


def repeated_rows(con: Connection, drop: Drop, *, quarterly: bool) -> list[Finding]:
    """Rows of the same person, employer, time and amount as another one, by the files that hold them together.

    Args:
        con: Connection with the rows.
        drop: The wage files.
        quarterly: Whether rows have a quarter.
    """
    wages = drop.number("wages")
    keys = [drop.text("person_key"), drop.whole_number("year"), f"coalesce({drop.text('employer_id')}, '')", wages]
    keys += [drop.whole_number("quarter")] if quarterly else []
    found = con.execute(
        f"""
        SELECT files, CAST(sum(n) AS BIGINT) FROM (
            SELECT list_sort(list_distinct(list({FILE}))) AS files, count(*) - 1 AS n
            FROM {drop.rows} WHERE {wages} > 0 GROUP BY {", ".join(keys)} HAVING count(*) > 1)
        GROUP BY files ORDER BY 2 DESC, 1
        """
    ).fetchall()
    if not found:
        return []
    table = drop.shown.rpartition("/")[2]
    rows = con.execute(f"SELECT count(*) FROM {drop.rows}").fetchall()[0][0]
    parts = [Finding(table, _together(drop, files), "wages", REPEATED, n, rows) for files, n in found[:_FILES]]
    return [*parts, Finding(table, ALL, "wages", REPEATED, sum(n for _, n in found), rows)]


def _together(drop: Drop, files: list[int]) -> str:
    names = [drop.files[number].shown.rpartition("/")[2] for number in files]
    return " + ".join(names[:2]) + (f" + {len(names) - 2} more" if len(names) > 2 else "")  # noqa: PLR2004  two are a pair
