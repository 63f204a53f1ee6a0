"""What comes after the award at which a learner is counted: how soon, and which credential."""

from typing import Final

from credential_pipeline.enclave.outcome_tables.asking import (
    Answer,
    MoneyAsk,
    ShareAsk,
    ask_money,
    ask_shares,
    together,
)
from credential_pipeline.enclave.outcome_tables.cells import CELLS
from credential_pipeline.enclave.outcome_tables.given import Given
from credential_pipeline.enclave.outcome_tables.grouping import BROAD
from credential_pipeline.enclave.outcome_tables.meaning import Definition
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.questions.stacks.every_award import by_credential
from credential_pipeline.enclave.outcome_tables.thresholds import TINY
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation
from credential_pipeline.foundation.storage.sql import statement

TABLE: Final = "stacking"
_YEARS = (1, 2, 5)
_LADDER = "next_award_on_ladder"
_NEXT = (
    "Share of the learners counted at the award of this credential whose next different credential of the industry is the one "
    "named as setting; 'other' are those that few went on to, 'no_further_award' is none up to the end of the data."
)
DEFINITIONS: Final = (
    Definition(
        "months_to_next_p50",
        "months_to_next_p50",
        "Months to the next credential",
        "Of the learners who were awarded a further, different credential of the industry, half had it within so many months "
        "of the award at which they are counted. Those without one are left out.",
    ),
    *(
        Definition(
            f"within_{years}",
            "further_award_share",
            f"A further credential within {years} year{'s' if years > 1 else ''}",
            f"Share of the learners who were awarded a further, different credential of the industry within {years} year{'s' * (years > 1)} of the "
            "award at which they are counted, of those whose award is at least that old at the end of the certifiers' data.",
        )
        for years in _YEARS
    ),
    Definition("next_award_share", "next_award_share", "The credential that comes next", _NEXT),
    Definition(
        _LADDER,
        "next_award_share",
        "The credential that comes next, on a ladder",
        f"{_NEXT} By the certifier's own ladder this credential stacks to that one, or both stack to the same.",
    ),
    Definition(
        "not_available",
        "next_award_share",
        "Too few are counted at this credential",
        "Not available: no learner is counted at the award of this credential, or too few to say what comes next, or nearly all "
        "of the certifier's, so that the few at its others would be told by what is left.",
    ),
)


def following_award(work: Scratch, given: Given, plan: Plan) -> Answer:
    """``months_to_next_p50``, ``further_award_share`` and ``next_award_share``."""
    ladders = work.rows("ladders", dict.fromkeys(("certifier", "code", "stacks_to"), "VARCHAR"), plan.ladders)
    following = work.table(
        "following",
        statement(
            __package__,
            "following.sql",
            units=given.units,
            awards=given.awards,
            credentials=relation(work.con, "person_keys.credentials"),
            ladders=ladders,
        ),
    )
    months = MoneyAsk(
        TABLE, "months_to_next_p50", "with_further_award", "months", "p50", "months IS NOT NULL", unit="mean"
    )
    within = [
        ShareAsk(
            TABLE,
            "further_award_share",
            f"followed_{years}_years",
            f"further_award_in_{years}_years",
            f"award_date + INTERVAL {years} YEAR <= feed_end",
            f"coalesce(next_date <= award_date + INTERVAL {years} YEAR, false)",
            f"within_{years}",
        )
        for years in _YEARS
    ]
    return together(
        work,
        ask_money(work, following, [months], BROAD),
        ask_shares(work, following, within, BROAD),
        _sequences(work, following, plan),
    )


def _sequences(work: Scratch, following: Relation, plan: Plan) -> Answer:
    """Which credential comes next, for each that enough went on to; without a value for those that have no line."""
    least = 1 if plan.thresholds is None else plan.thresholds.counts
    # The only credential of a certifier at which anybody is counted, but for a few, has no category of its own: it is the certifier's.
    own = work.view(
        "own",
        f"""
        SELECT * REPLACE (
            CASE WHEN credential = 'all' AND certifier = own_certifier
                AND (count(*) OVER whole - count(*) OVER same) * {TINY} <= count(*) OVER whole
                THEN own_credential ELSE credential END AS credential
        )
        FROM {following}
        WINDOW whole AS (PARTITION BY own_certifier), same AS (PARTITION BY own_certifier, own_credential)
        """,
    )
    steps = work.table("steps", statement(__package__, "steps.sql", following=own), {"least": least})
    # A ladder is the certifier's: a pooled credential is on one if all that stand in the line are.
    told = work.table(
        "told",
        f"""
        SELECT *, coalesce(bool_and(on_ladder) OVER (PARTITION BY certifier, credential, setting), false) AS ladder
        FROM {steps}
        """,
    )
    asks = [
        ShareAsk(TABLE, "next_award_share", "first_holders", definition, "true", condition, definition)
        for definition, condition in (("next_award_share", "NOT ladder"), (_LADDER, "ladder"))
    ]
    found = by_credential(work, ask_shares(work, told, asks, [("certifier", "credential")], ("setting",)))
    # A credential is on the ladder or beside it: as the other nobody went on to it.
    counts = work.table("counts", f"SELECT * FROM {found.counts} WHERE quantity = 'first_holders' OR value > 0")
    cells = CELLS.union(
        work, work.view("cells", f"SELECT * FROM {found.cells} WHERE value > 0"), _without_line(work, steps, plan)
    )
    return Answer(counts, cells, (("first_holders", ("next_award_share", _LADDER)),), found.wanted)


def _without_line(work: Scratch, steps: Relation, plan: Plan) -> Relation:
    """One cell without a value for each credential of the registry of which nothing is told, alone or with others."""
    known = work.rows("known", dict.fromkeys(("certifier", "credential"), "VARCHAR"), [row[:2] for row in plan.levels])
    return CELLS.rows(
        work,
        f"""
        SELECT '{TABLE}' AS "table", 'next_award_share' AS measure, 'not_available' AS definition, 'share' AS unit,
               k.certifier, k.credential, 'no_further_award' AS setting, 0 AS n
        FROM {known} AS k
        ANTI JOIN {steps} AS s ON s.own_certifier = k.certifier AND s.own_credential = k.credential
        """,
    )
