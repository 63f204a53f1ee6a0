"""How long ``credential-pipeline ui`` takes until its page answers with all three code locations."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

_QUERY = json.dumps({"query": "{ workspaceOrError { ... on Workspace { locationEntries { loadStatus } } } }"}).encode()
_PATIENCE = 120.0


def seconds_to_answer(home: Path) -> float:
    """Start the page, wait for it, stop it.

    Raises:
        SystemExit: It did not answer within two minutes.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {key: value for key, value in os.environ.items() if not key.endswith("_HOME")}
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "assets.console.main",
        "--home",
        str(home),
        "ui",
        "--port",
        str(port),
    ]
    started = time.monotonic()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        while not _answers(port):
            if time.monotonic() - started > _PATIENCE or process.poll() is not None:
                raise SystemExit("benchmark: the page does not answer")
            time.sleep(0.2)
        return time.monotonic() - started
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=60)


def _answers(port: int) -> bool:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql", data=_QUERY, headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            entries = json.load(answer)["data"]["workspaceOrError"]["locationEntries"]
    except (OSError, ValueError, KeyError):
        return False
    return len(entries) == 3 and all(entry["loadStatus"] == "LOADED" for entry in entries)
