"""What people decide holds: over the model, over the exact match, and over contradictions; and only while its rows are there."""

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from credential_pipeline.clearinghouse.clerical_review.decisions import Decision
from credential_pipeline.clearinghouse.clerical_review.estimate import Estimated
from credential_pipeline.clearinghouse.clerical_review.reviews import Review
from credential_pipeline.clearinghouse.linked_records.link import link
from credential_pipeline.engines.linkage.model import shipped
from credential_pipeline.foundation.contracts.linked_records import SNAPSHOT
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.engines.linkage_world import HOME, INDUSTRY, make_world, put_feeds

PEOPLE = {
    "twin_a": {"first_name": "DEBORAH", "last_name": "QUISENBERRY", "birth_date": "1988-05-06", **HOME},
    "twin_b": {"first_name": "MICHELLE", "last_name": "QUISENBERRY", "birth_date": "1988-05-06", **HOME},
    "same_1": {"first_name": "WALTER", "last_name": "ZWINGLI", "birth_date": "1983-11-20"},
    "same_2": {"first_name": "WALTER", "last_name": "ZWINGLI", "birth_date": "1983-11-20"},
    "same_3": {"first_name": "WALTER", "last_name": "ZWINGLI", "birth_date": "1983-11-20"},
    "exact": {"first_name": "BARNABY", "last_name": "FEATHERSTONE", "birth_date": "1986-06-06"},
    "typing": {"first_name": "CORDELIA", "last_name": "WINTERBOTTOM", "birth_date": "1987-07-07", **HOME},
    "left": {"first_name": "LAMBERT", "last_name": "HAMMERSMITH", "birth_date": "1979-08-14"},
    "right": {"first_name": "EUPHEMIA", "last_name": "THISTLEWOOD", "birth_date": "1975-03-30"},
    "third": {"first_name": "ROSALIND", "last_name": "OKONKWO", "birth_date": "1982-12-12"},
}


def _world(prefix: str = "P"):
    world = make_world(1500, 250)
    told = {case: dict(row) for case, row in PEOPLE.items()}
    told["typing"]["first_name"] = "CORDELLIA"
    made = pd.DataFrame([{"profile_id": f"{prefix}_{case}", "certifier": "mssc", **row} for case, row in told.items()])
    # Profiles that are alike but for their sender's id are told apart by it.
    made["person_ref"] = made["profile_id"].map({f"{prefix}_same_{n}": f"R{n}" for n in (1, 2, 3)})
    students = pd.DataFrame(
        [{"student_id": f"S_{case}", **row} for case, row in PEOPLE.items() if case[-2:] not in {"_2", "_3"}]
    )
    credentials = pd.DataFrame({"certifier": "mssc", "profile_id": made["profile_id"], "record_id": list(PEOPLE)})
    credentials["event"], credentials["event_date"] = "award", pd.Timestamp("2012-01-01")
    credentials["blocked"], students["ferpa_block"] = False, False
    world.profiles = pd.concat([world.profiles, made.assign(records=1)], ignore_index=True)
    world.students = pd.concat([world.students, students], ignore_index=True)
    world.credentials = pd.concat([world.credentials, credentials], ignore_index=True)
    return world


WORLD = _world()


def run(
    *decisions: Decision, world=WORLD, shuffle=None, threads=1, figures=(), industry=INDUSTRY, **models
) -> dict[str, pd.DataFrame]:
    with connect(threads=threads) as con:
        put_feeds(con, world, shuffle)
        con.execute("CREATE SCHEMA linked_records")
        link(con, industry, review=Review(decisions, figures), **models)
        found = {t.name: con.execute(f"FROM linked_records.{t.name}").df() for t in SNAPSHOT.tables}
    found["by"] = found["links"][found["links"]["certifier"] == "mssc"].set_index("record_id")
    return found


def people(left: str, right: str, decision: str, number: int = 1) -> Decision:
    return Decision("learner", "mssc", left, "mssc", right, pair_id=f"Q{number}", batch="b1", decision=decision)


def student(left: str, right: str, decision: str, number: int = 1) -> Decision:
    return Decision("student", "mssc", left, student_id=right, pair_id=f"Q{number}", batch="b1", decision=decision)


def effect(found) -> dict[str, int]:
    rows = found["diagnostics"].query("metric == 'review_decisions'")
    return {level: int(n) for level, n in zip(rows["level"], rows["n"], strict=True) if n}


@pytest.fixture(scope="module")
def before():
    return run()


def test_without_decisions_the_model_decides(before) -> None:
    by = before["by"]
    assert by.loc["exact", "decided_by"] == "exact"
    assert by.loc["typing", "student_id"] == "S_typing"
    assert by.loc["twin_a", "learner_id"] != by.loc["twin_b", "learner_id"]
    assert by.loc["same_1", "learner_id"] == by.loc["same_2", "learner_id"] == by.loc["same_3", "learner_id"]
    assert effect(before) == {}
    assert before["pairs"]["reviewed"].isna().all()


