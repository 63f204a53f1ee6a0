"""The tables of raw_feeds."""

from credential_pipeline.foundation.contracts.table import Column, Snapshot, Table
from credential_pipeline.foundation.names import Sensitivity, Side

ACCEPTED, HELD, REFUSED = "accepted", "held", "refused"
REPLAYED, REPLACED, GONE = "replayed", "replaced", "withdrawn"
STATES = (ACCEPTED, HELD, REFUSED, REPLAYED, REPLACED, GONE)
"""What can become of a delivery."""
AWAY = (REPLACED, GONE)
"""States of a delivery that counts no longer: of its rows nothing is to be mended."""

_TABLES = (
    Table(
        name="records",
        description="One accepted feed row, verbatim, with its lineage.",
        key=("certifier", "record_id"),
        sensitivity=Sensitivity.IDENTIFIED,
        columns=(
            Column("certifier", "VARCHAR", "Certifier's name in the registry."),
            Column("delivery", "VARCHAR", "File name of the delivery."),
            Column("line", "INTEGER", "Physical line in the file; the header is line 1."),
            Column("record_id", "VARCHAR", "Sender's id of the row, unique within a certifier."),
            Column(
                "source",
                "MAP(VARCHAR, VARCHAR)",
                "Every value of the row by its column name in the file.",
                identifier=True,
            ),
        ),
    ),
    Table(
        name="quarantine",
        description="One feed row that was set aside, and why.",
        key=("certifier", "delivery", "line"),
        sensitivity=Sensitivity.IDENTIFIED,
        may_be_empty=True,
        columns=(
            Column("certifier", "VARCHAR", "Certifier's name in the registry."),
            Column("delivery", "VARCHAR", "File name of the delivery."),
            Column("line", "INTEGER", "Physical line in the file; the header is line 1."),
            Column("reason_code", "VARCHAR", "Why the row was set aside."),
            Column("content", "VARCHAR", "The line as it came.", identifier=True),
            Column("record_id", "VARCHAR", "Sender's id of the row, where it can be told.", identifier=True),
        ),
    ),
    Table(
        name="deliveries",
        description="One file that a certifier sent: rows in = accepted + quarantined + duplicate.",
        key=("certifier", "delivery"),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        columns=(
            Column("certifier", "VARCHAR", "Certifier's name in the registry."),
            Column("delivery", "VARCHAR", "File name; of an overwritten file with the begin of its hash."),
            Column("sha256", "VARCHAR", "Hash of the file's bytes."),
            Column("rows_in", "BIGINT", "Physical data lines in the file."),
            Column("rows_accepted", "BIGINT", "Rows that go on."),
            Column("rows_quarantined", "BIGINT", "Rows set aside with a reason."),
            Column("rows_duplicate", "BIGINT", "Rows that repeat an accepted row, or that a later delivery corrected."),
            Column("state", "VARCHAR", "accepted, held, refused, replayed, replaced or withdrawn."),
            Column("reason_code", "VARCHAR", "Why none of its rows goes on; empty if they do."),
            Column("detail", "VARCHAR", "The reasons in words and numbers, safe to show to anybody."),
            Column("format", "VARCHAR", "How the file was read."),
            Column("encoding", "VARCHAR", "In which encoding it was read; empty where a format has only one."),
        ),
    ),
    Table(
        name="notices",
        description="What is worth knowing of a delivery, and no reason to hold it.",
        key=("certifier", "delivery", "code"),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        unique=False,
        may_be_empty=True,
        columns=(
            Column("certifier", "VARCHAR", "Certifier's name in the registry."),
            Column("delivery", "VARCHAR", "File name of the delivery."),
            Column("code", "VARCHAR", "What it is."),
            Column("detail", "VARCHAR", "The same in words and numbers, safe to show to anybody."),
        ),
    ),
    Table(
        name="field_shares",
        description="How many rows of a delivery fill a field, and in how many of them it can be read.",
        key=("certifier", "delivery", "field"),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        may_be_empty=True,
        columns=(
            Column("certifier", "VARCHAR", "Certifier's name in the registry."),
            Column("delivery", "VARCHAR", "File name of the delivery."),
            Column("field", "VARCHAR", "The canonical field."),
            Column("rows", "BIGINT", "Rows whose values can be told apart."),
            Column("filled", "BIGINT", "Rows in which something is written for the field."),
            Column("readable", "BIGINT", "Rows in which what is written can be read."),
        ),
    ),
    Table(
        name="blocked_rows",
        description="One feed row, accepted or not, whose sender says: do not share this person.",
        key=("certifier", "delivery", "line"),
        sensitivity=Sensitivity.IDENTIFIED,
        unique=False,  # A broken row may be read in two ways, and either may name the person.
        may_be_empty=True,
        columns=(
            Column("certifier", "VARCHAR", "Certifier's name in the registry."),
            Column("delivery", "VARCHAR", "File name of the delivery."),
            Column("line", "INTEGER", "Physical line in the file; the header is line 1."),
            Column("reason_code", "VARCHAR", "Why the row was set aside, or CUT_ROW; empty if it was not."),
            Column("since", "DATE", "Day on which the delivery was first seen."),
            Column(
                "source",
                "MAP(VARCHAR, VARCHAR)",
                "Every value of the row by its column name in the file, as far as it can be told.",
                identifier=True,
            ),
        ),
    ),
    Table(
        name="block_flags",
        description="How the column with the wish to share nothing is filled in one delivery.",
        key=("certifier", "delivery"),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        may_be_empty=True,
        columns=(
            Column("certifier", "VARCHAR", "Certifier's name in the registry."),
            Column("delivery", "VARCHAR", "File name of the delivery."),
            Column("rows", "BIGINT", "Rows whose values can be told apart."),
            Column("blank", "BIGINT", "Rows in which the column is blank."),
            Column("blocked", "BIGINT", "Rows that say: do not share."),
        ),
    ),
)

SNAPSHOT = Snapshot(
    name="raw_feeds",
    side=Side.CLEARINGHOUSE,
    description="Accepted feed rows as they came, rows set aside, and what was delivered.",
    tables=_TABLES,
)
