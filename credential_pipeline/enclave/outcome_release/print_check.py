"""Reads a staged file as anybody can, and looks whether it keeps the printed rules of its profile.

The least that is tried on every release: nothing is worked out of several figures here.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from credential_pipeline.enclave.outcome_release.verdict import Line, Verdict
from credential_pipeline.engines.disclosure.rounding import ROUNDINGS, Reals
from credential_pipeline.engines.disclosure.shares import Flags
from credential_pipeline.foundation.registry.profiles import Profile

_CLOSE = 1e-9


def check_print(staged: Path, earlier: Sequence[Path], profile: Profile) -> Verdict:
    """Look at every number of the file: is it rounded as the profile says, and is it of enough people?

    Args:
        staged: ``outcomes.csv``.
        earlier: Not needed; every attack gets them.
        profile: The rules.
    """
    del earlier
    cells = pd.read_csv(staged, usecols=["cell_id", "unit", "value", "n", "low", "high", "status"])
    shown = cells[cells["status"] == 1]
    money = shown["unit"].isin(["usd", "mean"]).to_numpy()
    n, value = shown["n"].to_numpy(float), shown["value"].to_numpy(float)
    unit = shown["unit"].to_numpy(str)
    broken = {
        "n": ~_rounded(n, profile) | (n < np.where(money, profile.min_money, profile.min_learners) - _slack(profile)),
        "value": _careless(unit, value, profile),
        "low": _careless(unit, shown["low"].to_numpy(float), profile),
        "high": _careless(unit, shown["high"].to_numpy(float), profile),
    }
    findings = tuple(
        ("shown", str(cell), role) for role, flags in broken.items() for cell in shown.loc[flags, "cell_id"]
    )
    line = Line(
        attack="print",
        against="this release",
        tried=len(shown),
        found=len(findings),
        result="found" if findings else "held",
        note="Every printed number is rounded as the rules say and is of enough people.",
    )
    return Verdict(findings=findings, certificate=(line,))


def _rounded(numbers: Reals, profile: Profile) -> Flags:
    """Which numbers are whole and as their rounding leaves them."""
    whole = np.rint(numbers).astype(np.int64)
    rule = ROUNDINGS[profile.counts]
    return np.asarray((np.abs(numbers - whole) < _CLOSE) & (rule.apply(whole) == whole))


def _slack(profile: Profile) -> int:
    """How far below the fewest learners a number can lie that rounding brought there."""
    fewest = np.array([profile.min_learners, profile.min_money])
    return int((fewest - ROUNDINGS[profile.counts].apply(fewest)).max(initial=0))


def _careless(unit: np.ndarray, numbers: Reals, profile: Profile) -> Flags:
    """Which values, or ends of bands, are told more finely than the profile tells; a missing one tells nothing."""
    value = np.nan_to_num(numbers)
    decimals = 10**profile.decimals
    share = np.abs(value * decimals - np.rint(value * decimals)) > _CLOSE * decimals
    usd = np.abs(value / profile.round_earnings_to - np.rint(value / profile.round_earnings_to)) > _CLOSE
    count = ~_rounded(np.where(unit == "count", value, 0.0), profile)
    mean = np.abs(value * 100 - np.rint(value * 100)) > _CLOSE * 100
    return np.asarray(
        ((unit == "mean") & mean) | ((unit == "share") & share) | ((unit == "usd") & usd) | ((unit == "count") & count)
    )
