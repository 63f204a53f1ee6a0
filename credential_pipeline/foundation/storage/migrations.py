"""How manifests of older schemas are read: one declared step from each schema to the next.

A version on disk is never rewritten; its manifest is brought to the current schema in memory, each time it is read. A
schema that no chain of steps leads from is refused, as is one from a later program, whose fields may mean what this one
does not know.
"""

from collections.abc import Callable, Mapping
from typing import Any

from credential_pipeline.foundation.errors import SafeError

SCHEMA_VERSION = 3
"""Schema that this program writes."""

DIGEST_SINCE = 3
"""First schema whose manifests hold a digest of themselves."""

Step = Callable[[dict[str, Any]], dict[str, Any]]


def _without_pages(raw: dict[str, Any]) -> dict[str, Any]:
    """Schema 1 kept no page beside the tables."""
    return raw | {"pages": {}}


def _without_digest(raw: dict[str, Any]) -> dict[str, Any]:
    """Schema 2 held no digest of itself, and nothing else was different."""
    return raw


STEPS: Mapping[int, Step] = {1: _without_pages, 2: _without_digest}
"""Schema -> what makes the next one of it."""


def to_current(raw: dict[str, Any], shown: str, steps: Mapping[int, Step] = STEPS) -> dict[str, Any]:
    """Bring the content of a manifest to the current schema.

    Args:
        raw: The parsed file.
        shown: Which version it is, for the message.
        steps: The declared migrations.

    Raises:
        SafeError: ``E_SCHEMA_NEWER``: written by a later program; ``E_SCHEMA_OLDER``: no migration is declared.
        TypeError: It is no manifest at all.
    """
    found = raw["schema_version"]
    if not isinstance(found, int) or isinstance(found, bool):
        raise TypeError
    if found > SCHEMA_VERSION:
        message = (
            f"{shown} was written by a newer version of this program (manifest schema {found}, this one reads up to"
            f" {SCHEMA_VERSION}); update the program, or use another home."
        )
        raise SafeError("E_SCHEMA_NEWER", message)
    for schema in range(found, SCHEMA_VERSION):
        if schema not in steps:
            message = (
                f"{shown} was written by an older version of this program (manifest schema {found}), and no migration"
                f" leads from schema {schema} to {schema + 1}; run the hop again, or read it with that version."
            )
            raise SafeError("E_SCHEMA_OLDER", message)
        raw = steps[schema](raw) | {"schema_version": schema + 1}
    return raw
