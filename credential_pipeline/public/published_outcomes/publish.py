"""An approved release becomes public: its files are put where readers find them all at once, byte for byte."""

import re
from pathlib import Path

from credential_pipeline.foundation.contracts.published_outcomes import ACTS
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.public.published_outcomes.files import read_table, write_csv
from credential_pipeline.public.published_outcomes.index import WITHDRAWAL, Act, list_release
from credential_pipeline.public.published_outcomes.place import place, point, remove

_FILE = re.compile(r"\A[a-z][a-z0-9_-]{0,60}(\.[a-z0-9-]{1,20}){1,3}\Z")


def publish(con: Connection, home: Path, industry: str) -> Act:
    """Put the files of a release where readers find them, as they were approved; or take a withdrawn release away.

    Args:
        con: Connection with the tables of ``published_outcomes``.
        home: Folder of the public side.
        industry: The partition.

    Returns:
        The act that was carried out.

    Raises:
        SafeError: ``E_PUBLIC_FILES``: the files are not those of the figures beside them; nothing was published.
    """
    names = ", ".join(f'"{name}"' for name in ACTS.column_names)
    act = Act(*con.execute(f"SELECT {names} FROM published_outcomes.release_acts").fetchall()[0])
    folder = home / industry
    if act.kind == WITHDRAWAL:
        remove(folder, act.release)
    else:
        with place(folder, act.release) as out:
            _lay_out(con, out, industry)
    point(folder, list_release(folder, act))
    return act


def _lay_out(con: Connection, out: Path, industry: str) -> None:
    for name, content in con.execute(
        "SELECT path, content FROM published_outcomes.public_files ORDER BY path"
    ).fetchall():
        if not _FILE.match(name):
            raise _foreign("one has a name that no public file has")
        (out / name).write_bytes(content)
    again = out / ".again.csv"
    write_csv(read_table(con, industry), again)
    if not (out / "outcomes.csv").is_file() or again.read_bytes() != (out / "outcomes.csv").read_bytes():
        raise _foreign("outcomes.csv does not hold the figures of the table")
    again.unlink()


def _foreign(how: str) -> SafeError:
    message = f"The files of the package are not those of its figures ({how}): ask the enclave for a sound release."
    return SafeError("E_PUBLIC_FILES", message)
