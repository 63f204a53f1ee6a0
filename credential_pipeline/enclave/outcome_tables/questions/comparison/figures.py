"""The effects of all groups at all horizons as rows, with bands of 95 %.

Not here: how an effect is estimated (effects.py).
"""

from collections.abc import Container, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from credential_pipeline.enclave.outcome_tables.grouping import GROUP
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.questions.comparison.correction import (
    Correction,
    Covariates,
    corrected,
    covariates,
)
from credential_pipeline.enclave.outcome_tables.questions.comparison.drift import Mean, average, drifting, mean_of
from credential_pipeline.enclave.outcome_tables.questions.comparison.effects import Effects, effects
from credential_pipeline.enclave.outcome_tables.questions.comparison.frames import Bools, Floats, Frames
from credential_pipeline.enclave.outcome_tables.questions.comparison.gaps import Gaps, gaps
from credential_pipeline.enclave.outcome_tables.questions.comparison.matching import EARLIER, HISTORY
from credential_pipeline.enclave.outcome_tables.questions.comparison.membership import Groups
from credential_pipeline.engines.sampling import REACH
from credential_pipeline.foundation.storage.relation import Relation, Scratch

_COLUMNS = (
    dict.fromkeys((*GROUP, "quantity", "measure", "definition"), "VARCHAR")
    | {"horizon": "INTEGER", "n": "BIGINT"}
    | dict.fromkeys(("value", "low", "high"), "DOUBLE")
)
#: Horizons that are worked on at the same time; more would want more memory.
_AT_ONCE = 2
#: Dimensions in which the levels stand beside the effect at every horizon; in others but the states, after the award.
_LEADING = ("age_band", "sex", "race", "certifier")

#: One holder alone says nothing of how much holders differ.
_TWO = 2
_OF_HOLDERS_ALONE = ("matched_holder_earnings",)

Row = tuple[object, ...]


def figures(work: Scratch, frame: Frames, groups: Groups, plan: Plan) -> Relation:
    """One row per group, horizon and measure: the group's columns, quantity (of n), measure, definition, horizon, n, value, low, high.

    Args:
        work: Where the rows live.
        frame: The matched.
        groups: Who is told apart, everybody first.
        plan: The settings, for the horizons.
    """
    known, comparable = covariates(frame), _comparable(frame, groups)
    horizons = range(plan.first_horizon, plan.last_horizon + 1)
    # What both threads need is made once, before they start.
    _ = frame.baseline, frame.other_baseline
    earlier = {horizon: gaps(frame, horizon) for horizon in EARLIER}
    before = average([mean_of(frame, found) for found in earlier.values()])
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = pool.map(lambda horizon: _at(frame, groups, known, comparable, before, horizon), horizons)
        rows = [row for rows in found for row in rows]
    return _relation(work, [*rows, *_tests(frame, earlier, groups.only(), comparable)])


def _tests(frame: Frames, earlier: dict[int, Gaps], everybody: Groups, comparable: Bools) -> Iterator[Row]:
    """The comparison as matched in the years before the base, which nobody is matched on; of everybody, and of no horizon that is told."""
    for horizon, found in earlier.items():
        told = effects(frame, everybody.members, found)
        before = f"{-horizon}_before"
        named = f"compared_{before}", f"comparison_effect_{before}"
        yield from _effect_rows(everybody, None, *named, told, comparable[: len(everybody.labels)])


def _at(frame: Frames, groups: Groups, known: Covariates, comparable: Bools, before: Mean, horizon: int) -> list[Row]:
    """The rows of one horizon."""
    everybody = groups.only()
    leading, states = set(groups.only(*_LEADING).labels), set(groups.only("state").labels[1:])
    rows: list[Row] = []
    found = gaps(frame, horizon)
    correction = _correction(frame, found, known, horizon)
    told = effects(frame, groups.members, found, correction)
    for measure, (value, error) in _with_what_is_left(told).items():
        said = value if measure in _OF_HOLDERS_ALONE else np.where(comparable, value, np.nan)
        cells = _rows(groups, horizon, ("compared", measure, measure), told.n, said, error)
        rows += [row for row in cells if _shown(row[: len(GROUP)], measure, horizon, leading, states)]
    whole = comparable[: len(everybody.labels)]
    zeros = gaps(frame, horizon, zeros=True)
    with_zeros = effects(frame, everybody.members, zeros, _correction(frame, zeros, known, horizon))
    rows += _effect_rows(everybody, horizon, "compared_with_zeros", "comparison_effect_with_zeros", with_zeros, whole)
    if horizon not in HISTORY:
        as_matched = effects(frame, everybody.members, found)
        rows += _effect_rows(everybody, horizon, "compared", "comparison_effect_as_matched", as_matched, whole)
    if horizon > 0:
        rows += _drift_rows(everybody, horizon, mean_of(frame, found, correction), before, told, known_enough=whole[0])
    return rows


