"""Puts the cards of an industry where the steward finds them: ``report_cards/<industry>/<certifier>/<month>.html`` and ``.csv``."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from credential_pipeline.clearinghouse.report_cards.facts import Card, gather, received_in
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.storage.durable import sha256, write_atomically
from credential_pipeline.foundation.storage.engine import Connect
from credential_pipeline.foundation.storage.relation import scratch
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
    connect: Connect, versions: Sequence[Version], of: CardsOf, seen: Mapping[str, datetime]
) -> list[Path]:
    """Write the cards of every certifier, unless they are there and were made of the same versions by the same code.

    The card of the newest month is written anew whenever its facts change; those of earlier months stay as they were sent.

    Args:
        connect: Opens a connection of its own.
        versions: Versions of raw_feeds, cleaned_learners and linked_records.
        of: Whose cards.
        seen: sha256 of each delivery to the moment of its first sight.

    Returns:
        Paths of the newest page of every certifier.
    """
    key = hashlib.sha256("\0".join([of.code, *(version.name for version in versions)]).encode()).hexdigest()[:16]
    note = of.folder / _MADE_OF
    if (known := _as_noted(note, key)) is not None:
        return known
    newest: list[Path] = []
    with connect() as con, scratch(con) as work:
        for version in versions:
            version.attach(con)
        deliveries = con.execute("SELECT certifier, delivery, sha256 FROM raw_feeds.deliveries ORDER BY ALL").fetchall()
        received = received_in(work, deliveries, seen)
        for certifier in of.registry.certifiers_of(of.industry):
            folder = of.folder / certifier.certifier
            cards = gather(con, certifier.certifier, received)
            for card in cards:
                _write(folder, card, of, current=card is cards[-1])
            newest += [folder / f"{card.month}.html" for card in cards[-1:]]
    if newest:
        pages = {str(page.relative_to(of.folder)): sha256(page) for page in newest}
        write_atomically(note, json.dumps({"key": key, "pages": pages}, sort_keys=True).encode())
    return newest


def _as_noted(note: Path, key: str) -> list[Path] | None:
    """The newest pages, if they are there as they were written and were made of just this."""
    try:
        noted = json.loads(note.read_text(encoding="utf-8"))
        pages = {note.parent / name: digest for name, digest in noted["pages"].items()}
        whole = noted["key"] == key and all(sha256(page) == digest for page, digest in pages.items())
    except (OSError, ValueError, KeyError):
        return None
    return list(pages) if whole else None


def _write(folder: Path, card: Card, of: CardsOf, *, current: bool) -> None:
    """Write page and file of one card; a card of an earlier month that is there was sent, and stays."""
    page = folder / f"{card.month}.html"
    if page.exists() and not current:
        return
    # Drawing needs libraries that take a second to load.
    from credential_pipeline.clearinghouse.report_cards.page import Names, card_csv, card_page

    names = Names(of.registry.industry(of.industry).name, of.registry.certifier(card.certifier).name)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(page.with_suffix(".csv"), card_csv(card).encode())
    write_atomically(page, card_page(card, names).encode())
