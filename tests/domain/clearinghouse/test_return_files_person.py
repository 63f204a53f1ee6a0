"""A person's own record: everything that is theirs and nothing that may be somebody else's; on record before it is given."""

import datetime
import json

import pandas as pd
import pytest

from credential_pipeline.clearinghouse import education_registry
from credential_pipeline.clearinghouse.disclosure_record import DisclosureRecord
from credential_pipeline.clearinghouse.return_files.person_record import BASIS, LEVELS, own_record, prepare_disclosure
from credential_pipeline.foundation.categories import SPELLINGS
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.sql import text_of
from tests.domain.clearinghouse.return_files_views_world import fill
from tests.domain.engines.test_open_badges import TYPES, check

WHEN = datetime.datetime(2026, 7, 1, 12, tzinfo=datetime.UTC)
DAY = datetime.date
CERTIFIERS = load_registry().certifiers_of("manufacturing")


def _event(record, learner, code, event, day, expires=None, result=None):
    return {
        "certifier": "mssc",
        "record_id": record,
        "profile_id": f"P-{learner}",
        "credential_code": code,
        "event": event,
        "result": result,
        "event_date": day,
        "expiration_date": expires,
        "learner_id": learner,
    }


EVENTS = pd.DataFrame(
    [
        _event("1", "L1", "CPT-SAF", "attempt", DAY(2015, 1, 1), result="fail"),
        _event("2", "L1", "CPT-SAF", "award", DAY(2015, 2, 1), DAY(2020, 2, 1)),
        _event("3", "L1", "CPT-SAF", "renewal", DAY(2019, 12, 1), DAY(2025, 2, 1)),
        _event("4", "L1", "CPT-QPM", "award", DAY(2016, 2, 1), DAY(2021, 2, 1)),
        _event("5", "L1", "CPT-QPM", "revocation", DAY(2018, 6, 1)),
        _event("6", "L1", "OLD", "attempt", DAY(2014, 6, 1), result="fail"),
        _event("7", "L2", "CPT-SAF", "award", DAY(2015, 2, 1)),
        _event("8", "L3", "CPT-SAF", "attempt", DAY(2015, 2, 1), result="fail"),
    ]
)


@pytest.fixture
def con():
    with connect(threads=1) as con:
        links = EVENTS[["certifier", "record_id", "learner_id"]]
        learners = pd.DataFrame(
            {"learner_id": ["L1", "L2", "L3"], "student_id": ["S1", "S2", None], "blocked": [True, False, False]}
        )
        profiles = pd.DataFrame(
            {
                "profile_id": ["P-L1", "P-L2", "P-L3"],
                "first_name": ["ANA", "BO", "CY"],
                "last_name": ["LÓPEZ", "NG", "FOX"],
                "records": 1,
            }
        )
        joined = pd.DataFrame(
            {
                "profile_id": ["P-L1", "P-L2", "P-L3"],
                "learner_id": ["L1", "L2", "L3"],
                "match_probability": [0.999, 0.7, None],
            }
        )
        enrollments = pd.DataFrame(
            {
                "student_id": ["S1", "S2"],
                "opeid": "01349500",
                "institution": "College",
                "begin_date": DAY(2016, 9, 1),
                "end_date": DAY(2017, 5, 1),
                "status": ["W", "F"],
            }
        )
        degrees = pd.DataFrame(
            {
                "student_id": ["S1"],
                "opeid": "01349500",
                "institution": "College",
                "degree_date": [DAY(2018, 5, 1)],
                "degree_title": ["Associate of Arts"],
                "degree_level": ["associate"],
            }
        )
        fill(
            con,
            {
                "cleaned_learners.credentials": EVENTS.drop(columns="learner_id"),
                "cleaned_learners.profiles": profiles,
                "linked_records.links": links,
                "linked_records.learners": learners,
                "linked_records.profile_links": joined,
                "linked_records.learner_redirects": pd.DataFrame({"retired_id": ["L0"], "learner_id": ["L1"]}),
                "education_registry.enrollments": enrollments,
                "education_registry.degrees": degrees,
            },
        )
        yield con


