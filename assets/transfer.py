"""The transfer folders: whether something else lies there than before, and whether a package is still the one to read.

Which package that is, its signed number says (engines/handover/arrivals.py).
"""

import hashlib
from pathlib import Path

from credential_pipeline.engines.handover.arrivals import newest
from credential_pipeline.engines.handover.keys import VerifyKey
from credential_pipeline.engines.handover.package import packages
from credential_pipeline.foundation.errors import SafeError


def listing(folder: Path) -> str:
    """Changes whenever a package arrives, goes or is sealed anew: a short hash; empty if there is none."""
    found = packages(folder)
    signed = (signature for package in found for signature in sorted(package.glob("*.sig")))
    seen = [*(package.name for package in found), *(f"{path.stat().st_mtime_ns}" for path in signed)]
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()[:16] if found else ""


def is_newest(folder: Path, package: str | None, sender: VerifyKey) -> bool:
    """Whether a package still lies in the transfer folder and is the one to read."""
    try:
        return newest(folder, sender, "").name == package
    except (OSError, SafeError):
        return False
