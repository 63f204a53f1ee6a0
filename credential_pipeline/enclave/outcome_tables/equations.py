"""Which counts add up to which: the knowledge that a reader can use against a suppressed cell.

Every equation reads value[total] = sum of value[parts]. A part that would be 0 and stands behind no figure may be missing.
"""

from collections.abc import Sequence

from credential_pipeline.enclave.outcome_tables.coverage import BEFORE, OVERALL
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.stacking import STACKS
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

#: Total to its parts, of the same group at the same horizon.
_COMPOSED: dict[str, tuple[str, ...]] = {
    "cohort": ("wage_matched", "unseen"),
    "unseen": ("not_matched", "died_before", "revoked"),
    "wage_matched": ("in_industry", "out_of_industry"),
    "tried": ("passed_eventually", "never_passed"),
    "passed_eventually": ("passed_first", "passed_later"),
    "sittings": ("sittings_passed", "sittings_not_passed"),
}
#: Total to the quantity whose categories (sector or setting) add up to it.
_CATEGORIES = {
    "sector": "wage_matched",
    "setting_training": "cohort",
    "setting_sector": "cohort",
    "setting_degree": "cohort",
    "setting_credit": "cohort",
}
#: Name of the rule for those who work in the industry: the sectors that lie in it and the parts of the others that do.
_BY_SECTOR = "in_industry_by_sector"


def equations(
    work: Scratch,
    counts: Relation,
    whole_sectors: Relation,
    pooled: Relation,
    asked: Sequence[tuple[str, tuple[str, ...]]],
    plan: Plan,
) -> Relation:
    """One row per part of a total: equation_id, total_count_id, part_count_id.

    Args:
        work: Where the rows live.
        counts: All counts, with their ids.
        whole_sectors: Sectors that belong to the industry as a whole.
        pooled: What the pooled lines of the ledgers are the sum of.
        asked: What adds up in the answers to questions: a total, and its parts.
        plan: The settings.
    """
    columns = zip(*_rules(plan.lead, asked), strict=True)
    return work.table(
        "equations",
        statement(__package__, "equations.sql", counts=counts, whole_sectors=whole_sectors, pooled=pooled),
        dict(zip(("names", "totals", "parts", "over_time"), map(list, columns), strict=True)),
    )


def _rules(lead: str, asked: Sequence[tuple[str, tuple[str, ...]]]) -> list[tuple[str, str, str, bool]]:
    """Return (name, total, part, over time) for every part; over time the total has no horizon and the parts have one."""
    composed = [(total, parts, False) for total, parts in (*_COMPOSED.items(), *asked)]
    composed += [("cohort", ("award_held", "revoked"), False), ("cohort", ("cohort", "year_not_covered"), True)]
    if lead:
        composed += [
            (lead + total, tuple(lead + part for part in parts), over_time)
            for total, parts, over_time in composed
            if total in {"cohort", "unseen", "wage_matched"}
        ]
    composed += [(total, (part,), False) for part, total in _CATEGORIES.items()]
    composed += [
        (f"{lead}cohort", STACKS, False),
        (f"{lead}cohort", tuple(OVERALL.values()), False),
        ("ledger_reported", (*BEFORE.values(), f"{lead}cohort"), False),
    ]
    rules = [("|".join(parts), total, part, over_time) for total, parts, over_time in composed for part in parts]
    return [*rules, *((_BY_SECTOR, "in_industry", part, False) for part in ("sector", "sector_in_industry"))]
