"""How a linkage went, in counts, rates and weights. No value of a person, and no category that names one."""

from collections.abc import Sequence

from credential_pipeline.linkage.model import Model
from credential_pipeline.storage.engine import Connection


def start(con: Connection, target: str) -> None:
    """Create the empty table of figures: metric, dimension, level, value DOUBLE, n BIGINT."""
    con.execute(
        f"CREATE OR REPLACE TABLE {target} (metric VARCHAR, dimension VARCHAR, level VARCHAR, value DOUBLE, n BIGINT)"
    )


def add_rates(con: Connection, target: str, source: str, status: str, dimensions: Sequence[str]) -> None:
    """Add how many rows have each status, and their share, overall and by dimension.

    Args:
        con: The connection.
        target: Table of figures.
        source: Table or query with the status and the dimensions.
        status: Column with the status.
        dimensions: Columns to break down by; missing counts as ``unknown``.
    """
    for dimension in ("all", *dimensions):
        level = "'all'" if dimension == "all" else f"coalesce({dimension}::VARCHAR, 'unknown')"
        con.execute(
            f"""
            INSERT INTO {target}
            WITH rows AS (SELECT {level} AS level, {status} AS status FROM {source}),
            counted AS (SELECT level, status, count(*) AS n FROM rows GROUP BY ALL),
            made AS (SELECT *, sum(n) OVER (PARTITION BY level) AS total FROM counted)
            SELECT 'share_' || status, '{dimension}', level, round(n / total, 6), n FROM made ORDER BY ALL
            """
        )


def add_histogram(con: Connection, target: str, source: str, metric: str, width: int = 4) -> None:
    """Add the histogram of ``match_weight`` in steps of ``width`` bits.

    Args:
        con: The connection.
        target: Table of figures.
        source: Table or query with match_weight.
        metric: Name of the figure.
        width: Bits a step.
    """
    con.execute(
        f"""
        INSERT INTO {target}
        SELECT '{metric}', 'match_weight', (floor(greatest(least(match_weight, 60), -20) / {width}) * {width})::INTEGER::VARCHAR,
               count(*), count(*)
        FROM {source} GROUP BY ALL ORDER BY ALL
        """
    )


def add_model(con: Connection, target: str, model: Model, fields: Sequence[str]) -> None:
    """Add the match weight log2(m/u) of every level that was used."""
    rows = [
        (model.meta.get("family", model.name), f"{name}.{level}", m, u)
        for name, level, m, u in model.mu_table()
        if name in fields
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    con.execute(
        f"INSERT INTO {target} SELECT 'level_weight', family, level, round(log2(m / u), 6), NULL FROM (SELECT "
        "unnest(?::VARCHAR[]) AS family, unnest(?::VARCHAR[]) AS level, unnest(?::DOUBLE[]) AS m, unnest(?::DOUBLE[]) AS u)",
        columns,
    )


def add_count(
    con: Connection, target: str, metric: str, value: float, dimension: str = "all", level: str = "all"
) -> None:
    """Add one figure."""
    con.execute(f"INSERT INTO {target} VALUES (?, ?, ?, ?, ?)", [metric, dimension, level, value, int(value)])


def add_rules(con: Connection, target: str, pairs: str, names: Sequence[str]) -> None:
    """Add how many candidate pairs each blocking rule found first."""
    for rule, n in con.execute(f"SELECT rule, count(*) FROM {pairs} GROUP BY ALL ORDER BY ALL").fetchall():
        add_count(con, target, "candidate_pairs", n, "blocking_rule", names[rule] if rule >= 0 else "person_ref")
