"""A small simulated world, written once for all tests of the simulation."""

import hashlib
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pandas as pd

from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.simulation.simulate import SimulationSummary, simulate

INDUSTRIES = ("healthcare", "manufacturing")
LEARNERS, STUDENTS = 700, 4_000
rooms: list[Path] = []
"""Where worlds may lie; pytest clears away after them."""


def room() -> Path:
    """A new folder for a world that lives as long as the tests."""
    return Path(mkdtemp(dir=rooms[-1]))


@cache
def small_world() -> tuple[Path, SimulationSummary, list[str]]:
    """Home, summary and progress lines of the world that most tests look at."""
    home, said = room(), list[str]()
    summary = simulate(home, load_registry(), INDUSTRIES, LEARNERS, STUDENTS, seed=7, progress=said.append)
    return home, summary, said


def truth(home: Path, name: str) -> pd.DataFrame:
    """A truth file as text."""
    return pd.read_csv(home / "truth" / f"{name}.csv", dtype=str, keep_default_na=False)


def hashes(home: Path) -> dict[str, str]:
    """sha256 of every file under a folder."""
    files = sorted(path for path in home.rglob("*") if path.is_file())
    return {str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
