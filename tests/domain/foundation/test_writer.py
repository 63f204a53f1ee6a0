"""One writer at a time in a store: others wait and say for whom, and a dead process holds up nobody."""

import multiprocessing
import os
import signal
import threading

import pytest

from credential_pipeline.foundation.storage import writer
from credential_pipeline.foundation.storage.writer import writing

FORK = multiprocessing.get_context("fork")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(writer, "_SECONDS", 0.02)


def test_the_second_waits_and_is_told_for_whom_once(tmp_path):
    order, waited, free = [], [], threading.Event()

    def second() -> None:
        with writing(tmp_path, "run 2", waited.append):
            order.append("second")

    with writing(tmp_path, "run 1 (manufacturing linked_records)", waited.append):
        other = threading.Thread(target=second)
        other.start()
        free.wait(0.3)
        order.append("first")
    other.join(10)
    assert order == ["first", "second"]
    assert waited == ["run 1 (manufacturing linked_records)"]


def test_a_dead_writer_holds_up_nobody(tmp_path):
    ready = FORK.Event()

    def die() -> None:
        with writing(tmp_path, "run 1", print):
            ready.set()
            os.kill(os.getpid(), signal.SIGKILL)

    process = FORK.Process(target=die)
    process.start()
    assert ready.wait(10)
    process.join(10)
    waited = []
    with writing(tmp_path, "run 2", waited.append):
        assert (tmp_path / ".lock").read_text() == "run 2"
    assert waited == []


def test_a_writer_that_fails_gives_the_lock_back(tmp_path):
    with pytest.raises(ZeroDivisionError), writing(tmp_path / "store", "run 1", print):
        _ = 1 / 0
    waited = []
    with writing(tmp_path / "store", "run 2", waited.append):
        pass
    assert waited == []
