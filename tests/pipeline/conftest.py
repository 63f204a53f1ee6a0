"""One small simulated pilot, run once through the command line; every test works on a copy of its folder."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

LEARNERS = 1_500
REGISTRY_SIZE = 12_000


@dataclass(frozen=True)
class Answer:
    """What a command did."""

    code: int
    out: str
    err: str


def command(home: Path, *words: str, registry: Path | None = None, **environment: str) -> Answer:
    """Run the command line as a user would, bounded in time."""
    names = ("DAGSTER_HOME", "CLEARINGHOUSE_HOME", "ENCLAVE_HOME", "PUBLIC_HOME", "CREDENTIAL_PIPELINE_REGISTRY")
    clean = {key: value for key, value in os.environ.items() if key not in names}
    overlay = ["--registry", str(registry)] if registry else []
    done = subprocess.run(
        [sys.executable, "-m", "assets.cli", "--home", str(home), *overlay, *words],
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
        env={**clean, **environment},
        cwd=Path(__file__).parents[2],
    )
    return Answer(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which both industries were simulated and run to the end."""
    home = tmp_path_factory.mktemp("pilot") / "home"
    simulated = command(
        home, "simulate", "--learners", str(LEARNERS), "--registry-size", str(REGISTRY_SIZE), "--seed", "7"
    )
    assert simulated.code == 0, simulated.err
    ran = command(home, "run", "manufacturing", "healthcare")
    assert ran.code == 0, ran.err + ran.out
    return home


@pytest.fixture
def home(pilot: Path, tmp_path: Path) -> Path:
    """A copy of the pilot that a test may spoil."""
    target = tmp_path / "home"
    shutil.copytree(pilot, target, symlinks=True)
    return target


@pytest.fixture
def run() -> Callable[..., Answer]:
    """The command line."""
    return command
