"""The tables of outcome_release."""

from credential_pipeline.foundation.contracts.columns import CELL, DEFINITION
from credential_pipeline.foundation.contracts.table import Snapshot, Table
from credential_pipeline.foundation.names import Sensitivity, Side

_TABLES = (
    Table(
        name="published_outcomes",
        description="One figure as published; hidden where it could point to a person.",
        key=("cell_id",),
        sensitivity=Sensitivity.PUBLIC,
        columns=(*CELL,),
    ),
    Table(
        name="definitions",
        description="What each figure means.",
        key=("definition", "measure"),
        sensitivity=Sensitivity.PUBLIC,
        columns=(*DEFINITION,),
    ),
)

SNAPSHOT = Snapshot(
    name="outcome_release",
    side=Side.ENCLAVE,
    description="What may leave the enclave, after disclosure control and audit.",
    tables=_TABLES,
)
