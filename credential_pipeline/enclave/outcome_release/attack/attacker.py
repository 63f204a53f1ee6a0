"""One attacker over everything that is public: this release, all earlier ones, all industries, with the published rules.

It reads ``outcomes.csv`` files and shares no code with what protects them. The confidential counts, where they are given,
serve the judge alone: to drop guesses that are wrong, and to hold the intervals against the promise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import pandas as pd

from credential_pipeline.enclave.outcome_release.attack import amounts, changes, few_learners, insiders, mend, one_wage
from credential_pipeline.enclave.outcome_release.attack.book import Book, write_down
from credential_pipeline.enclave.outcome_release.attack.cells import SHOWN, read_cells, sightings
from credential_pipeline.enclave.outcome_release.attack.few_learners import Apart
from credential_pipeline.enclave.outcome_release.attack.judge import Finding, Solved, employers, judge
from credential_pipeline.enclave.outcome_release.attack.rules import Rules
from credential_pipeline.enclave.outcome_release.attack.study import Studied, study
from credential_pipeline.enclave.outcome_release.verdict import Line

_FILES = 64


@dataclass(frozen=True)
class Released:
    """A public file of an earlier release, or of another industry.

    Attributes:
        path: Its ``outcomes.csv``.
        name: How it is called in the certificate, for example ``manufacturing r0001-2ea665f2``.
        rules: The rules that it was made by.
        truth: cell_id, role, value: its confidential counts, if they are still at hand; for the judge alone.
        apart: Cells of the attacked file behind which few learners more or less stand than in this one; None if not known.
    """

    path: Path
    name: str
    rules: Rules
    truth: pd.DataFrame | None = field(default=None, compare=False)
    apart: Mapping[str, Apart] | None = field(default=None, compare=False)


@dataclass(frozen=True, eq=False)
class Attack:
    """All that the attacker found.

    Attributes:
        findings: What is told too precisely, in the order of kind and cell.
        hide: Cells whose hiding, or rounding up, would end the findings; the cheapest repairs first.
        certificate: What was tried.
        solved: The intervals of the counts of the attacked file.
    """

    findings: tuple[Finding, ...]
    hide: tuple[str, ...]
    certificate: tuple[Line, ...]
    solved: Solved


class _Record:
    """Collects what the single attacks find."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.lines: list[Line] = []
        self.repairs: list[tuple[str, ...]] = []

    def add(self, attack: str, against: str, tried: int, found: list[Finding], note: str) -> None:
        self.findings += found
        self.lines.append(Line(attack, against, tried, len(found), "found" if found else "held", note))

    def pass_over(self, attack: str, against: str, note: str) -> None:
        """Say what was not tried, and why."""
        self.lines.append(Line(attack, against, 0, 0, "not tried", note))


def attack(current: Path, earlier: Sequence[Released], rules: Rules, truth: pd.DataFrame | None = None) -> Attack:
    """Attack a public ``outcomes.csv`` together with everything else that is public.

    Args:
        current: The file to attack.
        earlier: All public files of all releases of all industries besides it.
        rules: The rules that it was made by.
        truth: cell_id, role (n, part, rest), value: its confidential counts, for the judge alone. Without them, what could be
            told of a small count is a finding.
    """
    cells = read_cells(current)
    studied = study(_book([(cells, rules, truth)]), rules)
    record, solved = _Record(), studied.solved
    shown = mend.shown_cells(solved.book, studied)
    _alone(record, studied, shown, rules)
    mine = amounts.amounts(cells, rules)
    _amounts_alone(record, mine, rules)
    for other in earlier:
        _beside(record, cells, studied, shown, other, rules, truth)
        _amounts_beside(record, mine, other)
        if other.apart is not None and not other.rules.noise:
            told, tried = few_learners.of_one(cells, _cells(other.path), other.name, other.apart)
            told += few_learners.of_few(solved, _solved(other), other.name, other.apart)
            record.add("few learners' answers", other.name, tried, told, _NOTES["answers"])
            record.repairs += [(finding.cell_id,) for finding in told]
    if not record.findings:
        # What a reader can tell anyway is mended first; insiders cost as much as everything else together.
        inside = insiders.certifiers(studied, shown, rules)
        record.repairs += inside.repairs
        record.add("a certifier", "its own holders", inside.tried, inside.findings, _NOTES["certifier"])
    hide = dict.fromkeys(cell for cells_ in sorted(record.repairs, key=lambda r: (len(r), r)) for cell in cells_)
    return Attack(tuple(sorted(set(record.findings))), tuple(hide), tuple(record.lines), solved)


