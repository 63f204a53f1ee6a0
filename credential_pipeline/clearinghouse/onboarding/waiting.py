"""What lies in the inbox, held against the registry before anybody runs it: headers, files that nobody reads, years that are cut.

Not here: the registry itself (foundation/registry) and the rows of deliveries (raw_feeds).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from credential_pipeline.clearinghouse.raw_feeds.decode import decode
from credential_pipeline.clearinghouse.raw_feeds.inbox import (
    Delivery,
    delivery_names,
    overlooked,
    read_delivery,
    shown_name,
)
from credential_pipeline.clearinghouse.raw_feeds.reading.faults import FileFaultError, Notice
from credential_pipeline.clearinghouse.raw_feeds.reasons import FILE_REASONS, NOTICES, OVERLOOKED
from credential_pipeline.clearinghouse.raw_feeds.stage import create_stage
from credential_pipeline.clearinghouse.raw_feeds.staging import stage_delivery
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.file_names import NO_BYTES, shown_delivery, shown_file
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import scratch

_TOLD: Final = ("COLUMNS_UNKNOWN", "COLUMNS_WITHOUT_NAME", "HEADER_SPELLING", "HEADER_FOUND")
"""Notices that are about the header."""


@dataclass(frozen=True)
class Finding:
    """One thing that a person should know of the inbox; ``wrong`` if a run would refuse it."""

    text: str
    wrong: bool = False


@dataclass(frozen=True)
class _Years:
    """Award years of a certifier's deliveries: rows with a date, the first and the last year, rows outside of the cohorts."""

    rows: int
    first: int
    last: int
    outside: int


def look_at_inbox(con: Connection, inbox: Path, registry: Registry, *, whole: bool = True) -> Iterator[Finding]:
    """Look at every file of the inbox of every industry.

    Args:
        con: A connection of its own.
        inbox: Root of all inboxes.
        registry: What could be loaded of the registry.
        whole: It is all of the registry, so that a folder of no industry is nobody's.
    """
    if not inbox.is_dir():
        return
    for folder in sorted(path for path in inbox.iterdir() if path.is_dir()):
        if whole and folder.name not in registry.industries:
            yield Finding(
                f"inbox/{shown_file(folder)}: no industry of the registry has this name: nobody reads its files"
            )
    for name in registry.industry_names:
        if (inbox / name).is_dir():
            yield from _of_industry(con, inbox, registry, registry.industry(name))


def _of_industry(con: Connection, inbox: Path, registry: Registry, industry: Industry) -> Iterator[Finding]:
    name = industry.industry
    for place, code in overlooked(inbox, name, industry.certifiers):
        yield Finding(f"{place}: {OVERLOOKED[code]}")
    years: list[_Years] = []
    for certifier in registry.certifiers_of(name):
        try:
            files = delivery_names(inbox, name, certifier.certifier)
        except SafeError as error:
            yield Finding(error.message)
            continue
        unread = 0
        for file in sorted(files, key=shown_name):
            delivery = read_delivery(inbox, name, certifier.certifier, file, certifier.feed)
            unread += delivery.sha256 == NO_BYTES
            called = shown_delivery(certifier.certifier, delivery.name, delivery.sha256, unread)
            shown = f"inbox/{name}/{certifier.certifier}/{called}"
            yield from _of_file(shown, delivery, certifier)
            if _cut_by_default(industry):
                years += _years(con, delivery, certifier, industry)
    yield from _cut(industry, years)


def _cut_by_default(industry: Industry) -> bool:
    """Whether award years are left out because nobody said which ones are wanted."""
    return not {"first_award_year", "last_award_year"} <= industry.cohorts.model_fields_set


def _of_file(shown: str, delivery: Delivery, certifier: Certifier) -> Iterator[Finding]:
    """What is wrong with the header of a delivery, and which of its columns the YAML does not name."""
    fault, detail, notices = delivery.fault, delivery.detail, tuple[Notice, ...]()
    if delivery.content is not None:
        try:
            notices = decode(delivery.content, certifier, delivery.name).notices
        except FileFaultError as error:
            fault, detail = error.code, error.detail
    if fault is not None:
        yield Finding(f"{shown}: {FILE_REASONS[fault]}{f' ({detail})' if detail else ''} [{fault}]", wrong=True)
    for notice in notices:
        if notice.code in _TOLD:
            yield Finding(f"{shown}: {NOTICES[notice.code]}{f' ({notice.detail})' if notice.detail else ''}")


def _years(con: Connection, delivery: Delivery, certifier: Certifier, industry: Industry) -> list[_Years]:
    cohorts = industry.cohorts
    with scratch(con) as work:
        stage = create_stage(work, certifier)
        stage_delivery(stage, delivery, delivery.name, 0)
        row = con.execute(
            f"""
            WITH dated AS (SELECT year({certifier.sql("event_date")}) AS y FROM {stage} WHERE reason_code IS NULL)
            SELECT count(y), min(y), max(y), count(*) FILTER (y NOT BETWEEN $first AND $last) FROM dated
            """,
            {"first": cohorts.first_award_year, "last": cohorts.last_award_year},
        ).fetchall()[0]
    return [_Years(*map(int, row))] if row[0] else []


def _cut(industry: Industry, years: list[_Years]) -> Iterator[Finding]:
    rows, outside = sum(one.rows for one in years), sum(one.outside for one in years)
    if not outside:
        return
    cohorts = industry.cohorts
    first, last = min(one.first for one in years), max(one.last for one in years)
    yield Finding(
        f"industries/{industry.industry}.yml: key 'cohorts': award years {cohorts.first_award_year} to {cohorts.last_award_year} are a default; "
        f"{outside:,} of {rows:,} dated rows in the inbox lie outside ({first} to {last}) and would not be reported"
    )
