"""Faults of the machine (disk, memory, rights, Dagster's own files) in plain words, with what to do.

The one place that turns an exception into a sentence for people, inside a step as on the command line. Sentences are made
from the kind of the fault and from facts that name nobody (free space, limits, paths): messages of DuckDB quote cells and are
only searched for the operating system's own words.
Not here: refusals of data, which the domain words itself.
"""

import errno
import os
import signal
import traceback
from pathlib import Path

from checks import vault
from credential_pipeline.foundation.errors import SafeError

#: Folders of files that others named, perhaps after somebody.
_BY_OTHERS = {"inbox", "archive", "education", "reference", "opt_outs", "review"}
_FEW_INODES = 10_000
_TRY_AGAIN = "then run again; what was published before stands"
_FULL = (
    "E_DISK_FULL",
    "The disk is full ({free} free where {home} lies), at {place}: make room or choose another home",
)
_RIGHTS = (
    "E_PERMISSION",
    "This account may not use {place}: give it the right to read and write there, or use the right account",
)
_HANDLES = ("E_OPEN_FILES", "Too many files are open at once: raise the limit (ulimit -n)")
_SENTENCES = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: (
        "E_FILE_SIZE",
        "A file would be larger than this account's may be, at {place}: raise the limit (ulimit -f)",
    ),
    errno.EROFS: (
        "E_READ_ONLY",
        "The file system can only be read, at {place}: mount it for writing or choose another home",
    ),
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EMFILE: _HANDLES,
    errno.ENFILE: _HANDLES,
    errno.EIO: (
        "E_DISK",
        "The disk failed to read or write {place}: have it checked",
    ),
    errno.ENOMEM: ("E_MEMORY", "The machine gave no more memory: end other programs"),
}
_OTHER = ("E_SYSTEM", "The operating system refused {place} ({reason}): put right what it says")
#: What the operating system's faults are called in the messages of libraries that pass on no number.
_WORDS = {os.strerror(number): number for number in _SENTENCES}
_BUSY = {"SQLITE_BUSY", "SQLITE_LOCKED"}
_BROKEN = {"SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT"}


def explain(error: BaseException, home: Path) -> SafeError:
    """Say what stopped a command or a step; what is not understood is kept in the vault log of ``home``.

    Args:
        error: What was raised.
        home: The folder that paths are told relative to: the side's, or that of all sides.
    """
    told = infrastructure(error, home)
    if told is not None:
        return told
    kept = (
        f"is kept in {home.name}/{vault.LOG} only"
        if vault.keep(home, "".join(traceback.format_exception(error)))
        else "could not be kept"
    )
    kind = type(error).__name__
    return SafeError("E_UNEXPECTED", f"An unexpected {kind} stopped it; its text may hold personal data and {kept}.")


def interrupted(error: BaseException) -> bool:
    """Whether somebody pressed Ctrl-C or ended the run while DuckDB worked, which tells it as an error of its own."""
    return type(error).__name__ == "InterruptException" or (
        isinstance(error, RuntimeError) and str(error) == "Query interrupted"
    )