_NOTES = {
    "alone": "Bounds were passed along everything that adds up, every whole number was tried, and linear programs over "
    "all of it asked how far each small count can be narrowed.",
    "employer": "Whoever knows some of the people of a hidden count cannot tell how many others there are.",
    "years": "One year of a cohort was taken from the next.",
    "change": "What both files show was subtracted.",
    "joint": "Both files were read as one system, bands with other ends cut into strips.",
    "nobody": "The two files have no certifier in common.",
    "noise": "The other file holds noise, so that nothing follows from its numbers.",
    "nothing more": "The other file shows nothing that this one does not show.",
    "contradiction": "The two files do not add up together, so that nothing can be proved from both.",
    "apart": "The figures that both show differ, so the files are of other data and are only subtracted.",
    "earner": "Amounts were read as what one learner earns: percentiles that stand on a single rank.",
    "total": "Hidden amounts were bounded by that of a larger group which is nearly the same people.",
    "by percentiles": "Whoever knows that just one learner came or left looked for the wages between what went up and what went down.",
    "in all groups": "The same with the percentiles of all groups that the one learner is in, read together.",
    "answers": "Whoever knows which few learners came or left looked for shares and numbers that tell the answer of one, or of how many.",
    "by means": "Whoever knows the same subtracted the sums behind two means.",
    "certifier": "Each certifier was given the exact counts of its own holders and attacked those of the others.",
}


def _book(files: list[tuple[pd.DataFrame, Rules, pd.DataFrame | None]]) -> Book:
    """Read files, the attacked one first, as one book."""
    seen = [sightings(cells.assign(file=number), rules) for number, (cells, rules, _) in enumerate(files)]
    truths = [truth.assign(file=number) for number, (_, _, truth) in enumerate(files) if truth is not None]
    return write_down(pd.concat(seen, ignore_index=True), pd.concat(truths) if truths else None)


def _alone(record: _Record, studied: Studied, shown: mend.Cells, rules: Rules) -> None:
    """Attack the file alone."""
    solved = studied.solved
    found = judge(solved, rules)
    if not studied.sound:
        found = [*(f for f in found if f.kind == "shown"), Finding("contradiction", "", "", 0.0, 0.0)]
    record.add("a reader", "this release", studied.tried, found, _NOTES["alone"])
    own = [f for f in employers(solved, rules) if mend.nearest(studied, shown, mend.solved_place(solved, studied, f))]
    record.add("an employer", f"up to {rules.employer} workers of its own", studied.tried, own, _NOTES["employer"])
    for finding in [*found, *own]:
        if finding.kind == "contradiction":
            continue
        if finding.kind == "shown":
            record.repairs.append((finding.cell_id,))
        else:
            place = mend.solved_place(solved, studied, finding)
            record.repairs.append(mend.mend_narrow(studied, shown, place, rules))
    years = changes.over_years(solved, rules)
    for _, pair in years:
        options = [mend.nearest(studied, shown, int(studied.system.place[count])) for count in pair]
        record.repairs.append(min((len(option), tuple(sorted(option))) for option in options)[1])
    cohorts = int((solved.book.counts["quantity"] == "cohort").sum())
    record.add("subtraction", "the years of a cohort", cohorts, [finding for finding, _ in years], _NOTES["years"])


