"""``ui``: Dagster's web page and daemon, on loopback only, with the three code locations."""

import argparse
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from assets import environment
from assets.console import grammar, keys
from credential_pipeline.foundation.errors import SafeError

_ROOT = Path(__file__).parent.parent.parent
_SECONDS = 0.5


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    parser = grammar.command(
        commands, "ui", "Dagster's web page and daemon, on this machine only", "ui --port 3001", execute
    )
    parser.add_argument("--port", type=grammar.positive, default=3000, metavar="N", help="port of the page (3000)")


def execute(arguments: argparse.Namespace) -> int:
    """Run until interrupted; both processes end with this one.

    Raises:
        SafeError: A host other than loopback was asked for: the page has no log-in; or Dagster's configuration is broken.
    """
    from assets.console import instance

    if environment.web_host() != "127.0.0.1":
        raise SafeError(
            "E_REMOTE_UI",
            "The web page has no log-in; unset DAGSTER_WEBSERVER_HOST and put a proxy with log-in before it.",
        )
    environment.registry()
    keys.ensure()
    folder = instance.prepare()
    with instance.instance():
        pass  # What is wrong with it is one line here; and its database is made before the page and the daemon need it.
    if warning := instance.lets_runs_overtake(folder):
        print(warning, file=sys.stderr)
    print(f"Dagster on http://127.0.0.1:{arguments.port} (instance {folder}); stop with Ctrl-C")
    return _serve(arguments.port)


def _serve(port: int) -> int:
    """Run page and daemon. The daemon begins when the page answers, since somebody waits for the page."""
    # A service manager or `kill` ends this process alone; without a word of it the other two would live on.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    workspace = ["-w", str(_ROOT / "workspace.yaml")]
    binaries = Path(sys.executable).parent
    running = [
        subprocess.Popen(
            [str(binaries / "dagster-webserver"), "-h", "127.0.0.1", "-p", str(port), *workspace], cwd=_ROOT
        )
    ]
    try:
        while running[0].poll() is None and not answers(port):
            time.sleep(_SECONDS)
        if running[0].poll() is None:
            running.append(subprocess.Popen([str(binaries / "dagster-daemon"), "run", *workspace], cwd=_ROOT))
        return running[0].wait()
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=30)


def answers(port: int) -> bool:
    """Whether the page of that port is up."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/server_info", timeout=5):
            return True
    except OSError:
        return False
