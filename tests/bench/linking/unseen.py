"""``python -m tests.bench.linking.unseen``: the product as an outsider runs it, on worlds that it has never seen.

Makes a home and a registry folder per variant, runs the command line up to the links, exports them, and scores each feed
row's link. Not here: how worlds are made (unseen_world.py).
"""

import argparse
import csv
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.linking import contest, unseen_world
from tests.bench.linking.scores import Score, links_score
from tests.bench.linking.unseen_world import INDUSTRY, VARIANTS
from tests.bench.measure import Cost, run, run_job

FLOORS = {False: (0.990, 0.998), True: (0.92, 0.0)}
"""Heavy noise or not -> least F1 and least precision."""
AIMS = {False: (0.995, 0.999), True: (0.95, 0.0)}
_HEAD = (
    "| variant | rows | precision | recall | F1 | must (F1, precision) | aim | wall s | CPU-s | peak GB |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)
_BORING = frozenset({"moved", "registry_moved"})


@dataclass(frozen=True)
class Judged:
    """The links of one world against its truth.

    Attributes:
        score: Over all feed rows.
        lost: Notes on the rows that should have been linked and were not -> how many.
        wrong: Notes on the rows that were linked wrongly -> how many.
        cost: Of the run, None if links were only scored.
    """

    score: Score
    lost: Counter[str]
    wrong: Counter[str]
    cost: Cost | None = None


def main(words: Sequence[str] | None = None) -> int:
    """Print the tables; exit code 1 below a floor.

    Args:
        words: Words of the command line; those of the process if None.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.bench.linking.unseen")
    parser.add_argument(
        "variants", nargs="*", default=list(VARIANTS), help=f"out of {', '.join(VARIANTS)}; all if none"
    )
    parser.add_argument("--folder", type=Path, help="keep the worlds here and use those that are there")
    parser.add_argument("--students", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument(
        "--direct", action="store_true", help="only do the linking anew, in --folder that was run before"
    )
    parser.add_argument("--threshold", type=float, default=0.8, help="least probability of a link; with --direct only")
    parser.add_argument("--peers", action="store_true", help="the other methods on the same worlds too")
    options = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        judged = {}
        for name in options.variants:
            if options.direct:
                judged[name] = relink_world(folder / name, options.threshold)
            else:
                judged[name] = run_world(folder / name, name, options.students, options.rows)
        lines, missed = table(judged)
        print("\n## Unseen worlds: feed records to students\n")
        print(lines)
        print("\n" + categories(judged))
        if options.peers:
            print("\n" + contest.HEAD)
            for name in options.variants:
                known = f"read_csv('{folder}/{name}/truth.csv', all_varchar = true)"
                truth = f"SELECT certifier, record_id, nullif(student_id, '') AS student_id FROM {known}"
                print("\n".join(contest.rows(name, folder / name / "home", INDUSTRY, truth)), flush=True)
    return int(missed)


def run_world(folder: Path, variant: str, students: int, rows: int) -> Judged:
    """Make the world if it is not there, run the product on it, and judge its links."""
    if not (folder / "truth.csv").exists():
        unseen_world.make(folder, VARIANTS[variant], students, rows)
    registry = ["--registry", str(folder / "registry")]
    cost = run(folder / "home", *registry, "run", INDUSTRY, "--until", "linked_records")
    links = folder / "links.csv"
    exported = run(folder / "home", *registry, "export", "links", INDUSTRY, "--out", str(links))
    if cost.code or exported.code:
        raise SystemExit(f"benchmark: the product refused the unseen world {variant}")
    return judge(folder / "truth.csv", links, cost)


def relink_world(folder: Path, threshold: float) -> Judged:
    """Link a world again that was run before, without the command line, and judge its links."""
    links = folder / "links.csv"
    given = {"home": folder / "home", "industry": INDUSTRY, "target": links, "threshold": threshold}
    cost, _ = run_job("tests.bench.linking.scale_jobs", "relink", **given)
    return judge(folder / "truth.csv", links, cost)


def judge(truth: Path, links: Path, cost: Cost | None = None) -> Judged:
    """Score exported links against the truth of the world.

    Args:
        truth: ``truth.csv`` of the world.
        links: The exported table of links.
        cost: Of the run.
    """
    people = {(row["certifier"], row["record_id"]): row for row in _read(truth)}
    made = {(row["certifier"], row["record_id"]): row["student_id"] or None for row in _read(links)}
    kin = {row["student_id"]: row["household"] for row in people.values() if row["student_id"]}
    true = {" ".join(key): row["student_id"] or None for key, row in people.items()}
    found = {" ".join(key): made.get(key) for key in people}
    lost: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for key, row in people.items():
        notes = sorted(set(row["notes"].split()) - _BORING) or ["nothing"]
        student = made.get(key)
        if row["student_id"] and student is None:
            lost.update(["(rows)", *notes])
        elif student is not None and student != row["student_id"]:
            whose = "of_relative" if kin.get(student) == row["household"] else "of_somebody_else"
            where = "has_row" if row["student_id"] else "has_no_row"
            wrong.update(["(rows)", whose, where, *notes])
    return Judged(links_score(found, true), lost, wrong, cost)


def table(judged: Mapping[str, Judged]) -> tuple[str, bool]:
    """The table of scores as Markdown, and whether a floor is missed."""
    lines, missed = [_HEAD], False
    for name, one in judged.items():
        heavy, score = VARIANTS[name].heavy, one.score
        must, aim = _against(score, *FLOORS[heavy]), _against(score, *AIMS[heavy])
        missed |= must.endswith("✗")
        spent = f"{one.cost.wall:.0f} | {one.cost.cpu:.0f} | {one.cost.peak:.2f}" if one.cost else "- | - | -"
        lines.append(
            f"| {name} | {score.true:,} | {score.precision:.4f} | {score.recall:.4f} | {score.f1:.4f} | {must} | {aim} | {spent} |"
        )
    return "\n".join(lines), missed


def _against(score: Score, f1: float, precision: float) -> str:
    shown = f"{f1:.3f}, {precision:.3f}" if precision else f"{f1:.2f}"
    return f"{shown} {'✓' if score.f1 >= f1 and score.precision >= precision else '✗'}"


def categories(judged: Mapping[str, Judged], most: int = 12) -> str:
    """What was special about lost and wrong rows, the most frequent first."""
    lines = ["| variant | rows | what was special about them |", "|---|---|---|"]
    for name, one in judged.items():
        for kind, counted in (("lost", one.lost), ("wrong", one.wrong)):
            lines.append(f"| {name} | {kind}: {counted['(rows)']} | {_listed(counted, most)} |")
    return "\n".join(lines)


def _listed(counted: Counter[str], most: int) -> str:
    shown: Sequence[tuple[str, int]] = [item for item in counted.most_common() if item[0] != "(rows)"][:most]
    return ", ".join(f"{note} {n}" for note, n in shown)


def _read(path: Path) -> Iterable[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


if __name__ == "__main__":
    raise SystemExit(main())
