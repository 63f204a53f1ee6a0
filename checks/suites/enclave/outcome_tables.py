"""What must hold of the confidential tables: sums that add up, shares between zero and one, every question answered."""

from checks.rule import contract_rules, none_where, number
from credential_pipeline.foundation.contracts.outcome_tables import SNAPSHOT

#: Holders of a group from whom a difference before the award says something, and the share of their earnings that it may be.
_MANY, _SLIGHT = 300, 0.02

RULES = (
    *contract_rules(SNAPSHOT),
    number(
        "totals_add_up",
        "Parts add up to their totals; disclosure control relies on it.",
        "SELECT count(*) FROM (SELECT t.value AS total, sum(p.value) AS parts FROM outcome_tables.equations e"
        " JOIN outcome_tables.counts t ON t.count_id = e.total_count_id"
        " JOIN outcome_tables.counts p ON p.count_id = e.part_count_id"
        " GROUP BY e.equation_id, t.value) WHERE total IS DISTINCT FROM parts",
        at_most=0,
    ),
    none_where(
        "equations_name_known_counts",
        "An equation over a count that is not there would protect nothing.",
        "(SELECT total_count_id AS count_id FROM outcome_tables.equations UNION ALL"
        " SELECT part_count_id FROM outcome_tables.equations) e ANTI JOIN outcome_tables.counts c USING (count_id)",
        "true",
    ),
    none_where(
        "figures_name_their_counts",
        "A figure that does not name the count behind it would escape suppression.",
        "outcome_tables.outcomes o ANTI JOIN outcome_tables.counts c ON c.count_id = o.n_count_id",
        "o.status = 1",
        named_by=("table", "measure"),
    ),
    none_where(
        "numerators_name_their_counts",
        "A numerator that no count stands for would escape suppression.",
        "outcome_tables.outcomes o ANTI JOIN outcome_tables.counts c ON c.count_id = o.numerator_count_id",
        "o.numerator_count_id IS NOT NULL",
        named_by=("table", "measure"),
    ),
    none_where(
        "n_is_its_count",
        "An n that is not the count behind it would be published unprotected.",
        "outcome_tables.outcomes o JOIN outcome_tables.counts c ON c.count_id = o.n_count_id",
        "o.n <> c.value",
        named_by=("table", "measure"),
    ),
    none_where(
        "shares_between_nought_and_one",
        "A share outside its range is an error in a denominator.",
        "outcome_tables.outcomes",
        "unit = 'share' AND value NOT BETWEEN 0 AND 1",
        named_by=("table", "measure"),
    ),
    none_where(
        "earnings_not_negative",
        "Percentiles of wages are not negative.",
        "outcome_tables.outcomes",
        "measure LIKE 'earnings_p%' AND value < 0",
        named_by=("table", "measure"),
    ),
    number(
        "percentiles_in_order",
        "The 25th percentile is not above the median, nor the median above the 75th.",
        'SELECT count(*) FROM (PIVOT (SELECT "table", certifier, credential, cohort, age_band, sex, race, ethnicity, state,'
        " sector, setting, horizon, measure, value"
        " FROM outcome_tables.outcomes WHERE measure IN ('earnings_p25', 'earnings_p50', 'earnings_p75'))"
        " ON measure IN ('earnings_p25', 'earnings_p50', 'earnings_p75') USING first(value))"
        " WHERE earnings_p25 > earnings_p50 OR earnings_p50 > earnings_p75",
        at_most=0,
    ),
    none_where(
        "publishable_given",
        "A release publishes this figure and no other; without it a single person's wage would have to be.",
        "outcome_tables.outcomes",
        "value IS NOT NULL AND publishable IS NULL",
        named_by=("table", "measure"),
    ),
    number(
        "coverage_adds_up",
        "The ledger of who is seen and who is not adds up to all of them, at every horizon.",
        "SELECT coalesce(max(abs(total - 1)), 1) FROM (SELECT horizon, sum(value) AS total FROM outcome_tables.outcomes"
        " WHERE \"table\" = 'coverage' AND measure <> 'without_cell_share' GROUP BY horizon)",
        at_most=0.000_01,
    ),
    none_where(
        "dollars_have_a_year",
        "Dollars without their year cannot be compared.",
        "outcome_tables.outcomes",
        "unit = 'usd' AND base_year IS NULL",
        named_by=("table", "measure"),
    ),
    none_where(
        "definitions_known",
        "Every figure says which definition it follows.",
        "outcome_tables.outcomes o ANTI JOIN outcome_tables.definitions d USING (definition)",
        "true",
    ),
    none_where(
        "holders_ran_beside_the_others",
        "Before the years in which they are matched, holders earned what the others did; where not, an older trend is part of the effect.",
        "outcome_tables.trends_before",
        f"horizon < -3 AND n >= {_MANY} AND NOT 0 BETWEEN low AND high AND abs(value) > {_SLIGHT} * earnings",
        severity="warn",
        named_by=("dimension", "level"),
    ),
    none_where(
        "matched_years_agree",
        "In the years in which they are matched, holders earned what the others did; where not, the cells are too wide.",
        "outcome_tables.trends_before",
        f"horizon >= -3 AND n >= {_MANY} AND NOT 0 BETWEEN low AND high AND abs(value) > {_SLIGHT} * earnings",
        severity="warn",
        named_by=("dimension", "level"),
    ),
)
