"""Dagster with code servers, web page and daemon on loopback, spoken to by GraphQL as the page itself does.

One code server a side serves page and daemon. Not here: what is asserted (test_live_dagster.py).
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import dagster as dg

Answer = TypeVar("Answer")

_ROOT = Path(__file__).parents[2]
_LOCATIONS = ("clearinghouse", "enclave", "public")
_PYTHON = (sys.executable, "-m")
_SECONDS = 400.0

_LOADED = """
query { workspaceOrError { ... on Workspace { locationEntries { name loadStatus locationOrLoadError {
  __typename ... on PythonError { message } } } } } }
"""


class Page:
    """A running page; every question is one GraphQL request."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/graphql"

    def ask(self, query: str, **variables: Any) -> Any:
        """The data of one request; errors of GraphQL are raised."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(self._url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as response:
            answer = json.load(response)
        assert not answer.get("errors"), answer["errors"]
        return answer["data"]

    def locations(self) -> Mapping[str, str]:
        """What became of each code location."""
        entries = self.ask(_LOADED)["workspaceOrError"]["locationEntries"]
        return {one["name"]: (one["locationOrLoadError"] or {}).get("__typename", "") for one in entries}


@contextmanager
def live(home: Path, registry: Path) -> Iterator[Page]:
    """Start everything over a home; end it by the processes that were started."""
    instance = home / "dagster"
    instance.mkdir(exist_ok=True)
    (instance / "dagster.yaml").write_bytes((_ROOT / "dagster.yaml").read_bytes())
    with dg.DagsterInstance.from_config(str(instance)):
        pass  # Its database is made by one process, since five at once get in each other's way.
    ports = {name: free_port() for name in (*_LOCATIONS, "page")}
    workspace = instance / "live.yaml"
    entries = [
        {"grpc_server": {"host": "127.0.0.1", "port": ports[name], "location_name": name}} for name in _LOCATIONS
    ]
    workspace.write_text(json.dumps({"load_from": entries}))
    environment = {
        **os.environ,
        "CREDENTIAL_PIPELINE_HOME": str(home),
        "CREDENTIAL_PIPELINE_REGISTRY": str(registry),
        "DAGSTER_HOME": str(instance),
        "GX_ANALYTICS_ENABLED": "false",
        "PYTHONPATH": str(_ROOT),
        "PYTHONWARNINGS": "ignore",
    }
    running: list[subprocess.Popen[bytes]] = []
    with (instance / "live.log").open("w") as log:
        try:
            running.extend(
                subprocess.Popen(words, cwd=_ROOT, env=environment, stdout=log, stderr=log)
                for words in _commands(ports, workspace)
            )
            page = Page(ports["page"])
            wait_for(lambda: _all_loaded(page))
            yield page
        finally:
            _end(running)


def wait_for(done: Callable[[], Answer], seconds: float = _SECONDS) -> Answer:
    """The first answer that is not empty, bounded in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := done():
            return answer
        time.sleep(0.5)
    raise AssertionError(f"nothing after {seconds:.0f} s")


def _commands(ports: Mapping[str, int], workspace: Path) -> Iterator[Sequence[str]]:
    here = ("-h", "127.0.0.1", "-p")
    for name in _LOCATIONS:
        code = ("-m", f"assets.{name}.definitions", "--location-name", name)
        yield (*_PYTHON, "dagster", "api", "grpc", *here, str(ports[name]), *code)
    yield (*_PYTHON, "dagster_webserver", *here, str(ports["page"]), "-w", str(workspace))
    yield (*_PYTHON, "tests.pipeline.impatient_daemon", "run", "-w", str(workspace))


def _end(running: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in reversed(running):
        process.terminate()
    for process in running:
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()  # A code server waits a minute for the runs that it began.
            process.wait()


def _all_loaded(page: Page) -> bool:
    try:
        return page.locations() == dict.fromkeys(_LOCATIONS, "RepositoryLocation")
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
