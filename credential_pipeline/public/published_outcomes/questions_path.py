"""Where the award led: into the industry, out of it, into college; and what came of the next award. Only what is asked, no code."""

from typing import Final

from credential_pipeline.public.published_outcomes.groups import GROUPS
from credential_pipeline.public.published_outcomes.question import Question, Series, Shape

_CHOSE: Final = "People chose where to work: a difference between them is no effect of the industry."
_LATER: Final = {
    "enrolled": "Enrolled anew",
    "finished": "Finished a degree",
    "left": "Left college, of those enrolled",
}

HIRED: Final = (
    Question(
        key="first-job",
        title="Does the first job after the award lie in the industry",
        about="the first job after the award",
        table="first_job",
        series=(
            Series(
                "new_job_share",
                "Took a new job after the award",
                "{value} of the holders took a new job in a reported year after the award{band}.",
            ),
            Series("first_job_in_industry_share", "First new job in the industry", definition="first_job_any"),
            Series(
                "first_job_in_industry_share",
                "First new job in the industry, of newcomers",
                "Of those not seen at work in {industry} in the reported years before, {value} found the first new job there{band}.",
                "first_job_newcomers",
            ),
        ),
        shape=Shape.ROWS,
        groups=2,
        ranked="the share of newcomers whose first new job is in the industry was,",
    ),
)

LEFT: Final = (
    Question(
        key="left-industry",
        title="How many leave the industry again",
        about="leaving the industry",
        table="leaving",
        series=(
            Series(
                "left_industry_share",
                "Work elsewhere",
                "Of those who worked in {industry} in the first year after the award and have wages {when}, {value} then worked "
                "elsewhere{band}.",
            ),
            Series(
                "retention_share",
                "Still in the industry",
                "Of all who worked in it in the first year, with wages or without, {value} were still there{band}.",
            ),
        ),
        groups=0,
        ranked="the share that works elsewhere was,",
        top=1.0,
    ),
    Question(
        key="leavers-start",
        title="Had they worked in the industry before the award",
        about="where stayers and leavers started",
        table="leaving",
        series=(
            Series(
                "started_in_industry_share",
                "Stayers",
                "{when}, {value} of those who stayed had worked in the industry before the award{band},",
                "started_stayers",
            ),
            Series(
                "started_in_industry_share",
                "Leavers",
                "and {value} of those who had left it{band}.",
                "started_leavers",
            ),
        ),
        top=1.0,
    ),
    Question(
        key="stayers-pay",
        title="What stayers and leavers earn",
        about="the earnings of stayers and leavers",
        table="leaving",
        series=(
            Series("stayer_earnings_p50", "Stayers", "{when} the median stayer earned {value}{band},"),
            Series("leaver_earnings_p50", "Leavers", "and the median leaver {value}{band}."),
        ),
        unit="usd",
        note=_CHOSE,
    ),
    Question(
        key="paths-pay",
        title="Pay by where people started and where they are",
        about="pay by where people started",
        table="leaving",
        series=tuple(
            Series("earnings_by_path_p50", name, said, f"path_{path}")
            for path, name, said in (
                (
                    "in_in",
                    "In it before, in it now",
                    "{when} the median was {value} for those in the industry before and after,",
                ),
                ("out_in", "Came into it", "{value} for those who came into it,"),
                ("in_out", "Went out of it", "{value} for those who went out of it,"),
                ("out_out", "Never in it", "and {value} for those who were elsewhere in both years."),
            )
        ),
        unit="usd",
        note=f"By the year before the award and the year shown. {_CHOSE}",
    ),
    Question(
        key="premium-matched",
        optional=True,
        title="Pay in the industry over pay elsewhere, among comparable holders",
        about="pay in and outside the industry among comparable holders",
        table="leaving",
        series=(
            Series(
                "premium_matched",
                "In the industry over elsewhere",
                "Of comparable holders, those in {industry} ({learners}) earned {more}{band} {when} than those elsewhere.",
            ),
        ),
        shape=Shape.YEARS,
        unit="usd",
        note=_CHOSE,
    ),
    Question(
        key="leavers-sectors",
        title="Where leavers go",
        about="where leavers go",
        table="leaving",
        series=(Series("leaver_sector_share", dimension="sector"),),
        shape=Shape.ROWS,
    ),
    Question(
        key="came-from",
        title="Where those in the industry came from",
        about="where those in the industry came from",
        table="leaving",
        series=(Series("came_from_share", dimension="sector"),),
        shape=Shape.ROWS,
        note="Sector of the year before the award, of those who work in the industry in the first year after it.",
    ),
    Question(
        key="temporary",
        title="Working for a temporary agency",
        about="work for temporary agencies",
        table="leaving",
        series=(
            Series(
                "temporary_agency_share",
                "At an agency",
                "{when}, {value} of the holders with wages were paid by an agency for temporary work{band}; they count outside the "
                "industry, wherever they are sent.",
            ),
        ),
    ),
)

