"""How frequent names, places and birth dates are in a population, which is what agreement on them weighs.

Not here: the records (fields.py), and how a frequency changes a weight (model.py).
"""

from collections.abc import Mapping

from credential_pipeline.engines.linkage.fields import FULL_NAME, HOME
from credential_pipeline.engines.linkage.sql import Sql
from credential_pipeline.foundation.storage.relation import Relation

FREQUENCY_COLUMNS = ("full_name", "first_name", "last_name", "zip", "city", "state")
"""Columns whose frequency in the population adjusts the weight of agreement."""
ODD_SHARE = 2e-5
"""Share of a population up to which a first name may be a slip of the pen."""
VALUES = {
    **dict(zip(FREQUENCY_COLUMNS, (FULL_NAME, *FREQUENCY_COLUMNS[1:]), strict=True)),
    "birth_date": "birth_ymd::VARCHAR",
    "home": HOME,
    "street": "street",
}
"""Column with a frequency -> its value in a record table."""
DEFAULT_DIGITS = (20, 10.0)
"""Last four digits are a default if more than so many people hold them, and so many times as many as by chance."""
USUAL_DATES = 4.0
"""The usual frequency of a date counts as much as so many people who were born on it."""
USUAL_PAIRS = 20.0
"""The typical frequency of a date counts as much as so many pairs of people who share one."""
MANY_TIMES = 5
"""A date that so many times as many people hold as the mean, and so many more, is no ordinary one."""
DAYS = 365.25
"""Days of a year."""
HOUSEHOLD = 10
"""So many people at one address may be of one household; those beyond live in a dormitory, a barracks or a home."""
ASSOCIATION = 2.0
"""How much more often than by chance the parts of a full name meet: both tell of origin and generation."""


def make_known_names(sql: Sql, population: Relation) -> Relation:
    """The first names that are no slip of the pen: those that several people of a population bear."""
    least = f"greatest(1, {ODD_SHARE} * (SELECT count(first_name) FROM {population}))"
    return sql.table(
        "known_names",
        f"SELECT first_name AS known FROM {population} WHERE first_name IS NOT NULL GROUP BY first_name HAVING count(*) > {least}",
    )


def make_default_digits(sql: Sql, population: Relation) -> Relation:
    """Last four digits that stand for none, such as 0000 or 9999: far more of a population hold them than chance explains."""
    least, times = DEFAULT_DIGITS
    return sql.table(
        "default_digits",
        f"SELECT ssn_last4 AS digits FROM {population} WHERE ssn_last4 IS NOT NULL GROUP BY ssn_last4 "
        f"HAVING count(*) > {least} + {times} / 10000 * (SELECT count(ssn_last4) FROM {population})",
    )


def make_common_days(sql: Sql, population: Relation) -> Relation:
    """Days of the year on which more of a population were born than on others, as 1 January where of many the year alone is known.

    Returns:
        ``day`` (MMDD) and ``bits``: log2 of how many times as many as by chance, above 0; the usual number counts as much as
        :data:`USUAL_DATES` people.
    """
    by_chance = f"(SELECT count(birth_ymd) FROM {population}) / {DAYS}"
    times = f"(greatest(count(*) - 1, 0) + {USUAL_DATES}) / ({by_chance} + {USUAL_DATES})"
    return sql.table(
        "common_days",
        f"SELECT substr(birth_ymd::VARCHAR, 5, 4) AS day, log2({times}) AS bits FROM {population} WHERE birth_ymd IS NOT NULL "
        f"GROUP BY substr(birth_ymd::VARCHAR, 5, 4) HAVING {times} > 1",
    )


def make_frequencies(
    sql: Sql, left: Relation, population: Relation, chance: Mapping[str, float]
) -> dict[str, Relation]:
    """Tables (value, frequency) of how frequent names, places and birth dates of the left records are in a population.

    Only values of the left side are looked up, because a frequency counts only where both sides agree.

    Args:
        sql: What executes it.
        left: Record table whose values are wanted.
        population: Record table whose frequencies count (the registry, not the feed).
        chance: Share of strangers who agree exactly on ``birth_date``, ``home`` and ``street``, of those that are compared.

    Returns:
        Column -> table.
    """
    made = {}
    counted = ", ".join(f"greatest(count({column}), 1)::DOUBLE AS {column}" for column in FREQUENCY_COLUMNS[1:])
    totals = sql.table("frequency_total", f"SELECT {counted} FROM {population}")
    for column in FREQUENCY_COLUMNS:
        # A full name is counted by its two parts: joining words to one for millions of records takes longer.
        parts = ("first_name", "last_name") if column == "full_name" else (column,)
        key, value = ", ".join(parts), " || ' ' || ".join(parts)
        present = " AND ".join(f"{part} IS NOT NULL" for part in parts)
        made[column] = sql.table(
            f"frequency_{column}",
            f"""
            WITH wanted AS (SELECT DISTINCT {key} FROM {left} WHERE {present}),
            total AS (SELECT {parts[0]} AS n FROM {totals}),
            held AS (SELECT {key}, count(*) AS n FROM {population} SEMI JOIN wanted USING ({key}) GROUP BY {key})
            SELECT {value} AS value, {key if len(parts) > 1 else "NULL AS part"},
                   coalesce(h.n, 1) / total.n AS frequency, total.n AS n
            FROM wanted w CROSS JOIN total LEFT JOIN held h USING ({key})
            """,
        )
    made |= _dates_and_homes(sql, left, population, chance)
    sql.drop(totals)
    return made | {"full_name": _others_of_the_name(sql, made)}


