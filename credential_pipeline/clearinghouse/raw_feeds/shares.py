"""How each delivery fills the fields: rows in which something is written, and in which it can be read; what dates look like.

Of the wish to share nothing it counts people. A value is looked at once, however many rows have it. Not here: what the figures lead to (hold_fields.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from credential_pipeline.clearinghouse.raw_feeds.judge import JUDGED
from credential_pipeline.clearinghouse.raw_feeds.stage import LINES_PER_FILE
from credential_pipeline.clearinghouse.raw_feeds.written_dates import forms, layout_of, swapped
from credential_pipeline.foundation.recipes.language import ON_DATES, field_expression
from credential_pipeline.foundation.recipes.sql import identifier, literal
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.registry.vocabulary import CLOSED, FIELDS
from credential_pipeline.foundation.standard_form import YOUNGEST
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation

IMPLAUSIBLE = "IMPLAUSIBLE"
"""Form of a birth date that can be read and cannot be that of anybody who holds a credential."""
_BIRTH, _FLAG = "birth_date", "block_flag"
_NAMES = ("first_name", "last_name")
_FIRST_BORN = date(1900, 1, 1)
_CHECKED = {"date", "zip", "last4", *CLOSED}
"""Kinds of fields whose values have a form: others are read whatever they are."""


@dataclass(frozen=True)
class Share:
    """How one delivery fills one field.

    Attributes:
        rows: Rows whose values can be told apart.
        filled: Rows in which something is written.
        readable: Rows in which it can be read.
        people: Of the field ``block_flag``: how many people the rows are of, as the sender writes their ids or names.
        blocked: The same: how many of them say "do not share".
        forms: Of a date: form that the agreed layout does not read -> rows.
        days: Of a date whose month is a number: how many different days of the month there are, and the last of them.
        commonest: Of a date: rows that hold the most frequent one.
        middle: Of a date: the middle one of the days that occur, however often each does.
    """

    rows: int
    filled: int
    readable: int
    people: int = 0
    blocked: int = 0
    forms: Mapping[str, int] = field(default_factory=dict)
    days: tuple[int, int] = (0, 0)
    commonest: int = 0
    middle: date | None = None


Shares = Mapping[int, Mapping[str, Share]]
"""Number of a delivery -> field -> how it is filled."""


def measure_shares(
    con: Connection, stage: Relation, judged: Relation, certifier: Certifier, today: date
) -> dict[int, dict[str, Share]]:
    """Count how each delivery fills the fields that come from a column.

    Args:
        con: Connection with the relation.
        stage: The staged rows of a certifier.
        judged: What was found of each row by itself.
        certifier: Whose rows they are.
        today: Ten years before it the youngest were born who can hold anything.
    """
    shares: dict[int, dict[str, Share]] = {}
    names = [name for name, column in certifier.columns.items() if column.source is not None]
    looked_at = [name for name in names if FIELDS[name].kind in _CHECKED and name not in JUDGED]
    others = [name for name in names if name not in looked_at]
    for number, rows, *filled in con.execute(_filled_sql(stage, certifier, others)).fetchall():
        shares[number] = {name: Share(rows, count, count) for name, count in zip(others, filled, strict=True)}
    _add_judged(con, judged, shares, [name for name in others if name in JUDGED])
    for name in looked_at:
        dated = layout_of(certifier, name) if FIELDS[name].kind == "date" else None
        shapes = list(forms(dated, "written")) if dated else []
        shapes += [IMPLAUSIBLE] if name == _BIRTH else []
        for number, rows, filled, readable, days, last, most, middle, *of_form in con.execute(
            _readable_sql(stage, certifier, name, dated, today)
        ).fetchall():
            found = dict(zip(shapes, map(int, of_form), strict=True))
            shares[number][name] = Share(
                int(rows),
                int(filled),
                int(readable),
                forms=found,
                days=(days, last),
                commonest=int(most),
                middle=middle,
            )
    if _FLAG in looked_at:
        for number, people, blocked in con.execute(_people_sql(stage, certifier)).fetchall():
            shares[number][_FLAG] = replace(shares[number][_FLAG], people=int(people), blocked=int(blocked))
    return shares


def _add_judged(con: Connection, judged: Relation, shares: dict[int, dict[str, Share]], names: list[str]) -> None:
    """Put in how many rows can be read of the fields that were read to judge the rows."""
    if not names:
        return
    counted = ", ".join(f"count(*) FILTER (has_{name})" for name in names)
    for number, *readable in con.execute(f"SELECT number, {counted} FROM {judged} GROUP BY 1").fetchall():
        fields = shares.get(number, {})
        fields |= {
            name: replace(fields[name], readable=min(count, fields[name].filled))
            for name, count in zip(names, readable, strict=True)
            if name in fields
        }


def write_shares(con: Connection, certifier: str, labels: Mapping[int, str], shares: Shares) -> None:
    """Write raw_feeds.field_shares, and a notice where birth dates are there and cannot be read.

    Args:
        con: Connection with the tables of raw_feeds.
        certifier: Whose deliveries.
        labels: Number of a delivery -> what tables call it; others are left out.
        shares: The figures.
    """
    rows = [
        [certifier, labels[number], name, share.rows, share.filled, share.readable]
        for number, fields in shares.items()
        if number in labels
        for name, share in fields.items()
    ]
    if rows:
        con.executemany("INSERT INTO raw_feeds.field_shares VALUES (?, ?, ?, ?, ?, ?)", rows)
    for number, fields in shares.items():
        births = fields.get(_BIRTH)
        if number not in labels or births is None or births.readable == births.filled:
            continue
        told = [f"{births.filled - births.readable:,} of {births.filled:,} birth dates"]
        told += [f"{form} {count:,}" for form, count in births.forms.items() if count]
        values = [certifier, labels[number], "UNREADABLE_BIRTH_DATE", ", ".join(told)]
        con.execute("INSERT INTO raw_feeds.notices VALUES (?, ?, ?, ?)", values)


def _filled_sql(stage: Relation, certifier: Certifier, names: list[str]) -> str:
    """Rows, and rows that fill each field; blanks alone count as filled, since cutting them off takes longer than all else."""
    sources = (literal(certifier.columns[name].source or "") for name in names)
    counted = "".join(f", count(*) FILTER (source[{source}] <> '')" for source in sources)
    return f"SELECT place // {LINES_PER_FILE} AS number, count(*){counted} FROM {stage} WHERE reason_code IS NULL GROUP BY 1"


def _readable_sql(stage: Relation, certifier: Certifier, name: str, layout: str | None, today: date) -> str:
    """Rows, filled, readable, days, last day, commonest, middle, and rows of each form, by delivery; each value is looked at once."""
    column = certifier.columns[name]
    source = column.source or ""
    # A placeholder such as 01/01/1900 can be read: it says that nothing is known.
    steps = tuple(step for step in column.recipe if step.name not in ON_DATES)
    read = field_expression(source, None, steps, dated=layout is not None)
    readable = "value IS NOT NULL" if layout else "(coalesce(value, '') <> '' OR silent)"
    numbered = layout is not None and swapped(layout) is not None
    shapes = forms(layout, "written") if layout else {}
    told = "".join(
        f", CASE WHEN value IS NULL AND written <> '' THEN {_first(shapes)} END AS form" for _ in [0] if shapes
    )
    counted = "".join(f", coalesce(sum(n) FILTER (form = {literal(form)}), 0)" for form in shapes)
    if name == _BIRTH:
        born = f"value BETWEEN DATE '{_FIRST_BORN}' AND DATE '{today}' - INTERVAL {YOUNGEST} YEAR"
        readable = f"coalesce({born}, false)"
        counted += f", coalesce(sum(n) FILTER (NOT {born}), 0)"
    day = "day(value)" if numbered else "NULL"
    middle = "quantile_disc(value, 0.5)" if layout else "NULL"
    return f"""
        WITH distinct_values AS (
            SELECT place // {LINES_PER_FILE} AS number, source[{literal(source)}] AS content, count(*) AS n
            FROM {stage} WHERE reason_code IS NULL GROUP BY ALL
        ), packed AS (
            SELECT number, n, struct_pack({identifier(source)} := content) AS source FROM distinct_values
        ), read AS (
            SELECT number, n, coalesce({certifier.written_sql(name)}, '') AS written, {read} AS value,
                {certifier.silent_sql(name)} AS silent
            FROM packed
        ), told AS (SELECT *{told} FROM read)
        SELECT number, sum(n), coalesce(sum(n) FILTER (written <> ''), 0),
            coalesce(sum(n) FILTER (written <> '' AND {readable}), 0),
            count(DISTINCT {day}), coalesce(max({day}), 0), coalesce(max(n) FILTER (written <> ''), 0), {middle}{counted}
        FROM told GROUP BY number
        """


def _people_sql(stage: Relation, certifier: Certifier) -> str:
    """People, and those of them who say "do not share", by delivery: a wish stands in all rows of a person."""
    fields = ("person_ref",) if "person_ref" in certifier.columns else (*_NAMES, _BIRTH)
    sources = sorted({column.source for name, column in certifier.columns.items() if name in fields and column.source})
    written = ", ".join(f"source[{literal(source)}]" for source in sources)
    # A row that does not say whose it is may be anybody's.
    who = f"hash({written}, CASE WHEN concat({written}) = '' THEN place END)" if sources else "place"
    flag = certifier.columns[_FLAG].source or ""
    return f"""
        WITH told AS (
            SELECT place // {LINES_PER_FILE} AS number, source[{literal(flag)}] AS content, {who} AS who
            FROM {stage} WHERE reason_code IS NULL
        ), blocking AS (
            SELECT content FROM (SELECT content, struct_pack({identifier(flag)} := content) AS source FROM told GROUP BY content)
            WHERE {certifier.blocked_sql()}
        )
        SELECT number, count(DISTINCT who), count(DISTINCT who) FILTER (content IN (FROM blocking))
        FROM told GROUP BY number
        """


def _first(shapes: Mapping[str, str]) -> str:
    return "CASE " + " ".join(f"WHEN {condition} THEN {literal(form)}" for form, condition in shapes.items()) + " END"
