"""Any registered industry can be simulated: shipped ones without a world of their own, and those of an extra registry in any form."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from credential_pipeline.clearinghouse.raw_feeds.read import read_feeds
from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.simulation.credentials import AWARD, catalogue, draw_events
from credential_pipeline.simulation.default_world import default_world
from credential_pipeline.simulation.holders import Holders
from credential_pipeline.simulation.simulate import simulate
from credential_pipeline.simulation.world import has_world, load_world
from tests.domain.simulation.simulation_world import hashes, truth

COLUMNS = """\
columns:
  record_id: {%s}
  person_ref: {from: Person}
  first_name: {from: First}
  last_name: {from: Last}
  birth_date: {from: Born}
  credential_code: {from: Code, recipe: [trim, upper]}
  event_date: {from: Day}
credentials:
  - {code: A, title: First, stacks_to: B}
  - {code: B, title: Second, level: 2}
"""
WIDTHS = "widths: {Id: [1, 14], Person: [15, 24], First: [25, 44], Last: [45, 64], Born: [65, 74], Code: [75, 80], Day: [81, 90]}"
FORMS = {
    "plain": ("{format: csv}", "from: Id"),
    "titled": ('{format: csv, delimiter: ";", header: 4, encoding: detect}', "from: Id"),
    "fixed": (f"{{format: fixed, {WIDTHS}}}", "from: Id"),
    "sheet": ("{format: xlsx, sheet: Results}", "from: Id"),
    "badges": ("{format: badges}", "from: Id"),
    "idless": ("{format: csv, delimiter: tab}", "derived: [Person, Code, Day]"),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A home with a simulated industry of an extra registry, whose certifiers deliver in all forms; and the registry."""
    folder = tmp_path_factory.mktemp("any")
    for kind in ("certifiers", "industries"):
        (folder / "registry" / kind).mkdir(parents=True)
    for name, (feed, record_id) in FORMS.items():
        text = f"certifier: {name}\nname: {name}\nfeed: {feed}\n{COLUMNS % record_id}"
        (folder / "registry" / "certifiers" / f"{name}.yml").write_text(text)
    industry = f"industry: mining\nname: Mining\nnaics: ['212']\ncertifiers: [{', '.join(FORMS)}]\ncohorts: {{first_award_year: 2008, last_award_year: 2011}}\n"
    (folder / "registry" / "industries" / "mining.yml").write_text(industry)
    registry = load_registry(folder / "registry")
    simulate(folder / "home", registry, ["mining"], 4_000, 3_000, seed=5)
    return folder / "home", registry


def test_every_form_is_read_as_it_was_written(world, tmp_path):
    home, registry = world
    with connect("1GB", 1, tmp_path) as con:
        con.execute("CREATE SCHEMA raw_feeds")
        read_feeds(con, home / "clearinghouse" / "inbox", "mining", registry)
        deliveries = con.execute(
            "SELECT certifier, state, sum(rows_in) FROM raw_feeds.deliveries GROUP BY ALL"
        ).fetchall()
        found = con.execute("SELECT certifier, record_id FROM raw_feeds.records").fetchall()
        lines = set(con.execute("SELECT certifier, delivery, line FROM raw_feeds.quarantine").fetchall())
    assert {(name, state) for name, state, _ in deliveries} == {(name, "accepted") for name in FORMS}
    assert all(rows > 20 for _, _, rows in deliveries)
    known = truth(home, "record_person")
    broken = truth(home, "bad_rows")
    broken = broken[broken.planted_fault != "repeated_row"]
    assert {(row.certifier, row.delivery, int(row.line)) for row in broken.itertuples()} == lines
    expected = set(zip(known.certifier, known.record_id, strict=True))
    assert set(found) <= expected
    assert len(expected - set(found)) <= len(broken)
    assert len(found) == len(set(found))


def test_the_truth_of_any_industry_is_written(world):
    home, _ = world
    effects = pd.read_csv(home / "truth" / "effects.csv")
    planted = effects[(effects.setting == "all") & (effects.horizon == 5)].set_index(["certifier", "credential"])
    assert "A" in planted.index.get_level_values("credential")
    assert (planted[planted.n > 0].planted_log_points > 0).all()
    assert not truth(home, "outcome_cells").empty
    years = {path.stem for path in (home / "clearinghouse" / "inbox" / "mining").rglob("*.*")}
    assert years == {"2008", "2009", "2010", "2011"}


@pytest.mark.parametrize("name", ["construction", "information_technology"])
def test_a_shipped_industry_without_a_world_gets_one_from_its_yaml(name):
    registry = load_registry()
    assert not has_world(name)
    certifiers = registry.certifiers_of(name)
    own = default_world(registry.industry(name), certifiers, load_world().economy)
    assert own.women < 0.5
    assert set(own.certifiers) == {one.certifier for one in certifiers}
    levels = {f"{one.certifier}/{c.code}": c.level for one in certifiers for c in one.credentials}
    assert {code: round((points - 0.03) / 0.02) + 1 for code, points in own.effect.credentials.items()} == levels
    rng = np.random.default_rng(1)
    holders = Holders(np.arange(900), np.datetime64("2010-01-01") + rng.integers(0, 2000, 900), 100)
    shelf = catalogue(certifiers, own)
    events = draw_events(rng, shelf, own, holders)
    assert set(shelf.code[events.credential[events.event == AWARD]]) == {code.partition("/")[2] for code in levels}


def test_the_same_industry_gives_the_same_bytes(world, tmp_path: Path):
    home, registry = world
    simulate(tmp_path, registry, ["mining"], 4_000, 3_000, seed=5)
    assert hashes(tmp_path) == hashes(home)
