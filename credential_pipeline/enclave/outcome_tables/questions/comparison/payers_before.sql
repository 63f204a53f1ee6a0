-- Who paid the compared holders in the years before the base, of which no earnings are told: main employers, and the share of people
-- or of wages of the largest. Those without a known employer are of one. What an effect could be if the two drift on rests on
-- those years and on its own: on the fewest employers, and the largest part of one, of them.
WITH paid AS (
    SELECT h.horizon, firm_of(c.mains[p.award_year + h.horizon - CAST($first_year AS INTEGER) + 1]) AS firm,
           c.cents[p.award_year + h.horizon - CAST($first_year AS INTEGER) + 1] AS cents
    FROM {matched} AS m JOIN {persons} AS p USING (person) JOIN {careers} AS c USING (person)
    CROSS JOIN (SELECT unnest(CAST($earlier AS INTEGER[]) || CAST($later AS INTEGER[])) AS horizon) AS h
), firms AS (
    SELECT horizon, firm, count(*) AS people, sum(cents) AS cents FROM paid WHERE cents > 0 GROUP BY horizon, firm
), years AS (
    SELECT horizon, count(*) AS employers, largest_part(people, sum(people), cents) AS largest_employer
    FROM firms GROUP BY horizon
), before AS (
    SELECT min(employers) AS employers, max(largest_employer) AS largest_employer FROM years WHERE horizon < 0
)
SELECT 'comparison_effect_' || -horizon || '_before' AS definition, CAST(NULL AS INTEGER) AS horizon, employers, largest_employer
FROM years WHERE horizon < 0
UNION ALL
SELECT unnest(['comparison_effect_if_drifting', 'comparison_breakdown']), y.horizon, least(y.employers, b.employers),
       greatest(y.largest_employer, b.largest_employer)
FROM years AS y CROSS JOIN before AS b WHERE y.horizon > 0