def _drift_rows(
    everybody: Groups, horizon: int, effect: Mean, before: Mean, told: Effects, *, known_enough: bool
) -> Iterator[Row]:
    """The effect with the range that it has if the two drift on, and how much drift would leave nothing of it.

    The ends give the tests back to whoever knows the effect and its band: they rest on the fewest holders of the year and of the tests.
    """
    value = effect.value if known_enough else np.nan
    n = min(effect.n, before.n)
    missing = not np.isfinite(value + before.value) or n < _TWO
    span = None if missing else drifting(effect, before, float(told.left[0]), horizon)
    label = (*everybody.labels[0], "compared_if_drifting")
    named = "comparison_effect", "comparison_effect_if_drifting"
    shown = (None,) * 3 if span is None else (value, span.low, span.high)
    yield (*label, *named, horizon, n, *map(_told, shown))
    breakdown = None if span is None else span.breakdown
    yield (*label, *(("comparison_breakdown",) * 2), horizon, n, _told(breakdown), None, None)


def _told(value: float | None) -> float | None:
    return float(f"{value:.4f}") if value is not None and np.isfinite(value) else None


def _comparable(frame: Frames, groups: Groups) -> Bools:
    """Whether at least half of the matched holders of each group earned anything in the baseline years, [groups]."""
    earned = np.asarray(groups.members.T @ (frame.baseline > 0))
    return np.asarray(2 * earned >= np.asarray(groups.members.sum(axis=0)).ravel(), np.bool_)


def _correction(frame: Frames, found: Gaps, known: Covariates, horizon: int) -> Correction | None:
    """None for the years that the correction knows: those it would explain to the cent."""
    return corrected(frame, found, known) if horizon not in HISTORY else None


def _with_what_is_left(told: Effects) -> dict[str, tuple[Floats, Floats]]:
    """The figures with the errors that their bands have: chance, and, of what the correction moved, as much again."""
    return {
        measure: (value, error if measure in _OF_HOLDERS_ALONE else np.hypot(error, told.left))
        for measure, (value, error) in told.figures.items()
    }


def _effect_rows(
    groups: Groups, horizon: int | None, quantity: str, definition: str, told: Effects, comparable: Bools
) -> Iterator[Row]:
    value, error = _with_what_is_left(told)["comparison_effect"]
    said = np.where(comparable, value, np.nan)
    return _rows(groups, horizon, (quantity, "comparison_effect", definition), told.n, said, error)


def _shown(
    label: tuple[object, ...], measure: str, horizon: int, leading: Container[object], states: Container[object]
) -> bool:
    """Whether a figure becomes a cell: small groups need no line for what can be told from the others."""
    if label in leading:
        return True
    effect = measure == "comparison_effect"
    return effect and horizon > 0 if label in states else effect or horizon > 0


def _relation(work: Scratch, rows: Sequence[Row]) -> Relation:
    """The rows as a relation; binding them all at once is much faster than row by row."""
    columns = dict(zip(_COLUMNS, map(list, zip(*rows, strict=True)), strict=True))
    shown = ", ".join(f"unnest(CAST(${name} AS {kind}[])) AS {name}" for name, kind in _COLUMNS.items())
    return work.table("comparison", f"SELECT {shown}", columns)


def _rows(
    groups: Groups,
    horizon: int | None,
    named: tuple[str, str, str],
    n: np.ndarray,
    value: np.ndarray,
    error: np.ndarray,
) -> Iterator[Row]:
    for label, count, middle, spread in zip(groups.labels, n.tolist(), value.tolist(), error.tolist(), strict=True):
        band = (middle - REACH * spread, middle + REACH * spread)
        yield (
            *label,
            *named,
            horizon,
            count,
            *map(_told, (middle, *band)),
        )
