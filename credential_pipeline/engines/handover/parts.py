"""Encrypted files in parts: none larger than what the transfer takes, written and read as one stream.

Not here: what is in them (package.py, opening.py).
"""

import io
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from credential_pipeline.foundation.storage.private_files import open_regular

_ENDING = ".parquet.age"


def part_name(name: str, place: int) -> str:
    """File name of the first, second, … part of a file: ``links.parquet.age``, ``links.parquet.age.2``."""
    return f"{name}{_ENDING}" + (f".{place}" if place > 1 else "")


class PartsWriter(io.RawIOBase):
    """Writes a stream into as many new private files as it needs.

    Attributes:
        paths: The files.
        failed: What the operating system said when a write failed; who calls ``write`` may turn it into something else.
    """

    def __init__(self, folder: Path, name: str, largest: int) -> None:
        """Begin with the first part; ``largest`` bytes is the size of a full one."""
        super().__init__()
        self.paths: list[Path] = []
        self.failed: OSError | None = None
        self._folder, self._name, self._largest = folder, name, largest
        self._file: IO[bytes] = self._next()
        self._room = largest

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, content: bytes, /) -> int:  # type: ignore[override]  # pyrage gives bytes
        """Write all of it, and begin another part wherever one is full."""
        try:
            return self._write(content)
        except OSError as error:
            self.failed = error
            with suppress(OSError):
                self._file.close()
            raise

    def _write(self, content: bytes) -> int:
        left = memoryview(content)
        while left:
            if not self._room:
                self._end()
                self._file, self._room = self._next(), self._largest
            taken = self._file.write(left[: self._room])
            self._room -= taken
            left = left[taken:]
        return len(content)

    def close(self) -> None:
        """Flush the last part to the disk, unless a write failed."""
        if not self.closed and self.failed is None:
            self._end()
        super().close()

    def _next(self) -> IO[bytes]:
        path = self._folder / part_name(self._name, len(self.paths) + 1)
        self.paths.append(path)
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb")

    def _end(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


class PartsReader(io.RawIOBase):
    """Reads the parts of a file as one stream."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Read these files, one after the other."""
        super().__init__()
        self._left = list(paths)
        self._file: IO[bytes] | None = None

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Up to ``size`` bytes; fewer at the end of a part, none at the end of the last."""
        while True:
            if self._file is None:
                if not self._left:
                    return b""
                self._file = os.fdopen(open_regular(self._left.pop(0)), "rb")
            if found := self._file.read(size):
                return found
            self._file.close()
            self._file = None

    def close(self) -> None:
        """Close the part that is open."""
        if self._file is not None:
            self._file.close()
        super().close()
