"""The attack on amounts bites where a protection is missing, and finds nothing in what the product prints."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from credential_pipeline.enclave.outcome_release import mark
from credential_pipeline.enclave.outcome_release.attack import amounts
from credential_pipeline.enclave.outcome_release.attack.amounts import Amounts
from credential_pipeline.enclave.outcome_release.attack.attacker import Released, attack
from credential_pipeline.enclave.outcome_release.attack.cells import DIMENSIONS
from credential_pipeline.enclave.outcome_release.attack.rules import RULES
from credential_pipeline.enclave.outcome_tables.uncertainty.percentiles import Sorted
from credential_pipeline.enclave.outcome_tables.uncertainty.sums import Rows
from credential_pipeline.foundation.registry.profiles import PROFILES
from tests.domain.enclave.release_world import write

STANDARD = RULES["standard"]
EXACT = replace(STANDARD, steps=(), averaged=0)
PERCENTS = (25, 50, 75)
HALVING = np.array([1, 2, 4, 8, 16, 32, 16, 8, 4, 2, 1.0])
MANY = 600
FINER = {"n": -1, "publishable": -2, "low": -2, "high": -2}


def cell(measure: str, n: float, value: float, low: float = np.nan, high: float = np.nan, **more: object) -> dict:
    row = dict.fromkeys(DIMENSIONS, "all") | {"industry": "manufacturing", "measure": measure, "unit": "usd"}
    row |= {"n": n, "value": value, "low": low, "high": high, "status": 1, "horizon": 5} | more
    who = "/".join(f"{name}={row[name]}" for name in DIMENSIONS if row[name] != "all")
    return row | {"cell_id": f"manufacturing/{measure}/{who}/h=5"}


def read(rows: list[dict], rules=STANDARD) -> Amounts:
    return amounts.amounts(pd.DataFrame(rows), rules)


def test_a_percentile_of_a_known_number_of_people_is_one_person_s_unless_it_is_averaged() -> None:
    rows = [cell("earnings_p50", 41, 33_400, age_band="18-25"), cell("earnings_p50", 44, 35_100, age_band="26-35")]
    (found,) = amounts.one_earner(read(rows, EXACT), EXACT)
    assert (found.kind, found.cell_id, found.low, found.high) == ("amount", rows[0]["cell_id"], 33_350, 33_450)
    assert amounts.one_earner(read(rows, EXACT), replace(EXACT, averaged=5)) == []
    rounded = [row | {"n": 40} for row in rows]
    assert amounts.one_earner(read(rounded), replace(STANDARD, averaged=0)) == []


def test_large_amounts_are_rounded_by_more_unless_the_file_plainly_is_not() -> None:
    rows = [cell("earnings_p50", 40, 33_400, age_band="18-25"), cell("earnings_p75", 40, 123_000, age_band="18-25")]
    values = np.array([33_400.0, 123_000.0])
    assert read(rows).steps(values).tolist() == [100, 1_000]
    least, most = amounts.within(np.stack([values, values, values], axis=1), read(rows))
    assert (most[:, 0] - least[:, 0]).tolist() == [100, 1_000]
    assert read([rows[0], rows[1] | {"value": 123_400.0}]).steps(values).tolist() == [100, 100]


def figures(wages: list[np.ndarray]) -> pd.DataFrame:
    """What the tabulation makes of groups, by lines of this module for values and by the product for bands."""
    sizes = np.array([len(one) for one in wages])
    group = np.repeat(np.arange(len(wages)), sizes)
    rows = Rows(np.zeros(len(group), np.int32), group.astype(np.int32), len(wages))
    given = Sorted(rows, np.concatenate(wages), sizes)
    frames = []
    for percent in PERCENTS:
        p = percent / 100
        reach = 1.96 * np.sqrt(p * (1 - p) / sizes)
        ends = [sizes * (p - reach) - 0.5, sizes * (p + reach) - 0.5]
        frame = pd.DataFrame({"cell_id": [f"{percent}/{one:04}" for one in range(len(wages))], "n": sizes})
        frame["measure"], frame["value"] = f"earnings_p{percent}", [float(np.quantile(one, p)) for one in wages]
        frame["publishable"] = [averaged(one, p) for one in wages]
        frame["low"], frame["high"] = (given.around(end) for end in ends)
        frame["raw_low"], frame["raw_high"] = (given.at(end) for end in ends)
        frames.append(frame)
    named = pd.concat(frames, ignore_index=True)
    counted = {"unit": "usd", "status": 1, "n_id": named["cell_id"], "total": named["cell_id"], "part": None}
    return named.assign(**counted, part_id=None, employers=9, largest_employer=0.3)


def averaged(wages: np.ndarray, p: float) -> float:
    place = p * (len(wages) - 1)
    down = int(place)
    around = [np.average(wages[at - 5 : at + 6], weights=HALVING) for at in (down, min(down + 1, len(wages) - 6))]
    return float(around[0] + (around[1] - around[0]) * (place - down))


def shipped(made: pd.DataFrame) -> list[dict]:
    decided = mark.decide(made, PROFILES["standard"]).set_index("cell_id").loc[made["cell_id"]]
    return rows_of(made, *(decided[name].to_numpy(float) for name in ("n", "value", "low", "high")))


def careless(made: pd.DataFrame) -> list[dict]:
    """Percentiles and bands as they are, to a hundred dollars."""
    told = (np.round(made[name].to_numpy(float), -2) for name in ("value", "raw_low", "raw_high"))
    return rows_of(made, np.round(made["n"].to_numpy(float), -1), *told)


def rows_of(made: pd.DataFrame, *told: np.ndarray) -> list[dict]:
    return [
        cell(str(measure), *(float(number) for number in numbers), certifier=f"c{name.split('/')[1]}")
        for measure, name, *numbers in zip(made["measure"], made["cell_id"], *told, strict=True)
    ]


@pytest.fixture(scope="module")
def pair() -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Groups of 30 to 90 earners, the same with one more each, and what the newcomers earn."""
    rng = np.random.default_rng(7)
    sizes = rng.integers(30, 91, MANY)
    wages = [np.sort(rng.lognormal(10.5, 0.5, size)) for size in sizes]
    newcomers = rng.lognormal(10.5, 0.5, MANY)
    more = [np.sort(np.append(one, new)) for one, new in zip(wages, newcomers, strict=True)]
    return figures(wages), figures(more), newcomers


