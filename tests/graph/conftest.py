"""The three code locations as Dagster loads them."""

import importlib

import pytest

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
    return {key.to_user_string() for asset in location.assets for key in asset.keys}
