"""Few learners opt out between two releases: whoever knows that reads no answer of theirs out of shares and numbers."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from credential_pipeline.enclave.outcome_release.acts import Signed, Standing, Statement
from credential_pipeline.enclave.outcome_release.attack.attacker import Released, attack
from credential_pipeline.enclave.outcome_release.attack.book import write_down
from credential_pipeline.enclave.outcome_release.attack.cells import DIMENSIONS, read_cells, sightings
from credential_pipeline.enclave.outcome_release.attack.few_learners import Apart, of_few, of_one
from credential_pipeline.enclave.outcome_release.attack.judge import Solved
from credential_pipeline.enclave.outcome_release.attack.study import study
from credential_pipeline.enclave.outcome_release.attack.truth import true_counts
from credential_pipeline.enclave.outcome_release.hand_over import whole_releases
from credential_pipeline.enclave.outcome_release.joint_attack import joint_attack
from credential_pipeline.enclave.outcome_release.kept_counts import few_apart
from credential_pipeline.enclave.outcome_release.ledger import Entry, record
from credential_pipeline.enclave.outcome_release.propose import propose
from credential_pipeline.enclave.outcome_tables.tabulation import tabulate
from credential_pipeline.engines.disclosure.rounding import percents
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.model import Disclosure
from credential_pipeline.foundation.registry.profiles import PROFILES
from tests.domain.enclave.outcome_tables_world import World, attempt, opened, settings
from tests.domain.enclave.release_world import STANDARD, published, rounded, tables, without, world, write

LEAVES = "K00017"
ALIKE = ("K00039", "K00099")
"""Two of one sex, race, credential and year of award."""


def released(home: Path, people: World) -> Entry:
    """Propose the figures of a world and publish them; the entry of the ledger."""
    with opened(people) as con:
        tabulate(con, settings("standard", horizons={"first": -1, "last": 2}))
        con.execute("CREATE SCHEMA outcome_release")
        entry = propose(con, home, "manufacturing", Disclosure(profile="standard")).entry
    by = Signed("x", "x", "x")
    standing = Standing(Statement("manufacturing", entry.release, "v"), by, (by, by))
    record(home, entry, standing, 1, datetime(2026, 6, 1, tzinfo=UTC))
    return entry


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Entry, Entry]:
    home = tmp_path_factory.mktemp("one") / "enclave"
    people = world(500, seed=1)
    return home, released(home, people), released(home, without(people, {LEAVES}, 41))


def test_the_second_release_shows_nothing_that_one_learner_changed(twice):
    home, first, second = twice
    then, now = (read_cells(home / entry.file) for entry in (first, second))
    with opened(without(world(500, seed=1), {LEAVES}, 41)) as con:
        tabulate(con, settings("standard", horizons={"first": -1, "last": 2}))
        told, tried = of_one(now, then, "the first", few_apart(con, home, first) or {})
    assert told == []
    assert tried > 0.9 * int((then["status"] == 1).sum())


def test_without_this_attack_many_answers_of_the_learner_are_told_and_all_are_right(tmp_path):
    people = world(500, seed=1)
    before, after = tables(people), tables(without(people, {LEAVES}, 41))
    old, new = write(published(before), tmp_path / "old.csv"), write(published(after), tmp_path / "new.csv")
    then, now = (pd.read_csv(path).set_index("cell_id") for path in (old, new))
    both = then.join(now[["value", "status"]], rsuffix="_now")
    both = both[(both["status"] == 1) & (both["status_now"] == 1)]
    figures, both = len(both), both[both["unit"] == "share"]
    change = both["value_now"] - both["value"]
    roles = [made.truth.set_index(["cell_id", "role"])["value"] for made in (before, after)]
    left = {role: (roles[0] - roles[1]).xs(role, level="role").reindex(both.index) for role in ("part", "rest", "n")}
    alone = left["n"] == 1
    assert (change[alone] != 0).sum() > 5
    assert (left["part"][alone & (change < 0)] == 1).all()
    assert (left["rest"][alone & (change > 0)] == 1).all()
    ones = dict.fromkeys(left["n"].index[alone], Apart(1, -1))
    found = attack(new, [Released(old, "r0001", STANDARD, apart=ones)], STANDARD, after.truth)
    assert set(both.index[alone & (change != 0)]) <= {one.cell_id for one in found.findings if one.against == "r0001"}
    # Of how many figures one learner is apart would tell in how many groups, and of how many years, that learner is.
    assert {line.tried for line in found.certificate if line.attack == "few learners' answers"} == {figures}


def test_without_this_attack_two_who_are_alike_are_told_to_have_the_same_answers_and_do(tmp_path):
    people = world(500, seed=1)
    before, after = tables(people), tables(without(people, set(ALIKE), 42))
    old, new = write(published(before), tmp_path / "old.csv"), write(published(after), tmp_path / "new.csv")
    roles = [made.truth.set_index(["cell_id", "role"])["value"] for made in (before, after)]
    gone, yes = ((roles[0] - roles[1]).xs(role, level="role") for role in ("n", "part"))
    two = {cell: Apart(2, -2) for cell in gone.index[gone == 2]}
    plain = attack(new, [Released(old, "r0001", STANDARD)], STANDARD, after.truth)
    found = attack(new, [Released(old, "r0001", STANDARD, apart=two)], STANDARD, after.truth)
    told = [one for one in found.findings if one.role == "part" and one.low == one.high and one.against == "r0001"]
    assert len([one for one in told if one.high in (0, 2)]) > 10
    assert all(yes[one.cell_id] == one.high for one in told)
    assert {one.cell_id for one in told} <= set(found.hide)
    assert {one.cell_id for one in told} - {one.cell_id for one in plain.findings}


def test_the_second_release_does_not_tell_the_answers_of_two(twice, tmp_path):
    home, first = shutil.copytree(twice[0], tmp_path / "enclave"), twice[1]
    second = released(home, without(world(500, seed=1), set(ALIKE), 42))
    with opened(without(world(500, seed=1), set(ALIKE), 42)) as con:
        tabulate(con, settings("standard", horizons={"first": -1, "last": 2}))
        apart = few_apart(con, home, first) or {}
    then, now = (read_cells(home / entry.file) for entry in (first, second))
    assert {few.learners for few in apart.values()} >= {1, 2}
    assert of_few(solved(now), solved(then), "the first", apart) == []
    assert of_one(now, then, "the first", apart)[1] > 0.9 * int((then["status"] == 1).sum())


def solved(cells: pd.DataFrame) -> Solved:
    """What a reader works out of a file."""
    return study(write_down(sightings(cells.assign(file=0), STANDARD)), STANDARD, programs=False).solved


def pairs(size: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Two shares of each of many groups before and after a few came or left: n, counted, part and rest of the few, in two files."""
    rng = np.random.default_rng(seed)
    group = pd.DataFrame({"n": rng.integers(24, 130, size), "few": rng.integers(1, 5, size)})
    group["counted"] = group["few"] * rng.choice([-1, 1], size)
    made = pd.concat([group.assign(measure=name, group=range(size)) for name in SHARES], ignore_index=True)
    made["part"] = rng.integers(10, made["n"] - 9)
    made["yes"] = rng.binomial(made["few"], rng.choice([0, 0.5, 1], len(made)))
    made["cohort"] = made["group"].map("{:04}".format)
    made["cell_id"] = "manufacturing/" + made["measure"] + "/" + made["cohort"]
    sign = np.sign(made["counted"])
    counts = [(made["n"], made["part"]), (made["n"] + made["counted"], made["part"] + sign * made["yes"])]
    files = [
        made.assign(
            industry="manufacturing",
            unit="share",
            status=1,
            horizon=1,
            n=rounded(n.to_numpy(float)),
            value=percents(part.to_numpy(), n.to_numpy()) / 100,
        )
        for n, part in counts
    ]
    return made, *(complete(cells) for cells in files)


