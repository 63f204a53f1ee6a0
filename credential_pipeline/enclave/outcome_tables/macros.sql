-- v is a sorted list of numbers, p a share in 0..1.
CREATE OR REPLACE TEMP MACRO percentile(v, p) AS (
    v[CAST(floor(p * (len(v) - 1)) AS BIGINT) + 1]
    + (v[CAST(ceil(p * (len(v) - 1)) AS BIGINT) + 1] - v[CAST(floor(p * (len(v) - 1)) AS BIGINT) + 1])
      * (p * (len(v) - 1) - floor(p * (len(v) - 1)))
);

-- The same for p in 0.25..0.75, averaged over the ranks beside it, five to each side where the list has 21 or more, so that
-- no figure is one person's. Weights halve from rank to rank: wider windows leave the percentiles of small groups.
CREATE OR REPLACE TEMP MACRO reach_of(v) AS CAST(least(5, (len(v) - 1) // 4) AS BIGINT);
CREATE OR REPLACE TEMP MACRO weights_of(v) AS
    list_slice([1.0::DOUBLE, 2, 4, 8, 16, 32, 16, 8, 4, 2, 1], 6 - reach_of(v), 6 + reach_of(v));
CREATE OR REPLACE TEMP MACRO window_mean(v, place) AS
    list_inner_product(list_slice(v, place - reach_of(v), place + reach_of(v)), weights_of(v)) / list_sum(weights_of(v));
CREATE OR REPLACE TEMP MACRO smoothed(v, p) AS (
    window_mean(v, CAST(floor(p * (len(v) - 1)) AS BIGINT) + 1)
    + (window_mean(v, CAST(ceil(p * (len(v) - 1)) AS BIGINT) + 1)
       - window_mean(v, CAST(floor(p * (len(v) - 1)) AS BIGINT) + 1)) * (p * (len(v) - 1) - floor(p * (len(v) - 1)))
);

-- Bands of simple random samples, of 95 %, for figures that no replicates are made of: part and n are counts with n > 0. Those of
-- shares are Wilson's, which hold near 0 and 1 too (JASA 1927); people counted several times divide part and n by what that widens.
-- It is ``engines/sampling.REACH``.
CREATE OR REPLACE TEMP MACRO normal_reach() AS 1.959964;
CREATE OR REPLACE TEMP MACRO wilson_end(p, n, side) AS
    (p + power(normal_reach(), 2) / (2 * n) + side * normal_reach() * sqrt(p * (1 - p) / n + power(normal_reach() / (2 * n), 2)))
    / (1 + power(normal_reach(), 2) / n);
CREATE OR REPLACE TEMP MACRO share_low(part, n) AS greatest(least(wilson_end(part / n, n, -1), part / n), 0.0);
CREATE OR REPLACE TEMP MACRO share_high(part, n) AS least(greatest(wilson_end(part / n, n, 1), part / n), 1.0);
CREATE OR REPLACE TEMP MACRO percentile_low(v, p) AS
    smoothed(v, greatest(p - normal_reach() * sqrt(p * (1 - p) / len(v)), 0.25));
CREATE OR REPLACE TEMP MACRO percentile_high(v, p) AS
    smoothed(v, least(p + normal_reach() * sqrt(p * (1 - p) / len(v)), 0.75));

-- The label of the range that holds a number; ranges are a list of (label, low, high), both ends included.
CREATE OR REPLACE TEMP MACRO range_of(number, ranges) AS
    list_filter(CAST(ranges AS STRUCT(label VARCHAR, low INTEGER, high INTEGER)[]), lambda one: number BETWEEN one.low AND one.high)[1].label;

-- Whether a code of an employer begins with one of the industry's.
CREATE OR REPLACE TEMP MACRO belongs_to(naics, prefixes) AS
    len(list_filter(CAST(prefixes AS VARCHAR[]), lambda prefix: starts_with(naics, prefix))) > 0;

-- An aggregate over employers: the part of the largest, of everybody or of the wages if that is larger.
CREATE OR REPLACE TEMP MACRO largest_part(people, everybody, cents) AS greatest(max(people) / everybody, max(cents) / sum(cents));

-- Which breakdown a row belongs to; a credential is nested in its certifier.
CREATE OR REPLACE TEMP MACRO dimension_of(certifier, credential, cohort, age_band, sex, race, ethnicity, state) AS
    CASE WHEN credential <> 'all' THEN 'credential' WHEN certifier <> 'all' THEN 'certifier'
         WHEN cohort <> 'all' THEN 'cohort' WHEN age_band <> 'all' THEN 'age_band' WHEN sex <> 'all' THEN 'sex'
         WHEN race <> 'all' THEN 'race' WHEN ethnicity <> 'all' THEN 'ethnicity' WHEN state <> 'all' THEN 'state'
         ELSE 'all' END;

-- The level at which a cell is given: its breakdown, and whether its category was pooled.
CREATE OR REPLACE TEMP MACRO level_of(certifier, credential, cohort, age_band, sex, race, ethnicity, state, whole_ranges) AS
    CASE WHEN credential LIKE 'family:%' THEN 'family'
         ELSE dimension_of(certifier, credential, cohort, age_band, sex, race, ethnicity, state)
             || CASE WHEN 'other' IN (coalesce(nullif(credential, 'all'), certifier))
                         OR 'other_or_not_recorded' IN (sex, race, ethnicity, state)
                         OR NOT list_has_all(list_concat(whole_ranges, ['all', 'unknown']), [age_band, cohort])
                     THEN '_pooled' ELSE '' END
    END;

-- Who a row is of, for example /age_band=18-25 (empty for everybody), and the tail of its id, such as /age_band=18-25/h=5.
CREATE OR REPLACE TEMP MACRO id_part(name, category) AS
    CASE WHEN category <> 'all' THEN '/' || name || '=' || category ELSE '' END;
CREATE OR REPLACE TEMP MACRO who_of(certifier, credential, cohort, age_band, sex, race, ethnicity, state) AS
    id_part('certifier', certifier) || id_part('credential', credential) || id_part('cohort', cohort)
    || id_part('age_band', age_band) || id_part('sex', sex) || id_part('race', race)
    || id_part('ethnicity', ethnicity) || id_part('state', state);
CREATE OR REPLACE TEMP MACRO id_tail(who, sector, setting, horizon) AS
    who || id_part('sector', sector) || id_part('setting', setting)
    || CASE WHEN horizon IS NOT NULL THEN '/h=' || horizon ELSE '' END;

-- Cells of the comparison with others. Bins of earnings are equally wide in logarithms above 500 dollars; 0 is without any.
CREATE OR REPLACE TEMP MACRO earnings_bin(cents, width) AS
    CASE WHEN cents <= 0 THEN 0 ELSE 1 + CAST(floor(ln(greatest(cents, 50000) / 50000) / width) AS BIGINT) END;
CREATE OR REPLACE TEMP MACRO cell_of(rung, place, award_year, age, sex, race, third, second, inside) AS
    CAST((((((((CAST(award_year AS BIGINT) * 128 + age) * 64 + least(third, 63)) * 64 + least(second, 63)) * 2
        + CAST(inside AS INTEGER)) * 16 + sex) * 256 + race) * 256 + place) * 8 + rung - 1 AS BIGINT);
CREATE OR REPLACE TEMP MACRO firm_of(main) AS (16777216 - main % 16777216) % 16777216;
