"""``make bench-linkage``: the product beside other methods on labelled worlds, each through feeds, a registry and YAML alone.

Exit code 1 if the product misses a must. Not here: how worlds, methods and judgements are made.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.linking import bounds, census, febrl, pilot, product, scale, unseen_world
from tests.bench.linking.judging import Judged, judge, judge_pairs
from tests.bench.linking.method_jobs import METHODS
from tests.bench.measure import run, run_job

PARTS = ("census", "febrl", "own", "pilot", "scale")
USUALLY = ("census", "febrl", "own", "pilot")
OWN = ("spoiled-mild", "spoiled-usual", "spoiled-heavy", "spoiled-extreme", "digits", "heavy-own")
"""Worlds of made-up people without ``--full``."""
PRODUCT = "this product"


@dataclass(frozen=True)
class World:
    """One world that is there: its name, its folder, and whether its feed is searched for duplicates."""

    name: str
    folder: Path
    duplicates: bool = False


@dataclass
class Printed:
    """What is printed after the large table: groups, kinds of misses, and the product's judgements."""

    groups: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)
    missed: bool = False


def main(words: Sequence[str] | None = None) -> int:
    """Print the tables as Markdown; exit code 1 if a must is missed.

    Args:
        words: Words of the command line; those of the process if None.
    """
    options = _options(words)
    parts = options.only or (PARTS if options.full else USUALLY)
    printed = Printed()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        print(bounds.HEAD, flush=True)
        for world in _worlds(folder, parts, options):
            _contest(world, options.methods, printed)
        _print_rest(printed)
        if "pilot" in parts and not options.worlds:
            size = (119_000, 1_000_000) if options.full else (12_000, 100_000)
            _pilot(folder / "pilot", *size)
    if "scale" in parts and not options.worlds:
        printed.missed |= bool(scale.main(["--students", "1000000", "10000000"]))
    return int(printed.missed)


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-linkage")
    parser.add_argument("--worlds", nargs="+", help="only these worlds, by name")
    parser.add_argument("--methods", nargs="*", choices=METHODS, default=list(METHODS), help="other methods")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="these parts only")
    parser.add_argument("--full", action="store_true", help="all worlds, larger ones, and the growth with size")
    parser.add_argument("--folder", type=Path, help="keep the worlds here; a temporary folder if not given")
    parser.add_argument("--census-python", type=Path, help="interpreter of the environment for census people")
    return parser.parse_args(words)


def _worlds(folder: Path, parts: Sequence[str], options: argparse.Namespace) -> Iterator[World]:
    """The worlds that are wanted, each made when its turn comes."""

    def wanted(name: str) -> bool:
        return not options.worlds or name in options.worlds

    if "census" in parts and any(map(wanted, census.TASKS)):
        if census.make(folder / "census", options.census_python):
            yield from (World(name, folder / "census" / name) for name in census.TASKS if wanted(name))
        else:
            print(
                "| (census people: their environment could not be installed here; going on without them) |", flush=True
            )
    for name, task in febrl.TASKS.items():
        if "febrl" in parts and wanted(name):
            febrl.make(folder / "febrl" / name, task)
            yield World(name, folder / "febrl" / name, duplicates=task.duplicates)
    size = (100_000, 10_000) if options.full else (20_000, 5_000)
    for name, variant in unseen_world.VARIANTS.items():
        if "own" in parts and wanted(name) and (options.full or options.worlds or name in OWN):
            unseen_world.make(folder / "own" / name, variant, *size)
            yield World(name, folder / "own" / name)


def _contest(world: World, methods: Sequence[str], printed: Printed) -> None:
    """The product and the other methods on one world, a line of the table each."""
    cost = product.link(world.folder)
    if world.duplicates:
        judged = judge_pairs(world.folder, product.write_pairs(world.folder))
    else:
        judged = judge(world.folder, world.folder / "links.csv", explained=True)
    _show(world.name, PRODUCT, judged, cost.cpu, cost.peak, printed)
    printed.judged.append(judged)
    printed.kinds += bounds.mechanisms(world.name, judged)
    for method in methods:
        target = world.folder / f"{method}.csv"
        given = {"world": world.folder, "target": target, "duplicates": world.duplicates}
        _, done = run_job("tests.bench.linking.method_jobs", method, **given)
        judged = judge_pairs(world.folder, target) if world.duplicates else judge(world.folder, target)
        _show(world.name, METHODS[method], judged, done["cpu"], done["peak"], printed)


def _show(name: str, method: str, judged: Judged, cpu: float, peak: float, printed: Printed) -> None:
    held = method == PRODUCT
    text, below = bounds.line(name, method, judged, cpu, peak, held=held)
    print(text, flush=True)
    printed.missed |= below
    if method in (PRODUCT, METHODS["tuned"]):
        lines, wide = bounds.group_lines(name, method, judged, held=held)
        printed.groups += lines
        printed.missed |= wide


def _print_rest(printed: Printed) -> None:
    sentence, doubtful = bounds.sure(printed.judged)
    printed.missed |= doubtful
    print(f"\n{sentence}\n")
    if printed.groups:
        print(bounds.GROUP_HEAD)
        print("\n".join(printed.groups))
    print("\nWhat this product loses and links wrongly; = the same, ~ similar, x different, - missing on a side:\n")
    print("| world | kind | rows | what |\n|---|---|---|---|")
    print("\n".join(printed.kinds), flush=True)


def _pilot(home: Path, learners: int, students: int, industry: str = "manufacturing") -> None:
    """The simulated pilot, whose truth knows more groups; an exact join of the cleaned profiles stands beside it."""
    made = home / "truth"
    size = ["--learners", str(learners), "--registry-size", str(students), "--industry", industry]
    if not made.exists() and run(home, "simulate", *size).code:
        raise SystemExit("benchmark: the pilot could not be simulated")
    cost = run(home, "run", industry, "--until", "linked_records")
    if cost.code:
        raise SystemExit("benchmark: the pilot was refused")
    print(f"\nThe simulated pilot, {learners:,} learners, {students:,} students; {cost.cpu:.1f} CPU-s\n")
    print(pilot.table(home, industry)[0])
    print(f"\nReliability of the links made:\n\n{pilot.reliability(home, industry)}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
