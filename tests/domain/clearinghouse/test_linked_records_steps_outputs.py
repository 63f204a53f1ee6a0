"""Steps of linked_records that write tables: rows, people and links, pairs and the queue, figures on who is linked.

On a few rows whose results are worked out by hand.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from credential_pipeline.clearinghouse.linked_records import diagnostics, outputs, pairs
from credential_pipeline.clearinghouse.linked_records.learners import Learners
from credential_pipeline.clearinghouse.linked_records.students import Sides, Students
from credential_pipeline.engines.linkage import diagnose
from credential_pipeline.engines.linkage.blocking import Candidates
from credential_pipeline.engines.linkage.forecast import Forecast
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from tests.domain.clearinghouse.linked_steps_world import (
    ANN,
    BEST,
    BORN,
    LEARNER_STUDENT,
    best_of,
    decisions,
    listed,
    members_of,
    profiles_of,
    workplace,
)


@pytest.fixture
def work() -> Iterator[Scratch]:
    with workplace() as made:
        yield made


CREDENTIALS = {
    "certifier": "VARCHAR",
    "record_id": "VARCHAR",
    "profile_id": "VARCHAR",
    "event": "VARCHAR",
    "event_date": "DATE",
    "blocked": "BOOLEAN",
}


def test_rows_people_and_tables_of_links(work: Scratch) -> None:
    credentials = work.rows(
        "credentials",
        CREDENTIALS,
        [
            ("mssc", "r1", "p1", "award", date(2012, 5, 1), False),
            ("nims", "r2", "p2", "attempt", date(2011, 5, 1), False),
            ("mssc", "r3", "p3", "award", date(2013, 5, 1), True),
            ("mssc", "r4", "p4", "award", date(2013, 6, 1), False),
        ],
    )
    of_profiles = work.rows(
        "identities",
        {"profile_id": "VARCHAR", "identity": "VARCHAR"},
        [(name, name) for name in ("p1", "p2", "p3", "p4", "p5")],
    )
    members = members_of(work, *((i, f"p{i}", f"p{i}") for i in range(1, 6)))
    persons = work.rows(
        "persons",
        {"learner": "VARCHAR", "person": "VARCHAR"},
        [("p1", "p1"), ("p2", "p1"), ("p3", "p3"), ("p4", "p4"), ("p5", "p5")],
    )
    placed = outputs.place_profiles(work, of_profiles, members, persons)
    rows = outputs.place_rows(work, placed, profiles_of(work, **{f"p{i}": {} for i in range(1, 6)}), credentials)
    assert listed(work, rows) == [
        ("mssc", "p5", "p5"),
        ("mssc", "r1", "p1"),
        ("mssc", "r3", "p3"),
        ("mssc", "r4", "p4"),
        ("nims", "r2", "p1"),
    ]
    best = best_of(
        work,
        ("p1", "S1", 20.0, "linked", "model"),
        ("p2", "S2", 30.0, "ambiguous", "model"),
        ("p3", "S3", 9.0, "linked", "exact"),
        ("p4", "S4", 9.0, "linked", "review"),
    )
    ids = work.rows("ids", {"person": "VARCHAR", "learner_id": "VARCHAR"}, [(f"p{i}", f"L{i}") for i in (1, 3, 4, 5)])
    blocked = work.rows("blocked", {"person": "VARCHAR"}, [("p3",), ("p4",)])
    people = outputs.describe_people(work, profile_persons=placed, blocked=blocked, merged=persons, best=best, ids=ids)
    # The linked student of p1 counts before the heavier, undecided one of p2; a wish blocks; p5 met nobody.
    assert listed(work, people, "learner_id, student_id, status, blocked") == [
        ("L1", "S1", "linked", False),
        ("L3", "S3", "blocked", True),
        ("L4", "S4", "blocked", True),
        ("L5", None, "unlinked", False),
    ]
    outputs.write_links(work.con, people, placed, best, credentials)
    assert listed(work, "linked_records.links", "record_id, learner_id, decided_by") == [
        ("r1", "L1", "model"),
        ("r2", "L1", "model"),
        ("r3", "L3", "exact"),
        ("r4", "L4", "review"),
    ]
    assert listed(work, "linked_records.learners", "learner_id, certifiers, credentials, first_award_date") == [
        ("L1", "mssc,nims", 1, date(2012, 5, 1)),
        ("L3", "mssc", 1, date(2013, 5, 1)),
        ("L4", "mssc", 1, date(2013, 6, 1)),
        ("L5", None, 0, None),
    ]


def test_each_of_several_learners_of_one_student_tells_its_own_probability(work: Scratch) -> None:
    rows = [("mssc", f"r{i}", f"p{i}", "award", date(2012, 5, i), False) for i in (1, 2)]
    credentials = work.rows("credentials", CREDENTIALS, rows)
    pair = {"learner": "VARCHAR", "person": "VARCHAR"}
    persons = work.rows("persons", pair, [("p1", "p1"), ("p2", "p1")])
    members = members_of(work, (1, "p1", "p1"), (2, "p2", "p2"))
    of_profiles = work.rows(
        "identities", {"profile_id": "VARCHAR", "identity": "VARCHAR"}, [("p1", "p1"), ("p2", "p2")]
    )
    placed = outputs.place_profiles(work, of_profiles, members, persons)
    best = work.rows(
        "best",
        BEST,
        [("p1", "S1", 20.0, 0.999999, 1, "linked", "exact"), ("p2", "S1", 3.0, 0.9, 1, "linked", "model")],
    )
    ids = work.rows("ids", {"person": "VARCHAR", "learner_id": "VARCHAR"}, [("p1", "L1")])
    nobody = work.rows("blocked", {"person": "VARCHAR"}, ())
    people = outputs.describe_people(work, profile_persons=placed, blocked=nobody, merged=persons, best=best, ids=ids)
    outputs.write_links(work.con, people, placed, best, credentials)
    assert listed(work, "linked_records.links", "record_id, learner_id, student_id, match_probability, decided_by") == [
        ("r1", "L1", "S1", 0.999999, "exact"),
        ("r2", "L1", "S1", 0.9, "model"),
    ]


def test_pairs_are_kept_with_what_people_said_and_those_near_the_threshold_are_queued(work: Scratch) -> None:
    members = members_of(work, (1, "a", "a"), (2, "b", "b"), (3, "c", "c"), (4, "d", "d"))
    of_profiles = work.rows(
        "identities",
        {"profile_id": "VARCHAR", "identity": "VARCHAR"},
        [("a", "a"), ("a2", "a"), ("b", "b"), ("c", "c"), ("d", "d")],
    )
    records = work.rows("records", {"record": "BIGINT"}, ())
    weights = {"left_record": "BIGINT", "right_record": "BIGINT", "match_weight": "DOUBLE"}
    scored = work.rows("scored", weights, [(1, 2, 1.0), (1, 3, -30.0), (2, 3, -2.0), (1, 4, 1.0)])
    learners = Learners(records, members, (), Candidates(scored, Forecast(())), scored)
    best = work.rows("best", BEST, [("a", "S1", 3.0, 0.4, 2, "ambiguous", "model")])
    kinds = LEARNER_STUDENT | {"form": "VARCHAR", "match_weight": "DOUBLE"}
    found = work.rows(
        "found", kinds, [("a", "S1", "a", 3.0), ("a", "S2", "a", -3.0), ("a", "S3", "a", -9.0), ("a", "S4", "a", 2.0)]
    )
    candidates = work.table("candidates", f"SELECT * FROM {found} WHERE student_id <> 'S4'")
    sides = Sides(records, records, records)
    students = Students(sides, Candidates(scored, Forecast(())), found, candidates, best)
    persons = work.rows("persons", {"learner": "VARCHAR", "person": "VARCHAR"}, [(x, x) for x in "abcd"])
    from credential_pipeline.clearinghouse.linked_records.merging import Merged

    said = decisions(work, decided=[("learner", "a2", "d", "no_match")])
    made = pairs.gather_pairs(work, of_profiles, learners, students, Merged(best, persons), said)
    assert listed(work, made, "hop, left_id, right_id, match_weight, linked, reviewed") == [
        ("learner", "a", "a2", None, True, None),
        ("learner", "a", "b", 1.0, False, None),
        ("learner", "a", "d", 1.0, False, "no_match"),
        ("learner", "b", "c", -2.0, False, None),
        ("student", "a", "S1", 3.0, False, None),
        ("student", "a", "S2", -3.0, False, None),
        ("student", "a", "S3", -9.0, False, None),
        ("student", "a", "S4", 2.0, False, None),
    ]
    pairs.write_pairs(work.con, made)
    pairs.write_queue(work.con, made, best, candidates, 0.5)
    assert listed(work, "linked_records.review_queue", "hop, left_id, right_id, match_probability, reason") == [
        ("learner", "a", "b", 0.666667, "between_thresholds"),
        ("student", "a", "S1", 0.888889, "several_candidates"),
        ("student", "a", "S2", 0.111111, "several_candidates"),
    ]


KNOWN = {
    "learner": "BIGINT",
    "certifier": "VARCHAR",
    "first_name": "VARCHAR",
    "last_name": "VARCHAR",
    "sex": "VARCHAR",
    "birth_date": "DATE",
    "address": "BOOLEAN",
    "last_four": "BOOLEAN",
    "status": "VARCHAR",
    "p": "DECIMAL(9, 6)",
    "has_student": "BOOLEAN",
    "decided_by": "VARCHAR",
}


def known_of(work: Scratch) -> Relation:
    return work.rows(
        "known",
        KNOWN,
        [
            (1, "mssc", "ANN", "CARTER", "F", BORN, True, False, "linked", 0.9, True, "model"),
            (1, "nims", "ANN", "CARTER", "M", None, False, False, "linked", 0.9, True, "model"),
            (2, "mssc", None, "LEE", "M", BORN, True, False, "unlinked", 0.25, False, "none"),
            (3, "mssc", "BO", "LEE", None, None, False, False, "unlinked", 0.0, False, "none"),
            (4, "nims", "XX", "LEE", None, None, False, True, "blocked", 0.75, True, "block"),
        ],
    )


def figures(work: Scratch, metric: str) -> list[tuple[Any, ...]]:
    query = f"SELECT dimension, level, value, n FROM {diagnostics.TARGET} WHERE metric = ? ORDER BY ALL"
    return work.con.execute(query, [metric]).fetchall()


def test_learners_are_counted_once_by_what_is_known_of_them(work: Scratch) -> None:
    diagnose.start(work.con, diagnostics.TARGET)
    diagnostics.add_group_rates(work, known_of(work))
    linked = figures(work, "share_linked")
    assert ("all", "all", 0.25, 1) in linked
    # The profiles of the linked learner contradict one another in the sex.
    assert ("sex", "unknown", 0.333333, 1) in linked
    assert ("birth_decade", "1980", 0.5, 1) in linked
    assert ("fields", "name+birth_date+address", 0.5, 1) in linked
    assert ("certifier", "nims", 0.5, 1) in linked
    assert ("all", "all", 0.35, 2) in figures(work, "expected_false")
    assert ("all", "all", 0.25, 2) in figures(work, "expected_missed")


def test_profiles_that_say_too_little_are_counted_by_reason(work: Scratch) -> None:
    diagnose.start(work.con, diagnostics.TARGET)
    diagnostics.add_unlinkable(work.con, known_of(work))
    assert figures(work, "unlinkable") == [
        ("name_only", "mssc", 0.0, 1),
        ("name_only", "nims", 1.0, 1),
        ("no_first_name", "mssc", 0.0, 1),
        ("placeholder_name", "nims", 1.0, 1),
    ]
    assert figures(work, "profiles") == [("certifier", "mssc", 3.0, 3), ("certifier", "nims", 2.0, 2)]


def test_declared_fields_are_measured_where_they_are_declared(work: Scratch) -> None:
    profiles = profiles_of(work, p1=ANN | {"zip": "45402"}, p2=ANN, p3=ANN | {"certifier": "nims"})
    diagnose.start(work.con, diagnostics.TARGET)
    diagnostics.add_declared(work.con, profiles, {"mssc": ["zip", "credential_code"], "nims": ["first_name"]})
    assert figures(work, "declared_field") == [("mssc", "zip", 0.5, 2), ("nims", "first_name", 1.0, 1)]
    diagnostics.add_declared(work.con, profiles, {"mssc": ["credential_code"]})
    assert len(figures(work, "declared_field")) == 2
