"""The enclave's wage and employer files, and the planted effects that they hold.

Not here: how a career goes (careers.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.simulation.arrays import Bools, Floats, Ints, Streams, Texts, curve, first_of_year
from credential_pipeline.simulation.careers import Careers, Year, open_market
from credential_pipeline.simulation.employers import Employers, build_employers, shortlist, write_employers
from credential_pipeline.simulation.enclave import Keys
from credential_pipeline.simulation.industries import SimulatedIndustry
from credential_pipeline.simulation.people import People
from credential_pipeline.simulation.places import places
from credential_pipeline.simulation.treatment import Treated, treat
from credential_pipeline.simulation.wage_rows import Payroll, annual_rows, jobs_of, quarterly_rows, quarters_worked
from credential_pipeline.simulation.world import Economy


@dataclass(frozen=True)
class Effects:
    """What awards did: the learners, and earnings with and without by year [h, years], dollars of the base year.

    ``missing`` marks years in which a learner lives in a state whose wages are not in the files; ``quarters`` has the quarters
    with work as bits (wage_rows.py).
    """

    treated: Treated
    first_year: int
    real: Floats
    without: Floats
    missing: Bools
    quarters: npt.NDArray[np.uint8]


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
    """Write ``wages_annual``, ``employers`` and, where the economy says so, ``wages_quarterly`` under ``folder``; return the number of wage rows and the effects.

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
    without, quarters = np.zeros_like(real), np.zeros(real.shape, dtype=np.uint8)
    payroll = _payroll(own_keys, employers)
    for year in Careers(streams, people, who, treated, economy, market, awarded=True):
        at = year.year - span[0]
        real[:, at] = year.total[:learners]
        quarters[:, at] = quarters_worked(year.begin[:learners], year.end[:learners], real[:, at])
        shut = closed(economy, employers.state, year.year)
        rows += _write_year(streams, folder, year, replace(payroll, shut=shut), level[at], quarterly=economy.quarterly)
    for year in Careers(streams, people, who[:learners], treated, economy, market, awarded=False):
        without[:, year.year - span[0]] = year.total
    missing = _missing(people, treated.person, economy)
    return rows, Effects(treated, span[0], real, without, missing, quarters)


def _payroll(own_keys: Texts, employers: Employers) -> Payroll:
    sorted_keys = np.sort(own_keys[own_keys != ""].astype("U11"))
    rank = np.where(own_keys != "", np.searchsorted(sorted_keys, own_keys.astype("U11")), -1)
    nobody = np.zeros(len(employers.state), dtype=np.bool_)
    return Payroll(pa.array(sorted_keys.tolist()), rank, pa.array(employers.employer_id), nobody)


def _write_year(
    streams: Streams, folder: Path, year: Year, payroll: Payroll, nominal: float, *, quarterly: bool
) -> int:
    """Write the wages of a year, and by quarter if asked for; return the number of annual rows."""
    jobs = jobs_of(year, payroll, nominal)
    tables = {"wages_annual": annual_rows(jobs, payroll)}
    if quarterly:
        tables["wages_quarterly"] = quarterly_rows(streams("wages", "quarters", str(year.year)), jobs, payroll)
    for name, table in tables.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        pq.write_table(table, folder / name / f"{year.year}.parquet", compression="zstd")
    return int(tables["wages_annual"].num_rows)


def closed(economy: Economy, state: Ints, year: int) -> Bools:
    """Which of the states have no wages in the files of the year."""
    names = places().state_names
    shut = [names.index(name) for name, (first, last) in economy.wage_gaps.items() if first <= year <= last]
    return np.isin(state, shut)


def _missing(people: People, person: Ints, economy: Economy) -> Bools:
    """Years in which persons live, on 30 June, in a state whose wages are not in the files."""
    span = range(economy.first_year, economy.last_year + 1)
    found = np.zeros((len(person), len(span)), dtype=np.bool_)
    for at, year in enumerate(span):
        if any(first <= year <= last for first, last in economy.wage_gaps.values()):
            middle = first_of_year(np.full(len(person), year)) + 180
            found[:, at] = closed(economy, people.addresses.state(people.home_on(person, middle)), year)
    return found
