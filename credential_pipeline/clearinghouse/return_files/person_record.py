"""A person's own record: what certifiers and schools report of one learner, for that learner and nobody else.

Who opted out of sharing may have it all the same, since nothing is shared: 34 CFR 99.10 gives students the right to see their records,
and 99.31(a)(12) lets the student have them. Whether the one who asks is the person, people see to before they ask for the file.
Not here: the layout (engines/exchange/open_badges.py) and the file (assets/console/returns.py).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from credential_pipeline.clearinghouse.disclosure_record import OWN_RECORD, DisclosureRecord, Sending
from credential_pipeline.engines.exchange.open_badges import Held, Organization, Person, learner_record
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.agreements import Terms
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.storage.durable import canonical_json
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import scratch
from credential_pipeline.foundation.storage.sql import text_of

BASIS: Final = "The person's own record, 34 CFR 99.10 and 99.31(a)(12)"
SURE: Final = 0.99
"""A link to a student that is less probable than this might give one person another's schooling: it is left out, and said."""
_NEVER: Final = date(9999, 12, 31)
_RESULTS: Final = {"W": "Withdrew", "A": "OnHold", "F": "Enrolled", "Q": "Enrolled", "H": "Enrolled", "L": "Enrolled"}
_NO_LEVEL: Final = "Degree"
LEVELS: Final = {
    "certificate": "Certificate",
    "associate": "AssociateDegree",
    "bachelor": "BachelorDegree",
    "post_bachelor": "Certificate",
    "master": "MasterDegree",
    "post_master": "Certificate",
    # The standard has no word for it: a first professional degree may be a doctorate, and a bachelor's or a master's in name.
    "professional": _NO_LEVEL,
    "doctor": "DoctoralDegree",
    # As PDP files tell it, which do not say which of the two.
    "associate or certificate": _NO_LEVEL,
}
"""Level of a degree to the achievement type of the standard."""


@dataclass(frozen=True)
class OwnRecord:
    """One person's record.

    Attributes:
        learner_id: The living id, under which the person stands today.
        content: The record as JSON-LD.
        credentials: Industry credentials in it.
        schooling: Enrollments and degrees in it.
        unsure: Whether schooling was left out, since the link to the student is not sure enough.
        blocked: Whether the person opted out of sharing.
    """

    learner_id: str
    content: dict[str, Any]
    credentials: int
    schooling: int
    unsure: bool
    blocked: bool


def own_record(
    con: Connection, learner_id: str, certifiers: Sequence[Certifier], issuer: str, made: datetime
) -> OwnRecord | None:
    """Gather one person's record; None if the learner is not in these tables.

    Args:
        con: Connection with the views of ``cleaned_learners``, ``linked_records`` and ``education_registry``.
        learner_id: The learner; an id that gave way to another one is followed.
        certifiers: Of the industry, for their names and the ids of their credentials.
        issuer: Who says so, for people.
        made: When, with its zone.

    Raises:
        SafeError: ``E_EMPTY_RECORD``: the learner holds nothing that could be told.
    """
    found = con.execute(
        "SELECT p.learner_id, p.student_id, p.blocked, min(l.match_probability), arg_max(f.first_name || ' ' || f.last_name,"
        " (f.records, f.profile_id)) FROM linked_records.learners p LEFT JOIN linked_records.profile_links l USING (learner_id)"
        " LEFT JOIN cleaned_learners.profiles f USING (profile_id) WHERE p.learner_id = coalesce((SELECT learner_id FROM"
        " linked_records.learner_redirects WHERE retired_id = $learner_id), $learner_id) GROUP BY ALL",
        {"learner_id": learner_id},
    ).fetchall()
    if not found:
        return None
    living, student_id, blocked, probability, name = found[0]
    credentials = _credentials(con, living, certifiers)
    unsure = student_id is not None and (probability is None or probability < SURE)
    schooling = [] if student_id is None or unsure else _schooling(con, student_id)
    if not credentials and not schooling:
        message = "This learner was awarded nothing, and no enrollment is surely theirs: there is no record to give."
        raise SafeError("E_EMPTY_RECORD", message)
    content = learner_record(
        Person(living, name or ""), Organization("clearinghouse", issuer), [*credentials, *schooling], made
    )
    return OwnRecord(living, content, len(credentials), len(schooling), unsure, bool(blocked))


