"""The truth of what Workforce Pell asks of programmes that lead to a credential.

A programme is a provider and a credential; its learners are those who trained there and sat for the credential or got it.
Section 83002 of P.L. 119-21 asks three things: 70 % complete within 150 % of the normal time, 70 % have work 180 days after
completion, and tuition is no higher than the value added: median earnings at the price level of the state less 150 % of the
poverty guideline of one person. Award years begin in July. Not here: who is sent to a programme (planting.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.sql import text_of
from credential_pipeline.simulation.arrays import NEVER, Bools, Dates, Floats, Ints, month_day, years
from credential_pipeline.simulation.education import Students
from credential_pipeline.simulation.feeds import reports_failures
from credential_pipeline.simulation.folders import EDUCATION
from credential_pipeline.simulation.industries import SimulatedIndustry
from credential_pipeline.simulation.living import poverty_lines, read_parities
from credential_pipeline.simulation.places import places
from credential_pipeline.simulation.planting import MOST_YEARS, award_year, pairs_of
from credential_pipeline.simulation.schools import Schools
from credential_pipeline.simulation.tables import Coded, arrow
from credential_pipeline.simulation.wages import Effects

LEAST_SHARE = 0.7
PLACED_AFTER_DAYS = 180
EARNINGS_AFTER_YEARS = 1
#: Completers wanted, completers without whom there is no answer, and earners without whom there is none.
WANTED, FEWEST, FEWEST_EARNERS = 50, 30, 16
_OVER_TIME = 1.5
_POVERTY = 1.5
_LISTED = 8
"""How many programmes are listed that nobody planted: the largest."""
_WEEKS, _HOURS = 14, 300
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


@dataclass(frozen=True)
class _Careers:
    """Learners of one programme [k]: learner number, first day, last day, award (NaT = none), in time, studying later."""

    learner: Ints
    begun: Dates
    awarded: Dates
    in_time: Bools
    studies: Bools


@dataclass(frozen=True)
class Learned:
    """What the programmes are judged by: wages and quarters worked, enrollments on disk, and who is counted.

    ``shared`` and ``keyed`` mark the learners of each industry who opted out nowhere, and those of them with a key.
    """

    home: Path
    schools: Schools
    students: Students
    effects: Effects
    dies: Ints
    shared: Sequence[Bools]
    keyed: Sequence[Bools]


def programme_rows(
    industries: Sequence[SimulatedIndustry], models: Sequence[Industry], learned: Learned, prices: dict[int, float]
) -> dict[str, list[object]]:
    """Lines of programmes.csv: the planted programmes and the largest others, with figures and verdict.

    Args:
        industries: The simulated industries.
        models: The same ones in the registry, for award years and base year.
        learned: What they are judged by.
        prices: CPI-U by year.
    """
    rows: list[dict[str, object]] = []
    for number, (industry, model) in enumerate(zip(industries, models, strict=True)):
        judge = _Judge(industry, model, learned, number, poverty_lines(model.base_year, prices)[0])
        rows += judge.rows()
    return {name: [row[name] for row in rows] for name in _COLUMNS}


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
    "completers_with_key",
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
        self, industry: SimulatedIndustry, model: Industry, learned: Learned, number: int, poverty_line: float
    ) -> None:
        self.industry, self.model, self.learned = industry, model, learned
        self.shared, self.keyed = learned.shared[number], learned.keyed[number]
        self.offset = int(np.flatnonzero(learned.effects.treated.industry == number).min(initial=0))
        self.poverty_line, self.parities = poverty_line, read_parities()
        self.pairs = pairs_of(industry.events)
        self.last = self._last_year()

    def _last_year(self) -> int:
        """The last award year whose completers' placement and earnings the wage files cover as a whole."""
        effects, cohorts = self.learned.effects, self.model.cohorts
        covered = range(effects.first_year, effects.first_year + effects.real.shape[1])
        found = range(cohorts.first_award_year, cohorts.last_award_year)
        return max(year for year in found if year in covered and year + 1 + EARNINGS_AFTER_YEARS in covered)

    def groups(self) -> list[_Group]:
        """The planted programmes, then the pairs of provider and credential with most completers in the last years."""
        industry, pairs = self.industry, self.pairs
        codes = len(industry.shelf.code)
        school = industry.training.school[pairs.learner]
        here = np.flatnonzero((school >= 0) & self.shared[pairs.learner])
        key = school[here] * codes + pairs.credential[here]
        late = _within(pairs.awarded[here], self.last - MOST_YEARS + 1, self.last)
        number, count = np.unique(key[late], return_counts=True)
        largest = number[np.lexsort((number, -count))].tolist()
        planted = {own * codes + code: it for (own, code), it in industry.planted.programmes.items()}
        found = []
        for one in [*planted, *[one for one in largest if one not in planted][:_LISTED]]:
            own, credential = divmod(one, codes)
            it = planted.get(one)
            name, hours, weeks = (it.name, it.clock_hours, it.weeks) if it else ("", _HOURS, _WEEKS)
            found.append(_Group(name, own, credential, hours, weeks, it.tuition if it else None, here[key == one]))
        return found

    def rows(self) -> Iterator[dict[str, object]]:
        """The lines of all programmes."""
        groups = self.groups()
        begin, end, studies = self._spells(groups)
        bounds = np.cumsum([0, *(len(group.pairs) for group in groups)])
        for place, group in enumerate(groups):
            own = slice(bounds[place], bounds[place + 1])
            yield self._row(group, place, self._careers(group, begin[own], end[own], studies[own]))

    def _spells(self, groups: Sequence[_Group]) -> tuple[Dates, Dates, Bools]:
        """Begin and end of the enrollment at the provider, and whether there is one in the year of earnings, by learner."""
        pairs, students = (
            np.concatenate([np.zeros(0, dtype=np.int64), *(group.pairs for group in groups)]),
            self.learned.students,
        )
        school = np.repeat([group.school for group in groups], [len(group.pairs) for group in groups])
        size, learner = len(pairs), self.pairs.learner[pairs]
        rows = {
            "place": np.arange(size),
            "person": self.industry.holders.person[learner],
            "opeid": Coded(self.learned.schools.opeid, school.astype(np.int64)),
            "first_day": self.pairs.begun[pairs],
            "window_days": np.full(size, self.model.training_window_days, dtype=np.int32),
            "earnings_year": years(self.pairs.awarded[pairs]) + EARNINGS_AFTER_YEARS,
        }
        known = np.flatnonzero(np.isin(students.person, self.industry.holders.person[learner]))
        registered = {"student_id": students.student_id[known], "person": students.person[known]}
        with connect() as con:
            con.register("learners", arrow(rows))
            con.register("students", arrow(registered))
            files = self.learned.home / EDUCATION / "enrollments/*.parquet"
            con.register("enrollments", con.read_parquet(str(files)))
            con.execute(text_of(__package__, "programmes.sql"))
            found = con.execute("SELECT place, begin_date, end_date, studies FROM spells").fetchall()
        begin, end, studies = np.full(size, NEVER), np.full(size, NEVER), np.zeros(size, dtype=np.bool_)
        for place, first, last, still in found:
            begin[place], end[place], studies[place] = first or NEVER, last or NEVER, bool(still)
        return begin, end, studies

    def _careers(self, group: _Group, begin: Dates, end: Dates, studies: Bools) -> _Careers:
        """When the learners of a programme began and whether they completed in time.

        They began with the enrollment at the provider, or normal time before the first sitting where there is none. The programme
        ends with that enrollment or with the award, whichever comes first.
        """
        awarded = self.pairs.awarded[group.pairs]
        assumed = self.pairs.begun[group.pairs] - np.timedelta64(7 * group.weeks, "D")
        begun = np.where(np.isnat(begin), assumed, begin)
        limit = begun + np.timedelta64(int(_OVER_TIME * 7 * group.weeks), "D")
        in_time = ~np.isnat(awarded) & (np.fmin(awarded, end) <= limit)
        return _Careers(self.pairs.learner[group.pairs], begun, awarded, in_time, studies)

    def _row(self, group: _Group, place: int, careers: _Careers) -> dict[str, object]:
        industry, schools = self.industry, self.learned.schools
        certifier = industry.shelf.certifiers[industry.shelf.certifier[group.credential]]
        opeid, code = str(schools.opeid[group.school]), str(industry.shelf.code[group.credential])
        state = places().state_names[schools.state[group.school]]
        first = self._first_year(careers)
        with_key = self.keyed[careers.learner]
        listed = _within(careers.awarded, first, self.last)
        began = np.flatnonzero(_within(careers.begun, first, self.last) & with_key)
        done = np.flatnonzero(listed & with_key)
        placed, placed_in_year = self._placed(careers, done)
        earned = self._earned(careers, done[~careers.studies[done]])
        median = float(np.median(earned)) if len(earned) else float("nan")
        added = median / (self.parities.get(state, 100.0) / 100) - _POVERTY * self.poverty_line
        tuition = group.tuition if group.tuition is not None else _tuition(added, place)
        completion = _mean(careers.in_time[began])
        known = _Known(
            completers=int(listed.sum()),
            completion=completion if reports_failures(certifier) else None,
            placement=_mean(placed_in_year),
            added=added if len(earned) >= FEWEST_EARNERS else None,
        )
        verdict, reasons = _verdict(known, tuition)
        return {
            "industry": industry.name,
            "programme": f"{certifier.certifier}_{code}_{opeid}".lower().replace("-", "_"),
            "provider_opeid": opeid,
            "provider": schools.name[group.school],
            "state": state,
            "certifier": certifier.certifier,
            "credential": code,
            "clock_hours": group.hours,
            "weeks": group.weeks,
            "tuition": tuition,
            "first_award_year": first,
            "last_award_year": self.last,
            "participants": len(began),
            "completion_rate": round(completion, 6),
            "completers": known.completers,
            "completers_with_key": len(done),
            "placement_n": len(placed),
            "placement_rate": round(_mean(placed), 6),
            "placement_rate_annual": round(_mean(placed_in_year), 6),
            "earnings_n": len(earned),
            "earnings_p50": round(median, 2),
            "value_added_earnings": round(added, 2),
            "verdict": verdict,
            "reasons": "+".join(reasons),
            "planted": group.name,
        }

    def _first_year(self, careers: _Careers) -> int:
        """The first award year that is pooled: back from the last one until there are enough completers."""
        for first in range(self.last, self.last - MOST_YEARS, -1):
            if _within(careers.awarded, first, self.last).sum() >= WANTED:
                return first
        return self.last - MOST_YEARS + 1

    def _at(self, careers: _Careers, who: Ints, year: Ints) -> tuple[Ints, Ints]:
        """Row and column of the effects for those of the completers who can be followed in the year, and are alive."""
        effects = self.learned.effects
        row, at = self.offset + careers.learner[who], year - effects.first_year
        dies = self.learned.dies[row]
        kept = ~effects.missing[row, at] & ((dies == 0) | (dies >= year))
        return row[kept], at[kept]

    def _placed(self, careers: _Careers, who: Ints) -> tuple[Bools, Bools]:
        """Who worked in the quarter, and in the calendar year, of the 180th day, of those who can be followed."""
        day = careers.awarded[who] + np.timedelta64(PLACED_AFTER_DAYS, "D")
        quarter = (month_day(day) // 100 - 1) // 3
        row, at = self._at(careers, who, years(day))
        own = np.zeros(len(self.learned.effects.real), dtype=np.int64)
        own[self.offset + careers.learner[who]] = quarter
        worked = self.learned.effects.quarters[row, at]
        return (worked >> own[row]) & 1 == 1, worked > 0

    def _earned(self, careers: _Careers, who: Ints) -> Floats:
        """Earnings in the year after the award of those who have any, in dollars of the base year."""
        row, at = self._at(careers, who, years(careers.awarded[who]) + EARNINGS_AFTER_YEARS)
        earned = self.learned.effects.real[row, at]
        return np.asarray(earned[earned > 0])


def _within(day: Dates, first: int, last: int) -> Bools:
    year = award_year(day)
    return np.asarray(~np.isnat(day) & (year >= first) & (year <= last))


def _mean(flags: Bools) -> float:
    return float(flags.mean()) if len(flags) else float("nan")


def _tuition(added: float, place: int) -> int:
    """What a programme that nobody planted costs: in turn less and more than it adds."""
    share = _CHEAP if place % 2 == 0 else _DEAR
    return max(_LEAST_TUITION, round(share * added / 50) * 50) if added > 0 else _LEAST_TUITION


@dataclass(frozen=True)
class _Known:
    """What a verdict rests on; None where it is not known."""

    completers: int
    completion: float | None
    placement: float | None
    added: float | None


def _verdict(known: _Known, tuition: int) -> tuple[str, list[str]]:
    """``passes``, ``fails`` or ``cannot_be_evaluated``, and why: one failed test decides, whatever is not known."""
    if known.completers < FEWEST:
        return "cannot_be_evaluated", ["too_few"]
    failed = {
        "completion_too_low": known.completion is not None and known.completion < LEAST_SHARE,
        "placement_too_low": known.placement is not None and known.placement < LEAST_SHARE,
        "tuition_too_high": known.added is not None and tuition > max(known.added, 0.0),
    }
    unknown = {"completion_not_known": known.completion is None, "too_few": known.added is None}
    for verdict, reasons in (("fails", failed), ("cannot_be_evaluated", unknown)):
        if any(reasons.values()):
            return verdict, [name for name, holds in reasons.items() if holds]
    return "passes", []
