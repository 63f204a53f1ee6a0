"""Worlds of people that nobody here made up: runs census_people.py in an environment of its own and lays its tasks out.

Says so and goes on where that environment is missing. Not here: what the people and their noise are.
"""

import csv
import subprocess
from pathlib import Path

from tests.bench.linking import world
from tests.bench.linking.world import FIELDS, Layout, Row

TASKS = (
    "usual",
    "usual-2",
    "usual-3",
    "heavy",
    "heavier",
    "names-date",
    "names-date-2",
    "ten-years",
    "typing",
    "survey",
)
"""Tasks that census_people.py writes."""
_BUREAU = Layout("bureau")
_PLACED = {"credential_code": "A", "event_date": "2020-04-01"}


def make(folder: Path, python: Path | None) -> bool:
    """Write the worlds that are missing, one folder for each task; False if they cannot be made here.

    Args:
        folder: Where.
        python: Interpreter of the environment that holds the package; None if it could not be installed.
    """
    if all((folder / task / "truth.csv").exists() for task in TASKS):
        return True
    if python is None or not python.exists():
        return False
    script = Path(__file__).with_name("census_people.py")
    written = folder / "as-written"
    command = [str(python), "-W", "ignore", str(script), str(written)]
    # Only its progress bars stand on the error stream, and the reason if it fails.
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"census people: {done.stderr.strip().splitlines()[-1]}", flush=True)
        return False
    for task in TASKS:
        lay_out(written / task, folder / task)
    return True


def lay_out(written: Path, folder: Path) -> None:
    """Make a world of a task that census_people.py has written."""
    feed, persons = ([_trimmed(row) for row in _read(written / name)] for name in ("feed.csv", "registry.csv"))
    truth = [
        {
            "certifier": _BUREAU.name,
            "record_id": row["record_id"],
            "person_id": row["simulant_id"],
            "household": row["household"],
            "race": row["race"],
            "sex": row["true_sex"],
            "age": row["age_group"],
            "surname": row["surname"],
        }
        for row in feed
    ]
    students = [
        {"student_id": row["student_id"], "person_id": row["simulant_id"], "household": row["household"]}
        for row in persons
    ]
    feeds = [{name: row[name] for name in ("record_id", *FIELDS) if name in row} | _PLACED for row in feed]
    registry = [{name: row[name] for name in ("student_id", *FIELDS) if name in row} for row in persons]
    world.write(folder, {_BUREAU: feeds}, registry, truth, students)


def _trimmed(row: Row) -> Row:
    return {name: value.strip() for name, value in row.items()}


def _read(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
