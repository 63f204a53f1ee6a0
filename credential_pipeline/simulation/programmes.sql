-- Of every learner of a programme: the enrollment at its provider nearest before the first sitting, and whether there is any
-- enrollment in the year of the earnings. Reads: learners, students, enrollments.

CREATE TEMP TABLE spells AS
WITH mine AS (
    SELECT l.*, e.opeid = l.opeid AS here, e.begin_date, e.end_date
    FROM learners AS l JOIN students AS s USING (person) JOIN enrollments AS e USING (student_id)
)
SELECT place,
       max(begin_date) FILTER (here AND begin_date <= first_day AND end_date >= first_day - window_days) AS begin_date,
       arg_max(end_date, (begin_date, end_date))
           FILTER (here AND begin_date <= first_day AND end_date >= first_day - window_days) AS end_date,
       bool_or(year(begin_date) <= earnings_year AND year(end_date) >= earnings_year) AS studies
FROM mine GROUP BY place;
