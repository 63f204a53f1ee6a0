"""Release profiles: an industry can be stricter than its profile, never laxer, and every profile says what it does."""

import pytest
from pydantic import ValidationError

from credential_pipeline.foundation.registry.model import Disclosure
from credential_pipeline.foundation.registry.profiles import PROFILES


def test_the_standard_profile_is_the_default() -> None:
    rules = Disclosure().rules()
    assert (rules.name, rules.min_learners, rules.min_money, rules.round_earnings_to) == ("standard", 15, 30, 100)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"min_learners": 10, "round_earnings_to": 50}, (15, 30, 100)),
        ({"min_learners": 25}, (25, 30, 100)),
        ({"min_learners": 40}, (40, 40, 100)),
        ({"min_money": 60, "round_earnings_to": 1_000}, (15, 60, 1_000)),
    ],
)
def test_own_thresholds_count_where_they_are_stricter(given: dict, expected: tuple[int, int, int]) -> None:
    rules = Disclosure(**given).rules()
    assert (rules.min_learners, rules.min_money, rules.round_earnings_to) == expected


def test_with_exact_numbers_the_threshold_is_also_what_is_small() -> None:
    assert Disclosure(profile="one-off", min_learners=20).rules().small == 20
    assert Disclosure(min_learners=20).rules().small == PROFILES["standard"].small


def test_another_profile_can_be_asked_for_with_the_same_thresholds() -> None:
    assert Disclosure(min_learners=40).rules("opensafely").min_learners == 40


def test_an_unknown_profile_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ValidationError, match="standard, one-off, strict, opensafely, dp"):
        Disclosure(profile="lax")


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_says_what_it_does(name: str) -> None:
    profile = PROFILES[name]
    assert profile.name == name
    assert profile.told.endswith(".")
    assert profile.small <= profile.min_learners <= profile.min_money
