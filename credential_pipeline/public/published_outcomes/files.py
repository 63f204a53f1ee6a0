"""The released cells as files for machines: CSV, Parquet, a Frictionless description, and the manifest of all files.

Every file is the same byte for byte when it is written again from the same release.
"""

import csv
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from credential_pipeline.foundation.contracts import published_outcomes
from credential_pipeline.foundation.contracts.table import Table
from credential_pipeline.foundation.reference import load as reference
from credential_pipeline.foundation.spreadsheets import csv_safe
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.public.published_outcomes.cells import ALL, DIMENSIONS, NOT_AVAILABLE, PUBLISHED, SUPPRESSED
from credential_pipeline.public.published_outcomes.methods import MethodNote

TABLE = published_outcomes.SNAPSHOT.table("published_outcomes")
CERTIFICATE = published_outcomes.SNAPSHOT.table("certificate")
_CODES = {*DIMENSIONS, "table", "unit", "attribution"}
_TYPES = {"VARCHAR": "string", "INTEGER": "integer", "BIGINT": "integer", "DOUBLE": "number"}


def read_table(con: Connection, industry: str) -> pa.Table:
    """Released cells of an industry with the columns of the contract, ordered by cell id."""
    columns = ", ".join(f'"{name}"' for name in TABLE.column_names)
    result: pa.Table = con.sql(
        f"SELECT {columns} FROM {published_outcomes.SNAPSHOT.name}.published_outcomes "
        "WHERE industry = ? ORDER BY cell_id",
        params=[industry],
    ).to_arrow_table()
    return result


def write_parquet(table: pa.Table, path: Path) -> Path:
    """Write the cells as Parquet without anything that changes from run to run."""
    plain = table.replace_schema_metadata(None)
    pq.write_table(plain, path, compression="zstd", version="2.6", store_schema=False, write_statistics=True)
    return path


def write_csv(table: pa.Table, path: Path) -> Path:
    """Write the cells as CSV (UTF-8, header, empty = missing), safe to open in a spreadsheet."""
    return _write_frame(table, TABLE, path)


def write_certificate(con: Connection, path: Path) -> Path:
    """Write what was tried on the release before it was published, and with which result, as CSV."""
    columns = ", ".join(f'"{name}"' for name in CERTIFICATE.column_names)
    rows = con.sql(f"SELECT {columns} FROM {published_outcomes.SNAPSHOT.name}.certificate ORDER BY attack, against")
    return _write_frame(rows.to_arrow_table(), CERTIFICATE, path)


def _write_frame(table: pa.Table, contract: Table, path: Path) -> Path:
    frame = table.to_pandas(integer_object_nulls=True)
    for column in contract.columns:
        if column.type == "VARCHAR":
            values = frame[column.name]
            safe = {value: csv_safe(value) for value in values.dropna().unique()}
            frame[column.name] = values.map(safe)
        elif column.type in {"INTEGER", "BIGINT"}:
            frame[column.name] = frame[column.name].astype("Int64")
    frame.to_csv(path, index=False, lineterminator="\n", float_format="%.15g", encoding="utf-8")
    return path


def write_datapackage(out: Path, table: pa.Table, title: str, name: str, release_id: str, note: MethodNote) -> Path:
    """Describe the files as a Frictionless data package.

    Args:
        out: Folder of the files.
        table: The cells, for the codes that occur.
        title: Title of the package.
        name: Its name; other letters than those of a name are replaced.
        release_id: Id of the release.
        note: What the registry says of the method.
    """
    licence = dict(zip(("name", "title", "path"), note.licence, strict=True))
    written = note.released or note.written
    # No profile: a package with resources that are no tables is a plain data package, which needs none.
    package: dict[str, Any] = {
        "name": re.sub(r"[^a-z0-9._-]+", "-", name.lower()),
        "title": title,
        "version": release_id,
        "description": "What holders of industry credentials earned before and after the award, and where they work. See methods.md.",
        **({"disclosure": disclosure} if (disclosure := _disclosure(note)) else {}),
        **({"created": f"{written}T00:00:00Z"} if written else {}),
        "licenses": [licence],
        "sources": [{"title": source} for source in sources(note)],
        "resources": _resources(out, table),
    }
    return _write_json(out / "datapackage.json", package)


