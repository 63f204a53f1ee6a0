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
#: A year with fewer sittings and awards may lack failures by chance, and one of which fewer failures are expected, most of them.
ENOUGH = 20
#: A year with a smaller part of the usual failures does not tell who failed, nor does one that lacks all of such a part.
LEAST = 0.25
#: For how long after the first sitting everybody is followed from sitting to sitting.
FOLLOWED_YEARS = 2
_DAYS_IN_YEAR = 365


def reporting_years(work: Scratch, credentials: Relation, plan: Plan) -> Relation:
    """Which certifiers report attempts in which years.

    Args:
        work: Where the rows live.
        credentials: ``person_keys.credentials``.
        plan: The settings, for whose feed can tell failures.

    Returns:
        certifier, year, reported, feed_end (last day of the certifier's feed) and reported_until (the day before
        its next year without reports, or the end), for every year with sittings or awards.
    """
    return work.table(
        "reporting_years",
        statement(__package__, "reporting_years.sql", credentials=credentials),
        {"certifiers": list(plan.certifiers), "reporting": list(plan.reporting), "enough": ENOUGH, "least": LEAST},
    )


def count_sittings(work: Scratch, credentials: Relation, people: Relation, years: Relation, plan: Plan) -> Relation:
    """One row per person and credential whose first sitting falls into a year of the cohort that reports attempts.

    Args:
        work: Where the rows live.
        credentials: ``person_keys.credentials``.
        people: The keys of the persons.
        years: Of :func:`reporting_years`.
        plan: The settings, for the cohort's years.

    Returns:
        pid, certifier, credential, first_year, passed_first, passed, sittings, passes, days_to_pass, days_followed, followed
        (failures are reported for :data:`FOLLOWED_YEARS` after the first sitting) and passed_at (the sitting, of those
        followed who passed while failures were reported).
    """
    return work.table(
        "tries",
        statement(__package__, "tries.sql", credentials=credentials, people=people, years=years),
        {
            "first_year": plan.first_year,
            "last_year": plan.last_year,
            "followed_days": FOLLOWED_YEARS * _DAYS_IN_YEAR,
        },
    )


def count_sitters(
    work: Scratch, credentials: Relation, people: Relation, awards: Relation, years: Relation, plan: Plan
) -> Relation:
    """One row per person whose first event is a sitting, in a year of the cohort that reports attempts.

    Args:
        work: Where the rows live.
        credentials: ``person_keys.credentials``.
        people: The keys of the persons.
        awards: The first award of each credential of a person, of any time.
        years: Of :func:`reporting_years`.
        plan: The settings.

    Returns:
        The columns of units, ``award_year`` being the year of the first sitting and age_band the age at it, with person_key
        and never_passed (without any award).
    """
    given = {"credentials": credentials, "people": people, "awards": awards, "years": years}
    return work.table(
        "sitters",
        statement(__package__, "sitters.sql", **given),
        {"first_year": plan.first_year, "last_year": plan.last_year, "age_bands": plan.age_ranges},
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
