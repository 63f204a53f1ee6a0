"""How much wider a band of shares of pairs is since several pairs are one person's, who passes them all or none.

Sittings of one person are alike, so that a hundred pairs of fifty people tell less than those of a hundred. Not here: bands that
replicates of people are made for (uncertainty), and the shares themselves.
"""

from credential_pipeline.foundation.storage.relation import Relation, Scratch


def spread_of_persons(work: Scratch, marks: Relation) -> Relation:
    """One row per certifier, credential (``all`` for the certifier's line) and setting: spread.

    The spread is what a standard error of independent pairs is to be multiplied by, at least 1: the square root of the variance of a
    ratio of sums over persons (linearized) over that of as many independent pairs.

    Args:
        work: Where the rows live.
        marks: pid, certifier, credential, setting, passed: a row a pair; ``all`` where a breakdown was given up.
    """
    return work.table(
        "spreads",
        f"""
        WITH persons AS (
            SELECT certifier, coalesce(credential, 'all') AS credential, setting, pid, count(*) AS pairs,
                   count(*) FILTER (passed) AS passes
            FROM {marks} WHERE certifier <> 'all'
            GROUP BY setting, pid, GROUPING SETS ((certifier), (certifier, credential))
            HAVING coalesce(credential, '') <> 'all'
        ), sums AS (
            SELECT certifier, credential, setting, sum(pairs) AS n, sum(passes) / sum(pairs) AS p, sum(passes * passes) AS passed_squares,
                   sum(passes * pairs) AS mixed, sum(pairs * pairs) AS squares
            FROM persons GROUP BY certifier, credential, setting
        )
        SELECT certifier, credential, setting,
               CASE WHEN p > 0 AND p < 1
                    THEN sqrt(greatest((passed_squares - 2 * p * mixed + p * p * squares) / (n * p * (1 - p)), 1)) ELSE 1 END AS spread
        FROM sums
        """,
    )
