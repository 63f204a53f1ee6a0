"""What a rule is, and the few sentences in which suites are written.

A rule looks either at the values of one column (``column_in``) or at one number that SQL counts (``none_where``,
``share_where``, ``number``). Counting in DuckDB keeps rules on ten million rows cheap; Great Expectations decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from credential_pipeline.foundation.contracts.table import Snapshot
from credential_pipeline.foundation.quoting import literal

Severity = Literal["block", "warn"]

NAMEABLE = frozenset(
    {
        "certifier",
        "delivery",
        "dimension",
        "level",
        "table",
        "measure",
        "partner",
        "request_id",
        "reason_code",
        "fault",
        "attack",
    }
)
"""Columns whose values may be shown where a rule is broken: names of files, senders, figures and attacks, never of people."""


@dataclass(frozen=True)
class Rule:
    """One rule of a gate.

    Attributes:
        name: Name of the rule; its asset check has it after a digit (gate.py).
        why: The reason for the rule, a sentence for people.
        query: SQL whose only column the expectation judges.
        expectation: Class name in ``great_expectations.expectations``.
        kwargs: Arguments of the expectation, without the column.
        severity: ``block`` keeps the data back, ``warn`` lets it pass with a warning.
        single: True if the query gives one number; it is then shown as metadata.
        telling: False for what every table owes to its contract; shown after the hop's own rules.
        blame: SQL that is run where the rule is broken: what broke it, by a name that is nobody's (file, certifier,
            figure; see :data:`NAMEABLE`), and how often; empty where only tables and columns can be named.
    """

    name: str
    why: str
    query: str
    expectation: str
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity = "block"
    single: bool = True
    telling: bool = True
    blame: str = ""


def by(columns: Sequence[str], table: str, condition: str) -> str:
    """The blame of a rule about rows: how many of those that meet the condition each named thing has.

    Args:
        columns: Columns of the table that name it together, out of :data:`NAMEABLE`.
        table: Where the rows are.
        condition: What makes a row a bad one.

    Raises:
        ValueError: A column may hold what points to a person.
    """
    if unknown := set(columns) - NAMEABLE:
        raise ValueError(f"a gate must not show the values of {', '.join(sorted(unknown))}")
    label = ", ".join(f"coalesce(\"{column}\"::VARCHAR, 'unknown')" for column in columns)
    return f"SELECT concat_ws('/', {label}), count(*) FROM {table} WHERE {condition} GROUP BY ALL"


def number(
    name: str,
    why: str,
    sql: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    severity: Severity = "block",
    blame: str = "",
) -> Rule:
    """One number lies within bounds.

    Args:
        name: Name of the check.
        why: Reason.
        sql: A query that gives one number.
        at_least: Lower bound, inclusive.
        at_most: Upper bound, inclusive.
        severity: ``block`` or ``warn``.
        blame: SQL that names what broke it, see :class:`Rule`.
    """
    bounds = {key: value for key, value in (("min_value", at_least), ("max_value", at_most)) if value is not None}
    # Of one number the greatest, which is asked for in a third of the time that all values of a column take.
    return Rule(name, why, sql, "ExpectColumnMaxToBeBetween", bounds, severity, blame=blame)


def none_where(
    name: str, why: str, table: str, condition: str, severity: Severity = "block", *, named_by: Sequence[str] = ()
) -> Rule:
    """No row of the table meets the condition; rows that do are told by the columns that name them."""
    sql = f"SELECT count(*) FROM {table} WHERE {condition}"
    blame = by(named_by, table, condition) if named_by else ""
    return number(name, why, sql, at_most=0, severity=severity, blame=blame)


def share_where(
    name: str,
    why: str,
    table: str,
    condition: str,
    *,
    at_most: float,
    severity: Severity = "warn",
    named_by: Sequence[str] = (),
) -> Rule:
    """At most a share of the table's rows meets the condition; rows that do are told by the columns that name them."""
    sql = f"SELECT coalesce(avg(CAST({condition} AS INTEGER)), 0) FROM {table}"
    blame = by(named_by, table, condition) if named_by else ""
    return number(name, why, sql, at_most=at_most, severity=severity, blame=blame)


