"""What breaks rules that several suites have: dates and references of drops, cells that must not show."""

SHOWN = {
    "no_small_cells": "UPDATE {s}.published_outcomes SET n = 9 WHERE cell_id = 's1'",
    "hidden_cells_are_empty": "UPDATE {s}.published_outcomes SET value = 1 WHERE cell_id = 'x1'",
}


def noticed(schema: str, table: str, measure: str, finding: str, found: int, rows: int, delivery: str = "all") -> str:
    """One thing that was noticed in a drop."""
    values = f"'{table}', '{delivery}', '{measure}', '{finding}', {found}, {rows}, 'because'"
    return f"INSERT INTO {schema}.drop_findings VALUES ({values})"


def dates(schema: str) -> dict[str, str | tuple[str, ...]]:
    """Dates of many files, or of one, that cannot be read."""
    return {
        "dates_readable": (
            noticed(schema, "persons", "birth_date", "unreadable", 6, 100),
            noticed(schema, "persons", "birth_date", "unreadable", 20, 39, "a.csv"),
        ),
        "every_date_readable": noticed(schema, "persons", "birth_date", "unreadable", 1, 10_000),
        "every_category_known": noticed(schema, "degrees", "degree_level", "unknown word", 1, 10_000),
    }
