"""Whether first and last names of a delivery stand in each other's place, by the names of its sender's other deliveries.

Not here: single rows, of which nobody can tell.
"""

from collections.abc import Collection

from credential_pipeline.clearinghouse.raw_feeds.stage import LINES_PER_FILE
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch

SAMPLE = 2000
"""Rows of a delivery, the first ones, whose names are looked at."""


def sample_names(work: Scratch, stage: Relation, certifier: Certifier) -> Relation | None:
    """The names of the first rows of each delivery: number, given, family, n; None if the feed has not both names.

    Args:
        work: Makes the relation.
        stage: The staged rows.
        certifier: Whose rows they are.
    """
    columns = [certifier.columns.get(name) for name in ("first_name", "last_name")]
    if not all(column is not None and column.source is not None for column in columns):
        return None
    return work.table(
        "names",
        f"""
        WITH looked_at AS (
            SELECT place // {LINES_PER_FILE} AS number, source FROM {stage}
            WHERE reason_code IS NULL AND line <= {SAMPLE}
        )
        SELECT number, upper({certifier.sql("first_name")}) AS given, upper({certifier.sql("last_name")}) AS family, count(*) AS n
        FROM looked_at GROUP BY ALL HAVING given <> '' AND family <> ''
        """,
    )


def votes(con: Connection, names: Relation, number: int, others: Collection[int]) -> tuple[int, int]:
    """How many rows of a delivery look straight by the names of others, and how many reversed.

    Args:
        con: Connection with the relation.
        names: As ``sample_names`` made it.
        number: The delivery.
        others: Numbers of those it is compared with.
    """
    rows = con.execute(
        f"""
        WITH other AS (SELECT * FROM {names} WHERE list_contains($others, number) AND number <> $number),
        givens AS (SELECT given AS name, sum(n) AS n FROM other GROUP BY 1),
        families AS (SELECT family AS name, sum(n) AS n FROM other GROUP BY 1),
        weighed AS (
            SELECT m.n, coalesce(a.n, 0) + coalesce(d.n, 0) AS straight, coalesce(b.n, 0) + coalesce(c.n, 0) AS turned
            FROM {names} AS m LEFT JOIN givens AS a ON a.name = m.given LEFT JOIN families AS b ON b.name = m.given
            LEFT JOIN givens AS c ON c.name = m.family LEFT JOIN families AS d ON d.name = m.family
            WHERE m.number = $number
        )
        SELECT coalesce(sum(n) FILTER (straight > turned), 0), coalesce(sum(n) FILTER (straight < turned), 0) FROM weighed
        """,
        {"others": sorted(others), "number": number},
    ).fetchall()
    return int(rows[0][0]), int(rows[0][1])
