"""Rules about what was noticed in the files of a drop: the same for the education registry and the reference population.

They judge the table ``drop_findings``, which names files and columns and holds counts only. Not here: what else must hold of the
two (suites), and how things are noticed (foundation/drop_findings.py).
"""

from checks.rule import Rule, Severity, number
from credential_pipeline.foundation.contracts.table import Snapshot

UNREADABLE = 0.05
"""Share of the filled values of a column above which it was written in a way that nobody agreed on."""
FILE_UNREADABLE = 0.5
"""The same share of one file, whose rows are few beside those of the others."""
FEWEST = 20
"""Values from which on a single file is judged."""


def findings(snapshot: Snapshot, finding: str, table: str = "", measure: str = "") -> str:
    """SQL after FROM: what was noticed of one kind, by file."""
    narrowed = [f"finding = '{finding}'"]
    narrowed += [f"\"table\" = '{table}'"] if table else []
    narrowed += [f"measure = '{measure}'"] if measure else []
    return f"{snapshot.name}.drop_findings WHERE {' AND '.join(narrowed)}"


def named(snapshot: Snapshot, finding: str, table: str = "", measure: str = "") -> str:
    """The blame of such a rule: table, column and file, or table and column where no file is told."""
    return (
        "SELECT \"table\" || '.' || measure || CASE WHEN delivery = 'all' THEN '' ELSE '/' || delivery END, found"
        f" FROM {findings(snapshot, finding, table, measure)}"
    )


def dates_rules(snapshot: Snapshot) -> tuple[Rule, ...]:
    """A date that is there and cannot be read is not a missing one: some are told, many keep the drop back."""
    unreadable = findings(snapshot, "unreadable")
    file = f"delivery <> 'all' AND found >= {FEWEST} AND found > {FILE_UNREADABLE} * rows"
    return (
        number(
            "dates_readable",
            "Dates that are filled and cannot be read were written another way: write 1990-12-31; 05/06/1990 is two days.",
            f"SELECT count(*) FROM {unreadable} AND (delivery = 'all' AND found > {UNREADABLE} * rows OR {file})",
            at_most=0,
            blame=named(snapshot, "unreadable"),
        ),
        number(
            "every_date_readable",
            "A date that is filled and cannot be read counts as missing.",
            f"SELECT coalesce(sum(found), 0) FROM {unreadable} AND delivery = 'all'",
            at_most=0,
            severity="warn",
            blame=named(snapshot, "unreadable"),
        ),
    )


def words_rule(snapshot: Snapshot) -> Rule:
    """A category in a word that nobody knows counts as unknown, and looks like a person of whom nothing is recorded."""
    return number(
        "every_category_known",
        "A category that is written in none of the listed ways counts as unknown; the ways are listed in the reference of dropped files.",
        f"SELECT coalesce(sum(found), 0) FROM {findings(snapshot, 'unknown word')} AND delivery = 'all'",
        at_most=0,
        severity="warn",
        blame=named(snapshot, "unknown word"),
    )


def share_rule(
    snapshot: Snapshot,
    name: str,
    why: str,
    finding: str,
    table: str,
    measure: str,
    *,
    at_most: float,
    severity: Severity,
) -> Rule:
    """At most a share of what a drop holds was noticed to be of a kind."""
    return number(
        name,
        why,
        f"SELECT coalesce(max(found / rows), 0) FROM {findings(snapshot, finding, table, measure)}",
        at_most=at_most,
        severity=severity,
        blame=named(snapshot, finding, table, measure),
    )
