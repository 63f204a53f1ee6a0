"""How credentials stack: how many different ones a learner of the cohort was awarded in the industry."""

from credential_pipeline.enclave.outcome_tables.cells import Share, add_cells, add_share_cells, group_equal
from credential_pipeline.enclave.outcome_tables.counts import add_counts
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.engine import Connection

#: Quantity (also the definition) to the condition on the number of credentials.
STACKS = {"stack_1": "= 1", "stack_2": "= 2", "stack_3": "= 3", "stack_4_plus": ">= 4"}


def create_stacks(con: Connection) -> None:
    """Create ``tmp_stacks``: one row per learner of the cohort with the number of different credentials.

    Every certifier's credentials count, whenever awarded; the certifier of the row is that of the attributed award.
    """
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE tmp_stacks AS
        SELECT u.pid, u.certifier, a.credentials
        FROM tmp_units AS u JOIN (SELECT pid, count(*) AS credentials FROM tmp_awards GROUP BY pid) AS a USING (pid)
        WHERE u.lead
        """
    )


def add_stack_counts(con: Connection) -> None:
    """Count learners by the number of their credentials, and the credentials, overall and by certifier."""
    bins = ", ".join(
        f"{{'quantity': '{quantity}', 'value': count(*) FILTER (credentials {condition}), "
        f"'learners': count(*) FILTER (credentials {condition})}}"
        for quantity, condition in STACKS.items()
    )
    total = "{'quantity': 'stack_credentials', 'value': CAST(sum(credentials) AS BIGINT), 'learners': count(*)}"
    add_counts(
        con,
        f"""
        WITH wide AS (
            SELECT coalesce(certifier, 'all') AS certifier, [{bins}, {total}] AS flows
            FROM tmp_stacks GROUP BY GROUPING SETS ((), (certifier))
        )
        SELECT certifier, flow.quantity, flow.value, flow.learners FROM (SELECT *, unnest(flows) AS flow FROM wide)
        """,
    )


def add_stacking(con: Connection, plan: Plan) -> None:
    """Add the mean ``credentials_per_learner`` with its normal band, and the share of learners with 1, 2, 3, 4 or more."""
    cohort = f"{plan.lead}cohort"
    add_cells(
        con,
        f"""
        WITH spread AS (
            SELECT coalesce(certifier, 'all') AS certifier,
                   sqrt((sum(credentials * credentials) - sum(credentials) * sum(credentials) / count(*))
                        / nullif(count(*) - 1, 0)) AS deviation
            FROM tmp_stacks GROUP BY GROUPING SETS ((), (certifier))
        )
        SELECT 'stacking' AS "table", 'credentials_per_learner' AS measure, 'mean' AS unit, c.certifier,
               t.value AS n, c.value / t.value AS value,
               tmp_mean_low(c.value / t.value, s.deviation, t.value) AS low,
               tmp_mean_high(c.value / t.value, s.deviation, t.value) AS high,
               t.count_id AS n_count_id, c.count_id AS numerator_count_id
        FROM tmp_counts AS c
        JOIN tmp_counts AS t ON t.quantity = '{cohort}' AND t.horizon IS NULL AND {group_equal("t", "c")}
        JOIN spread AS s ON s.certifier = c.certifier
        WHERE c.quantity = 'stack_credentials'
        """,
    )
    add_share_cells(con, *(Share("stacking", "stacking_share", stack, part=stack, total=cohort) for stack in STACKS))
