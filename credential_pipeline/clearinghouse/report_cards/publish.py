"""Puts the cards of an industry where the steward finds them: ``report_cards/<industry>/<certifier>/<month>.html`` and ``.csv``."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from credential_pipeline.clearinghouse.report_cards.facts import Card, gather, received_in
from credential_pipeline.clearinghouse.report_cards.page import Names, card_csv, card_page
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.storage.durable import sha256, write_atomically
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import scratch

FOLDER: Final = "report_cards"
"""Folder of the side."""

_MADE_OF: Final = ".made_of"
"""Beside the cards of a certifier: what each was made of and its own hash, so that no card is drawn twice."""


def publish_cards(
    con: Connection, home: Path, industry: str, registry: Registry, seen: Mapping[str, datetime], *, code: str = ""
) -> list[Path]:
    """Write the cards of every certifier wherever one is missing, altered or of other facts.

    The card of the newest month is written anew whenever its facts change; those of earlier months stay as they were sent.

    Args:
        con: Connection with raw_feeds, cleaned_learners and linked_records.
        home: Folder of the clearinghouse.
        industry: Name of the industry.
        registry: For readable names.
        seen: sha256 of each delivery to the moment of its first sight.
        code: Version of the code that makes the pages.

    Returns:
        Paths of the newest page of every certifier.
    """
    newest: list[Path] = []
    with scratch(con) as work:
        deliveries = con.execute("SELECT certifier, delivery, sha256 FROM raw_feeds.deliveries ORDER BY ALL").fetchall()
        received = received_in(work, deliveries, seen)
        for certifier in registry.certifiers_of(industry):
            names = Names(registry.industry(industry).name, certifier.name)
            folder = home / FOLDER / industry / certifier.certifier
            cards = gather(con, certifier.certifier, received)
            for card in cards:
                _write(folder, card, names, code, current=card is cards[-1])
            if cards:
                newest.append(folder / f"{cards[-1].month}.html")
    return newest


def _write(folder: Path, card: Card, names: Names, code: str, *, current: bool) -> None:
    """Write page and file of one card, unless they are there and were made of the same."""
    page, note = folder / f"{card.month}.html", folder / f"{_MADE_OF}.{card.month}"
    key = hashlib.sha256(f"{code}\0{names}\0{card}".encode()).hexdigest()[:16]
    if page.exists() and (not current or _is_of(page, note, key)):
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(page.with_suffix(".csv"), card_csv(card).encode())
    write_atomically(page, card_page(card, names).encode())
    write_atomically(note, f"{key} {sha256(page)}".encode())


def _is_of(page: Path, note: Path, key: str) -> bool:
    try:
        return note.read_text(encoding="utf-8") == f"{key} {sha256(page)}"
    except OSError:
        return False
