"""The attacker bites: files that a careless hand would publish, each with what it gives away; and a careful file that holds."""

import numpy as np
import pandas as pd
import pytest

from credential_pipeline.enclave.outcome_release.attack import book
from credential_pipeline.enclave.outcome_release.attack.attacker import Attack, Released, attack
from credential_pipeline.enclave.outcome_release.attack.cells import MEANINGS
from credential_pipeline.enclave.outcome_release.attack.rules import RULES
from credential_pipeline.enclave.outcome_release.attack.truth import true_counts
from credential_pipeline.enclave.outcome_tables.tabulation import tabulate
from tests.domain.enclave.outcome_tables_world import opened, settings
from tests.domain.enclave.release_world import (
    STANDARD,
    Tables,
    add_person,
    coverage,
    published,
    settle,
    tables,
    without,
    world,
    write,
)

LEARNERS = 700
EXACT = RULES["one-off"]


@pytest.fixture(scope="module")
def people():
    return world(LEARNERS, 11)


@pytest.fixture(scope="module")
def made(people) -> Tables:
    return tables(people)


@pytest.fixture(scope="module")
def safe(made: Tables, tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("safe") / "outcomes.csv"
    found, cells = settle(made, path)
    return found, cells, path


def kinds(found: Attack) -> set[str]:
    return {finding.kind for finding in found.findings}


def true(made: Tables) -> pd.Series:
    return made.truth.set_index(["cell_id", "role"])["value"]


def released(path, made: Tables, name: str = "r0001", rules=STANDARD) -> Released:
    return Released(path, name, rules, made.truth)


def test_the_judge_reads_the_counts_behind_the_cells(people, made: Tables):
    with opened(people) as con:
        tabulate(con, settings(horizons={"first": -1, "last": 2}))
        told = true_counts(con).set_index(["cell_id", "role"])["value"]
    assert told.sort_index().to_dict() == true(made).sort_index().to_dict()


# --- a careful file holds ----------------------------------------------------------------------------------------------


def test_a_careful_file_holds_and_still_says_something(safe, made: Tables):
    found, cells, _ = safe
    assert found.findings == ()
    assert found.hide == ()
    assert {line.result for line in found.certificate} == {"held"}
    assert {"a reader", "an employer", "a certifier", "subtraction"} <= {line.attack for line in found.certificate}
    assert sum(line.tried for line in found.certificate) > 200
    assert (cells["status"] == 1).sum() >= 200


def test_true_counts_lie_in_all_intervals(safe, made: Tables):
    solved = safe[0].solved
    known = ~np.isnan(solved.truth)
    assert (solved.low[known] <= solved.truth[known]).all()
    assert (solved.truth[known] <= solved.high[known]).all()
    assert (solved.high - solved.low > 0)[known].mean() > 0.5


def test_the_same_file_again_tells_nothing_new(safe, made: Tables):
    _, _, path = safe
    assert attack(path, [released(path, made)], STANDARD, made.truth).findings == ()


def test_keys_that_64_bits_cannot_hold_add_up_alike(safe, monkeypatch):
    _, _, path = safe
    sums = attack(path, [], STANDARD).solved.book.sums
    monkeypatch.setattr(book, "_LARGEST", 1)
    assert attack(path, [], STANDARD).solved.book.sums == sums
    assert sums != []


def test_order_of_rows_does_not_matter(safe, made: Tables, tmp_path):
    cells = safe[1]
    mixed = write(cells.sample(frac=1, random_state=3), tmp_path / "outcomes.csv")
    careless = write(published(made).sample(frac=1, random_state=3), tmp_path / "careless" / "outcomes.csv")
    straight = write(published(made), tmp_path / "straight" / "outcomes.csv")
    assert attack(mixed, [], STANDARD, made.truth).certificate == safe[0].certificate
    one, other = (
        attack(file, [], STANDARD, made.truth.sample(frac=1, random_state=5)) for file in (careless, straight)
    )
    assert one.findings == other.findings
    assert one.hide == other.hide


# --- one file ----------------------------------------------------------------------------------------------------------


def test_exact_numbers_of_learners_give_hidden_counts_away(made: Tables, tmp_path):
    found = attack(write(published(made, exact=True), tmp_path / "o.csv"), [], STANDARD, made.truth)
    assert {"exact"} <= kinds(found)
    exact = [f for f in found.findings if f.kind == "exact"]
    assert all(true(made)[f.cell_id, f.role] == f.low for f in exact)


def test_without_rounding_below_a_hundred_hidden_counts_are_told(made: Tables, safe, tmp_path):
    cells = safe[1].copy()
    n = cells["n_exact"] = cells["cell_id"].map(true(made).xs("n", level="role"))
    small = (cells["status"] == 1) & (n < 100)
    cells.loc[small, "n"] = n[small]
    found = attack(write(cells.drop(columns="n_exact"), tmp_path / "o.csv"), [], STANDARD, made.truth)
    assert found.findings


def test_shares_with_three_decimals_pin_more_than_whole_percents(made: Tables, safe, tmp_path):
    _, cells, _ = safe
    fine = published(made, digits=3)
    cells = cells.assign(value=fine["value"].where(cells["status"] == 1))
    found = attack(write(cells, tmp_path / "o.csv"), [], STANDARD, made.truth)
    assert found.findings
    width = [(solved.high - solved.low)[solved.seen].mean() for solved in (found.solved, safe[0].solved)]
    assert width[0] < width[1] / 2


@pytest.mark.parametrize(("value", "role"), [(0.0, "part"), (1.0, "rest"), (0.02, "part"), (0.98, "rest")])
def test_nobody_everybody_and_a_few_of_a_small_group_are_found(safe, made: Tables, tmp_path, value, role):
    cells = safe[1].copy()
    place = cells.index[(cells["measure"] == "in_industry_share") & (cells["status"] == 1)][0]
    cells.loc[place, ["measure", "cell_id", "n", "value"]] = ["placement_rate", "placement", 40, value]
    few = {0.0: 0, 1.0: 0, 0.02: 1, 0.98: 1}[value]
    known = {"n": 40, role: few, "rest" if role == "part" else "part": 40 - few}
    more = pd.DataFrame([{"cell_id": "placement", "role": r, "value": float(v)} for r, v in known.items()])
    path = write(cells, tmp_path / "o.csv")
    for truth in (None, pd.concat([made.truth, more])):
        found = attack(path, [], STANDARD, truth)
        assert ("placement", role) in {(f.cell_id, f.role) for f in found.findings if f.kind in {"shown", "group"}}
        assert "placement" in found.hide


def test_deaths_can_be_subtracted_where_each_year_has_a_denominator_of_its_own(made: Tables, tmp_path):
    cells = published(made, exact=True)
    # Every figure of a year has that year's denominator, or the file would contradict itself.
    measures = [measure for measure, meaning in MEANINGS.items() if meaning.n == "cohort"]
    later = cells["measure"].isin(measures) & (cells["horizon"] == 1) & (cells["age_band"] == "26-35")
    truth = made.truth.copy()
    truth.loc[truth["cell_id"].isin(cells.loc[later, "cell_id"]) & (truth["role"] == "n"), "value"] -= 4
    cells.loc[later, "n"] -= 4
    found = attack(write(cells, tmp_path / "o.csv"), [], STANDARD, truth)
    years = [f for f in found.findings if f.against == "a year later"]
    assert {(abs(f.low), abs(f.high)) for f in years} >= {(4.0, 4.0)}


def test_a_file_that_contradicts_itself_proves_nothing(made: Tables, tmp_path):
    cells = published(made, exact=True)
    cells.loc[(cells["measure"] == "earnings_p50") & (cells["certifier"] != "all"), "n"] *= 3
    assert attack(write(cells, tmp_path / "o.csv"), [], EXACT).findings


def test_what_is_to_be_hidden_ends_most_findings_at_once(made: Tables, tmp_path):
    careless = published(made)
    first = attack(write(careless, tmp_path / "o.csv"), [], STANDARD, made.truth)
    assert first.findings
    gone = careless["cell_id"].isin(first.hide)
    careless.loc[gone, ["n", "value", "status"]] = [np.nan, np.nan, 5]
    after = attack(write(careless, tmp_path / "o.csv"), [], STANDARD, made.truth)
    before, left = ({(f.kind, f.cell_id, f.role) for f in found.findings} for found in (first, after))
    assert len(before & left) <= len(before) / 2
    assert len(first.hide) < (careless["status"] == 1).sum() / 2


# --- several files -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def grown(people) -> Tables:
    rng = np.random.default_rng(3)
    more = without(people, set(), 40)
    for number in range(12):
        add_person(more, f"L{number}", rng)
    more.coverage = coverage(more)
    return tables(more)


def test_twelve_more_learners_are_told_by_two_exact_releases(made: Tables, grown: Tables, tmp_path):
    old = write(published(made, exact=True), tmp_path / "old.csv")
    new = write(published(grown, exact=True), tmp_path / "new.csv")
    for knows in (True, False):
        then = Released(old, "r0001", STANDARD, made.truth if knows else None)
        found = attack(new, [then], STANDARD, grown.truth if knows else None)
        apart = [f for f in found.findings if f.kind == "difference" and f.against == "r0001"]
        assert len(apart) > 20
        now, before = true(grown), true(made)
        assert all(now[f.cell_id, f.role] - before[f.cell_id, f.role] == f.low for f in apart if f.low == f.high)


def test_twelve_more_learners_are_not_told_by_two_rounded_releases(made: Tables, grown: Tables, safe, tmp_path):
    _, cells, path = safe
    hidden = set(cells.loc[cells["status"] == 5, "cell_id"])
    found, again = settle(grown, tmp_path / "new.csv", [released(path, made)], hidden)
    assert found.findings == ()
    kept = set(cells.loc[cells["status"] == 1, "cell_id"])
    assert len(kept & set(again.loc[again["status"] == 1, "cell_id"])) >= 0.9 * len(kept)


BANDS = ("14-17", "18-25", "26-35", "36-45", "46-55", "56-99")
RECUT = ("14-17", "18-25", "26-35", "36-45", "46-54", "55-99")


@pytest.mark.parametrize("industry", ["manufacturing", "metalwork"])
def test_bands_cut_elsewhere_tell_who_is_between_the_cuts(people, tmp_path, industry):
    """Of an earlier release, or of another industry with the same certifiers."""
    one, other = tables(people, age_bands=BANDS), tables(people, age_bands=RECUT)
    known = {
        row["horizon"]: row["value"]
        for row in one.cells.assign(value=one.cells["n"])
        .query("measure == 'earnings_p50' and age_band == '46-55'")
        .to_dict("records")
    }
    for row in other.cells.query("measure == 'earnings_p50' and age_band == '46-54'").to_dict("records"):
        known[row["horizon"]] -= row["n"]
    small = {h: v for h, v in known.items() if 0 < v < 10}
    assert small
    theirs = published(other, exact=True).assign(industry=industry)
    theirs["cell_id"] = theirs["cell_id"].str.replace("manufacturing", industry)
    then = Released(write(theirs, tmp_path / "then.csv"), "other", STANDARD)
    found = attack(write(published(one, exact=True), tmp_path / "now.csv"), [then], STANDARD)
    told = {f.low for f in found.findings if f.against == "other" and f.kind == "difference" and f.low == f.high}
    assert told & set(small.values())
    assert {"both as one"} <= {line.attack for line in found.certificate}
    assert found.hide


def test_a_certifier_takes_its_own_holders_out(safe, made: Tables, tmp_path):
    """A total of 35 to 45 says nothing of 4 beside 26 to 34 others, but to whoever knows that those are 32."""
    cells = safe[1].copy()
    template = cells[(cells["measure"] == "earnings_p50") & (cells["status"] == 1)].iloc[0].to_dict()
    template |= {"age_band": "all", "sex": "all", "race": "all", "credential": "all", "horizon": 9}
    printed = {"all": {"n": 40}, "mssc": {"n": 30}, "nims": {"n": np.nan, "value": np.nan, "status": 5}}
    lines = [template | {"cell_id": f"x/{body}", "certifier": body} | told for body, told in printed.items()]
    cells = pd.concat([cells, pd.DataFrame(lines)])
    values = {"all": 36.0, "mssc": 32.0, "nims": 4.0}
    more = pd.DataFrame([{"cell_id": f"x/{body}", "role": "n", "value": v} for body, v in values.items()])
    found = attack(write(cells, tmp_path / "o.csv"), [], STANDARD, pd.concat([made.truth, more]))
    assert {f.against for f in found.findings if f.cell_id == "x/nims"} == {"the certifier mssc"}


def test_what_a_certifier_knows_cannot_be_at_odds_with_the_file(safe, made: Tables, tmp_path):
    cells = safe[1].copy()
    template = cells[(cells["measure"] == "earnings_p50") & (cells["status"] == 1)].iloc[0].to_dict()
    template |= {"age_band": "all", "sex": "all", "race": "all", "credential": "all", "horizon": 9}
    printed = {"all": {"n": 40}, "mssc": {"n": 30}}
    lines = [template | {"cell_id": f"x/{body}", "certifier": body} | told for body, told in printed.items()]
    more = pd.DataFrame(
        [{"cell_id": f"x/{body}", "role": "n", "value": v} for body, v in {"all": 36.0, "mssc": 32.0}.items()]
    )
    truth = pd.concat([made.truth, more])
    holds = attack(write(pd.concat([cells, pd.DataFrame(lines)]), tmp_path / "o.csv"), [], STANDARD, truth)
    assert "contradiction" not in {f.kind for f in holds.findings}
    truth.loc[truth["cell_id"] == "x/mssc", "value"] = 60.0
    broken = attack(write(pd.concat([cells, pd.DataFrame(lines)]), tmp_path / "p.csv"), [], STANDARD, truth)
    assert {(f.kind, f.against) for f in broken.findings if f.kind == "contradiction"} == {
        ("contradiction", "the certifier mssc")
    }


# --- people in no category that has cells --------------------------------------------------------------------------------


def test_who_stands_in_no_category_with_cells_is_found(made: Tables, tmp_path):
    """Of 186 learners of nims 27 and 152 have a setting with a cell, 15 % and 82 % of about 200: seven are left, and are few."""
    rows = made.cells[(made.cells["definition"] == "setting_training") & (made.cells["certifier"] == "nims")].iloc[:2]
    rows = rows.assign(n_count_id="all", numerator_count_id=["some", "most"], n=186, value=[27 / 186, 152 / 186])
    counts = pd.Series({"all": 186.0, "some": 27.0, "most": 152.0})
    few = Tables(rows.assign(setting=["employer", "college"]), counts)
    found = attack(write(published(few), tmp_path / "a.csv"), [], STANDARD, few.truth)
    assert [(one.kind, one.low, one.high) for one in found.findings] == [("below", 4.0, 8.0)]
    assert "less setting college|employer" in found.findings[0].role
    left, cells = settle(few, tmp_path / "b.csv")
    assert not left.findings
    assert (cells["status"] == 1).sum() == 1


def test_what_one_certifier_leaves_of_all_is_the_other_ones(made: Tables, tmp_path):
    """Four of nims, which has no cell of this, are what mssc's twenty leave of the 4 % of about 600."""
    agency = (made.cells["measure"] == "temporary_agency_share") & (made.cells["horizon"] == 2)
    groups = made.cells[["certifier", "credential", "age_band", "race", "sex"]].astype(str).agg("|".join, axis=1)
    rows = made.cells[agency & groups.isin(["all|all|all|all|all", "mssc|all|all|all|all"])].sort_values("certifier")
    rows = rows.assign(
        n_count_id=["all", "mssc"], numerator_count_id=["part", "own"], n=[586, 400], value=[24 / 586, 0.05]
    )
    other = made.cells[(made.cells["certifier"] == "nims") & (made.cells["measure"] == "setting_share")].iloc[:1]
    counts = pd.concat([made.counts, pd.Series({"all": 586.0, "mssc": 400.0, "part": 24.0, "own": 20.0})])
    few = Tables(pd.concat([rows, other]), counts)
    found = attack(write(published(few), tmp_path / "a.csv"), [], STANDARD, few.truth)
    told = [one for one in found.findings if "part less certifier mssc" in one.role]
    assert [(one.against, one.kind, one.low, one.high) for one in told] == [("the certifier mssc", "below", 1.0, 8.0)]
