"""What every figure means, in plain language: the text that goes with a cell wherever it is shown.

Not here: the figures of the questions, whose meaning stands beside them.
"""

from dataclasses import astuple

from credential_pipeline.enclave.outcome_tables.meaning import KEYED, NOT_COVERED, Definition
from credential_pipeline.enclave.outcome_tables.passing import DEFINITIONS as PASSING
from credential_pipeline.enclave.outcome_tables.questions import DEFINITIONS
from credential_pipeline.foundation.storage.relation import Relation, Scratch

_EARNINGS = (
    "of the learners seen in wages in that calendar year, the annual wages that {rank}. Wages of all employers are summed "
    "and stated in dollars of the base year (CPI-U). Learners without wages that year are left out, and so are those whose award was "
    f"revoked in that year or earlier. {NOT_COVERED}"
)
_TRAINING = (
    "Share of the learners of the cohort {what}. The enrollment is the one nearest to the award that ran within the "
    "training window before it, as the education registry records it; 'no_enrollment' is a category of its own."
)
_LEDGER = "Share of all learners that the certifiers reported {what}. The lines of a ledger add up to 100 %."
_NOT_REPORTED = (
    "Not reported: the certifier's feed has no column that tells failed sittings, or names none in any year of the cohort. That "
    "is not the same as nobody failing."
)

