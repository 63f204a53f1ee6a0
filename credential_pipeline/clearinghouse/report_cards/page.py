"""A card as one page without script or request, and as a CSV file for whoever mends the rows."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from credential_pipeline.clearinghouse.raw_feeds.reasons import REASONS
from credential_pipeline.clearinghouse.report_cards.facts import CHANGES, KINDS, Card, Linkability, SetAside
from credential_pipeline.clearinghouse.report_cards.last_card import COUNTS, DELIVERY, OPEN, SET_ASIDE, TREND, UNREAD
from credential_pipeline.engines.charts.bars import Bar, bars, shapes
from credential_pipeline.engines.charts.figure import SHEET, Block, Entry, Figure, Picture, Row, Table, page
from credential_pipeline.engines.disclosure.rounding import DRB
from credential_pipeline.foundation.contracts.raw_feeds import ACCEPTED, REPLAYED
from credential_pipeline.foundation.registry.profiles import PROFILES
from credential_pipeline.foundation.spreadsheets import csv_safe

_DERIVED: Final = re.compile(r"D[0-9a-f]{16}")
"""How a record id is written that was made out of other columns."""
_DASH: Final = "\N{EN DASH}"
_NONE: Final = Figure("", "", [], [], [])
_FEWEST: Final = PROFILES["standard"].min_learners
"""A group with fewer people is told as such, also if nobody is in it: as in the standard release, whose rounding a card has, too."""
PLACES: Final = 20
"""Rows of a reason that the page names; the CSV file names them all."""

_HEADER: Final = ("certifier", "month", "section", "code", "delivery", "line", "record_id", "value", "delivery_id")


@dataclass(frozen=True)
class Names:
    """Readable names of the industry and of the certifier."""

    industry: str
    certifier: str


def card_page(card: Card, names: Names) -> str:
    """The page of a card.

    Args:
        card: What it tells.
        names: As people call industry and certifier.
    """
    return page(
        __package__,
        "card.html.j2",
        SHEET,
        names=names,
        month=card.month,
        waiting=[*(one for one in card.deliveries if one.state not in {ACCEPTED, REPLAYED}), *card.unread],
        sentences=REASONS,
        figures=[figure for figure in _figures(card) if figure.tables or figure.sentences],
    )


def card_csv(card: Card) -> str:
    """The card as CSV: one line a count, and one a row that was set aside."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEADER)

    def write(section: str, code: str, value: object, *place: object) -> None:
        delivery, line, record_id, delivery_id = (*map(str, place), *("",) * (4 - len(place)))
        cells = (card.certifier, card.month, section, code, delivery, line, record_id, str(value), delivery_id)
        writer.writerow([csv_safe(cell) for cell in cells])

    for sent in card.deliveries:
        which = (sent.delivery, "", "", sent.delivery_id)
        write(DELIVERY, sent.state, sent.reason, *which)
        for name in COUNTS[1:]:
            write(DELIVERY, name, getattr(sent, name), *which)
    for sent in card.unread:
        write(UNREAD, sent.state, sent.reason, sent.delivery, "", "", sent.delivery_id)
    for month in card.months:
        for name in COUNTS:
            write(f"{TREND} {month.month}", name, getattr(month, name))
    for one in _kinds(card):
        write("linkability", one.says, _people(one))
        write("match rate", one.says, _percent(one))
    for row in card.set_aside:
        place = (row.delivery, row.line, row.record_id, row.delivery_id)
        write(SET_ASIDE, row.reason, "mended" if row.mended else OPEN, *place)
    for before in card.before:
        place = (before.row.delivery, before.row.line, before.row.record_id, before.row.delivery_id)
        write(f"{SET_ASIDE} {before.row.month}", before.row.reason, before.now, *place)
    return out.getvalue()


def _figures(card: Card) -> list[Figure]:
    return [_summary(card), _to_fix(card), _trend(card), _linkability(card), _mended(card)]


def _summary(card: Card) -> Figure:
    unread = _unread(card)
    if not card.deliveries:
        nothing = "Nothing else came from you in this month." if unread else "Nothing came from you in this month."
        return Figure("summary", "What became of this month's rows", [*unread, nothing], [], [])
    rows = tuple(
        Row(
            one.delivery,
            tuple(
                Entry(text)
                for text in (
                    one.state,
                    *(f"{n:,}" for n in (one.rows_in, one.rows_accepted, one.rows_quarantined, one.rows_duplicate)),
                )
            ),
        )
        for one in card.deliveries
    )
    columns = ("state", "rows", "accepted", "set aside", "repeated or replaced")
    table = Table("Deliveries of the month", "delivery", columns, (Block("", rows),))
    sentence = "Every row that was read was accepted, set aside with a reason, or repeats another; there is no fourth."
    return Figure("summary", "What became of this month's rows", [*unread, sentence], [], [table])


