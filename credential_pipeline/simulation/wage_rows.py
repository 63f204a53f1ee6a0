"""Rows of the wage files of one year, by year and by quarter. Not here: how a career goes (careers.py)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from credential_pipeline.simulation.arrays import Bools, Floats, Ints
from credential_pipeline.simulation.careers import Year

_LEAST = 50
_QUARTERS = 4
#: How much the pay of a quarter varies, in log points.
_UNEVEN = 0.08


@dataclass(frozen=True)
class Payroll:
    """Whose wages the files hold: protected keys in order, the place of each person in them, ids of employers.

    ``rank`` is -1 without a key [m]; ``shut`` marks employers whose wages of the year are missing.
    """

    keys: pa.Array
    rank: Ints
    employer_id: pa.Array
    shut: Bools


@dataclass(frozen=True)
class Jobs:
    """Jobs of one year, in the order of the files [k]: pair of person and employer, whole dollars, part of the year."""

    year: int
    pair: Ints
    wages: Floats
    begin: Floats
    end: Floats


def jobs_of(year: Year, payroll: Payroll, nominal: float) -> Jobs:
    """List the jobs of a year.

    Args:
        year: Work of everybody [m].
        payroll: Whose wages are in the files.
        nominal: Dollars of the year for one dollar of the base year.
    """
    employer = np.concatenate([year.before, year.after, year.second])
    wages = np.round(np.concatenate([year.earned_before, year.earned_after, year.earned_second]) * nominal)
    person = np.concatenate([payroll.rank] * 3)
    kept = np.flatnonzero((wages >= _LEAST) & (employer >= 0) & (person >= 0))
    kept = kept[~payroll.shut[employer[kept]]]
    pair = person[kept] * len(payroll.employer_id) + employer[kept]
    order = np.argsort(pair, kind="stable")
    kept = kept[order]
    main = year.earned_before + year.earned_after
    change = year.begin + (year.end - year.begin) * year.earned_before / np.where(main > 0, main, 1.0)
    begin = np.concatenate([year.begin, change, year.begin])[kept]
    end = np.concatenate([change, year.end, year.end])[kept]
    return Jobs(year.year, pair[order], wages[kept], begin, end)


def annual_rows(jobs: Jobs, payroll: Payroll) -> pa.Table:
    """One row a person and employer, sorted by key."""
    starts = _starts(jobs.pair)
    person, employer = np.divmod(jobs.pair[starts], len(payroll.employer_id))
    return pa.table(
        {
            "person_key": payroll.keys.take(pa.array(person)),
            "year": np.full(len(starts), jobs.year, dtype=np.int32),
            "employer_id": payroll.employer_id.take(pa.array(employer)),
            "wages": np.add.reduceat(jobs.wages, starts) if len(starts) else jobs.wages,
        }
    )


def quarterly_rows(rng: np.random.Generator, jobs: Jobs, payroll: Payroll) -> pa.Table:
    """One row a person, employer and quarter with wages; the quarters of a year add up to the row of the year."""
    paid = _by_quarter(rng, jobs)
    starts = _starts(jobs.pair)
    summed = np.add.reduceat(paid, starts, axis=0) if len(starts) else paid
    row, quarter = np.nonzero(summed)
    person, employer = np.divmod(jobs.pair[starts][row], len(payroll.employer_id))
    return pa.table(
        {
            "person_key": payroll.keys.take(pa.array(person)),
            "year": np.full(len(row), jobs.year, dtype=np.int32),
            "quarter": (quarter + 1).astype(np.int32),
            "employer_id": payroll.employer_id.take(pa.array(employer)),
            "wages": summed[row, quarter],
        }
    )


def quarters_worked(begin: Floats, end: Floats, total: Floats) -> npt.NDArray[np.uint8]:
    """Quarters with work as bits, the first quarter the lowest; none without earnings."""
    touched = _overlap(begin, end) > 0
    bits = (touched << np.arange(_QUARTERS)).sum(axis=1)
    return np.asarray(np.where(total > 0, bits, 0), dtype=np.uint8)


def _starts(pair: Ints) -> Ints:
    return np.flatnonzero(np.concatenate((np.ones(min(len(pair), 1), dtype=np.bool_), pair[1:] != pair[:-1])))


def _overlap(begin: Floats, end: Floats) -> Floats:
    """Time worked in each quarter [k, 4]."""
    edge = np.arange(_QUARTERS) / _QUARTERS
    time = np.minimum(end[:, None], edge + 1 / _QUARTERS) - np.maximum(begin[:, None], edge)
    return np.asarray(np.maximum(time, 0.0))


def _by_quarter(rng: np.random.Generator, jobs: Jobs) -> Floats:
    """Whole dollars of each job and quarter [k, 4]."""
    weight = _overlap(jobs.begin, jobs.end) * np.exp(rng.normal(0.0, _UNEVEN, (len(jobs.pair), _QUARTERS)))
    # A job too short to be seen is of the last quarter.
    weight[weight.sum(axis=1) <= 0, _QUARTERS - 1] = 1.0
    until = np.round(np.cumsum(weight, axis=1) / weight.sum(axis=1, keepdims=True) * jobs.wages[:, None])
    until[:, -1] = jobs.wages
    return np.asarray(np.diff(until, axis=1, prepend=0.0))
