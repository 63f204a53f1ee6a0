"""Families: who lives at one address, who shares a surname, twins, and children named after a parent.

Not here: names and homes themselves (people.py draws them once for the first member of each family).
"""

from dataclasses import dataclass

import numpy as np

from credential_pipeline.simulation.arrays import Bools, Dates, Ints, pick, years
from credential_pipeline.simulation.world import Families


@dataclass(frozen=True)
class Kin:
    """By person: number of the family's first member, whether the surname is the family's, sex, birth; namesakes [k]."""

    head: Ints
    inherits: Bools
    spouse: Bools
    namesake: Ints
    sex: Ints
    birth: Dates


def draw_kin(rng: np.random.Generator, families: Families, sex: Ints, birth: Dates) -> Kin:
    """Group persons into families and adjust sex and birth of the relatives.

    Args:
        rng: The stream.
        families: Sizes and relations.
        sex: Sex codes before relations are known (1 = male).
        birth: Dates of birth before relations are known.
    """
    size = len(sex)
    sizes = np.array(sorted(families.sizes))[pick(rng, [families.sizes[key] for key in sorted(families.sizes)], size)]
    ends = np.cumsum(sizes)
    sizes = sizes[: int(np.searchsorted(ends, size)) + 1]
    head = np.repeat(np.cumsum(sizes) - sizes, sizes)[:size]
    follows = np.flatnonzero(head != np.arange(size))
    relation = np.full(size, "", dtype=object)
    relation[follows] = np.array(list(families.relations), dtype=object)[
        pick(rng, list(families.relations.values()), len(follows))
    ]
    # One spouse a family: the second member.
    relation[(relation == "spouse") & (head != np.arange(size) - 1)] = "sibling"
    sex, birth = sex.copy(), birth.copy()
    child = np.flatnonzero((relation == "child") | (relation == "namesake"))
    span = years(birth)
    newest = int(span.max()) if size else 0
    too_late = span[head[child]] + 20 > newest
    relation[child[too_late]] = "sibling"
    child = child[~too_late]
    gap = np.minimum(rng.integers(18, 38, len(child)), newest - span[head[child]])
    birth[child] = birth[head[child]] + (gap * 365 + rng.integers(-180, 0, len(child))).astype("timedelta64[D]")
    near = np.flatnonzero((relation == "sibling") | (relation == "spouse"))
    apart = rng.integers(300, 3000, len(near)) * np.where(rng.integers(0, 2, len(near)) == 0, 1, -1)
    shifted = birth[head[near]] + apart.astype("timedelta64[D]")
    keep = (years(shifted) > newest) | (years(shifted) < int(span.min(initial=newest)))
    birth[near] = np.where(keep, birth[near], shifted)
    twin = np.flatnonzero(relation == "twin")
    birth[twin] = birth[head[twin]]
    namesake = np.flatnonzero(relation == "namesake")
    # One namesake a family; the others are children with names of their own.
    namesake = namesake[np.unique(head[namesake], return_index=True)[1]]
    sex[namesake] = sex[head[namesake]]
    spouse = relation == "spouse"
    sex[spouse] = 1 - sex[head[spouse]]
    return Kin(head, (relation != "") & ~spouse, spouse, namesake, sex, birth)
