"""A ledger that only grows: JSON lines, each holding the hash of the line before, with its head kept in two other places.

A changed or reordered line breaks the chain; a shortened or missing file contradicts an anchor, or a witness: a head that was
written down elsewhere, for example in a sealed package. Not here: what the lines say (disclosures, releases, access).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.durable import canonical_json, exclusive, flush, write_atomically
from credential_pipeline.foundation.storage.private_files import private_folder, read_private, write_failure

START = "0" * 64
_PLACES = ("anchors", "keys")
"""Folders of a side that hold the heads of its ledgers."""


@dataclass(frozen=True)
class Head:
    """How long a chain was, and the hash of its last line then."""

    lines: int = 0
    hash: str = START

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> "Head":
        """From JSON; raises KeyError, TypeError or ValueError."""
        return cls(int(plain["lines"]), str(plain["hash"]))


@dataclass(frozen=True)
class Line:
    """One line of a ledger.

    Attributes:
        sequence: 1, 2, 3 …
        kind: What happened, in one word.
        facts: What there is to say of it, as JSON.
        when: ISO time that the caller gave.
        previous: Hash of the line before, zeros for the first.
        hash: SHA-256 of all the above.
    """

    sequence: int
    kind: str
    facts: dict[str, Any]
    when: str
    previous: str
    hash: str


NO_LINES: Final = Head()


class Chain:
    """One ledger of one side."""

    def __init__(self, home: Path, path: Path, name: str) -> None:
        """Use, or on the first write make, a ledger.

        Args:
            home: Folder of the side, which keeps the head as ``anchors/<name>.head`` and once more beside its keys.
            path: Its file; only its owner can read it.
            name: How people call it: ``ledger of <name>``.
        """
        self.path, self.name = path, name
        self.anchors = tuple(home / place / f"{name}.head" for place in _PLACES)

    def lines(self, witnesses: Iterable[Head] = ()) -> list[Line]:
        """Every line in order, after the chain, its anchors and every witness were checked.

        Raises:
            SafeError: ``E_LEDGER_BROKEN``, or ``E_KEY_PERMISSIONS`` if others can read it.
        """
        with self._locked():
            return self._lines(witnesses)

    def head(self) -> Head:
        """How long it is, and its last hash: for whoever keeps a copy elsewhere."""
        return head_of(self.lines())

    def append(self, kind: str, facts: Mapping[str, Any], when: datetime, after: Head | None = None) -> Line:
        """Add a line; on disk, with its anchors, when this returns.

        Args:
            kind: What happened, in one word.
            facts: What there is to say of it.
            when: Time, with its zone.
            after: The head that the caller decided on; nothing is added if there have been lines since.

        Raises:
            SafeError: ``E_LEDGER_BROKEN``: what is there is not whole, so nothing is added to it. ``E_LEDGER_MOVED``.
        """
        with self._locked():
            before = head_of(self._lines())
            if after is not None and before != after:
                message = f"Somebody else wrote into the ledger of {self.name} at the same time: run the command again."
                raise SafeError("E_LEDGER_MOVED", message)
            self._keep(before)  # A crash may have left an anchor one line behind; never let it fall back further.
            unsigned = Line(before.lines + 1, kind, dict(facts), when.isoformat(timespec="seconds"), before.hash, "")
            line = Line(**(vars(unsigned) | {"hash": _hash(unsigned)}))
            self.path.touch(mode=0o600)
            with self.path.open("r+b") as file:
                # What a crash cut short never counted.
                whole = file.read().rfind(b"\n") + 1
                file.truncate(whole)
                file.seek(whole)
                file.write(canonical_json(vars(line)) + b"\n")
                file.flush()
                flush(self.path)
            self._keep(head_of([line]))
            return line

    def _keep(self, head: Head) -> None:
        for anchor in self.anchors:
            if head != self._anchor(anchor):
                write_atomically(anchor, canonical_json(vars(head)))

    def _lines(self, witnesses: Iterable[Head] = ()) -> list[Line]:
        lines = self._read()
        hashes = [START]
        for place, line in enumerate(lines, start=1):
            if (line.sequence, line.previous, line.hash) != (place, hashes[-1], _hash(line)):
                raise self._broken(f"line {place} is not what was written")
            hashes.append(line.hash)
        anchors = [self._anchor(path) for path in self.anchors]
        # A crash between the line and an anchor leaves that anchor one line behind, never more.
        if any(len(lines) - anchor.lines > 1 for anchor in anchors):
            raise self._broken("an anchor knows fewer lines")
        for head in (*anchors, *witnesses):
            if head.lines >= len(hashes) or hashes[head.lines] != head.hash:
                raise self._broken(f"it held {head.lines} lines before, and now holds {len(lines)} or other ones")
        return lines

    def _read(self) -> list[Line]:
        try:
            # What follows the last line end is a write that a crash cut short.
            return [Line(**json.loads(line)) for line in read_private(self.path).split(b"\n")[:-1]]
        except FileNotFoundError:
            return []
        except (ValueError, TypeError):
            raise self._broken("a line can't be read") from None

    def _anchor(self, path: Path) -> Head:
        try:
            return Head.read(json.loads(read_private(path)))
        except FileNotFoundError:
            return NO_LINES
        except (ValueError, TypeError, KeyError):
            raise self._broken("an anchor can't be read") from None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            private_folder(self.path.parent)
            for anchor in self.anchors:
                private_folder(anchor.parent)
            with exclusive(self.anchors[0].parent):
                yield
        except OSError as error:
            raise write_failure(error, self.path.parent) from None

    def _broken(self, how: str) -> SafeError:
        message = (
            f"The ledger of {self.name}, {self.path}, was changed, shortened or lost ({how}): put back the copy of the last backup "
            f"and its anchors ({' and '.join(map(str, self.anchors))}), explain the difference, and see that `ledger verify` finds it whole; until "
            f"then nothing is sent or released."
        )
        return SafeError("E_LEDGER_BROKEN", message)


def head_of(lines: list[Line]) -> Head:
    """How long a chain of these lines is, and its last hash."""
    return Head(lines[-1].sequence, lines[-1].hash) if lines else NO_LINES


def _hash(line: Line) -> str:
    plain = {name: value for name, value in vars(line).items() if name != "hash"}
    return hashlib.sha256(canonical_json(plain)).hexdigest()
