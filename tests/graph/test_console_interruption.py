"""Ctrl-C ends a run with 130 wherever it is pressed, also where a library lets it fall."""

import contextlib
import logging
import signal
from types import SimpleNamespace

import dagster as dg
import pytest

from assets.console import interruption, run

_LINES = logging.getLogger("credential_pipeline.progress")


def _press_and_let_fall() -> None:
    with contextlib.suppress(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def _leave_an_import_half_done(*, pressed: bool) -> None:
    if pressed:
        _press_and_let_fall()
    raise AssertionError


@pytest.fixture
def quiet(monkeypatch):
    monkeypatch.setattr(_LINES, "level", logging.INFO)
    monkeypatch.setattr(_LINES, "propagate", False)


def test_what_a_library_lets_fall_stops_the_run_at_its_next_line(quiet):
    with interruption.heard():
        _LINES.info("nobody pressed anything")
        _press_and_let_fall()
        with pytest.raises(KeyboardInterrupt):
            _LINES.info("the next hop")
        _LINES.info("it stops once")
    assert not any(isinstance(one, interruption._Pressed) for one in _LINES.handlers)
    assert signal.set_wakeup_fd(-1) == -1


def test_what_falls_after_the_last_hop_is_no_success(tmp_path, monkeypatch):
    monkeypatch.setenv("CREDENTIAL_PIPELINE_HOME", str(tmp_path))
    monkeypatch.setattr(run, "_run", lambda *_: not _press_and_let_fall())
    with pytest.raises(KeyboardInterrupt):
        run.hops_of(["one"], ["raw_feeds"])


def test_a_fault_that_comes_of_it_is_an_interruption_and_any_other_stays_a_fault():
    with pytest.raises(KeyboardInterrupt), interruption.heard():
        _leave_an_import_half_done(pressed=True)
    with pytest.raises(AssertionError), interruption.heard():
        _leave_an_import_half_done(pressed=False)


@pytest.mark.parametrize("place", ["RESOURCE_INIT_STARTED", "PIPELINE_START", "STEP_START"])
def test_a_key_pressed_while_dagster_prepares_is_an_interruption_and_no_refusal(place, tmp_path, monkeypatch):
    @dg.resource
    def folder(_: object) -> str:
        return str(tmp_path)

    @dg.op(required_resource_keys={"folder"})
    def hop() -> None: ...

    @dg.job(resource_defs={"folder": folder})
    def side() -> None:
        hop()

    def told(event: dg.EventLogEntry, *rest: object, **more: object) -> object:
        if event.dagster_event and event.dagster_event.event_type_value == place:
            signal.raise_signal(signal.SIGINT)
        return tell(event, *rest, **more)

    with dg.DagsterInstance.ephemeral() as instance:
        tell = instance.handle_new_event
        monkeypatch.setattr(instance, "handle_new_event", told)
        definitions = SimpleNamespace(resolve_job_def=lambda name: SimpleNamespace(execute_in_process=_only(side)))
        monkeypatch.setattr(run.importlib, "import_module", lambda name: SimpleNamespace(defs=definitions))
        with pytest.raises(KeyboardInterrupt):
            run._materialize("clearinghouse", ["hop"], "one", instance, {})


def _only(job: dg.JobDefinition):
    return lambda instance, raise_on_error, **_: job.execute_in_process(
        instance=instance, raise_on_error=raise_on_error
    )
