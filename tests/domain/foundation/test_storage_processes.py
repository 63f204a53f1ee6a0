"""Several processes at one store, and death at any instant of a publication."""

import json
import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest

from credential_pipeline.foundation.storage.snapshots import Store
from tests.domain.foundation.storage_world import IT, SNAPSHOT, folders, publish

ROOT = Path(__file__).parents[3]


def _repeatedly(root, offset, times, barrier):
    barrier.wait()
    for _ in range(times):
        publish(Store(Path(root)), offset)


def test_two_processes_publish_and_a_third_reads(tmp_path):
    """Whoever comes second waits; a reader meets one whole version or the other at any time."""
    root = tmp_path / "store"
    store = Store(root)
    names = {publish(store, offset).version for offset in (0, 1, 2)}
    processes = multiprocessing.get_context("spawn")
    barrier = processes.Barrier(3)
    writers = [processes.Process(target=_repeatedly, args=(str(root), offset, 4, barrier)) for offset in (1, 2)]
    for writer in writers:
        writer.start()
    barrier.wait()
    seen = set()
    while any(writer.is_alive() for writer in writers):
        version = store.current(SNAPSHOT, IT)
        offset = int(version.manifest.inputs["offset"])
        with store.read(version) as con:
            found = con.execute("SELECT min(n), max(n), count(*) FROM sample.people").fetchall()
        assert found == [(offset, offset + 199, 200)]
        seen.add(version.name)
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    assert seen <= names
    assert set(folders(store)) == names, "no staging folder stays behind"


_DEATH = '''
"""Dies at the n-th call of one function while it publishes; forked once for every n, so that imports cost once."""
import json, os, shutil, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.domain.foundation.storage_world import IT, SNAPSHOT, publish
from credential_pipeline.foundation.storage import retention
from credential_pipeline.foundation.storage.snapshots import Store

def forked(act):
    child = os.fork()
    if child == 0:
        try:
            act()
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1]

def dying(function, number, before):
    real, calls = getattr(*function), [0]
    def act(*args, **kwargs):
        calls[0] += 1
        if calls[0] == number and before:
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*args, **kwargs)
        if calls[0] == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    setattr(*function, act)

def whole(store):
    version = store.find(SNAPSHOT, IT)
    return None if version is None else [version.manifest.run_id, [version.path(t.name).stat().st_size for t in SNAPSHOT]]

def age(folder):
    for path in folder.iterdir():
        os.utime(path, (1, 1))

report, home = [], Path(sys.argv[2])
base = home / "base"
assert forked(lambda: publish(Store(base), 0)) == 0
for scene in ("first", "next", "same"):
    for name, function in {"replace": (os, "replace"), "fsync": (os, "fsync"), "rmtree": (shutil, "rmtree")}.items():
        for before in (True, False):
            for number in range(1, 30):
                if name != "replace" and (scene != "next" or not before):
                    continue
                root = home / f"{scene}-{name}-{before}-{number}"
                if scene != "first":
                    shutil.copytree(base, root)
                offset = 0 if scene == "same" else 1
                status = forked(lambda: (dying(function, number, before), publish(Store(root), offset)))
                store = Store(root)
                seen = whole(store)
                died = os.WIFSIGNALED(status)
                if root.exists():
                    age(store.folder(SNAPSHOT, IT))
                again = forked(lambda: publish(Store(root), 2))
                left = sorted(p.name for p in store.folder(SNAPSHOT, IT).iterdir() if p.name.startswith("."))
                report.append([scene, name, before, number, died, status, seen, again, whole(store), left])
                shutil.rmtree(root)
                if not died:
                    break
print(json.dumps(report))
'''


@pytest.fixture(scope="module")
def deaths(tmp_path_factory):
    """What a reader sees after a death at every rename, every flush and every removal, and after the next run."""
    home = tmp_path_factory.mktemp("deaths")
    script = home / "die.py"
    script.write_text(_DEATH)
    done = subprocess.run([sys.executable, script, ROOT, home], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_death_at_any_instant_leaves_the_old_version_or_the_new_one(deaths):
    died = [entry for entry in deaths if entry[4]]
    met = {(scene, name) for scene, name, *_ in died}
    assert met == {
        ("first", "replace"),
        ("next", "replace"),
        ("same", "replace"),
        ("next", "fsync"),
        ("next", "rmtree"),
    }
    for scene, name, before, number, _, _, seen, *_ in died:
        run = seen[0] if seen else None
        allowed = {"first": {None, "run1"}, "next": {"run0", "run1"}, "same": {"run0"}}[scene]
        assert run in allowed, (scene, name, before, number)
    assert {seen[0] if seen else None for *_, seen, _, _, _ in died} == {None, "run0", "run1"}, "both ends are met"


def test_after_a_death_the_next_run_publishes_and_cleans_up(deaths):
    for scene, name, before, number, _, _, _, again, seen, left in deaths:
        assert again == 0, (scene, name, before, number)
        assert seen[0] == "run2"
        assert left == [".lock"], (scene, name, before, number)


def test_runs_that_are_not_killed_end_well(deaths):
    survived = [entry for entry in deaths if not entry[4]]
    assert len(survived) == 3 * 2 + 2, "every series goes on until nothing is left to die at"
    assert all(status == 0 for *_, status, _, _, _, _ in survived)
