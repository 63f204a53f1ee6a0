"""What must hold before feed rows go on: every file readable, every row accounted for, not too many set aside."""

from checks.rule import Rule, Severity, column_in, compared_rule, contract_rules, none_where, number, share_where
from credential_pipeline.clearinghouse.raw_feeds.hold import HALF, SMALL
from credential_pipeline.clearinghouse.raw_feeds.hold_fields import EXPECTED
from credential_pipeline.foundation.contracts.raw_feeds import SNAPSHOT, STATES

SOME = 0.1
"""Rows of one delivery set aside from which its sender should hear of it."""
_FILE = ("certifier", "delivery")
_COUNTING = "(FROM raw_feeds.deliveries WHERE state = 'accepted')"
"""Deliveries whose rows go on; those of others are set aside as a whole, with a word of their own."""
_ASIDE = f"(SELECT certifier, delivery, true AS aside FROM raw_feeds.quarantine SEMI JOIN {_COUNTING} USING (certifier, delivery)"


def _readable(name: str, why: str, of: tuple[str, ...], at_most: float, *, severity: Severity = "block") -> Rule:
    """The share of rows set aside, in the worst delivery or of the worst certifier of some size, lies within a bound."""
    columns = ", ".join(of)
    source = (
        f"(SELECT {columns}, sum(rows_quarantined) AS quarantined, sum(rows_in) AS rows FROM {_COUNTING}"
        f" GROUP BY {columns} HAVING sum(rows_in) >= {SMALL})"
    )
    blame = f"SELECT concat_ws('/', {columns}), quarantined FROM {source} WHERE quarantined > {at_most} * rows"
    sql = f"SELECT coalesce(max(quarantined / rows), 0) FROM {source}"
    return number(name, why, sql, at_most=at_most, severity=severity, blame=blame)


def _unlike(counted: str, table: str) -> str:
    """The deliveries whose own count is not the number of their rows in a table, with the difference."""
    return (
        f"SELECT concat_ws('/', certifier, delivery), abs(coalesce(d.{counted}, 0) - coalesce(r.rows, 0))"
        " FROM raw_feeds.deliveries d FULL JOIN"
        f" (SELECT certifier, delivery, count(*) AS rows FROM raw_feeds.{table} GROUP BY ALL) r USING (certifier, delivery)"
    )


# Each delivery with a column for blocks, beside all others of its sender.
_MARKS = """(
    SELECT certifier, delivery, rows, blank, blocked, sum(rows) OVER sender - rows AS other_rows,
           sum(blank) OVER sender - blank AS other_blank, sum(blocked) OVER sender - blocked AS other_blocked
    FROM raw_feeds.block_flags SEMI JOIN (FROM raw_feeds.deliveries WHERE state = 'accepted') USING (certifier, delivery)
    WHERE rows > 0
    WINDOW sender AS (PARTITION BY certifier))"""
_UNMARKED = f"""
    blocked = 0 AND other_blocked * rows >= {EXPECTED} * other_rows
    OR blank = rows AND other_rows >= {SMALL} AND other_blank * 2 < other_rows"""
_FALLEN = f"""(
    SELECT before.certifier FROM previous_raw_feeds.blocks AS before
    LEFT JOIN (SELECT certifier, sum(rows) AS rows, sum(blocked) AS blocked FROM raw_feeds.block_flags GROUP BY ALL) AS now
        USING (certifier)
    WHERE before.blocked > 0 AND (coalesce(now.blocked, 0) + before.rescinded = 0
        OR before.blocked >= {2 * EXPECTED}
           AND (coalesce(now.blocked, 0) + before.rescinded) * before.rows < before.blocked * coalesce(now.rows, 0) / 2))"""

