"""Demo people of a simulated home, plainly named: one proposes and two approve, so that a run ends with a release.

Their private keys lie in the enclave's own folder, which no real installation would allow; nothing signs for people elsewhere.
"""

from datetime import date, datetime
from pathlib import Path

from credential_pipeline.enclave.outcome_release.acts import (
    Standing,
    Statement,
    approve,
    period,
    propose,
    released,
    standing,
)
from credential_pipeline.enclave.outcome_release.ledger import chain
from credential_pipeline.enclave.outcome_release.people import People, load_person
from credential_pipeline.foundation.storage.private_files import private_folder

NAMES = ("demo_proposer", "demo_reviewer_one", "demo_reviewer_two")
_REASON = "newer data within one period of the calendar, which a simulated home alone releases"


def enroll_demo_people(home: Path) -> None:
    """Make the demo people's keys where they are missing."""
    private_folder(home)
    people = People(home)
    for name in NAMES:
        if not _key(home, name).exists():
            people.enroll(name, _key(home, name))


def has_demo_people(home: Path) -> bool:
    """Whether this is a simulated home, where demo people sign."""
    return all(_key(home, name).exists() for name in NAMES)


def sign(home: Path, statement: Statement, when: datetime) -> Standing:
    """Propose and approve as the demo people, as far as that has not been done.

    Raises:
        SafeError: What the acts refuse.
    """
    ledger, people = chain(home), People(home)
    proposer, *reviewers = (load_person(_key(home, name)) for name in NAMES)
    found = propose(ledger, people, statement, proposer, when)
    for reviewer in reviewers:
        if reviewer.name not in {signed.name for signed in found.approvals}:
            found = approve(ledger, people, statement, reviewer, when)
    return found


def next_statement(home: Path, industry: str, release: str, version: str, calendar: str, today: date) -> Statement:
    """What a release would be now: regular in a new period of the calendar, else an additional one.

    Nobody has said that the last one was wrong, so that it is no correction of it.
    """
    lines = chain(home).lines()
    last = standing(lines, industry)
    if last is not None and last.statement.version == version:
        return last.statement
    earlier = [facts for facts in released(lines, industry) if facts["statement"]["release"] != release]
    if not earlier or period(date.fromisoformat(earlier[-1]["when"][:10]), calendar) != period(today, calendar):
        return Statement(industry, release, version)
    return Statement(industry, release, version, "additional", reason=_REASON)


def _key(home: Path, name: str) -> Path:
    return home / "reviewers" / "demo" / f"{name}.key"
