"""DuckDB and the stores as the command line uses them: with the limits that steps have, and each side's own spill folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from assets import environment
from credential_pipeline.foundation.names import Side
from credential_pipeline.foundation.storage import engine
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.snapshots import Store


@contextmanager
def connect(side: Side) -> Iterator[Connection]:
    """Open an in-memory connection and close it whatever happens; what does not fit spills into the side's folder."""
    spill = environment.side_home(side) / "spill"
    with engine.connect(environment.memory_limit(), environment.threads(), spill) as con:
        yield con


def store(side: Side) -> Store:
    """The published versions of a side."""
    return Store(environment.side_home(side) / "store", partial(connect, side))
