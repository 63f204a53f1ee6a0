"""Numbers into words: amounts, shares, years, lists, and the sentences that stand above the figures.

A sentence uses released cells only. The one thing that it works out is the difference of two cells that it also names.
A cell that is hidden or missing is said to be so, never left out in silence.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from credential_pipeline.public.published_outcomes.cells import Cell

_ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MINUS = "\N{MINUS SIGN}"
_ALL = 100
NOT_SHOWN = "not shown"
NOT_AVAILABLE = "not available"


def dollars(value: float) -> str:
    """An amount as published, to the dollar: ``$31,400``, with a true minus sign if negative."""
    rounded = round(value)
    return f"{MINUS if rounded < 0 else ''}${abs(rounded):,}"


def percent(share: float) -> str:
    """A share of one as a percentage, as published: ``41%``, or ``41.3%`` where shares are not whole percents.

    Never a bare zero, nor everyone: ``under 1%``, ``over 99%``.

    Args:
        share: The share; one that is published as a whole percent is told as one.
    """
    places = 0 if float(round(share * 100, 6)).is_integer() else 1
    shown, step = f"{share * 100:.{places}f}", f"{10**-places:.{places}f}"
    if float(shown) <= 0:
        return f"under {step}%"
    if float(shown) >= _ALL:
        return f"over {_ALL - float(step):.{places}f}%"
    return f"{shown}%"


def count(value: float) -> str:
    """A whole number with thousands separators."""
    return f"{value:,.0f}"


def figure(value: float, unit: str) -> str:
    """A figure as tables, charts and sentences print it: dollars to the dollar, shares in percent, means with two decimals."""
    if unit == "usd":
        return dollars(value)
    if unit == "share":
        return percent(value)
    return f"{value:,.2f}".removesuffix(".00") if unit == "mean" else count(value)


def band(cell: Cell) -> str:
    """The band of a published cell: `` (band $900 to $1,400)``; nothing where none is given."""
    if cell.low is None or cell.high is None:
        return ""
    return f" (band {figure(cell.low, cell.unit)} to {figure(cell.high, cell.unit)})"


def year(horizon: int, event: str = "the award") -> str:
    """A horizon in words: ``the year before the award``, ``the fifth year after the award``."""
    if horizon == 0:
        return f"the year of {event}"
    if horizon == -1:
        return f"the year before {event}"
    size = abs(horizon)
    if horizon < 0:
        return f"{_NUMBERS[size] if size < len(_NUMBERS) else size} years before {event}"
    return f"the {ordinal(size)} year after {event}"


def ordinal(number: int) -> str:
    """``first``, ``second``, up to ``tenth``; then ``11th``."""
    return _ORDINALS[number] if number < len(_ORDINALS) else f"{number}th"


def listing(words: Sequence[str]) -> str:
    """Words as a list in a sentence: ``a``, ``a and b``, ``a, b and c``."""
    if len(words) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def more_or_less(difference: float) -> str:
    """A difference of dollars: ``$9,700 more``, ``$300 less`` or ``the same``."""
    if round(difference) == 0:
        return "the same"
    return f"{dollars(abs(difference))} {'more' if difference > 0 else 'less'}"


@dataclass(frozen=True)
class Change:
    """Median earnings of one group before and after, both published."""

    name: str
    before: Cell
    after: Cell

    @property
    def difference(self) -> float:
        """Dollars by which the later cell is above the earlier one."""
        return (self.after.value or 0) - (self.before.value or 0)

    def amounts(self) -> str:
        """``from $14,300 to $30,900``."""
        return f"from {dollars(self.before.value or 0)} to {dollars(self.after.value or 0)}"

    def years(self) -> str:
        """``between the year before the award and the fifth year after it``."""
        after = year(self.after.horizon or 0).replace("the award", "it")
        return f"between {year(self.before.horizon or 0)} and {after}"


def change(item: Change, who: str = "Holders") -> str:
    """One group's change as a full sentence."""
    moved = "rose" if item.difference > 0 else "fell"
    if more_or_less(item.difference) == "the same":
        return f"{who}: median earnings stayed at about {dollars(item.after.value or 0)} {item.years()}."
    return f"{who}: median earnings {moved} {item.amounts()} {item.years()}, {more_or_less(item.difference)} a year."


def opening(text: str) -> str:
    """A text as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def lower(name: str) -> str:
    """A name inside a sentence."""
    return name[:1].lower() + name[1:]


def not_shown(names: Sequence[str]) -> str:
    """Say for whom figures are hidden, without giving a reason that would point at anyone."""
    return f"Not all figures are shown or available for {listing(names)}."


def state(cell: Cell | None, text: str) -> str:
    """The text if the cell is published, else that it is not."""
    if cell is not None and cell.shown:
        return text
    return NOT_SHOWN if cell is not None and cell.status != -1 else NOT_AVAILABLE