def sources(note: MethodNote) -> list[str]:
    """Where the figures come from: the certifiers, the wages, and the published series that they were worked out with."""
    said = [f"Feed of {certifier}" for certifier in note.certifiers]
    said += [f"Wages: {note.wage_source}"] if note.wage_source else []
    known: dict[str, None] = {}
    for path in sorted(reference.FOLDER.glob("*.csv"), key=lambda path: path.name):
        with path.open(encoding="utf-8", newline="") as file:
            known |= {row["source"]: None for row in csv.DictReader(file)}
    return [*said, *known]


def _resources(out: Path, table: pa.Table) -> list[dict[str, Any]]:
    tabular = {"profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
    dialect = {"dialect": {"delimiter": ",", "header": True}}
    cells = {"schema": _schema(TABLE, table), "description": TABLE.description, **_digest(out / "outcomes.csv")}
    tried = {"schema": _schema(CERTIFICATE), "description": CERTIFICATE.description, **_digest(out / "certificate.csv")}
    parquet = {"profile": "data-resource", "format": "parquet", "mediatype": "application/vnd.apache.parquet"}
    return [
        {"name": "outcomes", "path": "outcomes.csv", **tabular, **dialect, **cells},
        {"name": "outcomes-parquet", "path": "outcomes.parquet", **parquet, "description": "The same cells."}
        | _digest(out / "outcomes.parquet"),
        {"name": "certificate", "path": "certificate.csv", **tabular, **dialect, **tried},
    ]


def _schema(contract: Table, table: pa.Table | None = None) -> dict[str, Any]:
    """The columns of a file; those that hold codes list the ones that occur."""
    fields: list[dict[str, Any]] = []
    for column in contract.columns:
        field = {"name": column.name, "type": _TYPES[column.type], "description": column.description}
        rules: dict[str, Any] = {"required": True} if column.name in contract.key else {}
        if table is not None and column.name in _CODES:
            codes = sorted({csv_safe(code) for code in table[column.name].unique().to_pylist() if code is not None})
            rules["enum"] = codes or [ALL]
        if table is not None and column.name == "status":
            rules = {"required": True, "enum": [PUBLISHED, NOT_AVAILABLE, SUPPRESSED]}
        if table is not None and column.name == "cell_id":
            rules = {"required": True, "unique": True}
        fields.append(field | ({"constraints": rules} if rules else {}))
    key = ["cell_id"] if table is not None else list(contract.key)
    return {"fields": fields, "primaryKey": key, "missingValues": [""]}


def _disclosure(note: MethodNote) -> dict[str, Any]:
    """How figures were made safe, for programs that read the package."""
    return {
        name: value
        for name, value in (
            ("profile", note.profile),
            ("min_learners", note.min_learners),
            ("min_money", note.min_money),
            ("min_employers", note.min_employers),
            ("largest_employer", note.largest_employer if note.min_employers else 0),
            ("round_earnings_to", note.round_earnings_to),
            ("rounding", note.rounding),
        )
        if value
    }


def write_manifest(out: Path, industry: str, release_id: str) -> Path:
    """List every file of the folder with size and sha256; call again after adding files."""
    paths = sorted(path for path in out.rglob("*") if path.is_file() and path != out / "manifest.json")
    listed = [
        {"path": path.relative_to(out).as_posix(), "bytes": path.stat().st_size, "sha256": sha256(path)}
        for path in paths
    ]
    return _write_json(out / "manifest.json", {"industry": industry, "release": release_id, "files": listed})


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _digest(path: Path) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "hash": f"sha256:{sha256(path)}"}


def _write_json(path: Path, content: dict[str, Any]) -> Path:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
