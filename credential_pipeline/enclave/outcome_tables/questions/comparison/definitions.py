"""What the figures of the comparison mean, in plain language, with what it cannot rule out."""

from typing import Final

from credential_pipeline.enclave.outcome_tables.meaning import Definition
from credential_pipeline.enclave.outcome_tables.questions.comparison.balancing import COVARIATES

_OTHERS = (
    "others: people with wages and without any award or attempt of these certifiers, of the same award year, who are alike in age, "
    "sex, race, real earnings three and two years before the award (no earnings is a bin of its own), work in the industry two "
    "years before it, and, where there are enough of them, in ethnicity and in the state or region of work"
)
_LIMITS = (
    "It cannot rule out that holders differ from the others in what no record shows, such as plans, health or schooling, least of "
    "all for those who earned nothing before; nor that their earnings grew at another pace for lasting reasons, or had dipped by year -2 already "
    "(the tests five and four years before the award tell of both); nor that holders whose key was not found are among the others (where they could be "
    "more than one in ten of them, nobody is compared)."
)
DEFINITIONS: Final = (
    Definition(
        "comparison_effect",
        "comparison_effect",
        "Earnings beyond those of comparable others",
        "Mean change of real annual earnings of holders, from the mean of the years -3 and -2, less the mean change of "
        f"comparable {_OTHERS}. What they still differ in (age, earnings of the years -5 to -2 and work in the industry, as far as the "
        "wage files cover them, and what their sector and state pay) is worth what a regression among the others says, and is taken "
        "off if there are enough others to tell. Those count, on both sides, who have earnings in the year; a holder only up to the "
        "year before a revocation. The years -1 and 0 are not matched and show no effect, but the dip of those who train; the years "
        "-3 and -2 should be near zero, and nothing is taken off up to there. No figure is given of a group of which more than half "
        "earned nothing in the years -3 and -2: too little is known to match on; they count in the figure for everybody. "
        "Band: 95 %; sampling error clustered by person, and beside it, as one more error, what was taken off beyond its own chance: what no "
        "record shows may move the figure by as much again. " + _LIMITS,
    ),
    Definition(
        "comparison_effect_with_zeros",
        "comparison_effect",
        "Earnings beyond those of comparable others, zeros kept",
        "As comparison_effect, but everybody counts, on both sides, whom the wage files cover and who is alive; without "
        "earnings a person counts with zero.",
    ),
    Definition(
        "comparison_effect_as_matched",
        "comparison_effect",
        "Earnings beyond those of comparable others, as matched",
        "As comparison_effect, before anything is taken off: the mean change of holders less that of their comparable others. What "
        "lies between the two is what the regression says.",
    ),
    *(
        Definition(
            f"comparison_effect_{years}_before",
            "comparison_effect",
            f"Test: {word} years before the award",
            f"As comparison_effect_as_matched, {word} years before the award: a year that nobody is matched on. Near zero where holders "
            "ran beside the others until then. If it is not, they were on another path already, and as much of that as goes on, or comes "
            "back, counts in the figures after the award. Of holders who have earnings in that year, where the wage files cover it.",
        )
        for years, word in ((5, "five"), (4, "four"))
    ),
    Definition(
        "comparison_effect_if_drifting",
        "comparison_effect",
        "Earnings beyond those of comparable others, if the two had drifted on",
        "As comparison_effect, with the range that it has if holders and others drifted apart from the base to the year by as much a year, either "
        "way, as between the years -5 and -4 and the base (half the mean of the two tests; as many percent of what they would earn, or as many dollars "
        "where that is more), the sampling error of the tests included "
        "(Rambachan and Roth 2023, relative magnitudes of 1). It holds a pace that goes on, and a dip in the base that passes. It does not hold what the years "
        "before the base do not show: a pace that changes at the award, a swing that the two tests cancel out, or a chance that came with it. "
        "Learners: the fewest of the year and of the two tests.",
    ),
    Definition(
        "comparison_breakdown",
        "comparison_breakdown",
        "Drift that would leave nothing of it",
        "How many times the drift a year seen before the award (that of comparison_effect_if_drifting) would be needed until the range holds zero; "
        "0 where comparison_effect cannot be told from nothing already. Below 1, drift as before could be all of the effect.",
    ),
    Definition(
        "counterfactual_earnings",
        "counterfactual_earnings",
        "What would have happened anyway",
        "Mean real earnings of the compared holders in the year, less comparison_effect: what they would have earned had they "
        "changed as comparable others did.",
    ),
    Definition(
        "matched_holder_earnings",
        "matched_holder_earnings",
        "Mean earnings of compared holders",
        "Mean real earnings of the holders who are compared and have earnings in the year.",
    ),
    Definition(
        "common_support_share",
        "common_support_share",
        "Holders who can be compared",
        "Share, of the holders whose years -3 and -2 the wage files cover, for whom there are enough comparable others.",
    ),
    Definition(
        "without_wages",
        "common_support_share",
        "Holders never seen in wages",
        "Share, of the holders whose years -3 and -2 the wage files cover, who have no wages in any year; they are not compared.",
    ),
    Definition(
        "without_others",
        "common_support_share",
        "Holders without comparable others",
        "Share, of the holders whose years -3 and -2 the wage files cover, who have wages and too few others like them, or whose age is not known.",
    ),
    Definition(
        "premium_matched",
        "premium_matched",
        "Working in the industry over working elsewhere, like with like",
        "Mean change of real annual earnings, from the mean of the years -3 and -2, of holders whose main employer belongs to the "
        "industry, less that of holders of the same award year who work elsewhere and were alike before the award (the wide cells of "
        "comparison_effect). Alike before, they still chose differently after it.",
    ),
    *(
        Definition(
            f"balance_{name}_{when}",
            "balance_difference",
            f"Balance {when} the match: {words}",
            f"Difference between holders and others in the {words}, {when} the match, in standard deviations of all holders; "
            "below 0.1 either way is usually called balanced.",
        )
        for name, (words, _) in COVARIATES.items()
        for when in ("before", "after")
    ),
)