def _unread(card: Card) -> list[str]:
    """A sentence on files of which no row is counted, by their ids as receipts have them; none if there are none."""
    if not card.unread:
        return []
    ids = ", ".join(one.delivery_id for one in card.unread)
    if len(card.unread) == 1:
        return [f"One file that lies here now could not be read, so that no row of it is counted: {ids}."]
    return [
        f"{len(card.unread):,} files that lie here now could not be read, so that no row of them is counted: {ids}."
    ]


def _to_fix(card: Card) -> Figure:
    if not card.reasons:
        return _NONE
    drawn = [Bar(name=reason, value=count, text=f"{count:,}") for reason, count in card.reasons]
    picture = Picture("fix", "Rows set aside by reason", "Bars of rows, most first.", *shapes(bars, drawn, "count"))
    tables = [_places(reason, count, card.set_aside) for reason, count in card.reasons]
    same = "Send these rows again under the same record ids; a later row takes the place of the earlier one."
    sentence = same if any(map(_own_id, card.set_aside)) else "Send these rows again, mended."
    return Figure("fix", "What to fix first", [sentence], [picture], tables)


def _places(reason: str, count: int, rows: Sequence[SetAside]) -> Table:
    mine = [row for row in rows if row.reason == reason and not row.mended][:PLACES]
    lines = tuple(Row(row.delivery, (Entry(f"{row.line:,}"), Entry(_own_id(row) or _DASH))) for row in mine)
    more = "" if count <= PLACES else f" The first {PLACES} of {count:,}; the CSV file has them all."
    caption = f"{reason}: {REASONS.get(reason, '')}{more}"
    return Table(caption, "delivery", ("line", "your record id"), (Block("", lines),))


def _own_id(row: SetAside) -> str:
    """The record id that its sender gave a row; empty if it was made here, out of other columns."""
    return "" if _DERIVED.fullmatch(row.record_id) else row.record_id


def _trend(card: Card) -> Figure:
    rows = tuple(
        Row(
            one.month,
            (
                Entry(f"{one.deliveries:,}"),
                Entry(f"{one.rows_in:,}"),
                Entry(f"{one.rows_accepted:,}"),
                Entry(f"{one.rows_quarantined:,}"),
                Entry(f"{one.rows_quarantined / one.rows_in:.1%}" if one.rows_in else _DASH),
            ),
        )
        for one in card.months
    )
    columns = ("deliveries", "rows", "accepted", "set aside", "share")
    table = Table("Rows by month of arrival", "month", columns, (Block("", rows),))
    sentence = "Earlier months as their cards told them; what has changed since stands below."
    return Figure("trend", "Trend", [sentence] if len(rows) > 1 else [], [], [table])


def _linkability(card: Card) -> Figure:
    rows = tuple(Row(one.says, (Entry(_people(one)), Entry(_percent(one)))) for one in _kinds(card))
    table = Table(
        "People by what your rows say of them", "your rows say", ("people, about", "found"), (Block("", rows),)
    )
    sentences = [
        "Before linking: what your rows tell of a person. After: the share of them who were found in the education registry.",
        "People who are not to be shared are in no figure, and numbers are rounded, so that nobody can tell how many they are.",
        "A share that would tell of few people, also as a difference, is not shown.",
    ]
    return Figure("linkability", "How well your people can be found", sentences, [], [table])


def _kinds(card: Card) -> list[Linkability]:
    """All groups, also those of nobody: one that came or went would tell of the one in it."""
    there = {one.says: one for one in card.linkability}
    names = sorted({*KINDS, *there}) if there else []
    return [there.get(says, Linkability(says, 0, None)) for says in names]


def _people(one: Linkability) -> str:
    """How many people, rounded: the sender knows whom it told of, and so would count those who are not to be shared."""
    if one.people < _FEWEST:
        return f"fewer than {_FEWEST}"
    return f"{int(DRB.apply(np.array([one.people]))[0]):,}"


def _mended(card: Card) -> Figure:
    """What has become of rows that earlier cards listed as open: by reason, how many, and how many of each change."""
    counts: dict[str, Counter[str]] = {}
    for one in card.before:
        counts.setdefault(one.row.reason, Counter())[one.now] += 1
    rows = tuple(
        Row(reason, tuple(Entry(f"{n:,}") for n in (found.total(), *(found[change] for change in CHANGES))))
        for reason, found in sorted(counts.items())
    )
    tables = [
        Table("Rows that the last card listed as open", "reason", ("listed", *CHANGES.values()), (Block("", rows),))
    ]
    sentences = [
        "Mended: a row under the same id was accepted since.",
        "Accepted as they were: their delivery was released, or which of two rows counts was decided.",
        "Replaced or withdrawn: their delivery counts no longer.",
        "What is still open is named row by row in the CSV file, and comes again on the next card.",
    ]
    return Figure("mended", "What fixes of the last card changed", sentences, [], tables) if rows else _NONE


def _percent(one: Linkability) -> str:
    return _DASH if one.linked is None else f"{one.linked:.0%}"
