"""What breaks the rules of return_files. Not here: what breaks those of every contract (mutations.py)."""

_ONE_CAMPUS = """
    UPDATE return_files.partners SET of = '00120001', branch = '01';
    UPDATE return_files.pdp_cohort SET institution_id = '00120002'"""
_OLD_ID = "UPDATE return_files.{} SET student_id = 's1b', learner_id = NULL WHERE student_id = 's2';"
"""A row of an institution's own file under an id that gave way to another one: no learner, and a student whom the registry lacks."""

RULES: dict[str, dict[str, str | tuple[str, ...]]] = {
    "return_files": {
        "request_rows_add_up": "UPDATE return_files.requests SET found = 2 WHERE request_id = 'q1'",
        "answers_as_counted": (
            "DELETE FROM return_files.answers WHERE outcome = 'not_found'",
            "DELETE FROM return_files.answers",
            "UPDATE return_files.answers SET outcome = 'not_found' WHERE outcome = 'blocked'",
            "UPDATE return_files.requests SET found = 2, blocked = 0 WHERE request_id = 'q1'",
        ),
        "report_rows_as_answered": (
            "UPDATE return_files.report_rows SET told = 'none' WHERE row = 2",
            "DELETE FROM return_files.report_rows WHERE row = 5",
            "UPDATE return_files.report_rows SET row = 9 WHERE row = 5",
            "UPDATE return_files.report_rows SET row = 3, sequence = 2 WHERE row = 5",
        ),
        "nobody_outside_the_partner_s_people_in_report_rows": (
            "UPDATE return_files.report_rows SET student_id = 's4', learner_id = 'L4' WHERE told <> 'none' AND partner = 'college'",
            "UPDATE return_files.report_rows SET student_id = NULL WHERE told <> 'none' AND partner = 'college'",
            "UPDATE linked_records.links SET certifier = 'nims' WHERE learner_id = 'L5'",
            "UPDATE education_registry.enrollments SET opeid = '00120100'",
            "UPDATE return_files.partners SET branch = '01' WHERE partner = 'college'",
            "DELETE FROM return_files.partners WHERE partner = 'college'",
        ),
        "nobody_outside_the_partner_s_people_is_counted": (
            "DELETE FROM education_registry.degrees",
            "UPDATE return_files.answers SET student_id = NULL WHERE outcome = 'blocked'",
            "UPDATE return_files.answers SET learner_id = 'L99' WHERE partner = 'certifier'",
        ),
        "certifiers_read_their_own_credentials": "UPDATE return_files.report_rows SET credential_certifier = 'nims' WHERE partner = 'certifier'",
        "nobody_outside_the_institution_in_pdp_cohort": (
            "UPDATE return_files.pdp_cohort SET learner_id = 'L4'",
            "UPDATE return_files.pdp_cohort SET learner_id = NULL, student_id = 's4'",
            "UPDATE return_files.pdp_cohort SET learner_id = 'L40'",
        ),
        "nobody_outside_the_institution_in_pdp_course": (
            "UPDATE return_files.pdp_course SET learner_id = 'L4' WHERE student_id = 'x9'",
            "DELETE FROM return_files.own_files",
        ),
        "no_other_institution_in_pdp_cohort": (
            "UPDATE return_files.pdp_cohort SET institution_id = '00120100'",
            _ONE_CAMPUS,
            "UPDATE return_files.pdp_cohort SET partner = 'certifier'",
        ),
        "no_other_institution_in_pdp_course": "UPDATE return_files.pdp_course SET institution_id = '00999900' WHERE learner_id IS NULL",
        "nobody_outside_the_state_s_programs_in_completers": (
            "UPDATE return_files.completers SET programme = 'p2'",
            "UPDATE return_files.completers SET learner_id = 'L99'",
            "UPDATE cleaned_learners.credentials SET provider_opeid = '001300'",
        ),
        "no_other_state_s_programs_in_programme_rates": "UPDATE return_files.programme_rates SET programme = 'p2'",
        **{
            f"one_person_in_a_row_of_{table}": (
                f"UPDATE return_files.{table} SET learner_id = 'L3' WHERE student_id = 's2'",
                f"UPDATE return_files.{table} SET student_id = 's1b' WHERE student_id = 's2'",
            )
            for table in ("report_rows", "pdp_cohort", "pdp_course", "completers")
        },
        "report_tells_what_is_agreed": (
            "UPDATE return_files.report_rows SET told = 'degree' WHERE row = 2",
            "DELETE FROM return_files.agreed_fields WHERE share = 'credentials'",
        ),
        "no_field_outside_the_agreement_in_report_rows": (
            "UPDATE return_files.report_rows SET degree_title = 'A' WHERE row = 2",
            "DELETE FROM return_files.agreed_fields WHERE partner = 'certifier'",
        ),
        "no_field_outside_the_agreement_in_pdp_cohort": "UPDATE return_files.pdp_cohort SET race = 'ASIAN'",
        "no_field_outside_the_agreement_in_pdp_course": (
            "UPDATE return_files.pdp_course SET term_program_of_study = '48.0501'",
            "DELETE FROM return_files.agreed_fields WHERE share = 'course'",
        ),
        "no_field_outside_the_agreement_in_completers": "UPDATE return_files.completers SET date_of_birth = '1990-01-01'",
        "partner_figures_agreed": "DELETE FROM return_files.agreed_fields WHERE share = 'aggregates'",
        "programme_rates_agreed": "UPDATE return_files.programme_rates SET partner = 'college'",
        "report_tells_of_those_found": "UPDATE return_files.report_rows SET told = 'degree' WHERE row = 5",
        "blocked_people_listed_nowhere": "UPDATE return_files.report_rows SET row = 4 WHERE row = 5",
        **{
            f"no_blocked_person_in_{table}": (
                "UPDATE linked_records.learners SET blocked = true WHERE learner_id = 'L2'",
                "UPDATE education_registry.persons SET ferpa_block = true WHERE student_id = 's2'",
                f"{_OLD_ID.format(table)} UPDATE education_registry.persons SET ferpa_block = true WHERE student_id = 's1'",
                f"{_OLD_ID.format(table)} UPDATE linked_records.learners SET student_id = 's1', blocked = true WHERE learner_id = 'L2'",
            )
            for table in ("report_rows", "pdp_cohort", "pdp_course", "completers")
        },
        "figures_of_enough_people": (
            "UPDATE return_files.partner_figures SET n = 14 WHERE status = 1",
            "UPDATE return_files.partner_figures SET value = 3 WHERE status = 5",
        ),
        "figures_protected": "UPDATE return_files.partner_figures SET status = -1, unit = 'count' WHERE status = 5",
        "programme_rates_explained": (
            "UPDATE return_files.programme_rates SET reason = NULL",
            "UPDATE return_files.programme_rates SET value = 0.1",
        ),
        "requests_readable": "UPDATE return_files.requests SET state = 'refused', reason_code = 'E' WHERE file = 'b.txt'",
    },
}
