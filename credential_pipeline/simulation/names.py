"""Names as they occur: by sex, decade of birth and origin, from public frequency tables (see data/SOURCES.md).

Not here: who changes a name and when (families.py), and errors in writing it (faults.py).
"""

import csv
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from credential_pipeline.simulation.arrays import Bools, Floats, Ints, Texts, blank, grouped_pick, join, pick, texts

DATA = Path(__file__).parent / "data"
#: Origins for which the tables give name frequencies.
ORIGINS = ("white", "black", "asian", "native", "hispanic")
SEXES = ("F", "M")
_DECADES = tuple(range(1930, 2010, 10))


def read(name: str) -> list[dict[str, str]]:
    """Rows of a shipped table."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class NameTables:
    """Surnames [n] with weights [origin, n]; first names with weights [sex, decade, origin, m]; nicknames as ranges."""

    surnames: Texts
    surname_weights: Floats
    firsts: tuple[Texts, Texts]
    first_weights: tuple[Floats, Floats]
    nicknames: Texts
    nickname_ranges: dict[str, tuple[int, int]]


@cache
def tables() -> NameTables:
    """Read the shipped tables once."""
    rows = read("surnames.csv")
    weight = np.array([float(row["weight"]) for row in rows])
    shares = np.array([[float(row[origin]) for row in rows] for origin in ORIGINS])
    firsts, first_weights = [], []
    given = read("first_names.csv")
    for sex in SEXES:
        own = [row for row in given if row["sex"] == sex]
        by_decade = np.array([[float(row[f"b{decade}"]) for row in own] for decade in _DECADES])
        by_origin = np.array([[float(row[origin]) for row in own] for origin in ORIGINS])
        firsts.append(texts(row["name"].title() for row in own))
        first_weights.append(by_decade[:, None, :] * by_origin[None, :, :])
    nick = sorted((row["name"].title(), row["nickname"].title()) for row in read("nicknames.csv"))
    ranges: dict[str, tuple[int, int]] = {}
    for place, (name, _) in enumerate(nick):
        ranges[name] = (ranges.get(name, (place, place))[0], place + 1)
    return NameTables(
        surnames=texts(row["name"].title() for row in rows),
        surname_weights=weight * (shares + 0.05),
        firsts=(firsts[0], firsts[1]),
        first_weights=(first_weights[0], first_weights[1]),
        nicknames=texts(nickname for _, nickname in nick),
        nickname_ranges=ranges,
    )


def draw_surnames(rng: np.random.Generator, origin: Ints) -> Texts:
    """One surname for each origin code."""
    table = tables()
    drawn = blank(len(origin))
    for code in range(len(ORIGINS)):
        who = np.flatnonzero(origin == code)
        drawn[who] = table.surnames[pick(rng, table.surname_weights[code], len(who))]
    return drawn


def draw_first_names(rng: np.random.Generator, sex: Ints, origin: Ints, birth_year: Ints) -> Texts:
    """One given name for each sex code, origin code and year of birth."""
    table = tables()
    decade = np.clip((birth_year - _DECADES[0]) // 10, 0, len(_DECADES) - 1)
    group = (sex * len(_DECADES) + decade) * len(ORIGINS) + origin
    drawn = blank(len(sex))
    order = np.argsort(group, kind="stable")
    bounds = np.searchsorted(group[order], np.arange(len(SEXES) * len(_DECADES) * len(ORIGINS) + 1))
    for code, (start, stop) in enumerate(pairwise(bounds)):
        if start == stop:
            continue
        rest, own_origin = divmod(code, len(ORIGINS))
        own_sex, own_decade = divmod(rest, len(_DECADES))
        weights = table.first_weights[own_sex][own_decade, own_origin]
        drawn[order[start:stop]] = table.firsts[own_sex][pick(rng, weights, int(stop - start))]
    return drawn


def draw_nicknames(rng: np.random.Generator, first: Texts) -> Texts:
    """A nickname for each given name that has one; empty for the others."""
    table = tables()
    found = [table.nickname_ranges.get(name, (0, 0)) for name in first]
    ranges = np.array(found, dtype=np.int64).reshape(len(first), 2)
    has = np.flatnonzero(ranges[:, 1] > ranges[:, 0])
    drawn = blank(len(first))
    cumulative = np.arange(1, len(table.nicknames) + 1, dtype=np.float64)
    drawn[has] = table.nicknames[grouped_pick(rng.random(len(has)), cumulative, ranges[has, 0], ranges[has, 1])]
    return drawn


def compound(rng: np.random.Generator, last: Texts, origin: Ints, share: Bools) -> Texts:
    """Double surnames for those with ``share`` set: two names with a space or a hyphen."""
    who = np.flatnonzero(share)
    second = draw_surnames(rng, origin[who])
    joiner = texts([" ", "-"])[rng.integers(0, 2, len(who))]
    doubled = last.copy()
    doubled[who] = join(last[who], joiner, second)
    return doubled
