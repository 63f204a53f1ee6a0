"""The only module that knows Great Expectations; imports it when a gate first needs it, since that costs seconds.

Every result format but ``BOOLEAN_ONLY`` can hold raw values, so nothing is read from a result but ``success`` and whitelisted
counts, and rules that raise count as broken.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checks.rule import Rule
from credential_pipeline.storage.engine import Connection

if TYPE_CHECKING:
    import pandas as pd

_COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}


@dataclass(frozen=True)
class Verdict:
    """What a rule says about a staged version: counts only.

    Attributes:
        rule: The rule.
        passed: True if the expectation holds.
        evaluated: False if the rule could not be evaluated; it then counts as broken.
        observed: The number that was judged, or the number of values that fail.
    """

    rule: Rule
    passed: bool
    evaluated: bool
    observed: float | None


def evaluate(con: Connection, rules: Sequence[Rule]) -> list[Verdict]:
    """Judge every rule; all of them, not only up to the first that is broken.

    Args:
        con: Connection in which the rules' queries can be run.
        rules: The suite.
    """
    context = _context()
    return [_judge(context, con, number, rule) for number, rule in enumerate(rules)]


def _context() -> Any:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


def _frame(con: Connection, rule: Rule) -> "pd.DataFrame | None":
    import duckdb

    try:
        frame: pd.DataFrame = con.execute(rule.query).df()
    except duckdb.Error:
        return None
    frame.columns = ["judged"]
    return frame


def _judge(context: Any, con: Connection, number: int, rule: Rule) -> Verdict:
    from great_expectations import expectations

    frame = _frame(con, rule)
    if frame is None or (rule.single and (len(frame) != 1 or frame["judged"].isna().any())):
        return Verdict(rule, passed=False, evaluated=False, observed=None)
    source = context.data_sources.add_pandas(f"rule_{number}_{rule.name}")
    batch = source.add_dataframe_asset("judged").add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    expectation = getattr(expectations, rule.expectation)(column="judged", **rule.kwargs)
    result = batch.validate(expectation, result_format=_COUNTS_ONLY)
    failing = result.result.get("unexpected_count")
    evaluated = failing is not None
    observed = float(frame["judged"].iloc[0]) if rule.single else (None if failing is None else float(failing))
    return Verdict(rule, bool(result.success) and evaluated, evaluated, observed)
