"""Packages that must be destroyed: each on the day that its agreement names, and an older one once a newer one has gone.

A manifest is believed here without its signature: what is due for destruction need not be from anybody in particular.
"""

import datetime
from collections.abc import Iterator, Mapping
from pathlib import Path

from credential_pipeline.engines.handover.manifest import PackageManifest, parse
from credential_pipeline.engines.handover.package import MANIFEST, label, packages
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.due import Due, day_of
from credential_pipeline.foundation.storage.private_files import read_small

END = "last day of the agreement for destruction"


def due_packages(folder: Path, last: Mapping[str, tuple[int, datetime.date]]) -> Iterator[Due]:
    """All packages of a folder, with the day on which each must be gone.

    Args:
        folder: Holds ``<industry>/<package>``.
        last: Industry to the number of its last package, and the day on which it went or was accepted.
    """
    for industry in sorted(path for path in folder.glob("*") if path.is_dir()):
        number, day = last.get(industry.name, (0, datetime.date.max))
        for package in packages(industry):
            manifest = _manifest(package)
            if manifest is None:
                yield Due("unreadable package", package, day_of(package), "no manifest says what is in it")
            elif manifest.number < number:
                why = f"number {manifest.number}; number {number} took its place on {day}"
                yield Due("older package", package, day, why, manifest.content.agreement_id)
            else:
                yield Due("package", package, manifest.content.destroy_by, END, manifest.content.agreement_id)


def _manifest(package: Path) -> PackageManifest | None:
    try:
        return parse(read_small(package / MANIFEST), label(package))
    except (FileNotFoundError, SafeError):
        return None
