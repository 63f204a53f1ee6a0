"""What certifiers and institutions are told of their people: right counts, nobody blocked, no few, nothing to subtract."""

import numpy as np
import pandas as pd
import pytest

from credential_pipeline.clearinghouse.return_files.partners import wishes_of
from credential_pipeline.clearinghouse.return_files.protection import FEWEST
from credential_pipeline.clearinghouse.return_files.views.certifier import certifier_counts, certifier_view
from credential_pipeline.clearinghouse.return_files.views.institution import (
    institution_counts,
    institution_view,
    passing_counts,
)
from credential_pipeline.clearinghouse.return_files.views.protected import Share, protected
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import scratch
from tests.domain.clearinghouse.return_files_views_world import HERE, fill, tables

KEY = list(SNAPSHOT.table("partner_figures").key)


@pytest.fixture(scope="module")
def world():
    return tables()


@pytest.fixture(scope="module")
def work(world):
    with connect(threads=1) as con:
        fill(con, world)
        con.execute(
            "INSERT INTO raw_feeds.deliveries BY NAME SELECT * FROM (VALUES"
            " ('mssc', 'a.csv', 100, 90, 7, 3, 'accepted', NULL), ('mssc', 'b.csv', 10, 0, 0, 0, 'refused', 'E_HEADER'),"
            " ('nims', 'c.csv', 50, 50, 0, 0, 'accepted', NULL))"
            " t(certifier, delivery, rows_in, rows_accepted, rows_quarantined, rows_duplicate, state, reason_code)"
        )
        con.execute(
            "INSERT INTO raw_feeds.quarantine BY NAME SELECT 'mssc' AS certifier, 'a.csv' AS delivery, line,"
            " CASE WHEN line < 6 THEN 'BAD_DATE' ELSE 'NO_NAME' END AS reason_code FROM range(2, 9) t(line)"
        )
        with scratch(con) as work:
            yield work


@pytest.fixture(scope="module")
def agreements():
    return {one.partner: one for one in load_registry().industry("manufacturing").returns}


def _counts(work, relation):
    frame = work.con.execute(f"FROM {relation}").df()
    return frame.set_index(["subject", "dimension", "level", "quantity"])["value"].to_dict()


def _people(world):
    """Learners who may be told of, with their student."""
    learners = world["linked_records.learners"].merge(world["education_registry.persons"], "left", on="student_id")
    return learners[~learners["blocked"] & (learners["ferpa_block"] != True)]  # noqa: E712 - may be missing


def _events(world):
    return world["cleaned_learners.credentials"].merge(world["linked_records.links"], on=["certifier", "record_id"])


def test_a_certifiers_counts_are_those_of_the_tables(work, world):
    found = _counts(work, certifier_counts(work, "mssc", wishes_of(work)))
    events = _events(world).query("certifier == 'mssc' and event == 'award'")
    people = _people(world).merge(
        events.groupby("learner_id")["event_date"].min().rename("first").reset_index(), on="learner_id"
    )
    enrolled = people.merge(world["education_registry.enrollments"], on="student_id")
    degrees = people.merge(world["education_registry.degrees"], on="student_id")
    expected = {
        "earners": len(people),
        "with_postsecondary": len({*enrolled["learner_id"], *degrees["learner_id"]}),
        "enrolled_before": enrolled[enrolled["begin_date"] < enrolled["first"]]["learner_id"].nunique(),
        "enrolled_after": enrolled[enrolled["begin_date"] > enrolled["first"]]["learner_id"].nunique(),
        "degree_before": degrees[degrees["degree_date"] < degrees["first"]]["learner_id"].nunique(),
        "degree_after": degrees[degrees["degree_date"] > degrees["first"]]["learner_id"].nunique(),
    }
    for quantity, value in expected.items():
        assert found["earners", "all", "all", quantity] == value
    held = events[events["learner_id"].isin(people["learner_id"])]
    for code, who in held.groupby("credential_code")["learner_id"]:
        assert found["earners", "credential", code, "earners"] == who.nunique()
    bands = sum(v for (s, d, _, q), v in found.items() if (s, d, q) == ("earners", "first_award", "earners"))
    assert bands == len(people)
    later = degrees[degrees["degree_date"] > degrees["first"]]
    for level, who in later.groupby("degree_level")["learner_id"]:
        assert found["degrees", "degree_level", level, "degree_after"] == who.nunique()
    places = enrolled.assign(opeid=enrolled["opeid"].str.replace("-", "").str.ljust(8, "0"))
    for opeid, who in places.groupby("opeid")["learner_id"]:
        named = [v for (s, _, level, _), v in found.items() if s == "institutions" and level.startswith(opeid)]
        assert named == ([who.nunique()] if who.nunique() >= FEWEST else [])


