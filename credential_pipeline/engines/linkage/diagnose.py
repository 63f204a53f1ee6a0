"""How a linkage went, in counts, rates and weights. No value of a person, and no category that names one.

Not here: which groups a hop breaks its rates down by, and how small numbers are hidden before somebody reads them.
"""

from collections.abc import Mapping, Sequence

from credential_pipeline.engines.linkage.fields import FIELDS, MIN_PRESENT
from credential_pipeline.engines.linkage.forecast import Forecast
from credential_pipeline.engines.linkage.model import Model
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation


def start(con: Connection, target: str) -> None:
    """Create the empty table of figures: metric, dimension, level, value DOUBLE, n BIGINT."""
    con.execute(
        f"CREATE OR REPLACE TABLE {target} (metric VARCHAR, dimension VARCHAR, level VARCHAR, value DOUBLE, n BIGINT)"
    )


def exists(con: Connection, schema: str, table: str) -> bool:
    """Whether a table or view is there."""
    query = "SELECT count(*) FROM information_schema.tables WHERE table_schema = ? AND table_name = ?"
    return bool(con.execute(query, [schema, table]).fetchall()[0][0])


def add_rates(
    con: Connection, target: str, source: Relation | str, status: str, dimensions: Sequence[str], people: str = ""
) -> None:
    """Add how many have each status, and their share, by dimension.

    Args:
        con: The connection.
        target: Table of figures.
        source: Table or query with the status and the dimensions.
        status: Column with the status.
        dimensions: Columns to break down by, ``all`` for no breakdown; missing counts as ``unknown``.
        people: Column with the number that a row stands for; one if empty.
    """
    for dimension in dimensions:
        con.execute(
            f"""
            INSERT INTO {target}
            WITH counted AS (
                SELECT {_level(dimension)} AS level, {status} AS status, sum({people or 1})::BIGINT AS n FROM {source} GROUP BY 1, 2),
            made AS (SELECT *, sum(n) OVER (PARTITION BY level) AS total FROM counted)
            SELECT 'share_' || status, '{dimension}', level, round(n / total, 6), n FROM made ORDER BY ALL
            """
        )


def _level(dimension: str) -> str:
    return "'all'" if dimension == "all" else f"coalesce({dimension}::VARCHAR, 'unknown')"


def add_expected_errors(con: Connection, target: str, source: Relation | str, dimensions: Sequence[str]) -> None:
    """Add the errors that the model itself expects: ``expected_false`` and ``expected_missed``, with n links.

    The probability of a link says how often such links are wrong: over all links, 1 - p adds up to the false ones.
    Likewise the p of what was not linked adds up to the matches that were missed among the candidates (Fellegi and
    Sunter 1969). Matches that no blocking rule found are not seen.

    Args:
        con: The connection.
        target: Table of figures.
        source: Table or query with has_student, the dimensions, n and p: so many records, and the sum of their match
            probabilities as a decimal, whose sum is the same in any order.
        dimensions: Columns to break down by, ``all`` for no breakdown; missing counts as ``unknown``.
    """
    for dimension in dimensions:
        con.execute(
            f"""
            INSERT INTO {target}
            WITH made AS (
                SELECT {_level(dimension)} AS level, coalesce(sum(n - p) FILTER (has_student), 0) AS expected_false,
                       coalesce(sum(p) FILTER (NOT has_student), 0) AS expected_missed,
                       coalesce(sum(n) FILTER (has_student), 0)::BIGINT AS links
                FROM {source} GROUP BY 1)
            SELECT unnest(['expected_false', 'expected_missed']), '{dimension}', level,
                   round(unnest([expected_false, expected_missed])::DOUBLE, 3), links
            FROM made ORDER BY ALL
            """
        )


def add_histogram(
    con: Connection, target: str, source: Relation | str, metric: str, *, by: str = "", width: int = 4
) -> None:
    """Add the histogram of ``match_weight`` in steps of ``width`` bits.

    Args:
        con: The connection.
        target: Table of figures.
        source: Table or query with match_weight.
        metric: Name of the figure.
        by: Column of the source that becomes the dimension; ``match_weight`` alone if empty.
        width: Bits a step.
    """
    con.execute(
        f"""
        INSERT INTO {target}
        SELECT '{metric}', {by or "'match_weight'"}, (floor(greatest(least(match_weight, 60), -20) / {width}) * {width})::INTEGER::VARCHAR,
               count(*), count(*)
        FROM {source} GROUP BY ALL ORDER BY ALL
        """
    )


