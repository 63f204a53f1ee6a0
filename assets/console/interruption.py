"""Ctrl-C ends a run wherever it is pressed.

Python raises it as an exception in whatever line happens to run. In the callback of a weak reference it is lost, Dagster drops it
while a run ends, and in the middle of an import it may come out as a fault of another kind. But Python also writes every signal
to a pipe, which no library empties: what lies there stops the run at its next line of progress, at a fault, and at its end.
"""

import contextlib
import logging
import os
import signal
from collections.abc import Iterator

from credential_pipeline.foundation.progress import PROGRESS

_STOP = {signal.SIGINT, signal.SIGTERM}


class _Pressed(logging.Handler):
    """Looks after Ctrl-C at every line of progress."""

    def __init__(self, pipe: int) -> None:
        super().__init__()
        self._pipe = pipe

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - each line is an occasion, whatever it says
        self.look()

    def look(self) -> None:
        """Stop if somebody asked for it since the last look.

        Raises:
            KeyboardInterrupt: Somebody did.
        """
        with contextlib.suppress(BlockingIOError):
            if _STOP & set(os.read(self._pipe, 4096)):
                raise KeyboardInterrupt


@contextlib.contextmanager
def heard() -> Iterator[_Pressed]:
    """Keep every Ctrl-C until somebody looks; belongs around the whole of a run, in the main thread.

    Yields:
        What looks.
    """
    reading, writing = os.pipe()
    for end in (reading, writing):
        os.set_blocking(end, False)
    pressed = _Pressed(reading)
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    PROGRESS.addHandler(pressed)
    try:
        yield pressed
    except Exception:
        pressed.look()
        raise
    finally:
        PROGRESS.removeHandler(pressed)
        signal.set_wakeup_fd(before)
        os.close(reading)
        os.close(writing)