def test_an_institutions_counts_are_those_of_the_tables(work, world):
    found = _counts(work, institution_counts(work, HERE[:6], wishes_of(work)))
    here = pd.concat(
        [
            world["education_registry.enrollments"].rename(columns={"begin_date": "day"}),
            world["education_registry.degrees"].rename(columns={"degree_date": "day"}),
        ]
    )
    here = here[here["opeid"].str.startswith(HERE[:6])]
    students = (
        here.groupby("student_id")["day"].min().rename("first").reset_index().merge(_people(world), on="student_id")
    )
    awards = _events(world).query("event == 'award'").merge(students, on="learner_id")
    assert found["students", "all", "all", "students"] == len(students)
    assert found["students", "all", "all", "with_credential"] == awards["student_id"].nunique()
    before = awards[awards["event_date"] < awards["first"]]
    assert found["students", "all", "all", "credential_before"] == before["student_id"].nunique()
    for (certifier, code), who in awards.groupby(["certifier", "credential_code"])["student_id"]:
        assert found["students", "credential", f"{certifier} {code}", "with_credential"] == who.nunique()


def test_passing_is_by_person_and_first_sitting(work, world):
    frame = work.con.execute(f"FROM {passing_counts(work, HERE[:6], wishes_of(work))}").df()
    found = frame.set_index(["dimension", "level", "quantity"])["value"].to_dict()
    sat = (
        _events(world)
        .merge(_people(world), on="learner_id")
        .query(f"provider_opeid == '{HERE}' and certifier == 'mssc'")
    )
    sat = sat.assign(passed=sat["result"] == "pass").sort_values(["event_date", "passed"])
    assert found["certifier", "mssc", "sat"] == sat["learner_id"].nunique()
    assert found["certifier", "mssc", "passed_first"] == sat.groupby("learner_id")["passed"].first().sum()
    assert found["certifier", "mssc", "passed"] == sat.groupby("learner_id")["passed"].max().sum()
    reported = frame.set_index(["dimension", "level"])["reported"].sort_index()
    assert reported.loc[("certifier", "mssc")].all()
    assert not reported.loc[("certifier", "nims")].any(), "without a failure anywhere nobody knows who failed"


def test_one_campus_has_its_own_students_only(work):
    whole = _counts(work, institution_counts(work, "013495", wishes_of(work)))["students", "all", "all", "students"]
    campus = _counts(work, institution_counts(work, "01349501", wishes_of(work)))["students", "all", "all", "students"]
    assert 0 < campus < whole


def _figures(work, view):
    frame = work.con.execute(f"FROM {view}").df()
    assert list(frame.columns) == list(SNAPSHOT.table("partner_figures").column_names)
    assert not frame.duplicated(KEY).any()
    assert ((frame["status"] == 1) == frame["value"].notna()).all()
    assert not (frame["n"] < FEWEST - 5).any()
    return frame.set_index(["subject", "dimension", "level", "measure"])


def test_a_certifier_is_told_rounded_counts_and_whole_percents(work, agreements):
    figures = _figures(work, certifier_view(work, agreements["mssc"], wishes_of(work), None))
    counts = _counts(work, certifier_counts(work, "mssc", wishes_of(work)))
    earners, enrolled = (counts["earners", "all", "all", name] for name in ("earners", "enrolled_after"))
    assert abs(figures.loc[("earners", "all", "all", "earners"), "value"] - earners) <= 25
    assert figures.loc[("earners", "all", "all", "enrolled_after_share"), "value"] == round(enrolled / earners, 2)
    few = [key for key, value in counts.items() if value < FEWEST]
    assert few, "the world has small groups"
    assert all(figures.loc[key, "status"] == 5 for key in few)
    assert (figures["partner"] == "mssc").all()