COLLEGE: Final = (
    Question(
        key="college-before",
        title="College before and at the award",
        about="college before the award",
        table="education",
        series=(
            Series(
                "prior_degree_share",
                "Had a degree before",
                "{value} of the holders had a degree before the award{band}.",
            ),
            Series("prior_degree_level_share", dimension="setting", panel="By level of the last degree"),
            Series(
                "enrolled_at_award_share",
                "Enrolled on the day of the award",
                "{value} were enrolled on the day of it{band}.",
            ),
        ),
        shape=Shape.ROWS,
        groups=2,
        ranked="the share enrolled on the day of the award was,",
    ),
    Question(
        key="college-after",
        title="College after the award: enrolled, finished, left",
        about="college after the award",
        table="education",
        series=tuple(
            Series(
                f"{what}_share",
                f"Within {years} year{'s' * (years > 1)}",
                {
                    ("enrolled", 5): "Within five years {value} of the holders enrolled anew{band}",
                    ("finished", 5): "and {value} finished a degree{band}.",
                    (
                        "left",
                        2,
                    ): "Of those enrolled on the day of the award {value} had left without a degree two years later{band}.",
                }.get((what, years), ""),
                f"{what}_within_{years}",
                panel=panel,
            )
            for what, panel in _LATER.items()
            for years in (1, 2, 5)
        ),
        shape=Shape.ROWS,
        note="Shares within different years are of different people: those who were followed that long. Enrollment for the training alone "
        "counts, too: whoever finished a course without credit has left without a degree.",
    ),
)

TRIED: Final = (
    Question(
        key="never-passed",
        title="How many tried and never passed",
        about="those who never passed",
        table="never_passed",
        series=(
            Series(
                "never_passed_share",
                "Sat and never passed",
                "{value} of those who first sat in a year in which failures are reported hold no award to this day{band}.",
            ),
        ),
        shape=Shape.ROWS,
        groups=0,
        ranked="the share that never passed was,",
        event="the first sitting",
    ),
    Question(
        key="never-passed-pay",
        title="What those who never passed earn, beside passers",
        about="the earnings of those who never passed",
        table="never_passed",
        series=(
            Series("passer_earnings_p50", "Passers", "{when} the median passer earned {value}{band},"),
            Series("never_passed_earnings_p50", "Never passed", "and those who never passed {value}{band}."),
        ),
        unit="usd",
        event="the first sitting",
        note="Passers are drawn so that they first sat with the same certifiers in the same years. They may differ otherwise: this is "
        "no effect of passing.",
    ),
    Question(
        key="never-passed-work",
        title="Do those who never passed work in the industry",
        about="the work of those who never passed",
        table="never_passed",
        series=(
            Series(
                "passer_in_industry_share",
                "Passers",
                "{when}, {value} of the passers with wages worked in {industry}{band},",
            ),
            Series("never_passed_in_industry_share", "Never passed", "and {value} of those who never passed{band}."),
        ),
        event="the first sitting",
        top=1.0,
    ),
    Question(
        key="never-passed-seen",
        title="How many of them are seen in wages",
        about="wages of those who never passed",
        table="never_passed",
        series=(
            Series("passer_wage_matched_share", "Passers", "{when}, {value} of the passers have wages{band},"),
            Series("never_passed_wage_matched_share", "Never passed", "and {value} of those who never passed{band}."),
        ),
        event="the first sitting",
        top=1.0,
    ),
)

STACKED: Final = (
    Question(
        key="nth-effect",
        title="What a second and a third credential add",
        about="what further credentials add",
        table="stacking",
        series=(Series("nth_effect", dimension="setting"),),
        shape=Shape.ROWS,
        unit="usd",
        note="Within person, against holders who stopped at the one before.",
    ),
    Question(
        key="next-award",
        title="Which credential is added next",
        about="which credential is added next",
        table="stacking",
        series=(Series("next_award_share", dimension="setting", held=True),),
        shape=Shape.ROWS,
    ),
    Question(
        key="next-award-effect",
        title="What the next credential adds",
        about="what the next credential adds",
        table="stacking",
        series=(Series("next_award_effect", dimension="credential"),),
        shape=Shape.ROWS,
        unit="usd",
        note="Within person, against holders who stopped at the one before.",
    ),
    Question(
        key="next-award-months",
        title="How long until the next credential",
        about="the time to the next credential",
        table="stacking",
        series=(
            Series(
                "months_to_next_p50", "Months", "Half of those who add a credential do so within {value} months{band}."
            ),
        ),
        shape=Shape.ROWS,
        unit="mean",
        groups=0,
    ),
)

UNSEEN: Final = (
    Question(
        key="without-cell",
        title="Who stands in no group that is shown",
        about="who stands in no group that is shown",
        table="coverage",
        series=tuple(
            Series("without_cell_share", f"By {words}", definition=f"without_cell_{dimension}")
            for dimension, words in {**GROUPS, "credential": "credential", "state": "state"}.items()
        ),
        shape=Shape.ROWS,
        optional=True,
        note="Learners of groups too small to be shown, or with no such mark on record, count among all holders and in no group.",
    ),
)