def prepare_disclosure(
    con: Connection, record: DisclosureRecord, own: OwnRecord, industry: str, issuer: str, reason: str, when: datetime
) -> str:
    """Write the line of the ledger, before the file appears; the id to complete it with.

    Args:
        con: Any connection.
        record: The ledger.
        own: What is given.
        industry: Where the learner was found.
        issuer: Who gives it.
        reason: Why, as the one who gives it says.
        when: When, with its zone.

    Raises:
        SafeError: ``E_REASON``: there is none, or it is longer than 500 letters; ``E_LEDGER_BROKEN``.
    """
    if not 1 <= len(reason.strip()) <= 500:  # noqa: PLR2004 - what an agreement's purpose may have
        raise SafeError("E_REASON", "--reason: say why the person gets the record, in 1 to 500 letters.")
    package_id = _digest({"content": own.content, "when": when.isoformat(), "reason": reason})
    terms = Terms(
        id="own-record",
        sender=issuer,
        recipient="the person",
        purpose=reason.strip(),
        signed=when.date(),
        expires=when.date(),
        destroy_by=_NEVER,
    )
    sending = Sending(
        kind=OWN_RECORD,
        package_id=package_id,
        number=1,
        industry=industry,
        terms=terms,
        recipient_key="",
        legal_basis={BASIS: ["own record"]},
        tables={"own record": (own.credentials + own.schooling, ["credentials", "enrollments", "degrees"])},
    )
    with scratch(con) as work:
        members = work.rows(
            "members", dict.fromkeys(("learner_id", "row_id"), "VARCHAR"), [(own.learner_id, own.learner_id)]
        )
        record.prepare(con, sending, str(members), when)
    return package_id


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(canonical_json(content)).hexdigest()


def _credentials(con: Connection, learner_id: str, certifiers: Sequence[Certifier]) -> list[Held]:
    known = {one.certifier: one for one in certifiers}
    rows = con.execute(text_of(__package__, "person_credentials.sql"), {"learner_id": learner_id}).fetchall()
    made = []
    for certifier, code, reported, since, until in rows:
        who = known.get(certifier)
        listed = next((one for one in who.credentials if one.code == code), None) if who else None
        title = listed.title if listed else reported or code
        made.append(
            Held(
                key=f"{certifier}|{code}",
                achievement=f"credential|{certifier}|{code}",
                kind="Certification",
                name=title,
                description=f"{title}, awarded by {who.name if who else certifier}.",
                criteria="As the certifier requires.",
                creator=Organization(certifier, who.name if who else certifier),
                since=since,
                until=until,
                code=code,
                ctid=(listed.ctid or "") if listed else "",
            )
        )
    return made


def _schooling(con: Connection, student_id: str) -> list[Held]:
    rows = con.execute(text_of(__package__, "person_schooling.sql"), {"student_id": student_id}).fetchall()
    made = []
    for kind, institution, opeid, since, until, status, title, level in rows:
        school = Organization(f"opeid|{opeid}", institution or opeid)
        enrolled = kind == "enrollment"
        name = f"Enrollment at {school.name}" if enrolled else title or "Degree"
        made.append(
            Held(
                key=f"{kind}|{opeid}|{since}|{until}|{title}",
                achievement=f"{kind}|{opeid}|{title}|{level}",
                kind="LearningProgram" if enrolled else LEVELS.get(level, _NO_LEVEL),
                name=name,
                description=f"{name}, reported by {school.name}.",
                criteria="As the institution requires.",
                creator=school,
                since=since,
                begun=since if enrolled else None,
                ended=until if enrolled else None,
                result=_RESULTS.get(status, "") if enrolled else "",
            )
        )
    return made
