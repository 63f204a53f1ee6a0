"""Under which id a student stands: an id that gave way to another one still means the person whoever names it.

Not here: how copies are found (education_registry).
"""

from credential_pipeline.foundation.contracts.education_registry import SNAPSHOT
from credential_pipeline.foundation.storage.engine import Connection

_TABLE = SNAPSHOT.table("duplicate_students")


def ids_that_gave_way(con: Connection) -> str:
    """The relation with the columns of education_registry.duplicate_students, for FROM; without rows where there is none."""
    query = "SELECT count(*) FROM duckdb_columns() WHERE schema_name = ? AND table_name = ?"
    if con.execute(query, [SNAPSHOT.name, _TABLE.name]).fetchall()[0][0]:
        return f"{SNAPSHOT.name}.{_TABLE.name}"
    columns = ", ".join(f"CAST(NULL AS {kind}) AS {column}" for column, kind in _TABLE.schema.items())
    return f"(SELECT {columns} LIMIT 0)"
