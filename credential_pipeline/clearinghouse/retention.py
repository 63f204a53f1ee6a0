"""What the clearinghouse must destroy: what an agreement, an opt-out or a rule of retention asks for.

An opt-out asks as soon as a newer extract without the person was sent: packages from before, old versions, archived deliveries and
review pages that may hold the person's plaintext. What stays are the ledgers, what certifiers and schools still deliver, and what
is current, by which the wish is honored. Not here: the enclave's part (enclave/retention.py).
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from credential_pipeline.clearinghouse.census_extract.hand_over import OUTBOX
from credential_pipeline.clearinghouse.clerical_review import decisions as review
from credential_pipeline.clearinghouse.disclosure_record import EXTRACT, DisclosureRecord, kind_of
from credential_pipeline.clearinghouse.raw_feeds.archive import ARCHIVE
from credential_pipeline.clearinghouse.raw_feeds.inbox import INBOX
from credential_pipeline.clearinghouse.return_files import partners
from credential_pipeline.engines.handover.due_packages import END, due_packages
from credential_pipeline.foundation.contracts import (
    census_extract,
    cleaned_learners,
    education_registry,
    linked_records,
    raw_feeds,
    return_files,
)
from credential_pipeline.foundation.registry.agreements import Terms
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.storage.due import (
    ARCHIVE_DAYS,
    OLD_DAYS,
    Due,
    Kept,
    aged,
    day_of,
    fault_log,
    later,
    leftovers,
    old_versions,
)
from credential_pipeline.foundation.storage.durable import sha256
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.snapshots import Store

_EXTRACT, _RETURNED, _SHARED = (
    census_extract.SNAPSHOT.name,
    return_files.SNAPSHOT.name,
    education_registry.SNAPSHOT.name,
)
#: Hops whose versions hold people of one industry.
_OF_INDUSTRIES = (
    raw_feeds.SNAPSHOT.name,
    cleaned_learners.SNAPSHOT.name,
    linked_records.SNAPSHOT.name,
    _EXTRACT,
    _RETURNED,
)


@dataclass(frozen=True)
class Sent:
    """The last extract of an industry that was sent.

    Attributes:
        number: Its number.
        day: When.
        left: Learners who were in an earlier extract and are not in it.
    """

    number: int
    day: datetime.date
    left: int

    @property
    def why(self) -> str:
        """Why what is older must go."""
        return f"{self.left:,} learners of an earlier extract are not in number {self.number} of {self.day}"


def due(home: Path, registry: Registry, transfer: Path) -> list[Due]:
    """Everything that the clearinghouse must destroy, now or on a later day, by day.

    Args:
        home: Folder of the clearinghouse.
        registry: The industries with their agreements.
        transfer: Folder in which its packages travel.

    Raises:
        SafeError: ``E_LEDGER_BROKEN``: the record of disclosures is not whole; or a current version is damaged.
    """
    sent = last_sent(home)
    found = [*leftovers(home), *_archived(home, sent.values(), registry), *_review_pages(home, sent)]
    found += _returned(home, registry)
    found += fault_log(home, max((one.day for one in sent.values() if one.left), default=None))
    for folder in (home / OUTBOX, transfer):
        found += due_packages(folder, {industry: (one.number, one.day) for industry, one in sent.items()})
    for hop in (*_OF_INDUSTRIES, _SHARED):
        found += old_versions(home / "store", hop, lambda kept: _asked(kept, sent, registry))
    return sorted(found, key=lambda item: (item.day, str(item.path)))


def last_sent(home: Path) -> dict[str, Sent]:
    """Industry to its last extract that was sent."""
    record = DisclosureRecord(home)
    entries = record.entries()
    state = {entry.package_id: entry.state for entry in entries}
    extracts = [entry for entry in entries if entry.state == "prepared" and kind_of(entry) == EXTRACT]
    prepared = [entry for entry in extracts if state[entry.package_id] != "void"]
    done = {entry.package_id: entry.when for entry in entries if entry.state == "done"}
    sent: dict[str, Sent] = {}
    for industry in sorted({entry.facts["industry"] for entry in prepared}):
        packages = [entry for entry in prepared if entry.facts["industry"] == industry]
        gone = [entry for entry in packages if entry.package_id in done]
        if gone:
            last = max(gone, key=lambda entry: int(entry.facts["number"]))
            members = [record.members(entry.package_id) for entry in packages if entry.package_id != last.package_id]
            day = datetime.datetime.fromisoformat(done[last.package_id]).date()
            sent[industry] = Sent(int(last.facts["number"]), day, _left(members, record.members(last.package_id)))
    return sent


def _left(earlier: Iterable[Path], last: Path) -> int:
    paths = [str(path) for path in earlier if path.is_file()]
    if not paths or not last.is_file():
        return 0
    with connect(threads=1) as con:
        query = (
            "SELECT count(DISTINCT learner_id) FROM read_parquet(?)"
            " WHERE learner_id NOT IN (SELECT learner_id FROM read_parquet(?))"
        )
        return int(con.execute(query, [paths, str(last)]).fetchall()[0][0])


def _asked(kept: Kept, sent: dict[str, Sent], registry: Registry) -> Due | None:
    """What asks for a version to go: somebody who left, or the end of the agreement for extracts."""
    of = [one for industry, one in sent.items() if kept.hop == _SHARED or industry == kept.partition]
    leaving = [one for one in of if one.left]
    if leaving and not kept.current:
        last = max(leaving, key=lambda one: one.day)
        return Due(kept.label, kept.folder, last.day, last.why)
    terms = _terms(kept, registry)
    if terms is not None and (kept.current or terms.destroy_by <= later(kept.day, OLD_DAYS)):
        return Due(kept.label, kept.folder, terms.destroy_by, END, terms.id, kept.pointer)
    return None


def _terms(kept: Kept, registry: Registry) -> Terms | None:
    """The agreement with whose end a version goes; of several the last."""
    industry = registry.industries.get(kept.partition)
    if industry is None:
        return None
    if kept.hop == _EXTRACT:
        return industry.agreement
    if kept.hop == _RETURNED:
        return max(industry.returns, key=lambda one: (one.destroy_by, one.id), default=None)
    return None


def _returned(home: Path, registry: Registry) -> Iterator[Due]:
    """What partners were given: what a newer delivery replaced, and everything at the end of the agreement."""
    for folder in sorted((home / partners.FOLDER).glob(f"*/{partners.RETURNS}/*")):
        partner, industry = folder.parts[-3], registry.industries.get(folder.name)
        ends = [one for one in industry.returns if one.partner == partner] if industry is not None else []
        given = sorted(folder.glob("[0-9]*-*"))
        newest = given[-1] if given else folder
        for path in given[:-1]:
            yield Due("older return files", path, day_of(newest), f"{newest.name} took their place")
        if given and ends:
            yield Due("return files", newest, ends[0].destroy_by, END, ends[0].id)
        else:
            yield from aged("return files", iter(given[-1:]), OLD_DAYS)


def _archived(home: Path, sent: Iterable[Sent], registry: Registry) -> Iterator[Due]:
    """Bytes of deliveries that are no longer in the inbox, and whose rows count no longer."""
    present = {sha256(path) for path in (home / INBOX).rglob("*") if path.is_file() and not path.is_symlink()}
    kept = present | _in_force(home, registry)
    gone = [path for path in sorted((home / ARCHIVE).glob("*")) if path.is_file() and path.name not in kept]
    leaving = [one for one in sent if one.left]
    if leaving:
        last = max(leaving, key=lambda one: one.day)
        yield from (Due("archived delivery", path, last.day, last.why) for path in gone)
    else:
        yield from aged("archived delivery", iter(gone), ARCHIVE_DAYS)


def _in_force(home: Path, registry: Registry) -> set[str]:
    """Hashes of the deliveries whose rows count in a current version, wherever their files are.

    Raises:
        SafeError: A current version is damaged: until it is mended nobody can tell.
    """
    store, found = Store(home / "store"), set[str]()
    for industry in registry.industries:
        version = store.find(raw_feeds.SNAPSHOT, industry)
        if version is None:
            continue
        with connect(threads=1) as con:
            rows = con.execute(
                "SELECT sha256 FROM read_parquet(?) WHERE state = ?",
                [str(version.path("deliveries")), raw_feeds.ACCEPTED],
            ).fetchall()
        found |= {str(digest) for (digest,) in rows}
    return found


def _review_pages(home: Path, sent: dict[str, Sent]) -> Iterator[Due]:
    """Pages for reviewers that were written before somebody left; the decisions stay."""
    for path in sorted((home / review.FOLDER).glob("*/*/*.html")):
        one = sent.get(path.parts[-3])
        if one is not None and one.left and day_of(path) <= one.day:
            yield Due("review page", path, one.day, one.why)
