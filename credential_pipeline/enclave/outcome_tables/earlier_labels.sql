-- The categories that an earlier release tells apart: dimension, within what, label.
WITH cells AS (
    SELECT * FROM read_csv($file, all_varchar = true)
    WHERE industry = $industry AND "table" NOT IN ('never_passed', 'each') AND measure <> 'next_award_effect'
        AND coalesce(definition, '') <> 'not_available'
), labels AS (
    SELECT CASE WHEN "table" = 'attempts' THEN 'attempts_' ELSE '' END AS prefix, * FROM cells
)
SELECT prefix || 'certifier', '', certifier FROM labels WHERE certifier <> 'all' AND "table" NOT IN ('sectors', 'settings')
UNION SELECT prefix || 'credential', certifier, credential FROM labels WHERE credential <> 'all'
UNION SELECT 'age_band', '', age_band FROM cells WHERE age_band <> 'all'
UNION SELECT 'cohort', '', cohort FROM cells WHERE cohort <> 'all'
UNION SELECT 'ethnicity', '', ethnicity FROM cells WHERE ethnicity <> 'all'
UNION SELECT 'state', '', state FROM cells WHERE state <> 'all'
UNION SELECT 'sex', '', sex FROM cells WHERE sex <> 'all'
UNION SELECT 'race', '', race FROM cells WHERE race <> 'all'
UNION SELECT 'sector', '', sector FROM cells WHERE sector <> 'all'
UNION SELECT 'setting', definition, setting FROM cells WHERE setting <> 'all'
UNION SELECT 'by_certifier', 'sector', certifier FROM cells WHERE sector <> 'all' AND certifier <> 'all'
UNION SELECT 'by_certifier', definition, certifier FROM cells WHERE setting <> 'all' AND certifier <> 'all'
UNION SELECT 'by_certifier', 'stack', certifier FROM cells WHERE measure = 'stacking_share' AND certifier <> 'all'
UNION SELECT 'stack', '', definition FROM cells WHERE measure = 'stacking_share'
UNION SELECT 'ledger', '', definition FROM cells WHERE measure = 'coverage_share'
