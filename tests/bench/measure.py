"""Time and memory of a whole command, by the operating system's own accounting."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What one command cost: seconds on the clock and of the processors, and the largest resident size in GiB."""

    wall: float
    cpu: float
    peak: float
    code: int

    def line(self, work: str, bound: str) -> str:
        """One line of the table."""
        return f"| {work} | {self.wall:.1f} s | {self.cpu:.1f} s | {self.peak:.2f} GiB | {bound} |"


def run(home: Path, *words: str) -> Cost:
    """Run the command line and account for it."""
    started = time.monotonic()
    environment = {key: value for key, value in os.environ.items() if not key.endswith("_HOME")}
    process = subprocess.Popen(
        [sys.executable, "-m", "assets.cli", "--home", str(home), *words],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    return Cost(
        wall=time.monotonic() - started,
        cpu=usage.ru_utime + usage.ru_stime,
        peak=usage.ru_maxrss / 2**20,
        code=os.waitstatus_to_exitcode(status),
    )
