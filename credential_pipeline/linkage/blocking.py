"""The named rules that find candidate pairs, bounded by the size of their blocks.

Each rule is an equality of keys. Rules without a birth date exist because most lost pairs lack one on one side.
A block that holds more right records than the bound of its rule says too little about who is who, and is left out.
Not here: scores.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from credential_pipeline.linkage.fields import load_nicknames, surname_words
from credential_pipeline.storage.engine import Connection


@dataclass(frozen=True)
class Rule:
    """One way to become a candidate pair.

    Attributes:
        name: Its name in models, sidecars and diagnostics.
        left: Key expressions over the left record; all must be present and equal to those of the right.
        right: Key expressions over the right record; as ``left`` if empty.
        bound: The most right records that a block may hold.
        needs: Fields that both sides must hold.
        where: Extra condition over ``l`` and ``r``.
        surnames: Match over every surname a person may go by, and every form of the first name.
    """

    name: str
    left: tuple[str, ...]
    right: tuple[str, ...] = ()
    bound: int = 500
    needs: tuple[str, ...] = ()
    where: str = ""
    surnames: bool = False


_F1 = "substr(first_name, 1, 1)"
_L1 = "substr(last_name, 1, 1)"
_DAY = "(month(birth_date) * 100 + day(birth_date))"
_MONTH = "(year(birth_date) * 100 + month(birth_date))"
_YEAR_DAY = "(year(birth_date) * 100 + day(birth_date))"
_SWAPPED = "try(make_date(year(birth_date), day(birth_date), month(birth_date)))"
_HOUSE = "regexp_extract(street, '^[0-9]+')"
_BIRTH = ("birth_date",)

# Of two birth dates at least two parts agree, or day and month are swapped: otherwise a name alone is no evidence.
LIKE_DATES = (
    "(l.birth_date IS NULL OR r.birth_date IS NULL"
    " OR (year(l.birth_date) = year(r.birth_date))::INTEGER + (month(l.birth_date) = month(r.birth_date))::INTEGER"
    " + (day(l.birth_date) = day(r.birth_date))::INTEGER >= 2"
    " OR (year(l.birth_date) = year(r.birth_date) AND month(l.birth_date) = day(r.birth_date)"
    " AND day(l.birth_date) = month(r.birth_date)))"
)

RULES: tuple[Rule, ...] = (
    Rule("birth_date+first", ("birth_date", "substr(first_name, 1, 2)"), needs=_BIRTH),
    Rule("birth_date+last", ("birth_date", "substr(last_name, 1, 2)"), needs=_BIRTH),
    Rule("birth_date+crossed_initials", ("birth_date", _F1, _L1), ("birth_date", _L1, _F1), needs=_BIRTH),
    Rule("birth_swapped+initials", (_SWAPPED, _L1, _F1), ("birth_date", _L1, _F1), needs=_BIRTH),
    Rule("names", ("first_name", "last_name"), bound=100, where=LIKE_DATES, surnames=True),
    Rule("names_swapped", ("first_name", "last_name"), ("last_name", "first_name"), bound=50, where=LIKE_DATES),
    Rule("last+month_day+first_initial", ("last_name", _DAY, _F1), bound=50, needs=_BIRTH),
    Rule("last+year_month+first_initial", ("last_name", _MONTH, _F1), bound=50, needs=_BIRTH),
    Rule("last+year_day+first_initial", ("last_name", _YEAR_DAY, _F1), bound=50, needs=_BIRTH),
    Rule(
        "prefixes+year",
        ("substr(first_name, 1, 3)", "substr(last_name, 1, 4)", "year(birth_date)"),
        bound=30,
        needs=_BIRTH,
    ),
    Rule(
        "prefixes_without_birth_date",
        ("substr(first_name, 1, 4)", "substr(last_name, 1, 5)"),
        bound=50,
        where="(l.birth_date IS NULL OR r.birth_date IS NULL)",
    ),
    Rule("zip+last+first_initial", ("zip", "last_name", _F1), bound=50, needs=("address",)),
    Rule(
        "zip+first_without_birth_date",
        ("zip", "first_name"),
        bound=50,
        needs=("address",),
        where="(l.birth_date IS NULL OR r.birth_date IS NULL)",
    ),
    Rule("zip+house+first_initial", ("zip", _HOUSE, _F1), bound=20, needs=("address",)),
    Rule("last4+last", ("ssn_last4", "last_name"), bound=50, needs=("ssn_last4",)),
    Rule("last4+first", ("ssn_last4", "first_name"), bound=50, needs=("ssn_last4",)),
    Rule("last4+birth_date", ("ssn_last4", "birth_date"), bound=50, needs=("ssn_last4", "birth_date")),
    Rule("email", ("email",), bound=20, needs=("email",)),
    Rule("phone", ("phone",), bound=20, needs=("phone",)),
)


def usable(rules: Iterable[Rule], fields: Sequence[str]) -> tuple[Rule, ...]:
    """The rules whose fields both sides hold, in order."""
    return tuple(rule for rule in rules if set(rule.needs) <= set(fields))


def _keys(expressions: Sequence[str]) -> str:
    return ", ".join(f"{expression} AS k{i}" for i, expression in enumerate(expressions))


def _present(expressions: Sequence[str]) -> str:
    return " AND ".join(f"k{i} IS NOT NULL" for i in range(len(expressions)))


def _pairs_sql(rule: Rule, number: int, left: str, right: str, *, within: bool) -> str:
    """One rule as a query of (left_record, right_record, rule)."""
    right_keys = rule.right or rule.left
    on = " AND ".join(f"l.k{i} = r.k{i}" for i in range(len(rule.left)))
    key = ", ".join(f"k{i}" for i in range(len(rule.left)))
    conditions = [text for text in (rule.where, "l.record < r.record" if within else "") if text]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"""
        (WITH l AS MATERIALIZED (
            SELECT * FROM (SELECT record, birth_date, {_keys(rule.left)} FROM {left}) WHERE {_present(rule.left)}),
        held AS MATERIALIZED (
            SELECT r.* FROM (SELECT record, birth_date, {_keys(right_keys)} FROM {right}) r
            SEMI JOIN l ON {on}),
        big AS (SELECT {key} FROM held GROUP BY ALL HAVING count(*) > {rule.bound})
        SELECT l.record AS left_record, r.record AS right_record, {number} AS rule
        FROM l JOIN (SELECT r.* FROM held r ANTI JOIN big l ON {on}) r ON {on} {where})
    """


def _variants_sql(table: str, nicknames: str | None) -> str:
    """Every (first name, surname) that a record may go by; with nickname forms if the table is given."""
    surnames = surname_words("last_words", "last_name", "previous_last_name")
    rows = f"""
        SELECT record, birth_date, first_name, last_name FROM {table}
        UNION
        SELECT record, birth_date, first_name, unnest({surnames}) AS last_name FROM {table}
        WHERE last_words IS NOT NULL OR previous_last_name IS NOT NULL
    """
    if nicknames is None:
        return f"({rows})"
    return f"""
        (WITH surname AS ({rows}),
        other AS (
            SELECT DISTINCT a.name AS name, b.name AS form
            FROM (SELECT name, unnest(groups) AS formal FROM {nicknames}) a
            JOIN (SELECT name, unnest(groups) AS formal FROM {nicknames}) b USING (formal))
        FROM surname UNION
        SELECT s.record, s.birth_date, other.form, s.last_name FROM surname s JOIN other ON other.name = s.first_name)
    """


def make_pairs(con: Connection, target: str, left: str, right: str | None, rules: Sequence[Rule]) -> int:
    """Create the table of candidate pairs.

    Args:
        con: The connection.
        target: Temporary table to create: left_record, right_record, rule (index of the first rule that found it).
        left: Record table.
        right: Record table of the other side, or None to pair the left one with itself (left_record < right_record).
        rules: The rules in order.

    Returns:
        The number of pairs.
    """
    other = right or left
    con.execute(f"CREATE OR REPLACE TEMP TABLE {target}_found (left_record BIGINT, right_record BIGINT, rule INTEGER)")
    for number, rule in enumerate(rules):
        sides = [left, other]
        if rule.surnames:
            sides = [_variants_sql(left, load_nicknames(con)), _variants_sql(other, None)]
        sql = _pairs_sql(rule, number, sides[0], sides[1], within=right is None)
        con.execute(f"INSERT INTO {target}_found {sql}")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {target} AS "
        f"SELECT left_record, right_record, min(rule) AS rule FROM {target}_found GROUP BY ALL"
    )
    con.execute(f"DROP TABLE {target}_found")
    return int(con.execute(f"SELECT count(*) FROM {target}").fetchall()[0][0])
