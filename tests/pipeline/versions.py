"""What is current in a home: names of versions, and the bytes of the public folder."""

import hashlib
from pathlib import Path


def versions(home: Path) -> dict[str, str]:
    """Every CURRENT pointer below the stores: path to version."""
    return {str(path.relative_to(home)): path.read_text() for path in sorted(home.glob("*/store/*/*/CURRENT"))}


def public_bytes(home: Path) -> dict[str, str]:
    """Hash of every public file; the side's own store, keys and ledgers lie beside them."""
    own = {"store", "keys", "anchors", "arrivals.jsonl"}
    files = [path for path in sorted((home / "public").rglob("*")) if path.is_file() and not own & set(path.parts)]
    return {str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
