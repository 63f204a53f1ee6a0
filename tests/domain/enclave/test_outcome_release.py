"""The release as a whole: protected, published, attacked; and files that a careless hand would publish."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from credential_pipeline.enclave.outcome_release.attacker import attack
from credential_pipeline.enclave.outcome_release.audit import audit, audit_system, judge, questions
from credential_pipeline.enclave.outcome_release.read_counts import read_system
from credential_pipeline.enclave.outcome_release.release import (
    Release,
    hidden_counts,
    mark_cells,
    publish_outcomes,
    share_rests,
    stage_csv,
)
from credential_pipeline.engines.disclosure.primary import find_primary
from credential_pipeline.engines.disclosure.protect import Protection
from credential_pipeline.foundation.contracts.outcome_release import SNAPSHOT
from credential_pipeline.foundation.registry.profiles import PROFILES
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.keep import keep
from credential_pipeline.foundation.storage.relation import relation, scratch
from tests.domain.engines.disclosure_synthetic import Tables, make


@dataclass
class Published:
    """A release, its public file, and what the audit says about it."""

    release: Release
    path: Path
    findings: list


@pytest.fixture(scope="module")
def tables() -> Tables:
    return make(300, credentials=3, horizons=range(1, 2), seed=3)


@pytest.fixture(scope="module")
def good(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Published:
    return publish(tables, tmp_path_factory.mktemp("good"))


@pytest.fixture(scope="module")
def bare(tables: Tables, good: Published, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The same release with nothing hidden but the primary counts."""
    hidden = good.release.primary.hidden
    release = replace(good.release, protection=Protection(hidden, np.zeros_like(hidden), 0))
    with connect() as con:
        tables.load(con)
        with scratch(con) as work:
            outcomes = relation(con, "outcome_tables.outcomes")
            marked = mark_cells(
                work,
                outcomes,
                relation(con, "outcome_tables.counts"),
                hidden_counts(work, release.system, release.protection),
                share_rests(work, release.system),
                PROFILES["one-off"],
            )
            keep(con, SNAPSHOT, "published_outcomes", marked)
        return Published(release, stage_csv(con, tmp_path_factory.mktemp("bare")), [])


def publish(tables: Tables, folder: Path) -> Published:
    with connect() as con:
        tables.load(con)
        release = publish_outcomes(con)
        path = stage_csv(con, folder)
        return Published(release, path, audit(con, release, path))


def test_a_protected_release_gives_nothing_away_and_still_says_something(good: Published) -> None:
    release, path = good.release, good.path
    assert good.findings == []
    assert release.primary.sensitive.sum() > 20
    assert (pd.read_csv(path)["status"] == 1).mean() > 1 / 5
    cells = pd.read_csv(path)
    assert set(cells["status"]) <= {1, 5, -1}
    assert cells.loc[cells["status"] != 1, ["value", "n", "low", "high"]].isna().all(axis=None)
    assert (cells.loc[cells["status"] == 1, "n"] >= 10).all()
    assert not {"n_count_id", "numerator_count_id"} & set(cells)


def test_primary_suppression_alone_is_caught_by_both_attacks(bare: Published) -> None:
    assert {f.kind for f in attack(bare.path).findings} & {"exact", "below"}
    assert audit_system(bare.release)


def test_one_needed_secondary_shown_is_caught(good: Published) -> None:
    release = good.release
    secondaries = np.flatnonzero(release.protection.secondary)
    caught = 0
    for place in secondaries:
        hidden = release.protection.hidden.copy()
        hidden[place] = False
        mutant = replace(release, protection=Protection(hidden, release.protection.secondary, 0))
        caught += bool(audit_system(mutant))
        if caught >= 3:
            break
    assert caught >= 3


@pytest.mark.parametrize(
    ("n", "value", "role"),
    [(9, 0.5, "n"), (200, 0.02, "part"), (200, 0.985, "rest"), (200, 0.0, "part"), (200, 1.0, "rest")],
)
def test_a_number_under_ten_in_print_is_caught(
    good: Published, tmp_path: Path, n: int, value: float, role: str
) -> None:
    cells = pd.read_csv(good.path)
    cells = cells[cells["measure"] == "in_industry_share"].head(1)
    cells = cells.assign(measure="placement_rate", n=n, value=value, status=1)
    cells.to_csv(tmp_path / "outcomes.csv", index=False)
    assert ("shown", role) in {(f.kind, f.role) for f in attack(tmp_path / "outcomes.csv").findings}


def test_tables_protected_apart_are_caught_when_subtracted_through_their_shared_totals(tmp_path: Path) -> None:
    """Age hides one band of a group of 40, and the same people by sex show what is missing from it."""
    rows = [
        {"age_band": "18-25", "status": 5},
        {"age_band": "26-35", "n": 34, "value": 1000, "status": 1},
        {"n": None, "status": 5},
        {"sex": "F", "n": 15, "value": 1000, "status": 1},
        {"sex": "M", "n": 25, "value": 1000, "status": 1},
    ]
    cells = _cells(rows)
    path = tmp_path / "outcomes.csv"
    cells[cells["sex"] == "all"].to_csv(path, index=False)
    assert attack(path).findings == ()
    cells.to_csv(path, index=False)
    assert [(f.kind, f.low, f.high) for f in attack(path).findings] == [("exact", 6, 6)]


