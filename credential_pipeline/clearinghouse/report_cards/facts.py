"""What stands on a card: counts of rows by month, rows set aside with their places, and how linkable the people are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from credential_pipeline.foundation.file_names import shown_delivery
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

FEWEST: Final = 10
"""People, linked or not, below whom a rate would tell of single ones."""
EVERYBODY: Final = "everybody"
"""The group of all people, as linkability.sql calls it."""


@dataclass(frozen=True)
class Month:
    """What became of the rows of one month's deliveries."""

    month: str
    deliveries: int
    not_accepted: int
    rows_in: int
    rows_accepted: int
    rows_quarantined: int
    rows_duplicate: int


@dataclass(frozen=True)
class SetAside:
    """One row that was set aside: why, where it stands, its sender's id, and whether a later delivery has mended it."""

    reason: str
    delivery: str
    line: int
    record_id: str
    mended: bool


@dataclass(frozen=True)
class Linkability:
    """People whose data say the same things, and the share of them that was linked; None where it would tell of few."""

    says: str
    people: int
    linked: float | None


@dataclass(frozen=True)
class Sent:
    """One delivery of the month: its shown name, state and reason."""

    delivery: str
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
        months: All months until then, in order.
        deliveries: Those of the month.
        set_aside: Rows of the month's deliveries that were set aside.
        before: Rows of the month before that were set aside.
        linkability: Of all people whom the certifier has told of so far.
    """

    certifier: str
    month: str
    months: Sequence[Month]
    deliveries: Sequence[Sent]
    set_aside: Sequence[SetAside]
    before: Sequence[SetAside]
    linkability: Sequence[Linkability]

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Reasons for which rows of the month were set aside and have not been mended, most rows first."""
        counts = Counter(row.reason for row in self.set_aside if not row.mended)
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def received_in(work: Scratch, deliveries: Sequence[tuple[str, str, str]], seen: Mapping[str, datetime]) -> Relation:
    """The month in which each delivery was first seen: certifier, delivery, month.

    Args:
        work: Makes the relation.
        deliveries: certifier, delivery, sha256.
        seen: sha256 to the moment of the first sight.
    """
    rows = [(who, name, f"{seen[digest]:%Y-%m}") for who, name, digest in deliveries if digest in seen]
    return work.rows("received", dict.fromkeys(("certifier", "delivery", "month"), "VARCHAR"), rows)


def gather(con: Connection, certifier: str, received: Relation) -> list[Card]:
    """The cards of a certifier, one for each month in which something arrived, in order.

    Args:
        con: Connection with raw_feeds, cleaned_learners and linked_records.
        certifier: Its name in the registry.
        received: As :func:`received_in` gives it.
    """
    who = {"certifier": certifier}
    months = [Month(*row) for row in con.execute(_sql("months.sql", received), who).fetchall()]
    linkability = without_few(con.execute(_sql("linkability.sql"), who).fetchall())
    aside = {one.month: _set_aside(con, certifier, one.month, received) for one in months}
    return [
        Card(
            certifier=certifier,
            month=one.month,
            months=months[: place + 1],
            deliveries=_sent(con, certifier, one.month, received),
            set_aside=aside[one.month],
            before=aside[months[place - 1].month] if place else (),
            linkability=linkability,
        )
        for place, one in enumerate(months)
    ]


def _sql(file: str, received: Relation | None = None) -> str:
    return statement(__package__, file, **({"received": received} if received is not None else {}))


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


def _set_aside(con: Connection, certifier: str, month: str, received: Relation) -> list[SetAside]:
    rows = con.execute(_sql("set_aside.sql", received), {"certifier": certifier, "month": month}).fetchall()
    return [
        SetAside(reason, shown_delivery(certifier, delivery, sha256), line, record_id or "", mended)
        for reason, delivery, sha256, line, record_id, mended in rows
    ]


def _sent(con: Connection, certifier: str, month: str, received: Relation) -> list[Sent]:
    rows: list[tuple[Any, ...]] = con.execute(
        f"""
        SELECT d.delivery, d.sha256, d.state, coalesce(d.reason_code, ''), coalesce(d.detail, ''), d.rows_in, d.rows_accepted,
            d.rows_quarantined, d.rows_duplicate
        FROM raw_feeds.deliveries AS d JOIN {received} AS r USING (certifier, delivery)
        WHERE d.certifier = $certifier AND r.month = $month ORDER BY d.delivery
        """,
        {"certifier": certifier, "month": month},
    ).fetchall()
    return [Sent(shown_delivery(certifier, name, sha256), *rest) for name, sha256, *rest in rows]
