"""Figures marked by a rounding profile: how far they are from the truth, and what trying every count can tell of them.

The attacker here is a few loops over whole numbers. It knows the printed file, the rounding and the least n, and shares
no code with what is tested.
"""

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from credential_pipeline.enclave.outcome_release import mark, small_parts
from credential_pipeline.enclave.outcome_release.mark import decide, mark_figures, share_band
from credential_pipeline.engines.disclosure.shares import Flags
from credential_pipeline.engines.sampling import wilson
from credential_pipeline.foundation.registry.profiles import PROFILES, Profile
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import relation, scratch
from tests.domain.engines.disclosure_synthetic import make

STANDARD = PROFILES["standard"]
ROUNDING = ["standard", "strict", "opensafely"]
NOTHING = {"status": 1, "low": None, "high": None, "part_id": None, "part": None, "total": None, "unit": "mean"}
NOTHING |= {"employers": 3, "largest_employer": 0.8}


def groups(seed: int, many: int = 60, largest: int = 400) -> pd.DataFrame:
    """Shares of invented groups: each group has one n, at several horizons, and its parts may be printed elsewhere."""
    rng = np.random.default_rng(seed)
    rows = []
    for group in range(many):
        n, name = int(np.exp(rng.uniform(np.log(10), np.log(largest)))), f"g{group:03d}"
        for horizon in range(int(rng.integers(1, 7))):
            part = int(rng.binomial(n, rng.choice([0.0, 0.02, 0.1, 0.5, 0.9, 0.98, 1.0])))
            cell = f"{name}/{horizon}"
            share = {"unit": "share", "cell_id": cell, "measure": "s_share", "n": n, "n_id": name, "total": name}
            rows.append(NOTHING | share | {"part": part, "part_id": f"{cell}.part", "value": part / n})
            if rng.random() < 0.5:
                rows.append(
                    NOTHING
                    | {"cell_id": f"{cell}.pay", "measure": "earnings_p50", "unit": "usd", "n": part, "total": cell}
                    | {"n_id": f"{cell}.part", "value": 12_345.0 if part else None}
                )
    frame = pd.DataFrame(rows).astype({"value": float, "low": float, "high": float})
    return frame.assign(publishable=frame["value"]).sort_values("cell_id", ignore_index=True)


def census_round(count: int) -> int:
    step = next(step for top, step in ((100, 10), (1_000, 50), (10_000, 100)) if count < top)
    return step * round(Fraction(count, step))


def possible(printed: float) -> range:
    """Counts that a printed number can stand for; any if none is printed."""
    if np.isnan(printed):
        return range(1_000)
    fits = [count for count in range(15, int(printed) + 60) if census_round(count) == printed]
    return range(fits[0], fits[-1] + 1)


