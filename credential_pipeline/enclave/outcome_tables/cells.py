"""The long form of outcome cells: readable ids, rounding, and the shares that one count is of another.

A step returns cells of one shape and names only the columns that differ from the default. Not here: what the figures are.
"""

from dataclasses import asdict, dataclass

from credential_pipeline.enclave.outcome_tables.grouping import GROUP
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.shape import Shape
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

#: Horizons at which figures by state are given.
STATE_HORIZONS = (-1, 1, 5, 10)
#: Without a ``definition`` a cell has that of its measure.
CELLS = Shape(
    "cells",
    dict.fromkeys(("table", "measure", "definition", "unit"), ("VARCHAR", "NULL"))
    | dict.fromkeys((*GROUP, "sector", "setting"), ("VARCHAR", "'all'"))
    | {
        "horizon": ("INTEGER", "NULL"),
        "value": ("DOUBLE", "NULL"),
        "publishable": ("DOUBLE", "NULL"),
        "n": ("BIGINT", "NULL"),
    }
    | dict.fromkeys(("low", "high"), ("DOUBLE", "NULL"))
    | dict.fromkeys(("n_count_id", "numerator_count_id"), ("VARCHAR", "NULL"))
    | {"employers": ("BIGINT", "NULL"), "largest_employer": ("DOUBLE", "NULL")},
)


@dataclass(frozen=True)
class Share:
    """A measure that is one count over another.

    Attributes:
        table: Outcome table of the cells.
        measure: The measure.
        definition: Key of its definition.
        part: Quantity of the numerator.
        total: Quantity of the denominator.
    """

    table: str
    measure: str
    definition: str
    part: str
    total: str


def share_cells(work: Scratch, counts: Relation, *shares: Share) -> Relation:
    """``part / total`` for every count of the quantity ``part``.

    The total is the count of the quantity ``total`` of the same group at the same horizon. Where nobody is in the total
    the value is missing.
    """
    return CELLS.rows(
        work, statement(__package__, "shares.sql", counts=counts), {"shares": [asdict(share) for share in shares]}
    )


def outcomes(
    work: Scratch, plan: Plan, rungs: Relation, reached: Relation, bands: Relation, *parts: Relation
) -> Relation:
    """All cells with the columns of ``outcome_tables.outcomes``; ``release`` is empty until the cell is released.

    Args:
        work: Where the rows live.
        plan: The settings.
        rungs: What became of the categories; labels that are marked silent get no cell.
        reached: Cohort and horizon, of those that are told of; the ledger is told of every horizon.
        bands: Of :func:`~.uncertainty.bands.bands_of`; a cell that is not among them keeps the band that it has.
        parts: The cells.
    """
    return work.table(
        "outcomes",
        statement(
            __package__, "outcomes.sql", cells=CELLS.union(work, *parts), rungs=rungs, reached=reached, bands=bands
        ),
        {
            "industry": plan.industry,
            "base_year": plan.base_year,
            "attribution": plan.attribution,
            "state_horizons": list(STATE_HORIZONS),
            "whole_ranges": [label for label, _, _ in (*plan.age_bands, *plan.cohort_bands)],
        },
    )
