"""In which order ``run`` goes through hops and industries."""

import pytest

from assets.console import run
from credential_pipeline.foundation.names import HOPS


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("CREDENTIAL_PIPELINE_HOME", str(tmp_path))


def test_of_several_industries_all_are_cleaned_then_linked_before_anything_leaves(monkeypatch):
    """The first would be linked before the others' people are known to have opted out."""
    hops, ran = list(HOPS), []

    def go(name: str, some: list[str], *_: object) -> bool:
        ran.append((name, some[0], some[-1]))
        return name != "red"

    monkeypatch.setattr(run, "_run", go)
    assert run.hops_of(["one", "red", "two"], hops) == ["red"]
    cleans = [(name, "raw_feeds", "cleaned_learners") for name in ("one", "red", "two")]
    links = [(name, "raw_feeds", "linked_records") for name in ("one", "two")]
    assert ran == [*cleans, *links, *((name, "raw_feeds", "return_files") for name in ("one", "two"))]
    ran.clear()
    assert run.hops_of(["one"], hops) == []
    assert ran == [("one", "raw_feeds", "return_files")]
