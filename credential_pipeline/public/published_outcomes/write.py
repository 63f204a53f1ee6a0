"""Everything that is published of a release, written into a folder that the caller has staged."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.public.published_outcomes.cells import Release, read_cells
from credential_pipeline.public.published_outcomes.comparison import TABLE as COMPARISON
from credential_pipeline.public.published_outcomes.context import Context
from credential_pipeline.public.published_outcomes.files import (
    read_table,
    write_certificate,
    write_csv,
    write_datapackage,
    write_manifest,
    write_parquet,
)
from credential_pipeline.public.published_outcomes.labels import Labels, Naming
from credential_pipeline.public.published_outcomes.methods import MethodNote, methods_markdown, read_definitions
from credential_pipeline.public.published_outcomes.report import render_report


def write_public_files(
    con: Connection,
    out: Path,
    industry: str,
    release_id: str,
    method: MethodNote | Mapping[str, Any],
    labels: Labels | None = None,
) -> list[Path]:
    """Write the public files of a release: tables, report, methods, description and manifest.

    Args:
        con: Connection with the views ``published_outcomes.published_outcomes`` and ``published_outcomes.definitions``.
        out: Folder to write into; made if missing. The caller publishes it.
        industry: Industry in the registry, for example ``manufacturing``.
        release_id: Id of the release.
        method: What the cells do not say, as a note or as a mapping with its names.
        labels: Readable names by dimension (certifier, credential, race, setting, reason, ...) and code.

    Returns:
        Paths of the files, the manifest last.

    Raises:
        SafeError: The release holds no cell of the industry, or the method note has an unknown entry.
    """
    note = MethodNote.of(method)
    definitions = read_definitions(con)
    release = Release(tuple(read_cells(con, industry)), note.attribution)
    note = replace(note, compared=note.compared or release.holds(COMPARISON))
    named = {key: text for item in definitions for key, text in [(item.definition, item.title)] if text}
    naming = Naming({"definition": named, **(labels or {})}, reasons=named)
    name = note.industry_name or industry.replace("_", " ").capitalize()
    title = f"{name} credentials: earnings and work"
    out.mkdir(parents=True, exist_ok=True)

    table = read_table(con, industry)
    paths = [write_csv(table, out / "outcomes.csv"), write_parquet(table, out / "outcomes.parquet")]
    context = Context(release, naming, running(name), note.naics, note.base_year, rounded=note.rounded)
    report = render_report(context, title, release_id, note, definitions)
    paths += [_write(out / name, text) for name, text in report.items()]
    paths.append(_write(out / "methods.md", methods_markdown(title, release_id, note, definitions)))
    paths.append(write_certificate(con, out / "certificate.csv"))
    paths.append(write_datapackage(out, table, title, f"{industry}-{release_id}", release_id, note))
    paths.append(write_manifest(out, industry, release_id))
    return paths


def running(name: str) -> str:
    """A name as it stands inside a sentence: ``Manufacturing`` becomes ``manufacturing``, ``IT`` stays."""
    return name[0].lower() + name[1:] if name[1:2].islower() else name


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
