"""The confidential counts behind the cells, for the judge of an attack alone."""

import pandas as pd

from credential_pipeline.foundation.storage.engine import Connection


def true_counts(con: Connection) -> pd.DataFrame:
    """cell_id, role (n, part, rest), value of every count behind a cell.

    Args:
        con: Connection with the views ``outcome_tables.outcomes`` and ``.counts``.
    """
    return con.execute(
        """
        WITH known AS (
            SELECT o.cell_id, o.unit, n.value AS n,
                   CASE WHEN o.unit = 'count' THEN o.value ELSE part.value END AS part
            FROM outcome_tables.outcomes AS o
            JOIN outcome_tables.counts AS n ON n.count_id = o.n_count_id
            LEFT JOIN outcome_tables.counts AS part ON part.count_id = o.numerator_count_id
        )
        SELECT cell_id, 'n' AS role, CAST(n AS DOUBLE) AS value FROM known
        UNION ALL SELECT cell_id, 'part', CAST(part AS DOUBLE) FROM known WHERE part IS NOT NULL
        UNION ALL SELECT cell_id, 'rest', CAST(n - part AS DOUBLE) FROM known WHERE part IS NOT NULL AND unit <> 'count'
        ORDER BY ALL
        """
    ).df()
