"""``ui``: Dagster's web page and daemon, on loopback only, with the three code locations."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from assets import environment
from assets.console import grammar, keys
from credential_pipeline.foundation.errors import SafeError

_ROOT = Path(__file__).parent.parent.parent


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    parser = grammar.command(
        commands, "ui", "Dagster's web page and daemon, on this machine only", "ui --port 3001", execute
    )
    parser.add_argument("--port", type=grammar.positive, default=3000, metavar="N", help="port of the page (3000)")


def execute(arguments: argparse.Namespace) -> int:
    """Run until interrupted; both processes end with this one.

    Raises:
        SafeError: A host other than loopback was asked for: the page has no log-in.
    """
    from assets.console import instance

    environment.registry()
    keys.ensure()
    folder = instance.prepare()
    if os.environ.get("DAGSTER_WEBSERVER_HOST", "127.0.0.1") != "127.0.0.1":
        raise SafeError(
            "E_REMOTE_UI",
            "The web page has no log-in; unset DAGSTER_WEBSERVER_HOST and put a proxy with log-in before it.",
        )
    workspace = ["-w", str(_ROOT / "workspace.yaml")]
    binaries = Path(sys.executable).parent
    daemon = subprocess.Popen([str(binaries / "dagster-daemon"), "run", *workspace], cwd=_ROOT)
    print(f"Dagster on http://127.0.0.1:{arguments.port} (instance {folder}); stop with Ctrl-C")
    try:
        page = [str(binaries / "dagster-webserver"), "-h", "127.0.0.1", "-p", str(arguments.port), *workspace]
        return subprocess.call(page, cwd=_ROOT)
    finally:
        daemon.terminate()
        daemon.wait(timeout=30)
