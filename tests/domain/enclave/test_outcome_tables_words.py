"""What the definitions say of who is counted: rules that a reader who works a figure out again has to know."""

import pytest

from credential_pipeline.enclave.outcome_tables.definitions import definitions

TEXTS = {(entry.definition, entry.measure): entry.text for entry in definitions()}


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("attempts", "passes", "first_attempt_pass_rate", "eventual_pass_rate"), "with a protected key only"),
        (("passing_share", "passing_at_risk", "yearly_pass_rate"), "with a protected key only"),
        (("passing_share",), "3, 6, 12, 24 months means within 91, 183, 365, 730 days"),
        (("earnings_p25", "earnings_p50", "earnings_p75", "earnings_each_p50"), "even if they have some wages"),
        (("earnings_attached_p50",), "even if they have some wages"),
        (("own_change_p50", "earns_less_share"), "mean of those of the years -3 and -2 that have wages"),
        (("wage_matched_share",), "lost the only award in its own year"),
        (("completion_rate", "placement_rate", "value_added_earnings"), "first completion at the provider"),
        (("nth_effect", "next_award_effect"), "lie within the years of the cohort, and no others"),
    ],
)
def test_a_definition_says_who_is_counted(names: tuple[str, ...], words: str) -> None:
    for name in names:
        assert words in TEXTS[name, name]
