"""What runs by itself: there, described, switched off until somebody switches it on, and asking for the right runs."""

import datetime
from pathlib import Path

import dagster as dg
import pytest

from assets import automation
from assets.partitions import INDUSTRIES
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.names import HOPS
from tests.graph.landing_world import arrivals, industries, land

_ALL = sorted(INDUSTRIES.get_partition_keys())
_ARRIVALS = {"enclave": "extracts", "public": "releases"}


def _monthly(location):
    (schedule,) = [one for one in location.schedules if one.name.endswith("_monthly")]
    return schedule


def test_jobs_schedules_and_sensors_are_there_and_described(definitions):
    for name, location in definitions.items():
        more = ["clearinghouse_returns"] if name == "clearinghouse" else []
        assert [job.name for job in location.jobs] == [name, f"{name}_look", *more]
        for thing in (*location.jobs, *location.schedules, *location.sensors):
            assert thing.description.endswith(".")
        assert {_monthly(location).job_name, arrivals(location).job_name} == {name}
        assert {one.name: one.job_name for one in location.schedules}[f"{name}_looks"] == f"{name}_look"
        assert f"{name}_up_to_date" in {sensor.name for sensor in location.sensors}


def test_nothing_starts_by_itself(definitions):
    for location in definitions.values():
        for thing in [*location.schedules, *location.sensors]:
            assert thing.default_status.value == "STOPPED"


def test_job_runs_every_hop_of_its_side(definitions):
    for name, location in definitions.items():
        job = location.resolve_job_def(name)
        found = {key.to_user_string() for key in job.asset_layer.selected_asset_keys}
        assert {hop for hop, side in HOPS.items() if side.value == name} <= found
        assert not found & {hop for hop, side in HOPS.items() if side.value != name}
        assert job.partitions_def == INDUSTRIES


def test_sources_are_looked_at_and_never_made(definitions):
    for name, location in definitions.items():
        looked_at = {
            key.to_user_string() for key in location.resolve_job_def(f"{name}_look").asset_layer.executable_asset_keys
        }
        made = {key.to_user_string() for key in location.resolve_job_def(name).asset_layer.selected_asset_keys}
        assert looked_at
        assert not looked_at & made


def _tick(definitions, name, side):
    """What the monthly schedule of a side asks for."""
    location = definitions[name]
    at = datetime.datetime(2026, 11, 5, 6, tzinfo=datetime.UTC)
    with dg.build_schedule_context(
        scheduled_execution_time=at, repository_def=location.get_repository_def(), resources={name: side}
    ) as context:
        return _monthly(location).evaluate_tick(context)


def _arrive(side, name, industry):
    """Something of an industry comes to a side."""
    if name == "clearinghouse":
        land(side, industry)
    else:
        folder = side.folder_of_extracts(industry) if name == "enclave" else side.folder_of_releases(industry)
        (folder / "package").mkdir(parents=True)


@pytest.mark.parametrize("name", ["clearinghouse", "enclave", "public"])
def test_monthly_schedule_leaves_out_industries_of_which_nothing_has_come(definitions, side, name):
    tick = _tick(definitions, name, side)
    assert tick.run_requests == []
    assert "anything new" in tick.skip_message
    _arrive(side, name, "healthcare")
    tick = _tick(definitions, name, side)
    assert industries(tick) == ["healthcare"]
    assert tick.run_requests[0].run_key == "2026-11-05-healthcare"


def test_monthly_schedule_leaves_out_industries_in_which_no_hop_has_anything_to_do(definitions, side, monkeypatch):
    busy = {"healthcare": "linked_records", "construction": "raw_feeds"}

    def survey(hops, side, partition):
        return [(hop, None if hop.name == busy.get(partition) else "a version") for hop in hops]

    monkeypatch.setattr(automation, "survey", survey)
    for industry in _ALL:
        land(side, industry)
    assert industries(_tick(definitions, "clearinghouse", side)) == ["construction", "healthcare"]


def test_a_damaged_version_is_work_and_stops_no_schedule(definitions, side):
    folder = side.store.folder(SNAPSHOTS["raw_feeds"], "manufacturing")
    folder.mkdir(parents=True)
    (folder / "CURRENT").write_text("")
    land(side, "healthcare")
    assert industries(_tick(definitions, "clearinghouse", side)) == ["healthcare", "manufacturing"]


def test_monthly_schedules_run_one_side_after_the_other(definitions):
    days = []
    for location in definitions.values():
        schedule = _monthly(location)
        days.append(int(schedule.cron_schedule.split()[2]))
        assert schedule.execution_timezone == "UTC"
    assert days == sorted(set(days)), "one side after the other"


@pytest.mark.parametrize("name", _ARRIVALS)
def test_no_package_is_skipped(look, name):
    tick = look(name)
    assert tick.run_requests == []
    assert tick.skip_message


@pytest.mark.parametrize("name", _ARRIVALS)
def test_package_asks_for_one_run_and_another_for_another(look, name, tmp_path):
    inbox = tmp_path / _ARRIVALS[name] / "manufacturing"
    asked, cursor = [], None
    for package in ("first", "first", "second", "second"):
        (inbox / package).mkdir(parents=True, exist_ok=True)
        tick = look(name, cursor)
        asked.append(industries(tick))
        cursor = tick.cursor
    assert asked == [["manufacturing"], [], ["manufacturing"], []]


def test_a_hop_runs_by_itself_when_its_source_is_newer(definitions, side):
    """Declared automation, evaluated as the sensor does: nothing at first, then the hops of the industry that changed."""
    location = definitions["clearinghouse"]
    graph = dg.Definitions(assets=location.assets, jobs=location.jobs[1:], resources={"clearinghouse": side})
    with dg.DagsterInstance.ephemeral() as instance:
        graph.resolve_job_def("clearinghouse_look").execute_in_process(instance=instance)
        first = dg.evaluate_automation_conditions(defs=graph, instance=instance)
        land(side, "manufacturing")
        graph.resolve_job_def("clearinghouse_look").execute_in_process(instance=instance)
        second = dg.evaluate_automation_conditions(defs=graph, instance=instance, cursor=first.cursor)
    assert second.get_requested_partitions(dg.AssetKey("raw_feeds")) == {"manufacturing"}
    assert second.get_requested_partitions(dg.AssetKey("cleaned_learners")) == {"manufacturing"}


def test_a_package_of_another_side_is_no_reason_to_wait(definitions):
    """In production the sender's Dagster is another instance, where nothing is ever seen to be made."""
    location = definitions["enclave"]
    (accepted,) = [asset for asset in location.assets if asset.key == dg.AssetKey("accepted_extract")]
    condition = accepted.automation_conditions_by_key[accepted.key]
    assert "census_extract" in str(condition)


def test_a_release_asks_for_what_goes_back_and_for_nothing_else(side, look, definitions):
    latest = Path(side.published) / "manufacturing" / "LATEST"
    assert look("clearinghouse", sensor="released").run_requests == []
    latest.parent.mkdir(parents=True)
    asked, cursor = [], None
    for release in ("r0001-a", "r0001-a", "r0002-b"):
        latest.write_text(release)
        tick = look("clearinghouse", cursor, "released")
        asked.append(industries(tick))
        cursor = tick.cursor
    assert asked == [["manufacturing"], [], ["manufacturing"]]
    job = definitions["clearinghouse"].resolve_job_def("clearinghouse_returns")
    assert {key.to_user_string() for key in job.asset_layer.selected_asset_keys} == {"return_files"}