def _dates_and_homes(
    sql: Sql, left: Relation, population: Relation, chance: Mapping[str, float]
) -> dict[str, Relation]:
    """How frequent birth dates and addresses are: the usual chance, unless many share one."""
    made = {}
    size = f"(SELECT count(*)::DOUBLE FROM {population})"
    if typical := chance.get("birth_date"):
        # A table that is compared with itself holds people several times, who share a date with themselves.
        shared = typical if population is left else _usual_date(sql, population, typical)
        rate = f"{shared} * (greatest(h.n - 1, 0) + {USUAL_DATES}) / ({shared} * {size} + {USUAL_DATES})"
        made["birth_date"] = sql.table(
            "frequency_birth_date",
            f"""
            WITH wanted AS (SELECT DISTINCT birth_ymd FROM {left} WHERE birth_ymd IS NOT NULL),
            held AS (
                SELECT birth_ymd, count(*) AS n FROM {population} SEMI JOIN wanted USING (birth_ymd) GROUP BY birth_ymd)
            SELECT birth_ymd::VARCHAR AS value, {rate} AS frequency FROM held h
            """,
        )
    for column in ("home", "street"):
        if usual := chance.get(column):
            # Those beyond a household are strangers to one another.
            made[column] = sql.table(
                f"frequency_{column}",
                f"""
                WITH wanted AS (SELECT DISTINCT {VALUES[column]} AS value, street FROM {left}),
                held AS (
                    SELECT {VALUES[column]} AS value, count(*) AS n FROM {population} SEMI JOIN wanted USING (street)
                    GROUP BY {VALUES[column]})
                SELECT h.value, {usual} + greatest(h.n - {HOUSEHOLD}, 0) / {size} AS frequency
                FROM held h SEMI JOIN wanted w ON w.value = h.value
                """,
            )
    return made


def _usual_date(sql: Sql, population: Relation, typical: float) -> float:
    """How often two people of a population share an ordinary birth date, drawn to what is typical.

    Students were born in fewer years than everybody. Dates that far more people hold than most are left out: they have a
    frequency of their own.
    """
    alike, pairs = sql.execute(
        f"""
        WITH held AS (SELECT birth_ymd, count(*)::DOUBLE AS n FROM {population} WHERE birth_ymd IS NOT NULL GROUP BY birth_ymd),
        every AS (SELECT sum(n) AS people, avg(n) AS mean FROM held),
        ordinary AS (SELECT n, people FROM held CROSS JOIN every WHERE n <= {MANY_TIMES} * mean + {MANY_TIMES})
        SELECT coalesce(sum(n * (n - 1)), 0.0), coalesce(sum(n * (people - 1)), 0.0) FROM ordinary
        """
    ).fetchall()[0]
    return float((alike + USUAL_PAIRS) / (pairs + USUAL_PAIRS / typical))


def _others_of_the_name(sql: Sql, made: Mapping[str, Relation]) -> Relation:
    """How frequent a full name is among *other* people.

    A name that one record holds is counted by the very record that it may lead to. How many others hold it is the mean of
    a Poisson rate: expected from the frequencies of its parts, with the weight of one observation, and observed.
    """
    return sql.table(
        "frequency_others",
        f"""
        WITH named AS (
            SELECT t.value, t.frequency, {ASSOCIATION} * t.n * f.frequency * l.frequency AS expected
            FROM {made["full_name"]} t JOIN {made["first_name"]} f ON f.value = t.first_name
            JOIN {made["last_name"]} l ON l.value = t.last_name)
        SELECT value, frequency * expected / (1 + expected) AS frequency FROM named
        """,
    )


def add_frequencies(sql: Sql, features: Relation, frequencies: Mapping[str, Relation], scale: float) -> Relation:
    """The feature table with ``tf_<column>``.

    Args:
        sql: What executes it.
        features: The feature table.
        frequencies: Column -> table, of :func:`make_frequencies`.
        scale: Factor of the frequencies.
    """
    joins = " ".join(f"LEFT JOIN {table} t_{name} ON t_{name}.value = f.{name}" for name, table in frequencies.items())
    added = ", ".join(f"t_{name}.frequency * {scale} AS tf_{name}" for name in frequencies)
    return sql.table("features", f"SELECT f.*, {added} FROM {features} f {joins}")
