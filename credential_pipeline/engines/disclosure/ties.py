"""Counts that a reader may take for the same although no equation says so.

A sector that is the industry, or a cohort that is the same at every horizon, shows as equal numbers in the published
cells; a reader then carries a number from one cell to the other. Tied counts move together in the protected system,
which can only make the protection stronger.
"""

from itertools import combinations

import numpy as np
import pandas as pd

from credential_pipeline.engines.disclosure.axes import Axes

AGREEMENT = 0.9
"""Share of the showable pairs that must be equal before two slots are taken for the same."""


def tied_pairs(counts: pd.DataFrame, axes: Axes, min_learners: int) -> list[tuple[int, int]]:
    """Return pairs of row numbers of ``counts`` whose values move together.

    Args:
        counts: The counts, in the order of the variables.
        axes: Which of their columns say whom, what and when.
        min_learners: Only counts from here on are seen, so only they make two slots look alike.
    """
    frame = counts.assign(row=np.arange(len(counts)))
    if not axes.what:
        return []
    frame["what"] = frame.groupby(list(axes.what), dropna=False, sort=True).ngroup()
    frame["who"] = frame.groupby(list(axes.who), dropna=False, sort=True).ngroup()
    frame["when"] = frame.groupby(axes.when, dropna=False, sort=True).ngroup()
    frame["place"] = frame.groupby(["who", "when"], sort=True).ngroup()
    return sorted({*_alike(frame, "what", "place", min_learners), *_over_time(frame, min_learners)})


def _over_time(frame: pd.DataFrame, min_learners: int) -> list[tuple[int, int]]:
    """Tie the same quantity at two horizons where all that could be seen of it is equal."""
    pairs: list[tuple[int, int]] = []
    for _, slot in frame.groupby("what", sort=True):
        if len(set(slot["when"])) > 1:
            pairs += _alike(slot, "when", "who", min_learners)
    return pairs


def _alike(frame: pd.DataFrame, slot: str, key: str, min_learners: int) -> list[tuple[int, int]]:
    """Tie the slots (columns) that agree over their common keys (rows)."""
    first = frame.drop_duplicates([key, slot]).set_index([key, slot]).sort_index()
    number = first["value"].astype(float).unstack(slot).to_numpy(float)  # noqa: PD010  one value per key and slot
    place = first["row"].astype(float).unstack(slot).to_numpy(float)  # noqa: PD010
    seen = number >= min_learners
    pairs: list[tuple[int, int]] = []
    for left, right in combinations(range(number.shape[1]), 2):
        either = (seen[:, left] | seen[:, right]) & ~np.isnan(number[:, left]) & ~np.isnan(number[:, right])
        common = int(either.sum())
        equal = int((number[either, left] == number[either, right]).sum())
        if common == 0 or equal < AGREEMENT * common or equal < 2:  # noqa: PLR2004
            continue
        both = ~np.isnan(place[:, left]) & ~np.isnan(place[:, right])
        pairs += [(int(a), int(b)) for a, b in zip(place[both, left], place[both, right], strict=True)]
    return pairs
