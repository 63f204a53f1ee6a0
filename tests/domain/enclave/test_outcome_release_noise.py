"""The profile with noise: drawn once, kept, paid for; and what is shown of noisy counts."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from credential_pipeline.enclave.outcome_release import noisy_counts
from credential_pipeline.enclave.outcome_release.noisy_counts import QUALITY, as_counted, chain, drawer, noisy_figures
from credential_pipeline.enclave.outcome_release.propose import propose, staged_csv
from credential_pipeline.engines.disclosure.noise import add_noise, scale_of
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.model import Disclosure
from credential_pipeline.foundation.registry.profiles import PROFILES
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.relation import relation, scratch
from tests.domain.engines.disclosure_synthetic import make

DP = PROFILES["dp"]
COUNTS = pd.DataFrame({"count_id": ["a", "b"], "quantity": "cohort", "horizon": [1, 1], "value": [500, 700]}).assign(
    **dict.fromkeys(
        ("certifier", "credential", "cohort", "age_band", "race", "ethnicity", "state", "sector", "setting"), "all"
    ),
    sex=["F", "M"],
)


@pytest.fixture
def con() -> Iterator[Connection]:
    with connect(threads=1) as con:
        make(40_000, credentials=2, horizons=range(1, 2), seed=3).load(con)
        con.execute(
            "CREATE TABLE outcome_tables.definitions AS SELECT 'd' AS definition, 'm' AS measure, '' AS title, '' AS \"text\""
        )
        con.execute("UPDATE outcome_tables.outcomes SET release = ''")
        yield con


@pytest.fixture
def noise(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """In place of OpenDP: other numbers each time; notes what each draw was told to spend."""
    spent: list[float] = []

    def other_each_time(counts: np.ndarray, epsilon: float) -> np.ndarray:
        spent.append(epsilon)
        return counts + len(spent)

    monkeypatch.setattr(noisy_counts, "add_noise", other_each_time)
    return spent


def test_noise_is_drawn_once_for_the_same_counts_and_paid_once(tmp_path: Path, noise: list[float]) -> None:
    first = drawer(tmp_path, "manufacturing")(COUNTS, DP)
    again = drawer(tmp_path, "manufacturing")(COUNTS, DP)
    assert first.tolist() == again.tolist() == [501, 701]
    # Two categories of one dimension are one partition: it may spend everything.
    assert noise == [DP.epsilon]
    lines = [line.facts for line in chain(tmp_path).lines()]
    assert [(line["industry"], line["epsilon"]) for line in lines] == [("manufacturing", 1.5)]
    # Hashes and times hold any digits.
    assert not {*map(str, COUNTS["value"])} & {
        *re.findall(r"\b\d+\b", json.dumps([line.facts for line in chain(tmp_path).lines()]))
    }


def test_every_partition_gets_its_part_of_the_budget(tmp_path: Path, noise: list[float]) -> None:
    more = [COUNTS, COUNTS.assign(horizon=2), COUNTS.assign(quantity="wage_matched"), COUNTS.assign(sex="all")]
    drawer(tmp_path, "manufacturing")(pd.concat(more, ignore_index=True), DP)
    assert noise == [DP.epsilon / 4]


def test_a_spent_budget_refuses_new_counts_and_gives_old_ones_again(tmp_path: Path, noise: list[float]) -> None:
    releases = int(DP.budget / DP.epsilon)
    for number in range(releases):
        drawer(tmp_path, f"industry{number % 2}")(COUNTS.assign(value=COUNTS["value"] + number), DP)
    with pytest.raises(SafeError, match="E_DP_BUDGET"):
        drawer(tmp_path, "healthcare")(COUNTS, DP)
    assert drawer(tmp_path, "industry0")(COUNTS, DP).tolist() == [501, 701]
    assert len(noise) == releases


def test_a_damaged_ledger_of_the_budget_is_refused(tmp_path: Path, noise: list[float]) -> None:
    drawer(tmp_path, "manufacturing")(COUNTS, DP)
    (tmp_path / "noise_ledger.jsonl").unlink()
    with pytest.raises(SafeError, match="E_LEDGER_BROKEN"):
        drawer(tmp_path, "manufacturing")(COUNTS.assign(value=COUNTS["value"] + 1), DP)
    assert len(noise) == 1


def test_large_shares_of_people_are_shown_and_everything_else_is_not(con: Connection) -> None:
    outcomes, counts = relation(con, "outcome_tables.outcomes"), relation(con, "outcome_tables.counts")
    with scratch(con) as work:
        published = noisy_figures(work, outcomes, counts, DP, as_counted)
        cells = con.execute(
            f"SELECT p.*, o.n AS people FROM {published} AS p JOIN {outcomes} AS o USING (cell_id)"
        ).df()
    shown = cells[cells["status"] == 1]
    assert 10 < len(shown) < len(cells)
    assert set(shown["unit"]) == {"share"}
    assert set(cells["status"]) == {1, 5}
    assert cells.loc[cells["status"] == 5, ["n", "value"]].isna().all(axis=None)
    assert shown["people"].min() > QUALITY * scale_of(DP.epsilon)
    assert ((shown["value"] * 100).round(6) % 1 == 0).all()
    con.execute("UPDATE outcome_tables.outcomes SET attribution = 'each'")
    with scratch(con) as work, pytest.raises(SafeError, match="E_DP_EACH"):
        noisy_figures(work, outcomes, counts, DP, as_counted)


def test_a_proposal_with_noise_keeps_its_noise_and_its_id(con: Connection, tmp_path: Path, noise: list[float]) -> None:
    first = propose(con, tmp_path, "manufacturing", Disclosure(profile="dp"))
    file = staged_csv(tmp_path, "manufacturing").read_bytes()
    again = propose(con, tmp_path, "manufacturing", Disclosure(profile="dp"))
    assert (first, file) == (again, staged_csv(tmp_path, "manufacturing").read_bytes())
    assert len(noise) == 1
    assert con.execute("SELECT * FROM outcome_release.audit_findings").fetchall() == []


def test_without_opendp_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opendp", None)
    monkeypatch.setitem(sys.modules, "opendp.prelude", None)
    with pytest.raises(SafeError, match=r"opendp>=0\.16.*E_NO_OPENDP"):
        add_noise(np.array([1]), 1.0)


@pytest.fixture
def drawn() -> Callable[[int, float], np.ndarray]:
    """Many draws of the noise itself."""
    pytest.importorskip("opendp", reason="the extra dp (opendp) is not installed: noise is not drawn here")
    return lambda many, epsilon: add_noise(np.full(many, 1_000), epsilon) - 1_000


@pytest.mark.parametrize("epsilon", [0.5, 1.5])
def test_noise_is_as_large_as_its_budget_says(drawn: Callable[[int, float], np.ndarray], epsilon: float) -> None:
    found = drawn(20_000, epsilon)
    # Discrete Laplace: the variance is 2 q / (1 - q)^2 with q = exp(-epsilon).
    q = np.exp(-epsilon)
    assert abs(found.mean()) < 0.1
    assert abs(found.var() / (2 * q / (1 - q) ** 2) - 1) < 0.15
    # A neighbor's count is told apart by no more than the budget allows, wherever both are common enough to compare.
    values, times = np.unique(found, return_counts=True)
    seen = dict(zip(values.tolist(), times.tolist(), strict=True))
    ratios = [np.log(seen[v] / seen[v + 1]) for v in seen if seen[v] > 500 and seen.get(v + 1, 0) > 500]
    assert ratios
    assert max(np.abs(ratios)) < epsilon * 1.2
