"""Who is left: the people of a total that stand in none of the categories which have cells.

A category too small for cells of its own has none, and its people stay in the totals. Whoever subtracts the other categories
holds the rest in hand, so it is a count like any hidden one. Not here: categories that have cells (book.py).
"""

from collections.abc import Hashable

import numpy as np
import pandas as pd

from credential_pipeline.enclave.outcome_release.attack.cells import DIMENSIONS, KEY

Sum = tuple[int, list[int]]
NOBODY = frozenset({"all", "other"})
"""Certifiers that are no certifier."""
NOT = "not "
"""Begins the name of a category that is told by those which it is not."""


def with_leftovers(
    counts: pd.DataFrame, sums: list[Sum], seen: pd.DataFrame
) -> tuple[pd.DataFrame, list[Sum], pd.DataFrame]:
    """Give each sum that the judge knows to lack people a part more, which stands for them.

    Args:
        counts: One row per count: KEY, low, high, seen, printed, truth.
        sums: (total, parts) as rows of ``counts``.
        seen: Sightings, with the number of their count.

    Returns:
        The same with a count, a part and a sighting for each rest; the sighting names a cell of the total, or of a part.
    """
    truth, keys = counts["truth"].to_numpy(float), counts[KEY].to_numpy(object)
    certifiers = frozenset(counts["certifier"]) - NOBODY
    mine = seen[seen["file"] == 0].sort_values(["count", "cell_id", "role"]).drop_duplicates("count").set_index("count")
    named = set(mine.index)
    left = {place: truth[total] - truth[parts].sum() for place, (total, parts) in enumerate(sums)}
    owners = {
        place: next((one for one in (sums[place][0], *sums[place][1]) if one in named), None)
        for place, people in left.items()
        if people > 0
    }
    seen_as = mine.loc[[owner for owner in owners.values() if owner is not None]].to_dict("records")
    whole: list[Sum] = []
    rows: list[dict[Hashable, object]] = []
    sightings: list[dict[Hashable, object]] = []
    for number, (total, parts) in enumerate(sums):
        if owners.get(number) is None:
            whole.append((total, parts))
            continue
        place, owner = len(counts) + len(rows), seen_as[len(rows)]
        told = {"low": 0.0, "high": np.inf, "seen": False, "printed": np.nan, "truth": left[number]}
        key, what = _rest_of(keys[[total, *parts]], certifiers)
        rows.append(key | told)
        role = f"{owner['role']} less {what}"
        sightings.append(owner | key | told | {"share": np.nan, "half": np.nan, "role": role, "count": place})
        whole.append((total, [*parts, place]))
    if not rows:
        return counts, sums, seen
    more = pd.DataFrame(rows, index=pd.RangeIndex(len(counts), len(counts) + len(rows), name="count"))
    sighted = pd.DataFrame(sightings)[[*seen.columns]]
    return (
        pd.concat([counts, more[[*counts.columns]].astype(counts.dtypes.to_dict())]),
        whole,
        pd.concat([seen, sighted.astype(seen.dtypes.to_dict())], ignore_index=True),
    )


def _rest_of(keys: np.ndarray, certifiers: frozenset[str]) -> tuple[dict[Hashable, object], str]:
    """The key of a rest, which names the categories it is not of, so that only equal rests of two files are compared.

    What all certifiers but one leave is that one's.

    Args:
        keys: The key of the total and then those of its parts, one a row.
        certifiers: All that have counts.
    """
    key: dict[Hashable, object] = dict(zip(KEY, keys[0].tolist(), strict=True))
    parts = {name: {str(value) for value in keys[1:, place]} for place, name in enumerate(KEY)}
    dimension = next(name for name in DIMENSIONS if str(key[name]) != str(keys[1, KEY.index(name)]))
    others = sorted(parts[dimension])
    way = "|".join(sorted(parts["definition"]))
    label = f"{NOT}{'|'.join(others)}"
    if dimension == "certifier":
        rest = certifiers - {*others}
        label = next(iter(rest)) if len(rest) == 1 and "other" not in others else label
    return key | {dimension: label, "definition": way}, f"{dimension} {'|'.join(others)} {way}"
