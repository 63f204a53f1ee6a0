"""DuckDB's SQL, as the linkage steps write it, turned into Spark's.

sqlglot knows most differences. Added are those that it leaves alone: lists unnested side by side, hashes, whole
division, places in a list, and numbers with a point, which are decimals in Spark. Not here: running anything.
"""

from collections.abc import Callable

import sqlglot
from sqlglot import exp

Tree = exp.Expr
"""A node of parsed SQL."""
FUNCTIONS = {"hash": "xxhash64"}
"""Functions that sqlglot leaves alone: DuckDB's name -> Spark's."""


def parse(query: str) -> Tree:
    """The tree of one statement in DuckDB's SQL."""
    return sqlglot.parse_one(query, dialect="duckdb")


def view_name(table: exp.Table) -> str:
    """The name of a table's view on Spark, where temporary views have no schema."""
    return f"{table.db}__{table.name}" if table.db else str(table.name)


def tables(tree: Tree) -> list[exp.Table]:
    """The tables that a query reads, without those that it names itself."""
    named = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
    return [table for table in tree.find_all(exp.Table) if table.name and (table.db or table.name not in named)]


def spark_sql(tree: Tree) -> str:
    """The text of a query in Spark's SQL."""
    made = tree.copy()
    for table in tables(made):
        table.set("this", exp.to_identifier(view_name(table)))
        table.set("db", None)
    for change in _CHANGES:
        made = made.transform(change)
    return str(made.sql(dialect="spark"))


def _side_by_side(node: Tree) -> Tree:
    """Several lists unnested in one SELECT go in step; Spark allows one generator, which may give several columns."""
    if not isinstance(node, exp.Select):
        return node
    found = [item for item in node.expressions if isinstance(item.unalias(), exp.Explode)]
    if len(found) > 1:
        zipped = exp.Anonymous(this="ARRAYS_ZIP", expressions=[item.unalias().this for item in found])
        names = [exp.to_identifier(item.alias) for item in found]
        both = exp.Aliases(this=exp.Anonymous(this="INLINE", expressions=[zipped]), expressions=names)
        node.set("expressions", [*(item for item in node.expressions if item not in found), both])
    return node


def _function(node: Tree) -> Tree:
    if isinstance(node, exp.Anonymous) and str(node.this).lower() in FUNCTIONS:
        node.set("this", FUNCTIONS[str(node.this).lower()])
    return node


def _whole_division(node: Tree) -> Tree:
    """Spark's DIV gives BIGINT, which hashes differently from the INTEGER that DuckDB gives."""
    if isinstance(node, exp.IntDiv) and not isinstance(node.parent, exp.Cast):
        return exp.cast(node.copy(), "INT")
    return node


def _place(node: Tree) -> Tree:
    """DuckDB counts places from 1; sqlglot shifts literal places only."""
    if isinstance(node, exp.Bracket) and not isinstance(node.expressions[0], exp.Literal):
        return exp.Anonymous(this="ELEMENT_AT", expressions=[node.this, node.expressions[0]])
    return node


def _double(node: Tree) -> Tree:
    if (
        isinstance(node, exp.Literal)
        and not node.is_string
        and not node.is_int
        and not isinstance(node.parent, exp.Cast)
    ):
        return exp.cast(node.copy(), "DOUBLE")
    return node


_CHANGES: tuple[Callable[[Tree], Tree], ...] = (
    _side_by_side,
    _function,
    _whole_division,
    _place,
    _double,
)
