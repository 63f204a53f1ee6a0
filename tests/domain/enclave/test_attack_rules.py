"""What an attacker knows of a profile, and the way back from print to the counts that can stand behind it."""

import numpy as np
import pandas as pd
import pytest

from credential_pipeline.enclave.outcome_release.attack.rules import RULES, decimals, ends, rules_of, unrounded
from credential_pipeline.foundation.registry.profiles import PROFILES
from tests.domain.enclave.release_world import STANDARD, rounded

EXACT = RULES["one-off"]


def test_every_count_lies_in_the_interval_of_its_print():
    counts = np.arange(15, 130_000).astype(float)
    low, high = ends(STANDARD, rounded(counts))
    assert (low <= counts).all()
    assert (counts <= high).all()
    assert (low >= 15).all()


def test_the_interval_is_as_short_as_the_rounding_allows():
    counts = np.arange(15, 13_000).astype(float)
    printed = rounded(counts)
    told = pd.DataFrame({"printed": printed, "count": counts}).groupby("printed")["count"].agg(["min", "max"]).iloc[:-1]
    low, high = ends(STANDARD, told.index.to_numpy(float))
    assert low.tolist() == told["min"].tolist()
    assert high.tolist() == told["max"].tolist()


def test_numbers_between_the_steps_are_read_as_exact():
    printed = np.array([17.0, 40.0, 1200.0, 150.0])
    low, high = ends(unrounded(STANDARD, printed), printed)
    assert low.tolist() == [17, 40, 1150, 126]
    assert high.tolist() == [17, 40, 1250, 174]


def test_shares_are_read_as_finely_as_they_are_printed():
    assert decimals(STANDARD, np.array([0.25, 0.5, np.nan][:2])) == 2
    assert decimals(STANDARD, np.array([0.25, 0.333])) == 3


def test_an_industrys_own_thresholds_join_the_rules():
    assert rules_of("standard", min_learners=20).hidden_below == 20
    assert rules_of("one-off", min_learners=12).small == 12


@pytest.mark.parametrize("name", [name for name, profile in PROFILES.items() if not profile.epsilon])
def test_every_profile_is_attacked_for_what_it_promises(name: str):
    profile = PROFILES[name].stricter(None, 60, None)
    rules = rules_of(name, profile.min_learners, profile.min_money)
    assert (rules.small, rules.decimals, rules.money_from) == (profile.small, profile.decimals, 60)
    assert rules.reach >= profile.small
    assert rules.hidden_below == (0 if profile.complementary else profile.min_learners)
