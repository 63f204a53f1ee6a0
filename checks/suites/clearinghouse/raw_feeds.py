"""What must hold before feed rows go on: every file readable, every row accounted for, not too many set aside."""

from checks.rule import column_in, contract_rules, none_where, number, share_where
from credential_pipeline.foundation.contracts.raw_feeds import SNAPSHOT

RULES = (
    *contract_rules(SNAPSHOT),
    none_where(
        "deliveries_readable",
        "A refused file means that a certifier is missing from the result; mend or remove the file named in the message.",
        "raw_feeds.deliveries",
        "state = 'refused'",
    ),
    none_where(
        "rows_conserved",
        "Rows in are rows accepted, set aside with a reason, or repeated; nothing else.",
        "raw_feeds.deliveries",
        "rows_in IS DISTINCT FROM rows_accepted + rows_quarantined + rows_duplicate OR rows_in IS NULL",
    ),
    number(
        "accepted_rows_stored",
        "The rows that the deliveries call accepted are the rows that go on.",
        "SELECT abs((SELECT coalesce(sum(rows_accepted), 0) FROM raw_feeds.deliveries)"
        " - (SELECT count(*) FROM raw_feeds.records))",
        at_most=0,
    ),
    number(
        "quarantined_rows_stored",
        "The rows that the deliveries call quarantined are kept with their reason.",
        "SELECT abs((SELECT coalesce(sum(rows_quarantined), 0) FROM raw_feeds.deliveries)"
        " - (SELECT count(*) FROM raw_feeds.quarantine))",
        at_most=0,
    ),
    none_where(
        "quarantine_has_reasons",
        "A row set aside without a reason cannot be mended by its sender.",
        "raw_feeds.quarantine",
        "reason_code IS NULL OR reason_code = ''",
    ),
    number(
        "each_certifier_has_rows",
        "A certifier without a single accepted row is missing from everything that follows.",
        "SELECT coalesce(min(accepted), 0)"
        " FROM (SELECT sum(rows_accepted) AS accepted FROM raw_feeds.deliveries GROUP BY certifier)",
        at_least=1,
    ),
    column_in(
        "delivery_states_known",
        "A delivery is accepted, replayed or refused.",
        "raw_feeds.deliveries",
        "state",
        ["accepted", "replayed", "refused"],
        required=True,
    ),
    number(
        "half_of_a_delivery_readable",
        "When more than half of a certifier's rows are set aside, the layout has changed and its YAML no longer fits.",
        "SELECT coalesce(max(quarantined / rows), 0) FROM (SELECT sum(rows_quarantined) AS quarantined,"
        " greatest(sum(rows_in), 1) AS rows FROM raw_feeds.deliveries GROUP BY certifier)",
        at_most=0.5,
    ),
    share_where(
        "few_rows_quarantined",
        "More than two rows in a hundred set aside is worth a word with the certifier.",
        "(SELECT true AS aside FROM raw_feeds.quarantine UNION ALL SELECT false FROM raw_feeds.records)",
        "aside",
        at_most=0.02,
    ),
)