def test_must_link_joins_what_contradicts(before) -> None:
    found = run(people("twin_a", "twin_b", "match"))
    assert found["by"].loc["twin_a", "learner_id"] == found["by"].loc["twin_b", "learner_id"]
    assert effect(found) == {"must_link": 1}
    pair = found["pairs"].query("left_id == 'P_twin_a' and right_id == 'P_twin_b'").iloc[0]
    assert pair["linked"]
    assert pair["reviewed"] == "match"


def test_must_link_joins_what_no_rule_brought_together() -> None:
    found = run(people("left", "third", "match"))
    assert found["by"].loc["left", "learner_id"] == found["by"].loc["third", "learner_id"]
    pair = found["pairs"].query("left_id == 'P_left' and right_id == 'P_third'")
    assert pair["linked"].tolist() == [True]


def test_chains_of_matches_are_one_learner() -> None:
    found = run(people("left", "right", "match", 1), people("right", "third", "match", 2))
    assert len(set(found["by"].loc[["left", "right", "third"], "learner_id"])) == 1


def test_cannot_link_parts_even_what_is_identical() -> None:
    found = run(people("same_1", "same_2", "no_match"))
    ids = found["by"]["learner_id"]
    assert ids["same_1"] != ids["same_2"]
    # One student serves one learner: the other one is left to people.
    linked = found["by"].loc[["same_1", "same_2"], "student_id"]
    assert linked.notna().sum() <= 1
    pair = found["pairs"].query("left_id == 'P_same_1' and right_id == 'P_same_2'").iloc[0]
    assert not pair["linked"]
    assert pair["reviewed"] == "no_match"


def test_cannot_link_follows_a_match() -> None:
    """If A is B and B is not C, then A is not C, however alike A and C are."""
    found = run(people("same_1", "left", "match", 1), people("left", "same_2", "no_match", 2))
    ids = found["by"]["learner_id"]
    assert ids["same_1"] == ids["left"] != ids["same_2"]


def test_student_that_people_named_is_linked() -> None:
    found = run(student("left", "S_right", "match"))
    row = found["by"].loc["left"]
    assert (row["student_id"], row["status"], row["decided_by"]) == ("S_right", "linked", "review")
    assert row["match_probability"] == 1.0
    # The learner whom the model took for that student contradicts the one whom people named, and gives way.
    assert pd.isna(found["by"].loc["right", "student_id"])


def test_decision_that_agrees_with_the_model_says_so() -> None:
    found = run(student("typing", "S_typing", "match", 1), student("exact", "S_exact", "match", 2))
    assert found["by"].loc[["typing", "exact"], "decided_by"].tolist() == ["review", "review"]


@pytest.mark.parametrize("case", ["exact", "typing"])
def test_student_that_people_excluded_is_not_linked(case) -> None:
    found = run(student(case, f"S_{case}", "no_match"))
    assert pd.isna(found["by"].loc[case, "student_id"])
    assert found["by"].loc[case, "status"] == "unlinked"
    pair = found["pairs"].query(f"right_id == 'S_{case}' and left_id == 'P_{case}'")
    assert pair["linked"].tolist() == [False]
    assert pair["reviewed"].tolist() == ["no_match"]


def test_two_students_part_a_learner() -> None:
    found = run(student("same_1", "S_same_1", "match", 1), student("same_2", "S_third", "match", 2))
    ids = found["by"]
    assert ids.loc["same_1", "learner_id"] != ids.loc["same_2", "learner_id"]
    assert ids.loc["same_1", "student_id"] == "S_same_1"
    assert ids.loc["same_2", "student_id"] == "S_third"


def test_one_student_joins_two_learners() -> None:
    found = run(student("left", "S_third", "match", 1), student("right", "S_third", "match", 2))
    ids = found["by"]
    assert ids.loc["left", "learner_id"] == ids.loc["right", "learner_id"]
    assert ids.loc["left", "student_id"] == "S_third"


def test_unsure_changes_nothing_but_is_not_asked_again(before) -> None:
    found = run(student("typing", "S_typing", "unsure"))
    assert found["by"].loc["typing", "decided_by"] == before["by"].loc["typing", "decided_by"]
    assert found["pairs"].query("left_id == 'P_typing' and reviewed == 'unsure'").shape[0] == 1
    assert effect(found) == {"unsure": 1}


def test_what_is_gone_is_ignored_and_counted(before) -> None:
    gone = [people("left", "nobody", "match", 1), student("left", "S_nobody", "match", 2)]
    found = run(*gone, student("nobody", "S_left", "no_match", 3))
    assert effect(found) == {"ignored_gone": 3}
    pd.testing.assert_frame_equal(found["links"], before["links"])


def test_of_two_that_contradict_the_earlier_holds() -> None:
    found = run(people("left", "right", "match", 1), people("left", "right", "no_match", 2))
    assert effect(found) == {"must_link": 1, "ignored_contradicting": 1}
    assert found["by"].loc["left", "learner_id"] == found["by"].loc["right", "learner_id"]


