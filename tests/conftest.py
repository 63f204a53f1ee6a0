"""Tiers: a test's folder says what it may cost, and a test in the wrong tier stops the collection.

Workers take whole files, so that what a module sets up is set up once; the longest first. What tests write lies in memory
where there is room: a thousand small transactions wait for no disk then.
"""

import os
import shutil
import signal
import sys
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

_TIERS = {"domain", "gates", "graph", "boundary", "pipeline", "upstream", "browser"}
_DAGSTER_FREE = {"domain"}
_LONGEST_FIRST = (
    # The first makes the pilot that a hundred tests start from; the second needs none, so that the other worker does not wait.
    "pipeline/test_cases",
    "domain/enclave/test_attack_sequence",
    "boundary/",
    "pipeline/",
    "domain/engines/test_linkage_spark",
    "browser/test_clerical_review",
    "gates/",
)
_ROOT = Path(__file__).parent
_MEMORY = Path("/dev/shm")
_ROOM = 3 << 30  # bytes


def pytest_configure(config: pytest.Config) -> None:
    """Let Ctrl-C be heard; put the folders of tests into memory, unless somebody says where or there is too little of it."""
    # A shell lets what it starts in the background ignore Ctrl-C, and every process that a test presses it in would inherit that.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


def pytest_make_parametrize_id(val: object) -> str | None:
    """Bytes go by their length: workers that spell a packed file's content, and so its time, would not agree on a name."""
    return f"{len(val)} bytes" if isinstance(val, bytes) else None


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
    items.sort(key=lambda item: _place(str(Path(item.path).relative_to(_ROOT))))
    if wrong:
        raise pytest.UsageError("\n".join(sorted(set(wrong))))


def _place(path: str) -> int:
    found = [number for number, start in enumerate(_LONGEST_FIRST) if path.startswith(start)]
    return found[0] if found else len(_LONGEST_FIRST)


class _ByFile(LoadScopeScheduling):
    """Hands out files, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """Files go to workers in the order of this module, not in the order of how many tests they hold."""
    config.option.loadscopereorder = False
    return _ByFile(config, log)
