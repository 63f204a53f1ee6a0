"""Puts the cards of an industry where the steward finds them: ``report_cards/<industry>/<certifier>/<month>.html`` and ``.csv``."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from credential_pipeline.clearinghouse.report_cards.facts import Card, gather, months_of, received_in, unread_of
from credential_pipeline.clearinghouse.report_cards.last_card import OPEN, LastCard, kept_cards, read_card
from credential_pipeline.foundation.file_names import delivery_id
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.storage.durable import sha256, write_atomically
from credential_pipeline.foundation.storage.engine import Connect
from credential_pipeline.foundation.storage.relation import Scratch, scratch
from credential_pipeline.foundation.storage.snapshots import Version

FOLDER: Final = "report_cards"
"""Folder of the side."""

_MADE_OF: Final = ".made_of"
"""Beside the cards of an industry: what the newest were made of and their hashes, so that none is drawn twice."""


@dataclass(frozen=True)
class CardsOf:
    """Whose cards.

    Attributes:
        home: Folder of the clearinghouse.
        industry: Name of the industry.
        registry: For readable names.
        code: Version of the code that makes the pages.
    """

    home: Path
    industry: str
    registry: Registry
    code: str = ""

    @property
    def folder(self) -> Path:
        """Where the cards lie."""
        return self.home / FOLDER / self.industry


def publish_cards(
    connect: Connect, versions: Sequence[Version], of: CardsOf, seen: Mapping[str, datetime], now: datetime
) -> list[Path]:
    """Write the cards of every certifier, unless they are there and were made of the same versions by the same code in this month.

    The card of this month is written anew whenever its facts change; those of earlier months stay as they were sent.

    Args:
        connect: Opens a connection of its own.
        versions: Versions of raw_feeds, cleaned_learners and linked_records.
        of: Whose cards.
        seen: sha256 of each delivery to the moment of its first sight.
        now: The moment, in UTC as those.

    Returns:
        Paths of the newest page of every certifier.
    """
    month = f"{now:%Y-%m}"
    made_of = "\0".join([of.code, month, *(version.name for version in versions)])
    key = hashlib.sha256(made_of.encode()).hexdigest()[:16]
    note = of.folder / _MADE_OF
    if (known := _as_noted(note, key)) is not None:
        return known
    newest: list[Path] = []
    with connect() as con:
        for version in versions:
            version.attach(con)
        query = "SELECT certifier, delivery, sha256 FROM raw_feeds.deliveries WHERE certifier = ? ORDER BY ALL"
        for certifier in of.registry.certifiers_of(of.industry):
            deliveries = con.execute(query, [certifier.certifier]).fetchall()
            with scratch(con) as work:
                newest += _publish(work, certifier.certifier, deliveries, of, seen, month)
    if newest:
        pages = {str(page.relative_to(of.folder)): sha256(page) for page in newest}
        write_atomically(note, json.dumps({"key": key, "pages": pages}, sort_keys=True).encode())
    return newest


def _publish(
    work: Scratch,
    certifier: str,
    deliveries: Sequence[tuple[str, str, str]],
    of: CardsOf,
    seen: Mapping[str, datetime],
    month: str,
) -> list[Path]:
    """Write the cards of a certifier that are missing, and that of this month; the path of the newest."""
    folder = of.folder / certifier
    kept = kept_cards(folder)
    current = max([month, *kept])
    received = received_in(work, deliveries, seen, _late(certifier, deliveries, seen, kept, current))
    came = [one.month for one in months_of(work.con, certifier, received)]
    for one in sorted({*came, current}):
        if one in kept and one < current:
            continue  # It was sent, and stays.
        last = next((kept[before] for before in sorted(kept, reverse=True) if before < one), None)
        unread = unread_of(work.con, certifier, seen) if one == current else ()
        card = gather(work, certifier, one, received, last, unread)
        if card.deliveries or card.unread or one in kept or any(row.now != OPEN for row in card.before):
            _write(folder, card, of)
            kept[one] = read_card(folder / f"{one}.csv", one)
    return [folder / f"{max(kept)}.html"] if kept else []


def _late(
    certifier: str,
    deliveries: Sequence[tuple[str, str, str]],
    seen: Mapping[str, datetime],
    kept: Mapping[str, LastCard],
    current: str,
) -> dict[str, str]:
    """sha256 of the deliveries of which the card of their month does not tell, since it was closed without them -> the month now."""
    before = {month: one for month, one in kept.items() if month < current}
    told: set[str] = set().union(*(one.deliveries or () for one in before.values()))
    closed = {month for month, one in before.items() if one.deliveries is not None}
    return {
        digest: current
        for _, _, digest in deliveries
        if digest in seen and f"{seen[digest]:%Y-%m}" in closed and delivery_id(certifier, digest) not in told
    }


def _as_noted(note: Path, key: str) -> list[Path] | None:
    """The newest pages, if they are there as they were written and were made of just this."""
    try:
        noted = json.loads(note.read_text(encoding="utf-8"))
        pages = {note.parent / name: digest for name, digest in noted["pages"].items()}
        whole = noted["key"] == key and all(sha256(page) == digest for page, digest in pages.items())
    except (OSError, ValueError, KeyError):
        return None
    return list(pages) if whole else None


def _write(folder: Path, card: Card, of: CardsOf) -> None:
    """Write page and file of one card."""
    # Drawing needs libraries that take a second to load.
    from credential_pipeline.clearinghouse.report_cards.page import Names, card_csv, card_page

    names = Names(of.registry.industry(of.industry).name, of.registry.certifier(card.certifier).name)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(folder / f"{card.month}.csv", card_csv(card).encode())
    write_atomically(folder / f"{card.month}.html", card_page(card, names).encode())
