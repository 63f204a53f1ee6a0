"""Dagster as `ui` runs it, for tests: three code servers, web page and daemon on loopback, spoken to by GraphQL.

Not here: what is asserted of it (test_live_dagster.py).
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg

_ROOT = Path(__file__).parents[2]
_LOCATIONS = ("clearinghouse", "enclave", "public")
_SECONDS = 240.0

_LOADED = """
query { workspaceOrError { ... on Workspace { locationEntries { name loadStatus locationOrLoadError {
  __typename ... on PythonError { message } } } } } }
"""


class Live:
    """A running page; every question is one GraphQL request."""

    def __init__(self, port: int) -> None:
        """Take the port on loopback."""
        self._url = f"http://127.0.0.1:{port}/graphql"

    def ask(self, query: str, **variables: Any) -> Any:
        """The data of one request; errors of GraphQL are raised."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(self._url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as response:
            answer = json.load(response)
        assert not answer.get("errors"), answer["errors"]
        return answer["data"]

    def locations(self) -> Mapping[str, str]:
        """Load status by code location."""
        entries = self.ask(_LOADED)["workspaceOrError"]["locationEntries"]
        return {
            entry["name"]: entry["locationOrLoadError"]["__typename"]
            for entry in entries
            if entry["locationOrLoadError"]
        }


@contextmanager
def live(home: Path, registry: Path | None = None) -> Iterator[Live]:
    """Start everything over a home; end it by the processes that were started."""
    instance = home / "dagster"
    instance.mkdir(exist_ok=True)
    (instance / "dagster.yaml").write_bytes((_ROOT / "dagster.yaml").read_bytes())
    with dg.DagsterInstance.from_config(str(instance)):
        pass  # Its database is made by one process, since five at once get in each other's way.
    environment = {**os.environ, "CREDENTIAL_PIPELINE_HOME": str(home), "DAGSTER_HOME": str(instance)}
    environment |= {"PYTHONWARNINGS": "ignore", "GX_ANALYTICS_ENABLED": "false", "PYTHONPATH": str(_ROOT)}
    if registry:
        environment["CREDENTIAL_PIPELINE_REGISTRY"] = str(registry)
    ports = {name: _free_port() for name in (*_LOCATIONS, "page")}
    workspace = instance / "live.yaml"
    servers = [
        {"grpc_server": {"host": "127.0.0.1", "port": ports[name], "location_name": name}} for name in _LOCATIONS
    ]
    workspace.write_text(json.dumps({"load_from": servers}))
    python = [sys.executable, "-m"]
    commands = [
        [
            *python,
            "dagster",
            "api",
            "grpc",
            "-h",
            "127.0.0.1",
            "-p",
            str(ports[name]),
            "-m",
            f"assets.{name}.definitions",
            "--location-name",
            name,
        ]
        for name in _LOCATIONS
    ]
    commands.append([*python, "dagster_webserver", "-h", "127.0.0.1", "-p", str(ports["page"]), "-w", str(workspace)])
    commands.append([*python, "tests.pipeline.impatient_daemon", "run", "-w", str(workspace)])
    with (instance / "live.log").open("w") as log:
        processes = [subprocess.Popen(words, cwd=_ROOT, env=environment, stdout=log, stderr=log) for words in commands]
        try:
            page = Live(ports["page"])
            wait_for(lambda: _all_loaded(page))
            yield page
        finally:
            for process in reversed(processes):
                process.terminate()
            for process in processes:
                process.wait(timeout=30)


def wait_for(done: Any, seconds: float = _SECONDS) -> Any:
    """The first answer that is not empty, bounded in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := done():
            return answer
        time.sleep(0.5)
    raise AssertionError(f"nothing after {seconds:.0f} s")


def _all_loaded(page: Live) -> bool:
    try:
        return page.locations() == dict.fromkeys(_LOCATIONS, "RepositoryLocation")
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
