"""Which pairs training looks at: random ones for u, and for each pass those that agree on a field.

Every choice depends on the records' numbers and the seed alone, never on the order of rows. Not here: what is estimated from
them (estimation).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from credential_pipeline.engines.linkage.comparisons import Comparison
from credential_pipeline.engines.linkage.estimation import Patterns
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation

EM_PAIRS = 3_000_000
MIN_SHARE = 0.05
"""Share of rows that must have a value in every column of a pass."""


@dataclass(frozen=True)
class Pass:
    """One pass of expectation maximisation.

    Attributes:
        columns: Pairs agree on these columns.
        blocks: Comparisons that use them, on which the pass is silent.
    """

    columns: tuple[str, ...]
    blocks: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its name in sidecars."""
        return "+".join(self.columns)


PASSES = (Pass(("birth_date",), ("birth_date",)), Pass(("full_name",), ("name",)))
FALLBACK_PASS = Pass(("street", "zip"), ("address",))
"""Trains the names where too few rows hold a birth date for a pass of its own."""


def enough_hold(con: Connection, item: Pass, tables: Sequence[Relation]) -> bool:
    """Whether enough rows of every table hold the columns of a pass."""
    present = " AND ".join(f"{column} IS NOT NULL" for column in item.columns)
    shares = [
        con.execute(f"SELECT coalesce(avg(({present})::INTEGER), 0) FROM {table}").fetchall()[0][0] for table in tables
    ]
    return bool(min(shares) >= MIN_SHARE)


def random_pairs(rows: tuple[int, int], seed: int, wanted: int, *, within: bool) -> str:
    """A query of (l, r): all pairs of small tables, else a sample that depends on the seed alone."""
    if rows[0] * rows[1] <= wanted * (2 if within else 1):
        where = "WHERE l < r" if within else ""
        return f"SELECT l, r FROM range(1, {rows[0] + 1}) a(l), range(1, {rows[1] + 1}) b(r) {where}"
    drawn = ", ".join(
        f"(hash({seed}, '{side}', i) % {size} + 1)::BIGINT AS {side}" for side, size in zip("lr", rows, strict=True)
    )
    return f"SELECT l, r FROM (SELECT {drawn} FROM range({wanted}) t(i)) {'WHERE l <> r' if within else ''}"


def agreeing_pairs(
    con: Connection, item: Pass, tables: tuple[Relation, Relation], *, within: bool
) -> tuple[str, float]:
    """A query of (l, r): the pairs of a pass, of some left records if all would be too many; and how many all are."""
    same = " AND ".join(f"a.{column} = b.{column}" for column in item.columns)
    keys = ", ".join(item.columns)
    held = [f"SELECT {keys}, count(*) AS n FROM {table} GROUP BY ALL" for table in tables]
    product = "a.n * (a.n - 1) / 2" if within else "a.n::HUGEINT * b.n"
    number = con.execute(
        f"SELECT coalesce(sum({product}), 0)::DOUBLE FROM ({held[0]}) a JOIN ({held[1]}) b ON {same}"
    ).fetchall()[0][0]
    parts = -(-int(number) // EM_PAIRS) or 1
    some = f"AND hash(a.unique_id) % {parts} = 0" if parts > 1 else ""
    order = "AND a.unique_id < b.unique_id" if within else ""
    query = f"SELECT a.unique_id AS l, b.unique_id AS r FROM {tables[0]} a JOIN {tables[1]} b ON {same} {some} {order}"
    return query, float(number)


def exact_shares(
    con: Connection,
    chosen: Sequence[Comparison],
    tables: tuple[Relation, Relation],
    random: Patterns,
    possible: float,
    *,
    within: bool,
) -> dict[str, float]:
    """Share of the pairs, of those that know the field, that agree on it exactly; counted over all of them."""
    made = {}
    for item in chosen:
        column = item.exact_column
        if column is None:
            continue
        held = [
            f"SELECT {column} AS v, count(*) AS n FROM {table} WHERE v IS NOT NULL GROUP BY ALL" for table in tables
        ]
        product = "a.n * (a.n - 1) / 2" if within else "a.n::HUGEINT * b.n"
        agree = con.execute(
            f"SELECT coalesce(sum({product}), 0)::DOUBLE FROM ({held[0]}) a JOIN ({held[1]}) b USING (v)"
        ).fetchall()[0][0]
        known = random.counts(item.name, len(item.level_names)).sum() / max(random.pairs.sum(), 1)
        if known > 0:
            made[item.name] = min(agree / (possible * known), 1.0)
    return made
