"""Rows of the course file: the institution's own courses where it left a file, and everybody's industry credentials.

Not here: who is in the cohort (cohort.py).
"""

from collections.abc import Sequence
from datetime import date

from credential_pipeline.clearinghouse.return_files.pdp.students import Students
from credential_pipeline.engines.exchange.pdp.columns import COLUMNS, COURSE, KEYS
from credential_pipeline.engines.exchange.pdp.read import ROW, meant
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

_TITLES = dict.fromkeys(("certifier", "credential_code", "title", "cip", "stacks_to", "ctid"), "VARCHAR")
_SAME = ("student_id", "credential_engine_identifier", "academic_year", "academic_term")


def awards_of(work: Scratch, students: Students, certifiers: Sequence[Certifier], today: date) -> Relation:
    """The industry credentials of an institution's students.

    Args:
        work: Makes the relation.
        students: Whose credentials may be told.
        certifiers: What the registry says of their credentials.
        today: The day; what a file dates later is passed over.

    Returns:
        student_id, certifier, credential_code, awarded, title, ctid, cip, stacks_to.
    """
    titles = work.rows(
        "titles",
        _TITLES,
        [
            (certifier.certifier, one.code, one.title, one.cip, one.stacks_to, one.ctid)
            for certifier in certifiers
            for one in certifier.credentials
        ],
    )
    return work.table("awards", statement(__package__, "awards.sql", own=students.own, titles=titles), {"today": today})


def course_rows(
    work: Scratch, cohort: Relation, awards: Relation, students: Students, own: Relation | None
) -> Relation:
    """The course file: the institution's rows, if any, and a row a credential of everybody in the cohort file.

    A credential that the institution itself lists is not added again: by its CTID in the same term, or under the key that ours has.

    Args:
        work: Makes the relations.
        cohort: The rows of the cohort file.
        awards: What :func:`awards_of` found.
        students: Whose rows may be told.
        own: The institution's own courses.

    Returns:
        ``row_number``, ``learner_id`` and every column of the course file.
    """
    found = work.table(
        "credential_rows",
        statement(
            __package__,
            "credential_rows.sql",
            cohort=cohort,
            awards=awards,
            known_as=students.known_as,
            own=students.own,
        ),
    )
    given = {name: f"c.{name}" for name in found.columns}
    if own is not None:
        # A file names its institution in one way, however the cohort file writes it.
        given["institution_id"] = f"coalesce((SELECT min(institution_id) FROM {own}), c.institution_id)"
    made = ", ".join(given.get(column.name, f"CAST(NULL AS VARCHAR) AS {column.name}") for column in COLUMNS[COURSE])
    names = ", ".join(column.name for column in COLUMNS[COURSE])
    if own is None:
        rows = f"SELECT 0 AS first, 0 AS {ROW}, learner_id, {made} FROM {found} c"
    else:
        listed = meant(work, COURSE, own)
        same = " AND ".join(f"o.{name} = c.{name}" for name in _SAME)
        key = " AND ".join(f"k.{name} IS NOT DISTINCT FROM c.{name}" for name in KEYS[COURSE])
        rows = (
            f"SELECT 0 AS first, {ROW}, learner_id, {names} FROM {own} UNION ALL"
            f" SELECT 1, 0, learner_id, {made} FROM {found} c ANTI JOIN {listed} o ON {same} ANTI JOIN {listed} k ON {key}"
        )
    order = "first, " + ROW + ", student_id, academic_year, academic_term, course_prefix, course_number, section_id"
    return work.table(
        "course",
        f"SELECT 1 + row_number() OVER (ORDER BY {order}) AS {ROW}, learner_id, {names} FROM ({rows})",
    )
