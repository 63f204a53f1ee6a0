"""Write what a person holds as Open Badges 3.0, gathered in a Comprehensive Learner Record 2.0 (JSON-LD).

Source: 1EdTech, Open Badges 3.0 (ob_v3p0/common_credentials.lines and context-3.0.3.json of 1EdTech/openbadges-specification) and
CLR Standard 2.0. Nothing here is signed: without a proof a reader can see who says it and not that it was they who said it.
Not here: where the facts come from, and who may have the file.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

CREDENTIALS_CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"
BADGE_CONTEXT: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
RECORD_CONTEXT: Final = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
#: Words of the achievement type that are used here, out of the vocabulary of the standard.
KINDS: Final = (
    "Certification",
    "AssociateDegree",
    "BachelorDegree",
    "MasterDegree",
    "DoctoralDegree",
    "Certificate",
    "Degree",
    "LearningProgram",
)
#: Words of the status of a result that are used here.
RESULTS: Final = ("Enrolled", "OnHold", "Withdrew")
UNSIGNED: Final = "Unsigned: this record carries no proof. Ask the issuer to confirm it."

_NAMESPACE: Final = uuid.UUID("6f0c2f0e-2f5b-5d0b-9c53-5b2a8f0f4a7d")
"""Of the ids that are made from names, so that the same thing has the same id in every file."""


@dataclass(frozen=True)
class Organization:
    """Who issues, or who made what is earned.

    Attributes:
        key: What tells it from others; its id is made from it.
        name: For people.
    """

    key: str
    name: str


@dataclass(frozen=True)
class Person:
    """Whose record it is: an id in the issuer's system, and the name."""

    key: str
    name: str


@dataclass(frozen=True)
class Held:
    """One thing that a person earned or took part in.

    Attributes:
        key: What tells it from everything else that anybody holds.
        achievement: What tells the achievement, which others may have, too, from other achievements.
        kind: One of :data:`KINDS`.
        name: Title.
        description: A sentence.
        criteria: What it takes.
        creator: Who defines the achievement.
        since: Day from which it holds.
        until: Day until which it does; None if it does not end.
        code: The creator's own code; empty if it has none.
        ctid: Id in the Credential Registry; empty if it has none.
        begun: First day of an activity.
        ended: Last day of it.
        result: One of :data:`RESULTS`; empty if there is none.
    """

    key: str
    achievement: str
    kind: str
    name: str
    description: str
    criteria: str
    creator: Organization
    since: date
    until: date | None = None
    code: str = ""
    ctid: str = ""
    begun: date | None = None
    ended: date | None = None
    result: str = ""


def learner_record(person: Person, issuer: Organization, held: Sequence[Held], made: datetime) -> dict[str, Any]:
    """A Comprehensive Learner Record with a credential for each thing held, in the order given.

    Args:
        person: Whose it is.
        issuer: Who says so.
        held: At least one; a record of nothing is none.
        made: When, with its zone.
    """
    if not held:
        raise ValueError("a record needs at least one credential")
    return {
        "@context": [CREDENTIALS_CONTEXT, RECORD_CONTEXT, BADGE_CONTEXT],
        "id": _urn(f"record|{person.key}|{made.isoformat()}"),
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": "Learner record",
        "description": UNSIGNED,
        "issuer": _profile(issuer),
        "validFrom": made.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "credentialSubject": {
            "type": ["ClrSubject"],
            "identifier": _identities(person),
            "verifiableCredential": [badge(person, issuer, one) for one in held],
        },
    }


def badge(person: Person, issuer: Organization, held: Held) -> dict[str, Any]:
    """One thing held, as an Open Badge that can also stand alone."""
    subject: dict[str, Any] = {"type": ["AchievementSubject"], "identifier": _identities(person)}
    if held.begun:
        subject["activityStartDate"] = _moment(held.begun)
    if held.ended:
        subject["activityEndDate"] = _moment(held.ended)
    if held.result:
        subject["result"] = [{"type": ["Result"], "status": held.result}]
    subject["achievement"] = _achievement(held)
    made: dict[str, Any] = {
        "@context": [CREDENTIALS_CONTEXT, BADGE_CONTEXT],
        "id": _urn(f"held|{person.key}|{held.key}"),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": held.name,
        "issuer": _profile(issuer),
        "validFrom": _moment(held.since),
    }
    if held.until:
        made["validUntil"] = _moment(held.until)
    return made | {"credentialSubject": subject}


def _achievement(held: Held) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": f"https://credentialengineregistry.org/resources/{held.ctid}" if held.ctid else _urn(held.achievement),
        "type": ["Achievement"],
        "achievementType": held.kind,
        "creator": _profile(held.creator),
        "name": held.name,
        "description": held.description,
        "criteria": {"narrative": held.criteria},
    }
    return made | ({"humanCode": held.code} if held.code else {})


def _profile(one: Organization) -> dict[str, Any]:
    return {"id": _urn(f"organization|{one.key}"), "type": ["Profile"], "name": one.name}


def _identities(person: Person) -> list[dict[str, Any]]:
    """Name and id as they are: the file is the person's, who would not know the hash of a name."""
    known = (("systemId", person.key), ("name", person.name))
    return [
        {"type": "IdentityObject", "hashed": False, "identityHash": value, "identityType": kind}
        for kind, value in known
        if value
    ]


def _urn(name: str) -> str:
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, name)}"


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
