"""The words that the statements of this hop share: percentiles, bands of simple samples, cells of the comparison, ids.

Not here: bands from replicates of people and links (uncertainty).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.sql import statement


@contextmanager
def macros(con: Connection) -> Iterator[None]:
    """Make the macros of ``macros.sql`` known to the connection, and forget them when the block ends, well or badly."""
    words = statement(__package__, "macros.sql")
    try:
        con.execute(words)
        yield
    finally:
        for name in re.findall(r"TEMP MACRO (\w+)", words):
            con.execute(f"DROP MACRO IF EXISTS temp.{name}")
