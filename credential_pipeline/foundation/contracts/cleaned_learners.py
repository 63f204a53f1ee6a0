"""The tables of cleaned_learners."""

from credential_pipeline.foundation.contracts.columns import ADDRESS, PERSON
from credential_pipeline.foundation.contracts.table import Column, Snapshot, Table
from credential_pipeline.foundation.names import Sensitivity, Side

_TABLES = (
    Table(
        name="profiles",
        description="One distinct standardized identity that a certifier reported.",
        key=("profile_id",),
        sensitivity=Sensitivity.IDENTIFIED,
        columns=(
            Column("profile_id", "VARCHAR", "Hash of the identity; stable for the same content."),
            Column("certifier", "VARCHAR", "Certifier's name in the registry."),
            Column("person_ref", "VARCHAR", "Certifier's own id of the person, if it has one.", identifier=True),
            *PERSON,
            Column("ssn_last4", "VARCHAR", "Last four digits, never more.", identifier=True),
            Column("email", "VARCHAR", "E-mail address.", identifier=True),
            Column("phone", "VARCHAR", "Telephone number.", identifier=True),
            *ADDRESS,
            Column("records", "BIGINT", "Feed rows that carry this identity."),
        ),
    ),
    Table(
        name="credentials",
        description="One event: an attempt, an award, a renewal or a revocation.",
        key=("certifier", "record_id"),
        sensitivity=Sensitivity.IDENTIFIED,
        columns=(
            Column("certifier", "VARCHAR", "Certifier's name in the registry."),
            Column("record_id", "VARCHAR", "Sender's id of the row, unique within a certifier."),
            Column("delivery", "VARCHAR", "File name of the delivery."),
            Column("profile_id", "VARCHAR", "Profile that the event belongs to."),
            Column("credential_code", "VARCHAR", "Certifier's code of the credential."),
            Column("credential_title", "VARCHAR", "Title of the credential."),
            Column("event", "VARCHAR", "attempt, award, renewal or revocation."),
            Column("result", "VARCHAR", "pass or fail, where the feed says so."),
            Column("event_date", "DATE", "Day of the event."),
            Column("expiration_date", "DATE", "Day on which the credential ends, if it does."),
            Column("training_provider", "VARCHAR", "Name of the training provider."),
            Column("provider_opeid", "VARCHAR", "Provider's OPEID."),
            Column("training_setting", "VARCHAR", "credit, noncredit, high_school, employer, military or other."),
            Column("blocked", "BOOLEAN", "The certifier says: do not share."),
        ),
    ),
    Table(
        name="blocks",
        description="One feed row, accepted or not, that says: do not share; and by what the person can be told.",
        key=("certifier", "delivery", "line"),
        sensitivity=Sensitivity.IDENTIFIED,
        unique=False,  # A broken row may be read in two ways.
        may_be_empty=True,
        columns=(
            Column("certifier", "VARCHAR", "Certifier's name in the registry."),
            Column("delivery", "VARCHAR", "File name of the delivery."),
            Column("line", "INTEGER", "Physical line in the file; the header is line 1."),
            Column("record_id", "VARCHAR", "Sender's id of the row, if it can be told."),
            Column("person_ref", "VARCHAR", "Certifier's own id of the person, if it has one.", identifier=True),
            Column("first_name", "VARCHAR", "Given name, standard form.", identifier=True),
            Column("last_name", "VARCHAR", "Family name, standard form.", identifier=True),
            Column("birth_date", "DATE", "Date of birth.", identifier=True),
            Column("reason_code", "VARCHAR", "Why the row was set aside, or CUT_ROW; empty if it was not."),
            Column("since", "DATE", "Day on which the delivery was first seen."),
        ),
    ),
)

SNAPSHOT = Snapshot(
    name="cleaned_learners",
    side=Side.CLEARINGHOUSE,
    description="Standardized profiles and credential events.",
    tables=_TABLES,
)
