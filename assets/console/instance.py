"""The Dagster instance of this machine: its folder, with the repository's ``dagster.yaml`` in it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from assets import environment
from assets.console import event_files
from checks import faults
from credential_pipeline.foundation.errors import SafeError

_CONFIGURATION = Path(__file__).parent.parent.parent / "dagster.yaml"


def prepare() -> Path:
    """Make ``DAGSTER_HOME`` if need be, put the configuration there once, and return the folder."""
    folder = environment.dagster_home()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / "dagster.yaml"
    if not target.exists():
        target.write_bytes(_CONFIGURATION.read_bytes() if _CONFIGURATION.exists() else b"telemetry: {enabled: false}\n")
    os.environ["DAGSTER_HOME"] = str(folder)
    return folder


@contextmanager
def instance() -> Iterator[dg.DagsterInstance]:
    """The instance in which runs of the command line are recorded, beside those of the UI.

    Raises:
        SafeError: ``E_DAGSTER_YAML``: its configuration cannot be used.
    """
    folder = prepare()
    with event_files.kept_open(), _configured(folder) as made:
        yield made


def _configured(folder: Path) -> dg.DagsterInstance:
    try:
        return dg.DagsterInstance.get()
    except Exception as error:
        if faults.infrastructure(error, environment.home()) is not None:
            raise
        mark = getattr(error, "problem_mark", None) or getattr(error.__cause__, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark else ""
        message = (
            f"Dagster cannot use {folder / 'dagster.yaml'}{line}: correct it, or remove it, so that the next command puts the "
            "shipped one there."
        )
        raise SafeError("E_DAGSTER_YAML", message) from None
