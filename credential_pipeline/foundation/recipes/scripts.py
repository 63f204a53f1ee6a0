"""Names of other scripts spelled in Latin letters, by the tables of anyascii: Мария becomes Mariya.

The few names that need it are told apart in SQL (standard_form.py), so that the rest costs nothing.
"""

from typing import TYPE_CHECKING, Final

import duckdb

if TYPE_CHECKING:
    from credential_pipeline.foundation.storage.engine import Connection

TO_LATIN: Final = "to_latin"
"""The SQL function; it takes and gives a VARCHAR."""


def add_to_latin(con: "Connection") -> None:
    """Give a connection the function that standard forms of names call; a second time does nothing."""
    from anyascii import anyascii

    try:
        con.create_function(TO_LATIN, anyascii, [duckdb.sqltypes.VARCHAR], duckdb.sqltypes.VARCHAR)
    except duckdb.NotImplementedException:
        return  # It is there.
