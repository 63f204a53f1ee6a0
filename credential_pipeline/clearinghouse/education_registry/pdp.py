"""PDP files as a source of enrollments and degrees, where an institution has no registry of its own but a roster of persons.

What the registry's own drops tell of a student at an institution counts; PDP files add what no drop tells. Industry credentials in
a course file are no enrollment; they come from certifiers. Not here: the persons (load.py).
"""

from pathlib import Path
from typing import Final

from credential_pipeline.clearinghouse.education_registry.blocks import refuse_cut
from credential_pipeline.clearinghouse.education_registry.student_tracker import empty
from credential_pipeline.engines.exchange.pdp.columns import COHORT, COLUMNS, COURSE, KEYS
from credential_pipeline.engines.exchange.pdp.judge import faults, refuse
from credential_pipeline.engines.exchange.pdp.read import INSTITUTION, ROW, meant, read_pdp
from credential_pipeline.engines.exchange.pdp.submission import FILES, READ, TERM_DAYS, read_submission
from credential_pipeline.engines.exchange.records import (
    KINDS,
    SUBMITTED_AID,
    SUBMITTED_COHORT,
    SUBMITTED_COURSE,
    record_kind,
)
from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.contracts.education_registry import SNAPSHOT
from credential_pipeline.foundation.drop_findings import NOT_READ, Finding
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch
from credential_pipeline.foundation.storage.sql import statement

FOLDER: Final = "pdp"
_STATEMENTS: Final = {"enrollments": "pdp_enrollments.sql", "degrees": "pdp_degrees.sql"}
MADE: Final = tuple(_STATEMENTS)
"""Tables that PDP files can fill."""
_SUBMITTED: Final = (SUBMITTED_COHORT, SUBMITTED_COURSE, SUBMITTED_AID)
_NO_ENROLLMENT: Final = "financial aid tells neither terms nor degrees"


def stands_for(folder: Path, table: str) -> bool:
    """Whether PDP files take the place of a drop that is not there.

    Args:
        folder: Folder of the registry's drops.
        table: Name of the drop.
    """
    return table in MADE and (folder / FOLDER).is_dir() and not (folder / table).is_dir()


def add_pdp(con: Connection, folder: Path) -> list[Finding]:
    """Add what PDP files tell to education_registry.{enrollments, degrees}; nothing where there are none.

    Files as they are submitted to the PDP (DCE01, DCE02) stand behind analysis-ready ones, which tell more.

    Args:
        con: Connection with the schema ``education_registry``; a table for which the files stand need not be there.
        folder: Folder of the registry's drops, with cohort and course files in ``pdp``.

    Returns:
        Records of which nothing was read, by file.

    Raises:
        SafeError: ``E_DROP_CUT``, ``E_DROP_MISSING`` and ``E_DROP_FORMAT`` as for any drop; ``E_PDP_…`` for a file with a fault,
            ``E_PDP_COHORT`` if there is a course file and no cohort file.
    """
    if not (folder / FOLDER).is_dir():
        return []
    shown = f"education/{FOLDER}"
    refuse_cut(folder / FOLDER, shown)
    with scratch(con) as work:
        read, findings = _read(work, sorted((folder / FOLDER).glob("[!.]*")))
        if not read[COHORT]:
            raise SafeError("E_PDP_COHORT", f"{shown} has no cohort file; put it beside the course file")
        files = {file: _together(work, file, read[file]) for file in (COHORT, COURSE)}
        for table, sources in ((MADE[0], files), (MADE[1], {COHORT: files[COHORT]})):
            if stands_for(folder, table):
                empty(con, table)
            _add(work, table, work.table(table, statement(__package__, _STATEMENTS[table], **sources)))
    return findings


def _read(work: Scratch, paths: list[Path]) -> tuple[dict[str, list[Relation]], list[Finding]]:
    """The files of each kind, what they mean, each of one institution; and of which records nothing was read."""
    read: dict[str, list[Relation]] = {COHORT: [], COURSE: []}
    findings = []
    kinds = {path: record_kind(path) for path in paths}
    for path in sorted(paths, key=lambda one: (kinds[one] not in _SUBMITTED, one)):
        if kinds[path] not in _SUBMITTED:
            file = read_pdp(work, path)
            refuse(faults(work, file.header.file, file.rows), f"education/{FOLDER}/{file.shown}")
            read[file.header.file].append(meant(work, file.header.file, file.rows))
            continue
        sent = read_submission(work, path, kinds[path])
        if sent.rows is None:
            what = f"{KINDS[sent.kind]} ({sent.kind})"
            findings.append(Finding(FOLDER, sent.shown, what, NOT_READ, sent.details, sent.details, _NO_ENROLLMENT))
            continue
        name, columns = FILES[sent.kind], READ[FILES[sent.kind]]
        refuse(faults(work, name, sent.rows, columns), f"education/{FOLDER}/{sent.shown}")
        read[name].append(meant(work, name, sent.rows, columns))
    return read, findings


def _together(work: Scratch, file: str, parts: list[Relation]) -> Relation:
    """All rows of a kind with ``opeid``; of a row that stands in several files, that of the last one."""
    columns = [*(column.name for column in COLUMNS[file]), *(TERM_DAYS if file == COHORT else ())]
    if not parts:
        empty = ", ".join(f"CAST(NULL AS VARCHAR) AS {name}" for name in columns)
        return work.table(file, f"SELECT {empty}, CAST(NULL AS VARCHAR) AS opeid WHERE false")
    rows = " UNION ALL ".join(
        f"SELECT {', '.join(name if name in part.columns else f'CAST(NULL AS VARCHAR) AS {name}' for name in columns)},"
        f" {form.opeid(INSTITUTION)} AS opeid, {number} AS file, {ROW} FROM {part}"
        for number, part in enumerate(parts)
    )
    key = ", ".join(("opeid", *KEYS[file]))
    return work.table(
        file,
        f"SELECT {', '.join(columns)}, opeid FROM ({rows})"
        f" QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY file DESC, {ROW}) = 1",
    )


def _add(work: Scratch, table: str, found: Relation) -> None:
    """Put rows beside those of the drop, of students of whom it tells nothing at that institution."""
    name, shape = f"education_registry.{table}", SNAPSHOT.table(table).schema
    made = ", ".join(
        column if column in found.columns else f"CAST(NULL AS {kind}) AS {column}" for column, kind in shape.items()
    )
    known = work.table("known", f"SELECT DISTINCT student_id, opeid[:6] AS school FROM {name}")
    rows = work.table(
        "rows",
        f"FROM {name} UNION ALL SELECT {made} FROM {found} f ANTI JOIN {known} k"
        " ON k.student_id = f.student_id AND k.school = f.opeid[:6]",
    )
    work.con.execute(f"CREATE OR REPLACE TABLE {name} AS FROM {rows}")
