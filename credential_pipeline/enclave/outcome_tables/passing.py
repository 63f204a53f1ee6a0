"""How passing goes on after the first sitting, and for which years a certifier tells: the curve by months, and years.

The labels are those of the other figures on attempts. Not here: attempts and pass rates (attempts.py), the curve by sitting
(passing_by_sitting.py), and what becomes of those who never pass (questions).
"""

from typing import Final

from credential_pipeline.enclave.outcome_tables.asking import Answer, ShareAsk, ask_shares, together
from credential_pipeline.enclave.outcome_tables.attempts import ENOUGH, FOLLOWED_YEARS, LEAST
from credential_pipeline.enclave.outcome_tables.cells import CELLS
from credential_pipeline.enclave.outcome_tables.clusters import spread_of_persons
from credential_pipeline.enclave.outcome_tables.counts import COUNTS
from credential_pipeline.enclave.outcome_tables.grouping import GROUP
from credential_pipeline.enclave.outcome_tables.meaning import KEYED, Definition
from credential_pipeline.enclave.outcome_tables.passing_by_sitting import passing_by_sitting
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.engines.sampling import REACH
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

_MONTHS = (3, 6, 12, 24)
_DAYS = {months: round(months * 365.25 / 12) for months in _MONTHS}
_TOLD = (
    "A certifier reports attempts in a year if its feed can tell failed sittings and holds at least one of that year; a year of "
    f"fewer than {ENOUGH} sittings and awards without a failure is taken for what the years around it are, and one with under {LEAST * 100:.0f} % of the "
    f"failures that are usual with the certifier, or, next to a year without, none in {LEAST * 100:.0f} % of its results or more, where {ENOUGH} or more "
    "would be usual, does not report."
)
DEFINITIONS: Final = (
    Definition(
        "passing_share",
        "passing_share",
        "Passed by this sitting, or within these months",
        "By months: share of the pairs of a learner and a credential that was tried (n) that has passed within so many months "
        "of the first sitting, estimated by Kaplan and Meier, since those who sat lately are not followed that long. By sitting: "
        f"of the pairs whose first sitting lies at least {FOLLOWED_YEARS} years before the end of the records, or before the next "
        f"year without reports (n), the share that has passed by that sitting until then; "
        "whoever has not counts as not passing, and nobody is left out for how a sitting ended. How many are "
        f"still at risk is a figure of its own. Within {', '.join(map(str, _DAYS))} months means within "
        f"{', '.join(map(str, _DAYS.values()))} days. {KEYED}",
    ),
    Definition(
        "passing_at_risk",
        "passing_at_risk",
        "Had not passed before, and was still followed",
        "Pairs of a learner and a credential that had not passed before this sitting, or within these months, and were still "
        "followed: the number at risk of the curve of passing; n are the pairs that the curve begins with. " + KEYED,
    ),
    *(
        Definition(
            "not_available",
            measure,
            "Too few are followed",
            f"Not available: of too few is known who failed for {FOLLOWED_YEARS} years after the first sitting, since years that "
            "report attempts do not go on for long enough.",
        )
        for measure in ("passing_share", "passing_at_risk")
    ),
    Definition(
        "yearly_pass_rate",
        "yearly_pass_rate",
        "Passed at the first sitting, by its year",
        f"Of the pairs of a learner and a credential first tried in that year, the share whose first sitting was passed. {_TOLD} "
        f"{KEYED}",
    ),
    Definition(
        "not_reported",
        "yearly_pass_rate",
        "Not reported in that year",
        "Not reported: the certifier's feed tells no failed sitting of that year. That is not the same as nobody failing; the "
        "sittings of that year are left out of every figure on attempts.",
    ),
    Definition(
        "attempts_reported_share",
        "attempts_reported_share",
        "Tried in a year that reports attempts",
        "Of the pairs of a learner and a credential that were first tried or awarded in the years of the cohort, the share for "
        f"which that was in a year that reports attempts. {_TOLD} {KEYED}",
    ),
)


def passing(
    work: Scratch, tries: Relation, credentials: Relation, people: Relation, years: Relation, plan: Plan
) -> Answer:
    """``passing_share`` with its numbers at risk, ``yearly_pass_rate``, and ``attempts_reported_share``.

    Args:
        work: Where the rows live.
        tries: Pairs of person and credential that tried, with the labels under which they are tabulated.
        credentials: ``person_keys.credentials``.
        people: The keys of the persons.
        years: Which certifiers report attempts in which years.
        plan: The settings.
    """
    return together(
        work,
        passing_by_sitting(work, tries, plan),
        _by_months(work, tries),
        _by_year(work, tries, years, plan),
        _reported(work, credentials, people, years, plan),
    )


