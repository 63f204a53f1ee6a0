"""Learner records have what Open Badges 3.0 and CLR 2.0 ask for, and say what is not asked for as these standards do."""

import datetime
import re

import pytest

from credential_pipeline.engines.exchange.open_badges import (
    BADGE_CONTEXT,
    CREDENTIALS_CONTEXT,
    KINDS,
    RECORD_CONTEXT,
    RESULTS,
    Held,
    Organization,
    Person,
    badge,
    learner_record,
)

MADE = datetime.datetime(2026, 7, 1, 12, 30, tzinfo=datetime.UTC)
ANA = Person("L1", "ANA LÓPEZ")
HOUSE, MSSC = Organization("clearinghouse", "Education clearinghouse"), Organization("mssc", "MSSC")
SAFETY = Held(
    key="mssc|SAF",
    achievement="credential|mssc|SAF",
    kind="Certification",
    name="Safety",
    description="Safety, awarded by MSSC.",
    criteria="As the certifier requires.",
    creator=MSSC,
    since=datetime.date(2015, 3, 4),
    until=datetime.date(2020, 3, 4),
    code="SAF",
    ctid="ce-001b6240-4aad-4cf4-8e96-83b22a0e5cbe",
)
STUDY = Held(
    key="e|1",
    achievement="enrollment|1",
    kind="LearningProgram",
    name="Enrollment",
    description="Enrollment.",
    criteria="As the institution requires.",
    creator=Organization("opeid|1", "College"),
    since=datetime.date(2016, 1, 1),
    begun=datetime.date(2016, 1, 1),
    ended=datetime.date(2016, 5, 1),
    result="Enrolled",
)

#: Class to its required properties, from the standard's own list of classes, with the names of the W3C data model 2.0.
REQUIRED = {
    "ClrCredential": ("@context", "id", "type", "name", "issuer", "validFrom", "credentialSubject"),
    "ClrSubject": ("type", "verifiableCredential"),
    "OpenBadgeCredential": ("@context", "id", "type", "name", "issuer", "validFrom", "credentialSubject"),
    "AchievementSubject": ("type", "achievement"),
    "Achievement": ("id", "type", "criteria", "description", "name"),
    "Profile": ("id", "type"),
    "IdentityObject": ("type", "hashed", "identityHash", "identityType"),
    "Result": ("type",),
}
#: Class to the other properties that it may have.
OPTIONAL = {
    "ClrCredential": ("description",),
    "ClrSubject": ("identifier",),
    "OpenBadgeCredential": ("validUntil",),
    "AchievementSubject": ("identifier", "activityStartDate", "activityEndDate", "result"),
    "Achievement": ("achievementType", "creator", "humanCode"),
    "Profile": ("name",),
    "IdentityObject": (),
    "Result": ("status",),
}
IDENTITIES = {"name", "systemId"}
#: Terms of the standard's vocabularies AchievementType and ResultStatusType, as far as credentials and schooling ask for them.
TYPES = {
    *(
        "Certification",
        "Certificate",
        "CertificateOfCompletion",
        "License",
        "Badge",
        "MicroCredential",
        "LearningProgram",
        "Course",
    ),
    *("Degree", "AssociateDegree", "BachelorDegree", "MasterDegree", "DoctoralDegree", "Diploma"),
}
STATES = {"Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Provisional", "Withdrew"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
URI = re.compile(r"(urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|https://[a-z.]+/\S+)")


def _nodes(value):
    if isinstance(value, dict):
        if "type" in value:
            yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _nodes(inner)


def _type(node):
    named = [node["type"]] if isinstance(node["type"], str) else node["type"]
    return next(name for name in named if name in REQUIRED)


def check(record):
    """The rules of the standards that can be read off one document."""
    for node in _nodes(record):
        name = _type(node)
        assert set(REQUIRED[name]) <= set(node) <= {*REQUIRED[name], *OPTIONAL[name]}, name
        assert all(value not in (None, "", []) for value in node.values()), name
        assert "id" not in node or URI.fullmatch(node["id"])
        for key in ("validFrom", "validUntil", "activityStartDate", "activityEndDate"):
            assert key not in node or MOMENT.fullmatch(node[key])
        if name in {"ClrSubject", "AchievementSubject"}:
            assert node["identifier"], "a subject without an id needs an identifier"
        if name == "IdentityObject":
            assert node["identityType"] in IDENTITIES
        if name == "Achievement":
            assert node["achievementType"] in TYPES
            assert node["criteria"]["narrative"]
        if name == "Result":
            assert node["status"] in STATES


def test_a_record_has_what_the_standards_ask_for():
    record = learner_record(ANA, HOUSE, [SAFETY, STUDY], MADE)
    check(record)
    assert record["@context"] == [CREDENTIALS_CONTEXT, RECORD_CONTEXT, BADGE_CONTEXT]
    assert record["type"] == ["VerifiableCredential", "ClrCredential"]
    assert record["validFrom"] == "2026-07-01T12:30:00Z"
    badges = record["credentialSubject"]["verifiableCredential"]
    assert [one["@context"] for one in badges] == [[CREDENTIALS_CONTEXT, BADGE_CONTEXT]] * 2
    assert len({node["id"] for node in badges}) == 2


def test_every_word_is_one_of_the_standard():
    assert set(KINDS) <= TYPES
    assert set(RESULTS) <= STATES


def test_it_says_that_nobody_signed_it():
    record = learner_record(ANA, HOUSE, [SAFETY], MADE)
    assert "Unsigned" in record["description"]
    assert "proof" not in record


def test_a_credential_is_told_with_its_maker_its_days_and_its_ctid():
    made = badge(ANA, HOUSE, SAFETY)
    achievement = made["credentialSubject"]["achievement"]
    assert achievement["id"].endswith(SAFETY.ctid)
    assert (achievement["creator"]["name"], made["issuer"]["name"]) == ("MSSC", "Education clearinghouse")
    assert (made["validFrom"], made["validUntil"]) == ("2015-03-04T00:00:00Z", "2020-03-04T00:00:00Z")
    assert achievement["humanCode"] == "SAF"


def test_an_enrollment_is_an_activity_with_a_result():
    subject = badge(ANA, HOUSE, STUDY)["credentialSubject"]
    assert (subject["activityStartDate"], subject["activityEndDate"]) == (
        "2016-01-01T00:00:00Z",
        "2016-05-01T00:00:00Z",
    )
    assert subject["result"] == [{"type": ["Result"], "status": "Enrolled"}]


def test_the_same_facts_have_the_same_ids_and_another_person_has_others():
    assert badge(ANA, HOUSE, SAFETY) == badge(ANA, HOUSE, SAFETY)
    other = badge(Person("L2", "ANA LÓPEZ"), HOUSE, SAFETY)
    assert other["id"] != badge(ANA, HOUSE, SAFETY)["id"]
    assert other["credentialSubject"]["achievement"] == badge(ANA, HOUSE, SAFETY)["credentialSubject"]["achievement"]


def test_a_record_of_nothing_is_none():
    with pytest.raises(ValueError, match="at least one"):
        learner_record(ANA, HOUSE, [], MADE)
