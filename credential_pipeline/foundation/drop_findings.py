"""What was noticed in the files of a drop that a person should hear of: counts by table, file and column, never a value.

The hops that read drops publish it as their table ``drop_findings``, which their gates judge. Not here: what is refused outright
(dropped_files.py), and how much of it is too much (checks).
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Final

from credential_pipeline.foundation.categories import is_strange
from credential_pipeline.foundation.contracts.table import Snapshot
from credential_pipeline.foundation.distinct_values import LookUps
from credential_pipeline.foundation.dropped_files import FILE, Drop, Form
from credential_pipeline.foundation.lost_ids import likely_cause
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.recipes.text import PLACEHOLDERS
from credential_pipeline.foundation.standard_form import iso_date
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.keep import keep
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch

ALL: Final = "all"
"""Stands for all files of a drop together."""
UNREADABLE, UNKNOWN, REPEATED, NOT_READ, STRANGE = "unreadable", "unknown", "repeated", "not read", "unknown word"
NO_SECTOR: Final = "no sector"
"""Of jobs: nobody knows in which sector the employer is."""
_NOTHING: Final = r"[0 /:.-]*|9{4,8}([.]0)?|9999-12-31.*|99991231"
"""What stands in a column of dates for no date."""


@dataclass(frozen=True)
class Finding:
    """One thing that was noticed, and how often.

    Attributes:
        table: The drop.
        delivery: The file as it may be shown, or ``all``.
        measure: The column, or the kind of record.
        finding: What it is: ``unreadable``, ``unknown``, ``repeated``, ``not read``, ``unknown word`` or ``no sector``.
        found: How many rows (of ids: how many ids).
        rows: Of how many.
        note: The likely cause, in words.
    """

    table: str
    delivery: str
    measure: str
    finding: str
    found: int
    rows: int
    note: str | None = None


def unread(column: str) -> dict[str, tuple[str, Form]]:
    """What to ask of distinct values so that :func:`unreadable_dates` can count: whether a date is there and cannot be read."""
    words = ", ".join(literal(word) for word in PLACEHOLDERS)

    def cannot(text: str) -> str:
        nothing = f"regexp_full_match({text}, {literal(_NOTHING)}) OR upper({text}) IN ({words})"
        return f"({iso_date(text)}) IS NULL AND NOT ({nothing})"

    return {f"{column}_unread": (column, cannot)}


def unread_words(kind: str) -> dict[str, tuple[str, Form]]:
    """The same of a column of categories, which has the name of its kind, for :func:`strange_words`."""
    return {f"{kind}_unread": (kind, is_strange(kind))}


def unreadable_dates(work: Scratch, drop: Drop, looked_up: LookUps, columns: Iterable[str]) -> list[Finding]:
    """Dates that are there and cannot be read, by file and of all files together; none where there are none.

    Args:
        work: Runs the queries.
        drop: The rows.
        looked_up: Their forms, with those of :func:`unread`.
        columns: The columns of dates.
    """
    return _unread_by_file(work, drop, looked_up, columns, UNREADABLE)


def strange_words(work: Scratch, drop: Drop, looked_up: LookUps, kinds: Iterable[str]) -> list[Finding]:
    """Categories in words that nobody knows, which count as unknown: by file and of all files, and never the word itself.

    Args:
        work: Runs the queries.
        drop: The rows.
        looked_up: Their forms, with those of :func:`unread_words`.
        kinds: The columns of categories.
    """
    return _unread_by_file(work, drop, looked_up, kinds, STRANGE)


def _unread_by_file(
    work: Scratch, drop: Drop, looked_up: LookUps, columns: Iterable[str], finding: str
) -> list[Finding]:
    findings = []
    table = drop.shown.rpartition("/")[2]
    for column in columns:
        values = looked_up.values[column]
        form = f"{column}_unread_form"
        if not work.con.execute(f"SELECT 1 FROM {values} WHERE {form} LIMIT 1").fetchall():
            continue
        counted = work.con.execute(
            f"SELECT {FILE}, count(*) FILTER ({form}), count(*) FROM {drop.rows} r JOIN {values} v ON v.written = r.{column}"
            f" GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        told = [(drop.files[number].shown.rpartition("/")[2], found, rows) for number, found, rows in counted]
        told.append((ALL, sum(found for _, found, _ in counted), sum(rows for *_, rows in counted)))
        findings += [Finding(table, file, column, finding, found, rows) for file, found, rows in told if found]
    return findings


def unknown_ids(work: Scratch, table: str, column: str, rows: Relation, known: Relation, whom: str) -> list[Finding]:
    """Rows whose id is nobody's, with the likely cause; none where all are known.

    Args:
        work: Runs the queries.
        table: The drop that the rows come from.
        column: Its column of ids.
        rows: The rows.
        known: What has the ids, under the same name.
        whom: The drop that it comes from.
    """
    found, of = work.con.execute(
        f"SELECT count(*) FILTER (k.id IS NULL), count(*) FROM {rows} r"
        f" LEFT JOIN (SELECT DISTINCT {column} AS id FROM {known}) k ON k.id = r.{column}"
    ).fetchall()[0]
    if not found:
        return []
    ids = work.table("known_ids", f"SELECT DISTINCT {column} AS id FROM {known} WHERE {column} IS NOT NULL")
    lost = work.table("unknown_ids", f"SELECT DISTINCT {column} AS id FROM {rows} ANTI JOIN {known} USING ({column})")
    return [Finding(table, ALL, column, UNKNOWN, found, of, likely_cause(work, lost, ids, table, whom))]


def keep_findings(con: Connection, snapshot: Snapshot, findings: Sequence[Finding]) -> None:
    """Create ``drop_findings`` of a snapshot; files whose names are not shown count as one.

    Args:
        con: Connection with the schema of the snapshot.
        snapshot: The contract.
        findings: What was noticed.
    """
    with scratch(con) as work:
        table = snapshot.table("drop_findings")
        rows = work.rows("findings", table.schema, map(astuple, findings))
        keys = ", ".join(f'"{key}"' for key in table.key)
        summed = (
            f"SELECT {keys}, CAST(sum(found) AS BIGINT) AS found, CAST(sum(rows) AS BIGINT) AS rows, min(note) AS note"
        )
        keep(con, snapshot, table.name, work.table("findings", f"{summed} FROM {rows} GROUP BY ALL"))


def explain_findings(con: Connection, snapshot: Snapshot, folder: str, above: float) -> str:
    """Sentences on what keeps a drop back, the most telling first; empty if nothing was noticed.

    Args:
        con: Connection with ``drop_findings`` of the snapshot.
        snapshot: The contract.
        folder: Folder of the drops, as messages name it.
        above: Share above which something is worth a sentence.
    """
    found = con.execute(
        'SELECT "table", delivery, measure, finding, found, rows, note FROM'
        f" {snapshot.name}.drop_findings WHERE (delivery = '{ALL}') = (finding IN ('{UNKNOWN}', '{NO_SECTOR}'))"
        f" AND finding NOT IN ('{NOT_READ}', '{STRANGE}') AND found > $above * rows ORDER BY found / rows DESC, 1, 2, 3, 4 LIMIT 3",
        {"above": above},
    ).fetchall()
    return " ".join(_sentence(folder, Finding(*row)) for row in found)


def _sentence(folder: str, finding: Finding) -> str:
    place = f"{folder}/{finding.table}" + (f"/{finding.delivery}" if finding.delivery != ALL else "")
    number = f"{finding.found:,} of {finding.rows:,}"
    if finding.finding == UNREADABLE:
        return f"{place}: {number} filled {finding.measure} cannot be read; write dates as 1990-12-31, since 05/06/1990 is two days."
    if finding.finding == UNKNOWN:
        return f"{place}: {number} rows have a {finding.measure} of nobody ({finding.note})."
    if finding.finding == NO_SECTOR:
        return (
            f"{place}: {number} jobs are at employers whose {finding.measure} is blank or unclassified (99), or who are not in the"
            " file; deliver employers with their NAICS codes."
        )
    return f"{place}: {number} rows stand there more than once with the same {finding.measure}; each was counted once."