def column_in(
    name: str,
    why: str,
    table: str,
    column: str,
    values: Sequence[str],
    severity: Severity = "block",
    *,
    required: bool = False,
    named_by: Sequence[str] = (),
) -> Rule:
    """Every value of the column belongs to a closed list; a missing one passes unless it is required.

    Great Expectations skips missing values, so where one is required it is judged as the empty text.
    """
    judged = f"coalesce(\"{column}\", '')" if required else f'"{column}"'
    listed = ", ".join(literal(value) for value in values)
    # Of the values in the list one each is enough to judge; a million of them take seconds to hand over.
    sql = (
        f"SELECT {judged} FROM {table} WHERE {judged} NOT IN ({listed})"
        f" UNION ALL (SELECT DISTINCT {judged} FROM {table} WHERE {judged} IN ({listed}) OR {judged} IS NULL)"
    )
    blame = by(named_by, table, f"{judged} NOT IN ({listed})") if named_by else ""
    kwargs = {"value_set": list(values)}
    return Rule(name, why, sql, "ExpectColumnValuesToBeInSet", kwargs, severity, single=False, blame=blame)


def compared_rule(schema: str, why: str) -> Rule:
    """There is an earlier version to compare with, unless this is the first one; what was not compared stands in a table.

    Args:
        schema: Schema of what the gate compares with.
        why: What passes unseen without it.
    """
    return none_where(
        "compared_with_earlier_version", why, f"{schema}.not_compared", "true", "warn", named_by=("measure",)
    )


def _repeated(table: str, keys: str) -> str:
    """SQL of how many rows have a key that stands in another row.

    Where each key is greater than the one before, which one look at a sorted file tells, none can stand twice; only
    otherwise are they counted, which takes several times as long.
    """
    return f"""
        WITH step AS (SELECT row({keys}) > lag(row({keys})) OVER () AS follows FROM {table}),
        doubt AS (SELECT count(*) AS steps FROM step WHERE follows IS FALSE)
        SELECT count(*) - count(DISTINCT row({keys})) FROM {table}, doubt WHERE doubt.steps > 0
    """


def contract_rules(snapshot: Snapshot) -> tuple[Rule, ...]:
    """The rules that every table owes to its contract: rows are there, keys are present and, where promised, unique.

    They come first in every suite, because Great Expectations passes vacuously on an empty or an all-null column.
    """
    rules: list[Rule] = []
    for table in snapshot:
        name = f'{snapshot.name}."{table.name}"'
        keys = ", ".join(f'"{key}"' for key in table.key)
        absent = " OR ".join(f'"{key}" IS NULL' for key in table.key if table.unique or key == table.key[0])
        if not table.may_be_empty:
            why = f"An empty table {table.name} would pass every other rule and blank everything built on it."
            rules.append(number(f"{table.name}_has_rows", why, f"SELECT count(*) FROM {name}", at_least=1))
        why = f"A row of {table.name} without its key cannot be traced or joined."
        named_by = [
            column for column in ("certifier", "delivery", "partner", "request_id") if column in table.column_names
        ]
        rules.append(none_where(f"{table.name}_key_present", why, name, absent, named_by=named_by))
        if table.unique:
            why = f"A key that stands twice in {table.name} counts a person or an event twice."
            sql = _repeated(name, keys)
            twice = f"(SELECT * FROM {name} QUALIFY count(*) OVER (PARTITION BY {keys}) > 1)"
            blame = by(named_by, twice, "true") if named_by else ""
            rules.append(number(f"{table.name}_key_unique", why, sql, at_most=0, blame=blame))
    return tuple(replace(rule, telling=False) for rule in rules)
