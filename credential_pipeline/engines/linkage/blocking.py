"""The named rules that find candidate pairs, bounded by the size of their blocks.

Each rule is an equality of keys. Rules without a birth date exist because most lost pairs lack one on one side.
A block that holds more right records than the bound of its rule says too little about who is who, and is left out.
The right side is read once for all rules: every rule gives a record one hashed key, and a record is held only if a left
record has the same key. Not here: what the pairs will cost (forecast) and scores (predict).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from credential_pipeline.engines.linkage.fields import load_nicknames
from credential_pipeline.engines.linkage.forecast import MAX_PAIRS, Forecast, RuleForecast
from credential_pipeline.engines.linkage.sql import Sql, count
from credential_pipeline.foundation.storage.relation import Relation

RARE = 12
"""Holders of a full name up to whom it is compared under any birth date."""
SMALL = 20_000
"""Right records below which rules that say little of a person find few others."""


@dataclass(frozen=True)
class Rule:
    """One way to become a candidate pair.

    Attributes:
        name: Its name in models, sidecars and diagnostics.
        left: Key expressions over the left record; all must be present and equal to those of the right.
        right: Key expressions over the right record; as ``left`` if empty.
        bound: The most right records that a block may hold.
        needs: Fields that both sides must hold.
        where: Extra condition over ``l`` and ``r``, and the size of the block ``b.right_size``.
        surnames: Match over every surname a person may go by, and every form of the first name.
        small: Used only where there are fewer than :data:`SMALL` right records, who are compared more generously.
    """

    name: str
    left: tuple[str, ...]
    right: tuple[str, ...] = ()
    bound: int = 500
    needs: tuple[str, ...] = ()
    where: str = ""
    surnames: bool = False
    small: bool = False


# Codes of letters and digits of dates, because numbers are hashed at half the cost of words.
_F1 = "ascii(first_name)"
_L1 = "ascii(last_name)"
_MONTH_DAY = "birth_ymd % 10000"
_YEAR_MONTH = "birth_ymd // 100"
_YEAR_DAY = "(birth_ymd // 10000 * 100 + birth_ymd % 100)"
_YEAR = "birth_ymd // 10000"
_SWAPPED = "(birth_ymd // 10000 * 10000 + birth_ymd % 100 * 100 + birth_ymd % 10000 // 100)"
_UNNAMED = "CASE WHEN coalesce(length(first_name), 0) < 2 THEN last_name END"
_STREET = "substr(street, 1, 7)"
_BIRTH = ("birth_date",)

# Of two birth dates at least two parts agree, or day and month are swapped: otherwise a name alone is no evidence.
LIKE_DATES = (
    "(l.birth_ymd IS NULL OR r.birth_ymd IS NULL OR l.birth_ymd % 10000 = r.birth_ymd % 10000"
    " OR l.birth_ymd // 100 = r.birth_ymd // 100"
    " OR (l.birth_ymd // 10000 = r.birth_ymd // 10000 AND (l.birth_ymd % 100 = r.birth_ymd % 100"
    " OR (l.birth_ymd % 100 = r.birth_ymd % 10000 // 100 AND l.birth_ymd % 10000 // 100 = r.birth_ymd % 100))))"
)
RARE_OR_LIKE_DATES = f"(b.right_size <= {RARE} OR {LIKE_DATES})"
_NO_BIRTH = "(l.birth_ymd IS NULL OR r.birth_ymd IS NULL)"

RULES: tuple[Rule, ...] = (
    Rule("birth_date+first", ("birth_ymd", "substr(first_name, 1, 2)"), needs=_BIRTH),
    Rule("birth_date+last", ("birth_ymd", "substr(last_name, 1, 2)"), needs=_BIRTH),
    Rule("birth_date+crossed_initials", ("birth_ymd", _F1, _L1), ("birth_ymd", _L1, _F1), needs=_BIRTH),
    Rule("birth_swapped+initials", (_SWAPPED, _L1, _F1), ("birth_ymd", _L1, _F1), needs=_BIRTH),
    Rule("names", ("first_name", "last_name"), bound=100, where=RARE_OR_LIKE_DATES, surnames=True),
    Rule("names_swapped", ("first_name", "last_name"), ("last_name", "first_name"), bound=50, where=LIKE_DATES),
    Rule("last+month_day+first_initial", ("last_name", _MONTH_DAY, _F1), bound=50, needs=_BIRTH),
    Rule("first+month_day+last_initial", ("first_name", _MONTH_DAY, _L1), bound=50, needs=_BIRTH),
    Rule("last+year_month+first_initial", ("last_name", _YEAR_MONTH, _F1), bound=50, needs=_BIRTH),
    Rule("last+year_day+first_initial", ("last_name", _YEAR_DAY, _F1), bound=50, needs=_BIRTH),
    Rule(
        "prefixes+year",
        ("substr(first_name, 1, 3)", "substr(last_name, 1, 4)", _YEAR),
        bound=30,
        needs=_BIRTH,
    ),
    Rule("birth_swapped+last", (_SWAPPED, "last_name"), ("birth_ymd", "last_name"), bound=20, needs=_BIRTH),
    Rule("last+year_without_first", (_UNNAMED, _YEAR), ("last_name", _YEAR), bound=30, needs=_BIRTH),
    Rule("last+year_without_first_there", ("last_name", _YEAR), (_UNNAMED, _YEAR), bound=30, needs=_BIRTH),
    Rule(
        "prefixes_without_birth_date",
        ("substr(first_name, 1, 4)", "substr(last_name, 1, 5)"),
        bound=50,
        where=_NO_BIRTH,
    ),
    Rule("zip+last+first_initial", ("zip", "last_name", _F1), bound=50, needs=("address",)),
    Rule(
        "zip+first_without_birth_date",
        ("zip", "first_name"),
        bound=50,
        needs=("address",),
        where=_NO_BIRTH,
    ),
    Rule("zip+street+first_initial", ("zip", _STREET, _F1), bound=20, needs=("address",)),
    Rule("street+last", ("street", "last_name"), bound=20, needs=("address",)),
    Rule("street+first", ("street", "first_name"), bound=20, needs=("address",)),
    Rule("street+birth_date", ("street", "birth_ymd"), bound=20, needs=("address", "birth_date")),
    Rule("last4+last", ("ssn_last4", "last_name"), bound=50, needs=("ssn_last4",)),
    Rule("last4+first", ("ssn_last4", "first_name"), bound=50, needs=("ssn_last4",)),
    Rule("last4+birth_date", ("ssn_last4", "birth_ymd"), bound=50, needs=("ssn_last4", "birth_date")),
    Rule("email", ("email",), bound=20, needs=("email",)),
    Rule("phone", ("phone",), bound=20, needs=("phone",)),
    Rule("birth_date", ("birth_ymd",), bound=10, needs=_BIRTH, small=True),
    # One name spelled as it is, two parts of the date, and the other name as wrong as can be.
    *(
        Rule(f"{name}+{parts}", (f"{name}_name", key), bound=10, needs=_BIRTH, small=True)
        for name in ("last", "first")
        for parts, key in (("month_day", _MONTH_DAY), ("year_month", _YEAR_MONTH), ("year_day", _YEAR_DAY))
    ),
    Rule("last+first_initial_without_birth_date", ("last_name", _F1), bound=20, where=_NO_BIRTH, small=True),
    Rule("first+last_initial_without_birth_date", ("first_name", _L1), bound=20, where=_NO_BIRTH, small=True),
    Rule("last4", ("ssn_last4",), bound=10, needs=("ssn_last4",), small=True),
    Rule("zip+street", ("zip", _STREET), bound=10, needs=("address",), small=True),
)

FAMILY_RULES = (
    *(rule for rule in RULES if rule.name in ("birth_date+first", "birth_date+last", "names", "street+last")),
    # Spouses who kept their names, and others at home; a block is a household, not a dormitory.
    Rule("home", ("street", "zip"), bound=20, needs=("address",)),
)
"""Rules that find relatives."""


def usable(rules: Iterable[Rule], fields: Sequence[str]) -> tuple[Rule, ...]:
    """The rules whose fields both sides hold, in order."""
    return tuple(rule for rule in rules if set(rule.needs) <= set(fields))


def _key(number: int, expressions: Sequence[str]) -> str:
    """The hashed key of one rule; NULL where a part is missing."""
    present = " AND ".join(f"{expression} IS NOT NULL" for expression in expressions)
    return f"CASE WHEN {present} THEN hash({number}, {', '.join(expressions)}) END"


def _variants_sql(table: Relation, nicknames: Relation | None) -> str:
    """Every further (first name, surname) that a record may go by; with nickname forms if the table is given."""
    other = f"""
        SELECT record, birth_ymd, first_name, surname AS last_name
        FROM (SELECT record, birth_ymd, first_name, last_name, unnest(surnames) AS surname FROM {table})
        WHERE surname <> last_name
    """
    if nicknames is None:
        return other
    return f"""
        WITH further AS ({other}),
        form AS (
            SELECT DISTINCT a.name AS name, b.name AS form
            FROM (SELECT name, unnest(groups) AS formal FROM {nicknames}) a
            JOIN (SELECT name, unnest(groups) AS formal FROM {nicknames}) b USING (formal)
            WHERE a.name <> b.name),
        surname AS (SELECT record, birth_ymd, first_name, last_name FROM {table} UNION ALL SELECT * FROM further)
        SELECT * FROM further UNION ALL
        SELECT s.record, s.birth_ymd, form.form, s.last_name FROM surname s JOIN form ON form.name = s.first_name
    """


def _keyed_sql(
    table: Relation, rules: Sequence[Rule], numbers: Sequence[int], nicknames: Relation | None, *, right: bool
) -> str:
    """A query of the keys of a table's records under the rules of these numbers.

    Columns: record, birth_ymd, key; for the left side rule too. A right side does without: it costs half a second a million.
    """
    parts = [(rule.right or rule.left) if right else rule.left for rule in rules]

    def unnested(chosen: Sequence[int], source: str) -> str:
        keys = ", ".join(_key(number, parts[number]) for number in chosen)
        listed = ", ".join(str(number) for number in chosen)
        rule = "" if right else f", unnest([{listed}]) AS rule"
        return f"SELECT record, birth_ymd, unnest([{keys}]) AS key{rule} FROM {source}"

    sql = unnested(numbers, str(table))
    wide = [number for number in numbers if rules[number].surnames]
    if wide:
        sql += f" UNION ALL {unnested(wide, f'({_variants_sql(table, nicknames)})')}"
    return sql


@dataclass(frozen=True)
class Candidates:
    """Pairs that are worth comparing.

    Attributes:
        pairs: left_record, right_record, rule (place of the first rule that found it).
        forecast: What was known of the rules before, with what was left out as too large.
    """

    pairs: Relation
    forecast: Forecast


@dataclass(frozen=True)
class _Blocks:
    left: Relation
    right: Relation
    within: Relation
    forecast: Forecast


def make_pairs(
    sql: Sql, left: Relation, right: Relation | None, rules: Sequence[Rule], max_pairs: int = MAX_PAIRS
) -> Candidates:
    """Find the candidate pairs.

    Args:
        sql: What executes it.
        left: Record table.
        right: Record table or view of the other side, or None to pair the left one with itself
            (left_record < right_record).
        rules: The rules in order.
        max_pairs: Ceiling of the forecast.

    Raises:
        SafeError: ``E_LINKAGE_COST`` if more pairs are forecast than the ceiling; nothing is compared then.
    """
    blocks = _make_blocks(sql, left, right or left, rules)
    blocks.forecast.refuse_above(max_pairs)
    conditions = [f"(l.rule <> {number} OR {rule.where})" for number, rule in enumerate(rules) if rule.where]
    if right is None:
        conditions.append("l.record < r.record")
    pairs = sql.table(
        "pairs",
        f"""
        SELECT l.record AS left_record, r.record AS right_record, min(l.rule) AS rule
        FROM {blocks.left} l JOIN {blocks.within} b USING (key) JOIN {blocks.right} r USING (key)
        {"WHERE " + " AND ".join(conditions) if conditions else ""}
        GROUP BY ALL
        """,
    )
    sql.drop(blocks.left, blocks.right, blocks.within)
    return Candidates(pairs, blocks.forecast)


def _make_blocks(sql: Sql, left: Relation, right: Relation, rules: Sequence[Rule]) -> _Blocks:
    """The keyed sides and the blocks within their bounds, and what comparing them would cost."""
    small = count(sql, right) < SMALL
    numbers = [number for number, rule in enumerate(rules) if small or not rule.small]
    nicknames = load_nicknames(sql)
    keyed = sql.table(
        "left_keys",
        f"SELECT * FROM ({_keyed_sql(left, rules, numbers, nicknames, right=False)}) WHERE key IS NOT NULL",
    )
    held = sql.table(
        "right_keys",
        f"""
        SELECT record, birth_ymd, key FROM ({_keyed_sql(right, rules, numbers, None, right=True)})
        SEMI JOIN {keyed} USING (key)
        """,
    )
    bounds = ", ".join(str(rule.bound) for rule in rules)
    blocks = sql.table(
        "blocks",
        f"""
        WITH held AS (SELECT key, count(*) AS right_size FROM {held} GROUP BY key),
        wanted AS (
            SELECT key, min(rule) AS rule, count(*) AS left_size FROM {keyed} SEMI JOIN held USING (key) GROUP BY key)
        SELECT key, rule, left_size, right_size, right_size <= [{bounds}][rule + 1] AS within
        FROM wanted JOIN held USING (key)
        """,
    )
    rows = sql.execute(
        f"""
        SELECT rule, coalesce(sum(left_size * right_size) FILTER (within), 0)::BIGINT,
               coalesce(max(left_size * right_size) FILTER (within), 0)::BIGINT,
               count(*) FILTER (NOT within), coalesce(sum(left_size) FILTER (NOT within), 0)::BIGINT
        FROM {blocks} GROUP BY rule ORDER BY rule
        """
    ).fetchall()
    within = sql.table("blocks", f"SELECT * FROM {blocks} WHERE within")
    sql.drop(blocks, nicknames)
    forecast = Forecast(tuple(RuleForecast(rules[rule].name, *counts) for rule, *counts in rows))
    return _Blocks(keyed, held, within, forecast)
