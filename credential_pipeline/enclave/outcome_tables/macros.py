"""The words that the statements of this hop share: percentiles, simple sampling bands, the parts of an id.

Bands are of 95 %: normal for shares and means, order statistics for percentiles, and for the difference of two medians the
recovery of variance from their two bands (Zou and Donner, Statistics in Medicine 2008). Not here: the error that linkage adds.
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
