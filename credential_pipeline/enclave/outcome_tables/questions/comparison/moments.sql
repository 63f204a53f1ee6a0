-- One row per holder, and one per other person and award year: what was known two years before the award, and its cell on
-- every rung. A cell is a number that says award year, age, sex, race, earnings of years -3 and -2, in the industry at -2, and
-- on the upper rungs ethnicity, and place on the first two; it is never taken apart again.
WITH moments AS (
    SELECT p.person, p.uid, a.award_year, a.award_year - p.birth_year AS age, p.sex, p.race, p.origin, p.woman, p.state AS home,
           c.cents[a.award_year - 2 - CAST($first_year AS INTEGER)] AS cents_3,
           c.cents[a.award_year - 1 - CAST($first_year AS INTEGER)] AS cents_2,
           firm_of(c.mains[a.award_year - 2 - CAST($first_year AS INTEGER)]) AS firm_3,
           firm_of(c.mains[a.award_year - 1 - CAST($first_year AS INTEGER)]) AS firm_2
    FROM {persons} AS p
    JOIN {careers} AS c USING (person)
    JOIN {award_years} AS a ON p.uid IS NULL OR p.award_year = a.award_year
    ANTI JOIN {not_asked} AS n ON n.person = p.person AND n.award_year = a.award_year
    WHERE coalesce(p.death_year, 9999) >= a.award_year AND a.award_year - p.birth_year BETWEEN 10 AND 110
), placed AS (
    SELECT m.*, coalesce(second.inside, false) AS inside,
           coalesce(second.state_number, third.state_number, s.state_number, 0) AS state_number,
           coalesce(second.region_number, third.region_number, s.region_number, 0) AS region_number
    FROM moments AS m
    LEFT JOIN {firms} AS second ON second.firm = firm_2
    LEFT JOIN {firms} AS third ON third.firm = firm_3
    LEFT JOIN {places} AS s ON s.state = home
), coarsened AS (
    SELECT *,
           CASE WHEN age < 26 THEN age WHEN age < 36 THEN age // 2 * 2 ELSE age // 5 * 5 END AS fine_age,
           CASE WHEN age < 26 THEN age // 2 * 2 ELSE age // 5 * 5 END AS coarse_age,
           earnings_bin(cents_3, 0.35) AS fine_3, earnings_bin(cents_2, 0.35) AS fine_2,
           earnings_bin(cents_3, 0.7) AS coarse_3, earnings_bin(cents_2, 0.7) AS coarse_2
    FROM placed
)
SELECT person, uid, award_year, age, woman, cents_3, cents_2, inside, region_number,
       cell_of(1, state_number, award_year, fine_age, sex, origin, fine_3, fine_2, inside) AS cell_1,
       cell_of(2, region_number, award_year, fine_age, sex, origin, fine_3, fine_2, inside) AS cell_2,
       cell_of(3, 0, award_year, fine_age, sex, origin, fine_3, fine_2, inside) AS cell_3,
       cell_of(4, 0, award_year, coarse_age, sex, origin, coarse_3, coarse_2, inside) AS cell_4,
       cell_of(5, 0, award_year, coarse_age, sex, race, coarse_3, coarse_2, inside) AS cell_5
FROM coarsened
