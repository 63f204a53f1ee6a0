"""Nothing leaves while something that may say "do not share" has come and linkage has not heard it.

Not here: who is blocked (linked_records), and what lies there (assets/clearinghouse/heard.py).
"""

from collections.abc import Mapping

from credential_pipeline.foundation.errors import SafeError


def refuse_stale(industry: str, heard: Mapping[str, str | None], now: Mapping[str, str]) -> None:
    """Check that linkage has heard everything that lies there now and may say "do not share".

    Args:
        industry: The industry.
        heard: What the linked records were made from: name -> digest; None where that is unknown.
        now: The same of what lies there now.

    Raises:
        SafeError: ``E_STALE_BLOCKS``.
    """
    stale = sorted(name for name, digest in now.items() if heard.get(name) != digest)
    if stale:
        message = (
            f"The list of who may not be shared is older than {' and '.join(stale)}: run the hops of {industry} again from"
            f" raw_feeds on; nothing was sent."
        )
        raise SafeError("E_STALE_BLOCKS", message)
