"""Can one live on it: own earnings against the poverty guideline, at the state's prices, and how long until a line is met.

The guideline is the base year's, since earnings are in its dollars; household income is not known, only the holder's own
wages. Not here: earnings themselves.
"""

from typing import Final

from credential_pipeline.enclave.outcome_tables.asking import Answer, ShareAsk, ask_shares, together
from credential_pipeline.enclave.outcome_tables.cells import CELLS
from credential_pipeline.enclave.outcome_tables.counts import COUNTS
from credential_pipeline.enclave.outcome_tables.given import Given
from credential_pipeline.enclave.outcome_tables.grouping import BROAD, GROUP
from credential_pipeline.enclave.outcome_tables.meaning import Definition
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.uncertainty.bands import bands_of
from credential_pipeline.foundation.reference.load import OTHER_GUIDELINES, reference_series
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

PERCENTS: Final = (100, 150, 200)
HOUSEHOLDS: Final = (1, 2, 3, 4)
LINE: Final = (200, 1)
"""The living-wage line: percent of the guideline, and the household."""
_PRICES: Final = (
    "Own real annual wages are divided by the price level of the state where the learner lives (regional price parities of the "
    "Bureau of Economic Analysis, 2023) and set against the guideline of the Department of Health and Human Services in the base "
    "year for the 48 contiguous states; other income and other earners are not known, and whoever lives in Alaska or Hawaii, which have "
    "guidelines of their own, in a territory or in no known state is left out."
)


def _above(percent: int, household: int) -> Definition:
    people = "one person" if household == 1 else f"{household} people"
    return Definition(
        f"above_{percent}_h{household}",
        "above_poverty_share",
        f"Above {percent} % of the poverty guideline, household of {people}",
        f"Share of the learners with wages in that year whose own wages alone are above {percent} % of the poverty guideline for a "
        f"household of {people}. {_PRICES}",
    )


DEFINITIONS: Final = (
    *(_above(percent, household) for percent in PERCENTS for household in HOUSEHOLDS),
    Definition(
        "living_wage_reached_share",
        "living_wage_reached_share",
        "Reached the living-wage line",
        f"Share of the learners of the cohort whose wages were above {LINE[0]} % of the poverty guideline for one person in that year or "
        f"in an earlier one after the award. {_PRICES} Learners whose years up to then are not all covered by the wage files, whose award was revoked by then, or "
        "whose state has no price level or another guideline, are left out.",
    ),
    Definition(
        "months_to_living_wage_p50",
        "months_to_living_wage_p50",
        "Months until half have reached the living-wage line",
        f"Twelve times the first year after the award by which half of the learners had a year above {LINE[0]} % of the poverty "
        "guideline for one person. Annual wages tell years, not months; missing where half do not get there in the years that "
        "are reported.",
    ),
)
_ONE_LINE: Final = ((150, 1),)
"""What is asked by group, too; the rest is for everybody."""


def answer(work: Scratch, given: Given, plan: Plan) -> Answer:
    """``above_poverty_share`` at every horizon, ``living_wage_reached_share`` and ``months_to_living_wage_p50``."""
    living = work.table(
        "living",
        statement(
            __package__,
            "living.sql",
            persons=given.persons(work),
            people=given.people,
            guidelines=reference_series(work, "poverty_guidelines"),
            parities=reference_series(work, "price_parities"),
        ),
        {
            "base_year": plan.base_year,
            "percent": LINE[0],
            "household": LINE[1],
            "other_guidelines": list(OTHER_GUIDELINES),
        },
    )
    asks = {
        (percent, household): ShareAsk(
            "living",
            "above_poverty_share",
            "priced",
            f"above_{percent}_h{household}",
            "level IS NOT NULL",
            f"level > {percent / 100} * (one_person + {household - 1} * each_additional)",
            f"above_{percent}_h{household}",
        )
        for percent in PERCENTS
        for household in HOUSEHOLDS
    }
    reached = ask_shares(
        work,
        work.view("after", f"FROM {living} WHERE horizon >= 1"),
        [ShareAsk("living", "living_wage_reached_share", "followed_so_far", "reached_line", "followed", "reached")],
        BROAD,
    )
    return together(
        work,
        ask_shares(work, living, [asks[key] for key in asks if key not in _ONE_LINE], ()),
        ask_shares(work, living, [asks[key] for key in _ONE_LINE], BROAD),
        reached,
        _months(work, reached, bands_of(work, given.replicates, reached.wanted), given.reached),
    )


def _months(work: Scratch, reached: Answer, bands: Relation, told: Relation) -> Answer:
    """Of the shares that had reached the line, in years that are told of everybody: the months until they are half."""
    group = ", ".join(GROUP)
    cells = CELLS.rows(
        work,
        f"""
        SELECT {group}, 'living' AS "table", 'months_to_living_wage_p50' AS measure, 'mean' AS unit,
               min(12 * horizon) FILTER (r.told AND value >= 0.5) AS value, min(12 * horizon) FILTER (r.told AND b.high >= 0.5) AS low,
               min(12 * horizon) FILTER (r.told AND b.low >= 0.5) AS high, coalesce(arg_min(n, horizon) FILTER (value >= 0.5), arg_max(n, horizon)) AS n,
               coalesce(arg_min(n_count_id, horizon) FILTER (value >= 0.5), arg_max(n_count_id, horizon)) AS n_count_id
        FROM {reached.cells} AS c LEFT JOIN {bands} AS b USING ({group}, horizon)
        LEFT JOIN (SELECT horizon, true AS told FROM {told} WHERE cohort = 'all') AS r USING (horizon) GROUP BY {group}
        """,
    )
    return Answer(COUNTS.rows(work, "SELECT NULL AS quantity WHERE false"), cells)
