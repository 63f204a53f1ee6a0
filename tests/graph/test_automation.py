"""What runs by itself: there, described, switched off until somebody switches it on, and asking for the right runs."""

import datetime
import itertools
import os

import dagster as dg
import pytest
from dagster_duckdb import DuckDBResource

from assets import transfer
from assets.partitions import INDUSTRIES
from assets.resources import SideResource
from credential_pipeline.foundation.names import HOPS

_ALL = sorted(INDUSTRIES.get_partition_keys())
_ARRIVALS = {"enclave": "extracts", "public": "releases"}


@pytest.fixture
def side(tmp_path):
    """A side in an empty folder."""
    return SideResource(
        home=str(tmp_path / "home"),
        extracts=str(tmp_path / "extracts"),
        releases=str(tmp_path / "releases"),
        duckdb=DuckDBResource(database=":memory:"),
    )


@pytest.fixture
def look(definitions, side):
    """Evaluate the sensor of a location once, over the side's folders."""

    def evaluate(name, cursor=None):
        (sensor,) = definitions[name].sensors
        with (
            dg.DagsterInstance.ephemeral() as instance,
            dg.build_sensor_context(
                instance=instance,
                cursor=cursor,
                resources={name: side},
                repository_def=definitions[name].get_repository_def(),
            ) as context,
        ):
            return sensor.evaluate_tick(context)

    return evaluate


_MOMENTS = itertools.count(1_700_000_000)


def _land(side, industry="manufacturing", name="mssc/a.csv", content="id\n1\n"):
    path = side.root / "inbox" / industry / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    moment = next(_MOMENTS)
    os.utime(path, (moment, moment))
    return path


def _industries(tick):
    return [request.partition_key for request in tick.run_requests]


def test_jobs_schedules_and_sensors_are_there_and_described(definitions):
    for name, location in definitions.items():
        (job,), (schedule,), (sensor,) = location.jobs, location.schedules, location.sensors
        assert job.name == name
        for thing in (job, schedule, sensor):
            assert thing.description.endswith(".")
        assert {schedule.job_name, sensor.job_name} == {name}


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


def test_monthly_schedule_asks_for_one_run_an_industry(definitions):
    at = datetime.datetime(2026, 11, 5, 6, tzinfo=datetime.UTC)
    days = []
    for location in definitions.values():
        (schedule,) = location.schedules
        with dg.build_schedule_context(
            scheduled_execution_time=at, repository_def=location.get_repository_def()
        ) as context:
            tick = schedule.evaluate_tick(context)
        assert _industries(tick) == _ALL
        assert {request.run_key for request in tick.run_requests} == {f"2026-11-05-{name}" for name in _ALL}
        days.append(int(schedule.cron_schedule.split()[2]))
        assert schedule.execution_timezone == "UTC"
    assert days == sorted(set(days)), "one side after the other"


def test_empty_inbox_is_skipped(look):
    tick = look("clearinghouse")
    assert tick.run_requests == []
    assert tick.skip_message


def test_new_file_asks_for_a_run_of_its_industry(side, look):
    _land(side)
    tick = look("clearinghouse")
    assert _industries(tick) == ["manufacturing"]


def test_unchanged_inbox_is_skipped(side, look):
    _land(side)
    first = look("clearinghouse")
    again = look("clearinghouse", first.cursor)
    assert again.run_requests == []
    assert again.skip_message


@pytest.mark.parametrize(
    "change", [("mssc/a.csv", "id\n2\n"), ("mssc/b.csv", "id\n1\n")], ids=["content", "another file"]
)
def test_changed_inbox_asks_again(side, look, change):
    _land(side)
    first = look("clearinghouse")
    _land(side, "manufacturing", *change)
    again = look("clearinghouse", first.cursor)
    assert _industries(again) == ["manufacturing"]


def test_one_industry_does_not_wake_the_others(side, look):
    for industry in _ALL:
        _land(side, industry)
    first = look("clearinghouse")
    assert _industries(first) == _ALL
    _land(side, _ALL[-1], content="id\n9\n")
    again = look("clearinghouse", first.cursor)
    assert _industries(again) == [_ALL[-1]]


def test_a_file_that_is_still_being_written_waits(side, look):
    path = _land(side)
    path.touch()
    assert look("clearinghouse").run_requests == []


def test_content_that_comes_back_asks_again(side, look):
    _land(side)
    first = look("clearinghouse")
    _land(side, content="id\n2\n")
    second = look("clearinghouse", first.cursor)
    _land(side)
    third = look("clearinghouse", second.cursor)
    assert [_industries(tick) for tick in (first, second, third)] == [["manufacturing"]] * 3


@pytest.mark.parametrize("name", _ARRIVALS)
def test_no_package_is_skipped(look, name):
    tick = look(name)
    assert tick.run_requests == []
    assert tick.skip_message


@pytest.mark.parametrize("name", _ARRIVALS)
def test_package_asks_for_one_run_and_another_for_another(look, name, tmp_path):
    inbox = tmp_path / _ARRIVALS[name] / "manufacturing"
    asked, cursor = [], None
    for package in ("first", "first", "second", "first"):
        (inbox / package).mkdir(parents=True, exist_ok=True)
        transfer.point(inbox, inbox / package)
        tick = look(name, cursor)
        asked.append(_industries(tick))
        cursor = tick.cursor
    assert asked == [["manufacturing"], [], ["manufacturing"], ["manufacturing"]]
