-- One row per programme: how many of its window began and completed in time, are followed to the day of placement and have
-- wages in that year; and the real earnings of its completers, sorted. Nobody is followed, nor has earnings, in a year whose wages of
-- the person's state are missing. Completers who are enrolled anywhere in the year of their earnings are still studying and left out.
WITH dated AS (
    SELECT
        c.programme, c.pid, c.person_key, c.death_year, p.state,
        CAST(year(c.award_date + CAST($placement_days AS INTEGER)) AS INTEGER) AS placement_year,
        CAST(year(c.award_date) + $earnings_years AS INTEGER) AS earnings_year
    FROM {careers} AS c
    JOIN {windows} AS w USING (programme)
    JOIN {people} AS p USING (pid)
    WHERE c.completed_in BETWEEN w.first_year AND w.last_year
), completers AS (
    SELECT d.*, (d.death_year IS NULL OR d.death_year >= d.placement_year) AND s.state IS NULL AS followed
    FROM dated AS d LEFT JOIN {shut_years} AS s ON s.state = d.state AND s.year = d.placement_year
), judged AS (
    SELECT
        c.programme, paid.employer_id, c.followed, placed.pid IS NOT NULL AS placed,
        CASE WHEN late.state IS NULL AND NOT EXISTS (
            SELECT 1 FROM {enrollments} AS e
            WHERE e.person_key = c.person_key AND year(e.begin_date) <= c.earnings_year
                AND year(coalesce(e.end_date, e.begin_date)) >= c.earnings_year
        ) THEN paid.cents / 100 * f.factor END AS real
    FROM completers AS c
    LEFT JOIN {pay} AS placed ON placed.pid = c.pid AND placed.year = c.placement_year
    LEFT JOIN {pay} AS paid ON paid.pid = c.pid AND paid.year = c.earnings_year
    LEFT JOIN {factors} AS f ON f.year = c.earnings_year
    LEFT JOIN {shut_years} AS late ON late.state = c.state AND late.year = c.earnings_year
), outcomes AS (
    SELECT
        programme, count(*) FILTER (judged.followed) AS followed, count(*) FILTER (judged.followed AND judged.placed) AS placed,
        coalesce(list(real ORDER BY real) FILTER (real IS NOT NULL), []) AS earnings
    FROM judged
    GROUP BY ALL
), payers AS (
    SELECT programme, count(*) AS employers, largest_part(people, sum(people), cents) AS largest_employer
    FROM (SELECT programme, employer_id, count(*) AS people, sum(CAST(round(real * 100) AS BIGINT)) AS cents
          FROM judged WHERE real IS NOT NULL GROUP BY programme, employer_id)
    GROUP BY programme
), beginners AS (
    SELECT c.programme, count(*) AS began, count(*) FILTER (c.in_time) AS completed
    FROM {careers} AS c JOIN {windows} AS w USING (programme)
    WHERE c.begun_in BETWEEN w.first_year AND w.last_year
    GROUP BY ALL
)
SELECT
    w.programme, w.certifier, w.credential, w.cohort, w.parity, w.poverty,
    w.completers AS listed, coalesce(b.began, 0) AS began, coalesce(b.completed, 0) AS completed,
    coalesce(o.followed, 0) AS followed, coalesce(o.placed, 0) AS placed, coalesce(o.earnings, []) AS v,
    p.employers, p.largest_employer
FROM {windows} AS w LEFT JOIN payers AS p USING (programme) LEFT JOIN beginners AS b USING (programme) LEFT JOIN outcomes AS o USING (programme)
