"""One writer at a time in a store: a lock of the operating system, which dies with its process and leaves nothing behind.

Versions need no lock between readers and writers; this one keeps two steps from working at the same time on what one builds
on the other's result, and from sharing the machine's memory.
"""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_LOCK = ".lock"
_SECONDS = 0.5


@contextmanager
def writing(store: Path, who: str, waiting: Callable[[str], None]) -> Iterator[None]:
    """Be the only writer of a store; wait for whoever is.

    Args:
        store: Folder of the store; made if it is missing.
        who: What others who wait are told, for example a run and its hop.
        waiting: Called with the present writer's ``who``, once for each that is waited for.
    """
    store.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (store / _LOCK).open("a+", encoding="utf-8") as lock:
        _acquire(lock, waiting)
        _note(lock, who)
        try:
            yield
        finally:
            _note(lock, "")  # Closing the file gives the lock back.


def _acquire(lock: IO[str], waiting: Callable[[str], None]) -> None:
    told = None
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip()
            if holder and holder != told:
                waiting(holder)
                told = holder
            time.sleep(_SECONDS)
        else:
            return


def _note(lock: IO[str], who: str) -> None:
    lock.truncate(0)
    lock.write(who)
    lock.flush()
