"""Each side's location loads alone, and the instance is set up as the manual says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
_HOMES = {"clearinghouse": "CLEARINGHOUSE_HOME", "enclave": "ENCLAVE_HOME", "public": "PUBLIC_HOME"}
_LOAD = """
import json, sys
import dagster as dg
from assets.{name}.definitions import defs
names = sorted(asset.key.to_user_string() for asset in defs.assets)
others = [m for m in sys.modules if m.startswith("assets.") and m.split(".")[1] in {others!r}]
heavy = [m for m in ("great_expectations", "splink") if m in sys.modules]
shown = defs.resources["{name}"].home
with dg.build_resources(defs.resources) as held:
    print(json.dumps([names, others, heavy, shown, str(held.{name}.root)]))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """What each location says of itself, loaded in a process of its own that knows its own home only."""
    base = {
        key: value for key, value in os.environ.items() if key not in {*_HOMES.values(), "CREDENTIAL_PIPELINE_HOME"}
    }
    home, processes = tmp_path_factory.mktemp("homes"), {}
    for name, variable in _HOMES.items():
        script = _LOAD.format(name=name, others=tuple(set(_HOMES) - {name}))
        processes[name] = subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env=base | {variable: str(home / name), "PYTHONWARNINGS": "ignore"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    found = {}
    for name, process in processes.items():
        out, err = process.communicate()
        assert process.returncode == 0, err
        found[name] = (json.loads(out.splitlines()[-1]), home)
    return found


@pytest.mark.parametrize("name", _HOMES)
def test_location_loads_alone(loaded, name):
    (names, others, _, shown, root), home = loaded[name]
    assert names
    assert others == [], "another side's code was imported"
    assert shown == _HOMES[name], "the UI names the variable"
    assert root == str(home / name), "a run reads it"
    assert list(home.iterdir()) == [], "loading writes nothing"


@pytest.mark.parametrize("name", _HOMES)
def test_loading_waits_for_no_heavy_library(loaded, name):
    (_, _, heavy, _, _), _ = loaded[name]
    assert heavy == []


def test_workspace_names_the_three_locations():
    workspace = yaml.safe_load((ROOT / "workspace.yaml").read_text())
    found = {
        entry["python_module"]["location_name"]: entry["python_module"]["module_name"]
        for entry in workspace["load_from"]
    }
    assert found == {name: f"assets.{name}.definitions" for name in _HOMES}


def test_instance_sends_no_telemetry_and_watches_its_runs():
    facts = yaml.safe_load((ROOT / "dagster.yaml").read_text())
    assert facts["telemetry"] == {"enabled": False}
    assert facts["run_monitoring"]["enabled"] is True
    assert facts["run_retries"]["retry_on_asset_or_op_failure"] is False


def test_instance_takes_the_configuration(tmp_path):
    import dagster as dg

    (tmp_path / "dagster.yaml").write_bytes((ROOT / "dagster.yaml").read_bytes())
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert instance.telemetry_enabled is False
        assert instance.run_monitoring_enabled is True