def _by_months(work: Scratch, tries: Relation) -> Answer:
    points = [(f"months_{months}", days) for months, days in _DAYS.items()]
    asked = work.rows("points", {"setting": "VARCHAR", "until": "INTEGER"}, points)
    curves = work.table("curves", statement(__package__, "passing_curves.sql", tries=tries, points=asked))
    marks = work.view(
        "marks",
        f"""
        SELECT t.pid, t.certifier, t.credential, p.setting, coalesce(t.days_to_pass <= p.until, false) AS passed
        FROM {tries} AS t CROSS JOIN {asked} AS p
        """,
    )
    # Greenwood's formula takes pairs for independent.
    spreads = spread_of_persons(work, marks)
    # An estimate does not add up from its parts: by credential it is a quantity of its own.
    estimated = "'passing_estimated' || CASE WHEN credential = 'all' THEN '' ELSE '_by_credential' END"
    shown = work.view(
        "shown",
        f"""
        SELECT * REPLACE (deviation * spread AS deviation), CAST(round(passing * tried) AS BIGINT) AS part
        FROM {curves} JOIN {spreads} USING (certifier, credential, setting) WHERE risk > 0
        """,
    )
    counts = COUNTS.rows(
        work,
        f"""
        SELECT 'at_risk_trying' AS quantity, certifier, credential, setting, risk AS value, risk AS learners FROM {shown}
        UNION ALL SELECT {estimated}, certifier, credential, setting, part, part FROM {shown}
        """,
    )
    tail, whole = _tail("setting", "certifier", "credential"), _tail("'all'", "certifier", "credential")
    cells = CELLS.rows(
        work,
        f"""
        SELECT 'attempts' AS "table", 'passing_share' AS measure, 'share' AS unit, certifier, credential, setting,
               part / tried AS value, tried AS n, least(greatest(passing - {REACH} * deviation, 0), part / tried) AS low,
               greatest(least(passing + {REACH} * deviation, 1), part / tried) AS high,
               'tried' || {whole} AS n_count_id, {estimated} || {tail} AS numerator_count_id
        FROM {shown}
        UNION ALL
        SELECT 'attempts', 'passing_at_risk', 'count', certifier, credential, setting, risk, tried, NULL, NULL,
               'tried' || {whole}, 'at_risk_trying' || {tail}
        FROM {shown}
        """,
    )
    return Answer(counts, cells)


def _tail(setting: str, *told: str) -> str:
    """SQL of the tail of an id, of rows that tell these dimensions apart."""
    group = ", ".join(column if column in told else "'all'" for column in GROUP)
    return f"id_tail(who_of({group}), 'all', {setting}, NULL)"


def _by_year(work: Scratch, tries: Relation, years: Relation, plan: Plan) -> Answer:
    """The pass rate of each year in which a certifier reports, and the years in which it does not."""
    flows = work.table(
        "yearly",
        f"""
        SELECT certifier, CAST(first_year AS VARCHAR) AS setting, count(*) AS tried,
               count(*) FILTER (passed_first) AS passed,
               count(DISTINCT pid) AS learners, count(DISTINCT pid) FILTER (passed_first) AS passers
        FROM {tries} WHERE certifier <> 'all' GROUP BY certifier, first_year
        """,
    )
    counts = COUNTS.rows(
        work,
        f"""
        SELECT 'tried_in_year' AS quantity, certifier, setting, tried AS value, learners FROM {flows}
        UNION ALL SELECT 'passed_first_in_year', certifier, setting, passed, passers FROM {flows}
        """,
    )
    marks = work.view(
        "marks",
        f"SELECT pid, certifier, 'all' AS credential, CAST(first_year AS VARCHAR) AS setting, passed_first AS passed FROM {tries}",
    )
    spreads = spread_of_persons(work, marks)
    tail = _tail("setting", "certifier")
    told = CELLS.rows(
        work,
        f"""
        SELECT 'attempts' AS "table", 'yearly_pass_rate' AS measure, 'share' AS unit, certifier, setting,
               passed / tried AS value, tried AS n, share_low(passed / spread**2, tried / spread**2) AS low,
               share_high(passed / spread**2, tried / spread**2) AS high,
               'tried_in_year' || {tail} AS n_count_id, 'passed_first_in_year' || {tail} AS numerator_count_id
        FROM {flows} JOIN {spreads} USING (certifier, setting)
        """,
    )
    silent = CELLS.rows(
        work,
        f"""
        SELECT 'attempts' AS "table", 'yearly_pass_rate' AS measure, 'share' AS unit, 'not_reported' AS definition,
               certifier, CAST(year AS VARCHAR) AS setting, 0 AS n
        FROM {years} WHERE NOT reported AND year BETWEEN ? AND ?
        """,
        [plan.first_year, plan.last_year],
    )
    return Answer(counts, CELLS.union(work, told, silent))


def _reported(work: Scratch, credentials: Relation, people: Relation, years: Relation, plan: Plan) -> Answer:
    others = ", ".join(f"'all' AS {column}" for column in GROUP if column != "certifier")
    firsts = work.table(
        "firsts",
        f"""
        WITH firsts AS (
            SELECT p.pid, c.certifier, c.credential_code, min(year(c.event_date)) AS year
            FROM {credentials} AS c JOIN {people} AS p USING (person_key)
            WHERE c.event IN ('attempt', 'award') AND c.event_date IS NOT NULL GROUP BY ALL
        )
        SELECT f.pid, f.certifier, {others}, CAST(NULL AS INTEGER) AS horizon, y.reported
        FROM firsts AS f JOIN {years} AS y USING (certifier, year) WHERE year BETWEEN ? AND ?
        """,
        [plan.first_year, plan.last_year],
    )
    ask = ShareAsk("attempts", "attempts_reported_share", "first_tries", "first_tries_reported", "true", "reported")
    return ask_shares(work, firsts, [ask], [("certifier",)])
