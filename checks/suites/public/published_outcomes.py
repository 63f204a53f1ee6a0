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
        named_by=("table", "measure"),
    ),
    none_where(
        "hidden_cells_are_empty",
        "A suppressed figure shows nothing: neither value nor count nor band.",
        "published_outcomes.published_outcomes",
        "status IS DISTINCT FROM 1 AND (value IS NOT NULL OR n IS NOT NULL OR low IS NOT NULL OR high IS NOT NULL)",
        named_by=("table", "measure"),
    ),
    number(
        "one_release",
        "All figures belong to one release.",
        "SELECT count(DISTINCT release) FROM published_outcomes.published_outcomes",
        at_most=1,
    ),
    number(
        "one_act",
        "A release becomes public by one act, which readers are told of.",
        "SELECT count(*) FROM published_outcomes.release_acts",
        at_least=1,
        at_most=1,
    ),
    none_where(
        "figures_are_of_the_act",
        "What was approved is what is published: a release without its figures, or a withdrawal with some, is neither.",
        "published_outcomes.release_acts",
        "(kind <> 'withdrawal') IS DISTINCT FROM (release IN (SELECT release FROM published_outcomes.published_outcomes))"
        " OR (kind <> 'withdrawal' AND (SELECT count(*) FROM published_outcomes.public_files) = 0)",
    ),
    none_where(
        "two_approvals",
        "Nothing becomes public on the word of fewer than two people.",
        "published_outcomes.release_acts",
        "coalesce(len(list_distinct(string_split(approved_by, ', '))), 0) < 2",
    ),
    none_where(
        "release_named",
        "A figure without its release cannot be traced.",
        "published_outcomes.published_outcomes",
        "release IS NULL OR release = ''",
        named_by=("table", "measure"),
    ),
)
