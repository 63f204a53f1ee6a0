"""Which counts add up to which: the knowledge that a reader can use against a suppressed cell.

Every equation reads value[total] = sum of value[parts]. A part that would be 0 and stands behind no figure may be missing.
"""

from credential_pipeline.enclave.outcome_tables.cells import group_equal
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.engine import Connection

#: Total to its parts, of the same group at the same horizon.
_COMPOSED: dict[str, tuple[str, ...]] = {
    "cohort": ("wage_matched", "not_matched"),
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
_STACKS = ("stack_1", "stack_2", "stack_3", "stack_4_plus")
_LEDGER = (
    "ledger_opted_out",
    "ledger_ferpa_blocked",
    "ledger_no_person_key",
    "ledger_same_person",
    "ledger_not_in_cohort",
)
#: Those who work in the industry, from the sectors that lie in it and the parts of the others that do.
_BY_SECTOR = "in_industry_by_sector"


def create_equations(con: Connection, plan: Plan, whole_sectors: tuple[str, ...]) -> None:
    """Create ``outcome_tables.equations`` over ``tmp_counts``.

    Args:
        con: The connection.
        plan: The settings.
        whole_sectors: Sectors that belong to the industry as a whole.
    """
    rules = _rules(plan.lead)
    con.execute(
        f"""
        CREATE OR REPLACE TABLE outcome_tables.equations AS
        WITH rules AS (
            SELECT unnest(CAST(? AS VARCHAR[])) AS name, unnest(CAST(? AS VARCHAR[])) AS total,
                   unnest(CAST(? AS VARCHAR[])) AS part, unnest(CAST(? AS BOOLEAN[])) AS over_time
        ), composed AS (
            SELECT
                t.count_id || ' = ' || r.name || CASE WHEN r.over_time THEN '@h=' || p.horizon ELSE '' END AS equation_id,
                t.count_id AS total_count_id, p.count_id AS part_count_id
            FROM rules AS r
            JOIN tmp_counts AS t ON t.quantity = r.total AND t.sector = 'all' AND t.setting = 'all'
            JOIN tmp_counts AS p ON p.quantity = r.part AND {group_equal("p", "t")}
            WHERE CASE WHEN r.over_time THEN t.horizon IS NULL AND p.horizon IS NOT NULL
                       ELSE t.horizon IS NOT DISTINCT FROM p.horizon END
                AND (r.name <> '{_BY_SECTOR}' OR p.quantity <> 'sector' OR list_contains(?, p.sector))
        ), split AS (
            SELECT t.count_id || ' by ' || p.dimension AS equation_id, t.count_id, p.count_id
            FROM tmp_counts AS p JOIN tmp_counts AS t
                ON t.quantity = p.quantity AND t.horizon IS NOT DISTINCT FROM p.horizon
                AND t.sector = p.sector AND t.setting = p.setting
                AND t.dimension = CASE p.dimension WHEN 'credential' THEN 'certifier' ELSE 'all' END
                AND (p.dimension <> 'credential' OR t.certifier = p.certifier)
            WHERE p.dimension <> 'all'
        )
        SELECT * FROM composed UNION ALL SELECT * FROM split
        ORDER BY equation_id, part_count_id
        """,
        [*(list(column) for column in zip(*rules, strict=True)), list(whole_sectors)],
    )


def _rules(lead: str) -> list[tuple[str, str, str, bool]]:
    """Return (name, total, part, over time) for every part; over time the total has no horizon and the parts have one."""
    composed = [(total, parts, False) for total, parts in _COMPOSED.items()]
    composed += [("cohort", ("cohort", "died_before", "year_not_covered"), True)]
    if lead:
        composed += [
            (lead + total, tuple(lead + part for part in parts), over_time)
            for total, parts, over_time in composed
            if total in {"cohort", "wage_matched"}
        ]
    composed += [(total, (part,), False) for part, total in _CATEGORIES.items()]
    composed += [(f"{lead}cohort", _STACKS, False), (f"{lead}cohort", ("seen_after", "never_seen_after"), False)]
    composed += [("ledger_reported", (*_LEDGER, f"{lead}cohort"), False)]
    rules = [("|".join(parts), total, part, over_time) for total, parts, over_time in composed for part in parts]
    return [*rules, *((_BY_SECTOR, "in_industry", part, False) for part in ("sector", "sector_in_industry"))]
