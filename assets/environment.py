"""Where things are: the only module that reads the product's own environment variables.

Each side loads with the other sides' variables unset. On one machine everything lies under ``CREDENTIAL_PIPELINE_HOME``.
Not here: ``JAVA_HOME``, which is Java's (read where Spark starts), and variables that the console sets for libraries.
"""

import datetime
import os
import re
from dataclasses import dataclass
from pathlib import Path

from credential_pipeline.engines.linkage.cluster import Cluster, read_properties
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import Side
from credential_pipeline.foundation.registry.load import Registry, load_registry

_SIDE_VARIABLES = {
    Side.CLEARINGHOUSE: "CLEARINGHOUSE_HOME",
    Side.ENCLAVE: "ENCLAVE_HOME",
    Side.PUBLIC: "PUBLIC_HOME",
}
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([KMGT]i?B)", re.IGNORECASE)
_MOST_THREADS = 4
#: Characters of paths that DuckDB reads as a pattern, or SQLAlchemy as a part of an address; the second would put files elsewhere.
_PATTERN = re.compile(r"[*?\[\\]|%[0-9a-fA-F]{2}")

#: Variables that every side reads, by what they say.
SHARED_VARIABLES = {
    "registry_folder": "CREDENTIAL_PIPELINE_REGISTRY",
    "extracts": "EXTRACT_TRANSFER",
    "releases": "RELEASE_TRANSFER",
    "published": "PUBLISHED_RELEASES",
    "today": "CREDENTIAL_PIPELINE_TODAY",
}


def home() -> Path:
    """Folder of a one-machine installation (``CREDENTIAL_PIPELINE_HOME``, by default ``./data``)."""
    return Path(os.environ.get("CREDENTIAL_PIPELINE_HOME") or "data").absolute()


def require_home() -> None:
    """See that home, and each side's own, is a folder or can become one, under a name that all who read it take literally.

    Raises:
        SafeError: ``E_HOME``: it is a file or leads through one, or DuckDB or Dagster's database take its name for a pattern.
    """
    own = {_SIDE_VARIABLES[side]: side_home(side) for side in Side if is_set(_SIDE_VARIABLES[side])}
    for option, folder in {"--home": home(), **own}.items():
        file = next(
            (place for place in (folder, *folder.parents) if os.path.lexists(place) and not place.is_dir()), None
        )
        if file is not None:
            message = f"{folder} cannot be a home, for {file} is no folder: name another one with {option}."
            raise SafeError("E_HOME", message)
        if _PATTERN.search(str(folder)):
            message = f"{folder} cannot be a home: its name may hold no *, ?, [ or backslash, and no % before two hexadecimal digits: rename it."
            raise SafeError("E_HOME", message)


def side_home(side: Side) -> Path:
    """Storage root of a side (``CLEARINGHOUSE_HOME``, ``ENCLAVE_HOME``, ``PUBLIC_HOME``)."""
    return Path(os.environ.get(_SIDE_VARIABLES[side]) or home() / side.value).absolute()


def side_variable(side: Side) -> str:
    """Name of the variable that gives a side's storage root."""
    return _SIDE_VARIABLES[side]


def is_set(variable: str) -> bool:
    """Whether a variable says anything."""
    return bool(os.environ.get(variable))


def web_host() -> str:
    """Where Dagster's web page would listen if nobody told it (``DAGSTER_WEBSERVER_HOST``)."""
    return os.environ.get("DAGSTER_WEBSERVER_HOST") or "127.0.0.1"


def one_machine() -> bool:
    """True if no side was given a home of its own, so that all three share this machine."""
    return not any(os.environ.get(variable) for variable in _SIDE_VARIABLES.values())


def extra_registry() -> Path | None:
    """Folder of YAML laid over the built-in registry (``CREDENTIAL_PIPELINE_REGISTRY``)."""
    folder = os.environ.get("CREDENTIAL_PIPELINE_REGISTRY")
    return Path(folder) if folder else None


def with_registry(folder: str) -> dict[str, str]:
    """The variables for a program that a hop starts: those of this process, with the extra registry that the hop goes by.

    Args:
        folder: The extra registry; empty for none.
    """
    variables = {name: value for name, value in os.environ.items() if name != SHARED_VARIABLES["registry_folder"]}
    return variables | ({SHARED_VARIABLES["registry_folder"]: folder} if folder else {})


def registry() -> Registry:
    """The registry in force.

    Raises:
        SafeError: A YAML file is wrong; the message names the file and the key.
    """
    return load_registry(extra_registry())


@dataclass(frozen=True)
class Transfer:
    """The folders through which sealed packages travel; in production the mounts of a managed transfer.

    Attributes:
        extracts: From the clearinghouse to the enclave (``EXTRACT_TRANSFER``).
        releases: From the enclave to the public side (``RELEASE_TRANSFER``).
    """

    extracts: Path
    releases: Path


