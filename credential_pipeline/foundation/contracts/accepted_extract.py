"""The tables of accepted_extract: the same as the extract that was sent."""

from credential_pipeline.foundation.contracts import census_extract
from credential_pipeline.foundation.contracts.table import Snapshot
from credential_pipeline.foundation.names import Side

SNAPSHOT = Snapshot(
    name="accepted_extract",
    side=Side.ENCLAVE,
    description="The extract as it was received, verified and opened.",
    tables=census_extract.SNAPSHOT.tables,
)
