-- Employers, numbered from 1 in the order of their ids, with their place, their sector (two digits of NAICS, numbered from 1; 0 = not
-- known) and whether they belong to the industry.
WITH codes AS (
    SELECT employer_id, min(trim(naics)) AS naics, min(nullif(trim(state), '')) AS state
    FROM {employers} GROUP BY employer_id
), numbered AS (
    SELECT row_number() OVER (ORDER BY employer_id) AS firm, employer_id, state,
           CASE WHEN naics = '' OR naics IS NULL THEN 0 ELSE dense_rank() OVER (ORDER BY nullif(left(naics, 2), '')) END AS sector,
           coalesce(belongs_to(naics, $naics), false) AS inside
    FROM codes
)
SELECT firm, employer_id, sector, inside, state_number, region_number FROM numbered LEFT JOIN {places} USING (state)
