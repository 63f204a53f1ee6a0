"""How many sat for a credential and how many passed, where the certifier's feed can tell."""

from credential_pipeline.enclave.outcome_tables.cells import Share, add_cells, add_share_cells, group_equal
from credential_pipeline.enclave.outcome_tables.counts import add_counts
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.engine import Connection

_RATES = {"first_attempt_pass_rate": "passed_first", "eventual_pass_rate": "passed_eventually"}
_NUMBERS = {"attempts": "sittings", "passes": "sittings_passed"}
#: Quantity to (SQL aggregate of its value, condition under which a person is in it), over one row per person and credential.
_QUANTITIES = {
    "tried": ("count(*)", "true"),
    "passed_first": ("count(*) FILTER (passed_first)", "passed_first"),
    "passed_later": ("count(*) FILTER (passes > 0 AND NOT passed_first)", "passes > 0 AND NOT passed_first"),
    "passed_eventually": ("count(*) FILTER (passes > 0)", "passes > 0"),
    "never_passed": ("count(*) FILTER (passes = 0)", "passes = 0"),
    "sittings": ("CAST(sum(sittings) AS BIGINT)", "true"),
    "sittings_passed": ("CAST(sum(passes) AS BIGINT)", "passes > 0"),
    "sittings_not_passed": ("CAST(sum(sittings - passes) AS BIGINT)", "sittings > passes"),
}


def create_sittings(con: Connection, plan: Plan) -> None:
    """Create ``tmp_tries``: one row per person and credential whose first sitting falls into the cohort's years.

    A sitting is an attempt, or an award that carries a result. On one day a failed sitting comes before a passed one. A
    certifier whose feed has no column for failures, or holds not a single one, does not report attempts.
    """
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE tmp_tries AS
        WITH sittings AS (
            SELECT p.pid, c.certifier, c.credential_code AS credential, c.event_date,
                   coalesce(c.result = 'pass', false) AS passed
            FROM person_keys.credentials AS c JOIN tmp_people AS p USING (person_key)
            WHERE list_contains(?, c.certifier) AND c.event_date IS NOT NULL
                AND (c.event = 'attempt' OR (c.event = 'award' AND c.result IS NOT NULL))
        ), reporting AS (
            SELECT certifier FROM sittings GROUP BY certifier HAVING NOT bool_and(passed)
        )
        SELECT pid, certifier, credential,
               arg_min(passed, (event_date, passed)) AS passed_first,
               count(*) AS sittings, count(*) FILTER (passed) AS passes
        FROM sittings SEMI JOIN reporting USING (certifier)
        GROUP BY pid, certifier, credential
        HAVING year(min(event_date)) BETWEEN ? AND ?
        """,
        [list(plan.reporting), plan.first_year, plan.last_year],
    )


def add_attempt_counts(con: Connection) -> None:
    """Count pairs (learner, credential) that tried, by how it ended, and sittings; by certifier and credential."""
    columns = ", ".join(
        f"{{'quantity': '{quantity}', 'value': {value}, 'learners': count(DISTINCT pid) FILTER ({condition})}}"
        for quantity, (value, condition) in _QUANTITIES.items()
    )
    add_counts(
        con,
        f"""
        WITH wide AS (
            SELECT certifier, coalesce(credential, 'all') AS credential, [{columns}] AS flows
            FROM tmp_tries GROUP BY GROUPING SETS ((certifier), (certifier, credential))
        )
        SELECT certifier, credential, flow.quantity, flow.value, flow.learners
        FROM (SELECT *, unnest(flows) AS flow FROM wide)
        """,
    )


def add_attempts(con: Connection, plan: Plan) -> None:
    """Add attempts, passes and the two pass rates; a certifier that does not report has cells that say so."""
    numbers = " ".join(f"WHEN '{quantity}' THEN '{measure}'" for measure, quantity in _NUMBERS.items())
    add_cells(
        con,
        f"""
        SELECT 'attempts' AS "table", CASE p.quantity {numbers} END AS measure, 'count' AS unit, p.certifier, p.credential,
               p.value AS value, t.value AS n, t.count_id AS n_count_id, p.count_id AS numerator_count_id
        FROM tmp_counts AS p JOIN tmp_counts AS t ON t.quantity = 'tried' AND {group_equal("t", "p")}
        WHERE measure IS NOT NULL
        """,
    )
    add_share_cells(con, *(Share("attempts", rate, rate, part=part, total="tried") for rate, part in _RATES.items()))
    add_cells(
        con,
        """
        WITH measures AS (SELECT unnest(CAST(? AS VARCHAR[])) AS measure, unnest(CAST(? AS VARCHAR[])) AS unit),
        silent AS (SELECT * FROM (SELECT unnest(CAST(? AS VARCHAR[])) AS certifier) ANTI JOIN tmp_tries USING (certifier))
        SELECT 'attempts' AS "table", measure, unit, 'not_reported' AS definition, certifier, 0 AS n
        FROM silent CROSS JOIN measures
        """,
        [[*_NUMBERS, *_RATES], ["count"] * len(_NUMBERS) + ["share"] * len(_RATES), list(plan.certifiers)],
    )
