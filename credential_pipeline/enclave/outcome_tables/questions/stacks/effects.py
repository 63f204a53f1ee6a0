"""What a further credential adds: people's own change around it, less that of people who had as many and stopped.

Not here: what the first one does (comparison), since those who stopped hold a credential, too.
"""

from typing import Final

from credential_pipeline.enclave.outcome_tables.asking import Answer
from credential_pipeline.enclave.outcome_tables.cells import CELLS
from credential_pipeline.enclave.outcome_tables.counts import COUNTS
from credential_pipeline.enclave.outcome_tables.grouping import GROUP
from credential_pipeline.enclave.outcome_tables.meaning import Definition
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.questions.stacks.stopping import differences
from credential_pipeline.engines.sampling import REACH
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

TABLE: Final = "stacking"
#: The number of the award to the setting; the last one stands for a fourth award and not for those after it.
_SETTINGS: Final = ((2, "second"), (3, "third"), (4, "fourth_plus"))
_HOW = (
    "Mean real wages of a learner in the years 1 and 2 after the award less those in the years 1 and 2 before it (years with "
    "wages), less the same change of learners who had as many credentials before it, the same one last and as long ago, and stopped, at "
    "the same number of years since the first award and of the same age then; in dollars of the base year. Where yet another one follows "
    "in year 1, year 2 counts for neither side; whoever adds it in the same year, or has no two such learners to be compared with, is left "
    "out (n are the others). Further awards count that lie within the years of the cohort, and no "
    "others; years that the wage files do not cover where a learner lives are left out. Those who go on may differ in ways that are "
    "not seen."
)
DEFINITIONS: Final = (
    Definition(
        "nth_effect",
        "nth_effect",
        "What a further credential adds",
        f"{_HOW} The setting is the number of the credential; 'fourth_plus' is the fourth of those with four or more.",
    ),
    Definition(
        "next_award_effect",
        "next_award_effect",
        "What this credential adds as a further one",
        f"{_HOW} The certifier and the credential are those of the credential that was added, as second or later.",
    ),
    *(
        Definition(
            "not_available",
            measure,
            "Nobody to compare with, or too few",
            "Not available: nobody added it, or nobody who added it can be compared with two learners who held the same credential "
            "before and stopped, or too few can, or too few hold it at all.",
        )
        for measure in ("nth_effect", "next_award_effect")
    ),
)


def effects(work: Scratch, awarded: Relation, followed: Relation, labels: Relation, plan: Plan) -> Answer:
    """``nth_effect`` by the number of the award, and ``next_award_effect`` by the credential that was added.

    Where there is no figure a cell says so: for every number, and every label or credential of the registry without one.

    Args:
        work: Where the rows live.
        awarded: Every award of everybody, numbered.
        followed: Where they are in the years around each.
        labels: Certifier, credential and the label under which it is told of.
        plan: The settings, for the credentials of the registry.
    """
    changes = work.table("changes", statement(__package__, "changes.sql", awarded=awarded, followed=followed))
    settings = work.rows("settings", {"nth": "INTEGER", "setting": "VARCHAR"}, _SETTINGS)
    by_number = work.view(
        "by_number",
        f"SELECT pid, nth, 'all' AS certifier, 'all' AS credential, setting FROM {awarded} JOIN {settings} USING (nth)",
    )
    by_credential = work.view(
        "by_credential",
        f"""
        SELECT a.pid, a.nth, a.certifier, l.label AS credential, 'all' AS setting
        FROM {awarded} AS a JOIN {labels} AS l USING (certifier, credential) WHERE a.nth > 1 AND a.counted
        QUALIFY row_number() OVER (PARTITION BY a.pid, a.certifier, l.label ORDER BY a.nth) = 1
        """,
    )
    paid = work.table("paid", statement(__package__, "paid.sql", changes=changes, followed=followed))
    numbers = work.view("numbers", f"SELECT 'all' AS certifier, 'all' AS credential, setting FROM {settings}")
    known = work.rows("known", dict.fromkeys(("certifier", "credential"), "VARCHAR"), [row[:2] for row in plan.levels])
    lines = work.view(
        "lines",
        f"""
        SELECT DISTINCT certifier, label AS credential, 'all' AS setting FROM {labels}
        UNION SELECT certifier, credential, 'all' FROM {known} ANTI JOIN {labels} USING (certifier, credential)
        """,
    )
    answers = [
        _answer(work, measure, quantity, _with_payers(work, differences(work, changes, groups), paid, groups), asked)
        for measure, quantity, groups, asked in (
            ("nth_effect", "with_nth_award", by_number, numbers),
            ("next_award_effect", "with_added_award", by_credential, lines),
        )
    ]
    return Answer(
        COUNTS.union(work, *(counts for counts, _ in answers)), CELLS.union(work, *(cells for _, cells in answers))
    )


def _with_payers(work: Scratch, found: Relation, paid: Relation, groups: Relation) -> Relation:
    """What was found, with how many employers pay those who went on."""
    payers = work.table("payers", statement(__package__, "payers.sql", paid=paid, groups=groups))
    return work.table("paid_for", f"SELECT * FROM {found} LEFT JOIN {payers} USING (certifier, credential, setting)")


def _answer(work: Scratch, measure: str, quantity: str, found: Relation, asked: Relation) -> tuple[Relation, Relation]:
    """Counts and cells of what was found, and cells without a value of what was asked and was not."""
    counts = COUNTS.rows(
        work, f"SELECT '{quantity}' AS quantity, certifier, credential, setting, n AS value, n AS learners FROM {found}"
    )
    group = ", ".join(column if column in {"certifier", "credential"} else "'all'" for column in GROUP)
    cells = CELLS.rows(
        work,
        f"""
        SELECT '{TABLE}' AS "table", '{measure}' AS measure, CASE WHEN n IS NULL THEN 'not_available' END AS definition,
               'usd' AS unit, certifier, credential, setting, effect AS value, coalesce(n, 0) AS n,
               effect - {REACH} * deviation AS low, effect + {REACH} * deviation AS high, employers, largest_employer,
               CASE WHEN n IS NOT NULL THEN '{quantity}' || id_tail(who_of({group}), 'all', setting, NULL) END AS n_count_id
        FROM {asked} FULL JOIN {found} USING (certifier, credential, setting)
        """,
    )
    return counts, cells
