"""How much wider a band of shares of pairs is since several pairs are one person's, who passes them all or none.

Sittings of one person are alike, so that a hundred pairs of fifty people tell less than those of a hundred. Not here: bands that
replicates of people are made for (uncertainty), and the shares themselves.
"""

from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement


def spread_of_persons(work: Scratch, marks: Relation) -> Relation:
    """One row per certifier, credential (``all`` for the certifier's line) and setting: spread.

    The spread is what a standard error of independent pairs is to be multiplied by, at least 1: the square root of the variance of a
    ratio of sums over persons (linearized) over that of as many independent pairs.

    Args:
        work: Where the rows live.
        marks: pid, certifier, credential, setting, passed: a row a pair; ``all`` where a breakdown was given up.
    """
    return work.table("spreads", statement(__package__, "clusters.sql", marks=marks))
