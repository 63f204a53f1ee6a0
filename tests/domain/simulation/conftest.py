"""Simulated worlds that several tests look at lie where pytest clears away."""

import pytest

from tests.domain.simulation import simulation_world


@pytest.fixture(scope="session", autouse=True)
def _room_for_worlds(tmp_path_factory: pytest.TempPathFactory) -> None:
    simulation_world.rooms.append(tmp_path_factory.mktemp("worlds"))
