"""What must hold before a release is sealed: nothing below the threshold, and an attacker who finds nothing."""

from checks.rule import by, column_in, contract_rules, none_where, number, share_where
from credential_pipeline.foundation.contracts.outcome_release import SNAPSHOT

RULES = (
    *contract_rules(SNAPSHOT),
    number(
        "attacker_finds_nothing",
        "Somebody who holds only the published files must not be able to pin down a hidden count.",
        "SELECT count(*) FROM outcome_release.audit_findings",
        at_most=0,
        blame=by(
            ("table", "measure"),
            "outcome_release.audit_findings LEFT JOIN outcome_release.published_outcomes USING (cell_id)",
            "true",
        ),
    ),
    number(
        "audit_was_run",
        "A release that nobody attacked is not known to be safe.",
        "SELECT coalesce(sum(tried), 0) FROM outcome_release.certificate",
        at_least=1,
    ),
    none_where(
        "certificate_is_clean",
        "The certificate ships with the release; it must not say that something was found and left.",
        "outcome_release.certificate",
        "coalesce(result, '') NOT IN ('held', 'not tried')",
        named_by=("attack",),
    ),
    none_where(
        "no_small_cells",
        "Fewer than ten learners are never published.",
        "outcome_release.published_outcomes",
        "status = 1 AND (n IS NULL OR n < 10)",
        named_by=("table", "measure"),
    ),
    none_where(
        "hidden_cells_are_empty",
        "A suppressed figure shows nothing: neither value nor count nor band.",
        "outcome_release.published_outcomes",
        "status IS DISTINCT FROM 1 AND (value IS NOT NULL OR n IS NOT NULL OR low IS NOT NULL OR high IS NOT NULL)",
        named_by=("table", "measure"),
    ),
    column_in(
        "flags_known",
        "One mark for everything hidden: a second one would tell the two kinds of suppression apart.",
        "(SELECT CAST(status AS VARCHAR) AS status FROM outcome_release.published_outcomes)",
        "status",
        ["1", "-1", "5"],
        required=True,
    ),
    number(
        "every_cell_decided",
        "Every confidential figure is published or flagged; none is missing.",
        "SELECT abs((SELECT count(*) FROM outcome_tables.outcomes)"
        " - (SELECT count(*) FROM outcome_release.published_outcomes))",
        at_most=0,
    ),
    share_where(
        "enough_is_left",
        "When more than three figures in four are hidden, a coarser release would say more.",
        "outcome_release.published_outcomes",
        "status = 5",
        at_most=0.75,
        named_by=("table", "measure"),
    ),
)
