"""What each hop declares of time: how old it may be, and when it runs by itself if its side's sensor is switched on.

Not here: schedules and sensors (automation.py).
"""

import datetime
from collections.abc import Sequence

import dagster as dg

_MONTHLY = dg.FreshnessPolicy.time_window(
    warn_window=datetime.timedelta(days=35), fail_window=datetime.timedelta(days=45)
)
_QUARTERLY = dg.FreshnessPolicy.time_window(
    warn_window=datetime.timedelta(days=100), fail_window=datetime.timedelta(days=130)
)


def freshness(*, partitioned: bool) -> dg.FreshnessPolicy:
    """How old the newest version may be: deliveries are monthly, the drops that all industries share come quarterly.

    Dagster's policies know no partitions: an asset counts as fresh while *any* industry is. What is late in one industry is
    told by ``credential-pipeline status``.
    """
    return _MONTHLY if partitioned else _QUARTERLY


def when_newer(received: Sequence[str]) -> dg.AutomationCondition:  # type: ignore[type-arg]
    """Run when something that the hop reads on its own side is newer and nothing that it reads is missing.

    Args:
        received: Hops of another side. Their Dagster may be another instance; that their package has arrived, the side's own
            observed source tells.
    """
    eager = dg.AutomationCondition.eager()
    return eager.ignore(dg.AssetSelection.assets(*received)) if received else eager
