"""The bands of the figures that a question asks for: shares, means and percentiles of groups of people.

Not here: the arithmetic (intervals.py, percentiles.py).
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from credential_pipeline.enclave.outcome_tables.uncertainty.employers import EMPLOYER, WAGES, Payers, payers
from credential_pipeline.enclave.outcome_tables.uncertainty.intervals import Bands, Flags, mean_bands, share_bands
from credential_pipeline.enclave.outcome_tables.uncertainty.percentiles import (
    Sorted,
    ascending,
    difference_bands,
    percentile_bands,
    place,
    sort_rows,
)
from credential_pipeline.enclave.outcome_tables.uncertainty.replicates import Ints, Reals, Replicates
from credential_pipeline.enclave.outcome_tables.uncertainty.sums import Rows, Sums, sums
from credential_pipeline.enclave.outcome_tables.uncertainty.table import (
    Banded,
    Groups,
    Table,
    band_relation,
    group_by,
    label,
    read_table,
)
from credential_pipeline.foundation.progress import PROGRESS
from credential_pipeline.foundation.storage.relation import Relation, Scratch

Breakdowns = Sequence[tuple[str, ...]]
#: Amounts are summed in whole hundredths, so that no order of rows matters.
_HUNDREDTHS = 100

PACE = 2.0
"""Seconds between two lines of progress at least, so that a small industry is told in none."""


@dataclass(frozen=True)
class ShareBand:
    """A share that wants bands.

    Attributes:
        measure: The measure.
        of: SQL condition of the numerator.
        where: SQL condition of the denominator.
        definition: Key of the definition; the measure if it has only one.
        by: Columns whose categories tell the numerators apart (``sector``, ``setting``), one cell each; the denominator
            is of all of them.
    """

    measure: str
    of: str = "true"
    where: str = "true"
    definition: str | None = None
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class MoneyBand:
    """Amounts that want bands: a mean or a percentile.

    Attributes:
        measure: The measure.
        column: SQL expression of the amount.
        statistic: ``mean``, or the percentile as ``p25``, ``p50``, ``p75``.
        where: SQL condition of the people.
        less: SQL condition, within ``where``, of those whose percentile is subtracted from that of the rest.
        definition: Key of the definition; the measure if it has only one.
    """

    measure: str
    column: str
    statistic: str
    where: str = "true"
    less: str | None = None
    definition: str | None = None


BandAsk = ShareBand | MoneyBand


@dataclass(frozen=True)
class Wanted:
    """Bands that are wanted of figures of the same rows.

    Attributes:
        source: One row per person (or unit) and, if time plays a part, horizon: pid, horizon, the categories, and what the
            conditions use. It is read when all figures are made.
        figures: The figures.
        breakdowns: The columns of each breakdown; ``()`` is everybody.
    """

    source: Relation
    figures: tuple[BandAsk, ...]
    breakdowns: Breakdowns


def bands_of(work: Scratch, replicates: Replicates, wanted: Sequence[Wanted]) -> Relation:
    """The bands of all figures.

    Args:
        work: Where the rows live.
        replicates: The weights of everybody.
        wanted: The figures; those of one source are read once.

    Returns:
        measure, definition, the categories, horizon, low, high, fragile, and of amounts employers and largest_employer.
    """
    found: list[Banded] = []
    sources = list(dict.fromkeys(one.source for one in wanted))
    told = time.monotonic()
    for number, source in enumerate(sources, 1):
        if time.monotonic() - told > PACE:
            PROGRESS.info("how sure the figures are: source %d of %d", number, len(sources))
            told = time.monotonic()
        here = [one for one in wanted if one.source == source]
        numbers = {text: text for one in here for figure in one.figures for text in _expressions(figure)}
        columns = {name for one in here for breakdown in one.breakdowns for name in breakdown}
        columns |= {name for one in here for figure in one.figures for name in _by(figure)}
        if numbers and {"employer_id", WAGES} <= set(source.columns) and any(map(_is_money, here)):
            numbers |= {EMPLOYER: EMPLOYER, WAGES: WAGES}
        answering = _Answering(replicates, read_table(work, replicates, source, columns, numbers))
        found += [
            answering.bands(figure, breakdown) for one in here for figure in one.figures for breakdown in one.breakdowns
        ]
    return band_relation(work, found)


def _is_money(one: Wanted) -> bool:
    return any(isinstance(figure, MoneyBand) for figure in one.figures)


def _by(asked: BandAsk) -> tuple[str, ...]:
    return asked.by if isinstance(asked, ShareBand) else ()


def _expressions(asked: BandAsk) -> list[str]:
    if isinstance(asked, ShareBand):
        return [asked.where, asked.of]
    return [asked.where, asked.column, *([asked.less] if asked.less else [])]


class _Answering:
    """Makes the bands of one table of rows; what several figures need is made once."""

    def __init__(self, replicates: Replicates, table: Table) -> None:
        self._replicates = replicates
        self._table = table
        self._groups: dict[tuple[object, ...], tuple[Groups, Sums]] = {}
        self._sorted: dict[tuple[object, ...], tuple[Sorted, Sums]] = {}
        self._order: dict[str, Ints] = {}
        self._flags: dict[str, Flags] = {}
        self._payers: dict[tuple[object, ...], Payers] = {}
        self._employer: Ints | None = None
        self._by_employer: Ints = np.zeros(0, np.int64)

    def bands(self, asked: BandAsk, breakdown: tuple[str, ...]) -> Banded:
        """The bands of one figure in one breakdown."""
        column = asked.column if isinstance(asked, MoneyBand) else ""
        groups, whole = self._grouped(asked.where, column, breakdown)
        paid = None
        if isinstance(asked, MoneyBand):
            bands, keys, paid = self._money(asked, breakdown), groups.keys, self._paid(asked, breakdown)
        else:
            bands, keys = self._share(groups, whole, asked)
        return label(self._table, asked.measure, asked.definition or asked.measure, keys, bands, paid)

    def _paid(self, asked: MoneyBand, breakdown: tuple[str, ...]) -> Payers | None:
        """Who pays the people of every group; None where the rows do not tell."""
        if EMPLOYER not in self._table.numbers:
            return None
        key = (asked.where, asked.column, breakdown, asked.less)
        if key not in self._payers:
            if self._employer is None:
                found = self._table.numbers[EMPLOYER]
                # What is missing is numbered last, all of it once.
                place = np.unique(found, return_inverse=True)[1]
                self._employer = np.where(np.isnan(found), -1, place).astype(np.int64)
                self._by_employer = np.argsort(self._employer, kind="stable")
            groups = self._grouped(asked.where, asked.column, breakdown)[0]
            rows, places = groups.sorted_by(self._table, self._by_employer)
            employer, wages = self._employer[places], self._table.numbers[WAGES][places]
            if asked.less is None:
                self._payers[key] = payers(rows, employer, wages)
            else:
                less = self._true(asked.less)[places]
                one, other = (payers(rows.only(side), employer[side], wages[side]) for side in (less, ~less))
                self._payers[key] = one.and_the(other)
        return self._payers[key]

    def _true(self, condition: str) -> Flags:
        if condition not in self._flags:
            self._flags[condition] = np.asarray(self._table.numbers[condition] == 1)
        return self._flags[condition]

    def _grouped(self, where: str, column: str, breakdown: tuple[str, ...]) -> tuple[Groups, Sums]:
        """The groups of the rows that count, and their sizes."""
        key = (where, column, breakdown)
        if key not in self._groups:
            chosen = self._true(where)
            if column:
                chosen = chosen & ~np.isnan(self._table.numbers[column])
            groups = group_by(self._table, breakdown, chosen)
            self._groups[key] = groups, sums(self._replicates, groups.rows)
        return self._groups[key]

    def _share(self, groups: Groups, whole: Sums, asked: ShareBand) -> tuple[Bands, dict[str, Ints]]:
        """The share of every group, of every category if there are any; who has none is in the denominator only."""
        chosen = self._true(asked.of)
        for column in asked.by:
            chosen = chosen & (self._table.codes[column] >= 0)
        rows, many, keys = groups.among(chosen), 1, dict(groups.keys)
        cell, places = rows.group, groups.places[chosen[groups.places]]
        for column in asked.by:
            labels = len(self._table.labels[column])
            cell, many = cell * labels + self._table.codes[column][places], many * labels
            keys = {name: np.repeat(values, labels) for name, values in keys.items()}
            keys[column] = np.tile(np.arange(labels), rows.groups * many // max(labels, 1))
        part = sums(self._replicates, Rows(rows.pack, cell, rows.groups * many))
        return share_bands(part, whole.repeated(many)), keys

    def _money(self, asked: MoneyBand, breakdown: tuple[str, ...]) -> Bands:
        if asked.statistic == "mean":
            return self._mean(*self._grouped(asked.where, asked.column, breakdown), self._table.numbers[asked.column])
        p = int(asked.statistic.removeprefix("p")) / 100
        sides = [None] if asked.less is None else [False, True]
        found = [place(self._replicates, *self._side(asked, breakdown, side=side), p) for side in sides]
        return percentile_bands(*found) if len(found) == 1 else difference_bands(*found)

    def _side(self, asked: MoneyBand, breakdown: tuple[str, ...], *, side: bool | None) -> tuple[Sorted, Sums]:
        """The sorted rows of those who count, or of one side of them, and their sizes."""
        key = (asked.where, asked.column, breakdown, asked.less, side)
        if key not in self._sorted:
            amounts = self._table.numbers[asked.column]
            if asked.column not in self._order:
                self._order[asked.column] = ascending(self._table.person, amounts)
            groups, whole = self._grouped(asked.where, asked.column, breakdown)
            rows, places = groups.sorted_by(self._table, self._order[asked.column])
            if asked.less is not None:
                chosen = self._true(asked.less)[places] == side
                rows, places = rows.only(chosen), places[chosen]
                whole = sums(self._replicates, rows)
            self._sorted[key] = sort_rows(rows, amounts[places]), whole
        return self._sorted[key]

    def _mean(self, groups: Groups, whole: Sums, amounts: Reals) -> Bands:
        total = sums(self._replicates, groups.rows, np.rint(amounts[groups.places] * _HUNDREDTHS))
        found = mean_bands(total, whole)
        return Bands(found.low / _HUNDREDTHS, found.high / _HUNDREDTHS, found.fragile)
