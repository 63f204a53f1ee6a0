"""``make bench-linkage``: the linkage beside other methods on public data, on the simulated pilot, and on request at scale.

Exit code 1 if a floor is missed. Not here: the floors' reasons (the figures are those of the README's table).
"""

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.bench.linking import contest, febrl, pilot, scale, unseen
from tests.bench.linking.methods import LABELS
from tests.bench.linking.scores import Score
from tests.bench.measure import run, run_job

METHODS = {
    "ours": "this product, every step of the hop, trained without labels",
    "parts": "its engine, in ways that no hop takes",
    **LABELS,
}


@dataclass(frozen=True)
class Bound:
    """Least F1 of one result: what must be, and what is aimed at."""

    must: float
    aim: float


HOP = "links of the hop"
BOUNDS: dict[tuple[str, str, str], Bound] = {
    ("febrl4", "all", HOP): Bound(0.985, 1.0),
    ("febrl4", "lite", HOP): Bound(0.915, 0.9995),
    ("febrl4", "namedob", HOP): Bound(0.910, 0.980),
    ("febrl4", "all", "one to one"): Bound(0.9998, 1.0),
    ("febrl4", "lite", "one to one"): Bound(0.9990, 0.9995),
    ("febrl4", "namedob", "one to one"): Bound(0.967, 0.980),
}
"""Data set, fields and way of taking links -> the bound of the product, and of its engine where each table holds nobody twice."""


def main() -> int:
    """Print the tables as Markdown; exit code 1 if a floor is missed."""
    parser = argparse.ArgumentParser(prog="make bench-linkage")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument(
        "--data", nargs="+", help="only FEBRL tasks with one of these names or fields, as in: lite namedob"
    )
    parser.add_argument("--only", nargs="+", choices=("febrl", "pilot", "unseen", "scale"), help="these parts only")
    parser.add_argument(
        "--full", action="store_true", help="the pilot at full size, unseen worlds and a large registry too"
    )
    parser.add_argument("--home", type=Path, help="home of the pilot; kept and used again")
    parser.add_argument("--learners", type=int, default=12_000)
    parser.add_argument("--registry-size", type=int, default=100_000)
    parser.add_argument("--industry", default="manufacturing")
    options = parser.parse_args()
    parts = options.only or ["febrl", "pilot", *(["unseen", "scale"] if options.full else [])]
    missed = False
    if "febrl" in parts:
        missed |= _febrl(options.methods, set(options.data or ()))
    if "pilot" in parts:
        size = (119_000, 1_000_000) if options.full else (options.learners, options.registry_size)
        with tempfile.TemporaryDirectory() as temporary:
            home = options.home or Path(temporary) / "home"
            _pilot(home, options.industry, *size)
            # Some methods do not hold the whole of the large one.
            parts_of = 8 if options.full else 1
            print("\n## Simulated pilot: other methods on the same profiles and students\n\n" + contest.HEAD)
            for line in contest.rows(
                "pilot", home, options.industry, pilot.truth(home, options.industry), parts=parts_of
            ):
                print(line, flush=True)
    if "unseen" in parts:
        missed |= unseen.main(["--peers"])
    if "scale" in parts:
        missed |= scale.main(["--students", "1000000", "10000000"])
    return int(missed)


def _febrl(methods: list[str], wanted: set[str]) -> bool:
    print("## Public data: FEBRL\n")
    print("| data | fields | method | links | precision | recall | F1 | must | aim | CPU-s | peak MB |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    missed = False
    chosen = [task for task in febrl.TASKS if not wanted or wanted & set(task)]
    for name, fields in chosen:
        for method in methods:
            _, done = run_job("tests.bench.linking.febrl_jobs", method, name=name, fields=fields)
            for way, counts in done["scores"].items():
                score = Score(**counts)
                bound = BOUNDS.get((name, fields, way)) if method in {"ours", "parts"} else None
                must, aim = (_against(score.f1, getattr(bound, which)) if bound else "" for which in ("must", "aim"))
                missed |= must.endswith("✗")
                print(
                    f"| {name} | {fields} | {METHODS[method]} | {way} | {score.precision:.4f} | {score.recall:.4f} | "
                    f"{score.f1:.4f} | {must} | {aim} | {done['cpu']:.1f} | {done['peak'] * 1024:.0f} |",
                    flush=True,
                )
    return missed


def _against(measured: float, bound: float) -> str:
    return f"{bound:.4f} {'✓' if round(measured, 4) >= bound else '✗'}"


def _pilot(home: Path, industry: str, learners: int, registry_size: int) -> None:
    if not (home / "truth").exists():
        size = ["--learners", str(learners), "--registry-size", str(registry_size), "--industry", industry]
        if run(home, "simulate", *size).code:
            raise SystemExit("benchmark: the pilot could not be simulated")
    if run(home, "run", industry, "--until", "linked_records").code:
        raise SystemExit("benchmark: the pilot was refused")
    with tempfile.TemporaryDirectory() as temporary:
        links = Path(temporary) / "links.csv"
        given = {"home": home, "industry": industry, "target": links, "threshold": pilot.REVIEWED_FROM}
        _, done = run_job("tests.bench.linking.scale_jobs", "relink", **given)
        reliability = pilot.reliability(home, industry, links)
    print("\n## Simulated pilot: feed records to students\n")
    print(pilot.table(home, industry)[0])
    print(f"\nThe linking hop alone: {done['cpu']:.1f} CPU-s, {done['peak'] * 1024:.0f} MB at its peak")
    print(f"\nReliability of the probabilities:\n\n{reliability}")


if __name__ == "__main__":
    raise SystemExit(main())
