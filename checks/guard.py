"""Keeps personal values out of Dagster's event log: what goes wrong inside a hop leaves it as one safe sentence.

Dagster stores exceptions with everything that they chain, and DuckDB quotes the offending cell. So everything but a
:class:`~credential_pipeline.foundation.errors.SafeError` is replaced by a sentence (faults.py), and the full text of what is
not understood goes only to a file that the side's own account can read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from checks import faults


@contextmanager
def guarded(hop: str, partition: str, home: Path) -> Iterator[None]:
    """Turn whatever is raised inside into a ``dg.Failure`` that names no person and is never retried.

    Args:
        hop: Name of the hop, for the message.
        partition: Industry, or ``shared``.
        home: Storage root of the side; full texts go to its ``vault.log`` (mode 0600).

    Raises:
        dg.Failure: Whatever stopped the hop.
        KeyboardInterrupt: Somebody ended the run while DuckDB worked.
    """
    try:
        yield
    except (dg.Failure, dg.RetryRequested, GeneratorExit):
        raise
    except Exception as error:  # noqa: BLE001 - everything but a refusal may quote a cell
        if faults.interrupted(error):
            raise KeyboardInterrupt from None
        refusal = faults.explain(error, home)
        text = f"{partition} {hop}: {refusal}"
        raise dg.Failure(text, metadata={"code": refusal.code, "hop": hop}, allow_retries=False) from None
