"""How many sat for a credential and how many passed, where the certifier's feed can tell."""

from credential_pipeline.enclave.outcome_tables.cells import CELLS, Share, share_cells
from credential_pipeline.enclave.outcome_tables.counts import COUNTS
from credential_pipeline.enclave.outcome_tables.earlier import Earlier
from credential_pipeline.enclave.outcome_tables.groups import OTHER, Ladder, pool_credentials
from credential_pipeline.enclave.outcome_tables.ladder import Rule, Size, merged, pool, rolled_up
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

_RATES = {"first_attempt_pass_rate": "passed_first", "eventual_pass_rate": "passed_eventually"}
_NUMBERS = ("attempts", "passes")


def count_sittings(work: Scratch, credentials: Relation, people: Relation, plan: Plan) -> Relation:
    """One row per person and credential whose first sitting falls into the cohort's years.

    Args:
        work: Where the rows live.
        credentials: ``person_keys.credentials``.
        people: The keys of the persons.
        plan: The settings, for who reports failures and the cohort's years.

    Returns:
        pid, certifier, credential, passed_first, sittings, passes.
    """
    return work.table(
        "tries",
        statement(__package__, "tries.sql", credentials=credentials, people=people),
        {"reporting": list(plan.reporting), "first_year": plan.first_year, "last_year": plan.last_year},
    )


def pool_tries(work: Scratch, tries: Relation, plan: Plan, ladder: Ladder, earlier: Earlier) -> Relation:
    """The pairs with the labels of certifiers and credentials that enough have tried; the ladder learns them.

    Not the labels of the groups: many credentials are tried by more learners than have them as their first award.
    """
    if plan.thresholds is None:
        return tries
    least = plan.thresholds.counts
    sizes = _try_sizes(work, tries)
    certifiers = pool(sizes[""], Rule(least, earlier.of("attempts_certifier"), fewest=1), label=OTHER, always=())
    ladder.rungs["attempts_certifier", ""] = certifiers
    for certifier, label in certifiers.labels.items():
        rule = Rule(least, earlier.of("attempts_credential", certifier))
        inside = sizes[certifier]
        ladder.rungs["attempts_credential", certifier] = (
            pool_credentials(inside, plan.families_of(certifier), rule) if label == certifier else rolled_up(inside)
        )
    labels = ladder.relation(work)
    return work.table(
        "tries",
        f"""
        SELECT t.* REPLACE (c.label AS certifier, k.label AS credential)
        FROM {tries} AS t
        JOIN {labels} AS c ON c.dimension = 'attempts_certifier' AND c.category = t.certifier
        JOIN {labels} AS k
            ON k.dimension = 'attempts_credential' AND k.within = t.certifier AND k.category = t.credential
        """,
    )


def _try_sizes(work: Scratch, tries: Relation) -> dict[str, dict[str, Size]]:
    """Certifier to credential to size; under '' the certifiers. A size is of those who tried, passed at first and did not."""
    rows = work.con.execute(
        f"""
        WITH pairs AS (
            SELECT *, row_number() OVER (PARTITION BY pid ORDER BY certifier, credential) = 1 AS lead FROM {tries}
        )
        SELECT certifier, credential, count(*), count(*) FILTER (passed_first), count(*) FILTER (NOT passed_first),
               count(*) FILTER (lead), count(*) FILTER (lead AND passed_first),
               count(*) FILTER (lead AND NOT passed_first)
        FROM pairs GROUP BY certifier, credential ORDER BY ALL
        """
    ).fetchall()
    sizes: dict[str, dict[str, Size]] = {}
    for certifier, credential, *numbers in rows:
        inside = sizes.setdefault(certifier, {})
        inside[credential] = Size((numbers[0], *numbers[:3]), (numbers[3], *numbers[3:]))
    return sizes | {"": {certifier: merged(inside.values()) for certifier, inside in sizes.items()}}


def attempt_counts(work: Scratch, tries: Relation) -> Relation:
    """Pairs (learner, credential) that tried, by how it ended, and sittings; by certifier and credential."""
    return COUNTS.rows(work, statement(__package__, "attempt_counts.sql", tries=tries))


def attempt_cells(work: Scratch, counts: Relation, tries: Relation, plan: Plan) -> Relation:
    """Attempts, passes and the two pass rates; a certifier that does not report has cells that say so."""
    rates = [Share("attempts", rate, rate, part=part, total="tried") for rate, part in _RATES.items()]
    return CELLS.union(work, _numbers(work, counts), share_cells(work, counts, *rates), _silent(work, tries, plan))


def _numbers(work: Scratch, counts: Relation) -> Relation:
    return CELLS.rows(
        work,
        f"""
        SELECT 'attempts' AS "table", CASE p.quantity WHEN 'sittings' THEN 'attempts' ELSE 'passes' END AS measure,
               'count' AS unit, p.certifier, p.credential, p.value AS value, t.value AS n, t.count_id AS n_count_id,
               p.count_id AS numerator_count_id
        FROM {counts} AS p JOIN {counts} AS t USING (who)
        WHERE p.quantity IN ('sittings', 'sittings_passed') AND t.quantity = 'tried'
        """,
    )


def _silent(work: Scratch, tries: Relation, plan: Plan) -> Relation:
    """One cell without a value for every measure of a certifier that has no sittings."""
    return CELLS.rows(
        work,
        f"""
        WITH measures AS (SELECT unnest(CAST($measures AS VARCHAR[])) AS measure, unnest(CAST($units AS VARCHAR[])) AS unit),
        silent AS (
            SELECT * FROM (SELECT unnest(CAST($certifiers AS VARCHAR[])) AS certifier) ANTI JOIN {tries} USING (certifier)
        )
        SELECT 'attempts' AS "table", measure, unit, 'not_reported' AS definition, certifier, 0 AS n
        FROM silent CROSS JOIN measures
        """,
        {
            "measures": [*_NUMBERS, *_RATES],
            "units": ["count"] * len(_NUMBERS) + ["share"] * len(_RATES),
            "certifiers": list(plan.certifiers),
        },
    )
