"""A simulated world as its senders have told of it until a day: yearly files of years that are over, rows that are known by then.

The same seed gives the same files, so a later day in the same home adds deliveries and changes none. Not here: the world (simulate.py).
The truth is that of the whole world.
"""

import filecmp
import shutil
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.simulation.folders import EDUCATION, INBOX, REFERENCE, TRUTH
from credential_pipeline.simulation.simulate import SimulationSummary

_WAGES = ("wages_annual", "wages_quarterly")


def simulate_until(
    day: date, home: Path, registry: Registry, industries: Sequence[str], write: Callable[[Path], SimulationSummary]
) -> SimulationSummary:
    """Write what is known of a world on a day; deliveries that lie there already stay as they are.

    Args:
        day: The day.
        home: As for :func:`simulate`.
        registry: Industries and certifiers.
        industries: Names of the industries that are simulated.
        write: Simulates the whole world into another folder.

    Raises:
        SafeError: E_NOTHING_YET if no certifier has sent anything by then, E_OTHER_WORLD if other files lie in the home, or later ones.
    """
    for name in industries:
        registry.industry(name)
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home, prefix=".simulated-") as folder:
        whole = Path(folder)
        summary = write(whole)
        deliveries = _deliveries(whole, day)
        _refuse_another_world(home, whole, deliveries, industries)
        for path in deliveries:
            _put(whole / path, home / path)
        shutil.rmtree(whole / INBOX)
        _cut_education(whole / EDUCATION, day)
        _cut_reference(whole / REFERENCE, day)
        for part in (EDUCATION, REFERENCE, TRUTH):
            shutil.rmtree(home / part, ignore_errors=True)
        for path in sorted(path for path in whole.rglob("*") if path.is_file()):
            _put(path, home / path.relative_to(whole))
    return summary


def sent_on(path: Path) -> date:
    """The day on which a delivery is sent: when its year is over."""
    return date(int(path.name.partition(".")[0]), 12, 31)


def _deliveries(whole: Path, day: date) -> list[Path]:
    """Deliveries that are sent by a day, below the home."""
    every = sorted(path for path in (whole / INBOX).rglob("*") if path.is_file())
    sent = [path.relative_to(whole) for path in every if sent_on(path) <= day]
    if not sent:
        first = min(map(sent_on, every))
        raise SafeError("E_NOTHING_YET", f"By that day nobody has sent anything; the first files come on {first}.")
    return sent


def _refuse_another_world(home: Path, whole: Path, deliveries: Sequence[Path], industries: Sequence[str]) -> None:
    """Refuse a home in which other deliveries lie, or some that were sent after the day."""
    there = {
        path.relative_to(home)
        for name in industries
        for path in (home / INBOX / name).rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    if later := sorted(there & {path.relative_to(whole) for path in (whole / INBOX).rglob("*")} - {*deliveries}):
        text = (
            f"{later[0]} was sent after that day, and no sender takes files back; choose a later day or another home."
        )
        raise SafeError("E_OTHER_WORLD", text)
    for path in deliveries:
        if path in there and not filecmp.cmp(home / path, whole / path, shallow=False):
            text = f"{path} is of another world; give the same --seed and sizes as before, or choose another home."
            raise SafeError("E_OTHER_WORLD", text)


def _put(source: Path, target: Path) -> None:
    """Move a file to its place, unless just these bytes lie there: what is untouched keeps its time."""
    if target.is_file() and filecmp.cmp(source, target, shallow=False):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    Path(source).replace(target)


def _cut_education(folder: Path, day: date) -> None:
    """The registry's extract of a day: enrollments that have begun, degrees that were given, and who is in them or in none at all."""
    enrollments = _read(folder / "enrollments")
    begun = enrollments.filter(pc.less_equal(enrollments["begin_date"], day))
    known = begun["student_id"].combine_chunks()
    strangers = pc.invert(pc.is_in(enrollments["student_id"], value_set=known))
    later = enrollments.filter(strangers)["student_id"].combine_chunks()
    open_ = pc.greater(begun["end_date"], day)
    ended = pc.if_else(open_, pa.scalar(None, begun["end_date"].type), begun["end_date"])
    begun = begun.set_column(begun.column_names.index("end_date"), "end_date", ended)
    persons, degrees = _read(folder / "persons"), _read(folder / "degrees")
    _write(folder / "enrollments", begun)
    _write(folder / "persons", persons.filter(pc.invert(pc.is_in(persons["student_id"], value_set=later))))
    _write(folder / "degrees", degrees.filter(pc.less_equal(degrees["degree_date"], day)))


def _cut_reference(folder: Path, day: date) -> None:
    """Wages of the years that are over, and no death that is still to come."""
    for name in _WAGES:
        for path in sorted((folder / name).glob("*.parquet")):
            if sent_on(path) > day:
                path.unlink()
    persons = _read(folder / "persons")
    died = persons["death_date"]
    still = pc.if_else(pc.greater(died, day), pa.scalar(None, died.type), died)
    _write(folder / "persons", persons.set_column(persons.column_names.index("death_date"), "death_date", still))


def _read(folder: Path) -> pa.Table:
    return pq.read_table(folder / "part-0.parquet")


def _write(folder: Path, table: pa.Table) -> None:
    pq.write_table(table, folder / "part-0.parquet", compression="zstd")