def transfer() -> Transfer:
    """Where sealed packages are put and found."""
    return Transfer(
        extracts=Path(os.environ.get("EXTRACT_TRANSFER") or home() / "transfer" / "extracts").absolute(),
        releases=Path(os.environ.get("RELEASE_TRANSFER") or home() / "transfer" / "releases").absolute(),
    )


def published() -> Path:
    """Where the clearinghouse finds the public releases (``PUBLISHED_RELEASES``), by default the public side's home."""
    return Path(os.environ.get("PUBLISHED_RELEASES") or side_home(Side.PUBLIC)).absolute()


def own_records() -> bool:
    """Whether people may be given their own records (``CREDENTIAL_PIPELINE_OWN_RECORDS``: on or off, by default off).

    Raises:
        SafeError: ``E_SETTING``: it is neither.
    """
    said = os.environ.get("CREDENTIAL_PIPELINE_OWN_RECORDS") or "off"
    if said not in {"on", "off"}:
        raise SafeError("E_SETTING", "CREDENTIAL_PIPELINE_OWN_RECORDS: say on or off.")
    return said == "on"


def memory_limit(parts: int = 1) -> str:
    """Memory that a DuckDB connection may use (``CREDENTIAL_PIPELINE_MEMORY``, by default 3GB); beyond it, it spills.

    Args:
        parts: The engine gets one of so many, where what stands beside it in memory needs the rest.

    Raises:
        SafeError: ``E_SETTING``: it is no size that DuckDB knows.
    """
    size = _SIZE.fullmatch(os.environ.get("CREDENTIAL_PIPELINE_MEMORY") or "3GB")
    if size is None:
        raise SafeError("E_SETTING", "CREDENTIAL_PIPELINE_MEMORY: give a number and a unit, for example 3GB or 800MB.")
    return f"{float(size[1]) / parts:g}{size[2]}"


def threads() -> int:
    """Threads of a DuckDB connection (``CREDENTIAL_PIPELINE_THREADS``, by default all cores, at most four).

    More threads want more memory; results are the same with any number.

    Raises:
        SafeError: ``E_SETTING``: it is no whole number above zero.
    """
    asked = os.environ.get("CREDENTIAL_PIPELINE_THREADS")
    if not asked:
        return min(_MOST_THREADS, os.cpu_count() or 1)
    if not asked.isascii() or not asked.isdigit() or int(asked) == 0:
        raise SafeError("E_SETTING", "CREDENTIAL_PIPELINE_THREADS: give a whole number above zero, for example 2.")
    return int(asked)


def spark() -> Cluster:
    """The Spark that industries with ``engine: spark`` use (``CREDENTIAL_PIPELINE_SPARK_MASTER`` and so on).

    Raises:
        SafeError: ``E_SPARK``: the file of properties (``CREDENTIAL_PIPELINE_SPARK_CONF``) cannot be read.
    """
    file = os.environ.get("CREDENTIAL_PIPELINE_SPARK_CONF")
    folder = os.environ.get("CREDENTIAL_PIPELINE_SPARK_FOLDER")
    return Cluster(
        master=os.environ.get("CREDENTIAL_PIPELINE_SPARK_MASTER") or Cluster.master,
        conf=read_properties(Path(file)) if file else {},
        folder=Path(folder).absolute() if folder else None,
    )


def dagster_home() -> Path:
    """Folder of the Dagster instance (``DAGSTER_HOME``)."""
    return Path(os.environ.get("DAGSTER_HOME") or home() / "dagster").absolute()


def monthly_cron(side: Side) -> str:
    """When a side runs by itself (``CLEARINGHOUSE_CRON`` and so on); by default monthly, one side after the other."""
    day = {Side.CLEARINGHOUSE: 5, Side.ENCLAVE: 8, Side.PUBLIC: 12}[side]
    return os.environ.get(f"{side.name}_CRON") or f"0 6 {day} * *"


def repository_url() -> str | None:
    """Address of the repository's files on the web (``CREDENTIAL_PIPELINE_REPOSITORY``, for example ``https://…/blob/main``)."""
    address = os.environ.get("CREDENTIAL_PIPELINE_REPOSITORY")
    return address.rstrip("/") if address else None


def today() -> datetime.date:
    """The day on which agreements must be in force: the fixed one, or the clock's in UTC.

    Raises:
        SafeError: ``E_SETTING``: the fixed one is no date.
    """
    return day(today_override() or "")


def day(fixed: str) -> datetime.date:
    """The day that a fixed date names; the clock's in UTC if it is empty.

    Raises:
        SafeError: ``E_SETTING``: it is no date.
    """
    try:
        return datetime.date.fromisoformat(fixed) if fixed else datetime.datetime.now(datetime.UTC).date()
    except ValueError:
        raise SafeError("E_SETTING", "CREDENTIAL_PIPELINE_TODAY: give a date, for example 2026-07-01.") from None


def today_override() -> str | None:
    """A fixed date for agreements (``CREDENTIAL_PIPELINE_TODAY``, ISO), so that a past run can be repeated."""
    return os.environ.get("CREDENTIAL_PIPELINE_TODAY")
