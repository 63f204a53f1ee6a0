"""``make bench``: simulate the full pilot, run it, run it again, and print what it cost and how near it came."""

import argparse
import tempfile
from pathlib import Path

from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.names import HOPS, SHARED, Side
from credential_pipeline.foundation.storage.snapshots import Store
from tests.bench import linkage, outcomes
from tests.bench.measure import run


def main() -> int:
    """Print the tables as Markdown; exit code 1 if a command fails."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--learners", type=int, default=119_000)
    parser.add_argument("--registry-size", type=int, default=1_000_000)
    parser.add_argument("--industry", default="manufacturing")
    parser.add_argument("--home", type=Path, help="keep the data here; a temporary folder if not given")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = options.home or Path(temporary) / "home"
        size = ["--learners", str(options.learners), "--registry-size", str(options.registry_size)]
        costs = {
            "simulate": (run(home, "simulate", *size), "≤ 120 s"),
            f"run {options.industry}": (run(home, "run", options.industry), "≤ 300 s, ≤ 6 GiB"),
            "run again, nothing new": (run(home, "run", options.industry), "≤ 15 s"),
        }
        print(f"{options.learners:,} learners, {options.registry_size:,} students\n")
        print("| work | wall | CPU | peak memory | bound |\n|---|---|---|---|---|")
        for work, (cost, bound) in costs.items():
            print(cost.line(work, bound))
        if any(cost.code for cost, _ in costs.values()):
            return 1
        print(f"\nGates: {_gate_seconds(home, options.industry):.1f} s of the run (aim: at most 10 %)\n")
        print(linkage.table(home, options.industry), "\n")
        print(outcomes.table(home, options.industry))
    return 0


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
