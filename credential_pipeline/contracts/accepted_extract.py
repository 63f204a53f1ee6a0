"""The tables of hop 4b, on arrival: the same as the extract that was sent."""

from credential_pipeline.contracts import census_extract
from credential_pipeline.contracts.table import Snapshot
from credential_pipeline.names import Side

SNAPSHOT = Snapshot(
    name="accepted_extract",
    side=Side.ENCLAVE,
    description="The extract as it was received, verified and opened.",
    tables=census_extract.SNAPSHOT.tables,
)
