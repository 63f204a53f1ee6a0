"""What must hold on arrival: the tables of the contract, joins that work, nobody counted twice."""

from checks.rule import contract_rules, none_where, number
from credential_pipeline.foundation.contracts.accepted_extract import SNAPSHOT

RULES = (
    *contract_rules(SNAPSHOT),
    none_where(
        "credentials_of_known_learners",
        "An event of nobody in the file belongs to no one.",
        "accepted_extract.credentials c ANTI JOIN accepted_extract.learners l USING (row_id)",
        "true",
    ),
    number(
        "learners_as_covered",
        "The learners that arrived are the learners that the sender's ledger names.",
        "SELECT abs((SELECT count(*) FROM accepted_extract.learners)"
        " - (SELECT coalesce(sum(learners), -1) FROM accepted_extract.coverage WHERE reason = 'extracted'))",
        at_most=0,
    ),
    none_where(
        "link_probabilities_are_shares",
        "A probability outside 0 to 1 would let the bands of figures say anything.",
        "accepted_extract.learners",
        "NOT link_probability BETWEEN 0 AND 1",
    ),
    none_where(
        "learners_have_names",
        "A learner without a family name cannot get a person key.",
        "accepted_extract.learners",
        "last_name IS NULL",
        severity="warn",
    ),
)
