"""What a state is told of its programs: its own completers once, nobody blocked, and rates or why there is none."""

import datetime

import pandas as pd
import pytest

from credential_pipeline.clearinghouse.return_files.partners import wishes_of
from credential_pipeline.clearinghouse.return_files.states.lists import (
    MEASURES,
    NOT_IN_RELEASE,
    NOT_SHOWN,
    NOTHING_RELEASED,
    completers,
    programme_rates,
    programmes_of,
)
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.layouts import LAYOUTS
from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.foundation.registry.programmes import Programme
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import scratch
from tests.domain.clearinghouse.return_files_views_world import HERE, fill, tables


def _programme(name, state, opeid=HERE, codes=("SAF",)):
    return Programme(
        id=name, title=name, provider="College", provider_opeid=opeid, certifier="mssc", credentials=codes, state=state
    )


PROGRAMMES = (
    _programme("safety", "IN"),
    _programme("both", "IN", codes=("SAF", "QPM")),
    _programme("rare", "IN", codes=("NEW",)),
    _programme("abroad", "IA"),
)


@pytest.fixture(scope="module")
def world():
    frames = tables()
    events = frames["cleaned_learners.credentials"]
    frames["cleaned_learners.profiles"] = pd.DataFrame(
        {
            "profile_id": sorted(set(events["profile_id"])),
            "first_name": "ANA",
            "last_name": "LÓPEZ",
            "birth_date": datetime.date(1990, 2, 3),
        }
    )
    return frames


@pytest.fixture(scope="module")
def work(world):
    with connect(threads=1) as con:
        fill(con, world)
        with scratch(con) as work:
            yield work


@pytest.fixture(scope="module")
def state():
    return next(one for one in load_registry().industry("manufacturing").returns if one.role == "state")


@pytest.fixture
def programmes(work):
    return programmes_of(work, PROGRAMMES, "IN")


def test_completers_are_those_of_the_tables(work, world, state, programmes):
    found = work.con.execute(f"FROM {completers(work, state, programmes, wishes_of(work))}").df()
    people = world["linked_records.learners"].merge(world["education_registry.persons"], "left", on="student_id")
    people = people[~people["blocked"] & (people["ferpa_block"] != True)]  # noqa: E712 - may be missing
    awards = world["cleaned_learners.credentials"].query(f"event == 'award' and provider_opeid == '{HERE}'")
    awards = awards[awards["certifier"] == "mssc"].merge(world["linked_records.links"], on=["certifier", "record_id"])
    awards = awards[awards["learner_id"].isin(people["learner_id"])]
    for name, codes in (("safety", ["SAF"]), ("both", ["SAF", "QPM"]), ("rare", ["NEW"])):
        mine = awards[awards["credential_code"].isin(codes)].groupby("learner_id")["event_date"].min()
        told = found[found["programme"] == name].set_index("learner_id")["completion_date"]
        assert told.sort_index().to_dict() == mine.astype(str).sort_index().to_dict()
        assert len(mine) > 0
    assert set(found["programme"]) == {"safety", "both", "rare"}, "programs of another state"
    assert not found.duplicated(list(SNAPSHOT.table("completers").key)).any()


def test_a_list_has_the_layouts_columns(work, state, programmes):
    made = completers(work, state, programmes, wishes_of(work))
    assert made.columns == tuple(SNAPSHOT.table("completers").column_names)
    row = work.con.execute(f"FROM {made} WHERE programme = 'safety' LIMIT 1").df().iloc[0]
    assert [row[field.name] for field in LAYOUTS["completers"]][2:6] == ["SAF", "ANA", "LÓPEZ", "1990-02-03"]
    assert row["opeid"] == HERE


def test_withheld_columns_are_empty_and_without_the_share_there_is_no_list(work, state, programmes):
    shy = state.model_copy(update={"withheld": ("date_of_birth",)})
    assert work.con.execute(
        f"SELECT count(date_of_birth), count(*) > 0 FROM {completers(work, shy, programmes, wishes_of(work))}"
    ).fetchall() == [(0, True)]
    without = state.model_copy(update={"shares": tuple(one for one in state.shares if one.what == "aggregates")})
    assert work.con.execute(
        f"SELECT count(*) FROM {completers(work, without, programmes, wishes_of(work))}"
    ).fetchall() == [(0,)]


CELLS = """table,setting,measure,value,n,status,definition
workforce_pell,safety,completion_rate,0.81,60,1,completion_rate
workforce_pell,safety,placement_rate,,,5,placement_rate
workforce_pell,safety,pell_reason,,,5,pell_placement_too_low
workforce_pell,both,completion_rate,,,5,completion_rate
workforce_pell,both,pell_reason,,,5,pell_too_few
workforce_pell,both,pell_reason,,,5,pell_completion_not_known
workforce_pell,abroad,completion_rate,0.5,60,1,completion_rate
earnings,safety,completion_rate,0.1,60,1,completion_rate
"""


def test_rates_are_as_released_or_say_why_not(work, state, programmes, tmp_path):
    path = tmp_path / "outcomes.csv"
    path.write_text(CELLS)
    found = work.con.execute(f"FROM {programme_rates(work, state, programmes, path)}").df()
    assert len(found) == len(MEASURES) * 3
    rates = found.set_index(["programme", "measure"])
    assert rates.loc[("safety", "completion_rate"), ["value", "n", "status"]].tolist() == [0.81, 60, 1]
    assert pd.isna(rates.loc[("safety", "completion_rate"), "reason"])
    assert rates.loc[("safety", "placement_rate"), ["status", "reason"]].tolist() == [5, NOT_SHOWN]
    assert rates.loc[("safety", "value_added_earnings"), ["status", "reason"]].tolist() == [-1, NOT_IN_RELEASE]
    why = rates.loc[("both", "completion_rate"), "reason"]
    assert "too few learners" in why
    assert "who sat and failed" in why
    assert rates.loc["rare"]["status"].tolist() == [-1] * 3


def test_nothing_is_evaluated_before_a_release(work, state, programmes):
    found = work.con.execute(f"FROM {programme_rates(work, state, programmes, None)}").df()
    assert set(found["reason"]) == {NOTHING_RELEASED}
    assert set(found["status"]) == {-1}
    assert found["value"].isna().all()
