"""What the awards did, by credential and group: the planted log points and the dollars that they came to.

Not here: how the effects are planted (treatment.py, careers.py).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.simulation.arrays import Bools, Floats, Ints, years
from credential_pipeline.simulation.bands import Bands, age_bands, cohort_bands
from credential_pipeline.simulation.industries import SimulatedIndustry
from credential_pipeline.simulation.names import SEXES
from credential_pipeline.simulation.people import People
from credential_pipeline.simulation.places import places
from credential_pipeline.simulation.treatment import Awards, Treated, further_of, ordered_awards
from credential_pipeline.simulation.wages import Effects

HORIZONS = range(-3, 6)
NTH = {2: "second", 3: "third", 4: "fourth", 5: "fifth"}
_COLUMNS = (
    "industry",
    "certifier",
    "credential",
    "group",
    "horizon",
    "planted_log_points",
    "effect_usd",
    "with_usd",
    "n",
    "effect_all_usd",
    "with_all_usd",
    "n_all",
    "setting",
)
_OTHER = -1

Label = tuple[str, str, str]
"""Certifier, credential and group of a line."""


@dataclass(frozen=True)
class _Split:
    """Lines that no holder is in twice: their labels, and the line of each holder (-1 = none)."""

    labels: Sequence[Label]
    code: Ints


@dataclass(frozen=True)
class _Block:
    """Holders [m] from one award on: row in the effects, award year, the lines, and what the award did in each year.

    ``gain`` takes rows of the block and places of years; it gives planted log points and dollars.
    """

    setting: str
    row: Ints
    year: Ints
    splits: Sequence[_Split]
    gain: Callable[[Ints, Ints], tuple[Floats, Floats]]


def effect_rows(
    industries: Sequence[SimulatedIndustry],
    models: Sequence[Industry],
    people: People,
    effects: Effects,
    followed: Sequence[Bools],
) -> dict[str, list[object]]:
    """Lines of effects.csv, each for a certifier, a credential or a group, at one horizon.

    Beside these:

    - ``setting``: ``all`` for everything that the awards did, at years from the first award, whose credential the line
      names; ``first`` for the first award alone; ``second`` to ``fifth`` for what that award added, at years from it,
      whose credential the line names;
    - ``planted_log_points``: mean of what the award adds to log earnings in a job, before any move into the industry;
    - ``effect_usd``: mean of earnings with less earnings without, in dollars of the base year, of the holders
      who have earnings in that year; it includes the pull into the industry;
    - ``with_usd`` and ``n``: their mean earnings and their number;
    - ``effect_all_usd``, ``with_all_usd`` and ``n_all``: the same of all holders who have a key, opted out nowhere, are alive
      in the year and can be followed in it, those without earnings with zero. ``with_all_usd`` less ``effect_all_usd``
      is what would have happened anyway.

    Args:
        industries: The simulated industries.
        models: The same ones in the registry, for age bands and award years.
        people: Everybody.
        effects: Earnings with and without the awards.
        followed: Which learners of each industry have a key and opted out nowhere.
    """
    columns: dict[str, list[object]] = {name: [] for name in _COLUMNS}
    counted = np.concatenate(followed) if followed else np.zeros(0, dtype=np.bool_)
    dies = years(people.death[effects.treated.person])
    for number, (industry, model) in enumerate(zip(industries, models, strict=True)):
        for block in _blocks(number, industry, model, people, effects):
            for horizon in HORIZONS:
                for line in _lines(block, horizon, effects, counted, dies):
                    for name, value in zip(_COLUMNS, (industry.name, *line, block.setting), strict=True):
                        columns[name].append(value)
    return columns


def _lines(
    block: _Block, horizon: int, effects: Effects, counted: Bools, dies: Ints
) -> Iterator[tuple[str, str, str, int, float, float, float, int, float, float, int]]:
    """The figures of one block at one horizon; lines without anybody are left out."""
    year = block.year + horizon
    here = np.flatnonzero((year >= effects.first_year) & (year < effects.first_year + effects.real.shape[1]))
    row, at = block.row[here], year[here] - effects.first_year
    planted, gain = block.gain(here, at)
    real = effects.real[row, at]
    earns = real > 0
    followed = counted[row] & ((dies[row] == 0) | (dies[row] >= year[here])) & ~effects.missing[row, at]
    for split in block.splits:
        code, size = split.code[here], len(split.labels)
        n, *sums = _sums(code, size, earns, (planted, gain, real))
        n_all, *sums_all = _sums(code, size, followed, (gain, real))
        for place in np.flatnonzero(n + n_all).tolist():
            points, effect, with_it = (_mean(one, n, place) for one in sums)
            effect_all, with_all = (_mean(one, n_all, place) for one in sums_all)
            yield (
                *split.labels[place], horizon, round(points, 6), round(effect, 2), round(with_it, 2), int(n[place]),
                round(effect_all, 2), round(with_all, 2), int(n_all[place]),
            )  # fmt: skip


def _sums(code: Ints, size: int, who: Bools, amounts: Sequence[Floats]) -> list[Floats]:
    """Number of those of each line and the sums of their amounts."""
    mine = np.flatnonzero(who & (code != _OTHER))
    weights = [np.ones(len(mine)), *(amount[mine] for amount in amounts)]
    return [np.asarray(np.bincount(code[mine], weight, size), dtype=np.float64) for weight in weights]


def _mean(summed: Floats, n: Floats, place: int) -> float:
    return float(summed[place] / n[place]) if n[place] else float("nan")


def _blocks(
    number: int, industry: SimulatedIndustry, model: Industry, people: People, effects: Effects
) -> Iterator[_Block]:
    """Everything from the first award on, the first award alone, and each of the next ones."""
    treated = effects.treated
    offset = int(np.flatnonzero(treated.industry == number).min(initial=len(treated.person)))
    mine = np.flatnonzero((treated.industry == number) & treated.holds)
    ramp = _Ramp(treated)

    def everything(rows: Ints, at: Ints) -> tuple[Floats, Floats]:
        row = mine[rows]
        points = ramp(row, at + effects.first_year) * (treated.direct[row] + treated.further[row, at])
        return points, effects.real[row, at] - effects.without[row, at]

    def first_alone(rows: Ints, at: Ints) -> tuple[Floats, Floats]:
        row = mine[rows]
        share = ramp(row, at + effects.first_year)
        alone = effects.real[row, at] * np.exp(-share * treated.further[row, at])
        return share * treated.direct[row], alone - effects.without[row, at]

    splits = [*_by_credential(industry, treated.first[mine]), *_by_group(treated, mine, model, people)]
    yield _Block("all", mine, treated.award_year[mine], splits, everything)
    yield _Block("first", mine, treated.award_year[mine], splits[:1], first_alone)
    awards = ordered_awards(industry)
    for nth, setting in NTH.items():
        yield _next_block(industry, awards, nth, setting, offset, effects)


def _next_block(
    industry: SimulatedIndustry, awards: Awards, nth: int, setting: str, offset: int, effects: Effects
) -> _Block:
    """What the nth award added: it multiplies earnings by a known factor, from the year after it on."""
    own = np.flatnonzero(awards.nth == nth)
    row, year = offset + awards.learner[own], years(awards.day[own])
    points, ramp = further_of(industry, awards.credential[own]), _Ramp(effects.treated)

    def gain(rows: Ints, at: Ints) -> tuple[Floats, Floats]:
        calendar = at + effects.first_year
        added = np.where(calendar > year[rows], ramp(row[rows], calendar) * points[rows], 0.0)
        return added, effects.real[row[rows], at] * -np.expm1(-added)

    return _Block(setting, row, year, _by_credential(industry, awards.credential[own]), gain)


class _Ramp:
    """How much of its full size an effect has, by years since the first award."""

    def __init__(self, treated: Treated) -> None:
        self.treated = treated

    def __call__(self, row: Ints, year: Ints) -> Floats:
        away = year - self.treated.award_year[row]
        return np.asarray(np.clip(away / np.maximum(self.treated.years_to_full[row], 1), 0.0, 1.0))


def _by_credential(industry: SimulatedIndustry, credential: Ints) -> list[_Split]:
    """Everybody, by certifier and by credential."""
    shelf = industry.shelf
    certifiers = [it.certifier for it in shelf.certifiers]
    codes = [(certifiers[c], str(code), "all") for c, code in zip(shelf.certifier, shelf.code, strict=True)]
    return [
        _Split([("all", "all", "all")], np.zeros(len(credential), dtype=np.int64)),
        _Split([(name, "all", "all") for name in certifiers], shelf.certifier[credential]),
        _Split(codes, credential),
    ]


def _by_group(treated: Treated, mine: Ints, model: Industry, people: People) -> Iterator[_Split]:
    """By race, sex, completed age at the first award, ethnicity, state of residence on its day, and its year."""
    person, day, year = treated.person[mine], treated.award_day[mine], treated.award_year[mine]
    yield _split("race", people.race_names, people.race[person])
    yield _split("sex", SEXES, people.sex[person])
    age = people.age_on(person, day)
    yield _split("age", model.age_bands, _band(age, age_bands(model)))
    yield _split("ethnicity", ("not_hispanic", "hispanic"), people.hispanic[person].astype(np.int64))
    yield _split("state", places().state_names, people.addresses.state(people.home_on(person, day)))
    cohorts = cohort_bands(model)
    yield _split("cohort", [band for band, _, _ in cohorts], _band(year, cohorts))


def _split(dimension: str, levels: Sequence[str], code: Ints) -> _Split:
    return _Split([("all", "all", f"{dimension}={level}") for level in levels], code)


def _band(value: Ints, bands: Bands) -> Ints:
    """Number of the band that each value lies in."""
    found = np.full(len(value), _OTHER)
    for number, (_, low, high) in enumerate(bands):
        found[(value >= low) & (value <= high)] = number
    return found
