"""The tables of published_outcomes: the same as the release that was sent."""

from credential_pipeline.foundation.contracts import outcome_release
from credential_pipeline.foundation.contracts.table import Snapshot
from credential_pipeline.foundation.names import Side

SNAPSHOT = Snapshot(
    name="published_outcomes",
    side=Side.PUBLIC,
    description="The published figures, read from the sealed release package.",
    tables=outcome_release.SNAPSHOT.tables,
)
