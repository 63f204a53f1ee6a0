"""The tables of census_extract."""

from credential_pipeline.foundation.contracts.columns import ADDRESS, COVERAGE, DEGREE, ENROLLMENT, EVENT, PERSON
from credential_pipeline.foundation.contracts.table import Column, Snapshot, Table
from credential_pipeline.foundation.names import Sensitivity, Side

_TABLES = (
    Table(
        name="learners",
        description="Directory information of one learner.",
        key=("row_id",),
        sensitivity=Sensitivity.IDENTIFIED,
        columns=(
            Column("row_id", "VARCHAR", "Token of the learner for this recipient only."),
            *PERSON,
            *ADDRESS,
            Column(
                "link_probability",
                "DOUBLE",
                "Probability that the linked student is this learner, six digits; empty if no student is linked or the"
                " agreement is silent on it.",
            ),
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
            *EVENT,
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
            *ENROLLMENT,
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
            *DEGREE,
        ),
    ),
    Table(
        name="coverage",
        description="How many learners the extract holds and how many it leaves out, and why.",
        key=("reason",),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        columns=(*COVERAGE,),
    ),
)

SNAPSHOT = Snapshot(
    name="census_extract",
    side=Side.CLEARINGHOUSE,
    description="Directory information and credentials for the enclave, and nothing else.",
    tables=_TABLES,
)
