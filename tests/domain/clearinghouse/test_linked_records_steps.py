"""The steps of linked_records one by one, on a few rows whose results are worked out by hand."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from credential_pipeline.clearinghouse.linked_records import diagnostics, outputs, pairs
from credential_pipeline.clearinghouse.linked_records.identities import Identities, find_identities
from credential_pipeline.clearinghouse.linked_records.learners import Learners, find_learners
from credential_pipeline.clearinghouse.linked_records.merging import merge_learners
from credential_pipeline.clearinghouse.linked_records.reviewed import Decided, RecordDecisions, of_learners, of_records
from credential_pipeline.clearinghouse.linked_records.students import (
    Sides,
    Students,
    gather,
    make_forms,
    match_exactly,
)
from credential_pipeline.engines.linkage import diagnose
from credential_pipeline.engines.linkage.blocking import Candidates
from credential_pipeline.engines.linkage.family import usual_families
from credential_pipeline.engines.linkage.fields import FIELDS, RECORD_COLUMNS, make_records
from credential_pipeline.engines.linkage.forecast import Forecast
from credential_pipeline.engines.linkage.model import shipped
from credential_pipeline.engines.linkage.sql import Here
from credential_pipeline.foundation.registry.model import Linkage
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch

KINDS = {name: "DATE" if name == "birth_date" else "VARCHAR" for name in RECORD_COLUMNS}
BORN = date(1985, 3, 7)
ANN = {"first_name": "ANN", "last_name": "CARTER", "birth_date": BORN}
LEARNER_STUDENT = {"learner": "VARCHAR", "student_id": "VARCHAR"}
BEST = LEARNER_STUDENT | {
    "match_weight": "DOUBLE",
    "match_probability": "DOUBLE",
    "share": "DOUBLE",
    "candidates": "BIGINT",
    "status": "VARCHAR",
    "decided_by": "VARCHAR",
}


@pytest.fixture
def work() -> Iterator[Scratch]:
    with connect(threads=1) as con, scratch(con) as made:
        con.execute("CREATE SCHEMA linked_records")
        yield made


def listed(work: Scratch, relation: Relation | str, columns: str = "*") -> list[tuple[Any, ...]]:
    return work.con.execute(f"SELECT {columns} FROM {relation} ORDER BY ALL").fetchall()


def put(work: Scratch, kinds: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> Relation:
    return work.rows("given", dict(kinds), [[row.get(name) for name in kinds] for row in rows])


def profiles_of(work: Scratch, **people: Mapping[str, Any]) -> Relation:
    """Profiles by their id."""
    kinds = {"profile_id": "VARCHAR", "certifier": "VARCHAR", "person_ref": "VARCHAR", **KINDS}
    return put(work, kinds, [{"certifier": "mssc", "profile_id": name, **row} for name, row in people.items()])


def decisions(
    work: Scratch,
    must: Sequence[tuple[str, str]] = (),
    cannot: Sequence[tuple[str, str]] = (),
    must_student: Sequence[tuple[str, str]] = (),
    decided: Sequence[tuple[str, str, str, str]] = (),
) -> Decided:
    two = {"left_profile": "VARCHAR", "right_profile": "VARCHAR"}
    one = {"profile_id": "VARCHAR", "student_id": "VARCHAR"}
    four = dict.fromkeys(("hop", "left_profile", "right_id", "decision"), "VARCHAR")
    return Decided(
        must=work.rows("must", two, must),
        cannot=work.rows("cannot", two, cannot),
        must_student=work.rows("must_student", one, must_student),
        cannot_student=work.rows("cannot_student", one, ()),
        decided=work.rows("decided", four, decided),
        counts={},
    )


def members_of(work: Scratch, *rows: tuple[int, str, str]) -> Relation:
    return work.rows("members", {"record": "BIGINT", "identity": "VARCHAR", "learner": "VARCHAR"}, rows)


def test_profiles_that_tell_the_same_are_one_identity_which_knows_the_most_of_each(work: Scratch) -> None:
    profiles = profiles_of(
        work,
        p2=ANN | {"middle_name": "MARIA"},
        p1=ANN | {"middle_name": "M", "sex": "F"},
        p3=ANN | {"birth_date": None},
        p4={"first_name": "BO", "last_name": "LEE", "birth_date": BORN, "sex": "F"},
        p5={"first_name": "BO", "last_name": "LEE", "birth_date": BORN, "sex": "M"},
    )
    found = find_identities(work, profiles, decisions(work))
    assert listed(work, found.of_profiles) == [("p1", "p1"), ("p2", "p1"), ("p3", "p3"), ("p4", "p4"), ("p5", "p5")]
    assert listed(work, found.known, "identity, middle_name, sex")[0] == ("p1", "MARIA", "F")
    assert len(listed(work, found.known)) == 4


@pytest.mark.parametrize(
    "said", [{"cannot": [("p1", "p2")]}, {"must_student": [("p1", "S1"), ("p2", "S2")]}], ids=["apart", "two students"]
)
def test_people_can_tear_an_identity(work: Scratch, said: dict[str, Any]) -> None:
    found = find_identities(work, profiles_of(work, p1=ANN, p2=ANN), decisions(work, **said))
    assert listed(work, found.of_profiles) == [("p1", "p1"), ("p2", "p2")]


def cluster(work: Scratch, profiles: Relation, decided: Decided) -> Learners:
    found = find_identities(work, profiles, decided)
    model = shipped("profiles")
    families = usual_families(model, list(FIELDS))
    return find_learners(work, model, Linkage(), found, decided, families=families, profiles=profiles)


def test_a_senders_person_id_joins_and_a_decision_parts(work: Scratch) -> None:
    home = {"street": "12 ELM ST", "zip": "45402", "state": "OH", "city": "DAYTON"}
    profiles = profiles_of(
        work,
        p1=ANN | home | {"person_ref": "7"},
        p2=ANN | home | {"person_ref": "7", "last_name": "ZWICK"},
        p3={"first_name": "BO", "last_name": "LEE", "birth_date": date(1960, 1, 1)},
    )
    joined = cluster(work, profiles, decisions(work))
    assert listed(work, joined.members, "identity, learner") == [("p1", "p1"), ("p2", "p1"), ("p3", "p3")]
    parted = cluster(work, profiles, decisions(work, cannot=[("p1", "p2")]))
    assert listed(work, parted.members, "identity, learner") == [("p1", "p1"), ("p2", "p2"), ("p3", "p3")]
    wanted = cluster(work, profiles, decisions(work, must=[("p1", "p3")]))
    # p2 and p3 contradict one another, and what people decided comes before what the sender says.
    assert listed(work, wanted.members, "identity, learner") == [("p1", "p1"), ("p2", "p2"), ("p3", "p1")]


def test_a_decision_outranks_a_contradiction_that_the_model_sees() -> None:
    forbidden = RecordDecisions(must=[(0, 1)], cannot=[(1, 3)]).forbidden
    import numpy as np

    none = np.empty(0, dtype=np.int64)
    assert forbidden(4, none, none, [(0, 1), (2, 3)]) == [(2, 3), (1, 3)]


def test_decisions_reach_records_and_learners(work: Scratch) -> None:
    profiles = profiles_of(work, p1=ANN, p2=ANN, p3=ANN | {"birth_date": None})
    found = find_identities(work, profiles, decisions(work))
    records = make_records(work, found.known, id_column="identity")
    said = decisions(work, must=[("p1", "p2"), ("p2", "p3")], must_student=[("p3", "S9")])
    made = of_records(work.con, said, found.of_profiles, records)
    place = dict(work.con.execute(f"SELECT id, record - 1 FROM {records}").fetchall())
    assert (made.must, made.cannot, made.students) == ([(0, 1)], [], {place["p3"]: "S9"})
    members = members_of(work, (1, "p1", "p1"), (2, "p3", "p1"))
    assert listed(work, of_learners(work, said.must_student, found.of_profiles, members)) == [("p1", "S9")]


def test_every_form_of_a_learner_is_kept_and_its_gaps_are_filled(work: Scratch) -> None:
    kinds = {"identity": "VARCHAR", **KINDS}
    known = put(
        work,
        kinds,
        [
            {"identity": "i1", **ANN, "zip": "45402"},
            {"identity": "i2", **ANN, "last_name": "JONES", "birth_date": None},
            {"identity": "i3", **ANN, "zip": None, "birth_date": None},
            {"identity": "i4", "first_name": "BO", "last_name": "LEE"},
        ],
    )
    members = members_of(work, (1, "i1", "i1"), (2, "i2", "i1"), (3, "i3", "i1"), (4, "i4", "i4"))
    forms = make_forms(work, known, members)
    # i1 and i3 are the same once the gaps of i3 are filled.
    assert listed(work, forms, "form, learner, last_name, birth_date, zip") == [
        ("i1", "i1", "CARTER", BORN, "45402"),
        ("i2", "i1", "JONES", BORN, "45402"),
        ("i4", "i4", "LEE", None, None),
    ]


def sides_of(work: Scratch, forms: Sequence[Mapping[str, Any]], students: Sequence[Mapping[str, Any]]) -> Sides:
    given = put(work, {"form": "VARCHAR", "learner": "VARCHAR", **KINDS}, forms)
    registry = put(work, {"student_id": "VARCHAR", **KINDS}, students)
    return Sides(
        given,
        make_records(work, given, id_column="form"),
        make_records(work, registry, id_column="student_id"),
    )


@pytest.mark.parametrize(
    ("students", "expected"),
    [
        ([ANN], [("l1", "S0")]),
        ([ANN, ANN], []),
        ([ANN | {"sex": "M"}], []),
        ([ANN | {"middle_name": "MARIA"}], [("l1", "S0")]),
        ([ANN | {"middle_name": "ZOE"}], []),
    ],
    ids=["one", "two of the name", "other sex", "initial", "other initial"],
)
def test_one_student_of_the_name_and_birth_date_is_the_learner(work: Scratch, students, expected) -> None:
    others = [{"first_name": f"F{i}", "last_name": f"L{i}", "birth_date": BORN} for i in range(50)]
    rows = [{"student_id": f"S{i}", **row} for i, row in enumerate([*students, *others])]
    sides = sides_of(work, [{"form": "f1", "learner": "l1", **ANN, "sex": "F", "middle_name": "M"}], rows)
    nobody = work.rows("cannot", LEARNER_STUDENT, ())
    made = match_exactly(Here(work), sides, nobody)
    assert listed(work, made, "learner, student_id") == expected


def test_a_student_whom_people_ruled_out_is_no_exact_match(work: Scratch) -> None:
    sides = sides_of(work, [{"form": "f1", "learner": "l1", **ANN}], [{"student_id": "S0", **ANN}])
    cannot = work.rows("cannot", LEARNER_STUDENT, [("l1", "S0")])
    assert listed(work, match_exactly(Here(work), sides, cannot)) == []


def test_the_stronger_form_speaks_for_a_learner_and_people_rule_out(work: Scratch) -> None:
    kinds = LEARNER_STUDENT | {"form": "VARCHAR", "match_weight": "DOUBLE"}
    rows = [("l1", "S1", "f1", 9.0), ("l1", "S1", "f2", 4.0), ("l1", "S3", "f1", 6.0), ("l2", "S1", "f3", 8.0)]
    scored = work.rows("scored", kinds, rows)
    cannot = work.rows("cannot", LEARNER_STUDENT, [("l2", "S1")])
    assert listed(work, gather(Here(work), scored, cannot)) == [("l1", "S1", 9.0), ("l1", "S3", 6.0)]


def best_of(work: Scratch, *rows: tuple[str, str, float, str, str]) -> Relation:
    """learner, student_id, match_weight, status, decided_by."""
    return work.rows("best", BEST, [(a, b, w, 0.9, 0.9, 1, status, by) for a, b, w, status, by in rows])


def merged_of(work: Scratch, people: Mapping[str, Mapping[str, Any]], best: Relation, said: Decided):
    known = put(work, {"identity": "VARCHAR", **KINDS}, [{"identity": name, **row} for name, row in people.items()])
    records = make_records(work, known, id_column="identity")
    members = work.table("members", f"SELECT record, id AS identity, id AS learner FROM {records}")
    none = work.rows("none", {"left_record": "BIGINT", "right_record": "BIGINT", "match_weight": "DOUBLE"}, ())
    learners = Learners(records, members, ("name", "birth_date"), Candidates(none, Forecast(())), none)
    own = work.table("own", f"SELECT identity AS profile_id, identity FROM {known}")
    model = shipped("profiles")
    return merge_learners(work, model, usual_families(model, ("name", "birth_date")), learners, best, said, own)


def test_learners_of_one_student_are_one_person_unless_they_are_hardly_one(work: Scratch) -> None:
    people = {
        "a": ANN,
        "b": ANN | {"last_name": "CARTRE"},
        "c": {"first_name": "ZOE", "last_name": "LEE", "birth_date": date(1950, 1, 2)},
        "d": ANN,
    }
    best = best_of(
        work,
        ("a", "S1", 20.0, "linked", "model"),
        ("b", "S1", 18.0, "linked", "model"),
        ("c", "S1", 9.0, "linked", "model"),
        ("d", "S2", 9.0, "ambiguous", "model"),
    )
    made = merged_of(work, people, best, decisions(work))
    assert listed(work, made.persons) == [("a", "a"), ("b", "a"), ("c", "c"), ("d", "d")]
    assert listed(work, made.best, "learner, status") == [
        ("a", "linked"),
        ("b", "linked"),
        ("c", "ambiguous"),
        ("d", "ambiguous"),
    ]


def test_two_learners_whom_people_parted_do_not_share_a_student(work: Scratch) -> None:
    best = best_of(work, ("a", "S1", 20.0, "linked", "model"), ("b", "S1", 30.0, "linked", "model"))
    made = merged_of(work, {"a": ANN, "b": ANN}, best, decisions(work, cannot=[("a", "b")]))
    assert listed(work, made.best, "learner, status") == [("a", "ambiguous"), ("b", "linked")]
    assert listed(work, made.persons) == [("a", "a"), ("b", "b")]


def test_nobody_shares_a_student_and_nothing_changes(work: Scratch) -> None:
    best = best_of(work, ("a", "S1", 20.0, "linked", "exact"))
    made = merged_of(work, {"a": ANN}, best, decisions(work))
    assert listed(work, made.best) == listed(work, best)


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
    assert listed(work, people, "learner_id, student_id, status, blocked, decided_by") == [
        ("L1", "S1", "linked", False, "model"),
        ("L3", "S3", "blocked", True, "exact"),
        ("L4", "S4", "blocked", True, "review"),
        ("L5", None, "unlinked", False, None),
    ]
    outputs.write_links(work.con, people, placed, credentials)
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
    best = work.rows("best", BEST, [("a", "S1", 3.0, 0.4, 0.8, 2, "ambiguous", "model")])
    kinds = LEARNER_STUDENT | {"form": "VARCHAR", "match_weight": "DOUBLE"}
    found = work.rows(
        "found", kinds, [("a", "S1", "a", 3.0), ("a", "S2", "a", -3.0), ("a", "S3", "a", -9.0), ("a", "S4", "a", 2.0)]
    )
    candidates = work.table("candidates", f"SELECT * FROM {found} WHERE student_id <> 'S4'")
    exact = work.rows("exact", kinds, ())
    sides = Sides(records, records, records)
    students = Students(sides, Candidates(scored, Forecast(())), found, candidates, exact, best)
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


def test_identities_are_values_and_hold_their_columns(work: Scratch) -> None:
    made = find_identities(work, profiles_of(work, p1=ANN), decisions(work))
    assert made.of_profiles.columns == ("profile_id", "identity")
    assert made.known.columns == ("identity", *RECORD_COLUMNS)
    with pytest.raises(ValueError, match="lacks learner"):
        Identities(made.of_profiles.needs("identity"), made.known.needs("learner"))