def add_presence(con: Connection, target: str, tables: Mapping[str, Relation]) -> tuple[str, ...]:
    """Add in which share of the records of each side every field of a comparison stands; large tables are read once.

    Args:
        con: The connection.
        target: Table of figures.
        tables: Side -> record table.

    Returns:
        The fields that all sides hold, as :func:`credential_pipeline.engines.linkage.fields.shared_fields` has them.
    """
    held = set(FIELDS)
    counts = ", ".join(f"count({columns[0]})" for columns in FIELDS.values())
    for side, table in tables.items():
        rows, *present = con.execute(f"SELECT count(*), {counts} FROM {table}").fetchall()[0]
        for name, n in zip(FIELDS, present, strict=True):
            add_count(con, target, "field_present", round(n / max(rows, 1), 6), side, name, n=rows)
            if n / max(rows, 1) < MIN_PRESENT:
                held.discard(name)
    return tuple(name for name in FIELDS if name in held)


def add_model(con: Connection, target: str, model: Model, fields: Sequence[str]) -> None:
    """Add the match weight log2(m/u) of every level that was used, and what the model is called.

    The rows ``model`` carry the facts of the sidecar as ``<fact>: <text>``; who trained or reviewed it stays there.
    """
    family = str(model.meta.get("family", model.name))
    rows = [(f"{name}.{level}", m, u) for name, level, m, u in model.mu_table() if name in fields]
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
    con.execute(
        f"INSERT INTO {target} SELECT 'level_weight', ?, level, round(log2(m / u), 6), NULL FROM (SELECT "
        "unnest(?::VARCHAR[]) AS level, unnest(?::DOUBLE[]) AS m, unnest(?::DOUBLE[]) AS u)",
        [family, *columns],
    )
    for fact, text in _facts(model).items():
        add_count(con, target, "model", 0, family, f"{fact}: {text}")


def _facts(model: Model) -> dict[str, str]:
    meta = model.meta
    versions = meta.get("versions") or {}
    facts = {
        "name": model.name,
        "date": meta.get("trained_on"),
        "data": meta.get("training_tables"),
        **{str(program): version for program, version in versions.items()},
    }
    return {fact: str(text) for fact, text in facts.items() if text}


def add_count(
    con: Connection,
    target: str,
    metric: str,
    value: float,
    dimension: str = "all",
    level: str = "all",
    *,
    n: int | None = None,
) -> None:
    """Add one figure; ``n`` is the figure itself if not given."""
    rows = int(value) if n is None else n
    con.execute(f"INSERT INTO {target} VALUES (?, ?, ?, ?, ?)", [metric, dimension, level, value, rows])


def add_rules(con: Connection, target: str, pairs: Relation, names: Sequence[str], family: str) -> None:
    """Add how many candidate pairs each blocking rule found first.

    Args:
        con: The connection.
        target: Table of figures.
        pairs: Table with rule, the index of the first rule that found a pair; below zero for the sender's person id.
        names: Names of the rules.
        family: Family of the model that the pairs are for.
    """
    for rule, n in con.execute(f"SELECT rule, count(*) FROM {pairs} GROUP BY ALL ORDER BY ALL").fetchall():
        add_count(con, target, "candidate_pairs", n, family, names[rule] if rule >= 0 else "person_ref")


def add_skipped_blocks(con: Connection, target: str, forecast: Forecast, family: str) -> None:
    """Add how many blocks each rule left out as too large, with n records in them.

    Args:
        con: The connection.
        target: Table of figures.
        forecast: What blocking told of its rules.
        family: Family of the model that the pairs are for.
    """
    for rule in sorted(forecast.rules, key=lambda rule: rule.rule):
        add_count(con, target, "skipped_blocks", rule.skipped_blocks, family, rule.rule, n=rule.skipped_records)
