"""What working in the industry pays over working elsewhere: the difference of two medians, overall and by race.

A description of two groups of people who chose differently, not the effect of working in the industry.
"""

from credential_pipeline.enclave.outcome_tables.cells import CELLS
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement


def premium_cells(work: Scratch, counts: Relation, distributions: Relation) -> Relation:
    """``in_industry_premium`` at every horizon from 1: median in the industry less median outside, real dollars.

    n is everybody with a wage record; ``numerator_count_id`` is those in the industry, and the rest of n those outside,
    so that both medians stand on groups that may be shown.
    """
    return CELLS.rows(work, statement(__package__, "premium.sql", counts=counts, distributions=distributions))
