"""Steps of linked_records from learners to students: exact matches, the best student, learners of one student.

On a few rows whose results are worked out by hand.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from credential_pipeline.clearinghouse.linked_records.learners import Learners
from credential_pipeline.clearinghouse.linked_records.merging import merge_learners
from credential_pipeline.clearinghouse.linked_records.reviewed import Decided
from credential_pipeline.clearinghouse.linked_records.students import Sides, gather, match_exactly
from credential_pipeline.engines.linkage.blocking import Candidates
from credential_pipeline.engines.linkage.family import usual_families
from credential_pipeline.engines.linkage.fields import make_records
from credential_pipeline.engines.linkage.forecast import Forecast
from credential_pipeline.engines.linkage.model import shipped
from credential_pipeline.engines.linkage.sql import Here
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from tests.domain.clearinghouse.linked_steps_world import (
    ANN,
    BEST,
    BORN,
    KINDS,
    LEARNER_STUDENT,
    best_of,
    decisions,
    listed,
    put,
    workplace,
)


@pytest.fixture
def work() -> Iterator[Scratch]:
    with workplace() as made:
        yield made


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


@pytest.mark.parametrize(("weight", "status"), [(30.0, "linked"), (2.0, "ambiguous")])
def test_a_learner_that_is_surely_the_student_does_not_give_way(work: Scratch, weight: float, status: str) -> None:
    """Two rows of one person, each with an error elsewhere, are less like one another than like the student."""
    people = {"a": ANN | {"last_name": "CARTWELL"}, "b": ANN | {"last_name": "ZWICK", "birth_date": date(1991, 11, 2)}}
    rows = [("a", 31.0, 1.0), ("b", weight, round(1 / (1 + 2**-weight), 6))]
    best = work.rows("best", BEST, [(who, "S1", w, p, 1, "linked", "model") for who, w, p in rows])
    made = merged_of(work, people, best, decisions(work))
    assert listed(work, made.best, "learner, status") == [("a", "linked"), ("b", status)]


def test_who_may_be_another_student_as_well_gives_way_to_who_may_not(work: Scratch) -> None:
    """The daughter's row with her guardian's date is like both; the guardian's own row is like the guardian alone."""
    people = {"a": ANN | {"last_name": "CARTWELL"}, "b": ANN | {"last_name": "ZWICK", "birth_date": date(1991, 11, 2)}}
    best = work.rows(
        "best",
        BEST,
        [("a", "S1", 7.0, 0.99, 1, "linked", "model"), ("b", "S1", 8.0, 0.56, 2, "linked", "model")],
    )
    made = merged_of(work, people, best, decisions(work))
    assert listed(work, made.best, "learner, status") == [("a", "linked"), ("b", "ambiguous")]


def test_two_learners_whom_people_parted_do_not_share_a_student(work: Scratch) -> None:
    best = best_of(work, ("a", "S1", 20.0, "linked", "model"), ("b", "S1", 30.0, "linked", "model"))
    made = merged_of(work, {"a": ANN, "b": ANN}, best, decisions(work, cannot=[("a", "b")]))
    assert listed(work, made.best, "learner, status") == [("a", "ambiguous"), ("b", "linked")]
    assert listed(work, made.persons) == [("a", "a"), ("b", "b")]


def test_nobody_shares_a_student_and_nothing_changes(work: Scratch) -> None:
    best = best_of(work, ("a", "S1", 20.0, "linked", "exact"))
    made = merged_of(work, {"a": ANN}, best, decisions(work))
    assert listed(work, made.best) == listed(work, best)
