"""The locked log: full texts of unexpected errors, which may quote a cell, for the side's own account only."""

import datetime
import os
from pathlib import Path

LOG = "vault.log"


def keep(home: Path, text: str) -> bool:
    """Append a text to ``<home>/vault.log`` (mode 0600); False if it could not be kept.

    Raising here would chain the very text that must not leave, so a full disk costs the log and nothing else.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(home / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{datetime.datetime.now(datetime.UTC).isoformat()}\n{text}\n")
    except OSError:
        return False
    return True
