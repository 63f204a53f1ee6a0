"""What must hold before learners go into an extract: one learner a row, blocked learners marked, rates in bounds."""

from checks.rule import column_in, contract_rules, none_where, number, share_where
from credential_pipeline.contracts import SNAPSHOTS

_STATUSES = ["linked", "ambiguous", "unlinked", "blocked"]

RULES = (
    *contract_rules(SNAPSHOTS["linked_records"]),
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
    ),
    none_where(
        "links_name_known_learners",
        "A link to a learner who is not in the table of learners is lost.",
        "linked_records.links k ANTI JOIN linked_records.learners l USING (learner_id)",
        "true",
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
        " JOIN linked_records.learners l ON l.learner_id = k.learner_id",
        "c.blocked AND l.blocked IS NOT TRUE",
    ),
    none_where(
        "school_blocks_marked",
        "A learner whose student record carries a FERPA block must carry the mark.",
        "linked_records.learners l JOIN education_registry.persons p USING (student_id)",
        "p.ferpa_block AND l.blocked IS NOT TRUE",
    ),
    none_where(
        "probabilities_in_range",
        "A probability lies between nought and one.",
        "linked_records.links",
        "match_probability NOT BETWEEN 0 AND 1",
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
)
