"""Marked, attacked, hidden, attacked again: what a proposal makes of the answers of an attack."""

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from credential_pipeline.enclave.outcome_release import settling
from credential_pipeline.enclave.outcome_release.acts import Signed, Standing, Statement
from credential_pipeline.enclave.outcome_release.ledger import Entry, record
from credential_pipeline.enclave.outcome_release.print_check import check_print
from credential_pipeline.enclave.outcome_release.propose import propose, staged_csv
from credential_pipeline.enclave.outcome_release.releases import keep
from credential_pipeline.enclave.outcome_release.settling import MOST_ROUNDS
from credential_pipeline.enclave.outcome_release.verdict import Line, Verdict
from credential_pipeline.enclave.outcome_release.what_if import what_if
from credential_pipeline.foundation.registry.model import Disclosure
from credential_pipeline.foundation.registry.profiles import PROFILES, Profile
from credential_pipeline.foundation.storage.durable import sha256
from credential_pipeline.foundation.storage.engine import Connection, connect
from tests.domain.engines.disclosure_synthetic import make

STANDARD = PROFILES["standard"]


@pytest.fixture
def con() -> Iterator[Connection]:
    with connect(threads=1) as con:
        make(300, credentials=2, horizons=range(1, 2), seed=3).load(con)
        con.execute(
            "CREATE TABLE outcome_tables.definitions AS"
            " SELECT 'earnings_p50' AS definition, 'earnings_p50' AS measure, 't' AS title, 'Half earn less.' AS \"text\""
        )
        con.execute("UPDATE outcome_tables.outcomes SET release = ''")
        yield con


