"""The counts behind every figure, with ids. Which of them add up to which is in equations.py.

A step returns counts of one shape and names only the columns that differ from the default. A count of units is of
learners, or under attribution ``each`` of pairs (learner, credential); the column ``learners`` always holds distinct people.
Counts with the prefix ``lead_`` exist under ``each`` only and are of learners at their first award.
"""

from credential_pipeline.enclave.outcome_tables.grouping import BREAKDOWNS, BROAD, GROUP
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.shape import Shape
from credential_pipeline.foundation.storage.relation import Relation, Scratch

COUNTS = Shape(
    "counts",
    {"quantity": ("VARCHAR", "NULL")}
    | dict.fromkeys((*GROUP, "sector", "setting"), ("VARCHAR", "'all'"))
    | {"horizon": ("INTEGER", "NULL"), "value": ("BIGINT", "NULL"), "learners": ("BIGINT", "NULL")},
)
#: Quantity to the SQL condition on a follow-up under which it is counted, at every horizon.
FLOWS = {
    "cohort": "presence <> 'year_not_covered'",
    "award_held": "presence NOT IN ('year_not_covered', 'revoked')",
    "wage_matched": "seen",
    "unseen": "presence IN ('not_matched', 'died_before', 'revoked')",
    "not_matched": "presence = 'not_matched'",
    "in_industry": "in_industry",
    "out_of_industry": "seen AND NOT in_industry",
    "died_before": "presence = 'died_before'",
    "revoked": "presence = 'revoked'",
    "year_not_covered": "presence = 'year_not_covered'",
}
#: Quantities that no figure is made of below the level of everybody: a 0 of theirs is left out.
_ONLY_IF_ANY = ("died_before", "revoked", "year_not_covered")
_LEAD_BREAKDOWNS = ((), *BROAD)


def cohort_counts(work: Scratch, units: Relation, follow_ups: Relation, plan: Plan) -> Relation:
    """The cohort of every group, and at every horizon where its members are.

    Args:
        work: Where the rows live.
        units: What is counted.
        follow_ups: Where each unit is at each horizon.
        plan: The settings.
    """
    each = plan.attribution == "each"
    parts = [part for group in BREAKDOWNS for part in _group_counts(work, units, follow_ups, group, pairs=each)]
    if each:
        leads = work.view("leads", f"SELECT * FROM {units} WHERE lead")
        followed = work.view("followed_leads", f"SELECT * FROM {follow_ups} WHERE lead")
        parts += [part for group in _LEAD_BREAKDOWNS for part in _group_counts(work, leads, followed, group, plan.lead)]
    return COUNTS.union(work, *parts)


def _group_counts(
    work: Scratch,
    units: Relation,
    follow_ups: Relation,
    breakdown: tuple[str, ...],
    prefix: str = "",
    *,
    pairs: bool = False,
) -> list[Relation]:
    """The counts of one breakdown, without those for whom it was given up.

    Pairs are folded by person first, which is cheaper than counting distinct persons.
    """
    group = "".join(f"{column}, " for column in breakdown)
    times = "count(*) FILTER ({})" if pairs else "CAST({} AS INTEGER)"
    marked = ", ".join(f"{times.format(condition)} AS is_{quantity}" for quantity, condition in FLOWS.items())
    told = f"{breakdown[-1]} <> 'all'" if breakdown else "true"
    flows = ", ".join(
        f"{{'quantity': '{prefix}{quantity}', 'value': CAST(sum(is_{quantity}) AS BIGINT), "
        f"'learners': count(*) FILTER (is_{quantity} > 0)}}"
        for quantity in FLOWS
    )
    overall = COUNTS.rows(
        work,
        f"""SELECT '{prefix}cohort' AS quantity, {group} count(*) AS value, count(DISTINCT pid) AS learners
            FROM {units} WHERE {told} GROUP BY {group} ()""",
    )
    kept = f"NOT list_contains({list(_ONLY_IF_ANY)}, flow.quantity)" if breakdown and not prefix else "true"
    by_horizon = COUNTS.rows(
        work,
        f"""
        WITH persons AS (
            SELECT {group} horizon, {marked} FROM {follow_ups} WHERE {told} {f"GROUP BY {group} pid, horizon" if pairs else ""}
        ), wide AS (
            SELECT {group} horizon, [{flows}] AS flows FROM persons GROUP BY {group} horizon
        )
        SELECT * EXCLUDE (flows, flow), flow.quantity, flow.value, flow.learners
        FROM (SELECT *, unnest(flows) AS flow FROM wide)
        WHERE {kept} OR flow.value > 0
        """,
    )
    return [overall, by_horizon]