def _own(con, learner_id):
    return own_record(con, learner_id, CERTIFIERS, "Education clearinghouse", WHEN)


def _badges(own):
    return {one["name"]: one for one in own.content["credentialSubject"]["verifiableCredential"]}


def test_a_record_is_whole_and_as_the_standards_ask(con):
    own = _own(con, "L1")
    check(own.content)
    badges = _badges(own)
    assert list(badges) == [
        "Safety",
        "Quality Practices and Measurement",
        "Associate of Arts",
        "Enrollment at College",
    ]
    assert (own.credentials, own.schooling, own.unsure) == (2, 2, False)
    assert badges["Safety"]["validUntil"] == "2025-02-01T00:00:00Z", "renewed"
    assert badges["Quality Practices and Measurement"]["validUntil"] == "2018-06-01T00:00:00Z", "revoked"
    assert badges["Associate of Arts"]["credentialSubject"]["achievement"]["achievementType"] == "AssociateDegree"
    assert badges["Enrollment at College"]["credentialSubject"]["result"][0]["status"] == "Withdrew"
    assert "OLD" not in json.dumps(own.content), "what was not passed is no credential"
    assert {"ANA LÓPEZ", "L1"} == {one["identityHash"] for one in own.content["credentialSubject"]["identifier"]}


def test_every_level_of_a_degree_has_a_word_of_the_standard():
    of_pdp_files = "associate or certificate"
    assert f"'{of_pdp_files}'" in text_of(education_registry.__name__, "pdp_degrees.sql")
    assert set(LEVELS) == {*SPELLINGS["degree_level"].values(), of_pdp_files}
    assert set(LEVELS.values()) <= TYPES


@pytest.mark.parametrize(
    ("level", "word"),
    [("doctor", "DoctoralDegree"), ("post_master", "Certificate"), ("professional", "Degree"), (None, "Degree")],
)
def test_a_degree_is_called_by_its_level(con, level, word):
    con.execute("UPDATE education_registry.degrees SET degree_level = ?", [level])
    badge = _badges(_own(con, "L1"))["Associate of Arts"]
    assert badge["credentialSubject"]["achievement"]["achievementType"] == word


def test_who_opted_out_may_have_the_own_record(con):
    assert _own(con, "L1").blocked
    assert not _own(con, "L2").blocked


def test_schooling_that_may_be_anothers_is_left_out(con):
    own = _own(con, "L2")
    assert own.unsure
    assert own.schooling == 0
    assert "College" not in json.dumps(own.content)


def test_an_id_that_gave_way_is_followed_and_an_unknown_one_is_nobody(con):
    assert _own(con, "L0").learner_id == "L1"
    assert _own(con, "L9") is None


def test_nothing_held_is_no_record(con):
    with pytest.raises(SafeError) as refused:
        _own(con, "L3")
    assert refused.value.code == "E_EMPTY_RECORD"


def test_the_ledger_says_who_got_what_and_why(con, tmp_path):
    record, own = DisclosureRecord(tmp_path), _own(con, "L1")
    package_id = prepare_disclosure(con, record, own, "manufacturing", "House", "Asked in person", WHEN)
    record.complete(package_id, WHEN)
    (line,) = record.who_received(con, "L1")
    assert (line.facts["purpose"], line.facts["recipient"]) == ("Asked in person", "the person")
    assert list(line.facts["legal_basis"]) == [BASIS]
    assert record.who_received(con, "L2") == []
    assert record.unfinished() == []
    assert "LÓPEZ" not in record.path.read_text(), "the ledger holds no name"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_without_a_reason_nothing_is_given(con, tmp_path, reason):
    with pytest.raises(SafeError) as refused:
        prepare_disclosure(con, DisclosureRecord(tmp_path), _own(con, "L1"), "manufacturing", "House", reason, WHEN)
    assert refused.value.code == "E_REASON"
    assert not (tmp_path / "disclosures").exists()
