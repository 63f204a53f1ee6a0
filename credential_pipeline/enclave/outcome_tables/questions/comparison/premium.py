"""What work in the industry pays over other work, among holders who were alike before the award.

Unlike the plain premium of the medians it compares like with like before the award; it still compares people who chose. Not here:
the plain premium (premium.py of the hop).
"""

from credential_pipeline.enclave.outcome_tables.asking import Answer
from credential_pipeline.enclave.outcome_tables.cells import CELLS
from credential_pipeline.enclave.outcome_tables.counts import COUNTS
from credential_pipeline.enclave.outcome_tables.grouping import GROUP
from credential_pipeline.enclave.outcome_tables.questions.comparison.matching import Match
from credential_pipeline.engines.sampling import REACH
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement


def premium(work: Scratch, found: Match, follow_ups: Relation) -> Answer:
    """``premium_matched`` in every year after the award, for everybody and by race.

    Args:
        work: Where the rows live.
        found: Of :func:`~.matching.match`, whose cells hold the holders.
        follow_ups: Where each unit is at each horizon.
    """
    query = statement(__package__, "premium.sql", follow_ups=follow_ups, moments=found.moments)
    rows = work.table("premiums", query, {"reach": REACH})
    counts = COUNTS.rows(work, f"SELECT quantity, race, horizon, n AS value, n AS learners FROM {rows}")
    who = ", ".join("race" if column == "race" else "'all'" for column in GROUP)
    cells = CELLS.rows(
        work,
        f"""
        SELECT 'leaving' AS "table", 'premium_matched' AS measure, 'usd' AS unit, race, horizon, n, value, low, high,
               quantity || id_tail(who_of({who}), 'all', 'all', horizon) AS n_count_id
        FROM {rows}
        """,
    )
    return Answer(counts, cells)