def category_counts(
    work: Scratch,
    source: Relation,
    plan: Plan,
    *,
    category: str,
    quantity: str,
    column: str,
    by_certifier: bool = True,
) -> Relation:
    """Units by a category, for everybody and by certifier, with a row for every category that occurs at all.

    Args:
        work: Where the rows live.
        source: certifier, pid, the category and, if time plays a part, horizon (else NULL).
        plan: The settings; under ``each`` the distinct learners are counted beside the pairs.
        category: Column of the source; a row without a category is not counted.
        quantity: Name of the counts.
        column: Column of the counts that takes the category: ``sector`` or ``setting``.
        by_certifier: Whether it is counted certifier by certifier, too.
    """
    told = "certifier IS NULL OR certifier <> 'all'" if by_certifier else "certifier IS NULL"
    scopes = f"SELECT DISTINCT certifier FROM {source} WHERE certifier <> 'all' UNION ALL" if by_certifier else ""
    people = "count(DISTINCT pid)" if plan.attribution == "each" else "count(*)"
    source.needs("certifier", "pid", "horizon", category)
    return COUNTS.rows(
        work,
        f"""
        WITH found AS (
            SELECT coalesce(certifier, 'all') AS certifier, {category} AS category, horizon, count(*) AS value,
                   {people} AS learners
            FROM {source} WHERE {category} IS NOT NULL
            GROUP BY {category}, horizon, GROUPING SETS ((), (certifier))
            HAVING {told}
        ), shell AS (
            SELECT * FROM ({scopes} SELECT 'all' AS certifier)
            CROSS JOIN (SELECT DISTINCT category FROM found) CROSS JOIN (SELECT DISTINCT horizon FROM {source})
        )
        SELECT '{quantity}' AS quantity, s.certifier, s.category AS {column}, s.horizon,
               coalesce(f.value, 0) AS value, coalesce(f.learners, 0) AS learners
        FROM shell AS s LEFT JOIN found AS f
            ON f.certifier = s.certifier AND f.category = s.category AND f.horizon IS NOT DISTINCT FROM s.horizon
        """,
    )


def sector_counts(
    work: Scratch, follow_ups: Relation, whole_sectors: Relation, plan: Plan, *, by_certifier: bool = True
) -> Relation:
    """The seen by sector.

    Where the industry is only part of a sector, those of the sector who work in it are counted as
    ``sector_in_industry``, so that the industry still adds up from sectors.

    Args:
        work: Where the rows live.
        follow_ups: Where each unit is at each horizon.
        whole_sectors: The sectors that lie in the industry as a whole.
        plan: The settings.
        by_certifier: Whether they are counted certifier by certifier, too.
    """
    inside = work.table(
        "inside_sector",
        f"""
        SELECT certifier, pid, horizon,
               CASE WHEN in_industry AND sector NOT IN (SELECT sector FROM {whole_sectors}) THEN sector END AS sector
        FROM {follow_ups}
        """,
    )
    return COUNTS.union(
        work,
        *(
            category_counts(
                work, rows, plan, category="sector", quantity=quantity, column="sector", by_certifier=by_certifier
            )
            for quantity, rows in (("sector", follow_ups), ("sector_in_industry", inside))
        ),
    )


def identify(work: Scratch, *parts: Relation) -> Relation:
    """All counts, each once, with ``count_id`` in front, and ``who`` (the group, as in ids) and ``dimension`` behind."""
    group = ", ".join(GROUP)
    return work.table(
        "identified_counts",
        f"""
        SELECT quantity || id_tail(who_of({group}), sector, setting, horizon) AS count_id, *,
               who_of({group}) AS who, dimension_of({group}) AS dimension
        FROM (SELECT DISTINCT * FROM {COUNTS.union(work, *parts)})
        """,
    )


def with_more(work: Scratch, counts: Relation, more: Relation) -> Relation:
    """Counts that have their ids, and further ones that get theirs."""
    return work.table("identified_counts", f"SELECT * FROM {counts} UNION ALL SELECT * FROM {identify(work, more)}")
