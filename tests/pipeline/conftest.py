"""One small simulated pilot, run once through the command line; every test works on a copy of its folder."""

import fcntl
import gc
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

LEARNERS = 1_500
REGISTRY_SIZE = 12_000
_SECONDS = 600.0

# Libraries are loaded once, in a server that forks a clean process for every command; nothing of the product is.
_LIBRARIES = [
    *("dagster", "dagster_duckdb", "great_expectations", "splink", "altair", "vl_convert", "scipy.optimize", "highspy"),
    # What Dagster loads when it opens its database, and what is loaded where packages are sealed.
    *("alembic.command", "dagster._core.storage.event_log.sqlite", "dagster._core.storage.runs.sqlite"),
    *("dagster._core.storage.schedules.sqlite", "dagster._core.execution.execute_in_process", "upath"),
    *("pyrage", "cryptography.hazmat.primitives.asymmetric.ed25519"),
]
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(_LIBRARIES)


@dataclass(frozen=True)
class Answer:
    """What a command did."""

    code: int
    out: str
    err: str


def command(
    home: Path,
    *words: str,
    registry: Path | None = None,
    drawn: bool = False,
    updated: str = "",
    **environment: str,
) -> Answer:
    """Run the command line as a user would, in a process of its own, bounded in time.

    Pictures are left out unless ``drawn``: drawing those of report cards and linkage reports takes a
    quarter of a small run. The pages are written all the same. With ``updated`` a hop's code is another than it was.
    """
    overlay = ["--registry", str(registry)] if registry else []
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        arguments = ["--home", str(home), *overlay, *words]
        process = SERVER.Process(
            target=_run if drawn else partial(_run_undrawn, updated), args=(arguments, environment, str(out), str(err))
        )
        process.start()
        process.join(_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
        return Answer(process.exitcode if process.exitcode is not None else -1, out.read_text(), err.read_text())


def forget_homes() -> None:
    """Let the home of the command line decide alone."""
    for name in ("DAGSTER_HOME", "CLEARINGHOUSE_HOME", "ENCLAVE_HOME", "PUBLIC_HOME", "CREDENTIAL_PIPELINE_REGISTRY"):
        os.environ.pop(name, None)


def _run(arguments: list[str], environment: dict[str, str], out: str, err: str) -> None:
    gc.freeze()  # A million objects of the libraries are no garbage of this command, and need not be looked through.
    forget_homes()
    os.environ.update(environment)
    for descriptor, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
    from assets.console.main import main

    try:
        code = main(arguments)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    sys.exit(code)


def _run_undrawn(updated: str, arguments: list[str], environment: dict[str, str], out: str, err: str) -> None:
    from assets import inputs
    from assets.enclave import preview
    from tests.pipeline import undrawn

    undrawn.leave_out_pictures()
    preview.PROGRAM = (sys.executable, "-m", undrawn.__name__)
    version = inputs.code_version
    inputs.code_version = lambda module: "another" if module.endswith(f".{updated}") else version(module)
    _run(arguments, environment, out, err)


@pytest.fixture(scope="session")
def pilot(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A home in which both industries were simulated and run to the end, by the first worker that needs it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "pilot"
    folder.mkdir(exist_ok=True)
    home, done = folder / "home", folder / "done"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            size = ("--learners", str(LEARNERS), "--registry-size", str(REGISTRY_SIZE), "--seed", "7")
            simulated = command(home, "simulate", *size)
            assert simulated.code == 0, simulated.err
            ran = command(home, "run", "manufacturing", "healthcare", drawn=True)
            assert ran.code == 0, ran.err + ran.out
            done.touch()
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
