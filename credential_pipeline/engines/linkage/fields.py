"""Two tables brought into one comparable shape, and which fields both of them hold.

A *record table* has one row per record with cleaned keys for blocking; a *feature table* has one row per record that
is a candidate, with what the comparisons need (nickname groups, surname words, swapped birth date). Not here: how
recipes clean a feed; the inputs are already standardised (upper case, NULL for missing, DATE), and how a name is
reduced to its letters (standard_form.py).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources

from credential_pipeline.engines.linkage.sql import Reads, Sql
from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation, scratch

PLACE = "coalesce(zip, state)"
"""What an address says at least."""
FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("last_name",),
    "birth_date": ("birth_date",),
    "address": (PLACE,),
    "ssn_last4": ("ssn_last4",),
    "middle_name": ("middle_name",),
    "sex": ("sex",),
    "name_suffix": ("name_suffix",),
    "email": ("email",),
    "phone": ("phone",),
}
"""Field of a comparison -> the columns, or expressions of columns, that must hold values on both sides."""

RECORD_COLUMNS = (
    "first_name",
    "middle_name",
    "last_name",
    "previous_last_name",
    "name_suffix",
    "birth_date",
    "sex",
    "ssn_last4",
    "email",
    "phone",
    "street",
    "city",
    "state",
    "zip",
)
FULL_NAME = "first_name || ' ' || last_name"
HOME = "street || ' ' || coalesce(zip, city, state)"
BIRTH_SWAPPED = """CASE WHEN r.birth_ymd % 100 <= 12 THEN
    (r.birth_ymd // 10000 * 10000 + r.birth_ymd % 100 * 100 + r.birth_ymd % 10000 // 100)::VARCHAR END"""
"""Day and month of a birth date in one another's place, of a record ``r``."""
MIN_PRESENT = 0.002
"""A field counts as held if at least this share of rows has a value."""


def nickname_rows() -> list[tuple[str, str]]:
    """The shipped nickname groups as (name, formal name) pairs, each formal name in its own group."""
    text = resources.files(__package__ or "").joinpath("nicknames.csv").read_text(encoding="utf-8")
    rows: set[tuple[str, str]] = set()
    for line in text.splitlines()[1:]:
        formal, _, variants = line.partition(",")
        rows.update((name, formal) for name in (formal, *variants.split()))
    return sorted(rows)


def load_nicknames(sql: Sql) -> Relation:
    """The nickname groups as a relation (name, groups VARCHAR[])."""
    names, groups = zip(*nickname_rows(), strict=True)
    return sql.table(
        "nicknames",
        "SELECT name, list(formal ORDER BY formal) AS groups "
        "FROM (SELECT unnest(?::VARCHAR[]) AS name, unnest(?::VARCHAR[]) AS formal) GROUP BY name ORDER BY name",
        [list(names), list(groups)],
    )


def placeholder_rows() -> list[tuple[str, str]]:
    """Words that stand in place of a name, as (word, column of a record); a ``connector`` stands only among others."""
    text = resources.files(__package__ or "").joinpath("placeholders.csv").read_text(encoding="utf-8")
    return [(word, column) for word, _, column in (line.partition(",") for line in text.splitlines()[1:])]


def without_placeholders(source: str, column: str, letters: str) -> str:
    """The letters of a name; NULL where the name is made of words such as RESIDENT, OLDEST CHILD or HIJO alone.

    Args:
        source: The name as it is written.
        column: ``first_name`` or ``last_name``: some of the words are surnames, too.
        letters: Expression of the letters of the name.
    """
    rows = placeholder_rows()
    words = [word for word, place in rows if place == column]
    alone = ", ".join(literal(word) for word in words)
    linked = ", ".join(literal(word) for word, place in rows if place == "connector")
    split = (
        f"list_filter(string_split(translate(strip_accents({source}), '-''.,`', ' '), ' '), lambda x: length(x) > 1)"
    )
    # A list is looked through word by word, so it is asked only of names of several words.
    return (
        f"CASE WHEN contains({source}, ' ') THEN CASE WHEN list_has_all([{alone}, {linked}], {split}) "
        f"AND list_has_any([{alone}], {split}) THEN NULL ELSE {letters} END "
        f"WHEN {letters} IN ({alone}) THEN NULL ELSE {letters} END"
    )


def record_sql(source: Relation, id_column: str, renamed: Mapping[str, str] | None = None) -> str:
    """A query of the record table's columns without their number.

    Args:
        source: Table or view.
        id_column: Column that identifies a row of the source.
        renamed: Record column -> source column where they differ.
    """
    chosen: dict[str, str] = {}
    for column in RECORD_COLUMNS:
        origin = (renamed or {}).get(column, column)
        kind = "DATE" if column == "birth_date" else "VARCHAR"
        chosen[column] = origin if origin in source.columns else f"NULL::{kind}"
    for column in ("first_name", "last_name", "middle_name"):
        if not chosen[column].startswith("NULL"):
            written, chosen[column] = chosen[column], form.letters_of_name(chosen[column])
            if column != "middle_name":
                chosen[column] = without_placeholders(written, column, chosen[column])
    last = (renamed or {}).get("last_name", "last_name")
    surnames = form.surnames(last if last in source.columns else "NULL::VARCHAR", chosen["previous_last_name"])
    selected = ", ".join(f"{origin} AS {column}" for column, origin in chosen.items())
    return f"""
        SELECT {id_column} AS id, {surnames} AS surnames, {selected},
               (year(birth_date) * 10000 + month(birth_date) * 100 + day(birth_date))::INTEGER AS birth_ymd
        FROM {source}
    """


def make_records(
    work: Scratch,
    source: Relation,
    *,
    id_column: str,
    renamed: Mapping[str, str] | None = None,
) -> Relation:
    """The record table of one side.

    Columns: ``record`` (BIGINT, 1 …), ``id``, ``surnames`` (all that the person may go by; NULL if just one),
    :data:`RECORD_COLUMNS` and ``birth_ymd`` (INTEGER); columns that the source lacks are NULL. First, middle and last
    names hold letters only.

    What is recorded decides the numbers, so that every hundredth record, say, is a sample of the rows. Ids do not: they may be
    drawn anew for each package, and neither an estimate nor a link shall hang on them.

    Args:
        work: Makes the relation.
        source: Table or view.
        id_column: Column that identifies a row of the source.
        renamed: Record column -> source column where they differ.
    """
    rows = record_sql(source, id_column, renamed)
    drawn = "md5(concat_ws(' ', first_name, last_name, middle_name, birth_ymd, street, zip, ssn_last4)), id"
    return work.table("records", f"SELECT row_number() OVER (ORDER BY {drawn}) AS record, * FROM ({rows})")


def make_index(con: Connection, source: str, target: str, *, id_column: str) -> None:
    """Create the record table of a large right side, clustered for blocking: by birth date, then name.

    Neighbours share their keys, so that the file is small and a scan of it touches memory in order.

    Args:
        con: The connection.
        source: Table or view with unique ids.
        target: Table to create: ``record``, the id under its own name, and the columns of a record table.
        id_column: Column that identifies a row of the source.
    """
    rows = relation(con, source)
    absent = [column for column in RECORD_COLUMNS if column not in rows.columns]
    without = f"EXCLUDE ({', '.join(absent)}) " if absent else ""
    with scratch(con) as work:
        clustered = work.table(
            "clustered",
            f"SELECT * {without}RENAME (id AS {id_column}) FROM ({record_sql(rows, id_column)}) "
            f"ORDER BY birth_ymd NULLS LAST, last_name NULLS LAST, first_name NULLS LAST, {id_column}",
        )
        con.execute(f"CREATE OR REPLACE TABLE {target} AS SELECT rowid + 1 AS record, * FROM {clustered}")


def open_index(work: Scratch, index: Relation, *, id_column: str) -> Relation:
    """An index as a record table; nothing is copied.

    Args:
        work: Makes the relation.
        index: Table or view made by :func:`make_index`.
        id_column: The id's name in the index.
    """
    columns = ", ".join(
        column if column in index.columns else f"NULL::VARCHAR AS {column}" for column in RECORD_COLUMNS
    )
    return work.view("index_records", f"SELECT record, {id_column} AS id, surnames, {columns}, birth_ymd FROM {index}")


def shared_fields(sql: Reads, left: Relation, right: Relation | None = None) -> tuple[str, ...]:
    """Names of the fields that both record tables hold in at least :data:`MIN_PRESENT` of the rows."""
    columns = sorted({column for needed in FIELDS.values() for column in needed})
    shares: list[dict[str, float]] = []
    for table in {left: None, right or left: None}:
        counts = ", ".join(f"count({column})" for column in columns)
        row = sql.execute(f"SELECT count(*), {counts} FROM {table}").fetchall()[0]
        shares.append({column: row[i + 1] / max(row[0], 1) for i, column in enumerate(columns)})
    return tuple(
        name
        for name, needed in FIELDS.items()
        if all(share[column] >= MIN_PRESENT for share in shares for column in needed)
    )


@dataclass(frozen=True)
class Wanted:
    """Records of one side that are compared.

    Attributes:
        records: Record table.
        numbers: Query of the record numbers.
        sign: -1 keeps the numbers of a right side apart from those of the left one.
    """

    records: Relation
    numbers: str
    sign: int = 1


def make_features(sql: Sql, sides: Iterable[Wanted], known: Relation, defaults: Relation) -> Relation:
    """The feature table of the candidate records of one or two record tables.

    Args:
        sql: What executes it.
        sides: The records of each side.
        known: First names that people bear, of :func:`make_known_names`.
        defaults: Last four digits that are taken for missing, of :func:`make_default_digits`.
    """
    nicknames = load_nicknames(sql)
    parts = [
        f"""
        SELECT {side.sign} * r.record AS unique_id, r.first_name, r.last_name, r.middle_name, r.name_suffix,
               {FULL_NAME} AS full_name,
               n.groups AS nicknames,
               r.first_name IS NOT NULL AND k.known IS NULL AS odd_first,
               coalesce(r.surnames, [r.last_name]) AS surnames,
               r.birth_ymd::VARCHAR AS birth_date,
               {BIRTH_SWAPPED} AS birth_swapped,
               r.sex, CASE WHEN d.digits IS NULL THEN r.ssn_last4 END AS ssn_last4, r.email, r.phone,
               r.street, r.city, r.state, r.zip, {HOME} AS home, {PLACE} AS place
        FROM {side.records} r
        SEMI JOIN ({side.numbers}) c ON c.record = r.record
        LEFT JOIN {nicknames} n ON n.name = r.first_name LEFT JOIN {known} k ON k.known = r.first_name
        LEFT JOIN {defaults} d ON d.digits = r.ssn_last4
        """
        for side in sides
    ]
    made = sql.table("features", " UNION ALL ".join(parts))
    sql.drop(nicknames)
    return made
