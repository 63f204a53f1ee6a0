"""The tables of the clearinghouse's own records: education_registry."""

from credential_pipeline.contracts.table import Column, Snapshot, Table
from credential_pipeline.names import Sensitivity, Side

_TABLES = (
    Table(
        name="persons",
        description="One student, in standard form.",
        key=("student_id",),
        sensitivity=Sensitivity.IDENTIFIED,
        columns=(
            Column("student_id", "VARCHAR", "Student's id in the registry.", identifier=True),
            Column("first_name", "VARCHAR", "Given name, standard form.", identifier=True),
            Column("middle_name", "VARCHAR", "Middle name or initial, standard form.", identifier=True),
            Column("last_name", "VARCHAR", "Family name, standard form.", identifier=True),
            Column("name_suffix", "VARCHAR", "JR, SR, II, III or IV.", identifier=True),
            Column(
                "previous_last_name", "VARCHAR", "An earlier family name, where the sender holds one.", identifier=True
            ),
            Column("birth_date", "DATE", "Date of birth.", identifier=True),
            Column("sex", "VARCHAR", "F or M as the sender says."),
            Column("ssn_last4", "VARCHAR", "Last four digits, never more.", identifier=True),
            Column("email", "VARCHAR", "E-mail address.", identifier=True),
            Column("street", "VARCHAR", "Street and number, standard form.", identifier=True),
            Column("city", "VARCHAR", "City, standard form.", identifier=True),
            Column("state", "VARCHAR", "Two-letter state code."),
            Column("zip", "VARCHAR", "Five-digit ZIP code."),
            Column("ferpa_block", "BOOLEAN", "The student opted out of directory information."),
        ),
    ),
    Table(
        name="enrollments",
        description="One spell of enrollment.",
        key=("student_id", "begin_date", "opeid"),
        sensitivity=Sensitivity.IDENTIFIED,
        unique=False,
        may_be_empty=True,
        columns=(
            Column("student_id", "VARCHAR", "Student's id in the registry.", identifier=True),
            Column("opeid", "VARCHAR", "Institution's OPEID."),
            Column("institution", "VARCHAR", "Institution's name."),
            Column("institution_state", "VARCHAR", "Two-letter state of the institution."),
            Column("sector", "VARCHAR", "public_2yr, public_4yr, private_np_4yr, for_profit and so on."),
            Column("credit", "BOOLEAN", "Whether the enrollment carries credit."),
            Column("degree_seeking", "BOOLEAN", "Whether the student seeks a degree."),
            Column("begin_date", "DATE", "First day of the enrollment."),
            Column("end_date", "DATE", "Last day of the enrollment."),
            Column("status", "VARCHAR", "Enrollment status code."),
            Column("cip", "VARCHAR", "Field of study, CIP 2020."),
        ),
    ),
    Table(
        name="degrees",
        description="One degree.",
        key=("student_id", "degree_date", "opeid"),
        sensitivity=Sensitivity.IDENTIFIED,
        unique=False,
        may_be_empty=True,
        columns=(
            Column("student_id", "VARCHAR", "Student's id in the registry.", identifier=True),
            Column("opeid", "VARCHAR", "Institution's OPEID."),
            Column("institution", "VARCHAR", "Institution's name."),
            Column("degree_date", "DATE", "Day of the degree."),
            Column("degree_title", "VARCHAR", "Title."),
            Column("degree_level", "VARCHAR", "Level."),
            Column("cip", "VARCHAR", "Field of study, CIP 2020."),
        ),
    ),
)

SNAPSHOT = Snapshot(
    name="education_registry",
    side=Side.CLEARINGHOUSE,
    description="The clearinghouse's own persons, enrollments and degrees.",
    partitioned=False,
    tables=_TABLES,
)
