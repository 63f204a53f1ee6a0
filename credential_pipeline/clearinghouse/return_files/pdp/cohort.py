"""Rows of the cohort file: the institution's own where it left a file, or else what the registry knows. Not here: courses."""

from datetime import date
from typing import Final

from credential_pipeline.clearinghouse.return_files.partners import campus
from credential_pipeline.clearinghouse.return_files.pdp.students import Students
from credential_pipeline.engines.exchange.pdp.columns import COHORT, COLUMNS
from credential_pipeline.engines.exchange.pdp.read import ROW, PdpFile
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

FROM_REGISTRY: Final = (
    "institution_id", "cohort", "student_id", "cohort_term", "student_age", "enrollment_type",
    "enrollment_intensity_first_term", "gender", "attendance_status_term_1", "program_of_study_term_1", "program_of_study_year_1",
    "retention", "persistence", "time_to_credential", "years_to_bachelors_at_cohort_inst",
    "years_to_associates_or_certificate_at_cohort_inst", "years_to_bachelor_at_other_inst",
    "years_to_associates_or_certificate_at_other_inst", "first_year_to_bachelors_at_cohort_inst",
    "first_year_to_associates_or_certificate_at_cohort_inst", "first_year_to_bachelor_at_other_inst",
    "first_year_to_associates_or_certificate_at_other_inst", "years_of_last_enrollment_at_cohort_institution",
    "years_of_last_enrollment_at_other_institution", "most_recent_last_enrollment_at_other_institution_state",
    "most_recent_bachelors_at_other_institution_state", "most_recent_associates_or_certificate_at_other_institution_state",
    "first_bachelors_at_other_institution_state", "first_associates_or_certificate_at_other_institution_state",
)  # fmt: skip
"""Columns that the registry can fill; the others stay blank."""


def cohort_from_registry(work: Scratch, students: Students, agreement: ReturnAgreement, today: date) -> Relation:
    """The cohort file as the registry knows it: a student's first enrollment at the institution makes the cohort.

    A student with a degree of the institution and no enrollment there has no cohort and no row. Whether somebody came back is
    unknown until the registry has enrollments at the institution from the second half of the academic year after.

    Args:
        work: Makes the relation.
        students: Whose rows may be told.
        agreement: Of the institution.
        today: The day: an enrollment that begins later does not show that a year is known.

    Returns:
        ``row_number``, ``learner_id`` and every column of the cohort file, as text.
    """
    parameters = {
        "school_code": agreement.school_code,
        "campus": campus(agreement),
        "institution": agreement.of,
        "today": today,
    }
    known = work.table("known", statement(__package__, "cohort.sql", own=students.own), parameters)
    made = ", ".join(
        f"CAST({column.name} AS VARCHAR) AS {column.name}"
        if column.name in FROM_REGISTRY
        else f"CAST(NULL AS VARCHAR) AS {column.name}"
        for column in COLUMNS[COHORT]
    )
    return work.table(
        "cohort",
        f"SELECT 1 + row_number() OVER (ORDER BY student_id) AS {ROW}, learner_id, {made}"
        f" FROM {known.needs(*FROM_REGISTRY)}",
    )


def of_own_file(work: Scratch, file: PdpFile, students: Students) -> Relation:
    """The rows of an institution's own file as they came, less people who are blocked.

    Args:
        work: Makes the relation.
        file: A cohort or a course file.
        students: Says who is blocked, and who is known to the registry as a student of the institution.

    Returns:
        ``row_number``, ``learner_id`` and every column of the file.
    """
    made = ", ".join(f"r.{column.name}" for column in COLUMNS[file.header.file])
    return work.table(
        "own_rows",
        f"SELECT r.{ROW}, o.learner_id, {made} FROM {file.rows} r ANTI JOIN {students.hidden} h USING (student_id)"
        f" LEFT JOIN {students.known_as} k ON k.written_id = r.student_id LEFT JOIN {students.own} o"
        " ON o.student_id = k.student_id",
    )
