"""Links from an asset to the code that makes it, for the Dagster UI.

Where the repository's address is known they lead there; else they name the file in this installation. Either way they are part of
the definition and never of an event, so that no path of a machine is recorded.
"""

from pathlib import Path

import dagster as dg

from assets import environment
from credential_pipeline.foundation.contracts.table import Snapshot

_ROOT = Path(__file__).parent.parent
_KEY = "dagster/code_references"


def code_links(snapshot: Snapshot) -> dict[str, dg.CodeReferencesMetadataValue]:
    """Asset, domain code, contract and rules of a hop."""
    side, hop = snapshot.side.value, snapshot.name
    places = {
        "asset": f"assets/{side}/{hop}.py",
        "what it does": f"credential_pipeline/{side}/{hop}/__init__.py",
        "contract": f"credential_pipeline/foundation/contracts/{hop}.py",
        "rules": f"checks/suites/{side}/{hop}.py",
    }
    repository = environment.repository_url()
    return {
        _KEY: dg.CodeReferencesMetadataValue(
            code_references=[
                dg.UrlCodeReference(url=f"{repository}/{path}", label=label)
                if repository
                else dg.LocalFileCodeReference(file_path=str(_ROOT / path), label=label)
                for label, path in places.items()
            ]
        )
    }
