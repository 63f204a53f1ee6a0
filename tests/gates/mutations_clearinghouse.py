"""What breaks the own rules of the clearinghouse's suites."""

from tests.gates.mutations_of_several_suites import dates, noticed

_SENT = {
    "coverage_adds_up": "UPDATE census_extract.coverage SET learners = 5 WHERE reason = 'reported'",
    "extracted_as_covered": "UPDATE census_extract.coverage SET learners = 4 WHERE reason = 'extracted'",
    "blocked_learners_left_out": "UPDATE linked_records.learners SET blocked = true WHERE learner_id NOT IN ('L2', 'L3')",
    "facts_of_extracted_learners": "UPDATE census_extract.credentials SET row_id = 'r9' WHERE row_id = 'r3'",
    "enrollments_of_extracted_learners": "UPDATE census_extract.enrollments SET row_id = 'r9'",
    "degrees_of_extracted_learners": "UPDATE census_extract.degrees SET row_id = 'r9'",
    "link_probabilities_are_shares": (
        "UPDATE census_extract.learners SET link_probability = 1.2 WHERE row_id = 'r1'",
        "UPDATE census_extract.learners SET link_probability = -0.1 WHERE row_id = 'r1'",
        "UPDATE census_extract.learners SET link_probability = 'nan' WHERE row_id = 'r1'",
    ),
    "no_social_security_number": (
        "UPDATE census_extract.learners SET street = '078-05-1120' WHERE row_id = 'r1'",
        "UPDATE census_extract.learners SET previous_last_name = '078 05 1120' WHERE row_id = 'r1'",
    ),
}


_FIGURE = "INSERT INTO linked_records.diagnostics SELECT * FROM (VALUES ({}))"


def _rates(dimension: str, *linked: int) -> str:
    """Groups of a hundred learners of whom so many are linked."""
    rows = [
        f"('share_{status}', '{dimension}', 'group {number}', 0.0, {n})"
        for number, some in enumerate(linked)
        for status, n in (("linked", some), ("unlinked", 100 - some))
        if n
    ]
    return f"INSERT INTO linked_records.diagnostics VALUES {', '.join(rows)}"


def _delivery(rows: int, aside: int) -> str:
    """A further file of the certifier, of which so many rows are set aside."""
    return f"""
        INSERT INTO raw_feeds.deliveries BY NAME SELECT 'mssc' AS certifier, 'small.csv' AS delivery, {rows} AS rows_in,
        {rows - aside} AS rows_accepted, {aside} AS rows_quarantined, 0 AS rows_duplicate, 'accepted' AS state"""


