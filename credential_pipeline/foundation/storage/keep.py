"""The last step of a hop: a relation becomes a table of its contract. Not here: publishing it (staging.py, snapshots.py)."""

from credential_pipeline.foundation.contracts.table import Snapshot
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.order import ordered_by
from credential_pipeline.foundation.storage.relation import Relation, relation


def keep(con: Connection, snapshot: Snapshot, name: str, rows: Relation) -> Relation:
    """Create a table with the columns of its contract, in the order in which it is published: by its key.

    Args:
        con: A connection with the schema of the snapshot.
        snapshot: The contract.
        name: One of its tables.
        rows: At least the columns of the table; further ones are left behind.

    Returns:
        The table, for example ``person_keys.learners``.

    Raises:
        ValueError: The rows lack a column.
    """
    table = snapshot.table(name)
    columns = ", ".join(f'"{column}"' for column in table.column_names)
    rest = () if table.unique else tuple(name for name in table.column_names if name not in table.key)
    order = ordered_by((*table.key, *rest))
    target = f"{snapshot.name}.{table.name}"
    con.execute(
        f"CREATE OR REPLACE TABLE {target} AS SELECT {columns} FROM {rows.needs(*table.column_names)} ORDER BY {order}"
    )
    return relation(con, target)
