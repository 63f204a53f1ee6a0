"""The tables of published_outcomes: the same as the release that was sent, and the act by which it was."""

from dataclasses import replace

from credential_pipeline.foundation.contracts import outcome_release
from credential_pipeline.foundation.contracts.table import Column, Snapshot, Table
from credential_pipeline.foundation.names import Sensitivity, Side

ACTS = Table(
    name="release_acts",
    description="The act by which the release became public, or was withdrawn.",
    key=("release",),
    sensitivity=Sensitivity.PUBLIC,
    columns=(
        Column("release", "VARCHAR", "Id of the release."),
        Column(
            "kind",
            "VARCHAR",
            "regular, correction, withdrawal, or additional (a second one of a period, in simulated homes).",
        ),
        Column("corrects", "VARCHAR", "Release that it takes the place of; empty for none."),
        Column("reason", "VARCHAR", "Why; empty for a regular release."),
        Column("approved_by", "VARCHAR", "Fingerprints of the keys that approved it."),
        Column("approved_on", "VARCHAR", "Day of the last approval, ISO."),
    ),
)

SNAPSHOT = Snapshot(
    name="published_outcomes",
    side=Side.PUBLIC,
    description="The published figures, read from the sealed release package.",
    # A withdrawal sends the tables without rows.
    tables=(*(replace(table, may_be_empty=True) for table in outcome_release.SNAPSHOT), ACTS),
)