DECISIONS = (
    people("twin_a", "twin_b", "match", 1),
    people("same_1", "same_2", "no_match", 2),
    student("left", "S_right", "match", 3),
    student("exact", "S_exact", "no_match", 4),
)


@pytest.fixture(scope="module")
def first():
    return run(*DECISIONS)


def test_decisions_survive_other_profiles_other_order_and_other_threads(first) -> None:
    again = run(*DECISIONS, shuffle=11, threads=2)
    for table in SNAPSHOT.tables:
        pd.testing.assert_frame_equal(first[table.name], again[table.name])
    renamed = run(*DECISIONS, world=_world("Z"))
    columns = ["student_id", "status", "decided_by"]
    pd.testing.assert_frame_equal(renamed["by"][columns].sort_index(), first["by"][columns].sort_index())
    assert renamed["by"].loc["twin_a", "learner_id"] == renamed["by"].loc["twin_b", "learner_id"]


def test_decisions_survive_retraining_and_another_feed(first) -> None:
    models = {
        f"{family}_model": replace(shipped(family), prior=shipped(family).prior / 200)
        for family in ("profiles", "registry")
    }
    more = _world()
    again = WORLD.profiles[WORLD.profiles["profile_id"].str.startswith("P_")].copy()
    again["profile_id"], again["certifier"], again["person_ref"] = "A" + again["profile_id"], "acme", None
    rows = pd.DataFrame({"certifier": "acme", "profile_id": again["profile_id"], "record_id": again["profile_id"]})
    rows["event"], rows["event_date"], rows["blocked"] = "award", pd.Timestamp("2013-01-01"), False
    more.profiles = pd.concat([more.profiles, again], ignore_index=True)
    more.credentials = pd.concat([more.credentials, rows], ignore_index=True)
    for found in (run(*DECISIONS, **models), run(*DECISIONS, world=more)):
        by = found["by"]
        assert effect(found) == effect(first) == {"must_link": 2, "cannot_link": 2}
        assert by.loc["twin_a", "learner_id"] == by.loc["twin_b", "learner_id"]
        assert by.loc["same_1", "learner_id"] != by.loc["same_2", "learner_id"]
        assert by.loc["left", ["student_id", "decided_by"]].tolist() == ["S_right", "review"]
        assert by.loc["exact", "student_id"] != "S_exact"


def test_decided_pairs_leave_the_queue() -> None:
    # Thresholds so far apart that there is a pair to be asked about, whatever the model.
    limits = SimpleNamespace(
        industry="manufacturing",
        linkage=SimpleNamespace(
            link_threshold=0.9999999, review_threshold=0.01, max_candidate_pairs=10**8, max_wrong_share=0.5
        ),
    )
    before = run(industry=limits)
    waiting = before["review_queue"]
    assert set(waiting["pair_id"]) <= set(before["pairs"]["pair_id"])
    asked = waiting[waiting["hop"] == "student"].iloc[0]
    rows = WORLD.credentials.set_index("profile_id").loc[asked["left_id"]]
    decision = Decision(
        "student", rows["certifier"], rows["record_id"], student_id=asked["right_id"], decision="no_match", pair_id="Q1"
    )
    after = run(decision, industry=limits)
    assert asked["pair_id"] not in set(after["review_queue"]["pair_id"])
    assert after["pairs"].set_index("pair_id").loc[asked["pair_id"], "reviewed"] == "no_match"


def test_pairs_are_unique_and_say_what_the_links_say(before) -> None:
    pairs = before["pairs"]
    assert pairs["pair_id"].is_unique
    learner_of = before["profile_links"].set_index("profile_id")["learner_id"]
    student_of = before["profile_links"].set_index("profile_id")["student_id"]
    people_pairs = pairs[pairs["hop"] == "learner"]
    same = people_pairs["left_id"].map(learner_of).to_numpy() == people_pairs["right_id"].map(learner_of).to_numpy()
    assert (same == people_pairs["linked"].to_numpy()).all()
    students = pairs[(pairs["hop"] == "student") & pairs["linked"]]
    assert (students["left_id"].map(student_of).to_numpy() == students["right_id"].to_numpy()).all()
    assert set(student_of.dropna()) <= set(students["right_id"])


def test_estimates_stand_in_the_diagnostics() -> None:
    found = run(*DECISIONS, figures=(Estimated("est_precision", "all", "all", 0.99, 60),))
    row = found["diagnostics"].query("metric == 'est_precision'").iloc[0]
    assert (row["value"], row["n"]) == (0.99, 60)
    assert not found["diagnostics"].duplicated(["metric", "dimension", "level"]).any()


def test_same_decision_in_two_batches_counts_as_one() -> None:
    again = replace(people("twin_a", "twin_b", "match"), batch="b2")
    found = run(people("twin_a", "twin_b", "match"), again)
    assert effect(found) == {"must_link": 2}
    assert found["pairs"]["pair_id"].is_unique
