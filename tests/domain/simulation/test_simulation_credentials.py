"""Credentials: stacks, order, failures; and the layouts of certifiers, read back with the registry's own recipes."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from pydantic import ValidationError

from credential_pipeline.clearinghouse.raw_feeds.read import read_feeds
from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.simulation import simulate as module
from credential_pipeline.simulation.arrays import Streams, texts
from credential_pipeline.simulation.credentials import ATTEMPT, AWARD, RENEWAL, catalogue, draw_events
from credential_pipeline.simulation.dialects import can_say, format_dates, render
from credential_pipeline.simulation.feeds import reports_failures
from credential_pipeline.simulation.holders import Holders
from credential_pipeline.simulation.simulate import simulate
from credential_pipeline.simulation.world import IndustryWorld, load_industry_world
from tests.domain.simulation.simulation_world import INDUSTRIES, small_world, truth

SIZE, WITHOUT = 3_000, 300


@pytest.fixture(scope="module")
def drawn():
    world = load_industry_world("manufacturing")
    shelf = catalogue(load_registry().certifiers_of("manufacturing"), world)
    days = np.datetime64("2006-01-01") + np.arange(SIZE + WITHOUT) % 4_000
    holders = Holders(np.arange(SIZE + WITHOUT), days, WITHOUT)
    return world, shelf, holders, draw_events(Streams(2)("events"), shelf, world, holders)


def test_awards_come_to_the_mean_of_the_world(drawn):
    world, _, holders, events = drawn
    awards = events.event == AWARD
    assert awards.sum() / holders.holding == pytest.approx(world.awards_per_learner, rel=0.01)
    assert set(events.learner[awards]) == set(range(holders.holding))
    pairs = events.learner[awards] * 1_000 + events.credential[awards]
    assert len(np.unique(pairs)) == len(pairs)


def test_a_stacked_award_needs_the_awards_below_it_and_comes_after_them(drawn):
    _, shelf, _, events = drawn
    awards = events.event == AWARD
    day = {
        (a, b): c for a, b, c in zip(events.learner[awards], events.credential[awards], events.day[awards], strict=True)
    }
    checked = 0
    for target in np.flatnonzero(shelf.needs.any(axis=1)):
        for learner, credential in [pair for pair in day if pair[1] == target]:
            below = [day[learner, needed] for needed in np.flatnonzero(shelf.needs[target])]
            assert max(below) <= day[learner, credential]
            checked += 1
    assert checked > 100


def test_the_first_award_is_on_the_day_that_was_planned_and_none_is_too_late(drawn):
    world, _, holders, events = drawn
    awards = np.flatnonzero(events.event == AWARD)
    first = pd.Series(events.day[awards]).groupby(events.learner[awards]).min()
    assert (first.to_numpy().astype("datetime64[D]") == holders.first_day[: holders.holding]).all()
    assert events.day.max() <= np.datetime64(f"{max(world.award_years)}-12-31")


def test_failures_come_before_the_award_and_some_people_only_fail(drawn):
    world, shelf, holders, events = drawn
    failed = events.event == ATTEMPT
    assert (events.passed[failed] == 0).all()
    assert (events.learner[failed] >= holders.holding).any()
    assert not np.isin(events.learner[events.event == AWARD], np.arange(holders.holding, SIZE + WITHOUT)).any()
    examined = (events.event == AWARD) & (events.passed == 1)
    certifier = np.array([it.certifier for it in shelf.certifiers])[shelf.certifier[events.credential]]
    for name in np.unique(certifier):
        mine, own = certifier == name, world.of(name)
        tries = set(zip(events.learner[failed & mine], events.credential[failed & mine], strict=True))
        won = list(zip(events.learner[examined & mine], events.credential[examined & mine], strict=True))
        assert np.mean([pair not in tries for pair in won]) == pytest.approx(own.pass_rate, abs=0.04)


def test_renewals_follow_where_the_world_has_them(drawn):
    world, shelf, _, events = drawn
    renewed = shelf.certifier[events.credential[events.event == RENEWAL]]
    valid = [world.of(it.certifier).renewal_years for it in shelf.certifiers]
    assert len(renewed)
    assert all(valid[number] > 0 for number in np.unique(renewed))


@pytest.mark.parametrize("name", sorted(load_registry().certifiers))
def test_a_layout_is_read_back_by_the_recipes_of_its_certifier(name):
    certifier = load_registry().certifier(name)
    size = 40
    day = np.datetime64("1980-01-31") + np.arange(size) * 200
    fields = {
        "record_id": texts(f"R{n}" for n in range(size)),
        "person_ref": texts(str(n + 1) for n in range(size)),
        "first_name": texts(["Anna", "Bo"] * 20),
        "middle_name": texts(["Lee", ""] * 20),
        "last_name": texts(["Garcia", "Smith", "Quist", "Ward"] * 10),
        "name_suffix": texts(["", "Jr"] * 20),
        "previous_last_name": texts(["", "Lund"] * 20),
        "sex": texts(["F", "M"] * 20),
        "ssn_last4": texts(f"{n + 1:04d}" for n in range(size)),
        "email": texts(f"a{n}@example.org" for n in range(size)),
        "phone": texts(f"20155501{n:02d}" for n in range(size)),
        "street": texts(f"{n + 1} Main Street" for n in range(size)),
        "city": texts(["Troy"] * size),
        "state": texts(["NY"] * size),
        "zip": texts(["01234", "90210"] * 20),
        "credential_code": texts([certifier.credentials[0].code] * size),
        "credential_title": texts(["A Title"] * size),
        "event": texts(["award"] * size),
        "result": texts(["pass"] * size),
        "training_provider": texts(["Troy, College"] * size),
        "provider_opeid": texts(["00123400"] * size),
        "training_setting": texts(["credit", "noncredit", "employer", "other"] * 10),
        "block_flag": texts(["Y", "N"] * 20),
    }
    days = {"birth_date": day, "event_date": day + 9_000, "expiration_date": np.full(size, np.datetime64("NaT", "D"))}
    columns = render(np.random.default_rng(1), certifier, fields, days, np.arange(size))
    assert list(columns) == [*certifier.source_columns, *certifier.ignored]
    frame = pd.DataFrame(
        {"source": [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]}
    )
    with connect() as con:
        con.register("given", frame)
        con.execute(
            "CREATE TABLE feed AS SELECT source::JSON::MAP(VARCHAR, VARCHAR) AS source FROM (SELECT to_json(source) AS source FROM given)"
        )
        for field in certifier.columns:
            read = [row[0] for row in con.execute(f"SELECT {certifier.sql(field)} FROM feed").fetchall()]
            if field in days:
                wanted = [None if np.isnat(one) else one.item() for one in days[field]]
                assert [one and one for one in read] == wanted or set(read) <= {None}, field
            elif certifier.columns[field].derived:
                assert len(set(read)) == size, "an id of its own for every row"
            elif field == "block_flag":
                assert [one == "Y" for one in read] == [one == "Y" for one in fields[field]]
            else:
                assert [one or "" for one in read] == list(fields[field]), field


def test_dates_are_written_in_any_layout():
    days = np.array(["2012-03-04", "NaT"], dtype="datetime64[D]")
    assert list(format_dates(days, "%d-%b-%Y")) == ["04-Mar-2012", ""]
    assert list(format_dates(days, "%m/%d/%Y")) == ["03/04/2012", ""]


def test_which_layouts_can_tell_a_failure():
    registry = load_registry()
    assert {name for name, one in registry.certifiers.items() if reports_failures(one)} == {
        "comptia",
        "mssc",
        "nccer",
        "ptcb",
    }
    assert can_say(registry.certifier("nims"), {"event": "award", "result": "pass"})
    assert not can_say(registry.certifier("nims"), {"event": "renewal", "result": ""})


def test_a_sender_repeats_its_own_error():
    """Names of one account are spelt one way, but for slips in single rows."""
    home = small_world()[0]
    files = sorted((home / "clearinghouse/inbox/manufacturing/mssc").glob("*.csv"))
    rows = pd.concat(pd.read_csv(path, dtype=str, keep_default_na=False, on_bad_lines="skip") for path in files)
    spelt = rows.groupby("CandidateID")["Last Name"].nunique()
    assert 0.9 < (spelt == 1).mean() < 1


def test_a_new_industry_without_world_files_is_simulated(tmp_path):
    """Only YAML: a certifier with the fewest fields, another encoding and another name layout."""
    certifier = {
        "certifier": "newcert",
        "name": "New Board",
        "feed": {"delimiter": "|", "encoding": "utf-16"},
        "columns": {
            "record_id": {"from": "No"},
            "first_name": {"from": "Who", "recipe": [{"name_part": {"layout": "Last First Middle", "part": "first"}}]},
            "last_name": {"from": "Who", "recipe": [{"name_part": {"layout": "Last First Middle", "part": "last"}}]},
            "credential_code": {"from": "What"},
            "event_date": {"from": "When"},
        },
    }
    industry = {"industry": "newland", "name": "New", "naics": ["5415"], "certifiers": ["newcert"]}
    for folder, name, content in (("certifiers", "newcert", certifier), ("industries", "newland", industry)):
        path = tmp_path / "registry" / folder / f"{name}.yml"
        path.parent.mkdir(parents=True)
        path.write_text(yaml.safe_dump(content))
    registry = load_registry(tmp_path / "registry")
    summary = simulate(tmp_path / "home", registry, ["newland"], 1_000, 600)
    assert summary.learners == {"newland": 100}
    cells = truth(tmp_path / "home", "outcome_cells")
    inside = pd.to_numeric(
        cells.query("measure == 'in_industry_share' and rollup_level == 'all' and horizon == '5'")["value"]
    )
    assert inside.item() > 0
    with connect() as con:
        con.execute("CREATE SCHEMA raw_feeds")
        read_feeds(con, tmp_path / "home/clearinghouse/inbox", "newland", registry)
        accepted = con.execute("SELECT count(*) FROM raw_feeds.records").fetchall()[0][0]
    assert accepted == pytest.approx(summary.rows["newland"], abs=5)


def test_no_code_names_a_certifier_or_an_industry():
    registry = load_registry()
    words = {
        *registry.certifiers,
        *registry.industries,
        *(code for one in registry.certifiers.values() for code in one.codes),
    }
    text = "\n".join(path.read_text() for path in Path(module.__file__).parent.glob("*.py"))
    assert [word for word in words if f'"{word}"' in text or f"'{word}'" in text] == []


def test_world_files_name_known_certifiers_and_no_unknown_key():
    registry = load_registry()
    for industry in INDUSTRIES:
        world = load_industry_world(industry)
        assert set(world.certifiers) <= set(registry.industry(industry).certifiers)
        for name, own in world.certifiers.items():
            assert {*own.popularity, *own.completes_stack, *own.without_exam} <= registry.certifier(name).codes
        shares = {key.split("/")[1] for key in world.effect.credentials}
        assert shares <= {code for name in world.certifiers for code in registry.certifier(name).codes}
    with pytest.raises(ValidationError):
        IndustryWorld.model_validate({"learner_shares": 1})
