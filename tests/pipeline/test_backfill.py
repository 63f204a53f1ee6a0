"""A backfill of all industries over all code locations: a red gate in one industry leaves the others alone."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.pipeline.versions import versions

_SELECTION = "raw_feeds,cleaned_learners,linked_records,census_extract,accepted_extract,person_keys"


# Without a daemon nobody takes runs from a queue, so they are started at once.
_INSTANCE = """
telemetry: {enabled: false}
run_coordinator: {module: dagster.core.run_coordinator, class: DefaultRunCoordinator}
"""


def backfill(home: Path, selection: str) -> dict:
    instance = home / "instance"
    instance.mkdir()
    (instance / "dagster.yaml").write_text(_INSTANCE)
    done = subprocess.run(
        [sys.executable, "-m", "tests.pipeline.backfill", selection, "manufacturing,healthcare"],
        env={**os.environ, "CREDENTIAL_PIPELINE_HOME": str(home), "DAGSTER_HOME": str(instance)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))


def test_a_red_gate_stops_its_own_industry_over_all_locations(home):
    feed = max((home / "clearinghouse" / "inbox" / "manufacturing" / "mssc").glob("*.csv"))
    feed.write_bytes(b"")
    before = versions(home)
    result = backfill(home, _SELECTION)
    assert result["status"] == "COMPLETED_FAILED"
    assert all(partitions == ["healthcare"] for partitions in result["materialized"].values()), result
    assert versions(home) == before
