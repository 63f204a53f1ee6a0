"""Rounding forth and back: every printed number stands for exactly the whole numbers that are rounded to it."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from credential_pipeline.engines.disclosure.rounding import ROUNDINGS, Rounding, money_unit, percents, to_unit
from credential_pipeline.engines.disclosure.shares import Shares, parts_allowed, tell

RULES = pytest.mark.parametrize("rule", ROUNDINGS.values(), ids=ROUNDINGS)
COUNTS = some.integers(0, 30_000_000)


def one(rule: Rounding, count: int) -> int:
    return int(rule.apply(np.array([count]))[0])


def ends(rule: Rounding, printed: int) -> tuple[int, int]:
    low, high = rule.allowed(np.array([printed]))
    return int(low[0]), int(high[0])


@pytest.mark.parametrize(
    ("count", "printed"),
    [
        *((15, 20), (25, 20), (35, 40), (99, 100), (100, 100), (125, 100), (126, 150), (999, 1_000)),
        *((1_049, 1_000), (1_050, 1_000), (1_150, 1_200), (9_999, 10_000), (10_250, 10_000), (10_251, 10_500)),
        *((99_999, 100_000), (100_500, 100_000), (101_500, 102_000), (1_234_567, 1_235_000), (12_345_678, 12_350_000)),
    ],
)
def test_counts_are_rounded_as_the_review_board_says(count: int, printed: int) -> None:
    assert one(ROUNDINGS["drb"], count) == printed


@pytest.mark.parametrize(("count", "printed"), [(8, 10), (12, 10), (13, 15), (1_002, 1_000)])
def test_counts_are_rounded_to_five_where_a_profile_says_so(count: int, printed: int) -> None:
    assert one(ROUNDINGS["nearest_5"], count) == printed


@RULES
@given(count=COUNTS)
@settings(max_examples=200, deadline=None)
def test_a_printed_number_stands_for_what_is_rounded_to_it_and_nothing_else(rule: Rounding, count: int) -> None:
    printed = one(rule, count)
    step = int(rule.step(np.array([count]))[0])
    assert abs(printed - count) <= step / 2
    low, high = ends(rule, printed)
    assert low <= count <= high
    assert one(rule, low) == one(rule, high) == printed
    assert one(rule, high + 1) > printed
    assert low == 0 or one(rule, low - 1) < printed


@RULES
def test_rounding_keeps_the_order(rule: Rounding) -> None:
    assert (np.diff(rule.apply(np.arange(120_000))) >= 0).all()


@given(total=some.integers(1, 5_000), data=some.data())
@settings(max_examples=200, deadline=None)
def test_percents_are_whole_and_half_goes_to_the_even_one(total: int, data: some.DataObject) -> None:
    part = data.draw(some.integers(0, total))
    assert int(percents(np.array([part]), np.array([total]))[0]) == round(Fraction(100 * part, total))


@given(total=some.integers(1, 400), percent=some.integers(0, 100))
@settings(max_examples=300, deadline=None)
def test_a_percent_stands_for_the_parts_that_give_it(total: int, percent: int) -> None:
    low, high = parts_allowed(np.array([total]), np.array([percent]))
    parts = [part for part in range(total + 1) if round(Fraction(100 * part, total)) == percent]
    assert parts == list(range(int(low[0]), int(high[0]) + 1))


def told_by_hand(group: list[tuple[int, int, int]], low: int, high: int) -> tuple[set[int], list[set[tuple[int, int]]]]:
    """Every total with the parts of all its shares, one by one: possible totals, and (part, rest) of each share."""
    totals: set[int] = set()
    pairs: list[set[tuple[int, int]]] = [set() for _ in group]
    for total in range(low, high + 1):
        fits = [
            [k for k in range(max(0, least), min(total, most) + 1) if round(Fraction(100 * k, total)) == percent]
            for percent, least, most in group
        ]
        if all(fits):
            totals.add(total)
            for place, parts in enumerate(fits):
                pairs[place] |= {(part, total - part) for part in parts}
    return totals, pairs


@given(
    sizes=some.lists(some.tuples(some.integers(15, 160), some.integers(1, 4)), min_size=1, max_size=3),
    data=some.data(),
)
@settings(max_examples=80, deadline=None)
def test_shares_of_one_total_tell_together_what_trying_everything_tells(
    sizes: list[tuple[int, int]], data: some.DataObject
) -> None:
    rule = ROUNDINGS["drb"]
    groups: list[list[tuple[int, int, int]]] = []
    for size, shares in sizes:
        parts = [data.draw(some.integers(0, size)) for _ in range(shares)]
        known = [data.draw(some.booleans()) for _ in parts]
        groups.append(
            [
                (round(Fraction(100 * k, size)), *(ends(rule, one(rule, k)) if seen else (0, 10_000)))
                for k, seen in zip(parts, known, strict=True)
            ]
        )
    low, high = rule.allowed(rule.apply(np.array([size for size, _ in sizes])))
    flat = [(place, *share) for place, group in enumerate(groups) for share in group]
    columns = (np.array(column, np.int64) for column in zip(*flat, strict=True))
    told = tell(Shares(*columns), low, high)
    spot = 0
    for place, group in enumerate(groups):
        totals, pairs = told_by_hand(group, int(low[place]), int(high[place]))
        assert (told.total_low[place], told.total_high[place]) == (min(totals), max(totals))
        for number, found in enumerate(pairs):
            parts, rests = zip(*found, strict=True)
            assert (told.part_low[spot], told.part_high[spot]) == (min(parts), max(parts))
            assert (told.rest_low[spot], told.rest_high[spot]) == (min(rests), max(rests))
            others, _ = told_by_hand(group[:number] + group[number + 1 :], int(low[place]), int(high[place]))
            assert told.without[spot] == max(others) - min(others)
            spot += 1


def test_shares_of_no_total_tell_nothing() -> None:
    nothing = np.zeros(0, np.int64)
    assert len(tell(Shares(nothing, nothing, nothing, nothing), nothing, nothing).part_low) == 0


@pytest.mark.parametrize(
    ("value", "least", "printed"),
    [
        (12_345.6, 100, 12_300),
        (-987.4, 100, -1_000),
        (1_234_567.0, 100, 1_230_000),
        (250.0, 100, 200),
        (350.0, 100, 400),
    ],
)
def test_dollars_keep_three_digits_and_the_least_unit(value: float, least: int, printed: float) -> None:
    amounts = np.array([value])
    assert to_unit(amounts, money_unit(amounts, least))[0] == printed
