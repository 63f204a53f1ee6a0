"""A card as one page without script or request, and as a CSV file for whoever mends the rows."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from credential_pipeline.clearinghouse.raw_feeds.reasons import REASONS
from credential_pipeline.clearinghouse.report_cards.facts import Card, Linkability, SetAside
from credential_pipeline.engines.charts.bars import Bar, bars, shapes
from credential_pipeline.engines.charts.figure import SHEET, Block, Entry, Figure, Picture, Row, Table, page
from credential_pipeline.foundation.spreadsheets import csv_safe

_DASH: Final = "\N{EN DASH}"
PLACES: Final = 20
"""Rows of a reason that the page names; the CSV file names them all."""

_HEADER: Final = ("certifier", "month", "section", "code", "delivery", "line", "record_id", "value")


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
        waiting=[one for one in card.deliveries if one.state not in {"accepted", "replayed"}],
        sentences=REASONS,
        figures=[figure for figure in _figures(card) if figure.tables],
    )


def card_csv(card: Card) -> str:
    """The card as CSV: one line a count, and one a row that was set aside."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEADER)

    def write(
        section: str, code: str, value: object, delivery: str = "", line: object = "", record_id: str = ""
    ) -> None:
        cells = (card.certifier, card.month, section, code, delivery, str(line), record_id, str(value))
        writer.writerow([csv_safe(cell) for cell in cells])

    for sent in card.deliveries:
        write("delivery", sent.state, sent.reason, sent.delivery)
        for name in ("rows_in", "rows_accepted", "rows_quarantined", "rows_duplicate"):
            write("delivery", name, getattr(sent, name), sent.delivery)
    for month in card.months:
        for name in ("deliveries", "rows_in", "rows_accepted", "rows_quarantined", "rows_duplicate"):
            write(f"trend {month.month}", name, getattr(month, name))
    for one in card.linkability:
        write("linkability", one.says, one.people)
        write("match rate", one.says, _percent(one))
    for row in card.set_aside:
        write("set aside", row.reason, "mended" if row.mended else "open", row.delivery, row.line, row.record_id)
    return out.getvalue()


def _figures(card: Card) -> list[Figure]:
    return [_summary(card), _to_fix(card), _trend(card), _linkability(card), _mended(card)]


def _summary(card: Card) -> Figure:
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
    sentence = "Every row that you sent was accepted, set aside with a reason, or repeats another; there is no fourth."
    return Figure("summary", "What became of this month's rows", [sentence], [], [table])


def _to_fix(card: Card) -> Figure:
    if not card.reasons:
        return Figure("fix", "What to fix first", [], [], [])
    drawn = [Bar(name=reason, value=count, text=f"{count:,}") for reason, count in card.reasons]
    picture = Picture("fix", "Rows set aside by reason", "Bars of rows, most first.", *shapes(bars, drawn, "count"))
    tables = [_places(reason, count, card.set_aside) for reason, count in card.reasons]
    sentence = "Send these rows again under the same record ids; a later row takes the place of the earlier one."
    return Figure("fix", "What to fix first", [sentence], [picture], tables)


def _places(reason: str, count: int, rows: Sequence[SetAside]) -> Table:
    mine = [row for row in rows if row.reason == reason and not row.mended][:PLACES]
    lines = tuple(Row(row.delivery, (Entry(f"{row.line:,}"), Entry(row.record_id or _DASH))) for row in mine)
    more = "" if count <= PLACES else f" The first {PLACES} of {count:,}; the CSV file has them all."
    caption = f"{reason}: {REASONS.get(reason, '')}{more}"
    return Table(caption, "delivery", ("line", "your record id"), (Block("", lines),))


def _trend(card: Card) -> Figure:
    rows = tuple(
        Row(
            one.month,
            (
                Entry(f"{one.rows_in:,}"),
                Entry(f"{one.rows_accepted:,}"),
                Entry(f"{one.rows_quarantined:,}"),
                Entry(f"{one.rows_quarantined / one.rows_in:.1%}" if one.rows_in else _DASH),
            ),
        )
        for one in card.months
    )
    table = Table("Rows by month of arrival", "month", ("rows", "accepted", "set aside", "share"), (Block("", rows),))
    return Figure("trend", "Trend", ["Months in which something arrived."], [], [table])


def _linkability(card: Card) -> Figure:
    rows = tuple(Row(one.says, (Entry(f"{one.people:,}"), Entry(_percent(one)))) for one in card.linkability)
    table = Table("People by what your rows say of them", "your rows say", ("people", "found"), (Block("", rows),))
    sentences = [
        "Before linking: what your rows tell of a person. After: the share of them who were found in the education registry.",
        "People who are not to be shared are in no figure; a share that would tell of few people, also as a difference, is not shown.",
    ]
    return Figure("linkability", "How well your people can be found", sentences, [], [table])


def _mended(card: Card) -> Figure:
    counts: dict[str, list[int]] = {}
    for row in card.before:
        counts.setdefault(row.reason, [0, 0])[int(row.mended)] += 1
    rows = tuple(
        Row(reason, (Entry(f"{n_open + mended:,}"), Entry(f"{mended:,}"), Entry(f"{n_open:,}")))
        for reason, (n_open, mended) in sorted(counts.items())
    )
    tables = [Table("Rows of the last card", "reason", ("set aside", "mended since", "open"), (Block("", rows),))]
    sentence = "Rows that the card before this one listed, and whether a row under the same id was accepted since."
    return Figure("mended", "What fixes of the last card changed", [sentence], [], tables if rows else [])


def _percent(one: Linkability) -> str:
    return _DASH if one.linked is None else f"{one.linked:.0%}"
