"""What breaks the own rules of the enclave's suites."""

from tests.gates.mutations_of_several_suites import SHOWN, dates, noticed

RULES: dict[str, dict[str, str | tuple[str, ...]]] = {
    "accepted_extract": {
        "credentials_of_known_learners": "UPDATE accepted_extract.credentials SET row_id = 'r9' WHERE row_id = 'r3'",
        "learners_as_covered": (
            "UPDATE accepted_extract.coverage SET learners = 4 WHERE reason = 'extracted'",
            "DELETE FROM accepted_extract.coverage WHERE reason = 'extracted'",
        ),
        "link_probabilities_are_shares": "UPDATE accepted_extract.learners SET link_probability = 100 WHERE row_id = 'r1'",
        "learners_have_names": "UPDATE accepted_extract.learners SET last_name = NULL WHERE row_id = 'r1'",
    },
    "reference_population": {
        "wages_not_negative": "UPDATE reference_population.wages SET wages = -1",
        "wages_present": "UPDATE reference_population.wages SET wages = NULL",
        "wage_states_agreed": "UPDATE reference_population.wage_states SET agreement = NULL",
        **dates("reference_population"),
        **{
            rule: noticed("reference_population", table, measure, finding, found, 100)
            for table, measure, finding, rules in (
                ("wages_annual", "wages", "repeated", {"wages_not_delivered_twice": 2, "wages_told_once": 1}),
                (
                    "wages_quarterly",
                    "wages",
                    "repeated",
                    {"quarterly_wages_not_delivered_twice": 2, "quarterly_wages_told_once": 1},
                ),
                ("wages", "person_key", "unknown", {"wages_mostly_of_known_persons": 6, "wages_of_known_persons": 1}),
                ("wages", "employer_id", "unknown", {"employers_mostly_known": 21, "employers_known": 1}),
                ("employers", "naics", "no sector", {"most_jobs_in_a_sector": 51, "jobs_in_a_sector": 6}),
            )
            for rule, found in rules.items()
        },
        "years_not_copied": "UPDATE reference_population.wage_file_years SET copy_of = 2015, fault = 'copied'",
        "wages_in_dollars": "UPDATE reference_population.wage_file_years SET fault = 'other_unit'",
        "years_complete": (
            "INSERT INTO reference_population.wage_file_years BY NAME SELECT 2015 AS year, 0 AS jobs, 'no_wages' AS fault",
            *(
                f"UPDATE reference_population.wage_file_years SET fault = '{fault}'"
                for fault in (
                    *("missing_quarters", "few_jobs", "low_wages", "high_wages"),
                    *("many_jobs", "many_dollars", "strangers"),
                )
            ),
        ),
        "birth_dates_present": "UPDATE reference_population.persons SET birth_date = NULL WHERE person_key < 'k3'",
        "one_birth_date_a_person": """
            INSERT INTO reference_population.persons BY NAME SELECT 'k1' AS person_key, DATE '1990-01-01' AS birth_date""",
    },
    "person_keys": {
        "every_row_decided": "DELETE FROM person_keys.person_links WHERE row_id = 'r3'",
        "statuses_known": (
            "UPDATE person_keys.person_links SET status = 'perhaps' WHERE row_id = 'r3'",
            "UPDATE person_keys.person_links SET status = NULL WHERE row_id = 'r3'",
        ),
        "linked_means_key": (
            "UPDATE person_keys.person_links SET person_key = NULL WHERE row_id = 'r1'",
            "UPDATE person_keys.person_links SET person_key = 'k3' WHERE row_id = 'r3'",
        ),
        "keys_name_their_pass": (
            "UPDATE person_keys.person_links SET pass = NULL WHERE row_id = 'r1'",
            "UPDATE person_keys.person_links SET module = NULL WHERE row_id = 'r1'",
        ),
        "keys_from_the_reference": "UPDATE person_keys.learners SET person_key = 'k99' WHERE person_key = 'k1'",
        "events_of_known_keys": "UPDATE person_keys.credentials SET person_key = 'k99' WHERE person_key = 'k1'",
        "nobody_dead_before_the_award": "UPDATE person_keys.learners SET death_year = 2014 WHERE person_key = 'k1'",
        "events_conserved": "DELETE FROM person_keys.unkeyed_credentials",
        "coverage_adds_up": "UPDATE person_keys.coverage SET learners = 3 WHERE reason = 'keyed'",
        "key_rate_not_collapsed": "UPDATE person_keys.person_links SET person_key = NULL WHERE row_id = 'r2'",
    },
    "outcome_tables": {
        "holders_ran_beside_the_others": (
            "UPDATE outcome_tables.trends_before SET value = 601 WHERE horizon = -5",
            "UPDATE outcome_tables.trends_before SET value = -601, low = -800, high = -400 WHERE horizon = -4",
        ),
        "matched_years_agree": "UPDATE outcome_tables.trends_before SET value = 601 WHERE horizon = -3",
        "totals_add_up": (
            "UPDATE outcome_tables.counts SET value = 21 WHERE count_id = 'all'",
            "UPDATE outcome_tables.counts SET value = NULL WHERE count_id = 'all'",
        ),
        "equations_name_known_counts": (
            "UPDATE outcome_tables.equations SET part_count_id = 'others' WHERE part_count_id = 'men'",
            "UPDATE outcome_tables.equations SET total_count_id = 'everybody'",
        ),
        "figures_name_their_counts": (
            "UPDATE outcome_tables.outcomes SET n_count_id = NULL WHERE cell_id = 's1'",
            "UPDATE outcome_tables.outcomes SET n_count_id = 'others' WHERE cell_id = 's1'",
        ),
        "numerators_name_their_counts": """
            UPDATE outcome_tables.outcomes SET numerator_count_id = 'nobody' WHERE cell_id = 's1'""",
        "n_is_its_count": "UPDATE outcome_tables.outcomes SET n = 19 WHERE cell_id = 's1'",
        "shares_between_nought_and_one": "UPDATE outcome_tables.outcomes SET value = 1.01 WHERE cell_id = 's1'",
        "earnings_not_negative": "UPDATE outcome_tables.outcomes SET value = -1 WHERE cell_id = 'e25'",
        "percentiles_in_order": (
            "UPDATE outcome_tables.outcomes SET value = 40001 WHERE cell_id = 'e25'",
            "UPDATE outcome_tables.outcomes SET value = 39999 WHERE cell_id = 'e75'",
            # A second setting must not hide the first one's disorder.
            """INSERT INTO outcome_tables.outcomes BY NAME SELECT * REPLACE ('credit' AS setting, cell_id || 'c' AS cell_id,
               CASE measure WHEN 'earnings_p25' THEN 60000.0 ELSE value END AS value)
               FROM outcome_tables.outcomes WHERE "table" = 'earnings' AND status = 1""",
        ),
        "coverage_adds_up": (
            "UPDATE outcome_tables.outcomes SET value = 0.24 WHERE cell_id = 'c2'",
            "DELETE FROM outcome_tables.outcomes WHERE \"table\" = 'coverage'",
        ),
        "publishable_given": "UPDATE outcome_tables.outcomes SET publishable = NULL WHERE cell_id = 'e50'",
        "dollars_have_a_year": "UPDATE outcome_tables.outcomes SET base_year = NULL WHERE cell_id = 'e50'",
        "definitions_known": (
            "UPDATE outcome_tables.outcomes SET definition = 'd9' WHERE cell_id = 'e50'",
            "UPDATE outcome_tables.outcomes SET definition = NULL WHERE cell_id = 'e50'",
        ),
    },
    "outcome_release": {
        **{rule: sql.format(s="outcome_release") for rule, sql in SHOWN.items()},
        "hidden_cells_are_empty": (
            *(
                f"UPDATE outcome_release.published_outcomes SET {column} = 12 WHERE cell_id = 'x1'"
                for column in ("value", "n", "low", "high")
            ),
            "UPDATE outcome_release.published_outcomes SET status = NULL WHERE cell_id = 's1'",
        ),
        "attacker_finds_nothing": "INSERT INTO outcome_release.audit_findings VALUES ('exact', 'x1', 'n')",
        "audit_was_run": (
            "UPDATE outcome_release.certificate SET tried = 0",
            "UPDATE outcome_release.certificate SET tried = NULL",
        ),
        "certificate_is_clean": (
            "UPDATE outcome_release.certificate SET result = 'found'",
            "UPDATE outcome_release.certificate SET result = NULL",
        ),
        "flags_known": (
            "UPDATE outcome_release.published_outcomes SET status = 2 WHERE cell_id = 'x1'",
            "UPDATE outcome_release.published_outcomes SET status = NULL WHERE cell_id = 'x1'",
        ),
        "every_cell_decided": "DELETE FROM outcome_release.published_outcomes WHERE cell_id = 'x1'",
        "enough_is_left": "UPDATE outcome_release.published_outcomes SET status = 5 WHERE cell_id <> 's1'",
    },
}
