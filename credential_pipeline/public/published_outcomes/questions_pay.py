"""Did it pay, person by person, counted in several ways; and can one live on it. Only what is asked, no code."""

from typing import Final

from credential_pipeline.public.published_outcomes.question import Question, Series, Shape

_HOUSEHOLDS: Final = {1: "One person", 2: "Two people", 3: "Three people", 4: "Four people"}
_LEVELS: Final = (100, 150, 200)

CHANGE: Final = (
    Question(
        key="own-change",
        title="What changed for each holder",
        about="the change of each holder's own earnings",
        table="change",
        series=(
            Series(
                "own_change_p50",
                "Median of the changes",
                "{when}, the earnings of half of the holders with wages before and after were {value} or more above what they themselves "
                "had earned two and three years before the award{band}.",
            ),
            Series("own_change_p25", "A quarter changed by less"),
            Series("own_change_p75", "A quarter changed by more"),
        ),
        shape=Shape.SPREAD,
        unit="usd",
        groups=0,
        anyway=True,
        ranked="the median of the changes was,",
        note="People who grow older and the economy change earnings too: this is no effect of the credential.",
    ),
    Question(
        key="earns-less",
        title="For how many it did not pay",
        about="how many earn less than before",
        table="change",
        series=(
            Series(
                "earns_less_share",
                "Earn less",
                "{when}, {value} of the holders with wages before and after earned less than they themselves had earned two and three "
                "years before the award{band}.",
            ),
        ),
        groups=0,
        ranked="the share that earns less than before was,",
        note="Amounts are compared in real dollars.",
    ),
)

VERSIONS: Final = (
    Question(
        key="earnings-versions",
        title="Earnings, counted in several ways",
        about="earnings counted in other ways",
        table="earnings_all",
        series=(
            Series(
                "earnings_attached_p50",
                "Full-time year",
                "{when} the median is {value} among holders with at least a full-time year at the federal minimum wage,",
                table="earnings_attached",
            ),
            Series("earnings_p50", "With any wages", "{value} among all with any wages", table="earnings_overall"),
            Series(
                "earnings_all_p50",
                "Zeros kept",
                "and {value} if everybody counts, those without wages with zero.",
                table="earnings_all",
            ),
            Series(
                "earnings_attached_p50",
                "Full-time year, paid in three quarters",
                definition="quarterly",
                table="quarterly",
            ),
        ),
        unit="usd",
        groups=2,
        anyway=True,
        note="Who has wages changes from year to year; the lines show how much hangs on who is counted.",
    ),
)

LIVING: Final = (
    Question(
        key="poverty",
        title="Above the poverty guideline",
        about="earnings against the poverty guideline",
        table="living",
        series=tuple(
            Series(
                "above_poverty_share",
                f"Above {level}%",
                f"{{when}}, {{value}} of the holders with wages earned more than {level}% of the poverty guideline for one person{{band}}."
                if level == _LEVELS[1]
                else "",
                f"above_{level}_h1",
            )
            for level in _LEVELS
        ),
        groups=1,
        ranked="the share above 150% of the guideline was,",
        note="Only the holder's own wages count, at the prices of the state of residence; for a household of one person.",
        top=1.0,
    ),
    Question(
        key="poverty-households",
        title="Above the poverty guideline, by size of the household",
        about="earnings against the poverty guideline of larger households",
        table="living",
        series=tuple(
            Series(
                "above_poverty_share",
                f"Above {level}% of the guideline",
                "{when}, the wages of {value} of the holders with wages would by themselves keep four people above the guideline{band}."
                if (level, size) == (_LEVELS[0], 4)
                else "",
                f"above_{level}_h{size}",
                panel=words,
            )
            for size, words in _HOUSEHOLDS.items()
            for level in _LEVELS
        ),
        shape=Shape.ROWS,
        note="Other earners and other income of the household are not known.",
    ),
    Question(
        key="living-wage",
        title="How many have reached the living-wage line",
        about="when the living-wage line is reached",
        table="living",
        series=(
            Series(
                "living_wage_reached_share",
                "Have reached the line",
                "{when}, {value} of the holders had had at least one year above 200% of the poverty guideline for one "
                "person{band}.",
            ),
        ),
        since=1,
        groups=0,
        ranked="the share that has reached the line was,",
        top=1.0,
    ),
    Question(
        key="living-wage-months",
        title="How long until half have reached the living-wage line",
        about="how long it takes to reach the living-wage line",
        table="living",
        series=(
            Series(
                "months_to_living_wage_p50",
                "Months",
                "Half of the holders had reached the line {value} months after the award{band}; annual wages tell whole years only.",
            ),
        ),
        shape=Shape.ROWS,
        unit="mean",
    ),
)
