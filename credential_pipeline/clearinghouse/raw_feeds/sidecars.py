"""What a sender says of a delivery in a small file beside it: ``<file>.delivery.yml``, or ``<file>.sha256``.

Such a file is no delivery itself. Not here: whether what it says is true (hold.py), and what it does (decide.py).
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Self

import yaml

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.deliveries import ALL
from credential_pipeline.foundation.storage.private_files import read_small

YAML: Final = ".delivery.yml"
HASH: Final = ".sha256"
ENDINGS: Final = (YAML, HASH)
_KEYS: Final = {"sequence", "replaces", "rows", "sha256"}
_HEX: Final = re.compile(r"\A[0-9a-f]{64}\Z")


@dataclass(frozen=True)
class Said:
    """What is said of one delivery; nothing where nothing is.

    Attributes:
        sequence: Its place in the sender's order.
        replaces: File names or delivery ids of those whose place it takes; ``all`` for every earlier one.
        rows: How many rows it has.
        sha256: Hash of its bytes.
        beside: Something lies beside the delivery.
        broken: What lies there cannot be read, so that nobody knows what is said.
    """

    sequence: tuple[int, ...] | None = None
    replaces: tuple[str, ...] = ()
    rows: int | None = None
    sha256: str | None = None
    beside: bool = False
    broken: bool = False

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON, without what is not said."""
        sequence = None if self.sequence is None else list(self.sequence)
        values = {**vars(self), "sequence": sequence, "replaces": list(self.replaces)}
        return {name: value for name, value in values.items() if value not in (None, False, [])}

    @classmethod
    def of(cls, plain: dict[str, Any]) -> Self:
        """From JSON; raises TypeError or ValueError."""
        sequence = plain.get("sequence")
        numbers = None if sequence is None else tuple(map(int, sequence))
        return cls(**{**plain, "sequence": numbers, "replaces": tuple(plain.get("replaces", ()))})


NOTHING: Final = Said()
_BROKEN: Final = Said(beside=True, broken=True)


def is_sidecar(name: str) -> bool:
    """Whether a file of this name lies beside a delivery and is none."""
    return name.lower().endswith(ENDINGS)


def read_sidecars(folder: Path, name: str) -> Said:
    """What lies beside a delivery says of it.

    Args:
        folder: Where the delivery lies.
        name: Its file name.
    """
    said = NOTHING
    for ending in ENDINGS:
        try:
            text = read_small(folder / f"{name}{ending}").decode("utf-8")
        except FileNotFoundError:
            continue
        except (SafeError, UnicodeDecodeError, OSError):
            return _BROKEN
        found = _of_yaml(text) if ending == YAML else _of_hash(text)
        if found is None:
            return _BROKEN
        said = found if said == NOTHING else replace(said, sha256=said.sha256 or found.sha256)
    return said


def _of_hash(text: str) -> Said | None:
    """The first word of what ``sha256sum`` writes."""
    word = text.split(maxsplit=1)[0].removeprefix("\\").lower() if text.strip() else ""
    return Said(sha256=word, beside=True) if _HEX.match(word) else None


def _of_yaml(text: str) -> Said | None:
    try:
        loaded = yaml.load(text, Loader=yaml.BaseLoader)  # a BaseLoader gives text only
    except (yaml.YAMLError, RecursionError):
        return None
    if not isinstance(loaded, dict) or not set(loaded) <= _KEYS:
        return None
    replaces = loaded.get("replaces", [])
    replaces = [replaces] if isinstance(replaces, str) else replaces
    rows, digest = loaded.get("rows"), loaded.get("sha256")
    sequence = re.findall(r"\d+", loaded["sequence"]) if isinstance(loaded.get("sequence"), str) else []
    right = (
        isinstance(replaces, list)
        and all(isinstance(one, str) and one for one in replaces)
        and (rows is None or (isinstance(rows, str) and rows.isdecimal()))
        and (digest is None or (isinstance(digest, str) and _HEX.match(digest.lower()) is not None))
        and ("sequence" in loaded) == bool(sequence)
    )
    if not right:
        return None
    return Said(
        sequence=tuple(map(int, sequence)) or None,
        replaces=tuple(one for one in replaces if one.lower() != "nothing") if ALL not in replaces else (ALL,),
        rows=None if rows is None else int(rows),
        sha256=digest.lower() if digest else None,
        beside=True,
    )
