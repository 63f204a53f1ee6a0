"""The tables of outcome_tables."""

from credential_pipeline.foundation.contracts.columns import CELL, DEFINITION
from credential_pipeline.foundation.contracts.table import Column, Snapshot, Table
from credential_pipeline.foundation.names import Sensitivity, Side

_TABLES = (
    Table(
        name="counts",
        description="One count of learners (or events) behind the figures.",
        key=("count_id",),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        columns=(
            Column("count_id", "VARCHAR", "Id of the count."),
            Column("quantity", "VARCHAR", "What is counted."),
            Column("certifier", "VARCHAR", "Certifier or 'all'."),
            Column("credential", "VARCHAR", "Credential code or 'all'."),
            Column("cohort", "VARCHAR", "First and last award year, or 'all'."),
            Column("age_band", "VARCHAR", "Age at the award, in years, or 'all'."),
            Column("sex", "VARCHAR", "Sex or 'all'."),
            Column("race", "VARCHAR", "Race or 'all'."),
            Column("ethnicity", "VARCHAR", "Ethnicity or 'all'."),
            Column("state", "VARCHAR", "State or 'all'."),
            Column("sector", "VARCHAR", "NAICS sector of the main employer, or 'all'."),
            Column("setting", "VARCHAR", "Training setting or 'all'."),
            Column("horizon", "INTEGER", "Calendar year less the year of the attributed award."),
            Column("value", "BIGINT", "The count."),
            Column("learners", "BIGINT", "Distinct learners in it."),
        ),
    ),
    Table(
        name="equations",
        description="One part of a total: the parts of an equation add up to its total.",
        key=("equation_id", "part_count_id"),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        columns=(
            Column("equation_id", "VARCHAR", "Id of the equation."),
            Column("total_count_id", "VARCHAR", "The total."),
            Column("part_count_id", "VARCHAR", "One of its parts."),
        ),
    ),
    Table(
        name="outcomes",
        description="One figure, before disclosure control.",
        key=("cell_id",),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        columns=(
            *CELL,
            Column(
                "publishable",
                "DOUBLE",
                "The figure to publish: percentiles averaged over the next ranks, five people a side; else the value.",
            ),
            Column(
                "fragile",
                "BOOLEAN",
                "With better links alone the figure lies outside of what chance explains, or a difference turns round.",
            ),
            Column("n_count_id", "VARCHAR", "Count that n is."),
            Column("numerator_count_id", "VARCHAR", "Count that the figure would give away."),
            Column(
                "employers",
                "BIGINT",
                "Main employers that paid the wages behind an amount; of two groups the fewer. Missing where no wages are.",
            ),
            Column(
                "largest_employer",
                "DOUBLE",
                "Share of people or of wages, whichever is larger, of the largest of them; of two groups the larger.",
            ),
        ),
    ),
    Table(
        name="trends_before",
        description="What the comparison shows of one group in one year before the award, where nothing should show.",
        key=("dimension", "level", "horizon"),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        columns=(
            Column("dimension", "VARCHAR", "What tells the group apart: age_band, sex and so on, or all."),
            Column("level", "VARCHAR", "Which group of the dimension, or all."),
            Column("horizon", "INTEGER", "Calendar year less the year of the attributed award, -5 to -2."),
            Column("n", "BIGINT", "Holders who are compared and have earnings in the year."),
            Column("value", "DOUBLE", "Their earnings beyond those of comparable others, as matched, in dollars."),
            Column("low", "DOUBLE", "Lower end of the band."),
            Column("high", "DOUBLE", "Upper end of the band."),
            Column("earnings", "DOUBLE", "Their mean earnings in the year, in dollars."),
        ),
    ),
    Table(
        name="wage_years",
        description="One year of the wage files in one state, and whether it is complete enough to follow people in it.",
        key=("state", "year"),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        columns=(
            Column("state", "VARCHAR", "State of the employers; all for the whole nation."),
            Column("year", "INTEGER", "Calendar year."),
            Column("jobs", "BIGINT", "Pairs of a person and an employer with wages."),
            Column("usual_jobs", "BIGINT", "The same in the state's usual year: three of four have no more."),
            Column("covered", "BOOLEAN", "Whether residents of the state are followed in that year."),
        ),
    ),
    Table(
        name="definitions",
        description="What each figure means.",
        key=("definition", "measure"),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        columns=(*DEFINITION,),
    ),
)

SNAPSHOT = Snapshot(
    name="outcome_tables",
    side=Side.ENCLAVE,
    description="Confidential outcome tables: figures, the counts behind them and how those add up.",
    tables=_TABLES,
)
