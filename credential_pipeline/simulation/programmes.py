"""The truth of what Workforce Pell asks of programmes that lead to a credential.

A programme is a provider and a credential; its learners are those who trained there and sat for the credential or got it.
Section 83002 of P.L. 119-21 asks three things: 70 % complete within 150 % of the normal time, 70 % have work 180 days after
completion, and tuition is no higher than the value added: median earnings at the price level of the state less 150 % of the
poverty guideline of one person. Not here: who is sent to a programme (planting.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.simulation.arrays import Bools, Dates, Floats, Ints, month_day, years
from credential_pipeline.simulation.feeds import reports_failures
from credential_pipeline.simulation.industries import SimulatedIndustry
from credential_pipeline.simulation.living import poverty_lines, read_parities
from credential_pipeline.simulation.places import places
from credential_pipeline.simulation.planting import MOST_YEARS, Pairs, pairs_of
from credential_pipeline.simulation.schools import Schools
from credential_pipeline.simulation.wages import Effects

LEAST_SHARE = 0.7
PLACED_AFTER_DAYS = 180
EARNINGS_AFTER_YEARS = 3
#: Completers wanted, completers without whom there is no answer, and earners without whom there is none.
WANTED, FEWEST, FEWEST_EARNERS = 50, 30, 16
_OVER_TIME = 1.5
_POVERTY = 1.5
_LISTED = 8
"""How many programmes are listed that nobody planted: the largest."""
_WEEKS, _HOURS = 12, 300
_CHEAP, _DEAR = 0.6, 1.4
"""Tuition of those, in turn, as a share of the value added."""
_LEAST_TUITION = 500


@dataclass(frozen=True)
class _Group:
    """The learners of one programme: provider, credential, price, and its pairs of :class:`Pairs`."""

    name: str
    school: int
    credential: int
    hours: int
    weeks: int
    tuition: int | None
    pairs: Ints


def programme_rows(
    industries: Sequence[SimulatedIndustry],
    models: Sequence[Industry],
    schools: Schools,
    effects: Effects,
    counted: Sequence[Bools],
    prices: dict[int, float],
) -> dict[str, list[object]]:
    """Lines of programmes.csv: the planted programmes and the largest others, with figures and verdict.

    Args:
        industries: The simulated industries.
        models: The same ones in the registry, for award years and base year.
        schools: Institutions.
        effects: Earnings and quarters worked of the learners.
        counted: Which learners of each industry have a key and opted out nowhere; nobody else is counted.
        prices: CPI-U by year.
    """
    rows: list[dict[str, object]] = []
    for number, (industry, model, wanted) in enumerate(zip(industries, models, counted, strict=True)):
        offset = int(np.flatnonzero(effects.treated.industry == number).min(initial=0))
        judge = _Judge(industry, model, schools, effects, offset, poverty_lines(model.base_year, prices)[0])
        rows += [judge.row(group, place) for place, group in enumerate(_groups(industry, judge.pairs, wanted, model))]
    return {name: [row[name] for row in rows] for name in _COLUMNS}


def _groups(industry: SimulatedIndustry, pairs: Pairs, wanted: Bools, model: Industry) -> list[_Group]:
    """The planted programmes, then the pairs of provider and credential with most completers in the last years."""
    school = industry.training.school[pairs.learner]
    here = np.flatnonzero((school >= 0) & wanted[pairs.learner])
    key = school[here] * len(industry.shelf.code) + pairs.credential[here]
    late = years(pairs.awarded[here]) > model.cohorts.last_award_year - MOST_YEARS
    late &= years(pairs.awarded[here]) <= model.cohorts.last_award_year
    number, count = np.unique(key[late], return_counts=True)
    largest = number[np.lexsort((number, -count))].tolist()
    planted = {own * len(industry.shelf.code) + code: it for (own, code), it in industry.planted.items()}
    found = []
    for one in [*planted, *[one for one in largest if one not in planted][:_LISTED]]:
        own, credential = divmod(one, len(industry.shelf.code))
        it = planted.get(one)
        name, hours, weeks = (it.name, it.clock_hours, it.weeks) if it else ("", _HOURS, _WEEKS)
        found.append(_Group(name, own, credential, hours, weeks, it.tuition if it else None, here[key == one]))
    return found


_COLUMNS = (
    "industry",
    "programme",
    "provider_opeid",
    "provider",
    "state",
    "certifier",
    "credential",
    "clock_hours",
    "weeks",
    "tuition",
    "first_award_year",
    "last_award_year",
    "participants",
    "completion_rate",
    "completers",
    "placement_n",
    "placement_rate",
    "placement_rate_annual",
    "earnings_n",
    "earnings_p50",
    "value_added_earnings",
    "verdict",
    "reasons",
    "planted",
)


class _Judge:
    """Computes figures and verdict of the programmes of one industry."""

    def __init__(
        self,
        industry: SimulatedIndustry,
        model: Industry,
        schools: Schools,
        effects: Effects,
        offset: int,
        poverty_line: float,
    ) -> None:
        self.industry, self.model, self.schools, self.effects = industry, model, schools, effects
        self.offset, self.poverty_line, self.parities = offset, poverty_line, read_parities()
        self.pairs = pairs_of(industry.events)

    def row(self, group: _Group, place: int) -> dict[str, object]:
        """The line of one programme."""
        industry, schools, pairs = self.industry, self.schools, self.pairs
        certifier = industry.shelf.certifiers[industry.shelf.certifier[group.credential]]
        opeid, code = str(schools.opeid[group.school]), str(industry.shelf.code[group.credential])
        state = places().state_names[schools.state[group.school]]
        first, last = self._years(group)
        begun = group.pairs[_within(pairs.begun[group.pairs], first, last)]
        completers = group.pairs[_within(pairs.awarded[group.pairs], first, last)]
        in_time = pairs.awarded[begun] - pairs.begun[begun] <= np.timedelta64(round(_OVER_TIME * 7 * group.weeks), "D")
        placed, placed_in_year, known = self._placed(completers)
        earned = self._earned(completers)
        median = float(np.median(earned)) if len(earned) else float("nan")
        added = median / (self.parities.get(state, 100.0) / 100) - _POVERTY * self.poverty_line
        tuition = group.tuition if group.tuition is not None else _tuition(added, place)
        figures = (_mean(in_time), _mean(placed), added)
        verdict, reasons = _verdict(figures, tuition, len(completers), len(earned), tells=reports_failures(certifier))
        return {
            "industry": industry.name,
            "programme": f"{industry.name}/{opeid}/{certifier.certifier}/{code}",
            "provider_opeid": opeid,
            "provider": schools.name[group.school],
            "state": state,
            "certifier": certifier.certifier,
            "credential": code,
            "clock_hours": group.hours,
            "weeks": group.weeks,
            "tuition": tuition,
            "first_award_year": first,
            "last_award_year": last,
            "participants": len(begun),
            "completion_rate": round(figures[0], 6),
            "completers": len(completers),
            "placement_n": known,
            "placement_rate": round(figures[1], 6),
            "placement_rate_annual": round(_mean(placed_in_year), 6),
            "earnings_n": len(earned),
            "earnings_p50": round(median, 2),
            "value_added_earnings": round(added, 2),
            "verdict": verdict,
            "reasons": "+".join(reasons),
            "planted": group.name,
        }

    def _years(self, group: _Group) -> tuple[int, int]:
        """Award years that are pooled: the last one, and earlier ones until there are enough completers."""
        last = self.model.cohorts.last_award_year
        awarded = self.pairs.awarded[group.pairs]
        for first in range(last, last - MOST_YEARS, -1):
            if _within(awarded, first, last).sum() >= WANTED:
                return first, last
        return last - MOST_YEARS + 1, last

    def _at(self, completers: Ints, year: Ints) -> tuple[Ints, Ints, Bools]:
        """Row and column of the effects for each completer and year, and whether the year can be followed."""
        effects = self.effects
        row, at = self.offset + self.pairs.learner[completers], year - effects.first_year
        inside = (at >= 0) & (at < effects.real.shape[1])
        at = np.clip(at, 0, effects.real.shape[1] - 1)
        return row, at, np.asarray(inside & ~effects.missing[row, at])

    def _placed(self, completers: Ints) -> tuple[Bools, Bools, int]:
        """Who worked in the quarter, and in the calendar year, of the 180th day; and of how many it is known."""
        day = self.pairs.awarded[completers] + np.timedelta64(PLACED_AFTER_DAYS, "D")
        row, at, known = self._at(completers, years(day))
        quarter = (month_day(day) // 100 - 1) // 3
        worked = self.effects.quarters[row, at]
        return ((worked >> quarter) & 1 == 1)[known], (worked > 0)[known], int(known.sum())

    def _earned(self, completers: Ints) -> Floats:
        """Earnings in the third year after the award year of those who have any, in dollars of the base year."""
        row, at, known = self._at(completers, years(self.pairs.awarded[completers]) + EARNINGS_AFTER_YEARS)
        earned = self.effects.real[row, at][known]
        return np.asarray(earned[earned > 0])


def _within(day: Dates, first: int, last: int) -> Bools:
    return np.asarray((years(day) >= first) & (years(day) <= last))


def _mean(flags: Bools) -> float:
    return float(flags.mean()) if len(flags) else float("nan")


def _tuition(added: float, place: int) -> int:
    """What a programme that nobody planted costs: in turn less and more than it adds."""
    share = _CHEAP if place % 2 == 0 else _DEAR
    return max(_LEAST_TUITION, round(share * added / 50) * 50) if added > 0 else _LEAST_TUITION


def _verdict(
    figures: tuple[float, float, float], tuition: int, completers: int, earners: int, *, tells: bool
) -> tuple[str, list[str]]:
    """``cannot_be_evaluated``, ``passes`` or ``fails``, and why."""
    completion, placement, added = figures
    unknown = {
        "few_completers": completers < FEWEST,
        "few_earners": earners < FEWEST_EARNERS,
        "failures_not_reported": not tells,
    }
    failed = {"completion": completion < LEAST_SHARE, "placement": placement < LEAST_SHARE, "tuition": tuition > added}
    for verdict, reasons in (("cannot_be_evaluated", unknown), ("fails", failed)):
        if any(reasons.values()):
            return verdict, [name for name, holds in reasons.items() if holds]
    return "passes", []
