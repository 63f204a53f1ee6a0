"""What breaks the own rules of the public suite."""

from tests.gates.mutations_of_several_suites import SHOWN

RULES: dict[str, dict[str, str | tuple[str, ...]]] = {
    "published_outcomes": {
        **{rule: sql.format(s="published_outcomes") for rule, sql in SHOWN.items()},
        "one_release": "UPDATE published_outcomes.published_outcomes SET release = 'other' WHERE cell_id = 's1'",
        "one_act": (
            "DELETE FROM published_outcomes.release_acts",
            """INSERT INTO published_outcomes.release_acts BY NAME
               SELECT 'second' AS release, 'withdrawal' AS kind, 'k1, k2' AS approved_by""",
        ),
        "figures_are_of_the_act": (
            "UPDATE published_outcomes.release_acts SET kind = 'withdrawal'",
            "UPDATE published_outcomes.release_acts SET release = 'another'",
            "DELETE FROM published_outcomes.published_outcomes",
            "DELETE FROM published_outcomes.public_files",
        ),
        "two_approvals": (
            "UPDATE published_outcomes.release_acts SET approved_by = 'k1, k1'",
            "UPDATE published_outcomes.release_acts SET approved_by = 'k1'",
            "UPDATE published_outcomes.release_acts SET approved_by = ''",
            "UPDATE published_outcomes.release_acts SET approved_by = NULL",
        ),
        "release_named": (
            "UPDATE published_outcomes.published_outcomes SET release = NULL WHERE cell_id = 's1'",
            "UPDATE published_outcomes.published_outcomes SET release = '' WHERE cell_id = 's1'",
        ),
    },
}
