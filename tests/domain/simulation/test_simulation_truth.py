"""The true outcome cells and the planted effects: recomputed here by hand from the files of the small world."""

import pandas as pd
import pytest

from credential_pipeline.simulation.prices import read_prices
from credential_pipeline.simulation.world import load_industry_world
from tests.domain.simulation.simulation_world import small_world, truth


@pytest.fixture(scope="module")
def cells():
    frame = truth(small_world()[0], "outcome_cells")
    return frame.assign(value=pd.to_numeric(frame["value"]), n=pd.to_numeric(frame["n"]))


@pytest.fixture(scope="module")
def nims():
    """First award, as a reader without any fault would see it, of the persons whose rows name one certifier alone."""
    home = small_world()[0]
    files = sorted((home / "clearinghouse/inbox/manufacturing/nims").glob("*.csv"))
    rows = pd.concat(
        pd.read_csv(path, sep=";", encoding="cp1252", dtype=str, on_bad_lines="skip", quoting=3) for path in files
    )
    owner = truth(home, "record_person").query("certifier == 'nims'").set_index("record_id")["person_id"]
    rows = rows.assign(
        person=rows["Credential No"].map(owner), day=pd.to_datetime(rows["Issued"], format="%d-%b-%Y", errors="coerce")
    )
    rows = rows.dropna(subset=["person", "day"])
    others = set(truth(home, "record_person").query("certifier == 'mssc'")["person_id"])
    return rows[~rows["person"].isin(others)].groupby("person")["day"].min().dt.year


def test_medians_are_those_of_the_wage_files(cells, nims):
    home = small_world()[0]
    shut = set(truth(home, "blocked")["person_id"])
    keys = truth(home, "key_person").set_index("person_id")["person_key"]
    cohort = nims[[person for person in nims.index if person in keys.index and person not in shut]]
    wages = pd.read_parquet(home / "enclave/reference/wages_annual")
    total = wages.groupby(["person_key", "year"])["wages"].sum()
    prices = read_prices()
    real = [total.get((keys[person], year + 3), 0) * prices[2023] / prices[year + 3] for person, year in cohort.items()]
    seen = pd.Series([amount for amount in real if amount > 0])
    cell = cells.query("cell_id == 'manufacturing/earnings_p50/certifier=nims/h=3'").iloc[0]
    # Learners of both certifiers and rows that were lost on the way are left out here.
    assert len(seen) == pytest.approx(cell["n"], rel=0.08)
    assert seen.median() == pytest.approx(cell["value"], rel=0.06)


def test_shares_are_shares_and_parts_add_up(cells):
    shares = cells[cells["unit"] == "share"]
    assert shares["value"].dropna().between(0, 1).all()
    sectors = cells.query("measure == 'sector_share'").groupby(["industry", "certifier", "horizon"])["value"].sum()
    assert (sectors - 1).abs().max() < 1e-4
    settings = cells.query("measure == 'setting_share'").groupby(["industry", "certifier", "definition"])["value"].sum()
    assert (settings - 1).abs().max() < 1e-4


def test_categories_add_to_all(cells):
    matched = cells.query("industry == 'manufacturing' and measure == 'wage_matched_share' and horizon == '5'")
    everybody = matched.query("rollup_level == 'all'")["n"].item()
    for level in ("age_band", "sex", "race", "certifier", "cohort", "ethnicity", "state"):
        assert matched[matched["rollup_level"] == level]["n"].sum() == everybody


def test_ids_are_unique_and_quantiles_in_order(cells):
    assert cells["cell_id"].is_unique
    groups = ["certifier", "credential", "cohort", "age_band", "sex", "race", "ethnicity", "state"]
    for stem in ("earnings", "earnings_all", "earnings_attached", "own_change"):
        wide = cells[cells["measure"].str.fullmatch(stem + r"_p\d\d")].pivot_table(
            index=["industry", *groups, "horizon"], columns="measure", values="value"
        )
        assert len(wide) > 300
        assert (wide[f"{stem}_p25"] <= wide[f"{stem}_p50"]).all(), stem
        assert (wide[f"{stem}_p50"] <= wide[f"{stem}_p75"]).all(), stem


def test_versions_of_earnings_stand_in_order(cells):
    """Those with zeros lie below the earners, those who are attached above."""
    tables = cells["table"].isin(["earnings_overall", "earnings_all", "earnings_attached"])
    overall = cells[tables & (cells["rollup_level"] == "all") & (cells["industry"] == "manufacturing")]
    wide = overall.pivot_table(index="horizon", columns="measure", values="value")
    assert (wide["earnings_all_p50"] < wide["earnings_p50"]).all()
    assert (wide["earnings_p50"] < wide["earnings_attached_p50"]).all()
    number = overall.pivot_table(index="horizon", columns="measure", values="n")
    assert (number["earnings_all_p50"] > number["earnings_p50"]).all()


