"""What everybody who is compared earned in every year, in one row a person.

Not here: who is compared with whom (matching.py).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

Ints = NDArray[np.int64]
#: ``mains`` tells the firm modulo this, as ``firm_of`` reads it.
_FIRMS = 1 << 24


@dataclass(frozen=True)
class Careers:
    """Earnings by person and year.

    Attributes:
        rows: person, cents (a list with one number for every year from ``first_year``, in cents of the base year, 0 without
            earnings), mains (likewise, of which ``firm_of`` tells the main employer).
        firms: firm, employer_id, sector, inside, state_number, region_number.
        earnings: The cents of all persons, person after person and year after year.
        sectors: Of the main employers, likewise; 0 without one, or where its sector is not known.
        inside: Whether the main employers belong to the industry, likewise.
        first_year: The year of the first number.
        last_year: The year of the last.
    """

    rows: Relation
    firms: Relation
    earnings: Ints
    sectors: NDArray[np.int16]
    inside: NDArray[np.bool_]
    first_year: int
    last_year: int


def careers(
    work: Scratch,
    persons: Relation,
    wages: Relation,
    employers: Relation,
    places: Relation,
    price_factors: Relation,
    span: tuple[int, int],
    plan: Plan,
) -> Careers:
    """Add up what all employers paid, person by person and year by year.

    Args:
        work: Where the rows live.
        persons: person, person_key.
        wages: ``reference_population.wages``.
        employers: ``reference_population.employers``.
        places: state, state_number, region_number.
        price_factors: year, factor; a year without one counts as a year without wages.
        span: The first and the last year that are asked for.
        plan: The settings, for the industry's prefixes.
    """
    firms = work.table(
        "firms", statement(__package__, "firms.sql", employers=employers, places=places), {"naics": list(plan.naics)}
    )
    number = work.con.execute(f"SELECT count(*) FROM {persons}").fetchall()[0][0]
    jobs = work.con.execute(
        statement(__package__, "jobs.sql", wages=wages, persons=persons, firms=firms),
        {"first_year": span[0], "last_year": span[1]},
    ).fetchnumpy()
    years = range(span[0], span[1] + 1)
    factors = dict(work.con.execute(f"SELECT year, factor FROM {price_factors}").fetchall())
    place = np.asarray(jobs["place"], np.int64)
    # Whole numbers in floating point: their sums are exact, in whatever order the rows come.
    paid = np.bincount(place, np.asarray(jobs["cents"], np.float64), minlength=number * len(years))
    paid = paid.reshape(number, len(years)) * np.array([factors.get(year, 0.0) for year in years])
    earnings = np.floor(np.maximum(paid, 0.0) + 0.5).astype(np.int64).ravel()
    mains = np.full(len(earnings), np.iinfo(np.int64).min)
    np.maximum.at(mains, place, np.asarray(jobs["main"], np.int64))
    mains[mains == np.iinfo(np.int64).min] = 0
    return Careers(_listed(work, number, earnings, mains), firms, earnings, *_main_jobs(work, firms, mains), *span)


def _main_jobs(work: Scratch, firms: Relation, mains: Ints) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """The sector of every main employer, and whether it belongs to the industry."""
    about = work.con.execute(f"SELECT sector, inside FROM {firms} ORDER BY firm").fetchnumpy()
    firm = -mains % _FIRMS
    sectors = np.concatenate(([0], about["sector"])).astype(np.int16)
    return sectors[firm], np.concatenate(([False], about["inside"])).astype(np.bool_)[firm]


def _listed(work: Scratch, number: int, earnings: Ints, mains: Ints) -> Relation:
    """The numbers of every person as lists."""
    wide = len(earnings) // max(number, 1)
    ends = np.arange(number + 1, dtype=np.int32) * wide
    lists = {name: pa.ListArray.from_arrays(ends, flat) for name, flat in (("cents", earnings), ("mains", mains))}
    return work.frame("careers", pa.table({"person": np.arange(number, dtype=np.int32), **lists}))
