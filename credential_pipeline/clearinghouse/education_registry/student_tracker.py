"""StudentTracker detail reports in place of a registry: for an organization that has none and asks the service about its learners.

Each profile that was asked about and found stands as one student whose id is the profile's, for it was the return field. Reports tell no
birth date, and whom a school blocked they do not list; so nobody is searched for among such students: the links are those that the
service made. Not here: asking (ask.py), and what the links become (linked_records).
"""

from pathlib import Path
from typing import Final

from credential_pipeline.engines.exchange.student_tracker.report import NEEDED, read_report, shown_report
from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.contracts.education_registry import SNAPSHOT
from credential_pipeline.foundation.drop_findings import NOT_READ, Finding
from credential_pipeline.foundation.drop_folder import CSV, PARQUET, files_of, kind_of
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch
from credential_pipeline.foundation.storage.sql import statement

FOLDER: Final = "student_tracker"
_SHOWN: Final = f"education/{FOLDER}"
_READ: Final = (
    *NEEDED,
    *("college_code_branch", "college_name", "college_state", "public_private", "two_year_four_year"),
    *("enrollment_begin", "enrollment_end", "enrollment_status", "enrollment_cip_1"),
    *("graduated", "graduation_date", "degree_title", "degree_cip_1"),
)
"""Columns that tell enrollments and degrees: a report that lacks one was cut, and would make people of whom it tells look unschooled."""
_DATES: Final = ("enrollment_begin", "enrollment_end", "graduation_date")


def has_reports(folder: Path) -> bool:
    """Whether reports were put there.

    Args:
        folder: The clearinghouse's ``education`` folder.
    """
    return any(not path.name.startswith(".") for path in (folder / FOLDER).glob("*"))


def load_reports(con: Connection, folder: Path) -> list[Finding]:
    """Create education_registry.{persons, enrollments, degrees, student_tracker_answers} from detail reports.

    Args:
        con: Connection with the schema ``education_registry``.
        folder: The clearinghouse's ``education`` folder.

    Returns:
        Rows of which nothing was read, by file and kind.

    Raises:
        SafeError: ``E_DROP_FORMAT``, those of :func:`read_report`, ``E_REPORT_DATE``, ``E_REPORT_RETURN_FIELD``, and
            ``E_EDUCATION_SOURCES`` where a registry lies there as well.
    """
    for table in ("persons", "enrollments", "degrees"):
        if any(not path.name.startswith(".") for path in (folder / table).glob("*")):
            message = f"{_SHOWN} and education/{table} both hold files; keep the reports or the registry, not both"
            raise SafeError("E_EDUCATION_SOURCES", message)
    with scratch(con) as work:
        rows, findings = _read_all(work, folder / FOLDER)
        persons = work.table("persons", _persons(rows))
        _keep(con, "persons", persons)
        schools = work.view("schools", f"SELECT *, {form.opeid('college_code_branch')} AS opeid FROM {rows}")
        enrollments = work.table("enrollments", statement(__package__, "reported_enrollments.sql", rows=schools))
        degrees = work.table("degrees", statement(__package__, "reported_degrees.sql", rows=schools))
        _keep(con, "enrollments", enrollments)
        _keep(con, "degrees", degrees)
        answers = work.table(
            "answers",
            statement(__package__, "reported_answers.sql", rows=rows, enrollments=enrollments, degrees=degrees),
        )
        _keep(con, "student_tracker_answers", answers)
    return findings


def empty(con: Connection, name: str) -> None:
    """Create a table of education_registry without rows."""
    shape = ", ".join(f'"{column}" {kind}' for column, kind in SNAPSHOT.table(name).schema.items())
    con.execute(f"CREATE OR REPLACE TABLE education_registry.{name} ({shape})")


