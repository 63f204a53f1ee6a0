"""The product as an outsider runs it: feeds, a registry and YAML in, ``run … --until linked_records``, ``export links`` out.

The shipped models, the default thresholds, and nothing else. Not here: worlds (world.py) and scores (judging.py).
"""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from credential_pipeline.foundation.storage.engine import connect
from tests.bench.linking.world import INDUSTRY
from tests.bench.measure import Cost, run

_EXPORTED = {"links": "links.csv", "pairs": "pairs.csv", "cleaned_learners.credentials": "rows.csv"}


def link(folder: Path) -> Cost:
    """Run a world up to the links and export them to ``links.csv``.

    Also exported, for telling why rows are lost: the pairs that were kept (``pairs.csv``) and whose profile a row is
    (``rows.csv``).

    Returns:
        What the two commands that give the links cost together: all hops, with the orchestration around them.
    """
    registry = ["--registry", str(folder / "registry")]
    # In a copy, so that a world that is kept is linked from its files alone each time.
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        home = Path(shutil.copytree(folder / "home", Path(temporary) / "home"))
        made = run(home, *registry, "run", INDUSTRY, "--until", "linked_records")
        links, *others = (
            run(home, *registry, "export", table, INDUSTRY, "--out", str(folder / file))
            for table, file in _EXPORTED.items()
        )
    if made.code or links.code or any(other.code for other in others):
        raise SystemExit(f"benchmark: the product refused the world {folder.name}")
    return replace(made, wall=made.wall + links.wall, cpu=made.cpu + links.cpu, peak=max(made.peak, links.peak))


def write_pairs(folder: Path) -> Path:
    """Write the pairs of feed rows that the exported links give to one learner, each pair once."""
    target = folder / "duplicates.csv"
    with connect() as con:
        con.execute(
            f"""
            COPY (WITH links AS (SELECT learner_id, record_id FROM read_csv('{folder}/links.csv', all_varchar = true))
                  SELECT a.record_id AS left_id, b.record_id AS right_id
                  FROM links a JOIN links b ON b.learner_id = a.learner_id AND b.record_id > a.record_id ORDER BY ALL)
            TO '{target}' (FORMAT csv, HEADER)
            """
        )
    return target
