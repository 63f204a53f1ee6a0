"""One link with a sealed package a module; every test works on a copy."""

import shutil

import pytest

from credential_pipeline.engines.handover import package
from credential_pipeline.engines.handover.package import SealedPackage
from tests.domain.engines.handover_ends import Ends, seal_origin


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    return seal_origin(tmp_path_factory.mktemp("origin"))


@pytest.fixture
def ends(origin, tmp_path):
    root = shutil.copytree(origin, tmp_path / "ends")
    shutil.rmtree(root / "sender" / "outbox")
    return Ends(root)


@pytest.fixture
def sealed(origin, ends):
    shutil.copytree(origin / "sender" / "outbox", ends.out)
    (folder,) = (path for path in ends.out.iterdir() if path.is_dir())
    return SealedPackage(folder, package.read_manifest(folder, ends.public), reused=False)
