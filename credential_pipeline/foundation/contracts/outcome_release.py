"""The tables of outcome_release."""

from credential_pipeline.foundation.contracts.columns import CELL, DEFINITION
from credential_pipeline.foundation.contracts.table import Column, Snapshot, Table
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
    Table(
        name="certificate",
        description="One attack that was tried on the release before anybody saw it, and its result.",
        key=("attack", "against"),
        sensitivity=Sensitivity.PUBLIC,
        columns=(
            Column("attack", "VARCHAR", "What was tried."),
            Column("against", "VARCHAR", "What the attacker held."),
            Column(
                "tried",
                "BIGINT",
                "Counts or figures that were attacked, about: rounded where they are counted in the enclave.",
            ),
            Column("found", "BIGINT", "How many of them gave something away."),
            Column("result", "VARCHAR", "held, found where something is left, or not tried (the note says why)."),
            Column("note", "VARCHAR", "What it means, in a sentence."),
        ),
    ),
    Table(
        name="public_files",
        description="One file as readers get it: written and reviewed before approval, published as it is.",
        key=("path",),
        sensitivity=Sensitivity.PUBLIC,
        columns=(
            Column("path", "VARCHAR", "Name of the file."),
            Column("content", "BLOB", "Its bytes."),
        ),
    ),
)

SNAPSHOT = Snapshot(
    name="outcome_release",
    side=Side.ENCLAVE,
    description="What may leave the enclave, after disclosure control and audit.",
    tables=_TABLES,
)
