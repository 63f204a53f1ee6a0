"""What must hold before a package is sealed: the agreed columns, nobody who opted out, every learner accounted for."""

from checks.rule import contract_rules, none_where, number
from credential_pipeline.foundation.contracts.census_extract import SNAPSHOT

RULES = (
    *contract_rules(SNAPSHOT),
    number(
        "coverage_adds_up",
        "Learners reported are learners opted out, blocked or extracted; nobody is missing without a reason.",
        "SELECT abs(coalesce(sum(CASE WHEN reason = 'reported' THEN learners ELSE -learners END), 1))"
        " FROM census_extract.coverage",
        at_most=0,
    ),
    number(
        "extracted_as_covered",
        "The learners in the file are the learners that the ledger calls extracted.",
        "SELECT abs((SELECT count(*) FROM census_extract.learners)"
        " - (SELECT coalesce(sum(learners), -1) FROM census_extract.coverage WHERE reason = 'extracted'))",
        at_most=0,
    ),
    number(
        "blocked_learners_left_out",
        "Whoever opted out must not leave; the learners in the file are at most those who may be shared.",
        "SELECT (SELECT count(*) FROM census_extract.learners)"
        " - (SELECT count(*) FROM linked_records.learners WHERE NOT blocked)",
        at_most=0,
    ),
    none_where(
        "facts_of_extracted_learners",
        "A credential of nobody in the file would be a fact about somebody who was left out.",
        "census_extract.credentials c ANTI JOIN census_extract.learners l USING (row_id)",
        "true",
    ),
    none_where(
        "enrollments_of_extracted_learners",
        "An enrollment of nobody in the file would be a fact about somebody who was left out.",
        "census_extract.enrollments e ANTI JOIN census_extract.learners l USING (row_id)",
        "true",
    ),
    none_where(
        "degrees_of_extracted_learners",
        "A degree of nobody in the file would be a fact about somebody who was left out.",
        "census_extract.degrees d ANTI JOIN census_extract.learners l USING (row_id)",
        "true",
    ),
    none_where(
        "link_probabilities_are_shares",
        "A probability outside 0 to 1 would let the bands of figures say anything.",
        "census_extract.learners",
        "NOT link_probability BETWEEN 0 AND 1",
    ),
    none_where(
        "no_social_security_number",
        "Directory information holds no Social Security number; nine digits in a name or an address look like one.",
        "census_extract.learners",
        r"regexp_matches(concat_ws(' ', first_name, middle_name, last_name, previous_last_name, street, city), '(^|\D)\d{3}[- ]?\d{2}[- ]?\d{4}($|\D)')",
    ),
)
