"""From physical lines to values, in SQL: each line is one row, whatever the line before it looked like.

A value may be quoted, never hold a line end. Lines with quotation marks are split by a regular expression of RFC 4180,
lines without by the delimiter, so that one broken quote costs one row.
"""

from typing import Final

import numpy as np
import pyarrow as pa

from credential_pipeline.clearinghouse.raw_feeds.decode import NULL_SIGN, Lines
from credential_pipeline.foundation.recipes.sql import identifier, literal
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.storage.relation import Relation, Scratch

LONGEST_LINE: Final = 65_536
_LINES: Final = "lines_of_a_file"
_LINES_AT_ONCE: Final = 8192
"""Lines that one thread takes at a time: the lines of a file are read by all threads."""
LINES_PER_FILE: Final = 1 << 32
"""More lines than a file can have: place = number of the file x this + line, one number that orders all rows."""
_INVISIBLE: Final = (
    r"[\x00-\x08\x0b-\x1f\x7f\x{200e}\x{200f}\x{2028}-\x{202e}\x{2066}-\x{2069}\x{feff}" + NULL_SIGN + "]"
)
"""Control characters other than tab, marks that reverse the direction of text, line separators, stray byte order marks."""


def create_stage(work: Scratch, certifier: Certifier) -> Relation:
    """An empty relation for a certifier's rows, whose column ``source`` is a STRUCT of the certifier's columns.

    A STRUCT is looked into many times without copying; the MAP of the contract is made once, at the end. A broken row has no
    ``source`` but ``readings``: its values counted from the left and from the right, one of which may be right in places.
    """
    fields = ", ".join(f"{identifier(name)} VARCHAR" for name in all_columns(certifier))
    columns = {
        "place": "BIGINT",
        "delivery": "VARCHAR",
        "line": "INTEGER",
        "content": "VARCHAR",
        "source": f"STRUCT({fields})",
        "reason_code": "VARCHAR",
        "readings": f"STRUCT({fields})[]",
        "cut": "BOOLEAN",
    }
    return work.rows("rows", columns, ())


def all_columns(certifier: Certifier) -> tuple[str, ...]:
    """Every column that a file of the certifier can have, used and ignored ones."""
    return (*certifier.source_columns, *certifier.ignored)


def _quoted(delimiter: str) -> tuple[str, str]:
    """Pattern of a whole well-quoted line, and of one value with the delimiter before it."""
    escaped = {"|": r"\|", "\t": r"\t"}.get(delimiter, delimiter)
    value = rf'"(?:[^"]|"")*"|[^"{escaped}]*'
    return literal(f"(?:{value})(?:{escaped}(?:{value}))*"), literal(f"{escaped}({value})")


def _packed(header: tuple[str, ...], certifier: Certifier, value: str = "fields[{}]") -> str:
    """Values by column name, in the order of the registry whatever the order of the file."""
    place = {name: number for number, name in enumerate(header, start=1)}
    values = (value.format(place[name]) if name in place else "NULL" for name in all_columns(certifier))
    names = (identifier(name) for name in all_columns(certifier))
    return f"struct_pack({', '.join(f'{name} := {value}' for name, value in zip(names, values, strict=True))})"


def _readings(header: tuple[str, ...], certifier: Certifier) -> str:
    """A broken row read from its left end and from its right."""
    from_right = f"CASE WHEN len(parts) - {len(header)} + {{0}} > 0 THEN parts[len(parts) - {len(header)} + {{0}}] END"
    return f"[{_packed(header, certifier, 'parts[{}]')}, {_packed(header, certifier, from_right)}]"


def _ends_in_flag(header: tuple[str, ...], certifier: Certifier) -> bool:
    """Whether the last column is the wish to share nothing, which a cut file loses first."""
    flag = certifier.columns.get("block_flag")
    return flag is not None and flag.source == header[-1]


