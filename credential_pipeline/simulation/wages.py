"""The enclave's wage and employer files, and the planted effects that they hold.

Not here: how a career goes (careers.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from credential_pipeline.registry.load import Registry
from credential_pipeline.simulation.arrays import Floats, Ints, Streams, Texts, curve
from credential_pipeline.simulation.careers import Careers, Year, open_market
from credential_pipeline.simulation.employers import build_employers, shortlist, write_employers
from credential_pipeline.simulation.enclave import Keys
from credential_pipeline.simulation.industries import Industry
from credential_pipeline.simulation.people import People
from credential_pipeline.simulation.tables import arrow
from credential_pipeline.simulation.treatment import Treated, treat
from credential_pipeline.simulation.world import Economy

_LEAST = 50


@dataclass(frozen=True)
class Effects:
    """What awards did: the learners, and earnings with and without by year [h, years], dollars of the base year."""

    treated: Treated
    first_year: int
    real: Floats
    without: Floats


def _rows(year: Year, keys: Texts, employer_id: Texts, nominal: float) -> pa.Table:
    """Wage rows of one year, whole dollars, one a person and employer, sorted by key and employer."""
    person = np.concatenate([np.arange(len(keys))] * 3)
    employer = np.concatenate([year.before, year.after, year.second])
    wages = np.round(np.concatenate([year.earned_before, year.earned_after, year.earned_second]) * nominal)
    kept = np.flatnonzero((wages >= _LEAST) & (employer >= 0) & (keys[person] != ""))
    order = kept[np.lexsort((employer[kept], person[kept]))]
    person, employer, wages = person[order], employer[order], wages[order]
    new = np.concatenate(([True], (person[1:] != person[:-1]) | (employer[1:] != employer[:-1])))[: len(person)]
    group = np.cumsum(new) - 1
    summed = np.bincount(group, weights=wages, minlength=int(new.sum()))
    return arrow(
        {
            "person_key": keys[person[new]],
            "year": np.full(int(new.sum()), year.year, dtype=np.int32),
            "employer_id": employer_id[employer[new]],
            "wages": summed,
        }
    )


def _chosen(streams: Streams, people: People, treated: Treated, keys: Keys, others: int) -> tuple[Ints, Texts]:
    """Learners first, then a sample of the others who are in the reference population; their keys."""
    rng = streams("wages", "others")
    rest = np.setdiff1d(np.flatnonzero(keys.key != ""), treated.person)
    sample = np.sort(rest[np.argsort(rng.random(len(rest)), kind="stable")][:others])
    who = np.concatenate([treated.person, sample])
    return who, keys.key[who]


def write_wages(
    streams: Streams,
    folder: Path,
    people: People,
    keys: Keys,
    industries: Sequence[Industry],
    economy: Economy,
    registry: Registry,
    prices: dict[int, float],
    others: int,
) -> tuple[int, Effects]:
    """Write ``wages_annual`` and ``employers`` under ``folder``; return the number of wage rows and the effects.

    Args:
        streams: Named streams of the world.
        folder: ``reference`` of the enclave.
        people: Everybody.
        keys: Who has a protected key; nobody else has wages.
        industries: The simulated industries.
        economy: Wages and work.
        registry: For the NAICS prefixes of the industries.
        prices: CPI-U by year.
        others: Number of persons without a credential who have wages.
    """
    span = (economy.first_year, economy.last_year)
    treated = treat(streams, industries, people, span)
    who, own_keys = _chosen(streams, people, treated, keys, others)
    employers = build_employers(streams("employers"), economy, len(who))
    members = tuple(employers.belongs(registry.industry(industry.name).naics) for industry in industries)
    shortlists = tuple(shortlist(employers, member) for member in members)
    market = open_market(economy, employers, shortlists, members)
    write_employers(folder, employers)
    level = curve(prices, np.arange(span[0], span[1] + 1)) / prices[economy.base_year]
    learners, rows = len(treated.person), 0
    real = np.zeros((learners, len(level)))
    without = np.zeros_like(real)
    order = np.argsort(own_keys.astype("U11"), kind="stable")
    (folder / "wages_annual").mkdir(parents=True, exist_ok=True)
    for year in Careers(streams, people, who, treated, economy, market, awarded=True):
        at = year.year - span[0]
        real[:, at] = year.total[:learners]
        table = _rows(_sorted(year, order), own_keys[order], employers.employer_id, level[at])
        rows += table.num_rows
        pq.write_table(table, folder / "wages_annual" / f"{year.year}.parquet", compression="zstd")
    for year in Careers(streams, people, who[:learners], treated, economy, market, awarded=False):
        without[:, year.year - span[0]] = year.total
    return rows, Effects(treated, span[0], real, without)


def _sorted(year: Year, order: Ints) -> Year:
    names = ("before", "after", "earned_before", "earned_after", "second", "earned_second")
    return Year(year.year, *(getattr(year, name)[order] for name in names))
