"""A run that dies half way through predicting leaves the last version and holds up nobody: the next run makes the new one."""

import os
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import dagster as dg

from credential_pipeline.foundation.storage.writer import writing
from tests.pipeline.conftest import SERVER, Answer, _run, forget_homes
from tests.pipeline.versions import versions

_SECONDS = 120.0


def _die_predicting(arguments: list[str]) -> None:
    """The command line, in a process that is killed without warning when the second prediction begins."""
    from credential_pipeline.engines.linkage import predict

    begun = []
    original = predict._predict

    def die(*given: object, **named: object) -> object:
        begun.append(1)
        if len(begun) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*given, **named)

    predict._predict = die
    forget_homes()
    from assets.console.main import main

    sys.exit(main(arguments))


def _runs(home: Path) -> Counter[str]:
    """Status -> runs of the instance that have it."""
    with dg.DagsterInstance.local_temp(tempdir=str(home / "dagster")) as instance:
        return Counter(run.status.value for run in instance.get_runs())


def test_a_living_writer_is_waited_for_and_named(home: Path, tmp_path: Path) -> None:
    """The lock is taken by the step itself, so a run of the UI waits just as one of the command line does."""
    writer = "run 0123abcd (healthcare linked_records)"
    store = home / "clearinghouse" / "store"
    shutil.rmtree(store / "cleaned_learners" / "manufacturing")
    out, err = tmp_path / "out", tmp_path / "err"
    out.touch()
    words = ["run", "manufacturing", "--until", "cleaned_learners", "--home", str(home)]
    process = SERVER.Process(target=_run, args=(words, {}, str(out), str(err)))
    deadline = time.monotonic() + _SECONDS
    with writing(store, writer, print):
        process.start()
        while "waiting for" not in out.read_text() and time.monotonic() < deadline:
            assert process.is_alive(), err.read_text()
            time.sleep(0.2)
    process.join(_SECONDS)
    assert process.exitcode == 0, err.read_text()
    assert out.read_text().count(f"waiting for {writer}") == 1
    with dg.DagsterInstance.local_temp(tempdir=str(home / "dagster")) as instance:
        (newest,) = instance.get_runs(limit=1)
    assert newest.tags["credential_pipeline/started_by"] == "command line"
    assert newest.tags["credential_pipeline/industry"] == "manufacturing"


def test_a_run_killed_while_predicting_leaves_the_last_version(
    home: Path, tmp_path: Path, run: Callable[..., Answer]
) -> None:
    folder = tmp_path / "registry" / "industries"
    folder.mkdir(parents=True)
    shipped = Path("credential_pipeline/foundation/registry/industries/manufacturing.yml").read_text()
    (folder / "manufacturing.yml").write_text(shipped.replace("link_threshold: 0.5", "link_threshold: 0.9"))
    words = [
        "--home",
        str(home),
        "--registry",
        str(tmp_path / "registry"),
        "run",
        "manufacturing",
        "--until",
        "linked_records",
    ]
    before = versions(home)
    process = SERVER.Process(target=_die_predicting, args=(words,))
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    assert versions(home) == before
    exported = run(home, "export", "links", "manufacturing", "--out", str(tmp_path / "links.csv"))
    assert exported.code == 0, exported.err

    assert _runs(home)["STARTED"] == 1
    again = run(home, "run", "manufacturing", "--until", "linked_records", registry=tmp_path / "registry")
    assert again.code == 0, again.err
    assert _runs(home)["STARTED"] == 0
    assert not list((home / "dagster" / "commands").iterdir())
    changed = {name for name, version in versions(home).items() if before.get(name) != version}
    assert changed == {"clearinghouse/store/linked_records/manufacturing/CURRENT"}
    assert not list((home / "clearinghouse" / "store" / "linked_records" / "manufacturing").glob(".staging-*"))
