"""The Dagster instance of this machine: its folder, with the repository's ``dagster.yaml`` in it."""

import os
from pathlib import Path

import dagster as dg

from assets import environment

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


def instance() -> dg.DagsterInstance:
    """The instance in which runs of the command line are recorded, beside those of the UI."""
    prepare()
    return dg.DagsterInstance.get()
