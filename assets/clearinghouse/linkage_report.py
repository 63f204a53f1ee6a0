"""What linked_records adds to its tables for readers: the linkage report, and what its figures are compared with.

Not here: the hop itself (linked_records.py).
"""

import logging
from collections.abc import Mapping
from typing import Any

import dagster as dg

from assets.resources import SideResource
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.snapshots import Store, Version
from credential_pipeline.foundation.storage.staging import Staged

REPORTS = "reports"
"""Folder of the side with what is made for readers: ``reports/<industry>/linkage.html``."""

_COMPARED_WITH = "compared with"
_EMPTY = """
SELECT dimension || '.' || level FROM linked_records.diagnostics
WHERE metric = 'declared_field' AND value = 0 AND n > 0 ORDER BY 1
"""
_PROGRESS = logging.getLogger("credential_pipeline.progress")


def declared_fields(registry: Registry, industry: str) -> dict[str, tuple[str, ...]]:
    """The fields that the layout of each of an industry's certifiers maps."""
    return {certifier.certifier: tuple(sorted(certifier.columns)) for certifier in registry.certifiers_of(industry)}


def compare_with_last(staged: Staged, store: Store) -> None:
    """Let the figures tell what is different from the last version; without a sound one they tell no difference."""
    from credential_pipeline.clearinghouse.linked_records.diagnostics import COMPARED, PREVIOUS

    try:
        version = store.find(staged.snapshot, staged.partition)
        if version is not None:
            version.attach(staged.con, PREVIOUS, COMPARED)
            staged.facts[_COMPARED_WITH] = version.name
    except SafeError:
        return  # A damaged version is no measure; that it is damaged was said where ids are inherited.


def publish_report(con: Connection, side: SideResource, industry: str, version: Version) -> Mapping[str, Any]:
    """Write the report of a published version wherever it is missing or of another version; tell where it is.

    Args:
        con: Connection with the version's tables.
        side: The clearinghouse.
        industry: Name of the industry.
        version: The published version.

    Returns:
        Metadata: the page's path below the side's home, and the fields that are declared but empty.
    """
    from credential_pipeline.clearinghouse.linkage_report.page import NAME, About, write_report

    facts = side.industry(industry)
    about = About(
        industry=facts.name,
        version=version.name,
        previous=version.manifest.facts.get(_COMPARED_WITH, ""),
        engine=facts.linkage.engine,
        certifiers={certifier.certifier: certifier.name for certifier in side.registry.certifiers_of(industry)},
    )
    path = write_report(con, side.root / REPORTS / industry / NAME, about)
    shown = path.relative_to(side.root.parent)
    _PROGRESS.info("%s linkage report: %s", industry, shown)
    empty = ", ".join(field for (field,) in con.execute(_EMPTY).fetchall())
    return {
        "linkage report": dg.MetadataValue.path(str(shown)),
        **({"declared but empty": empty} if empty else {}),
    }
