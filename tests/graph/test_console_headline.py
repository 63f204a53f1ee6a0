"""What a run prints of the comparison: hidden, not available and missing altogether are three things."""

from assets.console import headline


def compared(age, holders, effect, *, hidden, reach=(None, None)):
    return (age, 5, holders, None, effect, None, None, *reach, hidden)


def test_a_comparison_of_nobody_is_none():
    lines = headline._comparison(
        [compared("14-25", None, None, hidden=False), compared("all", None, None, hidden=False)]
    )
    assert lines == ["  no comparison: how much of this would have happened anyway, this release does not say"]
    assert headline._comparison([]) == lines


def test_what_is_hidden_is_not_what_nobody_can_tell():
    rows = [
        compared("14-17", 9_000.0, None, hidden=False),
        compared("18-25", None, None, hidden=True),
        compared("all", 30_000.0, 2_000.0, hidden=False),
    ]
    first, second, whole = headline._comparison(rows)[2:]
    assert "n/a" in first
    assert "not shown" not in first
    assert second.count("not shown") == 3
    assert "$2,000" in whole
    assert headline._dollars(None, -1) == "n/a"
    assert headline._share(None, 5) == "not shown"


def test_the_range_if_the_two_had_drifted_on_stands_below_the_difference():
    *_, whole, wider = headline._comparison([compared("all", 30_000.0, 2_000.0, hidden=False, reach=(-500.0, 4_500.0))])
    assert "$2,000" in whole
    assert wider.endswith("by as much a year as before it: \N{MINUS SIGN}$500 to $4,500")
