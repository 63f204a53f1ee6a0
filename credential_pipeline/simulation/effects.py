"""What the awards did, by credential and group: the planted log points and the dollars that they came to.

Not here: how the effects are planted (treatment.py, careers.py).
"""

from collections.abc import Iterator, Sequence

import numpy as np

from credential_pipeline.simulation.arrays import Bools, Ints
from credential_pipeline.simulation.industries import SimulatedIndustry
from credential_pipeline.simulation.names import SEXES
from credential_pipeline.simulation.people import People
from credential_pipeline.simulation.treatment import in_group
from credential_pipeline.simulation.wages import Effects

_HORIZONS = range(-3, 6)
_AGES = ("14-17", "18-25", "26-35", "36-45", "46-55", "56-99")


def _groups(
    industry: SimulatedIndustry, people: People, person: Ints, year: Ints, first: Ints
) -> Iterator[tuple[str, str, str, Bools]]:
    """Certifier, credential and group of every line, with its members."""
    everybody = np.ones(len(person), dtype=np.bool_)
    yield "all", "all", "all", everybody
    shelf = industry.shelf
    for number, certifier in enumerate(shelf.certifiers):
        yield certifier.certifier, "all", "all", shelf.certifier[first] == number
    for credential, code in enumerate(shelf.code):
        yield shelf.certifiers[shelf.certifier[credential]].certifier, str(code), "all", first == credential
    groups = [f"race={name}" for name in people.race_names] + [f"sex={name}" for name in SEXES]
    for group in (*groups, *(f"age={band}" for band in _AGES)):
        yield "all", "all", group, in_group(people, person, year, group)


def effect_rows(industries: Sequence[SimulatedIndustry], people: People, effects: Effects) -> dict[str, list[object]]:
    """Lines of effects.csv, each for a certifier, a credential (that of the first award) or a group, at one horizon.

    Beside these:

    - ``planted_log_points``: mean of what the award adds to log earnings in a job, before any move into the industry;
    - ``effect_usd``: mean of earnings with less earnings without any award, in dollars of the base year, of the holders
      who have earnings in that year; it includes the pull into the industry;
    - ``with_usd`` and ``n``: their mean earnings and their number.
    """
    names = (
        "industry",
        "certifier",
        "credential",
        "group",
        "horizon",
        "planted_log_points",
        "effect_usd",
        "with_usd",
        "n",
    )
    columns: dict[str, list[object]] = {name: [] for name in names}
    treated = effects.treated
    for number, industry in enumerate(industries):
        mine = np.flatnonzero((treated.industry == number) & treated.holds)
        year, first = treated.award_year[mine], treated.first[mine]
        lines = list(_groups(industry, people, treated.person[mine], year, first))
        for horizon in _HORIZONS:
            at = year + horizon - effects.first_year
            known = (at >= 0) & (at < effects.real.shape[1])
            at = np.clip(at, 0, effects.real.shape[1] - 1)
            real, without = effects.real[mine, at], effects.without[mine, at]
            ramp = np.clip(horizon / np.maximum(treated.years_to_full[mine], 1), 0.0, 1.0)
            planted = ramp * (treated.direct[mine] + treated.further[mine, at])
            for certifier, credential, group, members in lines:
                who = members & known & (real > 0)
                n = int(who.sum())
                means = [float(part[who].mean()) if n else float("nan") for part in (planted, real - without, real)]
                figures = (round(means[0], 6), round(means[1], 2), round(means[2], 2), n)
                for name, value in zip(
                    names, (industry.name, certifier, credential, group, horizon, *figures), strict=True
                ):
                    columns[name].append(value)
    return columns
