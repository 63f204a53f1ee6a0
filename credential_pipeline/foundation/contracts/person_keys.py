"""The tables of person_keys."""

from credential_pipeline.foundation.contracts.columns import COVERAGE, DEGREE, EVENT
from credential_pipeline.foundation.contracts.table import Column, Snapshot, Table
from credential_pipeline.foundation.names import Sensitivity, Side

_TABLES = (
    Table(
        name="person_links",
        description="One row of the extract and the person key that it got.",
        key=("row_id",),
        sensitivity=Sensitivity.PSEUDONYMOUS,
        columns=(
            Column("row_id", "VARCHAR", "Token of the learner in the extract."),
            Column("person_key", "VARCHAR", "Protected person key, where one was assigned."),
            Column("match_probability", "DOUBLE", "Probability of the link, six digits."),
            Column(
                "link_probability",
                "DOUBLE",
                "Probability that the row describes one person, as the sender says; empty if it does not say.",
            ),
            Column("status", "VARCHAR", "linked, ambiguous or unlinked."),
            Column("module", "VARCHAR", "Search module that assigned the key."),
            Column("pass", "VARCHAR", "Pass within the module."),
        ),
    ),
    Table(
        name="learners",
        description="One learner with a key; no direct identifier.",
        key=("person_key",),
        sensitivity=Sensitivity.PSEUDONYMOUS,
        columns=(
            Column("person_key", "VARCHAR", "Protected person key."),
            Column("birth_year", "INTEGER", "Year of birth."),
            Column("sex", "VARCHAR", "Sex in the reference population."),
            Column("race", "VARCHAR", "Race in the reference population."),
            Column("ethnicity", "VARCHAR", "Ethnicity in the reference population."),
            Column("state", "VARCHAR", "State in the extract."),
            Column("death_year", "INTEGER", "Year of death, if known."),
        ),
    ),
    Table(
        name="credentials",
        description="One credential event of a learner with a key.",
        key=("person_key", "certifier", "credential_code", "event_date", "event", "result"),
        sensitivity=Sensitivity.PSEUDONYMOUS,
        unique=False,
        columns=(
            Column("person_key", "VARCHAR", "Protected person key."),
            *EVENT,
            Column("age", "INTEGER", "Completed years of age on the day of the event."),
        ),
    ),
    Table(
        name="enrollments",
        description="One spell of enrollment of a learner with a key.",
        key=("person_key", "begin_date", "end_date", "sector"),
        sensitivity=Sensitivity.PSEUDONYMOUS,
        unique=False,
        may_be_empty=True,
        columns=(
            Column("person_key", "VARCHAR", "Protected person key."),
            Column("opeid", "VARCHAR", "Institution's OPEID."),
            Column("sector", "VARCHAR", "public_2yr, public_4yr, private_np_4yr, for_profit and so on."),
            Column("credit", "BOOLEAN", "Whether the enrollment carries credit."),
            Column("degree_seeking", "BOOLEAN", "Whether the student seeks a degree."),
            Column("begin_date", "DATE", "First day of the enrollment."),
            Column("end_date", "DATE", "Last day of the enrollment."),
        ),
    ),
    Table(
        name="degrees",
        description="One degree of a learner with a key.",
        key=("person_key", "degree_date", "degree_level"),
        sensitivity=Sensitivity.PSEUDONYMOUS,
        unique=False,
        may_be_empty=True,
        columns=(
            Column("person_key", "VARCHAR", "Protected person key."),
            *(column for column in DEGREE if column.name not in {"institution", "degree_title"}),
        ),
    ),
    Table(
        name="unkeyed_credentials",
        description="One credential event of a learner without a key; nothing joins it to a person.",
        key=("row_number",),
        sensitivity=Sensitivity.PSEUDONYMOUS,
        may_be_empty=True,
        columns=(
            *EVENT,
            Column("row_number", "BIGINT", "Order of the row."),
        ),
    ),
    Table(
        name="coverage",
        description="How many learners have a key and how many do not, and why.",
        key=("reason",),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        columns=(*COVERAGE,),
    ),
)

SNAPSHOT = Snapshot(
    name="person_keys",
    side=Side.ENCLAVE,
    description="Protected person keys in place of identifiers.",
    tables=_TABLES,
)
