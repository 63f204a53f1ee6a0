"""One learner opts out: whoever knows all groups of that learner does not read the wages out of all their percentiles together."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from credential_pipeline.enclave.outcome_release import verdict
from credential_pipeline.enclave.outcome_release.acts import Signed, Standing, Statement
from credential_pipeline.enclave.outcome_release.attack.amounts import CLOSE, Amounts, amounts
from credential_pipeline.enclave.outcome_release.attack.attacker import Released, attack
from credential_pipeline.enclave.outcome_release.attack.cells import DIMENSIONS, read_cells
from credential_pipeline.enclave.outcome_release.attack.few_learners import Apart
from credential_pipeline.enclave.outcome_release.attack.one_wage import one_in_all_groups
from credential_pipeline.enclave.outcome_release.kept_counts import few_apart
from credential_pipeline.enclave.outcome_release.ledger import Entry, record
from credential_pipeline.enclave.outcome_release.print_check import check_print
from credential_pipeline.enclave.outcome_release.propose import propose
from credential_pipeline.enclave.outcome_tables.tabulation import tabulate
from credential_pipeline.foundation.registry.model import Disclosure
from tests.domain.enclave.outcome_tables_world import World, opened, settings
from tests.domain.enclave.release_world import STANDARD, without, world, write

LEFT, CAME, TWO = Apart(1, -1), Apart(1, 1), Apart(2, -2)
LEAVERS = ("K00017", "K00039", "K00111")


MOVED = ((30_000, 29_800, "mssc"), (31_000, 31_200, "nims"))
"""One percentile went down and one went up."""


def percentile(value: float, group: str, measure: str = "earnings_p50", horizon: int = 5) -> dict:
    """A cell whose band does not move."""
    row = dict.fromkeys(DIMENSIONS, "all") | {"industry": "manufacturing", "unit": "usd", "n": 200, "status": 1}
    row |= {"measure": measure, "value": value, "low": 1_000, "high": 90_000, "attribution": "first"}
    row |= {"certifier": group, "horizon": horizon, "definition": measure}
    return row | {"cell_id": f"manufacturing/{measure}/{group}/h={horizon}"}


def moved(*rows: tuple[float, float, str], **more: object) -> tuple[Amounts, Amounts, list[str]]:
    """Two files of the same cells (value then, value now, group), and the cells."""
    files = [[percentile(row[place], row[2], **more) for row in rows] for place in (0, 1)]
    then, now = (amounts(pd.DataFrame(cells), STANDARD) for cells in files)
    return now, then, [cell["cell_id"] for cell in files[0]]


def test_groups_that_tell_nothing_each_tell_a_wage_together():
    now, then, cells = moved((30_000, 29_800, "a"), (31_000, 31_200, "b"), (20_000, 19_900, "c"), (50_000, 50_000, "d"))
    found, tried = one_in_all_groups(now, then, "r0001", dict.fromkeys(cells, LEFT))
    # Above the one that went down, below the one that went up; without the latter nothing is known above.
    assert [(one.cell_id, one.low, one.high, one.against) for one in found] == [(cells[1], 29_750, 31_250, "r0001")]
    assert tried == 1
    assert one_in_all_groups(now, then, "r0001", dict.fromkeys(cells, CAME))[0] == []
    assert one_in_all_groups(then, now, "r0001", dict.fromkeys(cells, CAME))[0] != []


@pytest.mark.parametrize("few", [{}, TWO, Apart(0, 0), Apart(1, -2)])
def test_where_it_is_not_one_learner_who_counts_once_nothing_is_looked_for(few):
    now, then, cells = moved((30_000, 29_800, "a"), (31_000, 31_200, "b"))
    assert one_in_all_groups(now, then, "r0001", dict.fromkeys(cells, few) if few else {}) == ([], 1)


def test_ends_that_cross_a_little_tell_as_much_and_far_ones_nothing():
    now, then, cells = moved((31_300, 31_100, "a"), (30_000, 30_200, "b"))
    assert len(one_in_all_groups(now, then, "r0001", dict.fromkeys(cells, LEFT))[0]) == 1
    now, then, cells = moved((51_300, 51_100, "a"), (30_000, 30_200, "b"))
    assert one_in_all_groups(now, then, "r0001", dict.fromkeys(cells, LEFT))[0] == []


@pytest.mark.parametrize(
    ("measure", "horizon", "told"),
    [("earnings_attached_p25", 5, True), ("earnings_p50", 4, False), ("own_change_p50", 5, False)],
)
def test_wages_of_one_year_are_read_together_and_no_others(measure: str, horizon: int, *, told: bool):
    files = [
        amounts(pd.DataFrame([percentile(one, "a"), percentile(other, "b", measure, horizon)]), STANDARD)
        for one, other in ((29_800, 31_200), (30_000, 31_000))
    ]
    cells = [str(cell) for cell in files[0].cells["cell_id"]]
    assert bool(one_in_all_groups(*files, "r0001", dict.fromkeys(cells, LEFT))[0]) is told


@pytest.mark.parametrize("industry", ["manufacturing", "machining"])
def test_another_industry_over_the_same_people_tells_as_much(tmp_path: Path, industry: str):
    rows = [[percentile(row[place], row[2]) for row in MOVED] for place in (0, 1)]
    renamed = [
        row | {"industry": industry, "cell_id": row["cell_id"].replace("manufacturing", industry)} for row in rows[0]
    ]
    files = [write(pd.DataFrame(cells), tmp_path / f"{place}.csv") for place, cells in enumerate((renamed, rows[1]))]
    for few in (LEFT, TWO):
        released = Released(files[0], "r0001", STANDARD, apart=dict.fromkeys((row["cell_id"] for row in rows[1]), few))
        found = attack(files[1], [released], STANDARD).findings
        assert ({"amount"} if few == LEFT else set()) == {one.kind for one in found if one.against == "r0001"}


def proposed(home: Path, people: World, attack: verdict.Attack | None = None) -> tuple[Entry, dict[str, Apart]]:
    """Propose the figures of a world; the entry, and behind which figures few learners more or less stand than in the last release."""
    with opened(people) as con:
        tabulate(con, settings("standard", horizons={"first": -1, "last": 2}))
        con.execute("CREATE SCHEMA outcome_release")
        entry = propose(con, home, "manufacturing", Disclosure(profile="standard"), attack=attack).entry
        first = record_of.get(home)
        return entry, (few_apart(con, home, first) or {}) if first else {}


record_of: dict[Path, Entry] = {}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An enclave with one release."""
    home = tmp_path_factory.mktemp("wage") / "enclave"
    entry, _ = proposed(home, world(500, seed=1))
    by = Signed("x", "x", "x")
    standing = Standing(Statement("manufacturing", entry.release, "v"), by, (by, by))
    record(home, entry, standing, 1, datetime(2026, 6, 1, tzinfo=UTC))
    record_of[home] = entry
    return home


def read(path: Path) -> Amounts:
    return amounts(read_cells(path), STANDARD)


def test_without_this_attack_wages_of_who_left_are_told_and_truly_and_with_it_none(home: Path):
    people, told, figures = world(500, seed=1), 0, 0
    then = read(home / record_of[home].file)
    for leaver in LEAVERS:
        left = without(people, {leaver}, 41)
        wages = [amount for key, _, _, amount in people.wages if key == leaver]
        careless, apart = proposed(home, left, check_print)
        for one in one_in_all_groups(read(home / careless.file), then, "r0001", apart)[0]:
            middle = (one.low + one.high) / 2
            told += 1
            assert any(abs(middle - amount) < 2 * CLOSE * middle for amount in wages)
        kept, apart = proposed(home, left)
        assert one_in_all_groups(read(home / kept.file), then, "r0001", apart)[0] == []
        figures += int((read_cells(home / kept.file)["status"] == 1).sum())
    assert told > 0
    assert figures > 0
