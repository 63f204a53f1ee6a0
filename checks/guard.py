"""Keeps personal values out of Dagster's event log: what goes wrong inside a hop leaves it as one safe sentence.

Dagster stores exceptions with everything that they chain, and DuckDB quotes the offending cell. So everything but a
:class:`SafeError` is replaced, and its full text goes only to a file that the side's own account can read.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from checks import vault
from credential_pipeline.foundation.errors import SafeError


@contextmanager
def guarded(hop: str, partition: str, home: Path) -> Iterator[None]:
    """Turn whatever is raised inside into a ``dg.Failure`` that names no person and is never retried.

    Args:
        hop: Name of the hop, for the message.
        partition: Industry, or ``shared``.
        home: Storage root of the side; full texts go to its ``vault.log`` (mode 0600).
    """
    try:
        yield
    except SafeError as refusal:
        code = refusal.code
        text = f"{partition} {hop}: {refusal}"
        raise dg.Failure(text, metadata={"code": code, "hop": hop}, allow_retries=False) from None
    except (dg.Failure, dg.RetryRequested, GeneratorExit):
        raise
    except Exception as error:  # noqa: BLE001 - everything else may quote a cell
        kind = type(error).__name__
        kept = (
            f"is kept in {home.name}/{vault.LOG} only"
            if vault.keep(home, traceback.format_exc())
            else "could not be kept"
        )
        text = f"{partition} {hop}: an unexpected {kind} stopped the hop; its text may hold personal data and {kept} [E_UNEXPECTED]"
        raise dg.Failure(text, metadata={"code": "E_UNEXPECTED", "hop": hop}, allow_retries=False) from None
