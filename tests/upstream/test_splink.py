"""What we rely on in Splink's public interface. A name that is gone means that the linkage engine must follow."""

import inspect

import pytest

splink = pytest.importorskip("splink")


def test_version_five():
    assert splink.__version__.startswith("5.")


@pytest.mark.parametrize("name", ["Linker", "DuckDBAPI", "SettingsCreator", "block_on"])
def test_public_names(name):
    assert hasattr(splink, name)


def test_linker_takes_registered_tables():
    """Splink 4 took tables and a backend; going back would change every call of the engine."""
    from splink import DuckDBAPI, Linker

    assert list(inspect.signature(Linker.__init__).parameters)[1:3] != ["input_table_or_tables", "settings"]
    assert "dataset_display_name" in inspect.signature(DuckDBAPI.register).parameters