def _values_sql(header: tuple[str, ...], certifier: Certifier) -> str:
    """The rows of the stage out of lines; its parameters: the header line, the file's name, its first place and its cut line."""
    delimiter = certifier.feed.delimiter
    whole, one = _quoted(delimiter)
    split = literal(delimiter)
    width = len(header)
    return rf"""
        WITH checked AS (
            SELECT line, content,
                CASE WHEN length(content) > {LONGEST_LINE} THEN 'LINE_TOO_LONG'
                     WHEN regexp_matches(content, {literal(_INVISIBLE)}) THEN 'CONTROL_CHARACTER'
                     WHEN contains(content, '"') AND NOT regexp_full_match(content, {whole}) THEN 'BAD_QUOTING'
                     WHEN {_bare("content")} = {_bare("$first")} THEN 'REPEATED_HEADER' END AS fault
            FROM {_LINES} WHERE trim(content) <> ''
        ), split AS (
            SELECT *,
                CASE WHEN fault IS NOT NULL THEN NULL
                     WHEN contains(content, '"') THEN list_transform(
                        regexp_extract_all({split} || content, {one}, 1),
                        lambda value: CASE WHEN starts_with(value, '"')
                            THEN replace(value[2:-2], '""', '"') ELSE value END)
                     ELSE string_split(content, {split}) END AS fields
            FROM checked
        ), parted AS (
            SELECT *, CASE WHEN fault IS NULL AND len(fields) <> {width} THEN fields
                WHEN fault <> 'REPEATED_HEADER' THEN list_transform(
                    string_split(regexp_replace(content, {literal(_INVISIBLE)}, '', 'g'), {split}),
                    lambda value: trim(replace(value, '"', ''))) END AS parts
            FROM split
        )
        SELECT $base + line, $delivery, line, content,
            CASE WHEN len(fields) = {width} THEN {_packed(header, certifier)} END,
            CASE WHEN fault IS NOT NULL THEN fault WHEN len(fields) <> {width} THEN 'COLUMN_COUNT' END,
            CASE WHEN parts IS NOT NULL THEN {_readings(header, certifier)} END,
            line = $cut AND ({"true" if _ends_in_flag(header, certifier) else "false"} OR parts IS NOT NULL)
        FROM parted
        """


def stage_rows(work: Scratch, stage: Relation, lines: Lines, delivery: str, number: int, certifier: Certifier) -> int:
    """Append the data lines of one file to the stage, with values or with a reason, and return how many there were.

    Blank lines are no rows, but they count for line numbers.

    Args:
        work: Makes relations in the stage's connection.
        stage: As :func:`create_stage` made it.
        lines: The decoded file.
        delivery: File name.
        number: Place of the file in the order of deliveries.
        certifier: Whose file it is.
    """
    numbers = np.arange(lines.before + 1, lines.before + 1 + len(lines.body), dtype=np.int32)
    con = work.con
    whole = pa.table({"line": numbers, "content": lines.body})
    con.register(_LINES, pa.Table.from_batches(whole.to_batches(_LINES_AT_ONCE), whole.schema))
    try:
        con.execute(
            f"INSERT INTO {stage} {_values_sql(lines.header, certifier)}",
            {
                "first": lines.first,
                "delivery": delivery,
                "base": number * LINES_PER_FILE,
                "cut": int(numbers[-1]) if lines.cut else 0,
            },
        )
    finally:
        con.unregister(_LINES)
    rows = con.execute(f"SELECT count(*) FROM {stage} WHERE {of_delivery(number)}").fetchall()
    return int(rows[0][0])


def of_delivery(number: int) -> str:
    """Condition on the stage for the rows of one file."""
    return f"place BETWEEN {number * LINES_PER_FILE} AND {(number + 1) * LINES_PER_FILE - 1}"


def _bare(line: str) -> str:
    """A line without quotation marks and blanks, as headers are compared."""
    return f"replace(replace({line}, '\"', ''), ' ', '')"
