"""Composes the cohort and course file of an institution, and judges them before they go. Not here: figures on its students."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from credential_pipeline.clearinghouse.return_files.partners import Given, Wishes
from credential_pipeline.clearinghouse.return_files.pdp.cohort import cohort_from_registry, of_own_file
from credential_pipeline.clearinghouse.return_files.pdp.course import awards_of, course_rows
from credential_pipeline.clearinghouse.return_files.pdp.own import Refused, own_files
from credential_pipeline.clearinghouse.return_files.pdp.students import Students, students_of
from credential_pipeline.engines.exchange.pdp.columns import COHORT, COLUMNS, COURSE, KEYS, Header
from credential_pipeline.engines.exchange.pdp.judge import faults, refuse
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import text_of


@dataclass(frozen=True)
class PdpFiles:
    """What an institution gets in PDP's files, and what figures are made from.

    Attributes:
        cohort: Rows of the table ``pdp_cohort``; without a row if they are not agreed.
        course: Rows of the table ``pdp_course``; likewise.
        students: Whose rows may be told.
        people: Whom figures are on: the cohort file before columns were withheld, or the registry's students alone.
        awards: The credentials of its students.
        refused: Files of its own that were not read.
        headers: Kind of file to the header of its own file that was read, whose rows go back.
    """

    cohort: Relation
    course: Relation
    students: Students
    people: Relation
    awards: Relation
    refused: Sequence[Refused]
    headers: Mapping[str, Header]


def pdp_files(work: Scratch, given: Given, agreement: ReturnAgreement, wishes: Wishes) -> PdpFiles:
    """Make the files of an institution.

    Args:
        work: Makes the relations; its connection has the views of the four hops that are read.
        given: Partners' folders, certifiers and the day.
        agreement: Of a partner of role institution.
        wishes: Of whom nothing may be told.

    Raises:
        SafeError: ``E_PDP_…`` if what we made broke a rule of the files.
    """
    work.con.execute(text_of(__package__, "academic_years.sql"))
    students = students_of(work, agreement, wishes)
    own = own_files(work, given, agreement)
    known = cohort_from_registry(work, students, agreement, given.today)
    people = of_own_file(work, own.cohort, students) if own.cohort else known
    courses = of_own_file(work, own.course, students) if own.course else None
    awards = awards_of(work, students, given.certifiers, given.today)
    course = course_rows(work, people, awards, students, courses)
    for file, rows in ((COHORT, people), (COURSE, course)):
        if work.con.execute(f"SELECT count(*) FROM {rows}").fetchall()[0][0]:
            refuse(faults(work, file, rows), f"the {file} file for {agreement.partner}")
    return PdpFiles(
        cohort=_table(work, COHORT, people, agreement),
        course=_table(work, COURSE, course, agreement),
        students=students,
        people=people if reads_credentials(agreement) else known,
        awards=awards,
        refused=own.refused,
        headers=own.headers,
    )


def reads_credentials(agreement: ReturnAgreement) -> bool:
    """Whether an institution may read single students' credentials.

    If not, figures are on the registry's students alone: who chooses whom a figure is on reads from two of them what one student holds.
    """
    return bool(agreement.gets & {"course", "credentials"})


def _table(work: Scratch, file: str, rows: Relation, agreement: ReturnAgreement) -> Relation:
    """The rows as the contract has them; withheld columns blank, unless they tell rows apart."""
    withheld = {*agreement.withheld} - {*KEYS[file], "institution_id"}
    own = {column.name for column in COLUMNS[file]}
    made = {name: f"CAST(NULL AS VARCHAR) AS {name}" if name in withheld else name for name in own}
    columns = ", ".join(
        made.get(name, name) for name in SNAPSHOT.table(f"pdp_{file}").column_names if name != "partner"
    )
    return work.table(
        f"pdp_{file}",
        f"SELECT $partner AS partner, {columns} FROM {rows} WHERE $agreed",
        {"partner": agreement.partner, "agreed": file in agreement.gets},
    )
