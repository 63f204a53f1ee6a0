"""What people who follow a run are told while the outcome tables of a large industry are made."""

import logging
import re

import pytest

from credential_pipeline.enclave.outcome_tables.uncertainty import bands
from tests.domain.enclave.outcome_tables_world import World, award, tabulated


def _world() -> World:
    keys = [f"K{number:02}" for number in range(12)]
    return World(
        learners=[(key, 1990, "M", "white", None) for key in keys],
        credentials=[award(key, "mssc", "CPT", "2012-06-01") for key in keys],
        wages=[(key, 2013, "E1", 30_000.0) for key in keys],
        employers=[("E1", "332710")],
    )


@pytest.mark.parametrize("pace", [-1.0, 3600.0])
def test_bands_are_told_by_how_many_of_how_many_unless_they_take_no_time(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, pace: float
) -> None:
    monkeypatch.setattr(bands, "PACE", pace)
    with caplog.at_level(logging.INFO, "credential_pipeline.progress"):
        tabulated(_world())
    told = [
        re.fullmatch(r"how sure the figures are: source (\d+) of (\d+)", one.getMessage()) for one in caplog.records
    ]
    numbers = [(int(one[1]), int(one[2])) for one in told if one]
    if pace > 0:
        assert numbers == []
    else:
        most = max(many for _, many in numbers)
        assert most > 1
        assert [number for number, many in numbers if many == most] == list(range(1, most + 1))