RULES: dict[str, dict[str, str | tuple[str, ...]]] = {
    "raw_feeds": {
        "deliveries_readable": "UPDATE raw_feeds.deliveries SET state = 'refused'",
        "no_delivery_held": "UPDATE raw_feeds.deliveries SET state = 'held'",
        "deliveries_in_the_inbox": "UPDATE raw_feeds.notices SET code = 'VANISHED'",
        "rows_conserved": (
            "UPDATE raw_feeds.deliveries SET rows_in = 52",
            "UPDATE raw_feeds.deliveries SET rows_in = NULL",
            "UPDATE raw_feeds.deliveries SET rows_duplicate = NULL",
        ),
        "accepted_rows_stored": "DELETE FROM raw_feeds.records WHERE line = 2",
        "quarantined_rows_stored": "DELETE FROM raw_feeds.quarantine",
        "quarantine_has_reasons": (
            "UPDATE raw_feeds.quarantine SET reason_code = NULL",
            "UPDATE raw_feeds.quarantine SET reason_code = ''",
        ),
        "each_certifier_has_rows": """
            INSERT INTO raw_feeds.deliveries BY NAME SELECT 'nims' AS certifier, 'nims.csv' AS delivery, 0 AS rows_in,
            0 AS rows_accepted, 0 AS rows_quarantined, 0 AS rows_duplicate, 'accepted' AS state""",
        "delivery_states_known": (
            "UPDATE raw_feeds.deliveries SET state = 'lost'",
            "UPDATE raw_feeds.deliveries SET state = NULL",
        ),
        "half_of_a_delivery_readable": (
            "UPDATE raw_feeds.deliveries SET rows_quarantined = 26, rows_accepted = 25",
            # A bad file of some size beside good ones of the same certifier.
            _delivery(20, 11),
        ),
        "half_of_a_certifier_readable": "UPDATE raw_feeds.deliveries SET rows_quarantined = 26, rows_accepted = 25",
        "small_deliveries_readable": (_delivery(19, 10), _delivery(1, 1)),
        "few_rows_of_a_delivery_quarantined": _delivery(20, 3),
        "few_rows_quarantined": "INSERT INTO raw_feeds.quarantine SELECT * FROM raw_feeds.quarantine",
        "blocks_in_each_delivery": (
            _delivery(20, 0) + "; INSERT INTO raw_feeds.block_flags VALUES ('mssc', 'small.csv', 500, 0, 0)",
            _delivery(20, 0) + "; INSERT INTO raw_feeds.block_flags VALUES ('mssc', 'small.csv', 1, 1, 0)",
        ),
        "blocks_not_collapsed": (
            "UPDATE raw_feeds.block_flags SET blocked = 0",
            "DELETE FROM raw_feeds.block_flags",
            "UPDATE previous_raw_feeds.blocks SET rows = 5000, blocked = 500, rescinded = 1",
        ),
        "compared_with_earlier_version": "INSERT INTO previous_raw_feeds.not_compared VALUES ('blocks')",
    },
    "education_registry": {
        "every_student_indexed_once": (
            "DELETE FROM education_registry.person_index WHERE student_id = 's1'",
            "UPDATE education_registry.person_index SET student_id = 's1' WHERE student_id = 's2'",
            "UPDATE education_registry.person_index SET student_id = 'x' WHERE student_id = 's2'",
        ),
        "names_present": "UPDATE education_registry.persons SET last_name = NULL WHERE student_id IN ('s1', 's2')",
        "birth_dates_present": "UPDATE education_registry.persons SET birth_date = NULL WHERE student_id <> 's1'",
        "birth_dates_mostly_present": """
            UPDATE education_registry.persons SET birth_date = NULL WHERE student_id IN ('s1', 's2', 's3')""",
        "no_birth_date_in_excess": """
            INSERT INTO education_registry.persons BY NAME SELECT 'x' || i AS student_id, 'Doe' AS last_name,
            DATE '1900-01-01' AS birth_date, false AS ferpa_block FROM range(101) AS t(i)""",
        "blocks_decided": "UPDATE education_registry.persons SET ferpa_block = NULL WHERE student_id = 's1'",
        "blocks_not_collapsed": (
            "UPDATE previous_education_registry.blocks SET persons = 2000, blocked = 1",
            """UPDATE previous_education_registry.blocks SET persons = 2000, blocked = 500;
               UPDATE education_registry.persons SET ferpa_block = true WHERE student_id = 's2'""",
        ),
        "registry_not_shrunk": tuple(
            f"UPDATE previous_education_registry.row_counts SET rows = 26 WHERE \"table\" = '{table}'"
            for table in ("persons", "enrollments", "degrees")
        ),
        "compared_with_earlier_version": "INSERT INTO previous_education_registry.not_compared VALUES ('rows')",
        "enrollments_mostly_end_after_they_begin": """
            UPDATE education_registry.enrollments SET end_date = DATE '2013-12-31' WHERE student_id = 's1'""",
        "enrollments_end_after_they_begin": """
            INSERT INTO education_registry.enrollments BY NAME SELECT 's1' AS student_id, '001' AS opeid,
            DATE '2014-01-01' AS begin_date, DATE '2014-01-01' - (i = 7)::INTEGER AS end_date FROM range(100) AS t(i)""",
        "duplicates_give_way": (
            "UPDATE education_registry.duplicate_students SET student_id = 's2'",
            "UPDATE education_registry.duplicate_students SET kept_student_id = 'x'",
        ),
        "duplicates_stay_blocked": (
            "UPDATE education_registry.duplicate_students SET ferpa_block = true",
            "UPDATE education_registry.duplicate_students SET kept_ferpa_block = true",
        ),
        "students_listed_once": """
            INSERT INTO education_registry.duplicate_students BY NAME SELECT 's2b' AS student_id, 's2' AS kept_student_id""",
        **dates("education_registry"),
        "every_record_read": noticed("education_registry", "pdp", "DCE03", "not read", 3, 3, "aid.csv"),
        **{
            f"{table}_{how}of_known_students": noticed("education_registry", table, "student_id", "unknown", found, 100)
            for table in ("enrollments", "degrees")
            for how, found in (("mostly_", 6), ("", 1))
        },
    },
    "cleaned_learners": {
        "rows_conserved": "DELETE FROM cleaned_learners.credentials WHERE record_id = 'T2'",
        "profiles_account_for_rows": "UPDATE cleaned_learners.profiles SET records = 2 WHERE profile_id = 'P2'",
        "credentials_have_profiles": (
            "DELETE FROM cleaned_learners.profiles WHERE profile_id = 'P2'",
            "UPDATE cleaned_learners.credentials SET profile_id = NULL WHERE record_id = 'T2'",
        ),
        "events_dated": "UPDATE cleaned_learners.credentials SET event_date = NULL WHERE record_id = 'T2'",
        "events_known": (
            "UPDATE cleaned_learners.credentials SET event = 'gift' WHERE record_id = 'T2'",
            "UPDATE cleaned_learners.credentials SET event = NULL WHERE record_id = 'T2'",
        ),
        "results_known": "UPDATE cleaned_learners.credentials SET result = 'maybe' WHERE record_id = 'T2'",
        "blocks_decided": "UPDATE cleaned_learners.credentials SET blocked = NULL WHERE record_id = 'T2'",
        "awards_are_not_failures": "UPDATE cleaned_learners.credentials SET result = 'fail' WHERE record_id = 'T2'",
        "sex_known": "UPDATE cleaned_learners.profiles SET sex = 'female' WHERE profile_id = 'P2'",
        "names_present": "UPDATE cleaned_learners.profiles SET last_name = NULL, first_name = NULL WHERE profile_id = 'P2'",
        "last_names_mostly_present": "UPDATE cleaned_learners.profiles SET last_name = NULL WHERE profile_id < 'P3'",
        "last_names_in_each_delivery": (
            "UPDATE cleaned_learners.profiles SET last_name = NULL",
            # One delivery of many.
            """
            INSERT INTO cleaned_learners.credentials BY NAME SELECT certifier, record_id || 'x' AS record_id,
            'small.csv' AS delivery, profile_id || 'x' AS profile_id FROM cleaned_learners.credentials;
            INSERT INTO cleaned_learners.profiles BY NAME SELECT profile_id || 'x' AS profile_id, birth_date, sex
            FROM cleaned_learners.profiles""",
        ),
        "birth_dates_mostly_present": "UPDATE cleaned_learners.profiles SET birth_date = NULL WHERE profile_id < 'P3'",
        "birth_dates_in_each_delivery": """
            INSERT INTO cleaned_learners.credentials BY NAME SELECT certifier, record_id || 'x' AS record_id,
            'small.csv' AS delivery, profile_id || 'x' AS profile_id FROM cleaned_learners.credentials;
            INSERT INTO cleaned_learners.profiles BY NAME SELECT profile_id || 'x' AS profile_id, sex
            FROM cleaned_learners.profiles""",
        "sexes_in_each_delivery": """
            INSERT INTO cleaned_learners.credentials BY NAME SELECT certifier, record_id || 'x' AS record_id,
            'small.csv' AS delivery, profile_id || 'x' AS profile_id FROM cleaned_learners.credentials;
            INSERT INTO cleaned_learners.profiles BY NAME SELECT profile_id || 'x' AS profile_id, birth_date
            FROM cleaned_learners.profiles""",
        "no_birth_date_in_excess": """
            INSERT INTO cleaned_learners.profiles BY NAME SELECT 'X' || i AS profile_id, DATE '1900-01-01' AS birth_date
            FROM range(51) AS t(i)""",
    },
    "linked_records": {
        "every_event_has_a_link_row": "DELETE FROM linked_records.links WHERE record_id = 'T2'",
        "every_profile_has_a_learner": "DELETE FROM linked_records.profile_links WHERE profile_id = 'P2'",
        "links_name_known_learners": "UPDATE linked_records.links SET learner_id = 'L99' WHERE record_id = 'T2'",
        "one_student_per_learner": "UPDATE linked_records.links SET learner_id = 'L2' WHERE record_id = 'T3'",
        "one_learner_per_student": "UPDATE linked_records.learners SET student_id = 's2' WHERE learner_id = 'L3'",
        "linked_means_student": (
            "UPDATE linked_records.learners SET student_id = NULL WHERE learner_id = 'L2'",
            "UPDATE linked_records.learners SET student_id = 's1' WHERE learner_id = 'L40'",
        ),
        "statuses_known": (
            "UPDATE linked_records.links SET status = 'perhaps' WHERE record_id = 'T2'",
            "UPDATE linked_records.links SET status = NULL WHERE record_id = 'T2'",
            "UPDATE linked_records.learners SET status = NULL WHERE learner_id = 'L2'",
        ),
        "blocked_learners_marked": (
            # A letter that was taken back says nothing of the certifier's word.
            """UPDATE cleaned_learners.credentials SET blocked = true WHERE record_id = 'T2';
               INSERT INTO linked_records.blocks BY NAME SELECT 'S9' AS statement_id, 'L2' AS learner_id,
               'individual' AS source, DATE '2026-01-01' AS rescinded, false AS in_force""",
            "UPDATE cleaned_learners.credentials SET blocked = true WHERE record_id = 'T2'",
            """UPDATE linked_records.learners SET blocked = NULL;
               UPDATE cleaned_learners.credentials SET blocked = true WHERE record_id = 'T2'""",
        ),
        "wishes_followed": "UPDATE linked_records.blocks SET learner_id = 'L2'",
        "wishes_kept": "DELETE FROM linked_records.block_statements WHERE statement_id = 'B2'",
        "wishes_heard": (
            "UPDATE linked_records.block_statements SET record_id = 'T1' WHERE statement_id = 'B1'",
            "UPDATE linked_records.block_statements SET person_ref = 'x' WHERE statement_id = 'B1'",
        ),
        "opt_out_lists_whole": "UPDATE linked_records.block_statements SET said_now = false",
        "school_blocks_marked": (
            "UPDATE education_registry.persons SET ferpa_block = true WHERE student_id = 's2'",
            """UPDATE linked_records.learners SET blocked = NULL;
               UPDATE education_registry.persons SET ferpa_block = true WHERE student_id = 's2'""",
        ),
        "rows_remember_their_learner": (
            "UPDATE linked_records.record_ids SET learner_id = 'L3' WHERE record_id = 'T2'",
            "UPDATE linked_records.record_ids SET present = false WHERE record_id = 'T2'",
            "UPDATE linked_records.record_ids SET present = NULL WHERE record_id = 'T2'",
            "DELETE FROM linked_records.record_ids WHERE record_id = 'T2'",
        ),
        "ids_kept": (
            "UPDATE linked_records.record_ids SET learner_id = 'L99' WHERE record_id = 'T5'",
            "DELETE FROM linked_records.record_ids WHERE record_id = 'T5'",
            "DELETE FROM linked_records.learner_events WHERE event = 'merged'",
            "UPDATE linked_records.learner_events SET revision = 1 WHERE event = 'merged'",
        ),
        "ledger_only_grows": (
            "DELETE FROM linked_records.learner_events WHERE learner_id = 'L5'",
            "UPDATE linked_records.learner_events SET records = 2 WHERE learner_id = 'L5'",
        ),
        "learners_have_rows": (
            "UPDATE linked_records.record_ids SET present = false WHERE record_id = 'T2'",
            "DELETE FROM linked_records.learners WHERE learner_id = 'L2'",
        ),
        "learner_events_known": (
            "UPDATE linked_records.learner_events SET event = 'moved' WHERE event = 'merged'",
            "UPDATE linked_records.learner_events SET event = NULL WHERE event = 'merged'",
        ),
        "learner_events_whole": (
            "UPDATE linked_records.learner_events SET learner_id = NULL WHERE event = 'merged'",
            "UPDATE linked_records.learner_events SET other_learner_id = NULL WHERE event = 'merged'",
            "UPDATE linked_records.learner_events SET other_learner_id = 'L3' WHERE event = 'left'",
            "UPDATE linked_records.learner_events SET records = 0 WHERE event = 'merged'",
            "UPDATE linked_records.learner_events SET records = NULL WHERE event = 'merged'",
        ),
        "ledger_balances": (
            "DELETE FROM linked_records.learner_events WHERE event = 'left'",
            "UPDATE linked_records.learner_events SET records = 2 WHERE event = 'merged'",
            "UPDATE linked_records.learner_events SET other_learner_id = 'L3' WHERE event = 'merged'",
            "UPDATE linked_records.record_ids SET present = true",
        ),
        "revisions_without_gap": (
            "DELETE FROM linked_records.learner_events WHERE revision = 2",
            "UPDATE linked_records.learner_events SET revision = revision + 1",
        ),
        "every_id_lives_or_redirects": (
            "DELETE FROM linked_records.learner_redirects",
            "UPDATE linked_records.learner_redirects SET retired_id = 'L3'",
        ),
        "redirects_end_at_the_living": "UPDATE linked_records.learner_redirects SET learner_id = 'L99'",
        "most_ids_outlive_a_change": """
            INSERT INTO linked_records.learner_redirects BY NAME
            SELECT 'X' || i AS retired_id, 3 AS revision FROM range(6) AS t(i)""",
        "probabilities_in_range": "UPDATE linked_records.links SET match_probability = 1.01 WHERE record_id = 'T2'",
        "pairs_are_decided": (
            "UPDATE linked_records.pairs SET hop = 'other' WHERE pair_id = 'q1'",
            "UPDATE linked_records.pairs SET hop = NULL WHERE pair_id = 'q2'",
            "UPDATE linked_records.pairs SET linked = NULL WHERE pair_id = 'q2'",
            "UPDATE linked_records.pairs SET left_id = NULL WHERE pair_id = 'q2'",
            "UPDATE linked_records.pairs SET right_id = NULL WHERE pair_id = 'q2'",
        ),
        "pair_probabilities_in_range": "UPDATE linked_records.pairs SET match_probability = -0.01 WHERE pair_id = 'q2'",
        "queue_is_drawn_from_pairs": (
            "UPDATE linked_records.review_queue SET pair_id = 'q9'",
            "UPDATE linked_records.review_queue SET hop = 'learner'",
        ),
        "decided_matches_are_linked": (
            "UPDATE linked_records.pairs SET reviewed = 'match' WHERE pair_id = 'q1'",
            "UPDATE linked_records.pairs SET reviewed = 'no_match' WHERE pair_id = 'q2'",
        ),
        "match_rate_not_collapsed": "UPDATE linked_records.learners SET status = 'unlinked'",
        "few_ambiguous": "UPDATE linked_records.learners SET status = 'ambiguous' WHERE learner_id < 'L3'",
        "sexes_linked_alike": (_rates("sex", 84, 90), _rates("sex", 90, 84)),
        "birth_decades_linked_alike": (_rates("birth_decade", 84, 100), _rates("birth_decade", 0, 16)),
        "certifiers_linked_alike": _rates("certifier", 60, 81),
        "linked_share_not_fallen": _FIGURE.format("'change_share_linked', 'all', 'all', -0.021, 50"),
        "compared_with_earlier_version": "INSERT INTO last_linked_records.not_compared VALUES ('links')",
        "service_answered_most": "UPDATE linked_records.profile_links SET decided_by = 'unanswered' WHERE profile_id < 'P3'",
        "service_answered_to_the_end": (
            "UPDATE linked_records.profile_links SET decided_by = CASE WHEN profile_id > 'P5' THEN 'unanswered'"
            " ELSE 'student_tracker' END"
        ),
        "service_answers_are_about_the_industry": "UPDATE education_registry.student_tracker_answers SET profile_id = 'P99'",
        "declared_fields_have_values": _FIGURE.format("'declared_field', 'mssc', 'ssn_last4', 0.0, 50"),
    },
    "census_extract": _SENT,
}