SHARES = ("in_industry_share", "temporary_agency_share")


def complete(cells: pd.DataFrame) -> pd.DataFrame:
    return cells.reindex(columns=[*dict.fromkeys([*cells.columns, *DIMENSIONS, "attribution"])]).fillna("all")


def by_hand(one: Any, then: Any, now: Any) -> dict[int, set[int]]:
    """Every number of people that both printed shares allow, with how many of the few could be in the part."""
    allowed = {}
    for n in range(15, 200):
        totals = np.array([n, n + one.counted])
        if totals[1] < 15 or (rounded(totals.astype(float)) != (then.n, now.n)).any():
            continue
        parts = [
            {
                part
                for part in range(total + 1)
                if percents(np.array([part]), np.array([total]))[0] == round(share * 100)
            }
            for total, share in zip(totals.tolist(), (then.value, now.value), strict=True)
        ]
        sign = 1 if one.counted > 0 else -1
        yes = {sign * (after - before) for before in parts[0] for after in parts[1]}
        if yes & set(range(one.few + 1)):
            allowed[n] = yes & set(range(one.few + 1))
    return allowed


def test_what_shares_tell_of_a_few_is_what_trying_every_number_by_hand_tells():
    made, then, now = pairs(120, seed=7)
    apart = {one.cell_id: Apart(one.few, one.counted) for one in made.itertuples()}
    rows = list(zip(made.itertuples(), then.itertuples(), now.itertuples(), strict=True))
    tried = {one.cell_id: by_hand(one, before, after) for one, before, after in rows}
    alone, together = {}, {}
    for one, *_ in rows:
        numbers = set.intersection(*(set(tried[f"manufacturing/{name}/{one.cohort}"]) for name in SHARES))
        for told, kept in ((alone, set(tried[one.cell_id])), (together, numbers)):
            yes = set().union(*(tried[one.cell_id][n] for n in kept))
            if len(yes) == 1:
                told[one.cell_id] = yes.pop()
    found = {one.cell_id: one.high for one in of_few(solved(now), solved(then), "then", apart)}
    assert len(alone) > 20
    assert set(together) - set(alone)
    assert alone | together == found
    assert all(one.yes == found[one.cell_id] for one in made.itertuples() if one.cell_id in found)


