"""Worlds that differ in one thing: no effect, quarterly wages, a state without wages, uneven errors, planted programmes."""

from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from pydantic import ValidationError

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.simulation.simulate import simulate
from credential_pipeline.simulation.variant import Variant, load_variant
from tests.domain.simulation.simulation_world import hashes, room, truth

INDUSTRY = "manufacturing"


@cache
def home_of(variant: str | None, learners: int = 400, students: int = 2_000) -> Path:
    home = room()
    changes = None if variant is None else load_variant(variant)
    simulate(home, load_registry(), [INDUSTRY], learners, students, seed=11, variant=changes)
    return home


def wages(home: Path, kind: str = "annual") -> pd.DataFrame:
    return pd.read_parquet(home / "enclave/reference" / f"wages_{kind}")


def effects(home: Path) -> pd.DataFrame:
    return pd.read_csv(home / "truth/effects.csv")


def test_a_variant_that_changes_nothing_gives_the_same_bytes(tmp_path):
    simulate(tmp_path, load_registry(), [INDUSTRY], 400, 2_000, seed=11, variant=Variant())
    assert hashes(tmp_path) == hashes(home_of(None))


def test_without_effect_awards_change_no_wage_and_everything_else_is_as_it_was():
    none = effects(home_of("zero_effect"))
    assert (none[["planted_log_points", "effect_usd", "effect_all_usd"]].fillna(0) == 0).all(axis=None)
    assert none["n_all"].max() > 300
    same = ("clearinghouse", "enclave/reference/persons", "enclave/reference/employers")
    plain, changed = hashes(home_of(None)), hashes(home_of("zero_effect"))
    assert [name for name, digest in plain.items() if name.startswith(same) and changed[name] != digest] == []
    assert (
        changed["enclave/reference/wages_annual/2018.parquet"] != plain["enclave/reference/wages_annual/2018.parquet"]
    )


def test_twice_the_effect_is_about_twice_the_dollars():
    def at_five(home):
        return (
            effects(home).query("certifier == 'all' and group == 'all' and setting == 'all' and horizon == 5").iloc[0]
        )

    plain, double = at_five(home_of(None)), at_five(home_of("double_effect"))
    assert double["planted_log_points"] == pytest.approx(2 * plain["planted_log_points"], rel=1e-3)
    assert double["effect_all_usd"] > 1.3 * plain["effect_all_usd"] > 0


def test_quarters_add_up_to_the_year():
    home = home_of("quarterly")
    annual, quarterly = wages(home), wages(home, "quarterly")
    keys = ["person_key", "year", "employer_id"]
    summed = quarterly.groupby(keys)["wages"].sum()
    assert (summed.sort_index() == annual.set_index(keys)["wages"].sort_index()).all()
    assert (quarterly["wages"] > 0).all()
    assert set(quarterly["quarter"]) == {1, 2, 3, 4}
    assert not quarterly.duplicated([*keys, "quarter"]).any()
    plain = hashes(home_of(None))
    mine = {name: digest for name, digest in hashes(home).items() if "wages_quarterly" not in name}
    assert [name for name in plain if mine[name] != plain[name]] == ["truth/outcome_cells.csv"]


def test_who_starts_or_stops_works_in_fewer_quarters_and_most_in_all():
    quarterly = wages(home_of("quarterly"), "quarterly")
    worked = quarterly.groupby(["person_key", "year"])["quarter"].nunique()
    assert 0.6 < (worked == 4).mean() < 0.95
    assert (worked == 1).any()


def test_attachment_by_quarters_is_stricter_than_by_dollars():
    cells = truth(home_of("quarterly"), "outcome_cells")
    rule = cells.query("measure == 'earnings_attached_p50' and rollup_level == 'all'").set_index(
        ["definition", "horizon"]
    )["n"]
    by_dollars, by_quarters = rule.loc["earnings_attached_p50"].astype(int), rule.loc["quarterly"].astype(int)
    assert (by_quarters <= by_dollars).all()
    assert by_quarters.sum() < by_dollars.sum()
    assert (by_quarters > 0.7 * by_dollars).all()


def test_a_lapsed_state_has_no_wages_for_a_time_and_its_people_are_not_followed():
    variant = Variant(wage_gaps={"CA": (2013, 2016)})
    home = room()
    simulate(home, load_registry(), [INDUSTRY], 400, 2_000, seed=11, variant=variant)
    state = pd.read_parquet(home / "enclave/reference/employers").set_index("employer_id")["state"]
    plain, gap = wages(home_of(None)), wages(home)
    shut = plain["employer_id"].map(state).eq("CA") & plain["year"].between(2013, 2016)
    assert shut.any()
    assert gap.reset_index(drop=True).equals(plain[~shut].reset_index(drop=True))
    assert truth(home, "wage_gaps").to_dict("records") == [{"state": "CA", "first_year": "2013", "last_year": "2016"}]
    assert not (home_of(None) / "truth/wage_gaps.csv").exists()
    followed = {
        name: truth(one, "outcome_cells").set_index("cell_id")["n"].astype(int)
        for name, one in (("plain", home_of(None)), ("gap", home))
    }
    cell = "manufacturing/wage_matched_share"
    assert followed["gap"][f"{cell}/h=1"] < followed["plain"][f"{cell}/h=1"]
    assert followed["gap"][f"{cell}/state=TX/h=1"] > 0.9 * followed["plain"][f"{cell}/state=TX/h=1"]
    assert followed["gap"].get(f"{cell}/state=CA/h=1", 0) < 0.8 * followed["plain"][f"{cell}/state=CA/h=1"]
    n_all = [
        effects(one).query("certifier == 'all' and group == 'all' and setting == 'all'")["n_all"].sum()
        for one in (home_of(None), home)
    ]
    assert n_all[1] < n_all[0]


