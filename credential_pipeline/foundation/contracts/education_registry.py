"""The tables of the clearinghouse's own records: education_registry."""

from credential_pipeline.foundation.contracts.columns import ADDRESS, DEGREE, DROP_FINDING, ENROLLMENT, PERSON
from credential_pipeline.foundation.contracts.table import Column, Snapshot, Table
from credential_pipeline.foundation.names import Sensitivity, Side

_TABLES = (
    Table(
        name="persons",
        description="One student, in standard form.",
        key=("student_id",),
        sensitivity=Sensitivity.IDENTIFIED,
        columns=(
            Column("student_id", "VARCHAR", "Student's id in the registry.", identifier=True),
            *PERSON,
            Column("ssn_last4", "VARCHAR", "Last four digits, never more.", identifier=True),
            Column("email", "VARCHAR", "E-mail address.", identifier=True),
            *ADDRESS,
            Column("ferpa_block", "BOOLEAN", "The student opted out of directory information."),
        ),
    ),
    Table(
        name="person_index",
        description="One student as linkage reads it: letters only, clustered by birth date and name.",
        key=("record",),
        sensitivity=Sensitivity.IDENTIFIED,
        columns=(
            Column("record", "BIGINT", "Number of the student in the order of birth date, name and id."),
            Column("student_id", "VARCHAR", "Student's id in the registry.", identifier=True),
            Column("surnames", "VARCHAR[]", "All family names that may be used, where more than one.", identifier=True),
            *PERSON,
            Column("ssn_last4", "VARCHAR", "Last four digits, never more.", identifier=True),
            Column("email", "VARCHAR", "E-mail address.", identifier=True),
            *ADDRESS,
            Column("birth_ymd", "INTEGER", "Date of birth as yyyymmdd.", identifier=True),
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
            *ENROLLMENT,
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
            *DEGREE,
        ),
    ),
    Table(
        name="duplicate_students",
        description="One student id that gave way to another one, since both are one person.",
        key=("student_id",),
        sensitivity=Sensitivity.IDENTIFIED,
        may_be_empty=True,
        columns=(
            Column("student_id", "VARCHAR", "Id that stands in no other table any more.", identifier=True),
            Column("kept_student_id", "VARCHAR", "Id under which the person stands in their place.", identifier=True),
            Column("why", "VARCHAR", "What agrees, where nothing contradicts."),
            Column("ferpa_block", "BOOLEAN", "Whether the school blocked the person under this id."),
            Column("kept_ferpa_block", "BOOLEAN", "Whether it blocked the person under the id that is kept."),
        ),
    ),
    Table(
        name="student_tracker_answers",
        description="One profile that a StudentTracker report answers, where such reports stand in place of a registry.",
        key=("profile_id",),
        sensitivity=Sensitivity.PSEUDONYMOUS,
        may_be_empty=True,
        columns=(
            Column("profile_id", "VARCHAR", "Profile, which was the return field of the request."),
            Column("found", "BOOLEAN", "Whether a report tells of the person; not finding one proves nothing."),
            Column("records", "BIGINT", "Enrollments and degrees that the reports tell of."),
        ),
    ),
    Table(
        name="drop_findings",
        description="One thing that was noticed in the files, and how often.",
        key=("table", "delivery", "measure", "finding"),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        may_be_empty=True,
        columns=DROP_FINDING,
    ),
)

SNAPSHOT = Snapshot(
    name="education_registry",
    side=Side.CLEARINGHOUSE,
    description="The clearinghouse's own persons, enrollments and degrees.",
    partitioned=False,
    tables=_TABLES,
)
