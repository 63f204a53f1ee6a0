"""Why a delivery waits for what stands in its fields: dates, names and marks that are not as in the sender's other deliveries.

Not here: its rows as a whole (hold.py), and what is only remarked on (remarks.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from math import sqrt

from credential_pipeline.clearinghouse.raw_feeds.hold import HALF, SMALL, Hold
from credential_pipeline.clearinghouse.raw_feeds.hold_size import ENOUGH
from credential_pipeline.clearinghouse.raw_feeds.shares import Share
from credential_pipeline.clearinghouse.raw_feeds.written_dates import DAY_FIRST, MONTH_FIRST

FEW = 3
"""Rows that may be slips of somebody's fingers."""
SOME = 0.1
"""Share of what is filled from which unreadable values are no slips."""
SURE = 4.0
"""Standard deviations from which fewer filled rows than expected are no chance."""
LAST_OF_MONTHS = 12
EXPECTED = 5
"""People in a delivery who should say "do not share", by its sender's others, from which having none is no chance."""

Fields = Mapping[str, Share]
_BIRTH, _EVENT = "birth_date", "event_date"


def dates(fields: Fields) -> Iterator[Hold]:
    """Day and month the other way round: seen where the day exceeds twelve, or where it never does."""
    for name, share in fields.items():
        turned = share.forms.get(DAY_FIRST, 0) + share.forms.get(MONTH_FIRST, 0)
        if turned >= FEW and turned > SOME / 2 * share.filled:
            yield Hold(
                "DATES_IN_OTHER_ORDER", f"{name}: in {turned:,} of {share.filled:,} rows the month would exceed 12"
            )
        days, last = share.days
        if share.readable >= SMALL and days >= LAST_OF_MONTHS / 2 and last <= LAST_OF_MONTHS:
            yield Hold(
                "DATES_IN_OTHER_ORDER", f"{name}: no day of {share.readable:,} exceeds 12, as if it were the month"
            )


def unreadable(fields: Fields, others: Sequence[Fields]) -> Iterator[Hold]:
    """Values that are there and cannot be read, more than in the sender's other deliveries."""
    for name, share in fields.items():
        lost, usual = share.filled - share.readable, _unreadable(name, others)
        birth = name == _BIRTH
        if name in {"event_date", "first_name", "last_name"} or lost < FEW:
            continue  # Rows that lack these are told one by one.
        limit = SOME if birth or others else HALF
        if lost > limit * share.filled and lost > 2 * usual * share.filled and (birth or share.filled >= SMALL):
            what = ", ".join(f"{form} {rows:,}" for form, rows in share.forms.items() if rows)
            words = f"{name}: {lost:,} of {share.filled:,} cannot be read" + (f" ({what})" if what else "")
            yield Hold("BIRTH_DATES_UNREADABLE" if birth else "FIELD_UNREADABLE", words)


def alike(fields: Fields, others: Sequence[Fields]) -> Iterator[Hold]:
    """One birth date on most rows, and not so in the sender's other deliveries: what a system writes where it knows none."""
    births, theirs = fields.get(_BIRTH), [one[_BIRTH] for one in others if _BIRTH in one and one[_BIRTH].filled]
    if births is None or births.filled < SMALL or all(one.commonest > HALF * one.filled for one in theirs):
        return
    if births.commonest > HALF * births.filled:
        words = f"{_BIRTH}: one day stands in {births.commonest:,} of {births.filled:,} rows"
        yield Hold("BIRTH_DATES_UNREADABLE", words)


def one_day(fields: Fields, others: Sequence[Fields]) -> Iterator[Hold]:
    """Most events of one day, as no other delivery of the sender has them: the day of the export, or a system's default."""
    events = fields.get(_EVENT)
    theirs = [one[_EVENT] for one in others if _EVENT in one and one[_EVENT].filled >= SMALL]
    if events is None or events.filled < SMALL or len(theirs) < ENOUGH:
        return
    most = max(one.commonest / one.filled for one in theirs)
    if events.commonest > HALF * events.filled and most <= HALF:
        words = f"one day stands in {events.commonest:,} of {events.filled:,} rows, where at most {most:.0%} are usual"
        yield Hold("EVENTS_OF_ONE_DAY", words)


def emptied(fields: Fields, others: Sequence[Fields]) -> Iterator[Hold]:
    """Fields that far fewer rows fill than in the sender's other deliveries."""
    for name, share in fields.items():
        rows = sum(one[name].rows for one in others if name in one)
        if not rows or name in {"event_date", "block_flag"}:
            continue
        for what, mine, theirs in (
            ("filled", share.filled, sum(one[name].filled for one in others if name in one)),
            ("readable", share.readable, sum(one[name].readable for one in others if name in one)),
        ):
            expected = theirs / rows * share.rows
            if mine < HALF * expected and expected - mine > SURE * sqrt(expected):
                yield Hold(
                    "FIELD_LOST", f"{name}: {what} in {mine:,} of {share.rows:,} rows, where {expected:,.0f} are usual"
                )
                break


def unmarked(fields: Fields, others: Sequence[Fields]) -> Iterator[Hold]:
    """Nobody says "do not share" where many in the sender's others do, or the column is blank where theirs is not.

    People are counted, since a wish stands in all rows of a person. A delivery in which most say so is a list of those who
    asked, and tells nothing of what is usual.
    """
    mine = fields.get("block_flag")
    theirs = [one["block_flag"] for one in others if "block_flag" in one]
    theirs = [one for one in theirs if one.blocked <= HALF * one.people]
    people, rows = sum(one.people for one in theirs), sum(one.rows for one in theirs)
    if mine is None or not people or mine.blocked:
        return
    expected = sum(one.blocked for one in theirs) / people * mine.people
    if expected >= EXPECTED:
        yield Hold("BLOCK_MARKS_LOST", f"none of {mine.people:,} people, where {expected:,.0f} are usual")
    elif not mine.filled and rows >= SMALL and sum(one.filled for one in theirs) > HALF * rows:
        yield Hold("BLOCK_MARKS_LOST", f"the column is blank in all {mine.rows:,} rows")


def reversed_names(votes: tuple[int, int]) -> Iterator[Hold]:
    """Most of the rows of which the names tell something tell that they are reversed."""
    straight, turned = votes
    if turned >= SMALL and turned > straight:
        yield Hold("NAMES_REVERSED", f"{turned:,} rows look reversed and {straight:,} straight")


def _unreadable(name: str, others: Sequence[Fields]) -> float:
    """The usual share of what is filled that cannot be read."""
    filled = sum(one[name].filled for one in others if name in one)
    readable = sum(one[name].readable for one in others if name in one)
    return (filled - readable) / filled if filled else 0.0
