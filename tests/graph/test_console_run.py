"""In which order ``run`` goes through hops and industries."""

from types import SimpleNamespace

import dagster as dg
import pytest

from assets.console import headline, run
from assets.console.main import main
from credential_pipeline.foundation.names import HOPS, Side


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


@pytest.mark.parametrize("side", Side)
def test_one_side_runs_its_own_hops_alone(monkeypatch, side):
    ran: list[str] = []
    monkeypatch.setattr(run, "_run", lambda name, some, *_: bool(ran.extend(some)) or True)
    monkeypatch.setattr(headline, "show", lambda name: None)
    assert main(["run", "manufacturing", "--side", side.value]) == 0
    assert ran == [hop for hop, its in HOPS.items() if its is side]


def test_a_side_without_a_hop_so_early_is_told(capsys):
    assert main(["run", "manufacturing", "--side", "public", "--until", "raw_feeds"]) == 1
    assert "The public side has no hop up to raw_feeds" in capsys.readouterr().err


def test_a_warning_tells_what_broke_its_rule():
    def judged(
        name: str, metadata: dict[str, dg.TextMetadataValue], *, severity=dg.AssetCheckSeverity.WARN, passed=False
    ):
        key = dg.AssetKey("return_files")
        return SimpleNamespace(asset_key=key, check_name=name, passed=passed, severity=severity, metadata=metadata)

    by = {"broken by": dg.TextMetadataValue("mssc/a (1)")}
    judgements = [
        judged("2_requests_readable", by),
        judged("2_nameless", {}),
        judged("2_good", {}, passed=True),
        judged("1_blocks", by, severity=dg.AssetCheckSeverity.ERROR),
    ]
    result = SimpleNamespace(get_asset_check_evaluations=lambda: judgements)
    assert run._warnings(result) == {"return_files": {"requests_readable": "mssc/a (1)", "nameless": ""}}
