"""What we rely on in Dagster. A test that fails here says which decision to take again."""

import os
import shutil
from pathlib import Path

import dagster as dg
import pytest
from dagster_duckdb import DuckDBResource

CANARY = "ZZYZX CANARYWOMAN"
_PARTS = dg.StaticPartitionsDefinition(["a", "b"])


def _stored(instance, result):
    return " ".join(repr(entry) for entry in instance.all_logs(result.run_id))


def test_check_results_carry_their_partition():
    """If not: one check per rule *and* industry, since a red gate in one industry would hide another's green one."""

    @dg.asset(partitions_def=_PARTS, check_specs=[dg.AssetCheckSpec("rule", asset="hop", partitions_def=_PARTS)])
    def hop():
        yield dg.AssetCheckResult(passed=True, check_name="rule")
        yield dg.MaterializeResult()

    result = dg.materialize([hop], partition_key="b")
    assert [evaluation.partition for evaluation in result.get_asset_check_evaluations()] == ["b"]


def test_separate_blocking_check_does_not_gate_a_child_materialised_alone():
    """If it did: the gate could be a plain blocking asset check beside the asset, instead of working inside the step."""

    @dg.asset
    def parent():
        return None

    @dg.asset(deps=[parent])
    def child():
        return None

    @dg.asset_check(asset=parent, blocking=True)
    def shut():
        return dg.AssetCheckResult(passed=False)

    with dg.DagsterInstance.ephemeral() as instance:
        both = dg.materialize([parent, child, shut], instance=instance, raise_on_error=False)
        assert not both.success
        assert both.asset_materializations_for_node("child") == []
        alone = dg.materialize([parent, child, shut], instance=instance, selection=[child], raise_on_error=False)
        assert alone.success
        assert len(alone.asset_materializations_for_node("child")) == 1


def test_check_results_before_a_failure_are_kept():
    """If not: a refused hop would show no check at all, and results would have to be reported outside the run."""

    @dg.asset(check_specs=[dg.AssetCheckSpec("rule", asset="hop", blocking=True)])
    def hop():
        yield dg.AssetCheckResult(passed=False, check_name="rule", metadata={"observed": 3})
        raise dg.Failure("refused", allow_retries=False)

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([hop], instance=instance, raise_on_error=False)
    (evaluation,) = result.get_asset_check_evaluations()
    assert not evaluation.passed
    assert evaluation.metadata["observed"].value == 3
    assert result.asset_materializations_for_node("hop") == []


@pytest.mark.parametrize("hidden", [True, False])
def test_from_none_keeps_the_cause_out_of_the_event_log(hidden):
    """If it did not: refusals would have to be raised after the ``except`` block has ended."""

    @dg.asset
    def hop():
        try:
            raise ValueError(CANARY)
        except ValueError:
            if hidden:
                raise dg.Failure("refused") from None
            raise dg.Failure("refused")  # noqa: B904 - what must not be written

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([hop], instance=instance, raise_on_error=False)
        stored = _stored(instance, result)
    assert "refused" in stored
    assert (CANARY in stored) is not hidden


def test_duckdb_resource_leaves_its_connection_open_after_an_exception():
    """If it closed it: ``SideResource.connect`` would need no ``finally`` of its own."""
    kept = []
    with pytest.raises(ZeroDivisionError), DuckDBResource(database=":memory:").get_connection() as con:  # noqa: PT012
        kept.append(con)
        _ = 1 / 0
    assert kept[0].execute("SELECT 1").fetchall() == [(1,)]
    kept[0].close()


def test_our_connection_is_closed_after_an_exception(tmp_path):
    from assets.resources import SideResource

    side = SideResource(home=str(tmp_path), duckdb=DuckDBResource(database=":memory:"))
    kept = []
    with pytest.raises(ZeroDivisionError), side.connect() as con:  # noqa: PT012
        kept.append(con)
        _ = 1 / 0
    with pytest.raises(Exception, match="closed"):
        kept[0].execute("SELECT 1")


def test_data_version_is_recorded():
    """If not: an unchanged result would make everything below stale, and hops would have to compare versions alone."""

    @dg.asset
    def hop():
        return dg.MaterializeResult(data_version=dg.DataVersion("0123"))

    (event,) = dg.materialize([hop]).asset_materializations_for_node("hop")
    assert event.tags["dagster/data_version"] == "0123"


def test_a_run_is_found_by_the_hidden_tag_of_its_code_location():
    """If not: the page of a job would not list the command line's runs of it (console/run.py writes this tag)."""

    @dg.asset
    def hop():
        return None

    label = "__repository__@clearinghouse"
    job = dg.Definitions([hop], jobs=[dg.define_asset_job("side")]).resolve_job_def("side")
    with dg.DagsterInstance.ephemeral() as instance:
        kept = job.execute_in_process(instance=instance, tags={".dagster/repository": label})
        job.execute_in_process(instance=instance)
        found = instance.get_runs(dg.RunsFilter(tags={".dagster/repository": label}))
        assert [run.run_id for run in found] == [kept.run_id]


def test_the_compute_log_manager_of_our_configuration_captures_nothing(tmp_path, monkeypatch):
    """If it is gone or writes: what libraries print, which may hold personal data, would lie in Dagster's folder."""
    shutil.copy(Path(__file__).parents[2] / "dagster.yaml", tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))

    @dg.asset
    def hop():
        os.write(1, CANARY.encode())

    with dg.DagsterInstance.get() as instance:
        result = dg.materialize([hop], instance=instance)
        assert result.success
        assert type(instance.compute_log_manager).__name__ == "NoOpComputeLogManager"
    written = [path for path in tmp_path.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]
    assert written == []


@pytest.mark.parametrize("required", [True, False])
def test_a_hop_below_a_failed_one_does_not_begin(required):
    """If not: a hop below a refused one would run on the last good version, and the run would look half green."""

    @dg.asset(output_required=required)
    def parent():
        raise dg.Failure("refused", allow_retries=False)
        yield dg.MaterializeResult()

    @dg.asset(deps=[parent], output_required=required)
    def child():
        yield dg.MaterializeResult()

    @dg.asset
    def other():
        return None

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([parent, child, other], instance=instance, raise_on_error=False)
    assert not result.success
    started = {event.step_key for event in result.all_events if event.event_type_value == "STEP_START"}
    ended = {event.step_key for event in result.all_events if event.event_type_value == "STEP_SUCCESS"}
    assert "child" not in started
    assert (started, ended) == ({"parent", "other"}, {"other"}), "what does not hang on it goes on"


def test_a_hop_below_one_without_output_is_skipped():
    """If not: hops with nothing new would be materialized where the one above was only observed (observe.py)."""

    @dg.asset(output_required=False)
    def parent():
        return
        yield dg.MaterializeResult()

    @dg.asset(deps=[parent])
    def child():
        return None

    result = dg.materialize([parent, child])
    assert result.success
    assert [event.step_key for event in result.all_events if event.event_type_value == "STEP_SKIPPED"] == ["child"]


def test_an_assets_backfill_policy_is_what_we_gave_it_and_policies_compare_by_what_they_say():
    """If not: a backfill would group the shared assets of two code locations into one run, which cannot be (partitions.py)."""

    @dg.asset(backfill_policy=dg.BackfillPolicy.single_run())
    def grouped():
        return None

    @dg.asset
    def alone():
        return None

    specs = dg.Definitions([grouped, alone]).resolve_asset_graph()
    policy = {name: specs.get(dg.AssetKey(name)).backfill_policy for name in ("grouped", "alone")}
    assert policy == {"grouped": dg.BackfillPolicy.single_run(), "alone": None}