def infrastructure(error: BaseException, home: Path) -> SafeError | None:
    """The sentence for a refusal or a fault of the machine, also one that a library re-raised; None for anything else."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        told = link if isinstance(link, SafeError) else _one(link, home)
        if told is not None:
            return told
        link = link.__cause__
    return None


def of_program(code: int, said: str, home: Path) -> SafeError | None:
    """The sentence for a fault of the machine that ended another program of ours; None for anything else.

    Args:
        code: With which it ended, negative for a signal.
        said: What it wrote to stderr; searched, not quoted.
        home: The folder that it worked in.
    """
    if code == -signal.SIGKILL:
        return _system(errno.ENOMEM, f"a program below {home.name}", home)
    lines = said.strip().splitlines()
    return _in_words(lines[-1], home) if lines else None


def _one(error: BaseException, home: Path) -> SafeError | None:
    library = type(error).__module__.partition(".")[0]
    if library in {"sqlite3", "sqlalchemy"}:
        return _dagster_database(error)
    if isinstance(error, MemoryError):
        message = f"The machine gave no more memory: end other programs, or set CREDENTIAL_PIPELINE_MEMORY lower, {_TRY_AGAIN}."
        return SafeError("E_MEMORY", message)
    if library in {"duckdb", "_duckdb"}:
        return _duckdb(error, home)
    if isinstance(error, OSError) and error.errno is not None:
        return _system(error.errno, _place(error.filename, home), home)
    return _by_words(error, home)


def _duckdb(error: BaseException, home: Path) -> SafeError | None:
    if type(error).__name__ == "OutOfMemoryException":
        if "max_temp_directory_size" in str(error):
            return _system(errno.ENOSPC, f"{home.name}/spill", home)
        message = (
            "DuckDB needs more memory than it may use: raise CREDENTIAL_PIPELINE_MEMORY or lower "
            f"CREDENTIAL_PIPELINE_THREADS, {_TRY_AGAIN}."
        )
        return SafeError("E_MEMORY", message)
    return _by_words(error, home)


def _by_words(error: BaseException, home: Path) -> SafeError | None:
    """A fault of the operating system that a library tells in its message only."""
    if not isinstance(error, OSError) and type(error).__name__ not in {"IOException", "Error"}:
        return None
    return _in_words(str(error), home)


def _in_words(text: str, home: Path) -> SafeError | None:
    numbers = [number for words, number in _WORDS.items() if words in text]
    return _system(numbers[0], f"a file below {home.name}", home) if numbers else None


def _system(number: int, place: str, home: Path) -> SafeError:
    code, sentence = _SENTENCES.get(number, _OTHER)
    facts = {"place": place, "home": home.name, "free": _free(home), "reason": os.strerror(number)}
    return SafeError(code, f"{sentence.format(**facts)}, {_TRY_AGAIN}.")


def _dagster_database(error: BaseException) -> SafeError:
    original = getattr(error, "orig", None) or error
    name = str(getattr(original, "sqlite_errorname", ""))
    base = "_".join(name.split("_")[:2])
    where = "Dagster's database of runs (below DAGSTER_HOME)"
    if base in _BUSY:
        message = f"{where} is locked by another program: wait for it, or end it"
    elif base in _BROKEN:
        message = f"{where} is damaged: move its history and schedules folders away, so that new ones are made"
    elif base == "SQLITE_FULL":
        # It may lie elsewhere than home, so how much is free at home says nothing.
        return SafeError("E_DISK_FULL", f"The disk is full where {where} lies: make room there, {_TRY_AGAIN}.")
    elif base in {"SQLITE_READONLY", "SQLITE_PERM", "SQLITE_CANTOPEN"}:
        message = f"{where} cannot be written: give this account the right to write there"
    else:
        message = f"{where} cannot be used: see that its disk is sound and has room; if so, move the folder away"
    return SafeError("E_DAGSTER_DATABASE", f"{message}, {_TRY_AGAIN}. It holds the history of runs and no table.")


def _place(name: object, home: Path) -> str:
    if not isinstance(name, str | bytes | os.PathLike):
        return f"a file below {home.name}"
    path = Path(os.fsdecode(name)).absolute()
    if path.is_relative_to(home) and _BY_OTHERS & set(path.relative_to(home).parts[:-1]):
        return f"a file in {Path(home.name) / path.parent.relative_to(home)}"
    return str(Path(home.name) / path.relative_to(home)) if path.is_relative_to(home) else str(path)


def _free(home: Path) -> str:
    folder = next((folder for folder in (home, *home.parents) if folder.is_dir()), Path("/"))
    try:
        disk = os.statvfs(folder)
    except OSError:
        return "an unknown number of MB"
    free = f"{disk.f_bavail * disk.f_frsize / 1e6:,.0f} MB"
    # A disk that counts its files (f_files) can be full of them with room left for bytes.
    return f"{free} and {disk.f_favail:,} inodes" if disk.f_files and disk.f_favail < _FEW_INODES else free