@pytest.mark.parametrize(("gone", "some"), [(0, False), (1, True), (2, True), (9, True), (10, False)])
def test_figures_are_few_learners_apart_while_few_have_left(twice, gone, some):
    home, first, second = twice
    left = {f"K{number:05}" for number in range(17, 17 + gone)}
    with opened(without(world(500, seed=1), left, 40 + gone)) as con:
        tabulate(con, settings("standard", horizons={"first": -1, "last": 2}))
        apart = few_apart(con, home, first) or {}
        assert any("=mssc" not in cell and "=nims" not in cell for cell in apart) is some
        assert few_apart(con, home, replace(second, counts="")) is None


def test_a_certifier_knows_which_few_of_its_own_holders_left_also_where_many_others_did(twice, tmp_path):
    home, first = shutil.copytree(twice[0], tmp_path / "enclave"), twice[1]
    people = world(500, seed=1)
    bodies = {body: sorted({row[0] for row in people.credentials if row[1] == body}) for body in ("mssc", "nims")}
    left = {*bodies["mssc"][:12], bodies["nims"][0]}
    with opened(without(people, left, 40 + len(left))) as con:
        tabulate(con, settings("standard", horizons={"first": -1, "last": 2}))
        apart = few_apart(con, home, first) or {}
        certifiers = dict(con.execute("SELECT cell_id, certifier FROM outcome_tables.outcomes").fetchall())
    second = released(home, without(people, left, 40 + len(left)))
    assert {certifiers[cell] for cell in apart} <= {"mssc", "nims"}
    assert {few.learners for cell, few in apart.items() if certifiers[cell] == "nims"} == {1}
    then, now = (read_cells(home / entry.file) for entry in (first, second))
    assert of_one(now, then, "the first", apart)[0] == []
    both = then.merge(now, on="cell_id", suffixes=("_then", ""))
    others = both[~both["cell_id"].isin(apart) & (both["status_then"] == 1) & (both["status"] == 1)]
    assert (others["value_then"] != others["value"]).any()


def test_who_never_earned_an_award_and_leaves_is_one_learner_like_any_other(tmp_path):
    people = world(200, seed=1)
    names = [f"K{number:05}" for number in range(200)]
    holders = people.credentials
    failed = [
        attempt(name, "mssc", "CPT-SAF", row[5]) for name, row in zip(names, holders, strict=True) if name < "K00080"
    ]
    people = replace(people, credentials=[*failed, *(row for row in holders if row[0] >= "K00080")])
    home = tmp_path / "enclave"
    first = released(home, people)
    with opened(without(people, {"K00003"}, 41)) as con:
        tabulate(con, settings("standard", horizons={"first": -1, "last": 2}))
        apart = few_apart(con, home, first) or {}
    assert {"never_passed_share", "first_attempt_pass_rate"} <= {cell.split("/")[1] for cell in apart}


