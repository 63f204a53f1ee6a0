"""``make bench``: simulate the full pilot, run it, run it again, and print what it cost and how near it came.

Every figure is of the command line as people run it, and of the versions that it has published.
"""

import argparse
import tempfile
from pathlib import Path

from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.names import HOPS, SHARED, Side
from credential_pipeline.foundation.storage.snapshots import Store
from tests.bench import intake, linkage, outcomes
from tests.bench.measure import Cost, run, run_job
from tests.bench.page import seconds_to_answer

LARGE = 5_000_000
_REFERENCE = "DuckDB alone reads and writes the registries"


def main() -> int:
    """Print the tables as Markdown; exit code 1 if a command fails."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--learners", type=int, default=119_000)
    parser.add_argument("--registry-size", type=int, default=1_000_000)
    parser.add_argument("--industry", default="manufacturing")
    parser.add_argument("--large", action="store_true", help=f"a run against {LARGE:,} students too")
    parser.add_argument("--home", type=Path, help="keep the data here; a temporary folder if not given")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = options.home or Path(temporary) / "home"
        print(f"{options.learners:,} learners, {options.registry_size:,} students\n")
        print("| work | wall | CPU | peak memory | bound | times the reference's CPU |\n|---|---|---|---|---|---|")
        done = _pilot(home, options.industry, options.learners, options.registry_size, "≤ 90 s, ≤ 2.2 GiB")
        if done is None:
            return 1
        again = run(home, "run", options.industry)
        print(again.line("run again, nothing new", "≤ 5 s"))
        print(f"| ui, until the page answers | {seconds_to_answer(home):.1f} s | | | ≤ 20 s | |")
        if (
            options.large
            and _pilot(home.with_name("large"), options.industry, options.learners, LARGE, "≤ 200 s") is None
        ):
            return 1
        share = _gate_seconds(home, options.industry) / done.wall
        print(f"\nGates, Great Expectations' import included: {share:.1%} of the run's time (aim: at most 8 %)\n")
        print(intake.table(home.with_name("intake")), "\n")
        print(linkage.table(home, options.industry), "\n")
        print(outcomes.table(home, options.industry))
    return again.code


def _pilot(home: Path, industry: str, learners: int, students: int, bound: str) -> Cost | None:
    """Simulate and run one pilot, a line of the table each; None if a command fails."""
    made = run(home, "simulate", "--learners", str(learners), "--registry-size", str(students))
    print(made.line(f"simulate, {students:,} students", "≤ 120 s"), flush=True)
    if made.code:
        return None
    floor, alone = run_job("tests.bench.reference", "read_and_write", home=home)
    print(floor.line(_REFERENCE, ""))
    done = run(home, "run", industry)
    print(done.line(f"run {industry}, {students:,} students", bound, done.cpu / alone["cpu"]), flush=True)
    return None if done.code else done


def _gate_seconds(home: Path, industry: str) -> float:
    total = 0.0
    for hop, side in HOPS.items():
        snapshot = SNAPSHOTS[hop]
        folder = home / Side(side).value / "store"
        version = Store(folder).current(snapshot, industry if snapshot.partitioned else SHARED)
        total += version.manifest.facts.get("gate_seconds", 0.0)
    return total


if __name__ == "__main__":
    raise SystemExit(main())