class Asking:
    """An attack that asks for one more shown cell to be hidden each time, so many times."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.seen: list[tuple[list[str], int]] = []

    def __call__(self, staged: Path, earlier: Sequence[Path], profile: Profile) -> Verdict:
        assert profile.name == "standard"
        cells = pd.read_csv(staged)
        shown = cells.loc[cells["status"] == 1, "cell_id"]
        self.seen.append(([path.stem for path in earlier], len(shown)))
        more = len(self.seen) <= self.times
        line = Line("asking", "this release", len(shown), int(more), "found" if more else "held", "")
        return Verdict(frozenset(shown[:1]) if more else frozenset(), (), (line,))


def test_what_an_attack_finds_is_hidden_and_attacked_again(
    con: Connection, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    attack = Asking(times=3)
    with caplog.at_level(logging.INFO, "credential_pipeline.progress"):
        proposal = propose(con, tmp_path, "manufacturing", Disclosure(), attack=attack)
    shown = [number for _, number in attack.seen]
    rounds = [f"attack {number} of at most {MOST_ROUNDS}, on {left} figures" for number, left in enumerate(shown, 1)]
    assert [record.getMessage() for record in caplog.records] == rounds
    assert shown == [shown[0] - hidden for hidden in range(4)]
    assert (proposal.entry.profile, proposal.mended, proposal.shown) == ("standard", 3, shown[-1])
    cells = pd.read_csv(staged_csv(tmp_path, "manufacturing"))
    assert (cells["status"] == 1).sum() == proposal.shown
    assert cells.loc[cells["status"] == 5, ["value", "n", "low", "high"]].isna().all(axis=None)
    assert con.execute("SELECT * FROM outcome_release.audit_findings").fetchall() == []
    assert con.execute("SELECT attack, result FROM outcome_release.certificate").fetchall() == [("asking", "held")]


@pytest.mark.parametrize("profile", ["standard", "one-off"])
def test_what_few_employers_pay_is_hidden_like_all_else_and_counted_for_reviewers(
    con: Connection, tmp_path: Path, profile: str
) -> None:
    rules = Disclosure(profile=profile)

    def nothing(_staged: Path, _earlier: Sequence[Path], _profile: Profile) -> Verdict:
        return Verdict()

    before = propose(con, tmp_path / "before", "manufacturing", rules, attack=nothing)
    shown = set(_shown(tmp_path / "before"))
    paid = sorted(cell for cell in shown if cell.startswith("earnings_p50"))[:3]
    assert len(paid) == 3
    con.execute("UPDATE outcome_tables.outcomes SET employers = 2 WHERE list_contains(?, cell_id)", [paid])
    # What is made of amounts is paid by them, too.
    made_of = "UPDATE outcome_tables.outcomes SET measure = 'comparison_breakdown', unit = 'mean' WHERE cell_id = ?"
    con.execute(made_of, [paid[0]])
    after = propose(con, tmp_path / "after", "manufacturing", rules, attack=nothing)
    assert (before.few_employers, after.few_employers) == (0, 3)
    assert set(_shown(tmp_path / "after")) == shown - set(paid)
    cells = pd.read_csv(staged_csv(tmp_path / "after", "manufacturing"))
    assert set(cells.columns).isdisjoint({"employers", "largest_employer"})
    assert set(cells.loc[cells["cell_id"].isin(paid), "status"]) == {5}


def _shown(home: Path) -> list[str]:
    cells = pd.read_csv(staged_csv(home, "manufacturing"))
    return cells.loc[cells["status"] == 1, "cell_id"].tolist()


def test_an_attack_without_end_is_given_up_and_every_wish_is_a_finding(con: Connection, tmp_path: Path) -> None:
    attack = Asking(times=10**6)
    propose(con, tmp_path, "manufacturing", Disclosure(), attack=attack)
    assert len(attack.seen) == MOST_ROUNDS
    assert con.execute("SELECT kind FROM outcome_release.audit_findings").fetchall() == [("unmended",)]


def test_an_attack_holds_what_other_industries_published(con: Connection, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("cell_id\n")
    statement = Statement("healthcare", "r0001-other", "v1")
    by = Signed("x", "x", "x")
    entry = Entry("r0001-other", "healthcare", "releases/healthcare/r0001-other.csv", sha256(other))
    keep(tmp_path, entry, other)
    record(tmp_path, entry, Standing(statement, by), 1, datetime(2026, 6, 1, tzinfo=UTC))
    attack = Asking(times=0)
    proposal = propose(con, tmp_path, "manufacturing", Disclosure(), attack=attack)
    assert (proposal.earlier, [held for held, _ in attack.seen]) == (1, [["r0001-other"]])


def test_definitions_say_how_their_figures_are_rounded(con: Connection, tmp_path: Path) -> None:
    propose(con, tmp_path, "manufacturing", Disclosure())
    (text,) = con.execute('SELECT "text" FROM outcome_release.definitions').fetchall()[0]
    assert text == "Half earn less. Rounded to $100 and to three digits; from 30 learners on."


@pytest.mark.parametrize(
    ("change", "role"),
    [
        ({"n": 113}, "n"),
        ({"n": 10}, "n"),
        ({"value": 0.375}, "value"),
        ({"value": 12_345.0, "unit": "usd"}, "value"),
        ({"value": 113.0, "unit": "count"}, "value"),
        ({"value": 1.2345, "unit": "mean"}, "value"),
        ({"low": 0.3555}, "low"),
        ({"value": 50_000.0, "unit": "usd", "high": 51_987.65}, "high"),
        ({"value": 123_400.0, "unit": "usd"}, "value"),
        ({"value": 50_000.0, "unit": "usd", "high": 51_100.0, "measure": "earnings_p50"}, "high"),
        ({"value": 9_000.0, "unit": "usd", "low": 8_100.0, "measure": "earnings_p50"}, "low"),
        ({"value": 2.35, "unit": "mean", "n": 90}, "value"),
        ({"value": 1.0, "unit": "points"}, "value"),
    ],
)
def test_a_file_that_breaks_its_own_rules_is_noticed(tmp_path: Path, change: dict, role: str) -> None:
    good = {"cell_id": "c", "measure": "m", "unit": "share", "value": 0.37, "n": 150, "status": 1}
    good |= {"low": None, "high": None}
    hidden = {"cell_id": "h", "measure": "m", "unit": "share", "status": 5}
    path = tmp_path / "outcomes.csv"
    pd.DataFrame([good, hidden]).to_csv(path, index=False)
    assert check_print(path, [], STANDARD).findings == ()
    pd.DataFrame([good | change, hidden]).to_csv(path, index=False)
    verdict = check_print(path, [], STANDARD)
    assert verdict.findings == (("shown", "c", role),)
    assert (verdict.certificate[0].tried, verdict.certificate[0].result) == (1, "found")


def test_what_if_counts_every_figure_once_under_every_profile(con: Connection) -> None:
    con.execute("UPDATE outcome_tables.outcomes SET rollup_level = 'age_band_pooled' WHERE age_band = '18-25'")
    seen: list[str] = []

    def tabulate(_: Connection, profile: Profile) -> None:
        seen.append(profile.name)

    rows = list(what_if(con, Disclosure(), ["standard", "strict", "one-off"], tabulate))
    assert seen == ["standard", "strict", "one-off"]
    for name in seen:
        total, *tables = [row for row in rows if row.profile == name]
        assert (total.table, [table.table for table in tables]) == ("all", ["outcomes"])
        assert total.figures == total.shown + total.hidden + total.not_available
        assert 0 < total.coarsened < total.shown
        assert 0 < total.learners_shown < 1
    shown = {row.profile: row.shown for row in rows if row.table == "all"}
    assert shown["strict"] < shown["standard"]


class Redundant:
    """An attack that asks for one figure and for three that share a number, of which the one is enough if it is hidden first.

    Attributes:
        then: What it says when the three are shown again: ``enough``, ``both`` are needed, or ``worse``: nothing mends it.
        seen: Whether each attacked file was found whole, and its bytes.
    """

    def __init__(self, con: Connection, then: str) -> None:
        self.then = then
        self.numbers = dict(con.execute("SELECT cell_id, n_count_id FROM outcome_tables.outcomes").fetchall())
        self.alone, self.sharing = "", frozenset[str]()
        self.seen: list[tuple[bool, bytes]] = []

    def __call__(self, staged: Path, _earlier: Sequence[Path], _profile: Profile) -> Verdict:
        verdict = self.judge(pd.read_csv(staged))
        self.seen.append((not verdict.hide and not verdict.findings, staged.read_bytes()))
        return verdict

    def judge(self, cells: pd.DataFrame) -> Verdict:
        shown, hidden = (cells.loc[cells["status"] == status, "cell_id"] for status in (1, 5))
        if not self.alone:
            groups = shown.groupby(shown.map(self.numbers)).apply(list)
            self.sharing = frozenset(groups[groups.map(len) > 1].iloc[0])
            self.alone = next(cell for cell in shown if cell not in self.sharing)
            wanted = self.sharing | {self.alone}
            # What is hidden anyway is asked for in vain, and must not come back.
            return Verdict(wanted | set(hidden), spare=wanted | set(hidden))
        back = self.sharing & set(shown)
        if back and self.then == "worse":
            return Verdict(findings=(("group", min(back), "n"),))
        return Verdict(back if self.then == "both" else frozenset(), spare=back)


@pytest.mark.parametrize("then", ["enough", "both", "worse"])
def test_what_shares_a_number_is_put_back_if_what_else_is_hidden_does(
    con: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    monkeypatch.setattr(settling, "WORTH", 0.0)
    attack, enough = Redundant(con, then), then == "enough"
    proposal = propose(con, tmp_path, "manufacturing", Disclosure(), attack=attack)
    cells = pd.read_csv(staged_csv(tmp_path, "manufacturing")).set_index("cell_id")
    assert len(attack.sharing) > 1
    assert cells.loc[attack.alone, "status"] == 5
    assert (cells.loc[sorted(attack.sharing), "status"] == (1 if enough else 5)).all()
    assert cells.loc[sorted(attack.sharing), "value"].notna().all() == enough
    assert proposal.mended == (1 if enough else 1 + len(attack.sharing))
    shown = con.execute("SELECT cell_id FROM outcome_release.published_outcomes WHERE status = 1").fetchall()
    assert {cell for (cell,) in shown} == set(cells.index[cells["status"] == 1])
    assert con.execute("SELECT * FROM outcome_release.audit_findings").fetchall() == []
    # What is released is a file that was attacked as it is, and in which nothing was found.
    assert (True, staged_csv(tmp_path, "manufacturing").read_bytes()) in attack.seen


def test_putting_back_ends_although_the_second_mending_does_not(
    con: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "WORTH", 0.0)
    once = Redundant(con, "both")

    def attack(staged: Path, earlier: Sequence[Path], profile: Profile) -> Verdict:
        verdict = once(staged, earlier, profile)
        shown = _shown(tmp_path)
        return verdict if len(once.seen) < 3 else Verdict(frozenset(shown[:1]))

    proposal = propose(con, tmp_path, "manufacturing", Disclosure(), attack=attack)
    assert len(once.seen) == 2 + MOST_ROUNDS
    assert proposal.mended == 1 + len(once.sharing)
    assert staged_csv(tmp_path, "manufacturing").read_bytes() == once.seen[1][1]
    assert con.execute("SELECT * FROM outcome_release.audit_findings").fetchall() == []