def test_who_left_and_who_stayed_add_up(cells):
    """Of those in the industry at +1: the two groups are the denominator of the share that left."""
    overall = cells.query("industry == 'manufacturing' and rollup_level == 'all' and sector == 'all'").set_index(
        ["measure", "horizon"]
    )
    left = overall.loc["left_industry_share"]
    stayers, leavers = overall.loc["stayer_earnings_p50"]["n"], overall.loc["leaver_earnings_p50"]["n"]
    assert (stayers + leavers == left["n"]).all()
    assert (leavers / left["n"] - left["value"]).abs().max() < 1e-5


def test_attempts_are_told_only_of_certifiers_that_report_failures(cells):
    told = cells[cells["measure"] == "attempts"]
    assert set(told["certifier"]) == {"mssc", "ptcb"}
    rates = cells.query("measure in ['first_attempt_pass_rate', 'eventual_pass_rate'] and credential == 'all'")
    wide = rates.pivot_table(index="certifier", columns="measure", values="value")
    assert (wide["first_attempt_pass_rate"] < wide["eventual_pass_rate"]).all()


@pytest.fixture(scope="module")
def effects():
    return pd.read_csv(small_world()[0] / "truth/effects.csv").query("industry == 'manufacturing'")


def of_all(effects, setting):
    return effects.query("certifier == 'all' and group == 'all' and setting == @setting").set_index("horizon")


def test_awards_change_nothing_before_and_something_after(effects):
    overall = of_all(effects, "all")
    assert list(overall.index) == list(range(-3, 6))
    assert (overall.loc[[-3, -2, -1], ["effect_usd", "effect_all_usd"]] == 0).all(axis=None)
    assert overall.loc[5, "effect_usd"] > overall.loc[1, "effect_usd"] > 0
    assert (effects.query("horizon <= 0")["planted_log_points"].fillna(0) == 0).all()
    assert (overall.loc[[2, 3, 4, 5], "planted_log_points"] > 0).all()


def test_effects_on_all_are_those_on_earners_spread_over_more_people(effects):
    overall = of_all(effects, "all")
    assert (overall["n_all"] > overall["n"]).all()
    assert (overall["with_all_usd"] < overall["with_usd"]).all()
    assert overall.loc[5, "effect_all_usd"] == pytest.approx(
        overall.loc[5, "effect_usd"] * overall.loc[5, "with_all_usd"] / overall.loc[5, "with_usd"], rel=0.15
    )


def test_groups_of_effects_add_to_everybody(effects):
    everybody = of_all(effects, "all")
    own = effects.query("setting == 'all' and certifier == 'all' and credential == 'all'")
    own = own.assign(dimension=own["group"].str.split("=").str[0])
    for dimension in ("race", "sex", "age", "ethnicity", "state", "cohort"):
        lines = own[own["dimension"] == dimension]
        total = (lines["effect_all_usd"].fillna(0) * lines["n_all"]).groupby(lines["horizon"]).sum()
        assert lines.groupby("horizon")["n_all"].sum().equals(everybody["n_all"].astype(int)), dimension
        assert (total / everybody["n_all"] - everybody["effect_all_usd"]).abs().max() < 0.02, dimension


def test_each_further_award_adds_what_the_world_says(effects):
    world = load_industry_world("manufacturing").effect
    first, second = of_all(effects, "first"), of_all(effects, "second")
    assert second.loc[5, "planted_log_points"] == pytest.approx(world.further_award, rel=1e-6)
    assert (second.loc[[-3, -2, -1, 0], "effect_usd"] == 0).all()
    assert second.loc[5, "effect_usd"] == pytest.approx(second.loc[5, "with_usd"] * world.further_award, rel=0.02)
    assert 0 < first.loc[5, "effect_usd"] < of_all(effects, "all").loc[5, "effect_usd"]
    by_code = effects.query("setting == 'second' and credential != 'all' and horizon == 5")
    assert by_code["n_all"].sum() == second.loc[5, "n_all"]


def test_holders_differ_from_others_before_the_award(cells):
    """Selection: at the same ages, later holders earn less than people who never hold a credential."""
    home = small_world()[0]
    wages = pd.read_parquet(home / "enclave/reference/wages_annual").query("year == 2004")
    born = (
        pd.read_parquet(home / "enclave/reference/persons")
        .drop_duplicates("person_key")
        .set_index("person_key")["birth_date"]
    )
    keys = truth(home, "key_person").set_index("person_id")["person_key"]
    holders = set(keys[keys.index.isin(truth(home, "record_person")["person_id"])])
    total = wages.groupby("person_key")["wages"].sum()
    year = pd.to_datetime(born.reindex(total.index)).dt.year
    grown = total[year.between(1955, 1974)]
    mine = grown.index.isin(holders)
    assert mine.sum() > 60
    assert grown[mine].median() < grown[~mine].median()