_DEFINITIONS = (
    Definition(
        "earnings_p25",
        "earnings_p25",
        "Earnings, 25th percentile",
        "Ranked by wages " + _EARNINGS.format(rank="a quarter earn less than"),
    ),
    Definition(
        "earnings_p50",
        "earnings_p50",
        "Median earnings",
        "Ranked by wages " + _EARNINGS.format(rank="half earn less than"),
    ),
    Definition(
        "earnings_p75",
        "earnings_p75",
        "Earnings, 75th percentile",
        "Ranked by wages " + _EARNINGS.format(rank="three quarters earn less than"),
    ),
    Definition(
        "wage_matched_share",
        "wage_matched_share",
        "Seen in wage records",
        "Share of the learners of the cohort who have wages in that calendar year. Learners whose year the wage files do not "
        "cover are left out; those who died before it, or whose award was revoked by then, stay in the cohort as not seen, also whoever "
        "lost the only award in its own year. The rest is not unemployment: the self-employed, federal and "
        "military staff and people who moved away have no wage record either.",
    ),
    Definition(
        "in_industry_share",
        "in_industry_share",
        "Working in the industry",
        "Of the learners with wages that year, the share whose main employer (the one that paid most) belongs to the "
        "industry. An employer without a known industry code counts as outside.",
    ),
    Definition(
        "sector_share",
        "sector_share",
        "Sector of the main employer",
        "Of the learners with wages that year, the share whose main employer (the one that paid most) is in this sector.",
    ),
    Definition(
        "in_industry_premium",
        "in_industry_premium",
        "Working in the industry over working elsewhere",
        "Median wages of those whose main employer belongs to the industry, less the median of those who work elsewhere, in "
        "dollars of the base year. It compares people who chose differently; it is not the effect of the industry.",
    ),
    Definition(
        "setting_training",
        "setting_share",
        "Setting that the certifier reports",
        "Share of the learners of the cohort who trained in this setting, as the certifier reports it for the award.",
    ),
    Definition(
        "setting_sector",
        "setting_share",
        "Kind of college around the award",
        _TRAINING.format(what="by the kind of institution where they were enrolled"),
    ),
    Definition(
        "setting_degree",
        "setting_share",
        "Seeking a degree around the award",
        _TRAINING.format(what="who were, or were not, seeking a degree"),
    ),
    Definition(
        "setting_credit",
        "setting_share",
        "Credit or non-credit around the award",
        _TRAINING.format(what="enrolled for credit or without credit"),
    ),
    Definition(
        "attempts",
        "attempts",
        "Sittings",
        "Sittings for the credential by learners who first sat in a year of the cohort that reports attempts, passed or not, "
        f"without those in years that do not; n is the number of pairs of a learner and a credential. {KEYED}",
    ),
    Definition(
        "passes", "passes", "Passed sittings", f"Sittings that were passed, of those counted as attempts. {KEYED}"
    ),
    Definition(
        "first_attempt_pass_rate",
        "first_attempt_pass_rate",
        "Passed at the first sitting",
        f"Of the pairs of a learner and a credential that was tried, the share whose first sitting was passed. {KEYED}",
    ),
    Definition(
        "eventual_pass_rate",
        "eventual_pass_rate",
        "Passed in the end",
        "Of the pairs of a learner and a credential that was tried, the share with a passed sitting or the award, however many it "
        f"took; who first sat lately may still pass. {KEYED}",
    ),
    Definition(
        "credentials_per_learner",
        "credentials_per_learner",
        "Credentials per learner",
        "Mean number of different credentials of the industry that a learner of the cohort was awarded, whenever and by "
        "whichever certifier. The certifier of a line is that of the award at which the learner is counted.",
    ),
    *(
        Definition(
            key,
            "stacking_share",
            f"Learners with {words}",
            f"Share of the learners of the cohort who were awarded {words} of the industry, whenever and by whichever certifier.",
        )
        for key, words in (
            ("stack_1", "one credential"),
            ("stack_2", "two different credentials"),
            ("stack_3", "three different credentials"),
            ("stack_2_plus", "two or more different credentials"),
            ("stack_3_plus", "three or more different credentials"),
            ("stack_4_plus", "four or more different credentials"),
        )
    ),
    *(
        Definition(key, "coverage_share", title, _LEDGER.format(what=what))
        for key, title, what in (
            ("opted_out", "Opted out", "who asked the certifier not to share their record"),
            ("ferpa_blocked", "Blocked by a school", "whose directory information a school must not share"),
            ("no_person_key", "No protected key", "for whom the statistical agency found no person with certainty"),
            ("same_person", "Same person twice", "who turned out to be a person that was already counted"),
            (
                "never_passed",
                "Sat and never passed",
                "who sat for a first time in the years of the cohort and hold no award of the industry to this day",
            ),
            (
                "not_in_cohort",
                "Not in the cohort",
                "who have a key, no award that counts in the years of the cohort, and did not sit in them and never pass",
            ),
            (
                "other",
                "Other reasons",
                "for whom another reason holds, each of them for few: those that have no line of their own",
            ),
            ("died_before", "Died before", "who died before that year"),
            (
                "revoked",
                "Award revoked",
                (
                    "who are in the cohort and whose award was revoked in that year or earlier, be it in its own year (over all years: "
                    "before the first year after it that counts)"
                ),
            ),
            ("year_not_covered", "Year not covered", "whose year the wage files do not cover (yet)"),
            ("no_wage_record", "No wage record", "who are in the cohort and have no wages in that year"),
            ("seen_in_wages", "Seen in wages", "who have wages in that year"),
            (
                "no_year_covered",
                "No year covered",
                "who are in the cohort, but no year after the award is covered by the wage files where they live",
            ),
            (
                "never_seen_after",
                "Never seen after",
                "who are in the cohort and have wages in no year after the award, of those with a year that the wage files cover",
            ),
            ("seen_after", "Seen after the award", "who have wages in at least one year after the award"),
        )
    ),
    *(
        Definition(
            f"without_cell_{dimension}",
            "without_cell_share",
            f"Without figures by {words}",
            f"Share of the learners who stand in the totals only and in no line by {words}, because too few share theirs.",
        )
        for dimension, words in (
            ("certifier", "certifier"),
            ("credential", "credential"),
            ("age_band", "age"),
            ("sex", "sex"),
            ("cohort", "years of the award"),
            ("race", "race"),
            ("ethnicity", "ethnicity"),
            ("state", "state"),
        )
    ),
    *(
        Definition("not_reported", measure, "Not reported", _NOT_REPORTED)
        for measure in ("attempts", "passes", "first_attempt_pass_rate", "eventual_pass_rate")
    ),
)


def definitions() -> list[Definition]:
    """Return every definition, sorted by key and measure; the two together are unique."""
    return sorted((*_DEFINITIONS, *PASSING, *DEFINITIONS), key=lambda entry: (entry.definition, entry.measure))


def definition_rows(work: Scratch) -> Relation:
    """The definitions as a relation: definition, measure, title, text."""
    columns = dict.fromkeys(("definition", "measure", "title", "text"), "VARCHAR")
    return work.rows("definitions", columns, [astuple(entry) for entry in definitions()])
