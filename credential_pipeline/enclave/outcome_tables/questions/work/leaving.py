"""Who stays in the industry and who leaves it: where to, at what pay, and whether they started there.

Asked of those who work in the industry in the first year after the award. Not here: the share in the industry at all.
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
from credential_pipeline.enclave.outcome_tables.grouping import BROAD
from credential_pipeline.enclave.outcome_tables.meaning import Definition
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

_TABLE: Final = "leaving"
_ENTERED: Final = "of those who work in the industry in the first year after the award"
_PATHS: Final = {
    "in_in": "in the industry in the year before the award and in that year",
    "in_out": "in the industry in the year before the award and elsewhere in that year",
    "out_in": "elsewhere in the year before the award and in the industry in that year",
    "out_out": "elsewhere in the year before the award and in that year",
}
DEFINITIONS: Final = (
    Definition(
        "left_industry_share",
        "left_industry_share",
        "Left the industry",
        f"Share, {_ENTERED} and have wages in that year, whose main employer is then outside the industry.",
    ),
    Definition(
        "retention_share",
        "retention_share",
        "Still in the industry",
        f"Share, {_ENTERED}, who work in the industry in that year; whoever has no wages then counts as not retained, and whose award was revoked by then is left out.",
    ),
    *(
        Definition(
            f"started_{who}",
            "started_in_industry_share",
            f"Started in the industry, {who}",
            f"Share of the {who} of that year who worked in the industry in the year before the award, where the wage files cover it; {text}.",
        )
        for who, text in (
            ("stayers", "a stayer works in the industry in the first year after the award and in that year"),
            ("leavers", "a leaver works in the industry in the first year after the award and elsewhere in that year"),
        )
    ),
    Definition(
        "stayer_earnings_p50",
        "stayer_earnings_p50",
        "Median earnings of stayers",
        f"Median real annual wages, {_ENTERED} and in that year.",
    ),
    Definition(
        "leaver_earnings_p50",
        "leaver_earnings_p50",
        "Median earnings of leavers",
        f"Median real annual wages, {_ENTERED} and elsewhere in that year.",
    ),
    Definition(
        "leaver_sector_share",
        "leaver_sector_share",
        "Where leavers work",
        f"Share by sector of the main employer, {_ENTERED} and elsewhere in that year.",
    ),
    Definition(
        "came_from_share",
        "came_from_share",
        "Where those in the industry came from",
        "Share by sector of the main employer in the year before the award, of those with wages in that year who work in the "
        "industry in the first year after it.",
    ),
    Definition(
        "temporary_agency_share",
        "temporary_agency_share",
        "Working for a temporary agency",
        "Share, of those with wages in that year, whose main employer provides employment services (NAICS 5613). Temporary staff "
        "of a factory is counted there, and so outside manufacturing.",
    ),
    *(
        Definition(
            f"path_{path}",
            "earnings_by_path_p50",
            f"Median earnings by path, {path.replace('_', ' to ')}",
            f"Median real annual wages of those who work {words}.",
        )
        for path, words in _PATHS.items()
    ),
)


def answer(work: Scratch, given: Given, _plan: Plan) -> Answer:
    """Shares and medians of stayers and leavers in the second and later years after the award."""
    paths = work.table(
        "paths",
        statement(__package__, "paths.sql", persons=given.persons(work), main_employers=given.main_employers),
    )
    later = work.view("later_paths", f"FROM {paths} WHERE horizon >= 2")
    pay = [
        MoneyAsk(
            _TABLE,
            f"{who}_earnings_p50",
            f"{who}s",
            "real",
            "p50",
            f"entered AND seen AND in_industry = {who == 'stayer'}",
        )
        for who in ("stayer", "leaver")
    ]
    by_path = [
        MoneyAsk(
            _TABLE, "earnings_by_path_p50", f"path_{path}", "real", "p50", f"path = '{path}'", definition=f"path_{path}"
        )
        for path in _PATHS
    ]
    agency = ShareAsk(_TABLE, "temporary_agency_share", "wage_matched_persons", "at_agency", "seen", "at_agency")
    return together(
        work,
        ask_shares(work, later, _shares(), BROAD),
        ask_money(work, later, pay, BROAD),
        ask_money(work, work.view("after", f"FROM {paths} WHERE horizon >= 1"), by_path, ()),
        ask_shares(work, paths, [agency], [("certifier",)]),
        _sectors(work, paths),
    )


def _shares() -> list[ShareAsk]:
    """Who left, who stayed, and whether they had been in the industry before the award."""
    return [
        ShareAsk(_TABLE, "left_industry_share", "entered_seen", "leavers", "entered AND seen", "NOT in_industry"),
        ShareAsk(_TABLE, "retention_share", "entered", "retained", "entered AND covered", "in_industry"),
        *(
            ShareAsk(
                _TABLE,
                "started_in_industry_share",
                f"{who}_known_before",
                f"{who}_who_started",
                f"covered_before AND entered AND seen AND in_industry = {who == 'stayers'}",
                "started",
                f"started_{who}",
            )
            for who in ("stayers", "leavers")
        ),
    ]


def _sectors(work: Scratch, paths: Relation) -> Answer:
    """Where leavers went, and where those in the industry came from."""
    leavers = work.view("leavers", f"FROM {paths} WHERE horizon >= 2 AND entered AND seen AND NOT in_industry")
    gone = ShareAsk(_TABLE, "leaver_sector_share", "leavers", "leaver_sector", "true", "true")
    entrants = work.view("entrants", f"SELECT * REPLACE (sector_before AS sector) FROM {paths} WHERE horizon = 1")
    came = ShareAsk(_TABLE, "came_from_share", "entrants", "came_from", "entered AND seen_before", "true")
    return together(
        work, ask_shares(work, leavers, [gone], (), ["sector"]), ask_shares(work, entrants, [came], (), ["sector"])
    )
