"""One learner opts out between two releases: whoever knows that reads no answer of that learner out of shares and numbers."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from credential_pipeline.enclave.outcome_release.acts import Signed, Standing, Statement
from credential_pipeline.enclave.outcome_release.attack.attacker import Released, attack
from credential_pipeline.enclave.outcome_release.attack.cells import read_cells
from credential_pipeline.enclave.outcome_release.attack.one_learner import answers
from credential_pipeline.enclave.outcome_release.attack.truth import true_counts
from credential_pipeline.enclave.outcome_release.hand_over import whole_releases
from credential_pipeline.enclave.outcome_release.joint_attack import joint_attack
from credential_pipeline.enclave.outcome_release.kept_counts import one_apart
from credential_pipeline.enclave.outcome_release.ledger import Entry, record
from credential_pipeline.enclave.outcome_release.propose import propose
from credential_pipeline.enclave.outcome_tables.tabulation import tabulate
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.model import Disclosure
from credential_pipeline.foundation.registry.profiles import PROFILES
from tests.domain.enclave.outcome_tables_world import World, attempt, opened, settings
from tests.domain.enclave.release_world import STANDARD, published, tables, without, world, write

LEAVES = "K00017"


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
        told, tried = answers(now, then, "the first", one_apart(con, home, first))
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
    moved = both["value_now"] - both["value"]
    roles = [made.truth.set_index(["cell_id", "role"])["value"] for made in (before, after)]
    left = {role: (roles[0] - roles[1]).xs(role, level="role").reindex(both.index) for role in ("part", "rest", "n")}
    alone = left["n"] == 1
    assert (moved[alone] != 0).sum() > 5
    assert (left["part"][alone & (moved < 0)] == 1).all()
    assert (left["rest"][alone & (moved > 0)] == 1).all()
    ones = frozenset(left["n"].index[alone])
    found = attack(new, [Released(old, "r0001", STANDARD, one_learner=ones)], STANDARD, after.truth)
    assert set(both.index[alone & (moved != 0)]) <= {one.cell_id for one in found.findings if one.against == "r0001"}
    # Of how many figures one learner is apart would tell in how many groups, and of how many years, that learner is.
    assert {line.tried for line in found.certificate if line.attack == "one learner's answers"} == {figures}


@pytest.mark.parametrize(("gone", "some"), [(0, False), (1, True), (2, True), (9, True), (10, False)])
def test_figures_are_one_learner_apart_while_few_have_left(twice, gone, some):
    home, first, second = twice
    left = {f"K{number:05}" for number in range(17, 17 + gone)}
    with opened(without(world(500, seed=1), left, 40 + gone)) as con:
        tabulate(con, settings("standard", horizons={"first": -1, "last": 2}))
        assert bool(one_apart(con, home, first)) is some
        assert not one_apart(con, home, replace(second, counts=""))


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
        apart = one_apart(con, home, first)
    assert {"never_passed_share", "first_attempt_pass_rate"} <= {cell.split("/")[1] for cell in apart}


def test_counts_that_were_lost_or_altered_are_refused(twice, tmp_path):
    home, first, _ = twice
    lost = replace(first, file=str(tmp_path / "r0001.csv"))
    with opened(world(500, seed=1)) as con:
        tabulate(con, settings("standard", horizons={"first": -1, "last": 2}))
        with pytest.raises(SafeError, match="E_RELEASE_FILE"):
            one_apart(con, home, lost)
        (tmp_path / "r0001.counts.json").write_text("{}")
        with pytest.raises(SafeError, match="E_RELEASE_FILE"):
            one_apart(con, home, lost)


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
