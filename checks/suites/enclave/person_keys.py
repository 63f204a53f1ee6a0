"""What must hold before wages are attached: one key a person, no direct identifier left, everybody accounted for."""

from checks.rule import column_in, contract_rules, none_where, number, share_where
from credential_pipeline.foundation.contracts.person_keys import SNAPSHOT

RULES = (
    *contract_rules(SNAPSHOT),
    number(
        "every_row_decided",
        "Every learner of the extract is linked, ambiguous or unlinked.",
        "SELECT abs((SELECT count(*) FROM accepted_extract.learners) - (SELECT count(*) FROM person_keys.person_links))",
        at_most=0,
    ),
    column_in(
        "statuses_known",
        "A status is one of three.",
        "person_keys.person_links",
        "status",
        ["linked", "ambiguous", "unlinked"],
        required=True,
    ),
    none_where(
        "linked_means_key",
        "A linked row names a key, any other row does not.",
        "person_keys.person_links",
        "(status = 'linked') <> (person_key IS NOT NULL)",
    ),
    none_where(
        "keys_name_their_pass",
        "A key without the pass that assigned it cannot be explained.",
        "person_keys.person_links",
        "person_key IS NOT NULL AND (module IS NULL OR pass IS NULL)",
    ),
    none_where(
        "keys_from_the_reference",
        "A key that the reference population does not hold joins to nothing.",
        "person_keys.learners l ANTI JOIN reference_population.persons p USING (person_key)",
        "true",
    ),
    none_where(
        "events_of_known_keys",
        "An event under a key that no learner has would be lost from every cohort.",
        "person_keys.credentials c ANTI JOIN person_keys.learners l USING (person_key)",
        "true",
    ),
    none_where(
        "nobody_dead_before_the_award",
        "Whoever died before the first event cannot have earned the credential.",
        "person_keys.learners l JOIN (SELECT person_key, min(year(event_date)) AS first_year"
        " FROM person_keys.credentials GROUP BY person_key) c USING (person_key)",
        "l.death_year < c.first_year",
    ),
    number(
        "events_conserved",
        "Every credential event of the extract is kept, with a key or without.",
        "SELECT abs((SELECT count(*) FROM accepted_extract.credentials) - (SELECT count(*) FROM person_keys.credentials)"
        " - (SELECT count(*) FROM person_keys.unkeyed_credentials))",
        at_most=0,
    ),
    number(
        "coverage_adds_up",
        "Learners reported are learners left out, without a key or with one; nobody is missing without a reason.",
        "SELECT abs(coalesce(sum(CASE WHEN reason = 'reported' THEN learners ELSE -learners END), 1))"
        " FROM person_keys.coverage",
        at_most=0,
    ),
    share_where(
        "key_rate_not_collapsed",
        "When fewer than half of the learners get a key, the reference or the extract has changed its shape.",
        "person_keys.person_links",
        "person_key IS NULL",
        at_most=0.5,
    ),
)
