"""``python -m tests.bench.linking.scale``: linking 119,000 learners to registries of several sizes, each in a process of its own.

Prints seconds, memory, candidate pairs and F1, the ratio to an exact join of the same run, and the growth with size.
"""

import argparse
import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from credential_pipeline.foundation.storage.engine import connect
from tests.bench.linking import engine, scale_world
from tests.bench.linking.scores import Score
from tests.bench.measure import run_job

JOBS = "tests.bench.linking.scale_jobs"


@dataclass(frozen=True)
class Bound:
    """The most of one quantity: what must be, and what is aimed at."""

    must: float
    aim: float


@dataclass(frozen=True)
class Measured:
    """One size: CPU seconds, peak GB, times the exact join, and the line of the table."""

    cpu: float
    peak: float
    ratio: float
    line: str


BOUNDS = {1_000_000: (Bound(10, 5), Bound(1.5, 0.6)), 10_000_000: (Bound(65, 30), Bound(5, 2))}
"""Students -> bounds of CPU seconds and of GB."""
RATIO, GROWTH = Bound(90, 40), Bound(1.0, 0.85)
_HEAD = (
    "| registry | pairs kept | CPU-s | wall s | peak GB | exact-join CPU-s | times exact join | F1 | precision | must | aim |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|"
)


def main(words: Sequence[str] | None = None) -> int:
    """Make the worlds that are missing, measure, print; 1 if a floor is missed.

    Args:
        words: Words of the command line; those of the process if None.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.bench.linking.scale")
    parser.add_argument("--students", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--learners", type=int, default=scale_world.LEARNERS)
    parser.add_argument("--folder", type=Path, help="keep the worlds here; a temporary folder if not given")
    parser.add_argument("--make-only", action="store_true", help="make the worlds and stop")
    parser.add_argument("--memory-limit", default="4GB", help="DuckDB's memory limit")
    parser.add_argument("--threads", type=int, help="DuckDB's threads; all cores if not given")
    options = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        measured = []
        for students in sorted(options.students):
            world = folder / _label(students)
            if not (world / "truth.parquet").exists():
                print(f"making a registry of {students:,} students", flush=True)
                scale_world.make(world, students, options.learners)
            if not options.make_only:
                measured.append((students, _measure(world, options.memory_limit, options.threads)))
    if not measured:
        return 0
    print("\n## Growth: the hop without the orchestration around it, on tables written by hand\n\n" + _HEAD)
    missed = False
    for students, result in measured:
        verdict, below = _verdict(students, result)
        missed |= below
        print(f"| {students:,} {result.line} {verdict} |")
    for (few, less), (many, more) in pairwise(measured):
        growth = math.log(more.cpu / less.cpu) / math.log(many / few)
        missed |= growth > GROWTH.must
        print(
            f"\nGrowth {few:,} → {many:,}: exponent {growth:.2f} (CPU); must ≤ {GROWTH.must} {_mark(growth <= GROWTH.must)}, "
            f"aim ≤ {GROWTH.aim} {_mark(growth <= GROWTH.aim)}"
        )
    return int(missed)


def _verdict(students: int, result: "Measured") -> tuple[str, bool]:
    """Bounds of this size beside the measurement, and whether one that must hold is missed."""
    shown, missed = [], False
    for kind in ("must", "aim"):
        bounds = [(result.ratio, getattr(RATIO, kind), "times exact join")]
        if students in BOUNDS:
            for measured, bound, unit in zip((result.cpu, result.peak), BOUNDS[students], ("CPU-s", "GB"), strict=True):
                bounds.append((measured, getattr(bound, kind), unit))
        missed |= kind == "must" and any(measured > bound for measured, bound, _ in bounds)
        shown.append(", ".join(f"{bound} {unit} {_mark(measured <= bound)}" for measured, bound, unit in bounds))
    return " | ".join(shown), missed


def _mark(good: bool) -> str:  # noqa: FBT001
    return "✓" if good else "✗"


def _label(students: int) -> str:
    return f"{students // 1_000_000}m" if students % 1_000_000 == 0 else str(students)


def _measure(world: Path, memory_limit: str, threads: int | None) -> Measured:
    with tempfile.TemporaryDirectory() as temporary:
        given = {"world": world, "memory_limit": memory_limit, "threads": threads}
        if not engine.has_person_index(world):
            run_job(JOBS, "index", **given)
        floor = run_job(JOBS, "exact_join", **given)[1]["cpu"]
        links = Path(temporary) / "links.parquet"
        _, done = run_job(JOBS, "link", target=links, **given)
        scored = score(world, links)
    shown = f"{scored.f1:.4f} | {scored.precision:.4f}"
    cpu, ratio = done["cpu"], done["cpu"] / floor
    line = f"| {done['pairs']:,} | {cpu:.1f} | {done['wall']:.1f} | {done['peak']:.2f} | {floor:.2f} | {ratio:.0f} | {shown} |"
    return Measured(cpu, done["peak"], ratio, line)


def score(world: Path, links: Path) -> Score:
    """Each profile's student against the truth."""
    with connect() as con:
        counts = con.execute(
            f"""
            SELECT count(f.student_id), count(t.student_id), count(*) FILTER (f.student_id = t.student_id)
            FROM read_parquet('{world}/truth.parquet') t
            LEFT JOIN read_parquet('{links}') f USING (profile_id)
            """
        ).fetchall()[0]
    return Score(*counts)


if __name__ == "__main__":
    raise SystemExit(main())
