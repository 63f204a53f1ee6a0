"""What has come from a certifier: the files that lie in its inbox, and those that lay there before and stay in force.

A delivery is bytes, not a file name: the same bytes under two names are one delivery. Not here: the order of deliveries
(order.py), and which of them count (decide.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from credential_pipeline.clearinghouse.raw_feeds.archive import from_archive
from credential_pipeline.clearinghouse.raw_feeds.decisions import Decisions
from credential_pipeline.clearinghouse.raw_feeds.inbox import Delivery, delivery_names, read_delivery
from credential_pipeline.clearinghouse.raw_feeds.sidecars import NOTHING, read_sidecars
from credential_pipeline.clearinghouse.raw_feeds.sights import Sight, Sights
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.file_names import NO_BYTES
from credential_pipeline.foundation.registry.feeds import Certifier

_LABEL = 8


@dataclass(frozen=True)
class Known:
    """What is known of an industry's deliveries before they are looked at.

    Attributes:
        sights: Facts that were noted before.
        decisions: What people decided.
        now: The moment of this look.
        archive: Folder with the bytes of every delivery; None to keep nothing.
    """

    sights: Sights = field(default_factory=Sights)
    decisions: Decisions = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: datetime.now(tz=UTC))
    archive: Path | None = None


@dataclass(frozen=True)
class Arrival:
    """A delivery as it came.

    Attributes:
        number: Its number among those of the certifier at this look; no order follows from it.
        delivery: What tables call it: the file name, or, where other bytes lie under that name now, name and begin of the hash.
        sight: When it was first seen, and what its sender says of it.
        file: The file as it was read.
        present: It lies in the inbox.
        known_as: Number of the delivery with the same bytes, of which this is another name.
        growing: It grew while it was read.
        latest: It is what lay last under its name.
        names: Every name under which the same bytes ever lay, the first one first.
        back_from: Name under which they lay when other bytes took their place there, before they came under this one.
    """

    number: int
    delivery: str
    sight: Sight
    file: Delivery
    present: bool = True
    known_as: int | None = None
    growing: bool = False
    latest: bool = True
    names: tuple[str, ...] = ()
    back_from: str | None = None

    @property
    def is_fact(self) -> bool:
        """It lies there whole, so that the sight of it is worth noting."""
        return self.present and self.file.fault is None and self.file.sha256 != NO_BYTES and not self.growing

    def without_bytes(self) -> "Arrival":
        """The same, for keeping while others are read."""
        return replace(self, file=replace(self.file, content=None))


def arrivals(inbox: Path, industry: str, certifier: Certifier, known: Known) -> Iterator[Arrival]:
    """Read every delivery of a certifier: first what lies in the inbox, by name, then what is gone from it, by first sight.

    Args:
        inbox: Root of all inboxes.
        industry: The partition.
        certifier: Whose deliveries.
        known: What was known before.

    Raises:
        SafeError: E_NO_DELIVERY if nothing lies there and nothing did, E_INBOX (see inbox.py).
    """
    mine = known.sights.of(certifier.certifier)
    numbers: dict[str, int] = {}
    noted = {one.name: place for place, one in reversed(list(enumerate(mine)))}
    # Names that were there before come first, so that of two equal files the newer one is the copy.
    names = sorted(_names(inbox, industry, certifier.certifier, known), key=lambda name: noted.get(name, len(mine)))
    current = {name: sha256 for (of, name), sha256 in known.sights.last.items() if of == certifier.certifier}
    number = 0
    for name in names:
        one = _present(inbox, industry, certifier, known, number, name)
        current[name] = one.file.sha256
        # Empty files, and those that were not read, have one hash, that of no bytes; they are no copies of one another.
        same = numbers.get(one.file.sha256) if one.file.content else None
        if one.file.content and not one.growing:
            numbers.setdefault(one.file.sha256, number)
        yield replace(
            one,
            delivery=one.file.name,
            known_as=same,
            names=_called(mine, one.sight),
            back_from=_replaced_before(mine, one.sight, known.sights.last),
        )
        number += 1
    for sight in mine:
        if sight.sha256 not in numbers:
            numbers[sight.sha256] = number
            latest = current[sight.name] == sight.sha256
            label = sight.name if latest else f"{sight.name}#{sight.sha256[:_LABEL]}"
            content = from_archive(known.archive, sight.sha256)
            file = Delivery(sight.name, content, sight.sha256, None if content is not None else "E_UNREADABLE")
            called = _called(mine, sight)
            yield Arrival(number, label, sight, file, present=False, latest=latest, names=called)
            number += 1


def _names(inbox: Path, industry: str, certifier: str, known: Known) -> Sequence[str]:
    """Names of the files that lie there; none if all are gone that lay there before."""
    try:
        return delivery_names(inbox, industry, certifier)
    except SafeError as error:
        if error.code == "E_NO_DELIVERY" and any(of == certifier for of, _ in known.sights.accepted):
            return ()
        raise


def _present(inbox: Path, industry: str, certifier: Certifier, known: Known, number: int, name: str) -> Arrival:
    """A file that lies in the inbox."""
    file = read_delivery(inbox, industry, certifier.certifier, name, certifier.feed)
    folder = inbox / industry / certifier.certifier
    size, moment = _facts(folder / name)
    growing = file.content is not None and size != len(file.content)
    said = read_sidecars(folder, name)
    time = min(moment, int(known.now.timestamp()))
    first = _first(known.sights.of(certifier.certifier), name, file.sha256)
    if first is None:
        sight = Sight(certifier.certifier, name, file.sha256, known.sights.looks + 1, time, said)
    else:
        # What was said stands until something else is said.
        sight = Sight(*first.key, first.look, first.file_time, said if said.beside else first.said)
    return Arrival(number, name, sight, file, growing=growing)


def _first(sights: Sequence[Sight], name: str, sha256: str) -> Sight | None:
    """When these bytes were first seen, under this name if ever, else under another."""
    same = [one for one in sights if one.sha256 == sha256]
    named = [one for one in same if one.name == name]
    if named:
        return Sight(*named[0].key, same[0].look, same[0].file_time, named[0].said)
    return Sight(same[0].certifier, name, sha256, same[0].look, same[0].file_time, NOTHING) if same else None


def _called(sights: Sequence[Sight], sight: Sight) -> tuple[str, ...]:
    """The names of these bytes, in the order in which they were noted."""
    return tuple(dict.fromkeys([*(one.name for one in sights if one.sha256 == sight.sha256), sight.name]))


def _replaced_before(sights: Sequence[Sight], sight: Sight, last: Mapping[tuple[str, str], str]) -> str | None:
    """The first name of these bytes, if others had taken their place there before they came under the one they have now.

    Who renames a file and puts a new one in its place has replaced nothing: the rename is noted first.
    """
    first = next((one.name for one in sights if one.sha256 == sight.sha256), sight.name)
    if first == sight.name:
        return None
    noted = [one.key for one in sights]
    if sight.key in noted:
        before = [one.sha256 for one in sights[: noted.index(sight.key)] if one.name == first]
        return first if before[-1] != sight.sha256 else None
    return first if last[sight.certifier, first] != sight.sha256 else None


def _facts(path: Path) -> tuple[int, int]:
    """Size and time of a file; zeros if it is gone meanwhile."""
    try:
        facts = path.stat()
    except OSError:
        return 0, 0
    return facts.st_size, int(facts.st_mtime)
