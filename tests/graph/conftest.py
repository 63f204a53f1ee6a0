"""The three code locations as Dagster loads them."""

import importlib

import dagster as dg
import pytest
from dagster_duckdb import DuckDBResource

from assets.resources import SideResource
from tests.graph.landing_world import arrivals

LOCATIONS = ("clearinghouse", "enclave", "public")


@pytest.fixture(scope="session")
def definitions():
    """Definitions by code location."""
    return {name: importlib.import_module(f"assets.{name}.definitions").defs for name in LOCATIONS}


@pytest.fixture(scope="session")
def assets(definitions):
    """Spec of every hop's asset by name, from the location that makes it."""
    return {
        spec.key.to_user_string(): spec
        for location in definitions.values()
        for spec in location.resolve_all_asset_specs()
        if spec.key.to_user_string() in _made(location)
    }


def _made(location):
    return {key.to_user_string() for asset in made_by(location) for key in asset.keys}


def made_by(location):
    """The assets that a location makes, without the sources that it observes."""
    return [asset for asset in location.assets if isinstance(asset, dg.AssetsDefinition)]


@pytest.fixture
def side(tmp_path):
    """A side in an empty folder."""
    return SideResource(
        home=str(tmp_path / "home"),
        extracts=str(tmp_path / "extracts"),
        releases=str(tmp_path / "releases"),
        published=str(tmp_path / "public"),
        duckdb=DuckDBResource(database=":memory:"),
    )


@pytest.fixture
def look(definitions, side):
    """Evaluate a sensor of a location once, that on files or packages if not said, over the side's folders."""

    def evaluate(name, cursor=None, sensor=None):
        sensor = arrivals(definitions[name], sensor)
        with (
            dg.DagsterInstance.ephemeral() as instance,
            dg.build_sensor_context(
                instance=instance,
                cursor=cursor,
                resources={name: side},
                repository_def=definitions[name].get_repository_def(),
            ) as context,
        ):
            return sensor.evaluate_tick(context)

    return evaluate
