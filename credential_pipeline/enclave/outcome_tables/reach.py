"""How far the wage files reach: a year after the award is told of a group once they reach it for every award year in the group.

Else the last years of a line would be those of the oldest awards alone. Not here: years that the files have and that are not
complete; whom they concern is left out (wage_years.py).
"""

from credential_pipeline.enclave.outcome_tables.meaning import add_note
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.wage_years import NATION
from credential_pipeline.foundation.storage.relation import Relation, Scratch


def reached(work: Scratch, units: Relation, years: Relation, plan: Plan) -> Relation:
    """Cohort (a band of award years, or ``all``) and horizon, of those that the wage files reach for every award year in it.

    Args:
        work: Where the rows live.
        units: award_year and cohort of what is counted.
        years: Of :func:`~.wage_years.wage_years`.
        plan: The settings, for the horizons.
    """
    return work.table(
        "reached",
        f"""
        WITH files AS (
            SELECT min(year) AS low, max(year) AS high FROM {years} WHERE state = '{NATION}' AND jobs > 0
        ), cohorts AS (
            SELECT coalesce(cohort, 'all') AS cohort, min(award_year) AS low, max(award_year) AS high
            FROM {units} GROUP BY GROUPING SETS ((), (cohort)) HAVING cohort IS NULL OR cohort <> 'all'
        )
        SELECT c.cohort, h.horizon
        FROM cohorts AS c CROSS JOIN files AS f
        JOIN (SELECT CAST(unnest(range(?, ?)) AS INTEGER) AS horizon) AS h
            ON c.low + h.horizon >= f.low AND c.high + h.horizon <= f.high
        """,
        [plan.first_horizon, plan.last_horizon + 1],
    )


def whole_horizons(work: Scratch, reached_: Relation) -> frozenset[int]:
    """The horizons that are reached for everybody."""
    rows = work.con.execute(f"SELECT horizon FROM {reached_} WHERE cohort = 'all'").fetchall()
    return frozenset(horizon for (horizon,) in rows)


def only_told(work: Scratch, cells: Relation, reached_: Relation) -> Relation:
    """The cells; those of a year that is not reached for everybody have no value and name no count."""
    told = f"horizon IS NULL OR horizon IN (SELECT horizon FROM {reached_} WHERE cohort = 'all')"
    kept = ("value", "publishable", "n_count_id", "numerator_count_id")
    values = ", ".join(f"CASE WHEN {told} THEN {column} END AS {column}" for column in kept)
    return work.table("cells", f"SELECT * REPLACE ({values}) FROM {cells}")


def tell_reach(
    work: Scratch, definitions: Relation, units: Relation, years: Relation, reached_: Relation, plan: Plan
) -> Relation:
    """The definitions; those of earnings and of wages seen say which years are not available, and why."""
    told = whole_horizons(work, reached_)
    missing = [horizon for horizon in range(plan.first_horizon, plan.last_horizon + 1) if horizon not in told]
    if not missing:
        return definitions
    first, last, oldest, newest = work.con.execute(
        f"SELECT min(y.year), max(y.year), min(u.low), min(u.high) FROM {years} AS y,"
        f" (SELECT min(award_year) AS low, max(award_year) AS high FROM {units}) AS u WHERE y.state = '{NATION}' AND y.jobs > 0"
    ).fetchall()[0]
    said = ", ".join(str(horizon) for horizon in missing)
    note = (
        f" Not available for all learners together: year {said}, since the wage files hold {first} to {last} and awards are of"
        f" {oldest} to {newest}; younger or older awards alone would not stand for all."
    )
    whose = "measure IN ('earnings_p25', 'earnings_p50', 'earnings_p75', 'wage_matched_share') OR definition = 'year_not_covered'"
    return add_note(work, definitions, whose, note)
