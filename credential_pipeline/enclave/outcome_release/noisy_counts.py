"""The profile with differential privacy: noise is drawn once for the same counts, kept, and paid for from a budget.

Every draw is a line of the budget ledger in the enclave's home, written before the noise can be seen. People can be in
several industries, so all of them share the budget. Noise that was drawn is kept beside the ledger and used again for
the same counts: a second draw would cost again, and the mean of two draws is nearer to the truth.

Not here: the drawing (``engines/disclosure/noise``).
"""

import datetime
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from credential_pipeline.enclave.outcome_release.read_counts import AXES
from credential_pipeline.engines.disclosure.noise import add_noise, scale_of
from credential_pipeline.engines.disclosure.rounding import Ints
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.profiles import Profile
from credential_pipeline.foundation.storage.chain import Chain
from credential_pipeline.foundation.storage.durable import write_atomically
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

_LEDGER = "noise_ledger.jsonl"
_KEPT = "noise"
_DIMENSIONS = (*AXES.who, *AXES.what[1:])
QUALITY = 28
"""A count below so many scales of its noise is not shown: the noise's deviation would be above a twentieth of it."""

Draw = Callable[[pd.DataFrame, Profile], Ints]
"""Gives every count its published number."""


def as_counted(counts: pd.DataFrame, profile: Profile) -> Ints:
    """No noise: for a look at what would be shown."""
    del profile
    return counts["value"].to_numpy(np.int64)


def drawer(home: Path, industry: str) -> Draw:
    """Draw noise for an industry, or take what was drawn for the same counts."""

    def draw(counts: pd.DataFrame, profile: Profile) -> Ints:
        content = [[str(name), int(value)] for name, value in zip(counts["count_id"], counts["value"], strict=True)]
        digest = hashlib.sha256(json.dumps([industry, profile.epsilon, content]).encode()).hexdigest()
        path = home / _KEPT / f"{digest}.json"
        if not path.exists():
            _spend(home, industry, digest, profile)
            noisy = add_noise(counts["value"].to_numpy(np.int64), _each(counts, profile))
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(path, json.dumps(noisy.tolist()).encode())
        return np.array(json.loads(path.read_bytes()), np.int64)

    return draw


def noisy_figures(work: Scratch, outcomes: Relation, counts: Relation, profile: Profile, draw: Draw) -> Relation:
    """The cells as they may be seen: shares of noisy counts of people, where these are large enough to say something.

    Amounts, means and counts of sittings are hidden: a person can weigh in them without bound.

    Args:
        work: Where the rows live.
        outcomes: ``outcome_tables.outcomes``.
        counts: ``outcome_tables.counts``.
        profile: The budget of a release and the least n.
        draw: Where noise comes from.

    Raises:
        SafeError: ``E_DP_EACH``: learners count at several credentials. ``E_DP_BUDGET``: the budget is spent.
    """
    several = f"SELECT count(*) FROM {outcomes} WHERE attribution = 'each'"
    if work.con.execute(several).fetchall()[0][0]:
        message = "The profile dp needs every learner to count once; set attribution to first or highest, or choose another profile."
        raise SafeError("E_DP_EACH", message)
    used = statement(__package__, "noisy_counts.sql", counts=counts, outcomes=outcomes)
    frame = work.con.execute(used).df()
    noisy = work.frame("noisy", pd.DataFrame({"count_id": frame["count_id"], "value": draw(frame, profile)}))
    floor = max(profile.min_learners, QUALITY * scale_of(_each(frame, profile)))
    return work.table(
        "published", statement(__package__, "noisy_figures.sql", outcomes=outcomes, noisy=noisy), {"floor": floor}
    )


def _each(counts: pd.DataFrame, profile: Profile) -> float:
    """The budget of one partition: counts of one quantity, told apart by the same dimensions, at one horizon."""
    split = counts[list(_DIMENSIONS)] != "all"
    kinds = split.assign(quantity=counts["quantity"], horizon=counts["horizon"].fillna(-1000)).drop_duplicates()
    return profile.epsilon / max(len(kinds), 1)


def chain(home: Path) -> Chain:
    """The ledger of the privacy budget of an enclave."""
    return Chain(home, home / _LEDGER, "noise")


def _spend(home: Path, industry: str, digest: str, profile: Profile) -> None:
    """Write a draw into the ledger of the budget.

    Raises:
        SafeError: ``E_DP_BUDGET``: too little is left. ``E_LEDGER_BROKEN``.
    """
    ledger = chain(home)
    spent = sum(float(line.facts["epsilon"]) for line in ledger.lines())
    if spent + profile.epsilon > profile.budget:
        message = (
            f"The privacy budget is spent: {spent:g} of {profile.budget:g}, and a release costs {profile.epsilon:g}. Figures that"
            " were published can be published again; new ones need another profile."
        )
        raise SafeError("E_DP_BUDGET", message)
    facts = {"industry": industry, "content": digest, "epsilon": profile.epsilon}
    ledger.append("drawn", facts, datetime.datetime.now(datetime.UTC))
