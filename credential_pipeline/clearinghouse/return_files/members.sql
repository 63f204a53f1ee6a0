-- One row per person and partner: the learner where there is one, and the student, so that either id finds the disclosure.
WITH told AS (
    SELECT learner_id, student_id FROM return_files.report_rows WHERE partner = $partner AND told <> 'none'
    UNION
    SELECT learner_id, student_id FROM return_files.pdp_cohort WHERE partner = $partner
    UNION
    SELECT learner_id, student_id FROM return_files.pdp_course WHERE partner = $partner
    UNION
    SELECT learner_id, student_id FROM return_files.completers WHERE partner = $partner)
SELECT learner_id, learner_id AS row_id FROM told WHERE learner_id IS NOT NULL
UNION
SELECT student_id AS learner_id, student_id AS row_id FROM told WHERE student_id IS NOT NULL
