"""What became of those who sat and never passed, beside those who sat in the same years and passed.

They have no award, so their years are counted from the first sitting. Passers are drawn so that as many of them first sat
with each certifier in each year, in proportion. Not here: how many pass, and how soon (passing.py).
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
from credential_pipeline.enclave.outcome_tables.earlier import Earlier
from credential_pipeline.enclave.outcome_tables.following import follow
from credential_pipeline.enclave.outcome_tables.given import Given
from credential_pipeline.enclave.outcome_tables.grouping import BROAD
from credential_pipeline.enclave.outcome_tables.groups import OTHER, Ladder, group_ladder, relabel
from credential_pipeline.enclave.outcome_tables.ladder import ALL, POOL, Rungs
from credential_pipeline.enclave.outcome_tables.meaning import Definition
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.reach import only_told, reached, whole_horizons
from credential_pipeline.foundation.storage.relation import Relation, Scratch

TABLE: Final = "never_passed"
_MOST_PER_PERSON = 10
_SERVED = 0.95
#: Whose figures they are, to the SQL condition and the quantities: people with a covered year, with wages, in the industry.
_GROUPS = {
    "never_passed": ("never_passed", "never_passers_covered", "never_passers_matched", "never_passers_in_industry"),
    "passer": ("NOT never_passed", "passers_covered", "passers_matched", "passers_in_industry"),
}
_NEVER = (
    "who sat for a first time in a year of the cohort in which the certifier reports attempts, and hold no award of the industry "
    "to this day; who first sat lately may still pass"
)
_PASSER = (
    "who first sat in such a year and hold an award, revoked since or not, drawn so that they first sat with the same certifiers in the same years as "
    "those who never passed, as far as there are enough; they may differ otherwise, so that a difference is not the effect of passing"
)
_WHEN = "Years are counted from the year of the first sitting, and the age is that at it."
DEFINITIONS: Final = (
    Definition(
        "never_passed_share",
        "never_passed_share",
        "Sat and never passed",
        "Share of the learners who first sat in a year of the cohort in which the certifier reports attempts, before any award, "
        "and hold no award of the industry to this day. Who first sat lately may still pass.",
    ),
    *(
        definition
        for group, title, people in (
            ("never_passed", "those who never passed", _NEVER),
            ("passer", "passers of the same years", _PASSER),
        )
        for definition in (
            Definition(
                f"{group}_earnings_p50",
                f"{group}_earnings_p50",
                f"Median earnings of {title}",
                f"Real annual wages in dollars of the base year that half earn less than, of those with wages that year, {people}. "
                f"{_WHEN}",
            ),
            Definition(
                f"{group}_wage_matched_share",
                f"{group}_wage_matched_share",
                f"Seen in wage records, of {title}",
                f"Share with wages in that calendar year, of those whose year the wage files cover, {people}. {_WHEN}",
            ),
            Definition(
                f"{group}_in_industry_share",
                f"{group}_in_industry_share",
                f"Working in the industry, of {title}",
                f"Share whose main employer belongs to the industry, of those with wages that year, {people}. {_WHEN}",
            ),
        )
    ),
)


def answer(work: Scratch, given: Given, plan: Plan) -> Answer:
    """The share that never passed, and earnings and work of them and of passers in the years around the first sitting."""
    reach = reached(work, given.sitters, given.wage_years, plan)
    told = whole_horizons(work, reach)
    sitters, followed, ladder = _coarsened(work, given.sitters, follow(work, given, given.sitters, plan), plan, told)
    persons = work.view("sitters", f"SELECT *, CAST(NULL AS INTEGER) AS horizon FROM {sitters}")
    chosen = _drawn(work, sitters)
    compared = work.table("compared", f"SELECT f.*, s.never_passed FROM {followed} AS f JOIN {chosen} AS s USING (uid)")
    tried = ShareAsk(TABLE, "never_passed_share", "sitters", "never_passers", "true", "never_passed")
    matched, inside = (list(kind) for kind in zip(*(_shares_of(group) for group in _GROUPS), strict=True))
    money = [
        MoneyAsk(TABLE, f"{group}_earnings_p50", people, "real", "p50", f"{who} AND seen")
        for group, (who, _, people, _) in _GROUPS.items()
    ]
    found = together(
        work,
        ask_shares(work, persons, [tried], BROAD),
        # Nearly all are seen: by sex or age so few are not that the share could not be told.
        ask_shares(work, compared, matched, BROAD[:1]),
        ask_shares(work, compared, inside, BROAD),
        ask_money(work, compared, money, BROAD),
    )
    cells = only_told(work, _told(work, found.cells, ladder), reach)
    return Answer(found.counts, cells, found.rules, found.wanted)


def _shares_of(group: str) -> tuple[ShareAsk, ShareAsk]:
    who, covered, matched, inside = _GROUPS[group]
    at_all = f"{who} AND presence <> 'year_not_covered'"
    return (
        ShareAsk(TABLE, f"{group}_wage_matched_share", covered, matched, at_all, "seen"),
        ShareAsk(TABLE, f"{group}_in_industry_share", matched, inside, f"{who} AND seen", "in_industry"),
    )


def _coarsened(
    work: Scratch, sitters: Relation, followed: Relation, plan: Plan, told: frozenset[int]
) -> tuple[Relation, Relation, Ladder]:
    """The sitters and their years with the categories that enough of those who never passed are in."""
    never = work.view("never", f"SELECT f.* FROM {followed} AS f JOIN {sitters} AS s USING (uid) WHERE s.never_passed")
    ladder = group_ladder(work, never, plan, Earlier(), told)
    if ladder.horizons is None:
        return sitters, followed, ladder
    others = {"certifier": OTHER} | dict.fromkeys(("sex", "race", "ethnicity", "state"), POOL)
    occurring = work.con.execute(
        " UNION ALL ".join(
            f"SELECT DISTINCT '{name}', {within}, {name} FROM {sitters}" for name, within in _within().items()
        )
    ).fetchall()
    for dimension, within, category in sorted(occurring):
        rungs = ladder.rungs.get((dimension, within), Rungs({}))
        if category not in rungs.labels:
            given_up = not rungs.labels or ALL in rungs.labels.values()
            label = ALL if given_up else others.get(dimension, category)
            ladder.rungs[dimension, within] = Rungs(rungs.labels | {category: label}, rungs.silent)
    coarse, relabelled = relabel(work, sitters, followed, ladder)
    return coarse, relabelled, ladder


def _within() -> dict[str, str]:
    names = ("certifier", "cohort", "age_band", "sex", "race", "ethnicity", "state")
    return dict.fromkeys(names, "''") | {"credential": "certifier"}


def _drawn(work: Scratch, sitters: Relation) -> Relation:
    """Those who never passed, and of the passers of each certifier and year the same number for each of them.

    The number is the largest for which nearly all who never passed have so many passers in their own years; where there
    are fewer, all are taken. Who is taken depends on the person key alone.
    """
    return work.table(
        "drawn",
        f"""
        WITH strata AS (
            SELECT certifier, award_year, count(*) FILTER (never_passed) AS never,
                   count(*) FILTER (NOT never_passed) AS passers
            FROM {sitters} GROUP BY ALL
        ), ratios AS (
            SELECT CAST(unnest(range(1, {_MOST_PER_PERSON} + 1)) AS INTEGER) AS ratio
        ), served AS (
            SELECT ratio, sum(never) FILTER (passers >= ratio * never) / sum(never) AS share
            FROM strata CROSS JOIN ratios GROUP BY ratio
        ), chosen AS (
            SELECT coalesce(max(ratio) FILTER (share >= {_SERVED}), 1) AS ratio FROM served
        ), ranked AS (
            SELECT uid, certifier, award_year, never_passed,
                   row_number() OVER (
                       PARTITION BY certifier, award_year, never_passed ORDER BY md5(person_key), person_key
                   ) AS place
            FROM {sitters}
        )
        SELECT r.uid, r.never_passed
        FROM ranked AS r JOIN strata AS s USING (certifier, award_year) CROSS JOIN chosen AS c
        WHERE r.never_passed OR r.place <= c.ratio * s.never
        """,
    )


def _told(work: Scratch, cells: Relation, ladder: Ladder) -> Relation:
    """The cells without those of a category that is counted and too small to be told."""
    silent = {
        dimension: sorted(label for key, rungs in ladder.rungs.items() if key[0] == dimension for label in rungs.silent)
        for dimension in ("certifier", "age_band", "sex", "race")
    }
    hidden = " OR ".join(f"list_contains(CAST(? AS VARCHAR[]), {dimension})" for dimension in silent)
    return work.table("cells", f"SELECT * FROM {cells} WHERE NOT ({hidden})", list(silent.values()))