def test_uneven_errors_reach_every_sender_but_not_the_reference_population():
    plain, uneven = hashes(home_of(None)), hashes(home_of("uneven_errors"))
    feeds = [name for name in plain if name.startswith("clearinghouse/inbox")]
    assert feeds
    assert [name for name in feeds if plain[name] == uneven[name]] == []
    assert (
        plain["clearinghouse/education/persons/part-0.parquet"]
        != uneven["clearinghouse/education/persons/part-0.parquet"]
    )
    assert [name for name in plain if name.startswith("enclave") and plain[name] != uneven[name]] == []
    unwritten = [
        pd.read_parquet(home_of(variant) / "clearinghouse/education/persons")["birth_date"].isna().mean()
        for variant in (None, "uneven_errors")
    ]
    assert unwritten[1] > unwritten[0]


@pytest.fixture(scope="module")
def programmes():
    return pd.read_csv(home_of("programmes", 6_000, 30_000) / "truth/programmes.csv", keep_default_na=False)


@pytest.mark.parametrize(
    ("name", "verdict", "reason"),
    [
        ("passes", "passes", ""),
        ("costs_too_much", "fails", "tuition_too_high"),
        ("earns_too_little", "fails", "tuition_too_high"),
        ("few_complete", "fails", "completion_too_low"),
        ("few_are_placed", "fails", "placement_too_low"),
        ("too_small", "cannot_be_evaluated", "too_few"),
    ],
)
def test_a_planted_programme_gets_the_verdict_that_was_planted(programmes, name, verdict, reason):
    found = programmes.set_index("planted").loc[name]
    assert found["verdict"] == verdict
    assert reason in found["reasons"]


def test_figures_of_a_programme_follow_from_one_another(programmes):
    rates = programmes[["completion_rate", "placement_rate", "placement_rate_annual"]]
    assert rates.apply(lambda column: column.between(0, 1)).all(axis=None)
    assert (programmes["placement_rate"] <= programmes["placement_rate_annual"]).all()
    assert (programmes["earnings_n"] <= programmes["completers_with_key"]).all()
    assert (programmes["completers_with_key"] <= programmes["completers"]).all()
    assert programmes["programme"].is_unique
    enough = programmes["last_award_year"] - programmes["first_award_year"] < 3
    assert (programmes.loc[enough, "completers"] >= 50).all()


def test_learners_of_a_planted_programme_stand_in_the_feed_under_its_provider(programmes):
    home = home_of("programmes", 6_000, 30_000)
    opeid = programmes.set_index("planted").loc["passes", "provider_opeid"]
    files = (home / "clearinghouse/inbox/manufacturing/mssc").glob("*.csv")
    rows = pd.concat(pd.read_csv(path, dtype=str, on_bad_lines="skip") for path in files)
    column = next(name for name in rows.columns if (rows[name] == f"{opeid:08d}").any())
    mine = rows[rows[column] == f"{opeid:08d}"]
    assert len(mine) > 60
    assert truth(home_of(None), "programmes")["verdict"].eq("cannot_be_evaluated").all()


def test_completers_of_a_planted_programme_are_those_of_the_feed(programmes):
    """Awards under the provider in the award years, of persons who opted out nowhere."""
    home = home_of("programmes", 6_000, 30_000)
    found = programmes.set_index("planted").loc["few_complete"]
    files = (home / "clearinghouse/inbox/manufacturing/mssc").glob("*.csv")
    rows = pd.concat(pd.read_csv(path, dtype=str, on_bad_lines="skip") for path in files)
    opeid = f"{found['provider_opeid']:08d}"
    rows = rows[rows.eq(opeid).any(axis=1) & rows.eq("CPT-SAF").any(axis=1)]
    person = truth(home, "record_person").query("certifier == 'mssc'").set_index("record_id")["person_id"]
    shut = set(truth(home, "blocked")["person_id"])
    owner = rows["TransactionID"].map(person)
    assert owner.notna().mean() > 0.98
    tried = set(owner.dropna()) - shut
    # Half of them never pass, and those of other years train there too.
    assert found["participants"] * 0.8 < len(tried) < found["participants"] * 1.8


def test_an_unknown_variant_or_key_is_refused():
    with pytest.raises(SafeError):
        load_variant("no_such_thing")
    with pytest.raises(ValidationError):
        Variant.model_validate({"effect": 2})
