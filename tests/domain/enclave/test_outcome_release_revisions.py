"""A proposal that changes much of what is public waits for somebody who says why."""

from collections.abc import Callable
from pathlib import Path

import pytest

from credential_pipeline.enclave.outcome_release import acts
from credential_pipeline.enclave.outcome_release.ledger import Entry, chain, record
from credential_pipeline.enclave.outcome_release.revisions import Revisions, find_revisions, refuse_revisions
from credential_pipeline.foundation.contracts.outcome_release import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.durable import sha256
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.snapshots import Store, Version
from tests.domain.enclave.test_outcome_release_acts import NOW

Figures = dict[str, tuple[str, float | None]]
LAST: Figures = {f"usd{n}": ("usd", 40_000.0) for n in range(20)} | {f"share{n}": ("share", 0.5) for n in range(20)}


def released(home: Path, figures: Figures, release: str = "r0001-aaaaaaaa") -> None:
    """A release of manufacturing, as the ledger and its kept file tell it."""
    lines = [
        f"{cell},{unit},{'' if value is None else value},{5 if value is None else 1}"
        for cell, (unit, value) in figures.items()
    ]
    file = home / "releases" / "manufacturing" / f"{release}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(["cell_id,unit,value,status", *lines, ""]))
    entry = Entry(release, "manufacturing", str(file.relative_to(home)), sha256(file))
    statement = acts.Statement("manufacturing", release, "v1")
    record(home, entry, acts.Standing(statement, acts.Signed("x", "x", "x")), 1, NOW)


def proposal(home: Path, figures: Figures) -> Version:
    """A version of outcome_release with these figures."""
    store = Store(home / "store")
    with store.stage(SNAPSHOT, "manufacturing", [], {}, "run") as staged:
        for table in SNAPSHOT:
            columns = ", ".join(f'"{name}" {kind}' for name, kind in table.schema.items())
            staged.con.execute(f"CREATE TABLE outcome_release.{table.name} ({columns})")
        rows = [(cell, unit, value, 5 if value is None else 1) for cell, (unit, value) in figures.items()]
        staged.con.executemany(
            "INSERT INTO outcome_release.published_outcomes (cell_id, unit, value, status) VALUES (?, ?, ?, ?)", rows
        )
        staged.write()
        staged.publish()
    return store.current(SNAPSHOT, "manufacturing")


def revisions(home: Path, figures: Figures, release: str = "r0002-bbbbbbbb") -> Revisions:
    with connect(threads=1) as con:
        proposal(home, figures).attach(con)
        return find_revisions(con, home, "manufacturing", release)


def test_the_first_release_revises_nothing(tmp_path: Path) -> None:
    assert revisions(tmp_path, LAST) == Revisions()


def test_small_changes_and_new_figures_are_no_revision(tmp_path: Path) -> None:
    released(tmp_path, LAST)
    now = {cell: (unit, value * 1.09 if unit == "usd" else value + 0.04) for cell, (unit, value) in LAST.items()}
    found = revisions(tmp_path, now | {"new": ("usd", 1.0)})
    assert (found.shown, found.gone, found.changed, found.held) == (40, 0, 0, False)


@pytest.mark.parametrize(("changed", "gone", "held"), [(10, 0, False), (11, 0, True), (5, 5, False), (0, 11, True)])
def test_above_a_share_it_is_held(tmp_path: Path, changed: int, gone: int, held: bool) -> None:  # noqa: FBT001
    released(tmp_path, LAST)
    now = dict(LAST)
    for number, cell in enumerate(list(LAST)[5 : 5 + changed + gone]):
        unit = LAST[cell][0]
        now[cell] = (unit, None if number >= changed else 45_000.0 if unit == "usd" else 0.44)
    found = revisions(tmp_path, now)
    assert (found.changed, found.gone, found.held) == (changed, gone, held)


def test_the_last_release_counts_and_a_proposal_not_against_itself(tmp_path: Path) -> None:
    released(tmp_path, {cell: (unit, 0.0) for cell, (unit, _) in LAST.items()})
    released(tmp_path, LAST, "r0002-bbbbbbbb")
    assert not revisions(tmp_path, LAST, "r0003-cccccccc").held
    assert revisions(tmp_path, LAST, "r0002-bbbbbbbb").held
    facts = {
        "statement": vars(acts.Statement("manufacturing", "r0002-bbbbbbbb", "v", "withdrawal", reason="wrong")),
        "number": 2,
    }
    chain(tmp_path).append(acts.WITHDRAWN, facts, NOW)
    assert revisions(tmp_path, LAST, "r0003-cccccccc").release == "r0001-aaaaaaaa"


@pytest.mark.parametrize("harm", [Path.unlink, lambda file: file.write_text("cell_id,unit,value,status\n")])
def test_without_the_file_of_the_last_release_nothing_is_compared(
    tmp_path: Path, harm: Callable[[Path], object]
) -> None:
    released(tmp_path, LAST)
    harm(tmp_path / "releases" / "manufacturing" / "r0001-aaaaaaaa.csv")
    with pytest.raises(SafeError, match="r0001-aaaaaaaa: its public file is missing or altered"):
        revisions(tmp_path, LAST)


def test_it_takes_a_reason_and_the_reason_is_signed(tmp_path: Path) -> None:
    released(tmp_path, LAST)
    version = proposal(tmp_path, {"other": ("usd", 1.0)})
    plain = acts.Statement("manufacturing", "r0002-bbbbbbbb", version.name)
    with pytest.raises(SafeError) as refused:
        refuse_revisions(version, plain, tmp_path)
    assert refused.value.code == "E_REVISIONS"
    assert "40 are not shown any more" in refused.value.message
    why = acts.Statement("manufacturing", "r0002-bbbbbbbb", version.name, revisions="the wages of 2012 were in cents")
    refuse_revisions(version, why, tmp_path)
    assert why.body("propose") != plain.body("propose")
    # What was signed before there was such a reason is still what was signed.
    assert b"revisions" not in plain.body("propose")
