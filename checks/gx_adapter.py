"""The only module that knows Great Expectations; imports it when a gate first needs it, since that costs seconds.

Half of these seconds are statistics that no rule of ours uses, so ``scipy.stats`` is loaded when it is first touched.

Every result format but ``BOOLEAN_ONLY`` can hold raw values, so nothing is read from a result but ``success``, the count of values
that fail, and of rules about one number whether there is one. Rules that raise count as broken.
"""

import gc
import importlib.util
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import duckdb

from checks import blame
from checks.blame import NOBODY, Blame
from checks.rule import Rule
from credential_pipeline.foundation.storage.engine import Connection

if TYPE_CHECKING:
    import pandas as pd

_COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}


@dataclass(frozen=True)
class Verdict:
    """What a rule says about a staged version: counts, and names of files, senders and columns.

    Attributes:
        rule: The rule.
        passed: True if the expectation holds.
        evaluated: False if the rule could not be evaluated; it then counts as broken.
        observed: The number that was judged, or the number of values that fail.
        blamed: What broke it.
    """

    rule: Rule
    passed: bool
    evaluated: bool
    observed: float | None
    blamed: Blame = NOBODY


def evaluate(con: Connection, rules: Sequence[Rule]) -> list[Verdict]:
    """Judge every rule; all of them, not only up to the first that is broken.

    Args:
        con: Connection in which the rules' queries can be run.
        rules: The suite.

    Returns:
        One verdict a rule, in the order of the rules.
    """
    frames = {rule.name: frame for rule in rules if (frame := _frame(con, rule)) is not None}
    verdicts = {rule.name: Verdict(rule, passed=False, evaluated=False, observed=None) for rule in rules}
    # Rules that judge one number share one frame of one row: validating costs per frame, not per rule.
    for batch in _batches([rule for rule in rules if rule.name in frames]):
        frame = frames[batch[0].name]
        for rule in batch[1:]:
            frame = frame.join(frames[rule.name])
        verdicts |= {rule.name: verdict for rule, verdict in zip(batch, _judge(frame, batch), strict=True)}
    return [_explained(con, verdicts[rule.name]) for rule in rules]


def _explained(con: Connection, verdict: Verdict) -> Verdict:
    return verdict if verdict.passed else replace(verdict, blamed=blame.find(con, verdict.rule))


@cache
def _place() -> Any:
    """Where frames are laid to be judged, one after the other; made once a process, since that takes half a second."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with _quick_import("scipy.stats"):
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return (
        context.data_sources.add_pandas("staged")
        .add_dataframe_asset("frame")
        .add_batch_definition_whole_dataframe("all")
    )


@contextmanager
def _quick_import(idle: str) -> Iterator[None]:
    """Import what is inside without running a module that it only names, and without looking for garbage in between.

    Args:
        idle: Module of a package, which runs when somebody touches it; without effect if it was imported before.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        _lay_idle(idle)
        yield
    finally:
        if collecting:
            gc.enable()


def _lay_idle(name: str) -> None:
    # Looked for among the modules first: asking for the specification of an idle one touches it.
    spec = None if name in sys.modules else importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        return
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    # Found here, it is not looked for among the modules, which would touch it.
    package, _, child = name.rpartition(".")
    setattr(sys.modules[package], child, module)
    spec.loader.exec_module(module)


def _frame(con: Connection, rule: Rule) -> "pd.DataFrame | None":
    try:
        frame: pd.DataFrame = con.execute(rule.query).df()
    except duckdb.Error:
        return None
    frame.columns = [rule.name]
    if rule.single and (len(frame) != 1 or frame[rule.name].isna().any()):
        return None
    return frame


def _batches(rules: Sequence[Rule]) -> list[list[Rule]]:
    singles = [rule for rule in rules if rule.single]
    return [batch for batch in (singles, *([rule] for rule in rules if not rule.single)) if batch]


def _judge(frame: "pd.DataFrame", rules: Sequence[Rule]) -> list[Verdict]:
    place = _place()
    import great_expectations as gx
    from great_expectations import expectations

    asked = [getattr(expectations, rule.expectation)(column=rule.name, **rule.kwargs) for rule in rules]
    # Given at once: added one by one, each is compared with all before it.
    suite = gx.ExpectationSuite(name=rules[0].name, expectations=asked)
    found = place.get_batch({"dataframe": frame}).validate(suite, result_format=_COUNTS_ONLY)
    by_column = {result.expectation_config.kwargs["column"]: result for result in found.results}
    return [_verdict(rule, by_column[rule.name], frame) for rule in rules]


def _verdict(rule: Rule, result: Any, frame: "pd.DataFrame") -> Verdict:
    counted = result.result.get("observed_value" if rule.single else "unexpected_count")
    evaluated = counted is not None
    observed = float(frame[rule.name].iloc[0]) if rule.single else (float(counted) if evaluated else None)
    return Verdict(rule, bool(result.success) and evaluated, evaluated, observed)
