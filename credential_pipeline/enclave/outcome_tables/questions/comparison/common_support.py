"""How many holders have somebody to be compared with, and why the others have not.

Not here: how comparisons are found (matching.py).
"""

from dataclasses import replace

from credential_pipeline.enclave.outcome_tables.asking import Answer, ShareAsk, ask_shares, together
from credential_pipeline.enclave.outcome_tables.grouping import GROUP
from credential_pipeline.enclave.outcome_tables.questions.comparison.matching import Match
from credential_pipeline.foundation.storage.relation import Relation, Scratch

RULES = (
    ("comparison_sought", ("comparison_matched", "comparison_unmatched")),
    ("comparison_unmatched", ("comparison_without_wages", "comparison_without_others")),
)
_MATCHED = ShareAsk("comparison", "common_support_share", "comparison_sought", "comparison_matched", "true", "matched")
_UNMATCHED = ShareAsk(
    "comparison", "common_support_share", "comparison_sought", "comparison_unmatched", "true", "NOT matched"
)
_REASONS = tuple(
    ShareAsk("comparison", "common_support_share", "comparison_sought", f"comparison_{why}", "true", condition, why)
    for why, condition in (
        ("without_wages", "NOT matched AND NOT in_wages"),
        ("without_others", "NOT matched AND in_wages"),
    )
)


def support(work: Scratch, found: Match, units: Relation) -> Answer:
    """``common_support_share`` of every group, and for everybody the two reasons why there is no comparison.

    Args:
        work: Where the rows live.
        found: Of :func:`~.matching.match`.
        units: uid, pid, lead, award_year and the group's columns.
    """
    group = ", ".join(f"u.{column}" for column in GROUP)
    sought = work.table(
        "sought",
        f"""
        SELECT u.pid, {group}, CAST(NULL AS INTEGER) AS horizon,
               u.uid IN (SELECT uid FROM {found.matched}) AS matched,
               u.uid IN (SELECT uid FROM {found.persons} WHERE uid IS NOT NULL) AS in_wages
        FROM {units} AS u
        WHERE u.lead AND u.award_year IN (SELECT award_year FROM {found.award_years})
            AND u.uid NOT IN (SELECT uid FROM {found.not_asked} WHERE uid IS NOT NULL)
        """,
    )
    matched = ask_shares(work, sought, [_MATCHED])
    reasons = ask_shares(work, sought, _REASONS, ())
    # The share without a comparison is 1 less the other: it is counted and gets no cell, and so no band.
    unmatched = ask_shares(work, sought, [_UNMATCHED])
    counted = replace(unmatched, cells=work.view("none", f"SELECT * FROM {matched.cells} LIMIT 0"), wanted=())
    return replace(together(work, matched, reasons, counted), rules=RULES)
