"""What a hop is: one object that says everything about a step of the chain, each thing once.

Name, dependencies, checks, schemas, owner, group, code version and cache key follow from it (hop_asset.py,
materialize.py). Not here: how a hop runs, so that a change in the machinery is no change of a hop.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from assets.resources import SideResource
from checks.rule import Rule
from credential_pipeline.foundation.contracts.table import Snapshot
from credential_pipeline.foundation.names import SHARED
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.snapshots import Version
from credential_pipeline.foundation.storage.staging import Staged


@dataclass(frozen=True)
class Step:
    """Where a hop works this time.

    A hop sees no more of the registry than it says it asks, so nothing else can change its result.

    Attributes:
        side: Folders and engine of the side, and the whole registry, which is for what a hop says to people only.
        partition: The industry, or ``shared``.
        asks: What the hop reads of the industry's YAML.
        run_tags: What the run was told beside what to do, for example to give out new ids (run_tags.py).
    """

    side: SideResource
    partition: str
    asks: tuple[str, ...] = ()
    run_tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def industry(self) -> Industry:
        """The industry that is worked on, as far as the hop asks for it; any other part is missing.

        Raises:
            SafeError: ``E_UNKNOWN_INDUSTRY``: the registry does not have it.
        """
        seen = self.side.industry(self.partition).model_copy()
        for key in set(seen.__dict__) - {"industry", *self.asks}:
            del seen.__dict__[key]
        return seen

    @property
    def certifiers(self) -> tuple[Certifier, ...]:
        """The certifiers of the industry, by name, if the hop asks for them."""
        return self.side.registry.certifiers_of(self.partition) if "certifiers" in self.asks else ()

    @property
    def registry(self) -> Registry:
        """The registry, as far as the hop asks for it."""
        return Registry({self.partition: self.industry}, {one.certifier: one for one in self.certifiers})

    @property
    def root(self) -> Path:
        """Storage root of the side."""
        return self.side.root

    @property
    def date(self) -> datetime.date:
        """The day on which agreements must be in force."""
        return self.side.date

    def current(self, snapshot: Snapshot) -> Version:
        """The published version of a snapshot of this side.

        Raises:
            SafeError: ``E_NOT_PUBLISHED``: there is none; the message names the hop to run.
        """
        return self.side.store.current(snapshot, self.partition if snapshot.partitioned else SHARED)


@dataclass(frozen=True)
class Published:
    """A published version, open for whoever tells people of it.

    Attributes:
        step: Where it was made.
        version: The version.
        con: Connection in which its tables are views.
    """

    step: Step
    version: Version
    con: Connection

    @property
    def facts(self) -> Mapping[str, Any]:
        """Small facts that its build wrote down."""
        return self.version.manifest.facts


@dataclass(frozen=True)
class Chart:
    """Figures for the Dagster UI, of a query over aggregates: counts and rates of groups, never rows of people.

    Attributes:
        title: What they show; also the alternative text of a picture.
        query: First column the category or position, second column the value.
        kind: ``numbers``, a figure per category, which the UI plots over the versions; or ``bars`` where the shape of one
            version tells more than any of its figures.
    """

    title: str
    query: str
    kind: Literal["numbers", "bars"] = "numbers"


@dataclass(frozen=True)
class Hop:
    """One step of the chain.

    Attributes:
        contract: What it publishes.
        rules: The suite of its gate.
        build: Creates the contract's tables in the staged connection, where ``reads`` are views.
        reads: Snapshots of the same side that it reads, at their current versions.
        after_all: Those of ``reads`` that a backfill makes for each of its industries before the first runs this hop.
        receives: The snapshot that another side sends as a sealed package, if it reads one.
        depends: What else the result depends on, by name, as short hashes; may refuse.
        asks: Keys of the industry's YAML that it reads (``certifiers``: their own YAML, too); it sees no others, and a
            change of others re-runs nothing.
        before_publish: A last act between gate and publication, for example handing a package over; may refuse.
        intact: Whether what the version left outside the store is still there; else the hop is done over again.
        for_readers: Writes what people read beside the tables wherever it is missing, from the published version alone, and
            tells where it is; called for unchanged versions, too. None for nothing. A report with a style of its own is added in the side's
            ``hops.py``, not in the hop's module, so that its code is no reason to build the tables again.
        describe: Facts of the published version for the Dagster UI.
        charts: Figures of the published version for the Dagster UI, by name.
        explain: A sentence for people when the gate stays shut, for example which file to mend; empty for none.
        kinds: Technologies to show besides DuckDB and Parquet.
        description: A sentence for people that follows the contract's.
    """

    contract: Snapshot
    rules: Sequence[Rule]
    build: Callable[[Step, Staged], None]
    reads: Sequence[Snapshot] = ()
    after_all: Sequence[Snapshot] = ()
    receives: Snapshot | None = None
    depends: Callable[[Step], Mapping[str, str]] = field(default=lambda step: {})
    asks: tuple[str, ...] = ()
    before_publish: Callable[[Step, Staged], None] = field(default=lambda step, staged: None)
    intact: Callable[[Step, Version], bool] = field(default=lambda step, version: True)
    for_readers: Callable[[Published], Mapping[str, Any]] | None = None
    describe: Callable[[Published], Mapping[str, Any]] = field(default=lambda published: {})
    charts: Mapping[str, Chart] = field(default_factory=dict)
    explain: Callable[[Step, Staged], str] = field(default=lambda step, staged: "")
    kinds: Sequence[str] = ()
    description: str = ""

    @property
    def name(self) -> str:
        """The one word for the hop: of its contract, asset, suite, module and folder."""
        return self.contract.name

    @property
    def upstream(self) -> list[str]:
        """Names of the hops whose results it reads, on any side."""
        return [snapshot.name for snapshot in (*self.reads, *((self.receives,) if self.receives else ()))]

    def step(self, side: SideResource, partition: str, run_tags: Mapping[str, str] | None = None) -> Step:
        """The hop's place of work for one partition."""
        return Step(side, partition if self.contract.partitioned else SHARED, self.asks, run_tags or {})

    @property
    def module(self) -> str:
        """The module that holds the hop, from which its code version starts."""
        return f"assets.{self.contract.side.value}.{self.name}"