def test_a_whole_group_found_by_subtraction_is_caught(tmp_path: Path) -> None:
    """The share of the group is hidden, but its two counts stand elsewhere."""
    share = {"measure": "wage_matched_share", "status": 5}
    other = [
        {"measure": "wage_matched_share", "sex": "F", "n": 20, "value": 0.5, "status": 1},
        {"measure": "wage_matched_share", "sex": "M", "status": 5},
        {"measure": "earnings_p50", "sex": "M", "n": 30, "value": 1000, "status": 1},
        {"measure": "placement_rate", "n": 50, "value": 0.5, "status": 1},
    ]
    path = tmp_path / "outcomes.csv"
    _cells([{**share, "n": 50, "value": 0.8, "status": 1}, *other]).to_csv(path, index=False)
    assert [(f.kind, f.role) for f in attack(path).findings] == [("group", "rest")]


def test_an_earlier_file_of_the_same_data_joins_the_attack(tables: Tables, good: Published, bare: Published) -> None:
    with connect() as con:
        tables.load(con)
        assert judge(con, good.release, attack(good.path, asked=questions(con, good.release))) == []
        assert judge(con, good.release, attack(good.path, [bare.path], asked=questions(con, good.release)))


def test_a_few_new_learners_are_hidden_from_subtraction(tables: Tables, good: Published, tmp_path: Path) -> None:
    old = good.path
    more = replace(tables, counts=tables.counts.copy(), outcomes=tables.outcomes.copy())
    failed = ["tried", "never_passed", "sittings", "sittings_failed"]
    grown = more.counts[more.counts["quantity"].isin(failed)]
    lifted = grown[(grown["age_band"] == "all") & (grown["sex"] == "all") & (grown["race"] == "all")]
    kept = ["C00", "mssc"]
    line = lifted["credential"].isin([kept[0], "all"]) & lifted["certifier"].isin([kept[1], "all"])
    line |= lifted["certifier"].eq("all")
    chosen = [*lifted.index[line]]
    for dimension, category in (("age_band", "18-25"), ("sex", "M"), ("race", "white")):
        chosen += [*grown.index[grown[dimension] == category]]
    more.counts.loc[chosen, ["value", "learners"]] += 4
    size = more.counts.set_index("count_id")["value"]
    more.outcomes["n"] = more.outcomes["n_count_id"].map(size)
    part = more.outcomes["numerator_count_id"].map(size)
    rate = more.outcomes["measure"] == "eventual_pass_rate"
    more.outcomes.loc[rate & (more.outcomes["n"] > 0), "value"] = part / more.outcomes["n"]
    more.outcomes.loc[more.outcomes["measure"] == "attempts", "value"] = part.astype(float)
    folder = tmp_path / "new"
    folder.mkdir()
    with connect() as con:
        more.load(con)
        careless = stage_csv_of(con, folder, ())
        assert "difference" in {f.kind for f in attack(careless, [old]).findings}
        careful = stage_csv_of(con, folder, (old,))
        assert "difference" not in {f.kind for f in attack(careful, [old]).findings}


def stage_csv_of(con, folder: Path, earlier: tuple[Path, ...]) -> Path:
    publish_outcomes(con, earlier=earlier)
    return stage_csv(con, folder)


def test_row_order_does_not_matter(tables: Tables, good: Published, tmp_path: Path) -> None:
    mixed = Tables(*(f.sample(frac=1, random_state=4) for f in (tables.counts, tables.equations, tables.outcomes)))
    with connect() as con:
        mixed.load(con)
        assert stage_csv_of(con, tmp_path, ()).read_bytes() == good.path.read_bytes()


def test_rounding_and_marks(tables: Tables) -> None:
    with connect() as con:
        tables.load(con)
        publish_outcomes(con)
        pay = con.execute(
            "SELECT value FROM outcome_release.published_outcomes WHERE status = 1 AND measure LIKE 'earnings%'"
        ).fetchall()
        share = con.execute(
            "SELECT value FROM outcome_release.published_outcomes WHERE status = 1 AND measure LIKE '%share'"
        ).fetchall()
        system = read_system(
            con, *(relation(con, f"outcome_tables.{t}") for t in ("counts", "equations", "outcomes")), 10
        )
        zero_cells = con.execute(
            "SELECT DISTINCT p.status FROM outcome_release.published_outcomes p JOIN outcome_tables.outcomes o"
            " USING (cell_id) WHERE o.n = 0"
        ).fetchall()
    assert pay
    assert share
    assert all(value % 100 == 0 for (value,) in pay)
    assert all(round(value, 3) == value for (value,) in share)
    assert zero_cells == [(5,)]
    assert (system.value == 0).any()
    assert find_primary(system, 10).hidden[system.value == 0].all()


def _cells(rows: list[dict]) -> pd.DataFrame:
    names = ["certifier", "credential", "cohort", "age_band", "sex", "race", "ethnicity", "state", "sector", "setting"]
    base = dict.fromkeys(names, "all") | {"industry": "x", "attribution": "first", "horizon": 1, "unit": "usd"}
    base |= {"measure": "earnings_p50", "n": None, "value": None}
    frame = pd.DataFrame([base | row for row in rows])
    return frame.assign(cell_id=[f"c{i}" for i in range(len(frame))])