def pinned(found: list, newcomers: np.ndarray) -> tuple[int, int]:
    """In how many groups a newcomer's wages were told, and in how many of them truly, but for a hundredth."""
    groups = {int(one.cell_id.split("certifier=c")[1][:4]): (one.low, one.high) for one in found}
    true = [low * 0.99 <= newcomers[group] <= high * 1.01 for group, (low, high) in groups.items()]
    return len(groups), sum(true)


def test_bands_of_single_ranks_tell_what_a_newcomer_earns(pair) -> None:
    before, after, newcomers = pair
    then, now = read(careless(before)), read(careless(after))
    found, tried = amounts.one_more(now, then, "r0001")
    told, true = pinned(found, newcomers)
    assert tried == MANY
    assert told >= MANY // 12
    assert true >= 0.9 * told
    assert {one.kind for one in found} == {"amount"}


def test_what_is_printed_does_not_tell_what_a_newcomer_earns(pair) -> None:
    before, after, _ = pair
    then, now = shipped(before), shipped(after)
    found, tried = amounts.one_more(read(now), read(then), "r0001")
    hidden = {one.cell_id for one in found}
    assert tried == MANY
    assert len(hidden) <= len(PERCENTS) * (MANY // 100)
    left = [row if row["cell_id"] not in hidden else row | {"status": 5, "value": np.nan} for row in now]
    assert amounts.one_more(read(left), read(then), "r0001")[0] == []


def test_bands_that_are_printed_by_another_rule_are_no_newcomer(pair) -> None:
    before = pair[0]
    finer = rows_of(before, *(np.round(before[name].to_numpy(float), place) for name, place in FINER.items()))
    assert amounts.one_more(read(shipped(before)), read(finer), "r0001")[0] == []


def test_more_than_one_newcomer_is_not_looked_for(pair) -> None:
    before, after, _ = pair
    then = [row | {"n": row["n"] - 40} for row in careless(before)]
    assert amounts.one_more(read(careless(after)), read([row for row in then if row["n"] >= 30]), "r0001")[1] == 0


@pytest.mark.parametrize(("step", "told"), [(1, True), (100, False)])
def test_means_to_the_dollar_are_sums(*, step: int, told: bool) -> None:
    median = cell("earnings_p50", 40, 38_000)
    then = [median, cell("next_award_effect", 40, 3_000, certifier="nims")]
    now = [median, cell("next_award_effect", 40, 3_000 + 3 * step, certifier="nims")]
    found, tried = amounts.one_more_in_a_mean(read(now), read(then), "r0001")
    assert (tried, bool(found)) == (1, told)
    assert amounts.one_more_in_a_mean(read(now), read(now), "r0001")[0] == []


def with_a_hidden_group(part: int, band: float = 700) -> list[dict]:
    """A group of so many of 2,000 whose amounts are hidden while those of all are shown."""
    share = cell("in_industry_share", part, 0.5, age_band="18-25") | {"unit": "share"}
    hidden = cell("earnings_p50", np.nan, np.nan, age_band="18-25") | {"status": 5}
    return [cell("earnings_p50", 2_000, 40_000, 40_000 - band, 40_000 + band), share, hidden]


@pytest.mark.parametrize(("part", "band", "told"), [(2_000, 700, True), (1_600, 700, False), (2_000, 4_000, False)])
def test_a_hidden_amount_is_told_by_a_total_that_is_nearly_the_same_people(
    *, part: int, band: float, told: bool
) -> None:
    rows = with_a_hidden_group(part, band)
    found, tried = amounts.hidden_by_total(read(rows))
    assert tried == 1
    assert [total for _, total in found] == [rows[0]["cell_id"]] * told
    rows[0] |= {"status": 5, "value": np.nan}
    assert amounts.hidden_by_total(read(rows))[0] == []


def test_a_change_of_a_hidden_number_is_mended_where_it_is_told(tmp_path: Path) -> None:
    """The women are hidden now; everybody less the men still tells how many more there are."""
    rules, numbers = RULES["one-off"], {"all": (100, 105), "F": (40, 45), "M": (60, 60)}

    def file(number: int, hidden: str = "") -> Path:
        rows = [cell("earnings_p50", n[number], 30_000 + 100 * n[number], sex=sex) for sex, n in numbers.items()]
        rows = [row | ({"status": 5, "n": np.nan, "value": np.nan} if row["sex"] == hidden else {}) for row in rows]
        return write(pd.DataFrame(rows).assign(attribution="first"), tmp_path / f"{number}{hidden}.csv")

    truth = pd.DataFrame(
        [(cell("earnings_p50", 0, 0, sex=sex)["cell_id"], "n", float(n[1])) for sex, n in numbers.items()],
        columns=["cell_id", "role", "value"],
    )
    found = attack(file(1, "F"), [Released(file(0), "r0001", rules)], rules, truth)
    women = [one for one in found.findings if "sex=F" in one.cell_id]
    assert [(one.kind, one.low, one.high) for one in women] == [("difference", 5.0, 5.0)]
    assert set(found.hide) & {cell("earnings_p50", 0, 0, sex=sex)["cell_id"] for sex in ("all", "M")}
