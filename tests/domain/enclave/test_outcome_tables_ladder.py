"""The ladder by itself: what stands alone, what is pooled, what gets no cell, and what a last release changes."""

import pytest

from credential_pipeline.enclave.outcome_tables.groups import pool_credentials
from credential_pipeline.enclave.outcome_tables.ladder import Rule, Rungs, Size, merge_bands, merged, pool
from credential_pipeline.enclave.outcome_tables.thresholds import thresholds_of
from credential_pipeline.foundation.registry.profiles import PROFILES


def sizes(**learners: int) -> dict[str, Size]:
    """Categories with as many learners in their one figure as in all."""
    return {name: size(number) for name, number in learners.items()}


def size(number: int) -> Size:
    return Size((number, number), (number, number))


def before(*labels: str, least: int = 30) -> Rule:
    return Rule(least, frozenset(labels))


def test_categories_that_are_large_enough_stay() -> None:
    assert pool(sizes(a=30, b=31), Rule(30)) == Rungs({"a": "a", "b": "b"})


def test_small_ones_and_unknowns_are_pooled_however_many_they_are() -> None:
    found = pool(sizes(a=500, b=400, c=20, d=15, unknown=100), Rule(30))
    assert found.labels == {"a": "a", "b": "b"} | dict.fromkeys(("c", "d", "unknown"), "other_or_not_recorded")
    assert found.silent == frozenset()


def test_a_pool_that_is_too_small_takes_the_next_smallest() -> None:
    found = pool(sizes(a=500, b=400, c=40, d=20), Rule(30))
    assert found.labels == {"a": "a", "b": "b", "c": "other_or_not_recorded", "d": "other_or_not_recorded"}


def test_a_figure_that_is_too_small_is_enough() -> None:
    found = pool({"a": size(500), "b": size(400), "c": Size((300, 29), (300, 29))}, Rule(30))
    assert found.labels["c"] == "other_or_not_recorded"


def test_a_tiny_rest_gets_no_cell_and_costs_no_other_category() -> None:
    found = pool(sizes(a=500, b=400, c=300, d=12), Rule(30))
    assert (found.labels["d"], found.silent) == ("other_or_not_recorded", {"other_or_not_recorded"})
    assert found.shown == ["a", "b", "c"]


def test_two_categories_are_not_given_up_for_a_few() -> None:
    assert pool(sizes(F=300, M=300, unknown=20), Rule(30)).shown == ["F", "M"]
    assert pool(sizes(F=100, M=100, unknown=20), Rule(30)).shown == ["M", "other_or_not_recorded"]


def test_a_dimension_with_fewer_than_two_categories_is_given_up() -> None:
    assert pool(sizes(a=500, b=29), Rule(30)).labels == {"a": "all", "b": "all"}
    assert pool(sizes(a=20, b=5), Rule(30)).labels == {"a": "all", "b": "all"}
    assert pool(sizes(a=500), Rule(30, fewest=1)).labels == {"a": "a"}
    assert pool({}, Rule(30)).labels == {}


def test_bands_merge_with_the_smaller_neighbor_until_all_are_large_enough() -> None:
    bands = {(14, 17): size(5), (18, 25): size(300), (26, 35): size(40), (36, 45): size(20), (46, 99): size(25)}
    assert merge_bands(bands, Rule(30)) == {
        (14, 17): (14, 25), (18, 25): (14, 25), (26, 35): (26, 35), (36, 45): (36, 99), (46, 99): (36, 99),
    }  # fmt: skip
    assert set(merge_bands({(14, 17): size(5), (18, 25): size(6)}, Rule(30)).values()) == {(14, 25)}


def test_credentials_go_into_their_family_and_then_into_other() -> None:
    families = {"T1": "turning", "T2": "turning", "M1": "milling", "M2": "milling", "BIG": "turning"}
    found = pool_credentials(sizes(T1=20, T2=15, M1=5, M2=4, X=25, BIG=90), families, Rule(30))
    assert found.labels == {
        "BIG": "BIG", "M1": "other", "M2": "other", "T1": "family:turning", "T2": "family:turning", "X": "other",
    }  # fmt: skip
    found = pool_credentials(sizes(T1=20, T2=5, X=25, BIG=90), families, Rule(30))
    assert set(found.labels.values()) == {"other", "BIG"}


def test_learners_in_several_categories_are_not_counted_twice() -> None:
    both = merged([Size((20, 20), (4, 4)), Size((18, 18), (5, 5)), Size((9, 9), (9, 9))])
    assert both == Size((20, 20), (18, 18))


def test_what_was_shown_stays_and_what_was_pooled_stays_pooled_unless_clearly_larger() -> None:
    rule = before("a", "b", "other_or_not_recorded")
    assert pool(sizes(a=31, b=500, c=44, d=10), rule).shown == ["a", "b", "other_or_not_recorded"]
    assert pool(sizes(a=31, b=500, c=45, d=32), rule).labels["c"] == "c"
    assert pool(sizes(a=29, b=500, e=500, c=44), before("a", "b", "e")).labels["a"] == "other_or_not_recorded"


def test_the_pool_takes_what_was_pooled_before_and_not_what_was_shown() -> None:
    found = pool(sizes(a=90, b=95, c=500, d=12), before("a", "c", "other_or_not_recorded"))
    assert found.labels == {"a": "a", "c": "c", "b": "other_or_not_recorded", "d": "other_or_not_recorded"}


@pytest.mark.parametrize(("number", "bands"), [(44, {(46, 99)}), (45, {(46, 55), (56, 99)})])
def test_bands_that_were_merged_part_when_clearly_large_enough(number: int, bands: set[tuple[int, int]]) -> None:
    found = merge_bands({(36, 45): size(31), (46, 55): size(45), (56, 99): size(number)}, before("36-45", "46-99"))
    assert set(found.values()) == {(36, 45)} | bands


def test_profiles_have_their_sizes_and_one_off_has_none() -> None:
    assert thresholds_of(PROFILES["one-off"]) is None
    standard, strict = thresholds_of(PROFILES["standard"]), thresholds_of(PROFILES["strict"])
    assert standard
    assert strict
    assert (standard.money, standard.counts, strict.money, strict.counts) == (30, 15, 50, 30)
