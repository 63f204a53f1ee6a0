"""The enclave's wage and employer files, and the planted effects that they hold.

Not here: how a career goes (careers.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.simulation.arrays import Bools, Floats, Ints, Streams, Texts, curve
from credential_pipeline.simulation.careers import Careers, Year, open_market
from credential_pipeline.simulation.employers import build_employers, shortlist, write_employers
from credential_pipeline.simulation.enclave import Keys
from credential_pipeline.simulation.industries import SimulatedIndustry
from credential_pipeline.simulation.people import People
from credential_pipeline.simulation.treatment import Treated, treat
from credential_pipeline.simulation.world import Economy

_LEAST = 50


@dataclass(frozen=True)
class Effects:
    """What awards did: the learners, and earnings with and without by year [h, years], dollars of the base year.

    ``missing`` marks years in which a learner lives in a state whose wages are not in the files.
    """

    treated: Treated
    first_year: int
    real: Floats
    without: Floats
    missing: Bools


def _rows(year: Year, keys: pa.Array, rank: Ints, employer_id: pa.Array, nominal: float) -> pa.Table:
    """Wage rows of one year, whole dollars, one a person and employer, sorted by key.

    Args:
        year: Work of everybody [m].
        keys: Protected keys, sorted.
        rank: Place of each person in ``keys``, -1 without a key [m].
        employer_id: Ids of employers.
        nominal: Dollars of the year for one dollar of the base year.
    """
    employer = np.concatenate([year.before, year.after, year.second])
    wages = np.round(np.concatenate([year.earned_before, year.earned_after, year.earned_second]) * nominal)
    person = np.concatenate([rank] * 3)
    kept = np.flatnonzero((wages >= _LEAST) & (employer >= 0) & (person >= 0))
    pair = person[kept] * len(employer_id) + employer[kept]
    order = np.argsort(pair, kind="stable")
    pair, wages = pair[order], wages[kept[order]]
    starts = np.flatnonzero(np.concatenate(([True], pair[1:] != pair[:-1])))
    person, employer = np.divmod(pair[starts], len(employer_id))
    return pa.table(
        {
            "person_key": keys.take(pa.array(person)),
            "year": np.full(len(starts), year.year, dtype=np.int32),
            "employer_id": employer_id.take(pa.array(employer)),
            "wages": np.add.reduceat(wages, starts) if len(starts) else wages,
        }
    )


def _chosen(streams: Streams, treated: Treated, keys: Keys, others: int) -> tuple[Ints, Texts]:
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
    industries: Sequence[SimulatedIndustry],
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
    treated = treat(industries, people, span)
    who, own_keys = _chosen(streams, treated, keys, others)
    naics = [registry.industry(industry.name).naics for industry in industries]
    employers = build_employers(streams("employers"), economy, len(who), sorted({one for own in naics for one in own}))
    members = tuple(employers.belongs(own) for own in naics)
    shortlists = tuple(shortlist(employers, member) for member in members)
    market = open_market(economy, employers, shortlists, members)
    write_employers(folder, employers)
    level = curve(prices, np.arange(span[0], span[1] + 1)) / prices[economy.base_year]
    learners, rows = len(treated.person), 0
    real = np.zeros((learners, len(level)))
    without = np.zeros_like(real)
    sorted_keys = np.sort(own_keys[own_keys != ""].astype("U11"))
    rank = np.where(own_keys != "", np.searchsorted(sorted_keys, own_keys.astype("U11")), -1)
    shown, ids = pa.array(sorted_keys.tolist()), pa.array(employers.employer_id)
    (folder / "wages_annual").mkdir(parents=True, exist_ok=True)
    for year in Careers(streams, people, who, treated, economy, market, awarded=True):
        at = year.year - span[0]
        real[:, at] = year.total[:learners]
        table = _rows(year, shown, rank, ids, level[at])
        rows += table.num_rows
        pq.write_table(table, folder / "wages_annual" / f"{year.year}.parquet", compression="zstd")
    for year in Careers(streams, people, who[:learners], treated, economy, market, awarded=False):
        without[:, year.year - span[0]] = year.total
    return rows, Effects(treated, span[0], real, without, np.zeros(real.shape, dtype=np.bool_))