def intervals(figures: pd.DataFrame, printed: pd.DataFrame) -> dict[str, tuple[set[int], set[int], set[int]]]:
    """Cell of a printed share to the totals, parts and rests that all printed shares of its total allow."""
    shown = figures.merge(printed[printed["status"] == 1][["cell_id", "n", "value"]], on="cell_id", suffixes=("", "_p"))
    sizes = dict(zip(shown["n_id"], shown["n_p"], strict=True))
    out: dict[str, tuple[set[int], set[int], set[int]]] = {}
    for _, family in shown[shown["unit"] == "share"].groupby("n_id"):
        found: dict[str, tuple[set[int], set[int], set[int]]] = defaultdict(lambda: (set(), set(), set()))
        for total in possible(family["n_p"].iloc[0]):
            fits = {}
            for cell, part, value in zip(family["cell_id"], family["part_id"], family["value_p"], strict=True):
                known = possible(sizes.get(part, np.nan))
                percent = round(value * 100)
                near = range(max(0, total * (percent - 1) // 100), total * (percent + 1) // 100 + 2)
                fits[cell] = [
                    k for k in near if k <= total and k in known and round(Fraction(100 * k, total)) == percent
                ]
            if all(fits.values()):
                for cell, parts in fits.items():
                    found[cell][0].add(total)
                    found[cell][1].update(parts)
                    found[cell][2].update(total - k for k in parts)
        out |= found
    return out


def too_well_known(figures: pd.DataFrame, printed: pd.DataFrame, small: int = 10) -> list[str]:
    """Cells that tell of a part or rest that it is small, or narrow it down, or tell what everyone of a group is."""
    truth = figures.set_index("cell_id")
    bad = []
    for cell, (_, parts, rests) in intervals(figures, printed).items():
        n, part = int(truth.loc[cell, "n"]), int(truth.loc[cell, "part"])
        for count, allowed in ((part, parts), (n - part, rests)):
            assert count in allowed
            if count < small and not (max(allowed) >= small and min(allowed) <= count - -(-count // 2)):
                bad.append(cell)
    return bad


@pytest.mark.parametrize("seed", range(4))
def test_no_printed_share_tells_of_a_small_group_how_small_it_is(seed: int) -> None:
    figures = groups(seed)
    printed = decide(figures, STANDARD)
    shown = printed["status"] == 1
    assert shown.sum() > 60
    assert too_well_known(figures, printed) == []
    for totals, _, _ in intervals(figures, printed).values():
        assert max(totals) - min(totals) >= 5


def test_the_attacker_bites_where_a_rule_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = groups(1)

    def without(rule: str) -> pd.DataFrame:
        def nothing(shares: object, totals: object, kept: Flags, *_: object) -> Flags:
            return np.zeros(len(kept), bool)

        def nothing_alone(shares: small_parts.Shares, *_: object) -> Flags:
            return np.zeros(len(shares.group), bool)

        with monkeypatch.context() as patch:
            if rule == "small":
                patch.setattr(small_parts, "_small_in", nothing)
                patch.setattr(small_parts, "_tells", nothing_alone)
            else:
                patch.setattr(small_parts, "_narrows", nothing)
            return decide(figures, STANDARD)

    assert too_well_known(figures, without("small"))
    spreads = [max(totals) - min(totals) for totals, _, _ in intervals(figures, without("spread")).values()]
    assert min(spreads) == 0, "some n is pinned exactly"


def test_what_is_hidden_is_known_no_better_for_being_hidden() -> None:
    """A reader who knows the rule learns of a hidden share only a range that holds nobody and reaches ten."""
    for printed in (20, 40, 90, 100, 200, 450, 950, 1_000, 1_500, 1_900, 2_000, 3_000):
        low, high = possible(float(printed))[0], possible(float(printed))[-1]
        percents = np.arange(101)
        shares = small_parts.Shares(percents, percents, np.zeros(101, int), np.full(101, 10**9))
        totals = small_parts.Totals(np.full(101, low), np.full(101, high))
        hidden = small_parts.giveaways(shares, totals, small=10, spread=0)
        bottom = percents[hidden & (percents <= 50)]
        counts = [
            count
            for total in (low, high)
            for count in range(total + 1)
            if round(Fraction(100 * count, total)) in set(bottom)
        ]
        assert not counts or (min(counts) == 0 and max(counts) >= 10), printed


@pytest.fixture(scope="module", params=ROUNDING)
def marked(request: pytest.FixtureRequest) -> tuple[Profile, pd.DataFrame]:
    """Invented tables beside what is printed of them."""
    profile = PROFILES[request.param]
    with connect(threads=1) as con, scratch(con) as work:
        make(1_500, credentials=6, horizons=range(1, 4), seed=8).load(con)
        outcomes = relation(con, "outcome_tables.outcomes")
        printed = mark_figures(work, outcomes, relation(con, "outcome_tables.counts"), profile)
        query = f"""
            SELECT p.*, o.value AS exact, o.n AS people, c.value AS part
            FROM {printed} AS p JOIN {outcomes} AS o USING (cell_id)
            LEFT JOIN outcome_tables.counts AS c ON c.count_id = o.numerator_count_id
            ORDER BY cell_id"""
        return profile, con.execute(query).df()


def test_nothing_in_the_file_is_exact(marked: tuple[Profile, pd.DataFrame]) -> None:
    profile, cells = marked
    shown, hidden = cells[cells["status"] == 1], cells[cells["status"] != 1]
    assert len(shown) > len(cells) / 4
    assert hidden[["value", "n", "low", "high"]].isna().all(axis=None)
    assert (shown["n"] % (5 if profile.counts == "nearest_5" else 10) == 0).all()
    share = shown[shown["unit"] == "share"]
    assert ((share[["value", "low", "high"]] * 100).round(6) % 1 == 0).all(axis=None)
    assert (shown.loc[shown["unit"] == "usd", ["value", "low", "high"]] % 100 == 0).all(axis=None)
    # Exact numbers of people are printed only where rounding happens to leave them.
    differ = shown["n"] != shown["people"]
    assert differ.mean() > 0.5


def test_printed_figures_are_near_the_truth(marked: tuple[Profile, pd.DataFrame]) -> None:
    _, cells = marked
    shown = cells[cells["status"] == 1]
    share = shown[shown["unit"] == "share"]
    assert len(share) > 30
    assert ((share["value"] - share["exact"]).abs() <= 0.005 + 1e-9).all()
    pay = shown[shown["measure"].str.startswith("earnings") & (shown["people"] >= 100)]
    assert len(pay) > 30
    assert ((pay["value"] / pay["exact"] - 1).abs() <= 0.01).all()


def test_few_people_are_hidden(marked: tuple[Profile, pd.DataFrame]) -> None:
    profile, cells = marked
    few = cells[(cells["people"] < profile.min_learners) & (cells["people"].notna())]
    assert len(few)
    assert (few["status"] == 5).all()
    pay = cells[(cells["unit"] == "usd") & (cells["people"] < profile.min_money)]
    assert (pay["status"] == 5).all()
    premium = cells[cells["measure"] == "in_industry_premium"]
    one_side = np.minimum(premium["part"], premium["people"] - premium["part"]) < profile.min_money
    assert one_side.any()
    assert (premium.loc[one_side, "status"] == 5).all()


def test_bands_of_shares_are_made_of_printed_numbers_alone(marked: tuple[Profile, pd.DataFrame]) -> None:
    """As far as chance goes: the invented tables have no doubtful links."""
    _, cells = marked
    share = cells[(cells["status"] == 1) & (cells["unit"] == "share")]
    low, high = share_band(share["value"].to_numpy(float), share["n"].to_numpy(np.int64))
    assert (share["low"] == low).all()
    assert (share["high"] == high).all()
    assert ((low <= share["value"]) & (share["value"] <= high)).all()


def figure(**given: object) -> pd.DataFrame:
    row = NOTHING | {"cell_id": "c", "measure": "m", "n_id": "n", "total": "n", "unit": "share", "part_id": "p"} | given
    frame = pd.DataFrame([row])
    numbers = dict.fromkeys(("value", "publishable", "low", "high"), float)
    return frame.assign(publishable=frame["value"]).astype(numbers)


def test_what_doubtful_links_leave_open_is_in_the_published_band() -> None:
    chance = wilson(np.array([0.4]), np.array([400.0]))
    alone = figure(n=400, part=160, value=0.4, low=chance[0][0], high=chance[1][0])
    doubted = figure(n=400, part=160, value=0.4, low=chance[0][0] - 0.06, high=chance[1][0])
    (before,) = mark.decide(alone, STANDARD).to_dict("records")
    (after,) = mark.decide(doubted, STANDARD).to_dict("records")
    assert after["low"] == pytest.approx(before["low"] - 0.06, abs=0.011)
    assert after["high"] == before["high"]


@pytest.mark.parametrize(
    ("measure", "n", "value", "band"),
    [
        ("earnings_p50", 60, 26_350.0, (25_000, 28_000)),
        ("earnings_p50", 60, 9_350.0, (8_000, 11_000)),
        ("earnings_p50", 5_000, 26_350.0, (25_400, 27_300)),
        ("comparison_effect", 60, 26_350.0, (25_400, 27_300)),
    ],
)
def test_bands_of_percentiles_of_few_end_at_round_numbers_outwards(
    measure: str, n: int, value: float, band: tuple[int, int]
) -> None:
    given = {"unit": "usd", "measure": measure, "n": n, "value": value, "part_id": None, "part": None}
    (found,) = mark.decide(figure(**given, low=value - 950, high=value + 950), STANDARD).to_dict("records")
    assert (found["status"], found["low"], found["high"]) == (1, *band)


def test_how_much_drift_an_effect_stands_is_told_to_a_tenth() -> None:
    given = {
        "unit": "mean",
        "measure": "comparison_breakdown",
        "n": 5_000,
        "value": 1.337,
        "part_id": None,
        "part": None,
    }
    (found,) = mark.decide(figure(**given), STANDARD).to_dict("records")
    assert (found["status"], found["value"]) == (1, 1.3)


def test_a_band_does_not_tell_the_exact_number() -> None:
    """36 and 44 people, half of whom are counted, have the same band: that of 40 as printed."""
    bands = set()
    for n in (36, 44):
        low, high = wilson(np.array([0.5]), np.array([float(n)]))
        (found,) = mark.decide(figure(n=n, part=n // 2, value=0.5, low=low[0], high=high[0]), STANDARD).to_dict(
            "records"
        )
        bands.add((found["low"], found["high"]))
    assert bands == {(0.34, 0.66)}


def test_row_order_and_ties_do_not_matter() -> None:
    tables = make(400, credentials=3, horizons=range(1, 3), seed=5)
    found = []
    for seed in (1, 2):
        mixed = replace(
            tables, **{t: getattr(tables, t).sample(frac=1, random_state=seed) for t in ("counts", "outcomes")}
        )
        with connect(threads=2) as con, scratch(con) as work:
            mixed.load(con)
            names = (relation(con, f"outcome_tables.{name}") for name in ("outcomes", "counts"))
            printed = mark_figures(work, *names, STANDARD)
            found.append(con.execute(f"SELECT cell_id, status, value, n FROM {printed} ORDER BY 1").fetchall())
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ({"n": 14, "unit": "share", "part_id": "p", "part": 7}, 5),
        ({"n": 400, "unit": "share", "part_id": "p", "part": 160}, 1),
        ({"n": 400, "unit": "share", "part_id": "p", "part": 0}, 5),
        ({"n": 400, "unit": "share", "part_id": "p", "part": 398}, 5),
        ({"n": 400_000, "unit": "share", "part_id": "p", "part": 3}, 1),
        ({"n": 29, "unit": "usd"}, 5),
        ({"n": 30, "unit": "usd"}, 1),
        ({"n": 29, "unit": "mean"}, 5),
        ({"n": 60, "unit": "usd", "part_id": "p", "part": 29}, 5),
        ({"n": 60, "unit": "usd", "part_id": "p", "part": 30}, 1),
        ({"n": 400, "unit": "usd", "employers": 2}, 5),
        ({"n": 400, "unit": "usd", "largest_employer": 0.81}, 5),
        ({"n": 400, "unit": "usd", "employers": None, "largest_employer": None}, 5),
        ({"n": 400, "unit": "usd", "measure": "tuition_and_fees", "employers": None}, 1),
        ({"n": 400, "unit": "mean", "employers": None}, 1),
        ({"n": 400, "unit": "mean", "measure": "comparison_breakdown"}, 1),
        ({"n": 400, "unit": "mean", "measure": "comparison_breakdown", "employers": 2}, 5),
        ({"n": 100, "unit": "count", "value": 14.0}, 5),
        ({"n": 100, "unit": "count", "value": 15.0}, 1),
        ({"n": 100, "unit": "share"}, 5),
        ({"n": 0, "value": None, "status": -1}, 5),
        ({"n": 100, "value": None, "status": -1}, -1),
        ({"n": None, "n_id": None, "value": None, "status": -1}, -1),
    ],
)
def test_every_figure_has_one_mark(cell: dict, status: int) -> None:
    row = NOTHING | {"cell_id": "c", "measure": "m", "n_id": "n", "total": "n", "value": 0.4, "publishable": 0.4} | cell
    frame = pd.DataFrame([row]).astype({"value": float, "publishable": float, "low": float, "high": float})
    (found,) = mark.decide(frame, STANDARD).to_dict("records")
    assert found["status"] == status
    assert pd.isna(found["n"]) == (status != 1)
