"""Steps of linked_records from profiles to learners: identities, decisions of people, and the forms of a learner.

On a few rows whose results are worked out by hand.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from credential_pipeline.clearinghouse.linked_records.identities import Identities, find_identities
from credential_pipeline.clearinghouse.linked_records.learners import Learners, find_learners
from credential_pipeline.clearinghouse.linked_records.reviewed import Decided, RecordDecisions, of_learners, of_records
from credential_pipeline.clearinghouse.linked_records.students import make_forms
from credential_pipeline.engines.linkage.family import usual_families
from credential_pipeline.engines.linkage.fields import FIELDS, RECORD_COLUMNS, make_records
from credential_pipeline.engines.linkage.model import shipped
from credential_pipeline.foundation.registry.model import Linkage
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from tests.domain.clearinghouse.linked_steps_world import (
    ANN,
    BORN,
    KINDS,
    decisions,
    listed,
    members_of,
    profiles_of,
    put,
    workplace,
)


@pytest.fixture
def work() -> Iterator[Scratch]:
    with workplace() as made:
        yield made


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


def test_identities_are_values_and_hold_their_columns(work: Scratch) -> None:
    made = find_identities(work, profiles_of(work, p1=ANN), decisions(work))
    assert made.of_profiles.columns == ("profile_id", "identity")
    assert made.known.columns == ("identity", *RECORD_COLUMNS)
    with pytest.raises(ValueError, match="lacks learner"):
        Identities(made.of_profiles.needs("identity"), made.known.needs("learner"))
