"""Decision files as the review page writes them, by reviewers who read; and what only the steward knows of a batch."""

import csv
import datetime
import json
from collections.abc import Mapping
from pathlib import Path

HEADER = ["batch", "pair_id", "decision", "reason", "reviewer", "seconds", "shown_at", "decided_at"]
_START = datetime.datetime(2026, 3, 1, 9, 0, tzinfo=datetime.UTC)


def planted(folder: Path, batch: str = "b001") -> dict[str, str]:
    """Planted pair -> its answer; for the folder of an industry's reviews."""
    found: dict[str, str] = json.loads((folder / "planted-pairs" / f"{batch}.json").read_text())
    return found


def drawn(folder: Path, batch: str = "b001") -> list[str]:
    """The pairs of a batch that are not planted, in their order."""
    known = planted(folder, batch)
    raw = json.loads((folder / batch / "batch.json").read_text())
    return [pair["pair_id"] for pair in raw["pairs"] if pair["pair_id"] not in known]


def write_decisions(path: Path, reviewer: str, answers: Mapping[str, str], batch: str = "b001") -> Path:
    """Write a file in which one pair follows the other, each looked at for some seconds."""
    now = _START
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number, (pair, decision) in enumerate(answers.items()):
            seconds = 5 + number * 7 % 11
            then = now + datetime.timedelta(seconds=seconds)
            moments = [at.strftime("%Y-%m-%dT%H:%M:%S.000Z") for at in (now, then)]
            writer.writerow([batch, pair, decision, "", reviewer, f"{seconds}.000", *moments])
            now = then
    return path
