"""The acts on a release: proposed by one person, approved by two others, then published; each act signed, each refusal kept.

What is signed names the version of the confidential store, which is a hash of every byte that becomes public, the notice and the
report among them. The ledger is the only state. Not here: who people are (people.py), the sealing (hand_over.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from credential_pipeline.enclave.outcome_release.people import People, Person
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.chain import Chain, Line
from credential_pipeline.foundation.storage.durable import canonical_json

APPROVALS = 2
"""How many people besides the proposer must approve."""
PROPOSED, APPROVED, RELEASED, WITHDRAWN, REFUSED = "proposed", "approved", "released", "withdrawn", "refused"
Kind = Literal["regular", "correction", "withdrawal", "additional"]


@dataclass(frozen=True)
class Statement:
    """What is proposed and approved.

    Attributes:
        industry: The partition.
        release: Id of the release; of a withdrawal the one that is withdrawn.
        version: Version of ``outcome_release`` whose files become public.
        kind: ``regular`` (of the calendar), ``correction``, ``withdrawal``, or in a simulated home alone ``additional``: a second
            release of a period, of newer data.
        corrects: Release that a correction takes the place of; empty otherwise.
        reason: Why, for all but a regular release; readers see it.
        revisions: Why it is right that much of what is public changes; approvers see it.
    """

    industry: str
    release: str
    version: str
    kind: Kind = "regular"
    corrects: str = ""
    reason: str = ""
    revisions: str = ""

    def body(self, act: str, after: str = "") -> bytes:
        """The bytes that are signed for an act.

        Args:
            act: ``propose`` or ``approve``.
            after: Hash of the proposal's line of the ledger, which an approval is bound to.
        """
        facts = {key: value for key, value in vars(self).items() if value or key != "revisions"}
        return canonical_json({"act": act, "after": after, **facts})


@dataclass(frozen=True)
class Signed:
    """Who signed for an act, and how."""

    name: str
    fingerprint: str
    signature: str


@dataclass(frozen=True)
class Standing:
    """How far a proposal has come.

    Attributes:
        statement: What is proposed.
        proposer: Who proposed it.
        line: Hash of the proposal's line of the ledger.
        approvals: Who approved it, in order.
        published: Whether it was published, or the withdrawal carried out.
    """

    statement: Statement
    proposer: Signed
    line: str = ""
    approvals: tuple[Signed, ...] = ()
    published: bool = False

    @property
    def approved(self) -> bool:
        """Whether enough people approved."""
        return len(self.approvals) >= APPROVALS


def standing(lines: Sequence[Line], industry: str) -> Standing | None:
    """The last proposal of an industry, or None if there never was one."""
    found: Standing | None = None
    for line in lines:
        if line.facts.get("statement", {}).get("industry") != industry:
            continue
        statement = Statement(**line.facts["statement"])
        if line.kind == PROPOSED:
            found = Standing(statement, Signed(**line.facts["signed"]), line.hash)
        elif found is not None and found.statement == statement:
            if line.kind == APPROVED:
                found = replace(found, approvals=(*found.approvals, Signed(**line.facts["signed"])))
            elif line.kind in {RELEASED, WITHDRAWN}:
                found = replace(found, published=True)
    return found


def propose(chain: Chain, people: People, statement: Statement, person: Person, when: datetime) -> Standing:
    """Propose; the same statement once more changes nothing.

    Raises:
        SafeError: ``E_NOT_A_REVIEWER``; ``E_PROPOSED``: it was proposed before by somebody else; ``E_RELEASED``: the release
            has been public; ``E_NOT_RELEASED``: what it corrects or withdraws is not; ``E_NO_REASON``; ``E_LEDGER_BROKEN``.
    """
    with refusals_kept(chain, "propose", statement.industry, when):
        people.require(person)
        lines = chain.lines()
        found = standing(lines, statement.industry)
        _refuse_impossible(lines, statement)
        if found is not None and not found.published and found.statement == statement:
            if found.proposer.fingerprint != person.fingerprint:
                message = f"Release {statement.release} was proposed by {found.proposer.name}: approve it instead."
                raise SafeError("E_PROPOSED", message)
            return found
        signed = _sign(person, statement.body("propose"))
        line = chain.append(PROPOSED, {"statement": vars(statement), "signed": vars(signed)}, when)
        return Standing(statement, signed, line.hash)


def approve(chain: Chain, people: People, statement: Statement, person: Person, when: datetime) -> Standing:
    """Approve what is proposed; who did before is not counted twice.

    Args:
        chain: The ledger of releases.
        people: Who may.
        statement: What the approver has seen.
        person: The approver.
        when: Time of the act.

    Raises:
        SafeError: ``E_NOT_A_REVIEWER``; ``E_NOT_PROPOSED``: nothing, or something else, is proposed; ``E_SAME_PERSON``: it is
            the proposer, or somebody who approved already.
    """
    with refusals_kept(chain, "approve", statement.industry, when):
        people.require(person)
        found = _open(chain, statement)
        earlier = {found.proposer.fingerprint, *(signed.fingerprint for signed in found.approvals)}
        if person.fingerprint in earlier or person.name in {found.proposer.name, *(s.name for s in found.approvals)}:
            message = f"{person.name} has proposed or approved release {statement.release} already: it takes {APPROVALS} other people."
            raise SafeError("E_SAME_PERSON", message)
        signed = _sign(person, statement.body("approve", found.line))
        chain.append(APPROVED, {"statement": vars(statement), "signed": vars(signed)}, when)
        return replace(found, approvals=(*found.approvals, signed))


def require_approved(chain: Chain, people: People, statement: Statement, when: datetime) -> Standing:
    """The approvals of a proposal, once every signature was checked again against the people who are registered now.

    Raises:
        SafeError: ``E_NOT_PROPOSED``; ``E_NOT_APPROVED``: too few, or one is no longer good.
    """
    with refusals_kept(chain, "publish", statement.industry, when):
        found = _open(chain, statement)
        body = statement.body("approve", found.line)
        proposer = people.signer(found.proposer.name, found.proposer.signature, statement.body("propose"))
        signers = {(signed.name, people.signer(signed.name, signed.signature, body)) for signed in found.approvals}
        # Names and keys as they are registered now; what the ledger says of fingerprints is nobody's proof.
        apart = {key for name, key in signers if key and key != proposer and name != found.proposer.name}
        if not proposer or len(apart) < APPROVALS:
            message = (
                f"Release {statement.release} of {statement.industry} has {len(apart)} of {APPROVALS} approvals by people other "
                f"than its proposer: let them run `release approve {statement.industry} --release {statement.release}`."
            )
            raise SafeError("E_NOT_APPROVED", message)
        return found


@contextmanager
def refusals_kept(chain: Chain, act: str, industry: str, when: datetime) -> Iterator[None]:
    """Write every refusal of an act into the ledger, but for that of a ledger which is not whole."""
    try:
        yield
    except SafeError as error:
        if error.code != "E_LEDGER_BROKEN":
            chain.append(REFUSED, {"act": act, "industry": industry, "code": error.code}, when)
        raise


def period(day: date, calendar: str) -> str:
    """The period of the calendar that a day falls into, for example ``2026H2``."""
    months = {"monthly": 1, "quarterly": 3, "half-yearly": 6, "yearly": 12}[calendar]
    letter = {1: "M", 3: "Q", 6: "H", 12: "Y"}[months]
    return f"{day.year}{letter}{(day.month - 1) // months + 1}"


def released(lines: Sequence[Line], industry: str) -> list[Mapping[str, Any]]:
    """The releases of an industry that were published and not withdrawn, oldest first, as the ledger's facts."""
    mine = [line for line in lines if line.facts.get("statement", {}).get("industry") == industry]
    gone = {line.facts["statement"]["release"] for line in mine if line.kind == WITHDRAWN}
    return [
        {**line.facts, "when": line.when}
        for line in mine
        if line.kind == RELEASED and line.facts["statement"]["release"] not in gone
    ]


