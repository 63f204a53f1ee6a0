"""When a delivery was first seen, and its bytes: kept outside of snapshots, so that tables depend on content alone."""

import json
import os
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from credential_pipeline.foundation.errors import SafeError

_OWNER_ONLY = 0o600


def read_receipts(file: Path) -> dict[str, datetime]:
    """Return sha256 -> the moment (UTC) at which these bytes were first seen; empty if there is no file yet.

    A last line that a crash cut off is passed over; the next receipt takes its place.

    Raises:
        SafeError: E_RECEIPTS if any other line is unreadable.
    """
    if not file.exists():
        return {}
    seen: dict[str, datetime] = {}
    lines = file.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        try:
            receipt = json.loads(line)
            moment = datetime.fromisoformat(receipt["received_at"])
            seen.setdefault(str(receipt["sha256"]), moment)
        except (ValueError, KeyError, TypeError):
            if number == len(lines):
                continue
            message = f"line {number} of {file.name} is damaged; restore it from a backup"
            raise SafeError("E_RECEIPTS", message) from None
    return seen


def record_receipts(file: Path, hashes: Iterable[str], now: datetime | None = None) -> int:
    """Append the hashes that were not seen before; return how many were new.

    Args:
        file: receipts.jsonl; created, readable by its owner only, if missing.
        hashes: sha256 of deliveries.
        now: The moment to record; the current time if None.
    """
    known = read_receipts(file)
    new = [one for one in dict.fromkeys(hashes) if one not in known]
    if not new:
        return 0
    moment = (now or datetime.now(tz=UTC)).astimezone(UTC).isoformat(timespec="seconds")
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps({"sha256": one, "received_at": moment}, sort_keys=True) + "\n" for one in new)
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, _OWNER_ONLY)
    with os.fdopen(handle, "r+b") as opened:
        whole = opened.read().rfind(b"\n") + 1
        opened.truncate(whole)
        # One write of whole lines: two runs that append at once do not mix their lines.
        os.write(opened.fileno(), lines.encode())
        os.fsync(opened.fileno())
    return len(new)


def archive_delivery(archive: Path, sha256: str, content: bytes) -> Path:
    """Keep the bytes of a delivery as ``<archive>/<sha256>``, readable by the owner only; return the path.

    Bytes that are there already are left alone; a crash leaves no half file under the final name.
    """
    archive.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = archive / sha256
    if target.exists():
        return target
    handle, temporary = tempfile.mkstemp(dir=archive, prefix=".")
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    Path(temporary).replace(target)
    return target
