"""What a reader of the public file can write down: which counts stand behind the cells, and what adds up to what.

For releases of exact numbers; the meanings of the measures are those of every attack (attack/cells.py).
Not here: solving it (attack_bounds.py) and judging it (attacker.py).
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from credential_pipeline.enclave.outcome_release.attack.cells import DIMENSIONS, KEY, SHOWN, meaning_of

HALF_DECIMAL = 0.0005


@dataclass(frozen=True, eq=False)
class Puzzlebook:
    """The public file as counts and equations.

    Attributes:
        counts: One row per count: KEY, low, high, seen (a number of it is shown).
        sightings: One row per cell and role (n, part, rest): cell_id, role, count (row of ``counts``).
        equations: (total, parts) as rows of ``counts``.
        wholes: (total, part) where part = 0 tells about everyone of the total.
        guesses: Pairs of counts that look alike wherever both are shown.
    """

    counts: pd.DataFrame
    sightings: pd.DataFrame
    equations: list[tuple[int, list[int]]]
    wholes: list[tuple[int, int]]
    guesses: list[tuple[int, int]]


def write_down(cells: pd.DataFrame, min_learners: int) -> Puzzlebook:
    """Turn cells into counts and equations.

    Args:
        cells: Rows of one or more public files that tell of the same data.
        min_learners: The published threshold; what is shown is known to be at least that.
    """
    seen = pd.concat([_sightings(part, str(name), min_learners) for name, part in cells.groupby("measure", sort=True)])
    seen = seen.reset_index(drop=True)
    seen["count"] = seen.groupby(KEY, dropna=False, sort=True).ngroup()
    counts = seen.groupby("count").agg(low=("low", "max"), high=("high", "min"), seen=("seen", "max"))
    counts = seen.drop_duplicates("count").set_index("count")[KEY].sort_index().join(counts)
    roles = seen.pivot_table(index="key", columns="role", values="count", aggfunc="first")
    threes = roles.dropna(subset=["rest"]) if "rest" in roles else roles.iloc[:0]
    shares = [(int(n), [int(a), int(b)]) for n, a, b in threes.reindex(columns=["n", "part", "rest"]).to_numpy()]
    whole = (counts[["sector", "setting", "definition"]] == "all").all(axis=1).to_numpy()
    wholes = [(n, part) for n, parts in shares for part in parts if whole[part]]
    wholes += [(n, parts[1]) for n, parts in shares if not whole[parts[0]]]
    return Puzzlebook(
        counts=counts,
        sightings=seen[["cell_id", "role", "count"]],
        equations=[*shares, *_sums(counts)],
        wholes=sorted(set(wholes)),
        guesses=_guesses(counts),
    )


def _sightings(cells: pd.DataFrame, measure: str, min_learners: int) -> pd.DataFrame:
    """Return one row per cell and count of a measure, with what the cell tells of that count."""
    what = meaning_of(measure)
    shown = (cells["status"] == SHOWN).to_numpy() & cells["n"].notna().to_numpy()
    n, value = cells["n"].to_numpy(float), cells["value"].to_numpy(float)
    key = pd.Series(np.arange(len(cells)), index=cells.index).astype("string") + "@" + measure
    base = cells[[*DIMENSIONS, "industry", "attribution", "horizon", "cell_id"]].assign(key=key)
    whole = base.assign(**dict.fromkeys(what.splits, "all"))
    quantity = cells["attribution"].map(lambda name: what.whole(str(name)))
    out = [
        whole.assign(
            quantity=quantity, role="n", low=np.where(shown, n, 0), high=np.where(shown, n, np.inf), seen=shown
        )
    ]
    if what.counted and what.part:
        low, high = np.where(shown, value, 0), np.where(shown, value, np.inf)
        out.append(base.assign(quantity=what.part, role="part", low=low, high=high, seen=shown))
    elif what.part and what.rest:
        low = np.clip(np.ceil(n * (value - HALF_DECIMAL) - 1e-6), 0, n)
        high = np.clip(np.floor(n * (value + HALF_DECIMAL) + 1e-6), 0, n)
        for role, name, least, most in (("part", what.part, low, high), ("rest", what.rest, n - high, n - low)):
            ends = {"low": np.where(shown, least, 0), "high": np.where(shown, most, np.inf)}
            out.append(base.assign(quantity=name, role=role, seen=shown, **ends))
    if what.also:
        floor = np.where(shown, min_learners, 0)
        for role, name in zip(("part", "rest"), what.also, strict=True):
            out.append(base.assign(quantity=name, role=role, low=floor, high=np.inf, seen=False))
    return pd.concat(out)


def _sums(counts: pd.DataFrame) -> list[tuple[int, list[int]]]:
    """Return what adds up along each dimension: all categories make 'all', everything else being equal.

    Settings are told apart in several ways, by definition; each way adds up to the same total, which has none.
    """
    sums: list[tuple[int, list[int]]] = []
    for dimension in DIMENSIONS:
        rest = [column for column in KEY if column != dimension]
        total = counts[dimension] == "all"
        if total.all():
            continue
        family = counts.groupby(rest, dropna=False, sort=True).ngroup()
        parts = family[~total].groupby(family[~total]).groups
        sums += _owned(family[total], parts)
        if dimension == "setting":
            ways = counts[~total & (counts["definition"] != "all")]
            for _, way in ways.groupby("definition", sort=True):
                plain = pd.concat([counts[total & (counts["definition"] == "all")], way.assign(definition="all")])
                family = plain.groupby(rest, dropna=False, sort=True).ngroup()
                mine = family[way.index]
                sums += _owned(family.drop(way.index), mine.groupby(mine).groups)
    return sums


def _owned(owners: pd.Series, parts: Mapping[Hashable, pd.Index]) -> list[tuple[int, list[int]]]:
    """Pair every total with the parts of its family."""
    return [
        (int(place), [int(part) for part in parts[name]])
        for place, name in zip(owners.index.tolist(), owners.tolist(), strict=True)
        if name in parts
    ]


def _guesses(counts: pd.DataFrame) -> list[tuple[int, int]]:
    """Return pairs of counts that are equal wherever both are shown: over horizons, and between quantities."""
    frame = counts.assign(place=counts.index, number=counts["low"].where(counts["high"] == counts["low"]))
    what, who = (
        ["quantity", "sector", "setting"],
        [k for k in KEY if k not in ("quantity", "sector", "setting", "horizon")],
    )
    frame["what"] = frame.groupby(what, sort=True).ngroup()
    frame["who"] = frame.groupby(who, dropna=False, sort=True).ngroup()
    frame["when"] = frame["horizon"].fillna(-1000)
    pairs = _alike(frame, ["what"], ["who", "when"])
    for _, slot in frame.groupby("what", sort=True):
        if len(set(slot["when"])) > 1:
            pairs += _alike(slot, ["when"], ["who"])
    return sorted(set(pairs))


def _alike(frame: pd.DataFrame, slot: list[str], key: list[str]) -> list[tuple[int, int]]:
    """Compare the slots two by two over the keys that both have."""
    first = frame.drop_duplicates([*key, *slot]).set_index([*key, *slot])
    values = first["number"].astype(float).unstack(slot).to_numpy(float)  # noqa: PD010  one value per key and slot
    rows = first["place"].astype(float).unstack(slot).to_numpy(float)  # noqa: PD010
    pairs: list[tuple[int, int]] = []
    for left in range(values.shape[1]):
        for right in range(left + 1, values.shape[1]):
            common = ~np.isnan(values[:, left]) & ~np.isnan(values[:, right])
            if common.sum() < 2 or (values[common, left] != values[common, right]).any():  # noqa: PLR2004
                continue
            both = ~np.isnan(rows[:, left]) & ~np.isnan(rows[:, right])
            pairs += [(int(a), int(b)) for a, b in zip(rows[both, left], rows[both, right], strict=True)]
    return pairs
