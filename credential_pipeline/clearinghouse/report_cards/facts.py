"""What stands on a card: counts of rows by month, rows set aside with their places, and how linkable the people are.

Not here: what the card before said (last_card.py), and which cards are written (publish.py).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pandas as pd

from credential_pipeline.clearinghouse.raw_feeds.waiting import listed
from credential_pipeline.clearinghouse.report_cards.last_card import OPEN, LastCard, Listed, Month, without_gaps
from credential_pipeline.foundation.contracts.raw_feeds import AWAY
from credential_pipeline.foundation.file_names import delivery_id, shown_delivery
from credential_pipeline.foundation.record_ids import shown_record_id_sql
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

FEWEST: Final = 10
"""People, linked or not, below whom a rate would tell of single ones."""
CHANGES: Final = {
    "mended": "mended since",
    "accepted": "accepted as they were",
    "replaced": "replaced or withdrawn",
    OPEN: "still open",
}
"""What can have become of a row that was set aside: a later row under its id was accepted; it counts itself, because its delivery was
released or a conflict was decided; its delivery counts no longer; none of these."""
EVERYBODY: Final = "everybody"
"""The group of all people, as linkability.sql calls it."""
KINDS: Final = ("name alone", "name and birth date alone", "name, birth date and more", "no birth date", "no full name")
"""The groups of people, as linkability.sql calls them."""


@dataclass(frozen=True)
class SetAside:
    """One row that was set aside: why, where it stands, its sender's id, and whether a later delivery has mended it."""

    reason: str
    delivery: str
    delivery_id: str
    line: int
    record_id: str
    mended: bool


@dataclass(frozen=True)
class Before:
    """A row that the last card listed as open, and what has become of it: a key of CHANGES."""

    row: Listed
    now: str


@dataclass(frozen=True)
class Linkability:
    """People whose data say the same things, and the share of them that was linked; None where it would tell of few."""

    says: str
    people: int
    linked: float | None


@dataclass(frozen=True)
class Sent:
    """One delivery of the month: its shown name, id, state and reason."""

    delivery: str
    delivery_id: str
    state: str
    reason: str
    detail: str
    rows_in: int
    rows_accepted: int
    rows_quarantined: int
    rows_duplicate: int


@dataclass(frozen=True)
class Card:
    """All that a card tells of one certifier in one month.

    Attributes:
        certifier: Its name in the registry.
        month: The month, as 2026-05.
        months: All months until then, in order: earlier ones as their cards told them, and those in which nothing came.
        deliveries: Those of the month.
        set_aside: Rows of the month's deliveries that were set aside; of such as count no longer there is nothing to mend.
        before: Rows that the last card listed as open, its own and earlier ones.
        linkability: Of all people whom the certifier has told of so far.
        unread: Files that lie there now and could not be read, in whatever month they came: of them nothing is known but that.
    """

    certifier: str
    month: str
    months: Sequence[Month]
    deliveries: Sequence[Sent]
    set_aside: Sequence[SetAside]
    before: Sequence[Before]
    linkability: Sequence[Linkability]
    unread: Sequence[Sent] = ()

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Reasons for which rows of the month were set aside and have not been mended, most rows first."""
        counts = Counter(row.reason for row in self.set_aside if not row.mended)
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def received_in(
    work: Scratch,
    deliveries: Sequence[tuple[str, str, str]],
    seen: Mapping[str, datetime],
    late: Mapping[str, str] | None = None,
) -> Relation:
    """The month to which each delivery belongs, and when it was first seen: certifier, delivery, month, seen.

    Args:
        work: Makes the relation.
        deliveries: certifier, delivery, sha256.
        seen: sha256 to the moment of the first sight.
        late: sha256 to the month of those that belong to a later one, since the card of theirs was closed without them.
    """
    rows = [
        (who, name, (late or {}).get(digest) or f"{seen[digest]:%Y-%m}", seen[digest].isoformat())
        for who, name, digest in deliveries
        if digest in seen
    ]
    return work.rows("received", dict.fromkeys(("certifier", "delivery", "month", "seen"), "VARCHAR"), rows)


def unread_of(con: Connection, certifier: str, seen: Mapping[str, datetime]) -> list[Sent]:
    """Files of a certifier that wait and were never seen whole: empty, too large, not to be read, or still being written.

    Args:
        con: Connection with ``raw_feeds.deliveries``.
        certifier: Its name in the registry.
        seen: sha256 to the moment of the first sight.
    """
    return [
        Sent(one.shown, one.id, one.state, one.reason_code or "", one.detail, *one.rows)
        for one in listed(con)
        if one.certifier == certifier and one.waits and one.sha256 not in seen
    ]


def months_of(con: Connection, certifier: str, received: Relation) -> list[Month]:
    """What became of the rows of each month in which something came from a certifier, in order, as it is now."""
    query = statement(__package__, "months.sql", received=received)
    return [Month(*row) for row in con.execute(query, _bound(certifier)).fetchall()]


def gather(
    work: Scratch,
    certifier: str,
    month: str,
    received: Relation,
    last: LastCard | None = None,
    unread: Sequence[Sent] = (),
) -> Card:
    """The card of a certifier and a month.

    Args:
        work: Room in a connection with raw_feeds, cleaned_learners and linked_records.
        certifier: Its name in the registry.
        month: The month, as 2026-05.
        received: As :func:`received_in` gives it.
        last: What the card before said; None if there is none.
        unread: As :func:`unread_of` gives them, for the card of the present month.
    """
    con = work.con
    mine = {one.month: one for one in months_of(con, certifier, received) if one.month <= month}
    mine |= {one.month: one for one in (last.months if last else ()) if one.month < month}
    return Card(
        certifier=certifier,
        month=month,
        months=without_gaps(list(({month: Month(month)} | mine).values())),
        deliveries=_sent(con, certifier, month, received),
        set_aside=_set_aside(work, certifier, month, received),
        before=_since(work, certifier, last.open if last else (), received),
        linkability=without_few(
            con.execute(statement(__package__, "linkability.sql"), {"certifier": certifier}).fetchall()
        ),
        unread=unread,
    )


def _bound(certifier: str) -> dict[str, object]:
    """What every query of a certifier's deliveries binds: whose, and the states of those that count no longer."""
    return {"certifier": certifier, "away": list(AWAY)}


