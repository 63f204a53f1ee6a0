"""Time and memory of a whole command or of one job, by the operating system's own accounting."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Cost:
    """What one command cost: seconds on the clock and of the processors, and the largest resident size in GiB."""

    wall: float
    cpu: float
    peak: float
    code: int

    def line(self, work: str, bound: str, ratio: float | None = None) -> str:
        """One line of the table."""
        times = "" if ratio is None else f"{ratio:.1f}"
        return f"| {work} | {self.wall:.1f} s | {self.cpu:.1f} s | {self.peak:.2f} GiB | {bound} | {times} |"


def run(home: Path, *words: str) -> Cost:
    """Run the command line and account for it."""
    environment = {key: value for key, value in os.environ.items() if not key.endswith("_HOME")}
    command = [sys.executable, "-m", "assets.console.main", "--home", str(home), *words]
    return _account(command, environment, subprocess.DEVNULL)


def run_job(module: str, job: str, **given: Any) -> tuple[Cost, dict[str, Any]]:
    """Run one job in a process of its own, so that seconds and memory are its own.

    Args:
        module: Module with ``__main__`` behaviour of :func:`answer`.
        job: Name of the job.
        given: Its arguments, as JSON.

    Returns:
        What the process cost, and what the job answered.
    """
    with tempfile.TemporaryDirectory() as folder:
        answer_file = Path(folder) / "answer.json"
        command = [sys.executable, "-W", "ignore", "-m", module, job, json.dumps(given, default=str), str(answer_file)]
        cost = _account(command, dict(os.environ), None)
        if cost.code:
            raise SystemExit(f"benchmark: the job {job} failed")
        return cost, json.loads(answer_file.read_text())


def answer(jobs: Mapping[str, Callable[..., dict[str, Any]]]) -> None:
    """Be the process of one job: do it and write the answer.

    Adds ``cpu`` and ``wall`` of the job without its imports, and ``peak``, its largest resident size in GiB.
    """
    job, given, answer_file = sys.argv[1:4]
    started, used = time.monotonic(), time.process_time()
    answered = jobs[job](**json.loads(given))
    answered = {"cpu": time.process_time() - used, "wall": time.monotonic() - started, "peak": _peak()} | answered
    Path(answer_file).write_text(json.dumps(answered))


def _peak() -> float:
    """Of this program alone; what the system accounts to a process includes what it was before it became this program."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 2**20


def _account(command: Sequence[str], environment: Mapping[str, str], output: int | None) -> Cost:
    started = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=output)
    _, status, usage = os.wait4(process.pid, 0)
    return Cost(
        wall=time.monotonic() - started,
        cpu=usage.ru_utime + usage.ru_stime,
        peak=usage.ru_maxrss / 2**20,
        code=os.waitstatus_to_exitcode(status),
    )