def last_released(lines: Sequence[Line], industry: str) -> str:
    """Id of the release that a correction would take the place of.

    Raises:
        SafeError: ``E_NOT_RELEASED``: there is none.
    """
    found = released(lines, industry)
    if not found:
        raise SafeError(
            "E_NOT_RELEASED", f"{industry} has no release to correct: run `release propose {industry}` instead."
        )
    return str(found[-1]["statement"]["release"])


def require_released(lines: Sequence[Line], industry: str, release: str) -> None:
    """Refuse a release that is not public.

    Raises:
        SafeError: ``E_NOT_RELEASED``.
    """
    known = [str(facts["statement"]["release"]) for facts in released(lines, industry)]
    if release not in known:
        message = f"{release} is no release of {industry} that is public; these are: {', '.join(known) or 'none'}."
        raise SafeError("E_NOT_RELEASED", message)


def refuse_off_calendar(lines: Sequence[Line], statement: Statement, calendar: str, today: date) -> None:
    """Refuse a second regular release in one period; corrections and withdrawals are always possible.

    Raises:
        SafeError: ``E_CALENDAR``.
    """
    now = period(today, calendar)
    for facts in released(lines, statement.industry):
        if (
            facts["statement"]["release"] != statement.release
            and period(date.fromisoformat(facts["when"][:10]), calendar) == now
        ):
            message = (
                f"{statement.industry} has had its release of {now} ({facts['statement']['release']}): wait for the next "
                f"period, or run `release correct {statement.industry} --reason …` if the figures were wrong or somebody opted out."
            )
            raise SafeError("E_CALENDAR", message)


def _open(chain: Chain, statement: Statement) -> Standing:
    found = standing(chain.lines(), statement.industry)
    if found is None or found.published or found.statement != statement:
        message = (
            f"What is proposed for {statement.industry} is not this (release {statement.release}, version {statement.version}): "
            f"other bytes need another proposal; `release status {statement.industry}` says what is proposed."
        )
        raise SafeError("E_NOT_PROPOSED", message)
    return found


def _refuse_impossible(lines: Sequence[Line], statement: Statement) -> None:
    """Refuse what could not be carried out, or what readers could not be told.

    Raises:
        SafeError: ``E_RELEASED``, ``E_NOT_RELEASED`` or ``E_NO_REASON``.
    """
    mine = [line for line in lines if line.facts.get("statement", {}).get("industry") == statement.industry]
    if statement.kind == "withdrawal":
        require_released(lines, statement.industry, statement.release)
    elif any(line.kind == RELEASED and line.facts["statement"]["release"] == statement.release for line in mine):
        message = (
            f"Release {statement.release} has been public already, and it is the same bytes: there is nothing to release "
            f"before figures, words or the notice change; withdraw it if it must go."
        )
        raise SafeError("E_RELEASED", message)
    if statement.kind == "correction":
        require_released(lines, statement.industry, statement.corrects)
    if statement.kind != "regular" and not statement.reason.strip():
        message = f"A release of the kind {statement.kind} needs a reason that readers can understand: give --reason."
        raise SafeError("E_NO_REASON", message)


def _sign(person: Person, body: bytes) -> Signed:
    return Signed(person.name, person.fingerprint, person.sign(body))
