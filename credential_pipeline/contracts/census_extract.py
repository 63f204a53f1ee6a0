"""The tables of hop 4a: census_extract."""

from credential_pipeline.contracts.table import Column, Snapshot, Table
from credential_pipeline.names import Sensitivity, Side

_TABLES = (
    Table(
        name="learners",
        description="Directory information of one learner.",
        key=("row_id",),
        sensitivity=Sensitivity.IDENTIFIED,
        columns=(
            Column("row_id", "VARCHAR", "Token of the learner for this recipient only."),
            Column("first_name", "VARCHAR", "Given name, standard form.", identifier=True),
            Column("middle_name", "VARCHAR", "Middle name or initial, standard form.", identifier=True),
            Column("last_name", "VARCHAR", "Family name, standard form.", identifier=True),
            Column("name_suffix", "VARCHAR", "JR, SR, II, III or IV.", identifier=True),
            Column(
                "previous_last_name", "VARCHAR", "An earlier family name, where the sender holds one.", identifier=True
            ),
            Column("birth_date", "DATE", "Date of birth.", identifier=True),
            Column("sex", "VARCHAR", "F or M as the sender says."),
            Column("street", "VARCHAR", "Street and number, standard form.", identifier=True),
            Column("city", "VARCHAR", "City, standard form.", identifier=True),
            Column("state", "VARCHAR", "Two-letter state code."),
            Column("zip", "VARCHAR", "Five-digit ZIP code."),
        ),
    ),
    Table(
        name="credentials",
        description="One credential event.",
        key=("row_id", "certifier", "credential_code", "event_date", "event", "result"),
        sensitivity=Sensitivity.PSEUDONYMOUS,
        unique=False,
        columns=(
            Column("row_id", "VARCHAR", "Token of the learner for this recipient only."),
            Column("certifier", "VARCHAR", "Certifier's name in the registry."),
            Column("credential_code", "VARCHAR", "Certifier's code of the credential; unique within the certifier."),
            Column("event", "VARCHAR", "attempt, award, renewal or revocation."),
            Column("result", "VARCHAR", "pass or fail, where the feed says so."),
            Column("event_date", "DATE", "Day of the event."),
            Column("training_setting", "VARCHAR", "credit, noncredit, high_school, employer, military or other."),
        ),
    ),
    Table(
        name="enrollments",
        description="One spell of enrollment.",
        key=("row_id", "begin_date", "opeid"),
        sensitivity=Sensitivity.PSEUDONYMOUS,
        unique=False,
        may_be_empty=True,
        columns=(
            Column("row_id", "VARCHAR", "Token of the learner for this recipient only."),
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
        key=("row_id", "degree_date", "opeid"),
        sensitivity=Sensitivity.PSEUDONYMOUS,
        unique=False,
        may_be_empty=True,
        columns=(
            Column("row_id", "VARCHAR", "Token of the learner for this recipient only."),
            Column("opeid", "VARCHAR", "Institution's OPEID."),
            Column("institution", "VARCHAR", "Institution's name."),
            Column("degree_date", "DATE", "Day of the degree."),
            Column("degree_title", "VARCHAR", "Title."),
            Column("degree_level", "VARCHAR", "Level."),
            Column("cip", "VARCHAR", "Field of study, CIP 2020."),
        ),
    ),
    Table(
        name="coverage",
        description="How many learners the extract holds and how many it leaves out, and why.",
        key=("reason",),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        columns=(
            Column("reason", "VARCHAR", "Why these learners are or are not seen."),
            Column("learners", "BIGINT", "Number of learners."),
        ),
    ),
)

SNAPSHOT = Snapshot(
    name="census_extract",
    side=Side.CLEARINGHOUSE,
    description="Directory information and credentials for the enclave, and nothing else.",
    tables=_TABLES,
)
