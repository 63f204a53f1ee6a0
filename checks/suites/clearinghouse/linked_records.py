"""What must hold before learners go into an extract: one learner a row, blocked learners marked, rates in bounds."""

from checks.rule import Rule, column_in, compared_rule, contract_rules, none_where, number, share_where
from checks.service_rules import SERVICE_RULES
from credential_pipeline.foundation.contracts.linked_records import SNAPSHOT

_STATUSES = ["linked", "ambiguous", "unlinked", "blocked"]
_EVENTS = ["born", "joined", "returned", "left", "retired", "split", "merged"]
# What every event adds to a learner's rows and takes from them, beside the rows that the memory says it has.
_BALANCE = """(
    SELECT learner_id, sum(rows) AS rows FROM (
        SELECT learner_id, CASE WHEN event IN ('left', 'retired', 'merged') THEN -records ELSE records END AS rows
        FROM linked_records.learner_events
        UNION ALL
        SELECT other_learner_id, CASE event WHEN 'merged' THEN records ELSE -records END
        FROM linked_records.learner_events WHERE event IN ('split', 'merged')
        UNION ALL
        SELECT learner_id, -count(*) FROM linked_records.record_ids WHERE present GROUP BY learner_id)
    GROUP BY learner_id)"""

# Rows of the last version whose learner id is another now, or that are forgotten, without a newer event about that id.
_LOST = """(
    SELECT p.certifier, p.record_id
    FROM previous_linked_records.record_ids p
    LEFT JOIN linked_records.record_ids n ON n.certifier = p.certifier AND n.record_id = p.record_id
    LEFT JOIN (
        SELECT DISTINCT CASE event WHEN 'split' THEN other_learner_id ELSE learner_id END AS learner_id
        FROM linked_records.learner_events
        WHERE event IN ('split', 'merged', 'left', 'retired')
              AND revision > (SELECT coalesce(max(revision), 0) FROM previous_linked_records.learner_events)
    ) e ON e.learner_id = p.learner_id
    WHERE n.learner_id IS NULL OR (n.learner_id <> p.learner_id AND e.learner_id IS NULL))"""

GROUP = 100
"""Learners from which a group is compared: below, chance alone moves a rate by several points."""
SEX_GAP = 0.05
"""Women change their names more often, which costs a linkage without earlier names a few points; more is a defect."""
DECADE_GAP = 0.15
"""Fewer of the old and of the very young were students within the registry's years, so some gap is real."""
CERTIFIER_GAP = 0.2
"""Certifiers hold other fields and other people; beyond this, look at a feed's fields before comparing certifiers."""
FALL = 0.02
"""A fall of the linked share that new deliveries alone do not explain in an industry of some size."""

_TAKEN_BACK = (
    "(SELECT learner_id FROM linked_records.blocks WHERE source = 'certifier' AND learner_id IS NOT NULL GROUP BY ALL"
    " HAVING count(rescinded) > 0 AND NOT bool_or(in_force IS NOT FALSE))"
)
"""Learners of whom certifiers took back all that they had said; what others took back says nothing of a certifier's word."""
_RESCINDED = "(SELECT statement_id FROM linked_records.blocks WHERE rescinded IS NOT NULL)"


def _gap(name: str, why: str, dimension: str, at_most: float) -> Rule:
    """The linked share of any two large groups of a breakdown, blocked learners aside, lies within a bound."""
    groups = (
        "(SELECT level, coalesce(sum(n) FILTER (metric = 'share_linked'), 0) AS linked, sum(n) AS people"
        " FROM linked_records.diagnostics WHERE metric IN ('share_linked', 'share_ambiguous', 'share_unlinked')"
        f" AND dimension = '{dimension}' AND level <> 'unknown' GROUP BY level HAVING sum(n) >= {GROUP})"
    )
    sql = f"SELECT coalesce(max(linked / people) - min(linked / people), 0) FROM {groups}"
    blame = f"SELECT concat(level, ' ', CAST(round(100 * linked / people) AS INTEGER), '%'), people FROM {groups}"
    return number(name, why, sql, at_most=at_most, severity="warn", blame=blame)


