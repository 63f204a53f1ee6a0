"""Did it pay, person by person: what each holder earned after the award less what the same holder earned before it.

The change of a median is not the median change, and some earn less. Nothing here says what the award did (comparison).
"""

from typing import Final

from credential_pipeline.enclave.outcome_tables.asking import (
    Answer,
    MoneyAsk,
    ShareAsk,
    ask_money,
    ask_shares,
    together,
)
from credential_pipeline.enclave.outcome_tables.given import Given
from credential_pipeline.enclave.outcome_tables.grouping import BROAD, GROUP
from credential_pipeline.enclave.outcome_tables.meaning import Definition
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.relation import Relation, Scratch

BASELINE: Final = (-3, -2)
"""Years before the award whose mean is the baseline; the year before it is a dip (Ashenfelter 1978)."""
_BASE = (
    "The baseline is the mean of those of the years -3 and -2 that have wages: a year without any, or that the wage files do not "
    "cover where the learner lives, is left out and not counted as zero."
)
_WHO = "of the learners with wages in that year and in at least one of the years -3 and -2 before the award"
DEFINITIONS: Final = (
    *(
        Definition(
            f"own_change_{key}",
            f"own_change_{key}",
            f"Own change in earnings, {title}",
            f"Real annual wages of a learner less the mean of the same learner's wages in the years -3 and -2; {words}, {_WHO}. "
            f"{_BASE}",
        )
        for key, title, words in (
            ("p25", "25th percentile", "a quarter changed by less"),
            ("p50", "median", "half changed by less"),
            ("p75", "75th percentile", "three quarters changed by less"),
        )
    ),
    Definition(
        "earns_less_share",
        "earns_less_share",
        "Earning less than before",
        f"Share, {_WHO}, whose real wages are below the mean of their own wages in the years -3 and -2. {_BASE}",
    ),
)


def answer(work: Scratch, given: Given, _plan: Plan) -> Answer:
    """The median own change and ``earns_less_share`` of every group in every year after the award; quartiles for everybody."""
    changes = own_changes(work, given.persons(work))
    median, *others = (
        MoneyAsk("change", f"own_change_{key}", "with_change", "change", key) for key in ("p50", "p25", "p75")
    )
    less = ShareAsk("change", "earns_less_share", "with_change", "earns_less", "change IS NOT NULL", "change < 0")
    return together(
        work,
        ask_money(work, changes, [median], BROAD),
        ask_money(work, changes, others, ()),
        ask_shares(work, changes, [less], BROAD),
    )


def own_changes(work: Scratch, persons: Relation) -> Relation:
    """One row per person and year after the award: pid, the group's columns, horizon, employer_id, real, before, change.

    ``before`` is the mean real wages of the person in the years of :data:`BASELINE` in which there are any; both it and
    ``change`` are missing for whoever has none.
    """
    group = ", ".join(f"f.{column}" for column in GROUP)
    return work.table(
        "own_changes",
        f"""
        WITH before AS (
            SELECT pid, avg(real) AS before FROM {persons}
            WHERE horizon IN {BASELINE} AND seen GROUP BY pid
        )
        SELECT f.pid, {group}, f.horizon, f.employer_id, f.real, b.before, f.real - b.before AS change
        FROM {persons} AS f JOIN before AS b USING (pid)
        WHERE f.horizon >= 1 AND f.seen
        """,
    )
