"""A world until a day: what is known by then, later days that add to it, and homes of other worlds."""

from datetime import date
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.simulation.simulate import SimulationSummary, simulate
from credential_pipeline.simulation.until import sent_on, simulate_until
from tests.domain.simulation.simulation_world import hashes

INDUSTRIES = ("manufacturing",)


def until(day: str, home: Path, seed: int = 7) -> SimulationSummary:
    registry = load_registry()
    return simulate_until(
        date.fromisoformat(day),
        home,
        registry,
        INDUSTRIES,
        lambda folder: simulate(folder, registry, INDUSTRIES, 150, 900, seed),
    )


def deliveries(home: Path) -> dict[Path, tuple[bytes, int]]:
    inbox = home / "clearinghouse" / "inbox"
    return {
        path.relative_to(inbox): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in inbox.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[Path, tuple[bytes, int]]]]:
    """A home that was written until one day, until another, and what lay in its inbox after each."""
    home = tmp_path_factory.mktemp("grown")
    seen = []
    for day in ("2010-06-30", "2012-12-31"):
        until(day, home)
        seen.append(deliveries(home))
    return home, seen


def test_a_later_day_adds_deliveries_and_touches_none(grown: tuple[Path, list[dict[Path, tuple[bytes, int]]]]) -> None:
    _, (first, second) = grown
    assert {sent_on(path).year for path in first} == set(range(2005, 2010))
    assert {sent_on(path).year for path in second} == set(range(2005, 2013))
    assert {path: second[path] for path in first} == first


def test_what_is_known_later_stands_nowhere(grown: tuple[Path, list[dict[Path, tuple[bytes, int]]]]) -> None:
    home, _ = grown
    education = home / "clearinghouse" / "education"
    last = date(2012, 12, 31)
    drops = {name: pq.read_table(education / name) for name in ("persons", "enrollments", "degrees")}
    assert pc.max(drops["enrollments"]["begin_date"]).as_py() <= last
    assert pc.max(drops["enrollments"]["end_date"]).as_py() <= last
    assert drops["enrollments"]["end_date"].null_count > 0
    assert pc.max(drops["degrees"]["degree_date"]).as_py() <= last
    known = set(drops["persons"]["student_id"].to_pylist())
    assert set(drops["enrollments"]["student_id"].to_pylist()) <= known
    assert len(known) < 900
    wages = sorted(path.stem for path in (home / "enclave" / "reference" / "wages_annual").iterdir())
    assert wages[-1] == "2012"
    assert pc.max(pq.read_table(home / "enclave" / "reference" / "persons")["death_date"]).as_py() <= last
    assert (home / "truth").is_dir()
    assert not list(home.glob(".simulated-*"))


def test_the_last_day_gives_the_world_as_it_is(
    tmp_path: Path, grown: tuple[Path, list[dict[Path, tuple[bytes, int]]]]
) -> None:
    whole = tmp_path / "whole"
    simulate(whole, load_registry(), INDUSTRIES, 150, 900, 7)
    grown_home, (_, second) = grown
    every = deliveries(whole)
    assert {path: content for path, (content, _) in second.items()} == {path: every[path][0] for path in second}
    until("2099-12-31", grown_home)
    inbox = "clearinghouse/inbox"
    assert hashes(grown_home / inbox) == hashes(whole / inbox)
    assert hashes(grown_home / "truth") == hashes(whole / "truth")


def test_other_worlds_and_days_before_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SafeError, match=r"first files come on 2005-12-31"):
        until("2005-12-30", tmp_path)
    until("2007-01-01", tmp_path)
    before = hashes(tmp_path)
    with pytest.raises(SafeError, match="another world; give the same --seed"):
        until("2008-12-31", tmp_path, seed=8)
    with pytest.raises(SafeError, match="was sent after that day"):
        until("2006-01-01", tmp_path)
    assert hashes(tmp_path) == before