def test_where_nobody_came_or_left_but_wages_are_corrected_no_figure_is_of_few_learners(twice):
    home, first, _ = twice
    people = world(500, seed=1)
    corrected = replace(people, wages=[row for row in people.wages if row[0] != LEAVES])
    with opened(corrected) as con:
        tabulate(con, settings("standard", horizons={"first": -1, "last": 2}))
        assert few_apart(con, home, first) == {}


def test_whose_award_is_revoked_leaves_what_is_told_of_those_with_wages(twice, tmp_path):
    home, first = shutil.copytree(twice[0], tmp_path / "enclave"), twice[1]
    people = world(500, seed=1)
    held = next(row for row in people.credentials if row[0] == LEAVES)
    day = f"{int(held[5][:4]) + 1}-02-01"
    people = replace(people, credentials=[*people.credentials, (*held[:3], "revocation", None, day, held[6])])
    with opened(people) as con:
        tabulate(con, settings("standard", horizons={"first": -1, "last": 2}))
        apart = few_apart(con, home, first) or {}
        assert {Apart(1, -1)} <= set(apart.values())
    second = released(home, people)
    then, now = (read_cells(home / entry.file) for entry in (first, second))
    assert of_one(now, then, "the first", apart)[0] == []
    assert of_few(solved(now), solved(then), "the first", apart) == []


def test_what_one_learner_counts_several_times_is_told_apart_from_the_learner(tmp_path):
    people = world(200, seed=1)
    tries = [attempt(row[0], "mssc", code, row[5]) for row in people.credentials[:80] for code in ("CPT-SAF", "CPT")]
    people = replace(people, credentials=[*tries, *people.credentials[80:]])
    home = tmp_path / "enclave"
    first = released(home, people)
    with opened(without(people, {"K00003"}, 41)) as con:
        tabulate(con, settings("standard", horizons={"first": -1, "last": 2}))
        apart = few_apart(con, home, first) or {}
    assert {few for cell, few in apart.items() if cell.split("/")[1] == "first_attempt_pass_rate"} == {
        Apart(1, -1),
        Apart(1, -2),
    }


def test_counts_that_were_lost_or_altered_are_refused(twice, tmp_path):
    home, first, _ = twice
    lost = replace(first, file=str(tmp_path / "r0001.csv"))
    with opened(world(500, seed=1)) as con:
        tabulate(con, settings("standard", horizons={"first": -1, "last": 2}))
        with pytest.raises(SafeError, match="E_RELEASE_FILE"):
            few_apart(con, home, lost)
        (tmp_path / "r0001.counts.json").write_text("{}")
        with pytest.raises(SafeError, match="E_RELEASE_FILE"):
            few_apart(con, home, lost)


def test_counts_that_were_lost_or_altered_are_told_by_who_looks_at_the_ledger(twice, tmp_path):
    home, outbox = shutil.copytree(twice[0], tmp_path / "enclave"), tmp_path / "transfer"
    assert whole_releases(home, outbox) == 2
    kept = next((home / "releases" / "manufacturing").glob("r0001-*.counts.json"))
    kept.write_bytes(kept.read_bytes() + b" ")
    with pytest.raises(SafeError, match="E_RELEASE_FILE"):
        whole_releases(home, outbox)
    kept.unlink()
    with pytest.raises(SafeError, match="E_RELEASE_FILE"):
        whole_releases(home, outbox)


def test_a_certificate_tells_no_exact_number_of_small_counts(twice):
    home, first, _ = twice
    with opened(world(500, seed=1)) as con:
        tabulate(con, settings("standard", horizons={"first": -1, "last": 2}))
        path = home / first.file
        truth = true_counts(con)
        exact = {(line.attack, line.tried) for line in attack(path, [], STANDARD, truth).certificate}
        lines = joint_attack(con, home, [])(path, [], PROFILES["standard"]).certificate
    told = {line.attack: line.tried for line in lines}
    assert dict(exact)["a reader"] % 10
    assert {told[name] % 10 for name, _ in exact} == {0}
    assert all(bool(told[name]) == bool(tried) for name, tried in exact)
