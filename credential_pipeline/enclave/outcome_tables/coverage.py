"""Who is not in these numbers: a ledger from the learners that certifiers reported to those seen in wages.

Every learner stands in exactly one line of the ledger at each horizon, so the shares of a ledger add up to 1.
"""

from credential_pipeline.enclave.outcome_tables.cells import add_cells
from credential_pipeline.enclave.outcome_tables.counts import add_counts
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection

#: Lines that do not depend on the horizon: definition to the id of its count.
_BEFORE = {
    "opted_out": "ledger_opted_out",
    "ferpa_blocked": "ledger_ferpa_blocked",
    "no_person_key": "ledger_no_person_key",
    "same_person": "ledger_same_person",
    "not_in_cohort": "ledger_not_in_cohort",
}
#: Lines of the cohort at a horizon: definition to the quantity.
_AT_HORIZON = {
    "died_before": "died_before",
    "year_not_covered": "year_not_covered",
    "no_wage_record": "not_matched",
    "seen_in_wages": "wage_matched",
}
#: Lines of the cohort in the ledger over all years after the award.
_OVERALL = {"never_seen_after": "never_seen_after", "seen_after": "seen_after"}
_DIGITS = 1_000_000


def add_ledger_counts(con: Connection) -> None:
    """Count the lines of the ledger that the tables by horizon do not have.

    Raises:
        SafeError: E_COVERAGE if the reasons do not add up to the reported learners, or fewer learners were keyed than
            there are persons.
    """
    rows = con.execute("SELECT reason, learners FROM person_keys.coverage").fetchall()
    given = {str(reason): int(learners) for reason, learners in rows}
    people = int(con.execute("SELECT count(*) FROM tmp_people").fetchall()[0][0])
    cohort = int(con.execute("SELECT count(*) FROM tmp_units WHERE lead").fetchall()[0][0])
    keyed = given.get("keyed", 0)
    lines = {reason: given.get(reason, 0) for reason in ("opted_out", "ferpa_blocked", "no_person_key")}
    lines |= {"same_person": keyed - people, "not_in_cohort": people - cohort}
    if sum(lines.values()) + cohort != given.get("reported", 0) or min(lines.values()) < 0:
        message = (
            "person_keys.coverage does not add up: reported must be opted_out + ferpa_blocked + no_person_key + keyed, and "
            "keyed at least the number of person_keys.learners; materialise person_keys again."
        )
        raise SafeError("E_COVERAGE", message)
    counts = {"ledger_reported": given["reported"]} | {_BEFORE[reason]: number for reason, number in lines.items()}
    add_counts(
        con,
        """SELECT unnest(CAST(? AS VARCHAR[])) AS quantity, unnest(CAST(? AS BIGINT[])) AS value, value AS learners""",
        [list(counts), list(counts.values())],
    )
    add_counts(
        con,
        """
        WITH people AS (SELECT pid, bool_or(seen AND horizon >= 1) AS seen FROM tmp_frame WHERE lead GROUP BY pid)
        SELECT quantity, count(*) FILTER (seen = wanted) AS value, count(*) FILTER (seen = wanted) AS learners
        FROM people CROSS JOIN (VALUES ('seen_after', true), ('never_seen_after', false)) AS q (quantity, wanted)
        GROUP BY quantity
        """,
    )


def add_coverage(con: Connection, plan: Plan) -> None:
    """Add ``coverage_share`` over all years after the award and at the ledger's horizons.

    The line of the ledger is in ``definition``. Shares are rounded to six digits so that each ledger adds up to 1
    exactly (largest remainders). They are complete counts, so they have no band.
    """
    _add_ledger(con, None, _BEFORE | _OVERALL)
    for horizon in plan.ledger_horizons:
        at_horizon = {reason: f"{plan.lead}{quantity}/h={horizon}" for reason, quantity in _AT_HORIZON.items()}
        _add_ledger(con, horizon, _BEFORE | at_horizon)


def _add_ledger(con: Connection, horizon: int | None, lines: dict[str, str]) -> None:
    add_cells(
        con,
        f"""
        WITH lines AS (SELECT unnest(CAST(? AS VARCHAR[])) AS definition, unnest(CAST(? AS VARCHAR[])) AS count_id),
        parts AS (
            SELECT l.definition, l.count_id, c.value, t.value AS n, t.count_id AS n_count_id,
                   c.value * {_DIGITS} // nullif(t.value, 0) AS units, c.value * {_DIGITS} % nullif(t.value, 0) AS remainder
            FROM lines AS l JOIN tmp_counts AS c USING (count_id)
            JOIN tmp_counts AS t ON t.quantity = 'ledger_reported'
        ), ranked AS (
            SELECT *, row_number() OVER (ORDER BY remainder DESC, definition) AS place,
                   {_DIGITS} - sum(units) OVER () AS missing
            FROM parts
        )
        SELECT 'coverage' AS "table", 'coverage_share' AS measure, definition, 'share' AS unit,
               CAST(? AS INTEGER) AS horizon, n, n_count_id, count_id AS numerator_count_id,
               (units + CASE WHEN place <= missing THEN 1 ELSE 0 END) / {_DIGITS} AS value
        FROM ranked
        """,
        [list(lines), list(lines.values()), horizon],
    )