RULES = (
    *contract_rules(SNAPSHOT),
    none_where(
        "deliveries_readable",
        "A file that cannot be read waits, and its rows are missing; mend, replace or remove it: `deliveries list` says why.",
        "raw_feeds.deliveries",
        "state = 'refused'",
        severity="warn",
        named_by=_FILE,
    ),
    none_where(
        "no_delivery_held",
        "A delivery waits for a person, and its rows are missing; mend, release or withdraw it: `deliveries list` says why.",
        "raw_feeds.deliveries",
        "state = 'held'",
        severity="warn",
        named_by=_FILE,
    ),
    none_where(
        "deliveries_in_the_inbox",
        "A delivery whose file is gone stays in force; put it back, or withdraw it if its rows are not to count.",
        "raw_feeds.notices",
        "code = 'VANISHED'",
        severity="warn",
        named_by=_FILE,
    ),
    none_where(
        "rows_conserved",
        "Rows in are rows accepted, set aside with a reason, or repeated; nothing else.",
        "raw_feeds.deliveries",
        "rows_in IS DISTINCT FROM rows_accepted + rows_quarantined + rows_duplicate OR rows_in IS NULL",
        named_by=_FILE,
    ),
    number(
        "accepted_rows_stored",
        "The rows that the deliveries call accepted are the rows that go on.",
        "SELECT abs((SELECT coalesce(sum(rows_accepted), 0) FROM raw_feeds.deliveries)"
        " - (SELECT count(*) FROM raw_feeds.records))",
        at_most=0,
        blame=_unlike("rows_accepted", "records"),
    ),
    number(
        "quarantined_rows_stored",
        "The rows that the deliveries call quarantined are kept with their reason.",
        "SELECT abs((SELECT coalesce(sum(rows_quarantined), 0) FROM raw_feeds.deliveries)"
        " - (SELECT count(*) FROM raw_feeds.quarantine))",
        at_most=0,
        blame=_unlike("rows_quarantined", "quarantine"),
    ),
    none_where(
        "quarantine_has_reasons",
        "A row set aside without a reason cannot be mended by its sender.",
        "raw_feeds.quarantine",
        "reason_code IS NULL OR reason_code = ''",
        named_by=_FILE,
    ),
    number(
        "each_certifier_has_rows",
        "A certifier without a single accepted row is missing from everything that follows.",
        "SELECT coalesce(min(accepted), 0)"
        " FROM (SELECT sum(rows_accepted) AS accepted FROM raw_feeds.deliveries GROUP BY certifier)",
        at_least=1,
        blame="SELECT certifier, count(*) FROM raw_feeds.deliveries GROUP BY certifier HAVING sum(rows_accepted) < 1",
    ),
    column_in(
        "delivery_states_known",
        "A delivery is accepted, held, refused, replayed, replaced or withdrawn.",
        "raw_feeds.deliveries",
        "state",
        STATES,
        required=True,
        named_by=_FILE,
    ),
    _readable(
        "half_of_a_delivery_readable",
        "More than half of a delivery's rows are set aside, and yet it was released: its sender should hear of it.",
        _FILE,
        HALF,
        severity="warn",
    ),
    _readable(
        "half_of_a_certifier_readable",
        "When more than half of a certifier's rows are set aside, every one of its files has changed its layout.",
        ("certifier",),
        HALF,
    ),
    none_where(
        "small_deliveries_readable",
        "A small delivery of which more than half is set aside may be in another layout; too few rows to be sure.",
        _COUNTING,
        f"rows_in BETWEEN 1 AND {SMALL - 1} AND rows_quarantined > {HALF} * rows_in",
        severity="warn",
        named_by=_FILE,
    ),
    _readable(
        "few_rows_of_a_delivery_quarantined",
        "A delivery of which more than a tenth is set aside is worth a word with its sender, however little it weighs.",
        _FILE,
        SOME,
        severity="warn",
    ),
    share_where(
        "few_rows_quarantined",
        "More than two rows in a hundred set aside is worth a word with the certifier.",
        f"{_ASIDE} UNION ALL SELECT certifier, delivery, false FROM raw_feeds.records)",
        "aside",
        at_most=0.02,
        named_by=_FILE,
    ),
    none_where(
        "blocks_in_each_delivery",
        "A delivery without any mark where its sender's others hold many counts: its rows are of few people, or somebody"
        " released it; see that nobody asked not to be shared.",
        _MARKS,
        _UNMARKED,
        severity="warn",
        named_by=_FILE,
    ),
    none_where(
        "blocks_not_collapsed",
        "A certifier of whose rows far fewer say 'do not share' than in the last version has lost the column, or deliveries"
        " are missing; put them back, or write into opt_outs/rescissions who took it back.",
        _FALLEN,
        "true",
        named_by=("certifier",),
    ),
    compared_rule(
        "previous_raw_feeds",
        "Every earlier version on disk is damaged: nothing tells whether marks 'do not share' were lost since; count them.",
    ),
)
