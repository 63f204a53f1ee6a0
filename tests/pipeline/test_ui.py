"""``ui`` as somebody starts and ends it: the page answers, and nothing of it is left afterwards."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from assets.console.ui import answers
from tests.pipeline.live import free_port, wait_for

_SECONDS = 90.0


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
        try:
            wait_for(lambda: answers(port) or ui.poll() is not None, _SECONDS)
            assert ui.poll() is None
            below = _children(ui.pid)
            ui.send_signal(signal.SIGTERM)
            assert ui.wait(60) == 128 + signal.SIGTERM
        finally:
            ui.kill()  # Of a process that has ended this does nothing.
    assert below
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in below), _SECONDS)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
