"""The tables of hop 6: outcome_release."""

from credential_pipeline.contracts.table import Column, Snapshot, Table
from credential_pipeline.names import Sensitivity, Side

_TABLES = (
    Table(
        name="published_outcomes",
        description="One figure as published; hidden where it could point to a person.",
        key=("cell_id",),
        sensitivity=Sensitivity.PUBLIC,
        columns=(
            Column("release", "VARCHAR", "Release that the cell belongs to; empty until released."),
            Column("industry", "VARCHAR", "Industry in the registry."),
            Column("table", "VARCHAR", "Outcome table that the cell belongs to."),
            Column(
                "cell_id", "VARCHAR", "Readable id of the cell, unique within an industry and stable over releases."
            ),
            Column("certifier", "VARCHAR", "Certifier or 'all'."),
            Column("credential", "VARCHAR", "Credential code or 'all'."),
            Column("cohort", "VARCHAR", "First and last award year, or 'all'."),
            Column("age_band", "VARCHAR", "Age at the award, in years, or 'all'."),
            Column("sex", "VARCHAR", "Sex or 'all'."),
            Column("race", "VARCHAR", "Race or 'all'."),
            Column("ethnicity", "VARCHAR", "Ethnicity or 'all'."),
            Column("state", "VARCHAR", "State or 'all'."),
            Column("sector", "VARCHAR", "NAICS sector of the main employer, or 'all'."),
            Column(
                "horizon",
                "INTEGER",
                "Calendar year less the year of the attributed award; empty where time plays no part.",
            ),
            Column("measure", "VARCHAR", "What the value measures."),
            Column("value", "DOUBLE", "The figure, in its unit."),
            Column("unit", "VARCHAR", "usd, share, count or mean."),
            Column("base_year", "INTEGER", "Year of the dollars, where the unit is usd."),
            Column("n", "BIGINT", "Learners behind the figure."),
            Column("low", "DOUBLE", "Lower end of the band."),
            Column("high", "DOUBLE", "Upper end of the band."),
            Column("status", "INTEGER", "LEHD flag: 1 published, -1 not available, 5 suppressed."),
            Column(
                "rollup_level", "VARCHAR", "Level at which the cell is given, for example all, certifier, credential."
            ),
            Column("setting", "VARCHAR", "Training setting or 'all'."),
            Column("definition", "VARCHAR", "Key of the definition that the figure follows."),
            Column("attribution", "VARCHAR", "Rule for people with several credentials: first, highest or each."),
        ),
    ),
    Table(
        name="definitions",
        description="What each figure means.",
        key=("definition", "measure"),
        sensitivity=Sensitivity.PUBLIC,
        columns=(
            Column("definition", "VARCHAR", "Key of the definition."),
            Column("measure", "VARCHAR", "Measure that it belongs to."),
            Column("title", "VARCHAR", "Short title."),
            Column("text", "VARCHAR", "Full sentence."),
        ),
    ),
)

SNAPSHOT = Snapshot(
    name="outcome_release",
    side=Side.ENCLAVE,
    description="What may leave the enclave, after disclosure control and audit.",
    tables=_TABLES,
)