def test_the_intake_is_the_certifiers_alone_and_exact(work, agreements):
    figures = (
        _figures(work, certifier_view(work, agreements["mssc"], wishes_of(work), None)).loc["intake"]["value"].to_dict()
    )
    assert figures == {
        ("all", "all", "deliveries"): 2,
        ("all", "all", "rows_in"): 110,
        ("all", "all", "rows_accepted"): 90,
        ("all", "all", "rows_quarantined"): 7,
        ("all", "all", "rows_duplicate"): 3,
        ("reason", "BAD_DATE", "rows_quarantined"): 4,
        ("reason", "NO_NAME", "rows_quarantined"): 3,
        ("refused", "E_HEADER", "deliveries"): 1,
    }


OUTCOMES = """release,industry,table,cell_id,certifier,credential,setting,measure,value,unit,n,status
r1,manufacturing,earnings_by_certifier,m/a,mssc,all,all,earnings_p50,41000,usd,350,1
r1,manufacturing,earnings_by_certifier,m/b,nims,all,all,earnings_p50,39000,usd,300,1
r1,manufacturing,wage_matched,m/c,mssc,SAF,all,wage_matched_share,,share,,5
r1,manufacturing,workforce_pell,m/d,mssc,all,production_modules,completion_rate,0.81,share,60,1
r1,manufacturing,workforce_pell,m/e,mssc,all,quality_practices,completion_rate,0.7,share,60,1
r1,manufacturing,workforce_pell,m/f,mssc,all,production_modules,pell_reason,,count,,5
"""


def test_outcomes_are_told_as_released(work, agreements, tmp_path):
    path = tmp_path / "it's outcomes.csv"
    path.write_text(OUTCOMES)
    own = _figures(work, certifier_view(work, agreements["mssc"], wishes_of(work), path)).loc["outcomes"].reset_index()
    assert own["level"].tolist() == ["m/a", "m/c", "m/d", "m/e", "m/f"]
    assert own.set_index("level").loc["m/a", ["value", "n", "status"]].tolist() == [41000, 350, 1]
    assert own.set_index("level").loc["m/c", "status"] == 5
    programmes = load_registry().industry("manufacturing").programmes
    college = _figures(work, institution_view(work, agreements["demo_college"], wishes_of(work), programmes, path))
    assert college.loc["outcomes"].reset_index()["level"].tolist() == ["m/d"], "programs of its own, figures alone"


def test_an_institution_is_told_what_cannot_be_known(work, agreements):
    figures = _figures(work, institution_view(work, agreements["demo_college"], wishes_of(work), (), None))
    silent = figures.loc[("passing", "certifier", "nims", "first_attempt_pass_rate")]
    assert (silent["status"], np.isnan(silent["value"])) == (-1, True)
    told = figures.loc[("passing", "certifier", "mssc", "first_attempt_pass_rate")]
    assert told["status"] == 1
    assert 0.5 < told["value"] < 0.95


def _of(dimension, **levels):
    return [
        {"subject": "s", "dimension": dimension, "level": level, "quantity": "earners", "value": value}
        for level, value in levels.items()
    ]


def test_a_part_that_could_be_subtracted_is_hidden_with_another():
    counts = pd.DataFrame([*_of("all", all=109), *_of("band", a=60, b=45, c=4)])
    told = protected(counts, (), ("band",)).set_index("level")["status"]
    assert told["c"] == 5
    assert 5 in {told["a"], told["b"]}
    apart = protected(counts, (), ()).set_index("level")["status"]
    assert (apart["a"], apart["b"], apart["c"]) == (1, 1, 5), "levels that overlap give no sum to subtract from"


@pytest.mark.parametrize(("part", "status"), [(0, 5), (3, 5), (50, 1), (97, 5), (100, 5)])
def test_a_share_of_few_of_nearly_all_and_of_everybody_is_not_told(part, status):
    rows = _of("all", all=100)
    counts = pd.DataFrame([*rows, {**rows[0], "quantity": "after", "value": part}])
    told = protected(counts, (Share("after_share", "after", "earners"),), ()).set_index("measure")
    assert told.loc["after_share", "status"] == status
    assert status == 1 or np.isnan(told.loc["after_share", "value"])


def test_nobody_at_all_gives_no_figure():
    assert protected(pd.DataFrame(columns=["subject", "dimension", "level", "quantity", "value"]), (), ()).empty
