"""The categories of the last release, which the next one keeps where it can.

Reads the published file only. Not here: what is done with them (ladder.py).
"""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from credential_pipeline.foundation.storage.engine import Connection

_LABELS = """
WITH cells AS (
    SELECT * FROM read_csv(?, all_varchar = true)
    WHERE industry = ? AND "table" NOT IN ('never_passed', 'each') AND measure <> 'next_award_effect'
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
"""


@dataclass(frozen=True)
class Earlier:
    """What the last release told apart.

    Attributes:
        labels: (dimension, within what) to the labels; None if there is no earlier release.
    """

    labels: dict[tuple[str, str], frozenset[str]] | None = field(default=None)

    def of(self, dimension: str, within: str = "") -> frozenset[str] | None:
        """The labels of a dimension, for credentials within a certifier; None if there is no earlier release."""
        return None if self.labels is None else self.labels.get((dimension, within), frozenset())


def read_earlier(con: Connection, file: Path | None, industry: str) -> Earlier:
    """Read the categories of an earlier release.

    Args:
        con: Any connection.
        file: Its ``outcomes.csv``; None if there is none.
        industry: The industry whose cells count.
    """
    if file is None:
        return Earlier()
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for dimension, within, label in con.execute(_LABELS, [str(file), industry]).fetchall():
        found[dimension, within].add(label)
    return Earlier({key: frozenset(labels) for key, labels in found.items()})