RULES = (
    *contract_rules(SNAPSHOT),
    number(
        "every_event_has_a_link_row",
        "Every credential event belongs to exactly one learner.",
        "SELECT abs((SELECT count(*) FROM cleaned_learners.credentials) - (SELECT count(*) FROM linked_records.links))",
        at_most=0,
    ),
    none_where(
        "every_profile_has_a_learner",
        "A profile without a learner would drop out of every later table.",
        "cleaned_learners.profiles p ANTI JOIN linked_records.profile_links l USING (profile_id)",
        "true",
        named_by=("certifier",),
    ),
    none_where(
        "links_name_known_learners",
        "A link to a learner who is not in the table of learners is lost.",
        "linked_records.links k ANTI JOIN linked_records.learners l USING (learner_id)",
        "true",
        named_by=("certifier",),
    ),
    number(
        "one_student_per_learner",
        "A learner has at most one student record.",
        "SELECT coalesce(max(students), 0) FROM"
        " (SELECT count(DISTINCT student_id) AS students FROM linked_records.links GROUP BY learner_id)",
        at_most=1,
    ),
    number(
        "one_learner_per_student",
        "Two learners with one student record are one person counted twice.",
        "SELECT coalesce(max(learners), 0) FROM (SELECT count(*) AS learners FROM linked_records.learners"
        " WHERE student_id IS NOT NULL GROUP BY student_id)",
        at_most=1,
    ),
    none_where(
        "linked_means_student",
        "A linked learner names a student, an unlinked one does not.",
        "linked_records.learners",
        "(status = 'linked') <> (student_id IS NOT NULL) AND status <> 'blocked'",
    ),
    column_in(
        "statuses_known",
        "A status is one of four.",
        "(SELECT status FROM linked_records.links UNION ALL SELECT status FROM linked_records.learners)",
        "status",
        _STATUSES,
        required=True,
    ),
    none_where(
        "blocked_learners_marked",
        "A learner whom the certifier or the school has blocked must carry the mark, or the extract would hold him.",
        "linked_records.links k JOIN cleaned_learners.credentials c USING (certifier, record_id)"
        f" JOIN linked_records.learners l ON l.learner_id = k.learner_id ANTI JOIN {_TAKEN_BACK} t"
        " ON t.learner_id = k.learner_id",
        "c.blocked AND l.blocked IS NOT TRUE",
        named_by=("certifier",),
    ),
    none_where(
        "wishes_followed",
        "Whoever a wish to share nothing concerns must carry the mark, whether it came in a good row, a bad one or a list.",
        "linked_records.blocks b LEFT JOIN linked_records.learners l USING (learner_id)",
        "b.learner_id IS NOT NULL AND b.in_force IS NOT FALSE AND l.blocked IS NOT TRUE",
    ),
    none_where(
        "wishes_kept",
        "What was once said is remembered until it is taken back; a wish that is forgotten exposes a person.",
        "previous_opt_outs.block_statements b ANTI JOIN linked_records.block_statements USING (statement_id)",
        "b.reason <> 'CUT_ROW'",
    ),
    none_where(
        "wishes_heard",
        "Every row that says 'do not share' is a wish that is remembered, set aside or not.",
        "cleaned_learners.blocks b ANTI JOIN linked_records.block_statements s"
        " ON s.certifier = b.certifier AND s.record_id IS NOT DISTINCT FROM b.record_id"
        " AND s.person_ref IS NOT DISTINCT FROM b.person_ref AND s.birth_date IS NOT DISTINCT FROM b.birth_date",
        "true",
        named_by=("certifier", "delivery"),
    ),
    number(
        "opt_out_lists_whole",
        "When most entries of the lists of opt-outs are gone, a file is missing: put it back into opt_outs, or write into"
        " opt_outs/rescissions who took it back.",
        "SELECT coalesce(avg(CAST(NOT s.said_now AS INTEGER)), 0) FROM linked_records.block_statements s"
        f" ANTI JOIN {_RESCINDED} r USING (statement_id) WHERE s.reason = 'OPT_OUT'",
        at_most=0.5,
    ),
    none_where(
        "school_blocks_marked",
        "A learner whose student record carries a FERPA block must carry the mark.",
        "linked_records.learners l JOIN education_registry.persons p USING (student_id)",
        "p.ferpa_block AND l.blocked IS NOT TRUE",
    ),
    none_where(
        "rows_remember_their_learner",
        "A row whose memory names another learner than its link would bring the wrong id back.",
        "linked_records.links k ANTI JOIN (SELECT * FROM linked_records.record_ids WHERE present)"
        " USING (certifier, record_id, learner_id)",
        "true",
        named_by=("certifier",),
    ),
    none_where(
        "ids_kept",
        "A row's learner id changes only by an event of the ledger; otherwise what was handed over no longer joins.",
        _LOST,
        "true",
        named_by=("certifier",),
    ),
    none_where(
        "ledger_only_grows",
        "What the last version's ledger says happened did happen; an event that is gone is a forgotten id.",
        "(FROM previous_linked_records.learner_events EXCEPT ALL FROM linked_records.learner_events)",
        "true",
    ),
    none_where(
        "learners_have_rows",
        "A learner without a present row has no events; a present row without its learner is lost.",
        "linked_records.learners l FULL JOIN"
        " (SELECT DISTINCT learner_id FROM linked_records.record_ids WHERE present) r USING (learner_id)",
        "l.learner_id IS NULL OR r.learner_id IS NULL",
    ),
    column_in(
        "learner_events_known",
        "The ledger has seven kinds of events; another would not be counted.",
        "linked_records.learner_events",
        "event",
        _EVENTS,
        required=True,
    ),
    none_where(
        "learner_events_whole",
        "An event is about a learner and about rows, and names the other learner where rows move.",
        "linked_records.learner_events",
        "learner_id IS NULL OR records IS NULL OR records < 1"
        " OR (other_learner_id IS NOT NULL) <> (event IN ('split', 'merged'))",
    ),
    none_where(
        "ledger_balances",
        "Every row that a learner has must be explained by the events, or a change of ids went unrecorded.",
        _BALANCE,
        "rows <> 0",
    ),
    number(
        "revisions_without_gap",
        "A number that is missing is a change that was lost.",
        "SELECT abs(max(revision) - count(DISTINCT revision)) + abs(min(revision) - 1)"
        " FROM linked_records.learner_events",
        at_most=0,
    ),
    none_where(
        "every_id_lives_or_redirects",
        "An id that was ever given out is a learner's now or says where its rows went, and never both.",
        "(SELECT learner_id FROM linked_records.learner_events) e"
        " LEFT JOIN linked_records.learners l USING (learner_id)"
        " LEFT JOIN linked_records.learner_redirects r ON r.retired_id = e.learner_id",
        "(l.learner_id IS NULL) = (r.retired_id IS NULL)",
    ),
    none_where(
        "redirects_end_at_the_living",
        "A redirect to an id that ceased as well would send the reader on a journey.",
        "linked_records.learner_redirects r ANTI JOIN linked_records.learners l ON l.learner_id = r.learner_id",
        "r.learner_id IS NOT NULL",
    ),
    number(
        "most_ids_outlive_a_change",
        "When the last change ended more than one id in ten, figures over time compare different people.",
        "SELECT coalesce(count(*) FILTER (r.revision = e.revision) / greatest(any_value(e.learners), 1), 0)"
        " FROM linked_records.learner_redirects r CROSS JOIN (SELECT max(revision) AS revision,"
        " (SELECT count(*) FROM linked_records.learners) AS learners FROM linked_records.learner_events) e",
        at_most=0.1,
        severity="warn",
    ),
    none_where(
        "probabilities_in_range",
        "A probability lies between zero and one.",
        "linked_records.links",
        "match_probability NOT BETWEEN 0 AND 1",
        named_by=("certifier",),
    ),
    none_where(
        "pairs_are_decided",
        "A pair of an unknown hop, or neither linked nor not, would fall out of every review sample.",
        "linked_records.pairs",
        "hop IS NULL OR hop NOT IN ('learner', 'student') OR linked IS NULL OR left_id IS NULL OR right_id IS NULL",
    ),
    none_where(
        "pair_probabilities_in_range",
        "A probability lies between zero and one.",
        "linked_records.pairs",
        "match_probability NOT BETWEEN 0 AND 1",
    ),
    none_where(
        "queue_is_drawn_from_pairs",
        "A pair in the queue that is not among the pairs could be reviewed but never be counted.",
        "linked_records.review_queue q ANTI JOIN linked_records.pairs p USING (pair_id, hop, left_id, right_id)",
        "true",
    ),
    none_where(
        "decided_matches_are_linked",
        "What people decided to be one person is linked, and what they decided not to be is not.",
        "linked_records.pairs",
        "(reviewed = 'match' AND NOT linked) OR (reviewed = 'no_match' AND linked)",
    ),
    share_where(
        "match_rate_not_collapsed",
        "When more than two learners in three find no student, fields have moved or the registry is the wrong one.",
        "linked_records.learners",
        "status = 'unlinked'",
        at_most=0.67,
    ),
    share_where(
        "few_ambiguous",
        "Many ambiguous learners mean fields that no longer tell people apart.",
        "linked_records.learners",
        "status = 'ambiguous'",
        at_most=0.1,
    ),
    _gap(
        "sexes_linked_alike",
        "Outcomes of women and men compare different shares of them when one sex is linked less often.",
        "sex",
        SEX_GAP,
    ),
    _gap(
        "birth_decades_linked_alike",
        "Outcomes by age are skewed when some birth decades are linked much less often.",
        "birth_decade",
        DECADE_GAP,
    ),
    _gap(
        "certifiers_linked_alike",
        "A certifier whose learners are linked much less often than others' lacks fields, or its layout has moved.",
        "certifier",
        CERTIFIER_GAP,
    ),
    number(
        "linked_share_not_fallen",
        "When the linked share falls against the last version, look at what changed before publishing figures over time.",
        "SELECT coalesce(max(-value), 0) FROM linked_records.diagnostics"
        " WHERE metric = 'change_share_linked' AND dimension = 'all'",
        at_most=FALL,
        severity="warn",
    ),
    compared_rule(
        "last_linked_records",
        "Every earlier version on disk is damaged: nothing tells whether the linked share fell; compare it with the last report.",
    ),
    none_where(
        "declared_fields_have_values",
        "A field that a certifier's layout maps and that is empty in every profile is lost to the linkage; the report and"
        " the metadata name certifier and field.",
        "linked_records.diagnostics",
        "metric = 'declared_field' AND value = 0 AND n > 0",
        severity="warn",
        named_by=("dimension", "level"),
    ),
    *SERVICE_RULES,
)
