"""Puts the linkage report of a published version where readers find it."""

import hashlib
from pathlib import Path

from credential_pipeline.clearinghouse.linkage_report.about import About
from credential_pipeline.foundation.progress import PROGRESS
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.storage.durable import sha256, write_atomically
from credential_pipeline.foundation.storage.engine import Connection

REPORTS = "reports"
"""Folder of the side with what is made for readers: ``reports/<industry>/linkage.html``."""

NAME = "linkage.html"
_MADE_OF = ".linkage.made_of"
"""Beside the page: what it was made of and its own hash, so that drawing is not done twice for one page."""


def report_path(home: Path, industry: str) -> Path:
    """Where the report of an industry lies."""
    return home / REPORTS / industry / NAME


def publish_report(
    con: Connection,
    home: Path,
    industry: str,
    registry: Registry,
    version: str,
    previous: str = "",
    *,
    damaged: bool = False,
    code: str = "",
) -> Path:
    """Write the report of a published version wherever it is missing, altered, of another version or of another code.

    Args:
        con: Connection with the version's tables.
        home: Folder of the clearinghouse.
        industry: Name of the industry.
        registry: For readable names.
        version: Name of the published version.
        previous: Name of the version with which its figures were compared; empty for none.
        damaged: There were earlier versions, and none is whole, so that they were compared with none.
        code: Version of the code that makes the page.

    Returns:
        Path of the page.
    """
    facts = registry.industry(industry)
    about = About(
        industry=facts.name,
        version=version,
        previous=previous,
        damaged=damaged,
        engine=facts.linkage.engine,
        certifiers={certifier.certifier: certifier.name for certifier in registry.certifiers_of(industry)},
    )
    path = report_path(home, industry)
    key = hashlib.sha256(f"{code}\0{about}".encode()).hexdigest()[:16]
    note = path.with_name(_MADE_OF)
    if not _is_of(path, note, key):
        # Drawing needs libraries that take a second to load.
        from credential_pipeline.clearinghouse.linkage_report.page import write_report

        write_report(con, path, about)
        write_atomically(note, f"{key} {sha256(path)}".encode())
        PROGRESS.info("%s linkage report: %s", industry, path.relative_to(home.parent))
    return path


def _is_of(page: Path, note: Path, key: str) -> bool:
    """Whether the page is there as it was written, and was made of just this."""
    try:
        return note.read_text(encoding="utf-8") == f"{key} {sha256(page)}"
    except OSError:
        return False
