-- An enrollment is that of the award if it began by the award day and ended no more than the window before it (without an
-- end date, its first day counts). Of several the one that ended last before or ran on the award day is taken, then the
-- one that began last; codes break ties.
WITH near AS (
    SELECT u.uid, e.sector, e.degree_seeking, e.credit, row_number() OVER (
        PARTITION BY u.uid
        ORDER BY greatest(u.award_date - coalesce(e.end_date, e.begin_date), 0), e.begin_date DESC,
            e.sector NULLS LAST, e.degree_seeking DESC NULLS LAST, e.credit DESC NULLS LAST
    ) AS nth
    FROM {units} AS u
    JOIN {people} AS p USING (pid)
    JOIN {enrollments} AS e USING (person_key)
    WHERE e.begin_date <= u.award_date
        AND coalesce(e.end_date, e.begin_date) >= u.award_date - CAST($window_days AS INTEGER)
)
SELECT
    u.uid, u.pid, u.lead, u.certifier, CAST(NULL AS INTEGER) AS horizon, u.training_setting,
    CASE WHEN n.uid IS NULL THEN 'no_enrollment' ELSE coalesce(nullif(trim(n.sector), ''), 'unknown') END
        AS enrollment_sector,
    CASE WHEN n.uid IS NULL THEN 'no_enrollment' WHEN n.degree_seeking IS NULL THEN 'unknown'
         WHEN n.degree_seeking THEN 'degree_seeking' ELSE 'not_degree_seeking' END AS enrollment_degree,
    CASE WHEN n.uid IS NULL THEN 'no_enrollment' WHEN n.credit IS NULL THEN 'unknown'
         WHEN n.credit THEN 'credit' ELSE 'noncredit' END AS enrollment_credit
FROM {units} AS u LEFT JOIN near AS n ON n.uid = u.uid AND n.nth = 1
