"""Puts the linkage report of a published version where readers find it."""

import logging
from pathlib import Path

from credential_pipeline.clearinghouse.linkage_report.page import NAME, About, write_report
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.storage.engine import Connection

REPORTS = "reports"
"""Folder of the side with what is made for readers: ``reports/<industry>/linkage.html``."""

_PROGRESS = logging.getLogger("credential_pipeline.progress")


def report_path(home: Path, industry: str) -> Path:
    """Where the report of an industry lies."""
    return home / REPORTS / industry / NAME


def publish_report(
    con: Connection, home: Path, industry: str, registry: Registry, version: str, previous: str = ""
) -> Path:
    """Write the report of a published version wherever it is missing or of another version.

    Args:
        con: Connection with the version's tables.
        home: Folder of the clearinghouse.
        industry: Name of the industry.
        registry: For readable names.
        version: Name of the published version.
        previous: Name of the version with which its figures were compared; empty for none.

    Returns:
        Path of the page.
    """
    facts = registry.industry(industry)
    about = About(
        industry=facts.name,
        version=version,
        previous=previous,
        engine=facts.linkage.engine,
        certifiers={certifier.certifier: certifier.name for certifier in registry.certifiers_of(industry)},
    )
    path = write_report(con, report_path(home, industry), about)
    _PROGRESS.info("%s linkage report: %s", industry, path.relative_to(home.parent))
    return path
