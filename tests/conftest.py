"""Tiers: a test's folder says what it may cost, and a test in the wrong tier stops the collection."""

import sys
from pathlib import Path

import pytest

_TIERS = {"domain", "gates", "graph", "boundary", "pipeline", "upstream", "browser"}
_DAGSTER_FREE = {"domain"}
# One simulated pilot serves all tests of these tiers, so they stay in one worker.
_SHARED_FIXTURE = {"pipeline", "boundary"}
_ROOT = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests outside the tiers, and domain tests whose module imports Dagster."""
    wrong = []
    for item in items:
        tier = Path(item.path).relative_to(_ROOT).parts[0]
        if tier not in _TIERS:
            wrong.append(f"{item.nodeid}: move it into one of tests/{{{','.join(sorted(_TIERS))}}}")
        module = sys.modules.get(getattr(item, "module", None).__name__) if getattr(item, "module", None) else None
        if tier in _DAGSTER_FREE and module is not None and "dagster" in vars(module):
            wrong.append(f"{item.nodeid}: a domain test knows no Dagster; move it to tests/graph or tests/pipeline")
        if tier in _SHARED_FIXTURE:
            item.add_marker(pytest.mark.xdist_group(tier))
    # The longest group first, so that the other workers share the rest meanwhile.
    items.sort(key=lambda item: "pipeline" not in Path(item.path).relative_to(_ROOT).parts)
    if wrong:
        raise pytest.UsageError("\n".join(sorted(set(wrong))))
