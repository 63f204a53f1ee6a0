"""Whether a student who is somebody already is another left record, too, by how often that happens in the data."""

from collections.abc import Sequence

import pytest

from credential_pipeline.engines.linkage.claims import weigh_claims
from credential_pipeline.engines.linkage.sql import Here
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import scratch

PAIRS = {"l": "VARCHAR", "r": "VARCHAR", "match_weight": "DOUBLE"}


def claimed(forms_each: int, *, shuffled: bool = False, settled: Sequence[tuple[str, str]] = ()) -> dict[str, float]:
    """400 of 1,000 students are surely met, each known in so many ways; ``twin`` is like one of them, ``alone`` like another one."""
    rows = [(f"a{i:03d}", f"S{i:03d}", 30.0) for i in range(400)]
    rows += [("twin", "S007", 2.0), ("alone", "S900", 2.0)]
    forms = [(left,) for left, _, _ in rows for _ in range(forms_each)]
    with connect(threads=1) as con, scratch(con) as work:
        pairs = work.rows("pairs", PAIRS, rows[::-1] if shuffled else rows)
        known = work.rows("known", {"l": "VARCHAR"}, forms)
        said = work.rows("settled", {"l": "VARCHAR", "r": "VARCHAR"}, settled)
        made = weigh_claims(Here(work), pairs, known, said, left="l", right="r", right_rows=1000)
        return dict(con.execute(f"SELECT l, match_weight FROM {made}").fetchall())


def test_where_nobody_has_two_records_who_is_like_a_student_that_is_taken_is_a_twin() -> None:
    weights = claimed(forms_each=1)
    assert weights["twin"] < 0.0
    assert weights["alone"] == pytest.approx(2.0)
    assert weights["a007"] == pytest.approx(30.0)


def test_where_people_have_several_records_a_claim_says_nothing() -> None:
    assert claimed(forms_each=2)["twin"] == pytest.approx(2.0)


def test_the_order_of_pairs_changes_no_weight() -> None:
    assert claimed(forms_each=1) == claimed(forms_each=1, shuffled=True)


def test_what_people_decided_is_the_claim_whatever_the_weights_say() -> None:
    """The learner that is most like S007 is another student; and ``twin`` is S007, so that the other one is not."""
    elsewhere = claimed(forms_each=1, settled=[("a007", "S950")])
    assert elsewhere["twin"] == pytest.approx(2.0)
    named = claimed(forms_each=1, settled=[("twin", "S007")])
    assert named["twin"] == pytest.approx(2.0)
    assert named["a007"] < 30.0
