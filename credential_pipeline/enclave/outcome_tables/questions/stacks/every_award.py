"""Every holder of each credential, whichever award came first: a person counts once for each credential that was earned.

Not here: people, who are counted at one award (earnings.py).
"""

from typing import Final

from credential_pipeline.enclave.outcome_tables.asking import Answer, MoneyAsk, ask_money, together
from credential_pipeline.enclave.outcome_tables.cells import CELLS
from credential_pipeline.enclave.outcome_tables.counts import COUNTS
from credential_pipeline.enclave.outcome_tables.given import Given
from credential_pipeline.enclave.outcome_tables.grouping import GROUP
from credential_pipeline.enclave.outcome_tables.groups import pool_credentials
from credential_pipeline.enclave.outcome_tables.ladder import Rule, Size
from credential_pipeline.enclave.outcome_tables.meaning import NOT_COVERED, Definition
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.reach import whole_horizons
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

TABLE: Final = "each"
_HORIZONS = (1, 5, 10)
_EACH = (
    "Every learner awarded the credential in the years of the cohort counts, whatever was earned before or after, so that "
    "lines of several credentials hold the same people and must not be added."
)
DEFINITIONS: Final = (
    Definition(
        "credential_holders",
        "credential_holders",
        "Holders of the credential",
        f"Learners awarded it, whether it was revoked later or not. {_EACH}",
    ),
    Definition(
        "earnings_each_p50",
        "earnings_each_p50",
        "Median earnings of all holders of the credential",
        "Real annual wages in dollars of the base year that half earn less than, of the holders with wages that year to whom it was "
        f"not revoked by then; the others are left out. {NOT_COVERED} Years are counted from the year of this award. {_EACH}",
    ),
)


def number_awards(work: Scratch, given: Given, plan: Plan) -> Relation:
    """Every award of everybody: the columns of units, nth, awards (of the person), first_year, counted (in the cohort's years).

    The age band is that at the person's first award.
    """
    return work.table(
        "awarded",
        statement(__package__, "awarded.sql", awards=given.awards, people=given.people),
        {"first_year": plan.first_year, "last_year": plan.last_year, "age_bands": plan.age_ranges},
    )


def label_credentials(work: Scratch, given: Given, followed: Relation, plan: Plan) -> Relation:
    """Certifier, credential and the label under which its holders are told of: itself, its family, other, or none."""
    told = whole_horizons(work, given.reached)
    asked = [horizon for horizon in _HORIZONS if horizon in told] or _HORIZONS[:1]
    rows = work.con.execute(
        f"""
        SELECT certifier, credential, count(DISTINCT pid),
               {", ".join(f"count(*) FILTER (seen AND horizon = {horizon})" for horizon in asked)}
        FROM {followed} GROUP BY certifier, credential ORDER BY ALL
        """
    ).fetchall()
    inside: dict[str, dict[str, Size]] = {}
    for certifier, credential, *numbers in rows:
        inside.setdefault(certifier, {})[credential] = Size(tuple(numbers), tuple(numbers))
    made: list[tuple[str, str, str]] = []
    for certifier, sizes in inside.items():
        labels = {code: code for code in sizes}
        if plan.thresholds is not None:
            rungs = pool_credentials(sizes, plan.families_of(certifier), Rule(plan.thresholds.money, fewest=1))
            labels = {code: label for code, label in rungs.labels.items() if label in rungs.shown}
        made += [(certifier, code, label) for code, label in sorted(labels.items())]
    return work.rows("labels", dict.fromkeys(("certifier", "credential", "label"), "VARCHAR"), made)


def every_award(work: Scratch, awarded: Relation, followed: Relation, labels: Relation) -> Answer:
    """``credential_holders`` and ``earnings_each_p50`` of every credential at years 1, 5 and 10."""
    holders = work.table(
        "holders",
        f"""
        SELECT a.uid, l.label FROM {awarded} AS a JOIN {labels} AS l USING (certifier, credential) WHERE a.counted
        QUALIFY row_number() OVER (PARTITION BY a.pid, a.certifier, l.label ORDER BY a.nth) = 1
        """,
    )
    years = work.table(
        "years",
        f"""
        SELECT f.* REPLACE (h.label AS credential, 'all' AS age_band, 'all' AS state) FROM {followed} AS f JOIN {holders} AS h USING (uid)
        WHERE f.horizon IN {_HORIZONS}
        """,
    )
    ask = MoneyAsk(TABLE, "earnings_each_p50", "each_matched", "real", "p50", "seen")
    paid = by_credential(work, ask_money(work, years, [ask], [("certifier", "credential")]))
    counts = COUNTS.rows(
        work,
        f"""
        SELECT 'credential_holders' AS quantity, a.certifier, h.label AS credential, count(*) AS value, value AS learners
        FROM {holders} AS h JOIN {awarded} AS a USING (uid) GROUP BY a.certifier, h.label
        """,
    )
    cells = CELLS.rows(
        work,
        f"""
        SELECT '{TABLE}' AS "table", quantity AS measure, 'count' AS unit, certifier, credential, value, value AS n,
               quantity || id_tail(who_of({", ".join(GROUP)}), sector, setting, horizon) AS n_count_id
        FROM {counts}
        """,
    )
    return together(work, paid, Answer(counts, cells))


def by_credential(work: Scratch, answer: Answer) -> Answer:
    """An answer without what it says of everybody: people stand in the lines of several credentials."""
    told = "SELECT * FROM {} WHERE credential <> 'all'"
    return Answer(
        work.table("counts", told.format(answer.counts)),
        work.table("cells", told.format(answer.cells)),
        answer.rules,
        answer.wanted,
    )
