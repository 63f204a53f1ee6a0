"""What must hold before the public sees it: only figures that were released, under one release."""

from checks.rule import contract_rules, none_where, number
from credential_pipeline.foundation.contracts.published_outcomes import SNAPSHOT

RULES = (
    *contract_rules(SNAPSHOT),
    none_where(
        "no_small_cells",
        "Fewer than ten learners are never published.",
        "published_outcomes.published_outcomes",
        "status = 1 AND (n IS NULL OR n < 10)",
    ),
    none_where(
        "hidden_cells_are_empty",
        "A suppressed figure shows nothing: neither value nor count nor band.",
        "published_outcomes.published_outcomes",
        "status IS DISTINCT FROM 1 AND (value IS NOT NULL OR n IS NOT NULL OR low IS NOT NULL OR high IS NOT NULL)",
    ),
    number(
        "one_release",
        "All figures belong to one release.",
        "SELECT count(DISTINCT release) FROM published_outcomes.published_outcomes",
        at_least=1,
        at_most=1,
    ),
    none_where(
        "release_named",
        "A figure without its release cannot be traced.",
        "published_outcomes.published_outcomes",
        "release IS NULL OR release = ''",
    ),
)
