"""College before and after the award: degrees held, enrolled at the award, enrolled, finished and left since.

What the education registry knows of the learners; whoever has no record there counts as not enrolled. There are no such
records of people without a credential, so that nothing here is compared with them.
"""

from typing import Final

from credential_pipeline.enclave.outcome_tables.asking import Answer, ShareAsk, ask_shares, together
from credential_pipeline.enclave.outcome_tables.given import Given
from credential_pipeline.enclave.outcome_tables.grouping import BROAD, GROUP
from credential_pipeline.enclave.outcome_tables.meaning import Definition
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation
from credential_pipeline.foundation.storage.sql import statement

YEARS: Final = (1, 2, 5)
"""Years after the award within which something happens."""
_KNOWN: Final = (
    "Learners whose time after the award is shorter than that in the education registry are left out; whoever has no record "
    "there counts as not enrolled."
)


def _several(years: int) -> str:
    return f"{years} year" if years == 1 else f"{years} years"


def _within(what: str, words: str, years: int) -> Definition:
    several = _several(years)
    return Definition(
        f"{what}_within_{years}",
        f"{what}_share",
        f"{words.split(',', maxsplit=1)[0].capitalize()} within {several}",
        f"Share of the learners of the cohort who {words.format(several)}. {_KNOWN}",
    )


DEFINITIONS: Final = (
    Definition(
        "prior_degree_share",
        "prior_degree_share",
        "Had a degree before the award",
        "Share of the learners of the cohort with a degree in the education registry that is older than the award.",
    ),
    Definition(
        "prior_degree_level_share",
        "prior_degree_level_share",
        "Degree before the award, by level",
        "Share of the learners of the cohort by the level of the last degree before the award, where the education registry "
        "holds one.",
    ),
    Definition(
        "enrolled_at_award_share",
        "enrolled_at_award_share",
        "Enrolled at the award",
        "Share of the learners of the cohort who were enrolled on the day of the award, by the education registry; an enrollment without an end is taken to last half a year.",
    ),
    *(_within("enrolled", "enrolled anew, after the award and within {}", years) for years in YEARS),
    *(_within("finished", "finished a degree, after the award and within {}", years) for years in YEARS),
    *(
        Definition(
            f"left_within_{years}",
            "left_share",
            f"Left college within {_several(years)}",
            f"Share of the learners enrolled on the day of the award who, {_several(years)} later, were not enrolled and had no "
            "degree since. An enrollment without credit, or one that seeks no degree, counts like any other: whoever was enrolled "
            f"for the training alone and finished it has left, too. {_KNOWN}",
        )
        for years in YEARS
    ),
)


def answer(work: Scratch, given: Given, _plan: Plan) -> Answer:
    """Shares of the cohort with a degree before the award, enrolled at it, and what followed within 1, 2 and 5 years."""
    paths = schooling(work, given)
    table = "education"
    asks = [
        ShareAsk(table, "prior_degree_share", "school_known", "prior_degree", "registry", "prior_level IS NOT NULL"),
        ShareAsk(table, "enrolled_at_award_share", "school_known", "enrolled_at_award", "registry", "enrolled"),
    ]
    for years in YEARS:
        known, within = f"known_{years}", f"within_{years}"
        asks += [
            ShareAsk(
                table,
                f"{what}_share",
                f"followed_{years}",
                f"{what}_{within}",
                known,
                f"{what}_{years}",
                f"{what}_{within}",
            )
            for what in ("enrolled", "finished")
        ]
        asks.append(
            ShareAsk(
                table,
                "left_share",
                f"enrolled_followed_{years}",
                f"left_{within}",
                f"{known} AND enrolled",
                f"left_{years}",
                f"left_{within}",
            )
        )
    levels = work.view("levels", f"SELECT *, prior_level AS setting FROM {paths}")
    level = ShareAsk(table, "prior_degree_level_share", "school_known", "prior_degree_level", "registry", "true")
    return together(work, ask_shares(work, paths, asks, BROAD), ask_shares(work, levels, [level], (), ["setting"]))


def schooling(work: Scratch, given: Given) -> Relation:
    """One row per person: pid, the group's columns, horizon (none), what the registry says before, at and after the award.

    ``prior_level`` is the level of the last degree before the award; ``enrolled`` is meant on its day; ``known_k`` says
    ``registry`` whether it holds anything, whether it reaches k years beyond it; ``enrolled_k``, ``finished_k`` and ``left_k`` are of that time.
    """
    events = work.table(
        "schooling",
        statement(
            __package__,
            "schooling.sql",
            units=given.units,
            people=given.people,
            enrollments=relation(work.con, "person_keys.enrollments"),
            degrees=relation(work.con, "person_keys.degrees"),
        ),
    )
    flags = ", ".join(
        f"coalesce(award_date + to_years({k}) <= last_day, false) AS known_{k}, coalesce(next_begin <= award_date + to_years({k}), false) AS enrolled_{k}, "
        f"coalesce(next_degree <= award_date + to_years({k}), false) AS finished_{k}, "
        f"NOT coalesce(degree_since <= award_date + to_years({k}), false) AND NOT list_bool_or(list_append(list_transform(spells, lambda s: s.begin_date <= award_date + to_years({k}) "
        f"AND s.end_date >= award_date + to_years({k})), false)) AS left_{k}"
        for k in YEARS
    )
    group = ", ".join(GROUP)
    return work.table(
        "school_paths",
        f"SELECT pid, {group}, CAST(NULL AS INTEGER) AS horizon, prior_level, enrolled, last_day IS NOT NULL AS registry, {flags} FROM {events}",
    )
