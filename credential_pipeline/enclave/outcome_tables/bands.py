"""Percentiles and simple sampling bands, as SQL macros. Not here: the error that linkage adds.

All bands are of 95 %: normal for shares and means, order statistics for percentiles, and for the difference of two
medians the recovery of variance from their two bands (Zou and Donner, Statistics in Medicine 2008).
"""

from credential_pipeline.foundation.storage.engine import Connection

#: The 97.5th percentile of the standard normal distribution.
Z = 1.959964

_MACROS = f"""
CREATE OR REPLACE TEMP MACRO tmp_percentile(v, p) AS (
    v[CAST(floor(p * (len(v) - 1)) AS BIGINT) + 1]
    + (v[CAST(ceil(p * (len(v) - 1)) AS BIGINT) + 1] - v[CAST(floor(p * (len(v) - 1)) AS BIGINT) + 1])
      * (p * (len(v) - 1) - floor(p * (len(v) - 1)))
);
CREATE OR REPLACE TEMP MACRO tmp_percentile_low(v, p) AS
    tmp_percentile(v, greatest(p - {Z} * sqrt(p * (1 - p) / len(v)), 0.0));
CREATE OR REPLACE TEMP MACRO tmp_percentile_high(v, p) AS
    tmp_percentile(v, least(p + {Z} * sqrt(p * (1 - p) / len(v)), 1.0));
CREATE OR REPLACE TEMP MACRO tmp_share_low(part, n) AS
    greatest(part / n - {Z} * sqrt((part / n) * (1 - part / n) / n), 0.0);
CREATE OR REPLACE TEMP MACRO tmp_share_high(part, n) AS
    least(part / n + {Z} * sqrt((part / n) * (1 - part / n) / n), 1.0);
CREATE OR REPLACE TEMP MACRO tmp_mean_low(mean, deviation, n) AS mean - {Z} * deviation / sqrt(n);
CREATE OR REPLACE TEMP MACRO tmp_mean_high(mean, deviation, n) AS mean + {Z} * deviation / sqrt(n);
"""


def create_macros(con: Connection) -> None:
    """Create the macros ``tmp_percentile*``, ``tmp_share_*`` and ``tmp_mean_*`` in the connection.

    ``v`` is a sorted list of numbers, ``p`` a share in 0..1, ``part`` and ``n`` counts with n > 0.
    """
    con.execute(_MACROS)
