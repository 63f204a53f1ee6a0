-- Who paid the compared holders in the years before the base, of which no earnings are told: main employers, and the share of people
-- or of wages of the largest. Those without a known employer are of one.
WITH paid AS (
    SELECT h.horizon, firm_of(c.mains[p.award_year + h.horizon - CAST($first_year AS INTEGER) + 1]) AS firm,
           c.cents[p.award_year + h.horizon - CAST($first_year AS INTEGER) + 1] AS cents
    FROM {matched} AS m JOIN {persons} AS p USING (person) JOIN {careers} AS c USING (person)
    CROSS JOIN (SELECT unnest(CAST($horizons AS INTEGER[])) AS horizon) AS h
), firms AS (
    SELECT horizon, firm, count(*) AS people, sum(cents) AS cents FROM paid WHERE cents > 0 GROUP BY horizon, firm
)
SELECT 'comparison_effect_' || -horizon || '_before' AS definition, count(*) AS employers,
       greatest(max(people) / sum(people), max(cents) / sum(cents)) AS largest_employer
FROM firms GROUP BY horizon