def _tells_of_few(linked: int, people: int) -> bool:
    return min(linked, people - linked) < FEWEST


def without_few(groups: Sequence[tuple[str, int, int]]) -> list[Linkability]:
    """Groups of people with the share of them that was linked, where it tells of few neither by itself nor by subtraction.

    The rate of everybody less those of the groups that are shown is the rate of the groups that are not: these together must be
    many, linked and not. Where they are not, the smallest of the other groups is hidden, too.

    Args:
        groups: What is said of them, people, linked people; EVERYBODY is all groups together.
    """
    total = {says: (people, linked) for says, people, linked in groups if says == EVERYBODY}
    parts = sorted((people, says, linked) for says, people, linked in groups if says != EVERYBODY)
    hidden = {says: (people, linked) for people, says, linked in parts if _tells_of_few(linked, people)}
    for people, says, linked in parts:
        if hidden and _tells_of_few(sum(n for _, n in hidden.values()), sum(n for n, _ in hidden.values())):
            hidden.setdefault(says, (people, linked))
    hidden |= {says: both for says, both in total.items() if _tells_of_few(both[1], both[0])}
    return [Linkability(says, people, None if says in hidden else linked / people) for says, people, linked in groups]


def _set_aside(work: Scratch, certifier: str, month: str, received: Relation) -> list[SetAside]:
    shown = shown_record_id_sql("record_id")
    quarantine = work.view("quarantine", f"SELECT *, {shown} AS shown_id FROM raw_feeds.quarantine")
    query = statement(__package__, "set_aside.sql", quarantine=quarantine, received=received)
    rows = work.con.execute(query, _bound(certifier) | {"month": month}).fetchall()
    return [
        SetAside(
            reason,
            shown_delivery(certifier, delivery, sha256),
            delivery_id(certifier, sha256),
            line,
            record_id or "",
            mended,
        )
        for reason, delivery, sha256, line, record_id, mended in rows
    ]


def _since(work: Scratch, certifier: str, before: Sequence[Listed], received: Relation) -> list[Before]:
    """What has become of rows that the last card listed."""
    if not before:
        return []
    # Of a held delivery it can be every row: a frame is taken over at once.
    columns = ["place", "delivery_id", "line", "record_id", "reason"]
    rows = [(n, one.delivery_id, one.line, one.record_id, one.reason) for n, one in enumerate(before)]
    told = work.frame("listed", pd.DataFrame(rows, columns=columns))
    query = statement(__package__, "since.sql", listed=told, received=received)
    found = dict(work.con.execute(query, _bound(certifier)).fetchall())
    return [Before(one, found[place]) for place, one in enumerate(before)]


def _sent(con: Connection, certifier: str, month: str, received: Relation) -> list[Sent]:
    rows: list[tuple[Any, ...]] = con.execute(
        f"""
        SELECT d.delivery, d.sha256, d.state, coalesce(d.reason_code, ''), coalesce(d.detail, ''), d.rows_in, d.rows_accepted,
            CASE WHEN list_contains($away, d.state) THEN 0 ELSE d.rows_quarantined END,
            CASE WHEN list_contains($away, d.state) THEN d.rows_in ELSE d.rows_duplicate END
        FROM raw_feeds.deliveries AS d JOIN {received} AS r USING (certifier, delivery)
        WHERE d.certifier = $certifier AND r.month = $month ORDER BY d.delivery
        """,
        _bound(certifier) | {"month": month},
    ).fetchall()
    return [
        Sent(shown_delivery(certifier, name, sha256), delivery_id(certifier, sha256), *rest)
        for name, sha256, *rest in rows
    ]