def _amounts_alone(record: _Record, mine: amounts.Amounts, rules: Rules) -> None:
    """Attack the amounts of the file alone."""
    if rules.noise:
        return
    found = amounts.one_earner(mine, rules)
    record.add("one earner", "this release", int(mine.cells["value"].notna().sum()), found, _NOTES["earner"])
    hidden, tried = amounts.hidden_by_total(mine)
    record.add("a hidden amount", "this release", tried, [finding for finding, _ in hidden], _NOTES["total"])
    record.repairs += [(finding.cell_id,) for finding in found] + [(total,) for _, total in hidden]


def _amounts_beside(record: _Record, mine: amounts.Amounts, other: Released) -> None:
    """Attack the amounts of two files of one industry, or of two over the same people."""
    theirs = _amounts_cached(other.path, other.rules, _stamp(other.path))
    if other.rules.noise:
        return
    one_industry = bool(set(mine.cells["industry"]) & set(theirs.cells["industry"]))
    tries = [("by percentiles", amounts.one_more), ("by means", amounts.one_more_in_a_mean)] if one_industry else []
    if other.apart is not None and (one_industry or other.apart):
        tries.append(("in all groups", partial(one_wage.one_in_all_groups, apart=other.apart)))
    for note, attack_ in tries:
        found, tried = attack_(mine, theirs, other.name)
        record.add(f"a newcomer's wages, {note}", other.name, tried, found, _NOTES[note])
        record.repairs += [(finding.cell_id,) for finding in found]


def _beside(
    record: _Record,
    cells: pd.DataFrame,
    studied: Studied,
    shown: mend.Cells,
    other: Released,
    rules: Rules,
    truth: pd.DataFrame | None,
) -> None:
    """Attack the file together with another one."""
    theirs = _cells(other.path)
    kind = _relation(cells, theirs)
    if kind is None or other.rules.noise:
        record.pass_over("subtraction", other.name, _NOTES["noise" if other.rules.noise else "nobody"])
        return
    now, then = studied.solved, _solved(other)
    both = changes.shared(now, then, industries=kind == "industry")
    if kind == "industry":
        both = both[_same_people(now, both, cells, theirs)]
    found = changes.changes(now, then, rules, other.name, both)
    record.add("subtraction", other.name, len(both), found, _NOTES["change"])
    there = dict(zip(both["here"].tolist(), both["there"].tolist(), strict=True))
    for finding in found:
        record.repairs.append(_mend_change(studied, shown, finding, then, there, rules))
    if not _same_content(cells, theirs, rules, other.rules):
        record.pass_over("both as one", other.name, _NOTES["apart"])
        return
    mine, others = (_comparable(frame, cells, theirs, kind) for frame in (cells, theirs))
    if rules == other.rules and set(_ids(others)) <= set(_ids(mine)):
        record.pass_over("both as one", other.name, _NOTES["nothing more"])
        return
    together = _book([(mine, rules, truth), (others, other.rules, None)])
    joint = study(together, rules, programs=not record.findings)
    if not joint.sound:
        record.pass_over("both as one", other.name, _NOTES["contradiction"])
        return
    told = [replace(f, against=other.name) for f in judge(joint.solved, rules, only=_news(joint, others, other))]
    told += changes.strips(joint.solved, rules, other.name)
    record.add("both as one", other.name, joint.tried, told, _NOTES["joint"])
    record.repairs += [(finding.cell_id,) for finding in told]


def _news(joint: Studied, others: pd.DataFrame, other: Released) -> np.ndarray:
    """Which counts two files tell together better than the other one alone: what is public already cannot be hidden."""
    alone = study(_book([(others, other.rules, None)]), other.rules, programs=False).solved
    both = changes.shared(joint.solved, alone)
    here, there = both["here"].to_numpy(int), both["there"].to_numpy(int)
    same = (joint.solved.low[here] <= alone.low[there]) & (joint.solved.high[here] >= alone.high[there])
    news = np.ones(len(joint.solved.low), bool)
    news[here[same]] = False
    return news


