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
#: Numbers that are no amounts are told to a tenth, of fewer people than this.
_FEW = 100
#: Ends of bands of percentiles of fewer people are told in these dollars: below, and from ten thousand on.
_PERCENTILE, _MANY, _BAND_UNITS, _LARGE = r"_p\d\d$", 1_000, (500.0, 1_000.0), 10_000


def check_print(staged: Path, earlier: Sequence[Path], profile: Profile) -> Verdict:
    """Look at every number of the file: is it rounded as the profile says, and is it of enough people?

    Args:
        staged: ``outcomes.csv``.
        earlier: Not needed; every attack gets them.
        profile: The rules.
    """
    del earlier
    cells = pd.read_csv(staged, usecols=["cell_id", "measure", "unit", "value", "n", "low", "high", "status"])
    shown = cells[cells["status"] == 1]
    money = shown["unit"].isin(["usd", "mean"]).to_numpy()
    n, value = shown["n"].to_numpy(float), shown["value"].to_numpy(float)
    strange = ~shown["unit"].isin(["usd", "mean", "share", "count"]).to_numpy()
    broken = {
        "n": ~_rounded(n, profile) | (n < np.where(money, profile.min_money, profile.min_learners) - _slack(profile)),
        "value": _careless(shown, value, profile) | strange,
        "low": _careless(shown, shown["low"].to_numpy(float), profile, end=True),
        "high": _careless(shown, shown["high"].to_numpy(float), profile, end=True),
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


def _careless(shown: pd.DataFrame, numbers: Reals, profile: Profile, *, end: bool = False) -> Flags:
    """Which values, or ends of bands, are told more finely than the profile tells; a missing one tells nothing."""
    value, unit = np.nan_to_num(numbers), shown["unit"].to_numpy(str)
    grain = np.maximum(profile.round_earnings_to, 10.0 ** (np.floor(np.log10(np.maximum(np.abs(value), 1.0))) - 2))
    few = shown["n"].to_numpy(float)
    if end and not profile.epsilon:
        ranked = shown["measure"].str.contains(_PERCENTILE).to_numpy(bool) & (few < _MANY)
        grain = np.where(ranked, np.where(np.abs(value) < _LARGE, *_BAND_UNITS), grain)
    tenths = (few < _FEW) & (profile.epsilon == 0)
    finest = {
        "mean": np.where(tenths, 0.1, 0.01),
        "share": np.full(len(value), 10.0**-profile.decimals),
        "usd": grain,
    }
    careless = (unit == "count") & ~_rounded(np.where(unit == "count", value, 0.0), profile)
    for name, step in finest.items():
        careless |= (unit == name) & (
            np.abs(value / step - np.rint(value / step)) > _CLOSE * np.maximum(np.abs(value / step), 1.0)
        )
    return np.asarray(careless)
