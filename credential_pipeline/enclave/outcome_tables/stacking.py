"""How credentials stack: how many different ones a learner of the cohort was awarded in the industry."""

from credential_pipeline.enclave.outcome_tables.cells import CELLS, Share, share_cells
from credential_pipeline.enclave.outcome_tables.counts import COUNTS
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

#: Quantities of learners by the number of their credentials; also the definitions.
STACKS = ("stack_1", "stack_2", "stack_3", "stack_4_plus")


def stack(work: Scratch, units: Relation, awards: Relation) -> Relation:
    """One row per learner of the cohort: pid, certifier (of the attributed award), credentials (how many different ones).

    Every certifier's credentials count, whenever awarded.
    """
    return work.table(
        "stacks",
        f"""
        SELECT u.pid, u.certifier, a.credentials
        FROM {units} AS u JOIN (SELECT pid, count(*) AS credentials FROM {awards} GROUP BY pid) AS a USING (pid)
        WHERE u.lead
        """,
    )


def stack_counts(work: Scratch, stacks: Relation) -> Relation:
    """Learners by the number of their credentials, and the credentials, overall and by certifier."""
    return COUNTS.rows(work, statement(__package__, "stack_counts.sql", stacks=stacks))


def stack_cells(work: Scratch, counts: Relation, stacks: Relation, plan: Plan) -> Relation:
    """The mean ``credentials_per_learner`` with its normal band, and the share of learners with 1, 2, 3, 4 or more."""
    cohort = f"{plan.lead}cohort"
    means = CELLS.rows(
        work, statement(__package__, "stack_means.sql", counts=counts, stacks=stacks), {"cohort": cohort}
    )
    shares = [Share("stacking", "stacking_share", name, part=name, total=cohort) for name in STACKS]
    return CELLS.union(work, means, share_cells(work, counts, *shares))