def _mend_change(
    studied: Studied, shown: mend.Cells, finding: Finding, then: Solved, there: dict[int, int], rules: Rules
) -> tuple[str, ...]:
    place = mend.solved_place(studied.solved, studied, finding)
    here = next(c for c in np.flatnonzero(studied.system.place == place).tolist() if c in there)
    spot = there[here]
    true = float(studied.solved.truth[here] - then.truth[spot])
    return mend.mend_difference(studied, shown, place, (float(then.low[spot]), float(then.high[spot])), true, rules)


@lru_cache(maxsize=_FILES)
def _cells_cached(path: Path, stamp: tuple[int, int]) -> pd.DataFrame:
    del stamp
    return read_cells(path)


def _cells(path: Path) -> pd.DataFrame:
    return _cells_cached(path, _stamp(path))


def _stamp(path: Path) -> tuple[int, int]:
    about = path.stat()
    return about.st_size, about.st_mtime_ns


@lru_cache(maxsize=_FILES)
def _amounts_cached(path: Path, rules: Rules, stamp: tuple[int, int]) -> amounts.Amounts:
    del stamp
    return amounts.amounts(_cells(path), rules)


@lru_cache(maxsize=_FILES)
def _solved_cached(other: Released, stamp: tuple[int, int]) -> Solved:
    del stamp
    return study(_book([(_cells(other.path), other.rules, other.truth)]), other.rules, programs=False).solved


def _solved(other: Released) -> Solved:
    """The intervals of an earlier file; it does not change, so that it is studied once."""
    return _solved_cached(other, _stamp(other.path))


def _relation(mine: pd.DataFrame, theirs: pd.DataFrame) -> str | None:
    """How two files belong together: two releases of one industry, or two industries over the same people."""
    if set(mine["industry"]) & set(theirs["industry"]):
        return "release"
    shared = set(mine["certifier"]) & set(theirs["certifier"]) - {"all", "other"}
    return "industry" if shared else None


def _comparable(frame: pd.DataFrame, mine: pd.DataFrame, theirs: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The rows of a file that are about the same people in both, with one name for the industry."""
    if kind == "release":
        return frame
    shared = set(mine["certifier"]) & set(theirs["certifier"]) - {"all", "other"}
    equal = {*mine["certifier"]} == {*theirs["certifier"]}
    rows = frame if equal else frame[frame["certifier"].isin(shared)]
    own = rows["measure"].isin(["in_industry_share", "in_industry_premium"])
    return rows.assign(industry=rows["industry"].where(own, "any"))


def _same_people(now: Solved, both: pd.DataFrame, cells: pd.DataFrame, theirs: pd.DataFrame) -> np.ndarray:
    """Which counts of two industries are of the same people: those of shared certifiers, all if all are shared."""
    if {*cells["certifier"]} == {*theirs["certifier"]}:
        return np.ones(len(both), bool)
    return np.asarray(now.book.counts["certifier"].to_numpy(str)[both["here"].to_numpy(int)] != "all")


def _ids(cells: pd.DataFrame) -> list[str]:
    shown = cells[cells["status"] == SHOWN]
    return (shown["measure"] + shown["cell_id"].str.split("/", n=1).str[-1]).astype(str).tolist()


def _same_content(cells: pd.DataFrame, theirs: pd.DataFrame, rules: Rules, other: Rules) -> bool:
    """Tell whether two files may be about the same data: where both show a cell, they say the same."""
    frames = [
        frame[frame["status"] == SHOWN].assign(tail=_ids(frame))[["tail", "n", "value"]] for frame in (cells, theirs)
    ]
    both = frames[0].merge(frames[1], on="tail", suffixes=("", "_then"))
    if not len(both) or rules != other:
        return bool(len(both)) and rules != other
    return bool((both["n"] == both["n_then"]).all() and np.isclose(both["value"], both["value_then"]).all())
