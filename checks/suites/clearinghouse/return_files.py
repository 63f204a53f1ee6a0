"""What must hold before anything goes back to a partner: only what is agreed, nobody who opted out, every row counted."""

from checks.rule import contract_rules, none_where
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT

_PERSONAL = ("report_rows", "pdp_cohort", "pdp_course", "completers")

RULES = (
    none_where(
        "request_rows_add_up",
        "Whoever is asked for is found, not found, blocked or none of the partner's; nobody is missing.",
        "return_files.requests",
        "state = 'answered' AND rows IS DISTINCT FROM found + not_found + blocked + out_of_scope",
    ),
    none_where(
        "answers_as_counted",
        "The numbers that a partner reads are those of the rows that were answered.",
        "(SELECT partner, request_id, count(*) AS rows FROM return_files.answers GROUP BY ALL) a"
        " FULL JOIN (SELECT * FROM return_files.requests WHERE state = 'answered') r USING (partner, request_id)",
        "a.rows IS DISTINCT FROM r.rows",
    ),
    none_where(
        "report_tells_of_those_found",
        "A row on somebody who was not found, is blocked or is none of the partner's would be a disclosure.",
        "return_files.report_rows r ANTI JOIN (SELECT * FROM return_files.answers WHERE outcome = 'found') a"
        " USING (partner, request_id, row)",
        "told <> 'none'",
    ),
    none_where(
        "blocked_people_listed_nowhere",
        "Not even that nobody was found may be said of somebody who is blocked.",
        "return_files.report_rows r JOIN return_files.answers a USING (partner, request_id, row)",
        "outcome = 'blocked'",
    ),
    *(
        none_where(
            f"no_blocked_person_in_{table}",
            "Whoever opted out at the certifier, at the school or in person is in no file.",
            f"return_files.{table} t LEFT JOIN linked_records.learners l USING (learner_id)"
            " LEFT JOIN education_registry.persons p ON p.student_id = t.student_id",
            "coalesce(l.blocked, false) OR coalesce(p.ferpa_block, false)",
        )
        for table in _PERSONAL
    ),
    none_where(
        "figures_of_enough_people",
        "A figure on a few people tells of each of them.",
        "return_files.partner_figures",
        "(status = 1) <> (value IS NOT NULL) OR (status = 1 AND n < 15)",
    ),
    none_where(
        "programme_rates_explained",
        "A rate that cannot be evaluated says why.",
        "return_files.programme_rates",
        "(status = 1) <> (value IS NOT NULL) OR (status = -1 AND coalesce(reason, '') = '')",
    ),
    none_where(
        "requests_readable",
        "A request that could not be read waits for the partner to send it again; the others are answered.",
        "return_files.requests",
        "state = 'refused'",
        "warn",
        named_by=("partner", "request_id", "reason_code"),
    ),
    *contract_rules(SNAPSHOT),
)
