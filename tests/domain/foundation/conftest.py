"""A store of its own for every test."""

import pytest

from credential_pipeline.foundation.storage.snapshots import Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")
