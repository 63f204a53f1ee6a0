"""What to say of deliveries that were refused as a whole: which file, why, and what was declared."""

from collections.abc import Sequence

from credential_pipeline.clearinghouse.raw_feeds.reasons import REASONS
from credential_pipeline.foundation.file_names import shown_delivery
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.storage.engine import Connection

_REFUSED = """
SELECT certifier, delivery, sha256, reason_code FROM raw_feeds.deliveries WHERE state = 'refused' ORDER BY ALL
"""


def explain_refusals(con: Connection, industry: str, certifiers: Sequence[Certifier]) -> str:
    """A sentence for every refused delivery; empty if there is none. A file name that may hold somebody's is not in it.

    Args:
        con: Connection with ``raw_feeds.deliveries``.
        industry: The partition.
        certifiers: The industry's certifiers, for the columns that they declare.
    """
    declared = {one.certifier: ", ".join(one.source_columns) for one in certifiers}
    return " ".join(
        f"inbox/{industry}/{certifier}/{shown_delivery(certifier, delivery, sha256)}: {REASONS[code]} [{code}]"
        + (f" Declared are: {declared[certifier]}." if code == "E_HEADER" else "")
        for certifier, delivery, sha256, code in con.execute(_REFUSED).fetchall()
    )
