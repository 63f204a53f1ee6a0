"""The Dagster instance of this machine: its folder, with the repository's ``dagster.yaml`` in it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import yaml

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


def lets_runs_overtake(folder: Path) -> str:
    """What to tell people whose ``dagster.yaml`` is older than the shipped one, or another; empty if it starts one run a side at once.

    In a backfill of several industries one could leave the clearinghouse before the opt-outs of another are heard.
    """
    target = folder / "dagster.yaml"
    if not _CONFIGURATION.exists() or all(one in _limits(target) for one in _limits(_CONFIGURATION)):
        return ""
    return (
        f"{target} lacks the limit of one run a side (concurrency, runs, tag_concurrency_limits), so that a backfill may link one"
        " industry before it has heard the opt-outs of another: take it over from the shipped dagster.yaml, or remove the file, so"
        " that the next command puts the shipped one there."
    )


def _limits(path: Path) -> list[object]:
    said = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    runs = (said.get("concurrency") or {}).get("runs") or {}
    return list(runs.get("tag_concurrency_limits") or [])


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