def _read_all(work: Scratch, folder: Path) -> tuple[Relation, list[Finding]]:
    """The rows of every report once; a row that two reports have is one row. And of which rows nothing was read."""
    files = files_of(folder, _SHOWN, (CSV, PARQUET))
    if any(kind_of(file) == PARQUET for file in files):
        raise SafeError("E_DROP_FORMAT", f"{_SHOWN} holds .parquet files; a detail report is a .csv file")
    for file in files:
        if file.is_symlink():
            # Whatever the link leads to would be read as a report, and may change behind it.
            raise SafeError("E_DROP_FORMAT", f"{_SHOWN}/{shown_report(file)} is a link; put the report itself there")
    parts = [_checked(work, file) for file in files]
    findings = [one for file, part in zip(files, parts, strict=True) for one in _unread(work, part, file)]
    return work.table("reported", " UNION ".join(f"FROM {part}" for part in parts)), findings


def _unread(work: Scratch, rows: Relation, file: Path) -> list[Finding]:
    """Rows of people who were found that tell neither an enrollment nor a degree, by what they tell instead."""
    nothing = "record_found = 'Y' AND upper(coalesce(graduated, 'N')) <> 'Y' AND enrollment_begin IS NULL"
    credential = "coalesce(credential_code, credential_certifier) IS NOT NULL"
    credentials, others, size = work.con.execute(
        f"SELECT count(*) FILTER ({nothing} AND {credential}), count(*) FILTER ({nothing} AND NOT {credential}), count(*) FROM {rows}"
    ).fetchall()[0]
    shown = shown_report(file)
    found = (
        Finding(FOLDER, shown, "industry credentials", NOT_READ, credentials, size, "they come from certifiers"),
        Finding(FOLDER, shown, "rows without a date", NOT_READ, others, size, "neither an enrollment nor a degree"),
    )
    return [one for one in found if one.found]


def _checked(work: Scratch, file: Path) -> Relation:
    """The rows of one report with their dates read."""
    rows = read_report(work, file, _READ)
    shown = f"{_SHOWN}/{shown_report(file)}"
    dates = ", ".join(f"try_strptime({name}, '%Y%m%d')::DATE AS {name}" for name in _DATES)
    unread = " OR ".join(f"({name} IS NOT NULL AND try_strptime({name}, '%Y%m%d') IS NULL)" for name in _DATES)
    bad, blank = work.con.execute(
        f"SELECT count(*) FILTER ({unread}), count(*) FILTER (coalesce(trim(requester_return_field), '') = '') FROM {rows}"
    ).fetchall()[0]
    if bad:
        raise SafeError("E_REPORT_DATE", f"{shown}: {bad} rows have a date that is no day written as 20261231")
    if blank:
        message = f"{shown}: {blank} rows have no return field, so that nobody can tell whom they answer"
        raise SafeError("E_REPORT_RETURN_FIELD", message)
    return work.table(
        "checked", f"SELECT * REPLACE ({dates}, trim(requester_return_field) AS requester_return_field) FROM {rows}"
    )


def _persons(rows: Relation) -> str:
    """Everybody found, in standard form; what reports do not tell is empty."""
    made = {
        **dict.fromkeys(SNAPSHOT.table("persons").column_names, "NULL"),
        "student_id": "requester_return_field",
        "first_name": f"min({form.given_name('first_name')})",
        "middle_name": f"min({form.name('middle_initial')})",
        "last_name": f"min({form.family_name('last_name')})",
        "name_suffix": f"min({form.written_suffix('name_suffix')})",
        "ferpa_block": "false",
    }
    columns = ", ".join(
        f"CAST({made[name]} AS {kind}) AS {name}" for name, kind in SNAPSHOT.table("persons").schema.items()
    )
    return f"SELECT {columns} FROM {rows} WHERE record_found = 'Y' GROUP BY requester_return_field"


def _keep(con: Connection, name: str, rows: Relation) -> None:
    columns = ", ".join(f"CAST({column} AS {kind}) AS {column}" for column, kind in SNAPSHOT.table(name).schema.items())
    con.execute(f"CREATE OR REPLACE TABLE education_registry.{name} AS SELECT {columns} FROM {rows}")
