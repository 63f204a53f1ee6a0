"""What working in the industry pays over working elsewhere: the difference of two medians, overall and by race.

A description of two groups of people who chose differently, not the effect of working in the industry.
"""

from credential_pipeline.enclave.outcome_tables.cells import add_cells, group_equal
from credential_pipeline.foundation.storage.engine import Connection


def add_premium(con: Connection) -> None:
    """Add ``in_industry_premium`` at every horizon from 1: median in the industry less median outside, real dollars.

    n is everybody with a wage record; ``numerator_count_id`` is those in the industry, and the rest of n those outside,
    so that both medians stand on groups that may be shown.
    """
    add_cells(
        con,
        f"""
        WITH medians AS (
            SELECT c.*, tmp_percentile(d.earnings, 0.5) AS median,
                   tmp_percentile_low(d.earnings, 0.5) AS bottom, tmp_percentile_high(d.earnings, 0.5) AS top
            FROM tmp_counts AS c
            LEFT JOIN tmp_distributions AS d
                ON d.horizon = c.horizon AND {group_equal("d", "c")}
                AND d.workplace = CASE c.quantity WHEN 'in_industry' THEN 'in' ELSE 'out' END
            WHERE c.quantity IN ('in_industry', 'out_of_industry') AND c.dimension IN ('all', 'race') AND c.horizon >= 1
        )
        SELECT
            'premium' AS "table", 'in_industry_premium' AS measure, 'usd' AS unit,
            i.certifier, i.credential, i.age_band, i.sex, i.race, i.horizon,
            i.value + o.value AS n, i.median - o.median AS value,
            i.median - o.median - sqrt((i.median - i.bottom) ** 2 + (o.top - o.median) ** 2) AS low,
            i.median - o.median + sqrt((i.top - i.median) ** 2 + (o.median - o.bottom) ** 2) AS high,
            w.count_id AS n_count_id, i.count_id AS numerator_count_id
        FROM medians AS i JOIN medians AS o
            ON o.quantity = 'out_of_industry' AND o.horizon = i.horizon AND {group_equal("o", "i")}
        JOIN tmp_counts AS w
            ON w.quantity = 'wage_matched' AND w.dimension = i.dimension AND w.horizon = i.horizon AND {group_equal("w", "i")}
        WHERE i.quantity = 'in_industry'
        """,
    )
