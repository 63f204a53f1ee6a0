-- The counts of people that stand behind a share, each once, by their ids.
WITH used AS (
    SELECT n_count_id AS count_id FROM {outcomes} WHERE unit = 'share' AND "table" <> 'attempts'
    UNION
    SELECT numerator_count_id FROM {outcomes} WHERE unit = 'share' AND "table" <> 'attempts'
)
SELECT c.* FROM {counts} AS c SEMI JOIN used USING (count_id) ORDER BY count_id
