"""What another industry published of its wishes, by hand."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from credential_pipeline.foundation.contracts.linked_records import SNAPSHOT
from credential_pipeline.foundation.storage.snapshots import Store

Row = Mapping[str, Any]


def publish(home: Path, said: Row, block: Row, learner: Row, industry: str = "other") -> Store:
    """What another industry published of its wishes."""
    store = Store(home / "store")
    with store.stage(SNAPSHOT, industry) as staged:
        for table in SNAPSHOT:
            columns = ", ".join(f'"{name}" {kind}' for name, kind in table.schema.items())
            staged.con.execute(f'CREATE TABLE linked_records."{table.name}" ({columns})')
        for name, row in (("block_statements", said), ("blocks", block), ("learners", learner)):
            shape = SNAPSHOT.table(name).schema
            marks = ", ".join("?" * len(shape))
            if row:
                staged.con.execute(
                    f"INSERT INTO linked_records.{name} VALUES ({marks})", [row.get(one) for one in shape]
                )
        staged.write()
        staged.publish()
    return store
