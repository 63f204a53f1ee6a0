"""``ui`` as somebody starts and ends it: the page answers, and nothing of it is left afterwards."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tests.pipeline.live import free_port

_SECONDS = 90.0


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/server_info", timeout=5):
            return True
    except OSError:
        return False


def _children(pid: int) -> set[int]:
    """The processes below one process, however deep."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found |= {child, *_children(child)}
    return found


def test_page_and_daemon_end_with_the_process_that_is_told_to(tmp_path: Path) -> None:
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_HOME")}
    command = [sys.executable, "-m", "assets.console.main", "--home", str(tmp_path), "ui", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as ui:
        end = time.monotonic() + _SECONDS
        while not _answers(port):
            assert ui.poll() is None
            assert time.monotonic() < end
            time.sleep(0.2)
        below = _children(ui.pid)
        ui.send_signal(signal.SIGTERM)
        assert ui.wait(60) == 128 + signal.SIGTERM
    assert below
    while alive := [pid for pid in below if Path(f"/proc/{pid}/cmdline").exists()]:
        assert time.monotonic() < end, alive
        time.sleep(0.2)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
