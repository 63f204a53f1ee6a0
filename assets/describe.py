"""How assets look in the Dagster UI: description, owner, kinds, group, column schema and charts, made from contracts."""

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg

import credential_pipeline
from assets.partitions import INDUSTRIES
from checks import gate
from checks.rule import Rule
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.contracts.table import Snapshot, Table
from credential_pipeline.foundation.names import Sensitivity

_OWNERS = {"clearinghouse": "team:clearinghouse", "enclave": "team:enclave", "public": "team:public"}


def hop_asset(
    name: str, rules: Sequence[Rule], deps: Sequence[str] = (), kinds: Sequence[str] = (), description: str = ""
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Declare the asset of a hop: everything but its body follows from the contract and the suite.

    Args:
        name: Name of the snapshot and of the asset.
        rules: The suite of its gate.
        deps: Assets that it reads, on any side.
        kinds: Technologies to show besides DuckDB.
        description: Markdown that follows the contract's sentence.
    """
    snapshot = SNAPSHOTS[name]
    partitions = INDUSTRIES if snapshot.partitioned else None
    return dg.asset(
        name=name,
        deps=[dg.AssetKey(dep) for dep in deps],
        partitions_def=partitions,
        check_specs=gate.specs(name, rules, partitions),
        group_name=snapshot.side.value,
        owners=[_OWNERS[snapshot.side.value]],
        kinds={"duckdb", "parquet", *kinds},
        description=_description(snapshot, description),
        tags={"side": snapshot.side.value, "sensitivity": _most_sensitive(snapshot)},
        metadata={"dagster/column_schema": _column_schema(snapshot.tables[0]), **_other_schemas(snapshot)},
        code_version=code_version(),
    )


@cache
def code_version() -> str:
    """Hash of the domain code, so that a changed program is never mistaken for an unchanged input."""
    root = Path(credential_pipeline.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if path.is_file() and relative.parts[0] != "simulation" and "__pycache__" not in relative.parts:
            digest.update(str(relative).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _description(snapshot: Snapshot, more: str) -> str:
    tables = "\n".join(f"- **{table.name}**: {table.description} *({table.sensitivity})*" for table in snapshot)
    return f"{snapshot.description}\n\n{more}\n\nTables:\n{tables}".replace("\n\n\n\n", "\n\n")


def _most_sensitive(snapshot: Snapshot) -> str:
    levels = list(Sensitivity)
    return min((table.sensitivity for table in snapshot), key=levels.index).value.replace(" ", "_")


def _column_schema(table: Table) -> dg.TableSchema:
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=column.type,
                description=column.description,
                constraints=dg.TableColumnConstraints(nullable=column.name not in table.key),
                tags={"identifier": "direct"} if column.identifier else {},
            )
            for column in table.columns
        ]
    )


def _other_schemas(snapshot: Snapshot) -> dict[str, Any]:
    return {
        f"schema/{table.name}": dg.MetadataValue.table_schema(_column_schema(table)) for table in snapshot.tables[1:]
    }
