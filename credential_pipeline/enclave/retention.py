"""What the enclave must destroy: what an agreement, an opt-out or a rule of retention asks for.

An opt-out asks as soon as a newer extract without the person was accepted: older packages, and versions with rows that the newer one
does not have. The end of an agreement asks for everything that holds its rows, the current versions too. Released and confidential
aggregates hold no rows of people and are kept. Not here: the clearinghouse's part (clearinghouse/retention.py).
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from credential_pipeline.engines.handover.arrivals import Arrivals
from credential_pipeline.engines.handover.due_packages import END, due_packages
from credential_pipeline.foundation.contracts import census_extract
from credential_pipeline.foundation.registry.agreements import Agreement
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.storage.due import (
    OLD_DAYS,
    Due,
    Kept,
    aged,
    fault_log,
    later,
    leftovers,
    old_versions,
    versions,
)
from credential_pipeline.foundation.storage.engine import connect

#: Hops whose versions hold rows of an extract, and where a version tells whose.
_ROWS = {"accepted_extract": "learners", "person_keys": "person_links"}
_WAGES = "reference_population"


@dataclass(frozen=True)
class _Accepted:
    number: int
    day: datetime.date


def due(home: Path, registry: Registry, transfer: Path) -> list[Due]:
    """Everything that the enclave must destroy, now or on a later day, by day.

    Args:
        home: Folder of the enclave.
        registry: The industries and the agreements.
        transfer: Folder in which extracts arrive.

    Raises:
        SafeError: ``E_LEDGER_BROKEN``: the ledger of arrivals is not whole.
    """
    accepted = _accepted(home)
    found = [*leftovers(home), *aged("file of an audit", iter(sorted((home / "audit").glob("*"))), OLD_DAYS)]
    found += fault_log(home, max((one.day for one in accepted.values()), default=None))
    found += due_packages(transfer, {industry: (one.number, one.day) for industry, one in accepted.items()})
    current = {
        kept.folder.parent.name: kept.folder for kept in versions(home / "store", "accepted_extract") if kept.current
    }
    for hop in _ROWS:
        found += old_versions(home / "store", hop, lambda kept: _asked(kept, accepted, current, registry))
    found += old_versions(home / "store", _WAGES, lambda kept: _wages(kept, registry))
    return sorted(found, key=lambda item: (item.day, str(item.path)))


def _accepted(home: Path) -> dict[str, _Accepted]:
    lines = [line for line in Arrivals(home).chain.lines() if line.facts.get("kind") == census_extract.SNAPSHOT.name]
    return {
        line.facts["industry"]: _Accepted(int(line.facts["number"]), datetime.datetime.fromisoformat(line.when).date())
        for line in lines
    }


def _asked(kept: Kept, accepted: dict[str, _Accepted], current: dict[str, Path], registry: Registry) -> Due | None:
    """What asks for a version with rows of an extract to go."""
    partition = kept.partition
    terms = _terms(registry, partition)
    id_ = terms.id if terms is not None else ""
    if not kept.current and partition in accepted and partition in current:
        left = _left(kept.folder / f"{_ROWS[kept.hop]}.parquet", current[partition] / "learners.parquet")
        if left != 0:
            one = accepted[partition]
            rows = f"{left:,} of its rows" if left else "some of its rows, as it can't be read,"
            why = f"{rows} are not in number {one.number} of {one.day}"
            return Due(kept.label, kept.folder, one.day, why, id_)
    if terms is not None and (kept.current or terms.destroy_by <= later(kept.day, OLD_DAYS)):
        return Due(kept.label, kept.folder, terms.destroy_by, END, id_, kept.pointer)
    return None


def _left(old: Path, current: Path) -> int | None:
    """Rows of a version that the current extract does not have; None if that can't be told."""
    try:
        with connect(threads=1) as con:
            query = "SELECT count(DISTINCT o.row_id) FROM read_parquet(?) o ANTI JOIN read_parquet(?) n USING (row_id)"
            return int(con.execute(query, [str(old), str(current)]).fetchall()[0][0])
    except (duckdb.IOException, duckdb.InvalidInputException):
        return None


def _terms(registry: Registry, industry: str) -> Agreement | None:
    known = registry.industries.get(industry)
    return known.agreement if known is not None else None


def _wages(kept: Kept, registry: Registry) -> Due | None:
    """A version with wages of states whose agreement asks for their destruction: on the earliest day."""
    used = set(_agreements_of(kept.folder / "wage_states.parquet"))
    asking = [agreement for agreement in registry.wage_agreements if agreement.id in used]
    if not asking:
        return None
    first = min(asking, key=lambda one: (one.destroy_by, one.id))
    if not kept.current and later(kept.day, OLD_DAYS) < first.destroy_by:
        return None
    return Due(kept.label, kept.folder, first.destroy_by, END, first.id, kept.pointer)


def _agreements_of(wage_states: Path) -> Iterator[str]:
    if wage_states.is_file():
        with connect(threads=1) as con:
            query = "SELECT DISTINCT agreement FROM read_parquet(?) WHERE agreement IS NOT NULL AND employers > 0"
            yield from (str(name) for (name,) in con.execute(query, [str(wage_states)]).fetchall())
