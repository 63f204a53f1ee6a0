"""What assets are given: the store of their side, DuckDB with a memory limit, the registry, the transfer folders."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import dagster as dg
from dagster_duckdb import DuckDBResource

from assets import environment
from credential_pipeline.foundation.names import Side
from credential_pipeline.foundation.registry.load import Registry, load_registry
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.storage.engine import Connection, configure
from credential_pipeline.foundation.storage.snapshots import Store


class SideResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """One side's folders and its engine.

    Attributes:
        home: Storage root of the side.
        registry_folder: Extra registry laid over the built-in one; empty for none.
        extracts: Transfer folder from the clearinghouse to the enclave.
        releases: Transfer folder from the enclave to the public side.
        published: Folder of the public releases, which anybody can read.
        today: A fixed ISO date for agreements; empty for the clock's.
        duckdb: In-memory engine with a memory limit.
    """

    home: str
    registry_folder: str = ""
    extracts: str = ""
    releases: str = ""
    published: str = ""
    today: str = ""
    duckdb: dg.ResourceDependency[DuckDBResource]

    @property
    def root(self) -> Path:
        """Storage root as a path."""
        return Path(self.home).absolute()

    @property
    def store(self) -> Store:
        """The side's published versions."""
        return Store(self.root / "store", self.connect)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Open the engine and close it whatever happens: dagster-duckdb's own context leaves it open on an error."""
        with self.duckdb.get_connection() as con:
            try:
                yield configure(con, self.root / "spill")
            finally:
                con.close()

    @cached_property
    def registry(self) -> Registry:
        """The registry in force."""
        return load_registry(Path(self.registry_folder) if self.registry_folder else None)

    def industry(self, name: str) -> Industry:
        """An industry of the registry.

        Raises:
            SafeError: ``E_UNKNOWN_INDUSTRY``: the registry has no such industry.
        """
        return self.registry.industry(name)

    def folder_of_extracts(self, industry: str) -> Path:
        """Where an industry's extracts travel from the clearinghouse to the enclave."""
        return Path(self.extracts) / self.industry(industry).industry

    def folder_of_releases(self, industry: str) -> Path:
        """Where an industry's releases travel from the enclave to the public side."""
        return Path(self.releases) / self.industry(industry).industry

    def published_of(self, industry: str) -> Path:
        """Where the public releases of an industry lie."""
        return Path(self.published) / self.industry(industry).industry

    @property
    def date(self) -> datetime.date:
        """The day on which agreements must be in force.

        Raises:
            SafeError: ``E_SETTING``: the fixed one is no date.
        """
        return environment.day(self.today)


def side_resource(side: Side) -> SideResource:
    """The resource of a side, from the environment."""
    return SideResource(**_fields(side), duckdb=_duckdb())


def declared_resource(side: Side) -> SideResource:
    """The resource of a side as its code location declares it.

    Each variable that is set is named, and read when a run begins; where one is not set, the value that takes its place stands.
    """
    variables = {"home": environment.side_variable(side), **environment.SHARED_VARIABLES}
    named = {field: dg.EnvVar(variable) for field, variable in variables.items() if environment.is_set(variable)}
    return SideResource(**{**_fields(side), **named}, duckdb=_duckdb())


def _fields(side: Side) -> dict[str, str]:
    transfer = environment.transfer()
    return {
        "home": str(environment.side_home(side)),
        "registry_folder": str(environment.extra_registry() or ""),
        "extracts": str(transfer.extracts),
        "releases": str(transfer.releases),
        "published": str(environment.published()),
        "today": environment.today_override() or "",
    }


def _duckdb() -> DuckDBResource:
    settings = {"memory_limit": environment.memory_limit(), "threads": str(environment.threads())}
    return DuckDBResource(database=":memory:", connection_config=settings)
